"""The capturing SMTP server of rehearsal and demo: real SMTP on loopback, one `.eml` file a message."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^@>\s]+)@", re.IGNORECASE | re.MULTILINE)
STAMP = "%Y%m%dT%H%M%SZ"


NOT_EMPTY = Phrase("{folder} is not empty; name a new folder, or empty this one")


class OutboxNotEmpty(Refusal):
    """The folder holds something already; a rehearsal overwrites nothing."""


class Outbox:
    """A folder of captured messages: `<due in UTC>-<local part of Message-ID>.eml`; a repeat adds `-2`."""

    def __init__(self, folder: Path, *, resuming: bool) -> None:
        """Take the folder, and make it where it is missing. Raises OutboxNotEmpty unless `resuming`."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder = folder
        if not resuming and any(folder.iterdir()):
            raise OutboxNotEmpty(NOT_EMPTY, folder=folder)

    def keep(self, message: bytes, due: datetime | None) -> str:
        """Write a message under a name of its own; returns the name. Complete once it bears it."""
        header = message.partition(b"\r\n\r\n")[0]
        found = _MESSAGE_ID.search(header)
        key = re.sub(r"[^\w-]", "_", found[1].decode("ascii", "replace")) if found else "no-message-id"
        stem = f"{due:{STAMP}}-{key}" if due is not None else key
        draft = self.folder / f".{stem}.{os.getpid()}"
        draft.touch(mode=0o600)  # it holds an address, and links
        draft.write_bytes(message)
        name = self._link(draft, stem)
        draft.unlink()
        return name

    def _link(self, draft: Path, stem: str) -> str:
        """Give the written file the first free name: a link, unlike a rename, never replaces."""
        copy = 1
        while True:
            name = f"{stem}.eml" if copy == 1 else f"{stem}-{copy}.eml"
            try:
                os.link(draft, self.folder / name)
            except FileExistsError:
                copy += 1
            else:
                return name

    def count(self) -> tuple[int, int]:
        """How many messages the server took, and how many of them were repeats of an earlier one."""
        names = [path.stem for path in self.folder.glob("*.eml")]
        return len(names), sum(name.count("-") > 1 for name in names)


class _Keeper:
    """aiosmtpd's handler: answers 250 once the file bears its name."""

    def __init__(self, outbox: Outbox, due_of: Callable[[str], datetime | None], kept: Callable[[], None]) -> None:
        self._outbox = outbox
        self._due_of = due_of
        self._kept = kept

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # because aiosmtpd calls it so
        content = envelope.content
        assert isinstance(content, bytes)
        found = _MESSAGE_ID.search(content.partition(b"\r\n\r\n")[0])
        self._outbox.keep(content, self._due_of(found[1].decode("ascii", "replace")) if found else None)
        self._kept()
        return "250 2.0.0 kept"


@asynccontextmanager
async def capturing(
    outbox: Outbox, due_of: Callable[[str], datetime | None], kept: Callable[[], None]
) -> AsyncIterator[int]:
    """Run the server on a free loopback port while the block runs; gives the port.

    `due_of` tells when the delivery of a Message-ID's local part was due; `kept` is called after each message.
    """
    loop = asyncio.get_running_loop()
    keeper = _Keeper(outbox, due_of, kept)

    def protocol() -> SMTP:
        return SMTP(keeper, hostname="localhost", ident="agenda rehearsal", loop=loop, data_size_limit=2**24)

    server = await loop.create_server(protocol, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()
        await server.wait_closed()
