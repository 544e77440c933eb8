from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest

from calendars.feeds import feeds
from scheduler.web.feeds.export import ExportFailed, export
from tests.support import factories
from tests.support.shipped import shipped_draft
from tests.support.webserver import PUBLISHED


def test_every_feed_is_a_file_at_its_path_with_its_very_bytes(tmp_path: Path) -> None:
    edition = factories.edition(shipped_draft().agenda)
    written = export(edition, tmp_path)
    expected = {feed.path: feed.body for feed in feeds(edition)}
    assert {p.relative_to(tmp_path).as_posix(): p.read_bytes() for p in written[:-1]} == expected
    assert len(expected) == 1 + 5 + 2 * 149
    assert written[-1] == tmp_path / "index.html"
    assert {p for p in tmp_path.rglob("*") if p.is_file()} == set(written)


def test_the_same_edition_gives_the_same_files_to_the_byte_and_the_date(tmp_path: Path) -> None:
    edition = factories.edition(factories.agenda(events=(factories.event(), factories.drive())))
    first = {
        p.relative_to(tmp_path / "a"): (p.read_bytes(), p.stat().st_mtime) for p in export(edition, tmp_path / "a")
    }
    again = {
        p.relative_to(tmp_path / "b"): (p.read_bytes(), p.stat().st_mtime) for p in export(edition, tmp_path / "b")
    }
    assert first == again


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value or "" for name, value in attrs if name in ("href", "src", "action")]


def test_the_index_needs_nothing_but_the_files_beside_it(tmp_path: Path) -> None:
    written = export(factories.edition(shipped_draft().agenda), tmp_path)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    links = _Links()
    links.feed(index)
    targets = {link for link in links.found if not link.startswith("#")}
    assert targets == {p.relative_to(tmp_path).as_posix() for p in written[:-1]}
    assert "<script" not in index
    assert "http" not in re.sub(r"<style>.*?</style>", "", index, flags=re.DOTALL)


def test_the_index_says_what_is_supposed_and_what_has_no_date(tmp_path: Path) -> None:
    export(factories.edition(shipped_draft().agenda), tmp_path)
    index = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "jueves 21 de octubre de 2021,<br>18:00 h TCM" in index
    assert index.count("Duración supuesta: 2 h, por confirmar.") == 5
    assert "Fechas supuestas, por confirmar." in index
    assert "sin fecha" in index
    assert "Eje: sin asignar · Fuente: Nota 04/2021" in index


def test_a_second_export_replaces_its_own_files_and_leaves_others_alone(tmp_path: Path) -> None:
    first = factories.edition()
    export(first, tmp_path)
    (tmp_path / "robots.txt").write_text("mine")
    (tmp_path / "sites" / "notes.txt").write_text("mine too")
    moved = factories.agenda(events=(factories.event(when=factories.timed("2021-10-21 20:00")),))
    second = factories.edition(moved, first, PUBLISHED + timedelta(days=1))
    export(second, tmp_path)
    assert (tmp_path / "all.ics").read_bytes() == next(iter(feeds(second))).body
    assert (tmp_path / "robots.txt").read_text() == "mine"
    assert (tmp_path / "sites" / "notes.txt").read_text() == "mine too"
    assert not list(tmp_path.rglob(".*"))


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ExportFailed, match="file"):
        export(factories.edition(), tmp_path / "file")
    (tmp_path / "folder" / "all.ics").mkdir(parents=True)
    with pytest.raises(ExportFailed, match="folder"):
        export(factories.edition(), tmp_path / "folder")
    assert not [p for p in (tmp_path / "folder").iterdir() if p.name != "all.ics"]


def test_an_agenda_without_events_still_has_feeds_and_an_index(tmp_path: Path) -> None:
    written = export(factories.edition(replace(factories.agenda(), events=())), tmp_path)
    assert len(written) == 1 + 5 + 2 + 1
