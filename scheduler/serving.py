"""`agenda serve`, `web` and `worker`: pages, sending, or both in one process, until a signal asks it to stop."""

from __future__ import annotations

import asyncio
import signal
import socket
from contextlib import AbstractAsyncContextManager, nullcontext, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.exc import DBAPIError

from scheduler.base.clock import SystemClock
from scheduler.base.heavy import load
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.people import signing_in
from scheduler.sending.watch.daywatch import DayWatch
from scheduler.sending.watch.zonewatch import ZoneWatch
from scheduler.store import editions
from scheduler.store.database import ChangeWatch, Database, will_pass
from scheduler.store.people import doubts, signups

if TYPE_CHECKING:  # each half is loaded where it runs
    from scheduler.sending.service import Sending, Service
    from scheduler.web.site import Site

log = structlog.get_logger(__name__)
PAGES, SENDER, PAST_STATES = "scheduler.web.served", "scheduler.sending.awake", "scheduler.people.past_states"
ATTENDANCE = "scheduler.people.attendance.recording"
WATCH_SECONDS = 0.5  # a new edition is noticed within a second
WATCH_AGAIN_SECONDS = 5  # after a database that cannot be watched
FORGET_SECONDS = 24 * 3600
DRAIN_SECONDS = 60  # for what is on its way; then it is cut off, and uncertain


@dataclass(frozen=True, kw_only=True, slots=True)
class Serving:
    database: Database
    site: Site | None  # None: sending only
    listener: socket.socket | None  # of the site
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
    async with _sender(parts) as service, _pages(parts, stopped), asyncio.TaskGroup() as group:
        group.create_task(_watch(parts, service, stopped))
        group.create_task(_forget_daily(parts, stopped))
        if service is not None:
            group.create_task(_send_until(service, stopped))
    log.info("stopped")


def _pages(parts: Serving, stopped: asyncio.Event) -> AbstractAsyncContextManager[None]:
    """Loaded where pages are served: a worker has none."""
    if parts.site is None or parts.listener is None:
        return nullcontext()
    made: AbstractAsyncContextManager[None] = load(PAGES).served(parts.site, parts.database, parts.listener, stopped)
    return made


def _sender(parts: Serving) -> AbstractAsyncContextManager[Service | None]:
    """Loaded where mail is sent: `agenda web` sends none."""
    if parts.sending is None:
        return nullcontext()
    present = None if parts.site is None else parts.site.now
    made: AbstractAsyncContextManager[Service | None] = load(SENDER).awake(parts.database, parts.sending, present)
    return made


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
    """Notice what other connections commit: a new edition, tokens, attendance, `stop` and `resume`."""
    watch = await _watching(parts.database, stopped)
    if watch is None:
        return
    hours, days, changed = ZoneWatch(), DayWatch(), True  # at the start, too
    try:
        while not stopped.is_set():
            try:
                changed = await asyncio.to_thread(watch.changed) or changed
                if changed:
                    await _noticed(parts, service, hours, days)
                changed = False
            except DBAPIError as error:  # what is served stays as it was until the database is back
                log.error("cannot read what changed", reason=str(error.orig).strip())
            try:
                await asyncio.wait_for(stopped.wait(), WATCH_SECONDS)
            except TimeoutError:
                continue
    finally:
        watch.close()


async def _watching(database: Database, stopped: asyncio.Event) -> ChangeWatch | None:
    """As soon as a database that is locked or restarting lets it; None where the service stops before."""
    while not stopped.is_set():
        try:
            return await asyncio.to_thread(database.watch)
        except DBAPIError as error:
            if not will_pass(error):
                raise
            log.error("cannot watch the database", reason=str(error.orig).strip())
            with suppress(TimeoutError):
                await asyncio.wait_for(stopped.wait(), WATCH_AGAIN_SECONDS)
    return None


async def _noticed(parts: Serving, service: Service | None, hours: ZoneWatch, days: DayWatch) -> None:
    def look() -> None:
        with parts.database.read() as connection:
            hours.look(connection)
        at = SystemClock().now() if parts.site is None else parts.site.present()
        hours.note(parts.database, at)
        days.look(parts.database, at)

    await asyncio.to_thread(look)
    if parts.site is not None:
        await _refresh(parts.site, parts.database)
    if service is not None:
        service.wake()


async def _forget_daily(parts: Serving, stopped: asyncio.Event) -> None:
    """Erase the addresses whose time is over (`retencion:`), at the start and then once a day; end doubts likewise.

    And forget sessions and links of the desk that are over, and the states of files that hold what was erased; of who
    came to sessions of that long ago, leave the figures by site.
    """
    now = SystemClock().now if parts.site is None else parts.site.present

    def purge() -> int:
        signing_in.forget(parts.database, now())
        with parts.database.write() as connection:
            found = editions.load(connection)
            doubts.lapse(connection, now())
            retention = None if found is None else found.edition.agenda.retention
            gone = signups.purge(connection, now(), retention)
            if found is not None:
                load(ATTENDANCE).end_people(connection, found.edition.agenda, now())
        if parts.site is not None and parts.site.desk is not None:
            load(PAST_STATES).forget(parts.site.desk.folder, parts.database, now())
        return gone

    while not stopped.is_set():
        try:
            if erased := await asyncio.to_thread(purge):
                log.info("addresses erased", count=erased)
        except EnvironmentRefusal as error:  # the folder takes no files
            log.error("earlier states of files stay", reason=str(error))
        except DBAPIError as error:  # a full disk must not end the service; tomorrow is another day
            if not will_pass(error):
                raise
            log.error("addresses could not be erased", reason=str(error.orig).strip())
        with suppress(TimeoutError):
            await asyncio.wait_for(stopped.wait(), FORGET_SECONDS)


async def _refresh(site: Site, database: Database) -> None:
    def newer() -> editions.InForce | None:
        with database.read() as connection:
            same = editions.number_in_force(connection) == site.number
            return None if same else editions.load(connection)

    await asyncio.to_thread(site.learn_tokens)
    await asyncio.to_thread(site.learn_attendance)
    found = await asyncio.to_thread(newer)
    if found is not None:
        await asyncio.to_thread(site.put, found)
        log.info("edition in force", number=found.edition.number)
