"""The ledger from asynchronous code: one writer thread, and many senders' writes in one commit."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection

from scheduler.store import ledger
from scheduler.store.database import Database
from scheduler.store.ledger import Delivery, Settlement

P = ParamSpec("P")
T = TypeVar("T")


class Journal:
    """Group commit: intents and settlements that wait while a commit is on its way go together into the next.

    A sender goes on only after its write is durable, so a batch costs one flush of the disk, not one a message.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self.owner = owner
        self._database = database
        self._writer = ThreadPoolExecutor(max_workers=1, thread_name_prefix="ledger")
        self._intents: list[tuple[Delivery, datetime, asyncio.Future[bool]]] = []
        self._settlements: list[tuple[Settlement, asyncio.Future[None]]] = []
        self._flusher: asyncio.Task[None] | None = None

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction of its own, on the writer thread."""

        def transaction() -> T:
            with self._database.write() as connection:
                return work(connection, *args, **kwargs)

        return await asyncio.get_running_loop().run_in_executor(self._writer, transaction)

    async def intend(self, delivery: Delivery, now: datetime) -> bool:
        """Commit the intent to send. False: it may not go any more, or nothing may."""
        done: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self._intents.append((delivery, now, done))
        self._flush()
        return await done

    async def settle(self, settlement: Settlement) -> None:
        """Commit what became of an attempt."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._settlements.append((settlement, done))
        self._flush()
        await done

    async def aclose(self) -> None:
        if self._flusher is not None:
            await self._flusher
        self._writer.shutdown()

    def _flush(self) -> None:
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._commit_all())

    async def _commit_all(self) -> None:
        while self._intents or self._settlements:
            intents, self._intents = self._intents, []
            settlements, self._settlements = self._settlements, []
            waiting: list[asyncio.Future[Any]] = [done for *_, done in intents]
            waiting += [done for _, done in settlements]
            try:
                may_go = await self.write(self._apply, intents, [one for one, _ in settlements])
            except Exception as error:  # noqa: BLE001  # because each sender raises it for itself
                for future in waiting:
                    if not future.done():
                        future.set_exception(error)
                continue
            for delivery, _, done in intents:
                if not done.done():
                    done.set_result(delivery.id in may_go)
            for _, settled in settlements:
                if not settled.done():
                    settled.set_result(None)

    def _apply(
        self,
        connection: Connection,
        intents: list[tuple[Delivery, datetime, asyncio.Future[bool]]],
        settlements: list[Settlement],
    ) -> set[int]:
        ledger.settle_if_still_sending(connection, self.owner, settlements)
        if not intents:
            return set()
        now = max(moment for _, moment, _ in intents)
        return ledger.intend_if_still_claimed(connection, self.owner, [one for one, *_ in intents], now)
