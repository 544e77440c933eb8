"""Rules of zones or days off that changed under what is in force: told on home, shown by site, published."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from calendars.reading.files import AGENDA
from calendars.shifts import shifts
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.schema import editions as stored
from scheduler.store.schema import revisions
from scheduler.web.desk.asked import Answer
from scheduler.web.desk.place import Place
from scheduler.web.desk.screens import home
from scheduler.web.desk.screens.publishing import changes
from scheduler.web.desk.screens.publishing.regions import BeyondRegion
from tests.support.added_days import add_a_holiday
from tests.support.desk import NOW, asked_by, person, small_place

LATER = NOW + timedelta(hours=1)
BANNER = "Cambiaron las reglas de zonas horarias o de días inhábiles."


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    with small_place(tmp_path) as found:
        yield found


def promise_an_hour_earlier(place: Place) -> None:
    """What is in force was reckoned by an older release, which gave the workshop another instant."""
    own = revisions.c.event == "taller-europa"
    with place.database.write() as connection:
        row = connection.execute(revisions.select().where(own)).mappings().one()
        hour = timedelta(hours=1)
        connection.execute(revisions.update().where(own).values(start=row["start"] - hour, end=row["end"] - hour))
        connection.execute(stored.update().values(zone_version="2020a"))


def put(place: Place, shown: Answer, **given: object) -> Answer:
    form = dict(re.findall(r'name="(\w+)" value="([^"]*)"', shown.body))
    asked = asked_by(now=LATER, form=form, **{"person": person(DeskRole.PUBLISH), **given})  # type: ignore[arg-type]
    return changes.rules_published(place, asked)


def test_where_the_rules_are_as_they_were_nothing_is_told(place: Place) -> None:
    assert BANNER not in home.today(place, asked_by(now=LATER)).body
    assert "dan cada hora y cada día como se publicó" in changes.rules(place, asked_by(now=LATER)).body


def test_another_hour_is_told_on_home_shown_by_site_and_put_in_force(place: Place) -> None:
    """As `agenda publish --shifted`: the files stay as they are, and its reason says itself."""
    promise_an_hour_earlier(place)
    before = (place.folder / AGENDA).read_bytes()
    assert BANNER in home.today(place, asked_by(now=LATER)).body
    assert BANNER in changes.changes(place, asked_by(now=LATER)).body
    body = changes.rules(place, asked_by(now=LATER)).body
    assert "Taller, Europa, Madrid: publicado mar 26 oct 15:00, ahora mar 26 oct 16:00" in body
    shown = changes.rules_consequences(place, asked_by(now=LATER))
    assert 'id="figure-notices" value="1"' in shown.body
    assert put(place, shown).location is not None
    with place.database.read() as connection:
        now = editions.load(connection)
    assert now is not None
    assert (now.edition.number, shifts(now.edition)) == (2, ())
    assert now.edition.reason.startswith("nuevas reglas de zonas horarias")
    assert (place.folder / AGENDA).read_bytes() == before
    assert BANNER not in home.today(place, asked_by(now=LATER)).body


def test_another_day_off_moves_reminders_once_it_is_published(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new holiday in Tokyo on the day of a reminder: which goes on another day, and who is concerned."""
    add_a_holiday(monkeypatch, date(2022, 1, 31))  # the day before the drive, on which its reminder waits
    body = changes.rules(place, asked_by(now=LATER)).body
    assert "<b>Sedes afectadas:</b> Tokio" in body
    assert "jornada, tokio, P1D a las 09:00: lun 31 ene → vie 28 ene" in body
    assert put(place, changes.rules_consequences(place, asked_by(now=LATER))).location is not None
    assert BANNER not in home.today(place, asked_by(now=LATER)).body


def test_the_rules_of_all_sites_are_not_published_by_one_region(place: Place) -> None:
    promise_an_hour_earlier(place)
    bound = person(DeskRole.PUBLISH, region="europa")
    shown = changes.rules_consequences(place, asked_by(now=LATER, person=bound))
    assert "afecta a todas las regiones" in shown.body
    with pytest.raises(BeyondRegion):
        put(place, changes.rules_consequences(place, asked_by(now=LATER)), person=bound)
