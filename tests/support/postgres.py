"""A PostgreSQL of Debian's binaries for the tests: one cluster a process, one database a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from scheduler.store.database import Database

_BINARIES = Path("/usr/lib/postgresql")
_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")  # a test's database need not survive

_INITIAL = ("--no-sync", "-A", "trust", "-E", "UTF8", "--locale", "C.UTF-8")


class NoPostgres(Exception):
    """PostgreSQL's server is not installed (Debian: postgresql)"""


def binaries() -> Path:
    """The folder of initdb and pg_ctl, of the newest version there is. Raises NoPostgres."""
    found = sorted(_BINARIES.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    if not found:
        raise NoPostgres(NoPostgres.__doc__)
    return found[-1].parent


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server on a socket in its own folder, and on no port."""

    folder: Path
    settings: tuple[str, ...]
    _names: count[int] = field(default_factory=count)

    def url(self, name: str) -> str:
        return f"postgresql+psycopg://postgres@/{name}?host={self.folder}"

    def create(self, template: str = "template0") -> str:
        """A new database, a copy of `template`; returns its URL."""
        name = f"agenda{next(self._names)}"
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url(name)

    def drop(self, url: str) -> None:
        name = make_url(url).database
        with psycopg.connect(f"host={self.folder} user=postgres dbname=postgres", autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def start(self) -> None:
        options = " ".join(
            f"-c {one}" for one in (*self.settings, "listen_addresses=", f"unix_socket_directories={self.folder}")
        )
        self._control("start", "-w", "-l", str(self.folder / "log"), "-o", options)

    def stop(self, mode: str = "immediate") -> None:
        """`immediate` is a crash: the next start has to recover."""
        self._control("stop", "-w", "-m", mode)

    def _control(self, *words: str) -> None:
        run_as_postgres(str(binaries() / "pg_ctl"), "-D", str(self.folder / "data"), *words)


def run_as_postgres(*words: str) -> None:
    """PostgreSQL refuses to run as root."""
    own = () if os.geteuid() else ("runuser", "-u", "postgres", "--")
    done = subprocess.run([*own, *words], check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    assert done.returncode == 0, done.stdout


@contextmanager
def cluster(*settings: str) -> Iterator[Cluster]:
    """A new one while the block runs; `settings` in place of those that make tests fast. Raises NoPostgres."""
    programs = binaries()
    folder = Path(tempfile.mkdtemp(prefix="agenda-pg-"))  # short: the path of a socket has to fit in 107 bytes
    try:
        if not os.geteuid():
            shutil.chown(folder, "postgres", "postgres")
        run_as_postgres(
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "postgres",
            "--no-sync",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale",
            "C.UTF-8",
        )
        made = Cluster(folder=folder, settings=settings or _FAST)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def migrated(made: Cluster) -> str:
    """The name of a database with our schema, to be copied for each test."""
    url = made.create()
    Database(url, migrating=True).close()
    return str(make_url(url).database)
