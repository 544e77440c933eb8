"""Where the desk's screens are made: processes beside the one that serves, which only hands over and waits.

Reading the files, reckoning what would happen and rendering keep a processor busy.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial

import structlog
from sqlalchemy.exc import DBAPIError

from calendars.catalogue import Phrase
from scheduler.base.processes import Ended, Processes, TooLong, within
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.store.database import will_pass
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Screen
from scheduler.web.desk.place import Place, halted
from scheduler.web.desk.rendering import refused
from scheduler.web.site import DeskHome

log = structlog.get_logger(__name__)

PROCESSES = 2
WAITING = 64  # screens asked for and not made yet; who asks then is told to come again
SECONDS = 60  # that a screen may take
PATIENCE = SECONDS + 30  # with a process that does not even say that it took too long

_AWAY = Phrase("The database is away or busy. Nothing was saved; try again in a minute.")
_CUT_OFF = Phrase("That was cut off. Look whether it was done before you try again.")
_BUSY = Phrase("Too much is being reckoned at the moment. Try again in a minute.")


class Busy(EnvironmentRefusal):
    """More is asked of the desk than it can make."""


@dataclass(kw_only=True)
class Workshop:
    """The processes of one desk."""

    home: DeskHome
    base_url: str
    processes: Processes = field(init=False)
    _asked: int = 0

    def __post_init__(self) -> None:
        settle = partial(_settle_in, self.home, self.base_url)
        self.processes = Processes(count=PROCESSES, settle=settle, warm=_warm, patience=PATIENCE)

    def open(self) -> None:
        """Start the processes, so that the first screen does not wait for them."""
        self.processes.open()

    def close(self) -> None:
        """End them, at once."""
        self.processes.close()

    async def make(self, screen: Screen, asked: Asked) -> Answer:
        """The screen's answer. Raises what it raises; Busy."""
        if self._asked >= WAITING:
            raise Busy(_BUSY)
        self._asked += 1
        try:
            return await self.processes.run(partial(_made, screen, asked))
        except Ended as error:  # killed for want of memory, maybe while it made this
            log.error("the desk's processes ended", reason=str(error))
            raise Busy(_CUT_OFF) from error
        finally:
            self._asked -= 1


_place: Place | None = None  # of this process, if it is one of a workshop


def _settle_in(home: DeskHome, base_url: str) -> None:
    global _place  # one process, one place
    _place = Place(folder=home.folder, base_url=base_url, settings=home.settings)


def _warm() -> None:
    assert _place is not None, "it was set when the process began"
    _place.draft()


def _made(screen: Screen, asked: Asked) -> Answer:
    """A refusal is put in words here, where what it names is known."""
    assert _place is not None, "it was set when the process began"
    try:
        with within(SECONDS):  # who waits longer has given up, and others wait
            return replace(screen(_place, asked), halted=halted(_place, asked.language))
    except TooLong:
        log.error("a screen could not be made", path=asked.path, reason=str(Busy(_BUSY)))
        return refused(Busy(_BUSY), asked)
    except Refusal as refusal:
        if isinstance(refusal, EnvironmentRefusal):
            log.error("a screen could not be made", path=asked.path, reason=str(refusal))
        return refused(refusal, asked)
    except DBAPIError as error:
        if not will_pass(error):
            raise
        log.error("a screen found no database", reason=str(error.orig).strip())
        return refused(EnvironmentRefusal(_AWAY), asked)
