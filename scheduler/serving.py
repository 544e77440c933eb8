"""`agenda serve`: web and sending in one process, over one SQLite file, until a signal asks it to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from sqlalchemy.exc import OperationalError

from scheduler.clock import SimulatedClock, SystemClock
from scheduler.runtime import AlarmClock, Bell
from scheduler.service import Sending, Service
from scheduler.store import editions, people
from scheduler.store.database import Database
from scheduler.web.app import Site, build_app
from scheduler.web.private import polls_recorded
from scheduler.web.server import serve_http

log = structlog.get_logger(__name__)
WATCH_SECONDS = 0.5  # a new edition is noticed within a second
FORGET_SECONDS = 24 * 3600
DRAIN_SECONDS = 60  # for what is on its way; then it is cut off, and uncertain


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    database: Database
    site: Site
    listener: socket.socket
    sending: Sending | None  # None: feeds and pages only


async def serve(parts: Serving) -> None:
    """Serve and send until SIGTERM or SIGINT; then take nothing new, and finish what is on its way."""
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stopped.set)
    await serve_until(parts, stopped)


async def serve_until(parts: Serving, stopped: asyncio.Event) -> None:
    """The same until `stopped` is set, for a caller that has the signals."""
    recorded = polls_recorded(parts.site.staff, parts.database)
    async with _sender(parts) as service, recorded, asyncio.TaskGroup() as group:
        group.create_task(serve_http(build_app(parts.site), parts.listener, stopped))
        group.create_task(_watch(parts, service, stopped))
        group.create_task(_forget_daily(parts, stopped))
        if service is not None:
            group.create_task(_send_until(service, stopped))
    log.info("stopped")


@asynccontextmanager
async def _sender(parts: Serving) -> AsyncIterator[Service | None]:
    if parts.sending is None:
        log.warning("no AGENDA_SMTP_URL: feeds and pages are served, no mail is sent")
        yield None
        return
    present = parts.site.now
    clock = SystemClock() if present is None else SimulatedClock(present)
    waker = AlarmClock(clock) if present is None else Bell()
    waker.start()
    try:
        yield Service(database=parts.database, sending=parts.sending, clock=clock, waker=waker)
    finally:
        waker.stop()


async def _send_until(service: Service, stopped: asyncio.Event) -> None:
    working = asyncio.create_task(service.run())
    waiting = asyncio.create_task(stopped.wait())
    await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    service.drain()
    done, _ = await asyncio.wait({working}, timeout=DRAIN_SECONDS)
    if not done:
        log.warning("cut off what did not finish", seconds=DRAIN_SECONDS)
        working.cancel()
    await asyncio.gather(working, return_exceptions=not done)


async def _watch(parts: Serving, service: Service | None, stopped: asyncio.Event) -> None:
    """Notice what other connections commit: a new edition, tokens, `stop` and `resume`."""
    watch = parts.database.watch()
    try:
        while not stopped.is_set():
            if watch.changed():
                await _refresh(parts)
                if service is not None:
                    service.wake()
            try:
                await asyncio.wait_for(stopped.wait(), WATCH_SECONDS)
            except TimeoutError:
                continue
    finally:
        watch.close()


async def _forget_daily(parts: Serving, stopped: asyncio.Event) -> None:
    """Erase the addresses whose time is over (`retencion:`), at the start and then once a day."""

    def purge() -> int:
        with parts.database.write() as connection:
            return people.purge(connection, parts.site.present(), parts.site.in_force.edition.agenda.retention)

    while not stopped.is_set():
        try:
            if erased := await asyncio.to_thread(purge):
                log.info("addresses erased", count=erased)
        except OperationalError as error:  # a full disk must not end the service; tomorrow is another day
            log.error("addresses could not be erased", reason=str(error.orig))
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), FORGET_SECONDS)


async def _refresh(parts: Serving) -> None:
    def newer() -> editions.InForce | None:
        with parts.database.read() as connection:
            same = editions.number_in_force(connection) == parts.site.number
            return None if same else editions.load(connection)

    await asyncio.to_thread(parts.site.learn_tokens)
    found = await asyncio.to_thread(newer)
    if found is not None:
        await asyncio.to_thread(parts.site.put, found)
        log.info("edition in force", number=found.edition.number)
