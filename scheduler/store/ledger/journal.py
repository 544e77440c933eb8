"""The ledger from asynchronous code: one writer thread, and many senders' writes in one commit."""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop, Future
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from queue import SimpleQueue
from threading import Thread
from typing import Any, Concatenate, ParamSpec, TypeVar

import structlog
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from scheduler.base.clock import monotonic
from scheduler.store.database import Database, will_pass
from scheduler.store.ledger import settling
from scheduler.store.ledger.settling import Intent, Settlement

P = ParamSpec("P")
T = TypeVar("T")
log = structlog.get_logger(__name__)
PAUSE_SECONDS = 1.0  # between two transactions, after which a connection that was kept goes back
TRY_AGAIN_SECONDS = 5  # after a database that is locked by a long publication, or a disk that is full


@dataclass(slots=True)
class _Batch:
    """What goes into one commit."""

    intents: list[tuple[Intent, datetime, Future[bool]]] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    waiting: list[Future[None]] = field(default_factory=list)  # for what was settled before

    @property
    def writes(self) -> bool:
        return bool(self.intents or self.settlements)

    @property
    def any(self) -> bool:
        return self.writes or bool(self.waiting)


class Kept:
    """One connection for transactions that follow each other closely, taken with `take` when one is wanted.

    To take it, have it looked over and give it back for each costs as much as a small transaction itself. After a pause
    it is taken anew, for then the server is asked whether it is still there; after anything that went wrong as well.
    """

    def __init__(self, take: Callable[[], Connection], now: Callable[[], float] = monotonic) -> None:
        self._take = take
        self._now = now
        self._connection: Connection | None = None
        self._used = 0.0

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """For one transaction."""
        if self._now() - self._used > PAUSE_SECONDS:
            self.close()
        self._connection = self._connection or self._take()
        try:
            yield self._connection
        except BaseException:
            self.close()
            raise
        self._used = self._now()

    def close(self) -> None:
        """Give it back."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class WriterThread:
    """One transaction after another, on a thread and a connection of its own.

    (An executor of the standard library takes as long to hand one over as a database to write a batch.)
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._kept = Kept(database.connect_to_write)
        self._asked: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._closed = False
        self._thread = Thread(target=self._work, name="ledger", daemon=True)
        self._thread.start()

    async def run(self, work: Callable[[Connection], T]) -> T:
        """`work` in a transaction. On cancellation it is left out if it has not begun."""
        if self._closed:
            raise RuntimeError("this journal is closed")
        loop = asyncio.get_running_loop()
        done: Future[T] = loop.create_future()
        self._asked.put(lambda: self._answer(work, loop, done))
        return await done

    def close(self) -> None:
        """Finish what was asked for."""
        self._closed = True
        self._asked.put(None)
        self._thread.join()
        self._kept.close()

    def _work(self) -> None:
        while (asked := self._asked.get()) is not None:
            asked()

    def _answer(self, work: Callable[[Connection], T], loop: AbstractEventLoop, done: Future[T]) -> None:
        if done.cancelled():
            return
        try:
            with self._kept.connection() as kept, self._database.write_as_sender(kept) as connection:
                found = work(connection)
        except BaseException as error:  # noqa: BLE001  # because whoever asked raises it
            loop.call_soon_threadsafe(_tell, done, done.set_exception, error)
        else:
            loop.call_soon_threadsafe(_tell, done, done.set_result, found)


def _tell(done: Future[T], how: Callable[[Any], None], what: object) -> None:
    """Unless nobody waits any more."""
    if not done.done():
        how(what)


class Journal:
    """Group commit: intents and settlements that wait while a commit is on its way go together into the next.

    A sender goes on only after its intent is durable, so a batch costs one flush of the disk, not one a message. What
    became of its message before is written as soon, and with that intent at the latest: no sender waits for it alone.
    A database that cannot be written is waited for: what a server has answered is known, and must not be lost for it.
    """

    def __init__(self, database: Database, owner: str) -> None:
        self.owner = owner
        self._writer = WriterThread(database)
        self._next = _Batch()
        self._doubtful: list[Intent] = []  # refused to their senders, though their intent may have been committed
        self._flusher: asyncio.Task[None] | None = None
        self._lost: Exception | None = None  # why the outcome of an attempt could not be written, and will not be
        self._closing = asyncio.Event()

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run `work` in a transaction of its own, on the writer thread; again and again until the database lets it.

        It sees everything that was settled before.
        """
        await self._settled()
        while True:
            try:
                return await self._writer.run(lambda connection: work(connection, *args, **kwargs))
            except DBAPIError as error:
                if not (will_pass(error) and await self._try_again(error)):
                    raise

    async def _try_again(self, error: DBAPIError) -> bool:
        """Wait a little. False: the journal is closing, and there is no time left."""
        log.error("database cannot be written", reason=str(error.orig).strip(), again_in_seconds=TRY_AGAIN_SECONDS)
        try:
            await asyncio.wait_for(self._closing.wait(), TRY_AGAIN_SECONDS)
        except TimeoutError:
            return True
        return False

    def intend(self, intent: Intent, now: datetime) -> Future[bool]:
        """Commit the intent to send. False: it may not go any more, or nothing may.

        Raises what kept the outcome of an earlier attempt from being written.
        """
        self._raise_lost()
        done: Future[bool] = asyncio.get_running_loop().create_future()
        self._next.intents.append((intent, now, done))
        self._flush()
        return done

    def settle(self, settlement: Settlement) -> None:
        """Commit what became of an attempt: at the latest with the next intent, and before the next `write`.

        Raises what kept an earlier one from being written.
        """
        self._raise_lost()
        self._next.settlements.append(settlement)
        self._flush()

    async def aclose(self) -> None:
        """Write what is still to be written. Raises what kept the outcome of an attempt from it."""
        self._closing.set()
        if self._flusher is not None:
            await self._flusher
        self._writer.close()
        self._raise_lost()

    async def _settled(self) -> None:
        """Return once all that was settled until now is durable."""
        if self._next.settlements or (self._flusher is not None and not self._flusher.done()):
            done: Future[None] = asyncio.get_running_loop().create_future()
            self._next.waiting.append(done)
            self._flush()
            await done
        self._raise_lost()

    def _raise_lost(self) -> None:
        if self._lost is not None:
            raise self._lost

    def _flush(self) -> None:
        if self._flusher is None or self._flusher.done():
            self._flusher = asyncio.create_task(self._commit_all())

    async def _commit_all(self) -> None:
        while self._next.any or self._doubtful:
            batch, self._next = self._next, _Batch()
            try:
                may_go = await self._written(batch)
            except DBAPIError as error:
                self._refuse(batch)
                if not (will_pass(error) and await self._try_again(error)):
                    self._fail(batch, error)
                    if self._next.any:  # it may fare better
                        continue
                    return
                self._next.settlements[:0], self._next.waiting[:0] = batch.settlements, batch.waiting
                continue
            except Exception as error:  # noqa: BLE001  # because each sender raises it for itself
                self._fail(batch, error)
                continue
            self._doubtful = []
            for intent, _, done in batch.intents:
                if not done.done():
                    done.set_result(intent.id in may_go)
            for waiting in batch.waiting:
                if not waiting.done():
                    waiting.set_result(None)

    async def _written(self, batch: _Batch) -> set[int]:
        """The ids that may go."""
        return await self._writer.run(partial(self._apply, batch=batch)) if batch.writes or self._doubtful else set()

    def _refuse(self, batch: _Batch) -> None:
        """None of its intents goes now: by the time the database is back, its event may have begun."""
        self._doubtful += [intent for intent, *_ in batch.intents]
        for *_, done in batch.intents:
            if not done.done():
                done.set_result(False)

    def _fail(self, batch: _Batch, error: Exception) -> None:
        if batch.settlements:
            self._lost = error
        futures: list[Future[Any]] = [*batch.waiting, *(done for *_, done in batch.intents)]
        for future in futures:
            if not future.done():
                future.set_exception(error)

    def _apply(self, connection: Connection, batch: _Batch) -> set[int]:
        settling.retract(connection, self.owner, self._doubtful)
        settling.settle_if_still_sending(connection, self.owner, batch.settlements)
        if not batch.intents:
            return set()
        now = max(moment for _, moment, _ in batch.intents)
        return settling.intend_if_still_claimed(connection, self.owner, [one for one, *_ in batch.intents], now)
