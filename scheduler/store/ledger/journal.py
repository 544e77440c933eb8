"""The ledger from asynchronous code: one writer thread, and many senders' writes in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from scheduler.store.database import Database, will_pass
from scheduler.store.ledger import settling
from scheduler.store.ledger.settling import Intent, Settlement

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)
TRY_AGAIN_SECONDS = 5  # after a database that is locked by a long publication, or a disk that is full


class Journal:
    """Group commit: intents and settlements that wait while a commit is on its way go together into the next.

    A sender goes on only after its write is durable, so a batch costs one flush of the disk, not one a message.
    A database that cannot be written is waited for: what a server has answered is known, and must not be lost for it.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self.owner = owner
        self._database = database
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._intents: list[tuple[Intent, datetime, asyncio.Future[bool]]] = []
        self._settlements: list[tuple[Settlement, asyncio.Future[None]]] = []
        self._doubtful: list[Intent] = []  # refused to their senders, though their intent may have been committed
        self._flusher: asyncio.Task[None] | None = None
        self._closing = asyncio.Event()

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction of its own, on the writer thread; again and again until the database lets it."""
        while True:
            try:
                return await self._once(work, *args, **kwargs)
            except DBAPIError as error:
                if not (will_pass(error) and await self._try_again(error)):
                    raise

    async def _once(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        def transaction() -> T:
            with self._database.write_as_sender() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writer, transaction)

    async def _try_again(self, error: DBAPIError) -> bool:
        """Wait a little. False: the journal is closing, and there is no time left."""
        log.error("database cannot be written", reason=str(error.orig).strip(), again_in_seconds=TRY_AGAIN_SECONDS)
        try:
            await asyncio.wait_for(self._closing.wait(), TRY_AGAIN_SECONDS)
        except TimeoutError:
            return True
        return False

    async def intend(self, intent: Intent, now: datetime) -> bool:
        """Commit the intent to send. False: it may not go any more, or nothing may."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._intents.append((intent, now, done))
        self._flush()
        return await done

    async def settle(self, settlement: Settlement) -> None:
        """Commit what became of an attempt."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settlements.append((settlement, done))
        self._flush()
        await done

    async def aclose(self) -> None:
        self._closing.set()
        if self._flusher is not None:
            await self._flusher
        self._writer.shutdown()

    def _flush(self) -> None:
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._commit_all())

    async def _commit_all(self) -> None:
        while self._intents or self._settlements or self._doubtful:
            intents, self._intents = self._intents, []
            settlements, self._settlements = self._settlements, []
            waiting: list[asyncio.Future[Any]] = [done for *_, done in intents]
            waiting += [done for _, done in settlements]
            try:
                may_go = await self._once(self._apply, intents, [one for one, _ in settlements])
            except DBAPIError as error:
                self._refuse(intents)
                if not (will_pass(error) and await self._try_again(error)):
                    self._fail(waiting, error)
                    return
                self._settlements = settlements + self._settlements
                continue
            except Exception as error:  # noqa: BLE001  # because each sender raises it for itself
                self._fail(waiting, error)
                continue
            self._doubtful = []
            for intent, _, done in intents:
                if not done.done():
                    done.set_result(intent.id in may_go)
            for _, settled in settlements:
                if not settled.done():
                    settled.set_result(None)

    def _refuse(self, intents: list[tuple[Intent, datetime, asyncio.Future[bool]]]) -> None:
        """None of these goes now: by the time the database is back, its event may have begun."""
        self._doubtful += [intent for intent, *_ in intents]
        for *_, done in intents:
            if not done.done():
                done.set_result(False)

    def _fail(self, waiting: list[asyncio.Future[Any]], error: Exception) -> None:
        for future in waiting:
            if not future.done():
                future.set_exception(error)

    def _apply(
        self,
        connection: Connection,
        intents: list[tuple[Intent, datetime, asyncio.Future[bool]]],
        settlements: list[Settlement],
    ) -> set[int]:
        settling.retract(connection, self.owner, self._doubtful)
        settling.settle_if_still_sending(connection, self.owner, settlements)
        if not intents:
            return set()
        now = max(moment for _, moment, _ in intents)
        return settling.intend_if_still_claimed(connection, self.owner, [one for one, *_ in intents], now)
