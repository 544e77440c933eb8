"""A sending process among others: its name in the ledger, and the lease that keeps its claims its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from uuid import uuid4

import structlog
from sqlalchemy.exc import DBAPIError

from calendars.zones import zone_data
from scheduler.base.clock import Clock
from scheduler.store import nodes
from scheduler.store.database import Database, will_pass

log = structlog.get_logger(__name__)
LEASE = timedelta(seconds=60)  # unrenewed for so long, a node counts as dead
BEAT_SECONDS = 15
JOIN_AGAIN_SECONDS = 5  # after a database that is locked or restarting


def new_owner() -> str:
    """A name for this process in the ledger, never used before."""
    return f"{socket.gethostname()}-{uuid4().hex[:12]}"


class Presence:
    """On PostgreSQL a lease, renewed all the time; on SQLite the file's lock says who is there."""

    def __init__(self, database: Database, owner: str, clock: Clock) -> None:
        self._database = database
        self._owner = owner
        self._clock = clock
        self._given_up = asyncio.Event()
        self._lease = None if database.kind == "sqlite" else LEASE

    @asynccontextmanager
    async def kept(self) -> AsyncIterator[bool]:
        """Be there while the block runs. False: told to give up before the database let it join."""
        if not await self._joined():
            yield False
            return
        log.info("sending", node=self._owner, database=self._database.kind)
        beating = None if self._lease is None else asyncio.create_task(self._beat(self._lease))
        try:
            yield True
        finally:
            if beating is not None:
                beating.cancel()
            try:
                await asyncio.to_thread(self._leave)
            except DBAPIError as error:  # who cannot say so is missed once the lease has run out
                log.warning("could not sign off", reason=str(error.orig).strip())

    def give_up(self) -> None:
        """Wait no longer for a database that lets nobody join."""
        self._given_up.set()

    async def _joined(self) -> bool:
        """Join as soon as a database that is locked, restarting or out of reach lets it."""
        while not self._given_up.is_set():
            try:
                await asyncio.to_thread(self._join)
            except DBAPIError as error:
                if not will_pass(error):
                    raise
                log.error("cannot join", reason=str(error.orig).strip(), again_in_seconds=JOIN_AGAIN_SECONDS)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._given_up.wait(), JOIN_AGAIN_SECONDS)
            else:
                return True
        return False

    async def _beat(self, lease: timedelta) -> None:
        while True:
            await asyncio.sleep(BEAT_SECONDS)
            try:
                if not await asyncio.to_thread(self._renew, lease):
                    log.error("the lease had run out; what was held may be with other nodes", owner=self._owner)
                    await asyncio.to_thread(self._join)
            except DBAPIError as error:  # the lease goes on until it ends; the next beat tries again
                log.error("cannot renew the lease", reason=str(error.orig).strip())

    def _join(self) -> None:
        with self._database.write_own_row() as connection:
            nodes.join(connection, self._owner, self._clock.now(), zone_data().digest, self._lease)

    def _renew(self, lease: timedelta) -> bool:
        with self._database.write_own_row() as connection:
            return nodes.renew(connection, self._owner, lease)

    def _leave(self) -> None:
        with self._database.write_own_row() as connection:
            nodes.leave(connection, self._owner)
