"""The plain way to send: for each recipient one EmailMessage, its texts ready, and aiosmtplib's `send_message`.

`python -m bench.plain PORT CONNECTIONS MESSAGES` is one run over kept connections: it prints messages, seconds. It
keeps no record of what was sent.
"""

from __future__ import annotations

import asyncio
import sys
from itertools import cycle, islice

from aiosmtplib import SMTP

from bench.agendas import DUE, at_one_moment, shipped_draft
from bench.composing import Content, campaign_of, contents_of, email_message
from scheduler.base import loop
from scheduler.base.clock import monotonic


async def _send(port: int, connections: int, count: int) -> tuple[int, float]:
    known = contents_of(campaign_of(at_one_moment(shipped_draft(), DUE)), count)
    waiting = list(islice(cycle(known), count))
    began = monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(_work(port, waiting))
    return count, monotonic() - began


async def _work(port: int, waiting: list[Content]) -> None:
    async with SMTP(hostname="127.0.0.1", port=port, start_tls=False) as relay:
        while waiting:
            await relay.send_message(email_message(waiting.pop()))


if __name__ == "__main__":
    print(*loop.run(_send(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
