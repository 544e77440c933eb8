"""The report at the desk: read, taken along in each format, closed with a reason, had again; and who may what."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from scheduler.base.refusal import Refusal
from scheduler.printing.blocks import Paragraph
from scheduler.reporting.commission.closing import NoSuchReport, document_of, kept
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit import listing
from scheduler.store.audit.deeds import Via
from scheduler.store.audit.listing import AuditFilter
from scheduler.store.reports import closed
from scheduler.web.desk.asked import Answer
from scheduler.web.desk.navigation import places
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import report
from scheduler.web.desk.screens.bounds import OutOfBounds
from scheduler.web.desk.screens.heard import NothingPublishedYet
from scheduler.web.rendering import MAIL_POLICY
from tests.support.command_line import agenda
from tests.support.desk import KEY, asked_by, person, running, small_place

WHY = {"reason": "Tercera sesión"}
ASIA = "asia-pacifico"


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def close(place: Place, **form: str) -> str:
    made = report.kept_for_good(place, asked_by("/desk/report", form={**WHY, **form}))
    assert made.status == 303
    assert made.location is not None
    return made.location


def test_the_screen_offers_every_format_in_both_languages(place: Place) -> None:
    body = report.shown(place, asked_by()).body
    for words in ("PDF", "Word", "Excel: sus cuadros", "español", "English", "Todavía no se ha cerrado ninguno."):
        assert words in body


def test_the_report_is_read_as_a_page_that_runs_nothing(place: Place) -> None:
    made = report.page(place, asked_by())
    assert (made.part, made.policy) == (True, MAIL_POLICY)
    assert "1. Antecedentes" in made.body
    assert "<script" not in made.body
    assert "1. Background" in report.page(place, asked_by(query={"language": "en"})).body


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("html", "informe.html", b"<!doctype html>"),
        ("pdf", "informe.pdf", b"%PDF-"),
        ("docx", "informe.docx", b"PK"),
        ("xlsx", "informe.xlsx", b"PK"),
        ("csv", "informe.zip", b"PK"),
        ("json", "informe.json", b"{"),
    ],
)
def test_it_is_taken_along_in_each_format(place: Place, form: str, name: str, begins: bytes) -> None:
    made = report.file(place, asked_by(query={"format": form}))
    assert made.file is not None
    assert (made.name, made.file[: len(begins)]) == (name, begins)


def test_closing_keeps_it_and_leaves_a_row_of_the_audit(place: Place) -> None:
    """It is the same act as `agenda report --close`: one list, one number."""
    assert close(place) == "/desk/report?saved=1"
    with place.database.read() as connection:
        [line] = closed.listed(connection)
        [row] = [one for one in listing.rows(connection, AuditFilter()) if one.what == "report-closed"]
    assert (line.number, line.reason, line.author) == (1, "Tercera sesión", "escritorio local")
    assert (row.via, row.subject, row.reason) == (Via.DESK, "1", "Tercera sesión")
    body = report.shown(place, asked_by(query={"saved": "1"})).body
    assert "El informe 1 quedó cerrado." in body
    assert "/desk/report/file?number=1&amp;format=pdf" in body


def test_a_closed_one_is_had_again_and_a_correction_names_it(place: Place) -> None:
    close(place)
    assert close(place, corrects="1") == "/desk/report?saved=2"
    with place.database.read() as connection:
        second = document_of(kept(connection, 2), "es")
    said = [block.text for block in second.blocks if isinstance(block, Paragraph)]
    assert "Este informe corrige al informe 1, que se conserva tal como se cerró." in said
    made = report.file(place, asked_by(query={"number": "1", "format": "json"}))
    assert made.file is not None
    assert made.name == "informe-1.json"
    assert json.loads(made.file)["document"]["reference"] == "Informe 1"
    with pytest.raises(NoSuchReport):
        report.file(place, asked_by(query={"number": "9", "format": "json"}))


def test_without_a_reason_nothing_is_closed(place: Place) -> None:
    with pytest.raises(Refusal) as refused:
        close(place, reason=" ")
    assert refused.value.why["es"] == "Diga por qué se cierra el informe."
    with place.database.read() as connection:
        assert closed.listed(connection) == []


def test_a_button_that_is_pressed_twice_closes_one_report(place: Place) -> None:
    """Nor does the form of somebody who has not seen the other's; who opens it anew may close another."""
    form = {**WHY, "last": last(report.shown(place, asked_by("/desk/report")))}
    assert report.kept_for_good(place, asked_by("/desk/report", form=form)).status == 303
    with pytest.raises(Refusal) as refused:
        report.kept_for_good(place, asked_by("/desk/report", form=form))
    assert refused.value.status == 409
    assert refused.value.lines("es")[0].startswith("El informe 1 se cerró después de que usted abrió esta página,")
    assert f"“{WHY['reason']}”. Nothing was closed now." in refused.value.lines("en")[0]
    again = {**form, "last": last(report.shown(place, asked_by("/desk/report")))}
    assert report.kept_for_good(place, asked_by("/desk/report", form=again)).location == "/desk/report?saved=2"


def last(page: Answer) -> str:
    """The newest report that the form knows of."""
    return page.body.partition('name="last" value="')[2].partition('"')[0]


def test_before_the_first_edition_there_is_nothing_to_report_on(tmp_path: Path) -> None:
    with small_place(tmp_path, published=False) as place, pytest.raises(NothingPublishedYet) as refused:
        report.shown(place, asked_by())
    assert refused.value.why["es"] == "Todavía no se ha publicado nada: no hay de qué informar."


def test_who_sees_one_region_does_not_see_the_report_of_all(place: Place) -> None:
    """Nor is it offered to them; who sees all reads it, and closes it with the role that publishes."""
    regional, seeing, publishing = (
        person(DeskRole.SEE, region=ASIA),
        person(DeskRole.SEE),
        person(DeskRole.PUBLISH),
    )
    for screen in (report.shown, report.page, report.file):
        with pytest.raises(OutOfBounds):
            screen(place, asked_by(person=regional))
    with pytest.raises(OutOfBounds):
        report.kept_for_good(place, asked_by(person=person(DeskRole.PUBLISH, region=ASIA), form=WHY))
    assert "/desk/report" not in dict(places(regional, "es"))
    assert "/desk/report" in dict(places(seeing, "es"))
    assert 'name="reason"' not in report.shown(place, asked_by(person=seeing)).body
    assert 'name="reason"' in report.shown(place, asked_by(person=publishing)).body


async def test_over_http_it_is_downloaded_and_closed_by_whom_may(place: Place) -> None:
    async with running(place.folder, place.database) as desk:
        async with desk.client(DeskRole.PUBLISH) as browser:
            page = await browser.get("/desk/report/page")
            assert page.headers["content-security-policy"] == MAIL_POLICY
            file = await browser.get("/desk/report/file?format=xlsx")
            assert file.headers["content-disposition"] == "attachment; filename*=UTF-8''informe.xlsx"
            shown = await browser.send("/desk/report", WHY, on="/desk/report")
            assert "El informe 1 quedó cerrado." in shown.text
        async with desk.client(DeskRole.SEE) as browser:
            assert (await browser.send("/desk/report", WHY, on="/desk/report")).status_code in (403, 404)


def test_what_the_desk_closed_the_command_line_lists(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    close(place)
    monkeypatch.setenv("AGENDA_DATABASE_URL", place.settings.database_url or "")
    monkeypatch.setenv("AGENDA_SECRET_KEY", KEY)
    done = agenda("report", "--list", "--json")
    assert [one["number"] for one in json.loads(done.stdout)] == [1]
