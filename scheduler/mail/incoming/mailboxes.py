"""A Maildir that mail came back to; and what every kind of mailbox has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from calendars.catalogue import Phrase
from scheduler.base.disk.objections import objection
from scheduler.base.refusal import EnvironmentRefusal
from scheduler.mail.incoming.bounds import LARGEST

QUARANTINE = ".Quarantine"  # beside new/ and cur/ of a Maildir
_FOLDERS = ("new", "cur", "tmp")
NO_MAILDIR = Phrase("{folder} is no Maildir: it has no folder {missing}/")


class MailboxUnavailable(EnvironmentRefusal):
    """There is no such Maildir, or the IMAP server cannot be used; the message says why, without secrets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    raw: bytes  # as much of it as is looked at
    done: Callable[[bool], None]  # mark it as taken in; True: it is for people, who have not seen it yet
    quarantine: Callable[[], None]  # mark it as one that could not be, and keep it


@dataclass(frozen=True, slots=True)
class Maildir:
    """What lies in `new/` goes to `cur/` once it is done; what cannot be read, to a folder beside it.

    A message is renamed, never rewritten: what it holds is of no concern here. `again`: what was set aside before.
    """

    folder: Path
    again: bool = False

    @contextmanager
    def opened(self) -> Iterator[Iterator[Item]]:
        missing = [name for name in _FOLDERS if not (self.folder / name).is_dir()]
        if missing:
            raise MailboxUnavailable(NO_MAILDIR, folder=self.folder, missing=missing[0])
        try:
            yield self._items()
        except OSError as error:
            raise MailboxUnavailable(objection(error, self.folder)) from error

    def _items(self) -> Iterator[Item]:
        source = self.folder / QUARANTINE / "cur" if self.again else self.folder / "new"
        for path in sorted(source.iterdir()) if source.is_dir() else ():
            try:
                with path.open("rb") as file:
                    raw = file.read(LARGEST)
            except (FileNotFoundError, IsADirectoryError):  # somebody else has taken it; or it is no message
                continue
            yield Item(raw=raw, done=partial(self._done, path), quarantine=partial(self._set_aside, path))

    def _done(self, path: Path, for_people: bool) -> None:
        _rename(path, self.folder / "cur", "" if for_people else "S")

    def _set_aside(self, path: Path) -> None:
        """Into a folder that mail programs show, too (Maildir++)."""
        if self.again:
            return
        aside = self.folder / QUARANTINE
        for name in _FOLDERS:
            (aside / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        (aside / "maildirfolder").touch()
        _rename(path, aside / "cur", "F")


def _rename(path: Path, folder: Path, flags: str) -> None:
    """What bears that name already is kept."""
    name = path.name.partition(":")[0]
    to, number = folder / f"{name}:2,{flags}", 1
    while to.exists():
        to, number = folder / f"{name}_{number}:2,{flags}", number + 1
    path.rename(to)
