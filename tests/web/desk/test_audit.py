"""Who did what: every act of command line, desk and service, filtered, taken along as CSV, and verified."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from scheduler.store.accounts import register
from scheduler.store.accounts.roles import DeskRole, Grant
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import audit
from scheduler.web.desk.screens.bounds import OutOfBounds
from scheduler.wording.audit import DEEDS, KINDS
from tests.support.command_line import agenda
from tests.support.desk import KEY, NOW, asked_by, person, publish, running, small_place

SEE = (DeskRole.SEE,)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def act(place: Place, deed: Deed, days: int = 0) -> None:
    with place.database.write() as connection:
        chain.record(connection, deed, NOW + timedelta(days=days))


def test_an_act_stands_with_who_when_and_why(place: Place) -> None:
    """By the agenda's own clock, in the reader's language."""
    act(place, Deed(who="Ana Prueba", what=What.STOPPED, reason="un enlace equivocado", via=Via.DESK))
    body = audit.listed(place, asked_by()).body
    for words in ("Ana Prueba", "2021-10-04 10:00", "un enlace equivocado"):
        assert words in body
    assert DEEDS[What.STOPPED]["es"] in body
    assert DEEDS[What.STOPPED]["en"] in audit.listed(place, asked_by(language="en")).body


def test_who_has_an_account_is_shown_and_found_by_name(place: Place) -> None:
    """The list keeps the account's id alone; whoever reads it sees whose it is."""
    with place.database.write() as connection:
        grants = [Grant(role=DeskRole.OPERATE)]
        account = register.add(connection, "luz@ine.example", "Luz Pérez", grants, NOW)
    act(place, Deed(who=account, what=What.RESUMED, via=Via.DESK))
    assert "Luz Pérez" in audit.listed(place, asked_by()).body
    found = audit.listed(place, asked_by(query={"who": "perez"})).body
    assert DEEDS[What.RESUMED]["es"] in found
    assert account not in found
    assert "Ningún renglón coincide." in audit.listed(place, asked_by(query={"who": "nadie"})).body


def test_a_link_leads_to_one_kind_of_act_within_days(place: Place) -> None:
    """What, from a day and to a day, both included, by the agenda's midnight."""
    for days in range(3):
        act(place, Deed(who="Ana", what=What.STOPPED, reason=f"día {days}"), days)
        act(place, Deed(who="Ana", what=What.RESUMED), days)
    query = {"what": "stopped", "since": "2021-10-05", "until": "2021-10-05"}
    body = audit.listed(place, asked_by(query=query)).body
    assert "día 1" in body
    assert "día 0" not in body
    assert "día 2" not in body
    assert DEEDS[What.RESUMED]["es"] not in body
    assert '<option value="stopped" selected>' in body
    assert 'name="since" value="2021-10-05"' in body


def test_a_day_that_is_none_is_said_and_nothing_is_listed(place: Place) -> None:
    body = audit.listed(place, asked_by(query={"since": "mañana"})).body
    assert "«mañana» no es una fecha; escríbala así: 2026-11-23." in body
    assert "<tbody>" not in body


def test_a_page_holds_fifty_and_leads_to_those_before(place: Place) -> None:
    """By the number of the last row: what comes meanwhile moves nothing."""
    for number in range(audit.PAGE + 2):
        act(place, Deed(who="Ana", what=What.STOPPED, reason=f"vez {number}."))
    first = audit.listed(place, asked_by())
    assert f"vez {audit.PAGE + 1}." in first.body
    assert "vez 1." not in first.body
    last = audit.listed(place, asked_by(query={"before": "4", "what": "stopped"}))
    assert "vez 1." in last.body
    assert "Anteriores" not in last.body
    assert "/desk/audit?before=4" in first.body


def test_the_table_is_that_of_the_command_line(place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`agenda audit --csv`, byte by byte."""
    act(place, Deed(who="Ana", what=What.STOPPED, reason="=1+1"))
    monkeypatch.setenv("AGENDA_DATABASE_URL", f"sqlite:///{tmp_path / 'desk.db'}")
    monkeypatch.setenv("AGENDA_SECRET_KEY", KEY)
    answer = audit.table(place, asked_by())
    assert answer.file is not None
    assert answer.file == agenda("audit", "--csv").stdout_bytes
    assert b"'=1+1" in answer.file


def test_the_verdict_names_the_head_and_finds_a_row_that_was_changed(place: Place) -> None:
    """Whole, with the head that the list shows; after a change behind our back, not."""
    act(place, Deed(who="Ana", what=What.STOPPED))
    with place.database.read() as connection:
        head = chain.head(connection)
    assert str(head) in audit.listed(place, asked_by()).body
    whole = audit.verified(place, asked_by(part=True))
    assert whole.part
    assert 'role="status"' in whole.body
    assert str(head) in whole.body
    with place.database.write() as connection:
        for name in ("audit_no_update", "audit_kept"):
            connection.exec_driver_sql(f"DROP TRIGGER IF EXISTS {name}")
        names = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'trigger'").scalars().all()
        for name in [one for one in names if "audit" in one]:
            connection.exec_driver_sql(f'DROP TRIGGER "{name}"')
        connection.exec_driver_sql("UPDATE audit SET who = 'Otra' WHERE number = (SELECT max(number) FROM audit)")
    broken = audit.verified(place, asked_by())
    assert not broken.part
    assert 'role="alert"' in broken.body
    assert "NO está" in broken.body


def test_who_sees_one_region_does_not_read_what_is_done_in_all(place: Place) -> None:
    """Reasons and addresses of other regions stand in it."""
    bound = person(DeskRole.SEE, region="europa")
    for screen in (audit.listed, audit.verified, audit.table):
        with pytest.raises(OutOfBounds) as refused:
            screen(place, asked_by(person=bound))
        assert "de todas las regiones a la vez" in refused.value.lines("es")[0]


def test_every_kind_of_act_can_be_chosen() -> None:
    assert set(KINDS) == set(What)
    assert len({words["es"] for words in KINDS.values()}) == len(KINDS)


async def test_the_list_is_reached_over_http_with_its_filters_in_the_address(
    tmp_path: Path, database: Database
) -> None:
    with small_place(tmp_path, published=False) as place:
        publish(database, place.folder)
        async with running(place.folder, database) as desk, desk.client(*SEE) as browser:
            page = await browser.get("/desk/audit?what=published&until=2021-10-04")
            table = await browser.get("/desk/audit.csv?what=published")
            verdict = await browser.get("/desk/audit/verified")
    assert "Motivo interno" in page.text
    assert 'value="2021-10-04"' in page.text
    assert table.headers["content-disposition"] == "attachment; filename*=UTF-8''agenda-audit.csv"
    assert b"Motivo interno" in table.content
    assert "<h1>¿La lista está completa?</h1>" in verdict.text
