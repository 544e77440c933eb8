"""One agenda's home: its database and keys, how it sends, what it shows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from calendars.catalogue import Phrase
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.base.settings import DEFAULT_DATABASE, Settings
from scheduler.base.tokens import tokens_with
from scheduler.store import controls
from scheduler.store.database import Database
from scheduler.store.file_place import mark_beside


class WrongDatabase(EnvironmentRefusal):
    """A rehearsal's database where a real one is wanted."""


class NothingPublished(Refusal):
    """The command needs an edition in force."""

    status = 409


OF_A_REHEARSAL = Phrase("{name} belongs to a rehearsal; name another database")
LOST = Phrase(
    "{file} is gone, and its mark is still there: `agenda restore` puts a backup back; to begin anew, delete {mark}"
)
NO_DATABASE = Phrase("{name}: no database here; `agenda publish` and `agenda serve` make it")
NOTHING_YET = Phrase("nothing is published yet; `agenda publish` puts the draft in force")


def database_url(settings: Settings) -> str:
    return settings.database_url or DEFAULT_DATABASE


def database_is_there(settings: Settings) -> bool:
    """Whether a server was named, or the file exists. A command that only reads must not make one."""
    file = _file(settings)
    return file is None or file.exists()


def _file(settings: Settings) -> Path | None:
    """Where a SQLite database is to be; None of a server, and of a URL that opening it refuses."""
    scheme, _, path = database_url(settings).partition(":///")
    return Path(path.partition("?")[0]) if scheme == "sqlite" and path else None


def _refuse_lost(settings: Settings) -> None:
    """A file that went must not begin anew, empty: everything would be published and sent again."""
    file = _file(settings)
    if file is None or (file.exists() and file.stat().st_size):
        return
    mark = mark_beside(file)
    if mark.exists():
        raise WrongDatabase(LOST, file=file, mark=mark.name)


@contextmanager
def real_database(settings: Settings) -> Iterator[Database]:
    """The installation's database. Raises WrongDatabase for one that a rehearsal marked, and for one that is gone."""
    _refuse_lost(settings)
    database = Database(database_url(settings), tokens=tokens_with(settings.secret_keys))
    try:
        with database.read() as connection:
            if controls.get(connection, controls.REHEARSAL) is not None:
                raise WrongDatabase(OF_A_REHEARSAL, name=database.name)
        yield database
    finally:
        database.close()


def existing_database(settings: Settings) -> AbstractContextManager[Database]:
    """The database that is there: a command for a running service must not make an empty one beside it."""
    if not database_is_there(settings):
        raise NothingPublished(NO_DATABASE, name=database_url(settings))
    return real_database(settings)
