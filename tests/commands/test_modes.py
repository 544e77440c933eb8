"""What holds an address or a link is its owner's to read; what is public keeps the umask."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.command_line import agenda

LINK = "https://salas.example/sala-secreta"
SECRETS = (b"@sedes.example", LINK.encode())
OTHERS = 0o077  # of group and world


@pytest.fixture(autouse=True)
def _a_usual_umask() -> Iterator[None]:
    before = os.umask(0o022)
    yield
    os.umask(before)


def written(here: Path) -> dict[str, int]:
    """The mode of each file that the program wrote with an address or a link in it."""
    found = {}
    for path in sorted(here.rglob("*")):
        if path.is_file() and here / "config" not in path.parents:
            content = path.read_bytes().replace(b"=\r\n", b"")
            if any(secret in content for secret in SECRETS):
                found[str(path.relative_to(here))] = path.stat().st_mode & 0o777
    return found


def test_every_file_with_an_address_or_a_link_in_it_is_its_owners(here: Path) -> None:
    event = "taller-asia-pacifico-2021"
    (here / "config" / "privado.yaml").write_text(f"enlaces:\n  {event}: {LINK}\n", encoding="utf-8")
    for command in (
        ("publish", "--reason", "primera", "--yes"),
        ("export", "publico"),
        ("rehearse", "--from", "2021-10-13", "--to", "2021-10-16", "--outbox", "salida", "--database", "ensayo.db"),
    ):
        done = agenda(*command)
        assert done.exit_code == 0, done.output
    found = written(here)
    assert {name.rpartition(".")[2] for name in found} >= {"db", "eml"}
    assert {name.partition("/")[0] for name in found} >= {"agenda.db", "ensayo.db", "salida"}
    assert {name: oct(mode) for name, mode in found.items() if mode & OTHERS} == {}
    assert (here / "salida").stat().st_mode & OTHERS == 0


def test_what_is_public_keeps_the_umask(here: Path) -> None:
    assert agenda("export", "publico").exit_code == 0
    assert (here / "publico" / "all.ics").stat().st_mode & 0o777 == 0o644
    assert written(here) == {}
