"""`agenda show --days`, and the document made of it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from calendars.days.off import Ground
from scheduler.wording.days import site_days, weekend_words
from tests.support.command_line import agenda
from tests.support.days_table import PATH, document
from tests.support.factories import agenda as content
from tests.support.factories import own_day, site
from tests.support.shipped import shipped_draft

pytestmark = pytest.mark.usefixtures("here")


def test_the_days_off_of_one_site_stand_with_reason_and_source() -> None:
    shown = agenda("show", "--days", "calgary").stdout
    assert "Calgary: fin de semana sáb y dom (CLDR)" in shown
    assert "Región: AB" in shown
    assert "Día de la Familia" in shown
    assert "de la región" in shown
    assert "de México" in shown
    assert "Calgary: weekend Sat and Sun (CLDR)" in agenda("show", "--days", "calgary", "--lang", "en").stdout


def test_an_estimated_feast_is_to_be_confirmed() -> None:
    assert "del país, por confirmar" in agenda("show", "--days", "--site", "argel").stdout


def test_all_149_sites_stand_in_one_table_and_in_the_json() -> None:
    shown = agenda("show", "--days").stdout
    assert "Feriados de México: son días de descanso en todas las sedes (supuesto)" in shown
    sites = json.loads(agenda("show", "--days", "--json").stdout)
    assert len(sites) == 149
    emirates = next(one for one in sites if one["site"] == "abu-dabi")
    assert emirates["weekend"] == [{"days": [4, 5], "until": "2021-12-31"}, {"days": [5, 6], "until": None}]
    tehran = next(one for one in sites if one["site"] == "teheran")
    assert tehran["weekend_to_confirm"] is True
    algiers = next(one for one in sites if one["site"] == "argel")
    assert any(not day["certain"] for day in algiers["days"])
    assert {day["ground"] for day in algiers["days_of_mexico"]} == {"home"}


def test_a_site_that_does_not_exist_or_stands_alone_is_refused() -> None:
    assert agenda("show", "--days", "atlantis").exit_code == 2
    alone = agenda("show", "tokio")
    assert (alone.exit_code, "una sede va con --site, o después de --days" in alone.stderr) == (2, True)


def test_weekends_have_their_dates_and_doubts() -> None:
    emirates = site_days(content(), site(country_code="AE"), [2026])
    assert weekend_words(emirates, "es") == "vie y sáb hasta 2021-12-31; sáb y dom"
    assert weekend_words(site_days(content(), site(country_code="IL"), [2026]), "es").endswith("(por confirmar)")


def test_mexicos_days_are_told_apart_from_the_sites_own() -> None:
    """Each once; a row of festivos.csv counts in both."""
    agreed = content(own_days=(own_day("tokio", date(2026, 9, 16)), own_day("tokio", date(2026, 2, 2), works=True)))
    found = site_days(agreed, site(), [2026])
    assert date(2026, 9, 16) in {one.day for one in found.local if one.ground is Ground.OWN}
    assert not {date(2026, 9, 16), date(2026, 2, 2), date(2026, 1, 1)} & {one.day for one in found.home}
    assert date(2026, 3, 16) in {one.day for one in found.home}


def test_the_document_is_what_the_program_says() -> None:
    """`make days-table` renews it, with the library of the lock file."""
    assert PATH.read_text(encoding="utf-8") == document(shipped_draft().agenda)
