"""The edition «shifted by zone rules»: what is in force, reckoned anew, with everything beside it left as it was."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendars.documents import agenda_to_json
from calendars.shifts import shifts
from scheduler.planning.delivery import State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish, Published, Unconfirmed
from scheduler.publishing.shifted import NoSuchHour, NothingInForce, publish_shifted
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.schema import editions as stored
from scheduler.store.schema import revisions
from tests.support.factories import agenda, event, text, timed
from tests.support.ledger import PUBLISHED, START, draft, post, put, states

LATER = PUBLISHED + timedelta(hours=1)
LINK = "https://reuniones.example/j/1"


def promise_an_hour_earlier(database: Database, version: str = "2020a") -> None:
    """As a release of that name would have reckoned it."""
    hour = timedelta(hours=1)
    with database.write() as connection:
        mine = revisions.update().where(revisions.c.event == event().id)
        connection.execute(mine.values(start=START - hour, end=START + hour))
        connection.execute(stored.update().values(zone_version=version))


def shift(database: Database, *, confirmed: bool = False, silent: bool = False) -> Published:
    return publish_shifted(
        database, Act(at=LATER, author="M. R.", reason="reglas", silent=silent), confirmed=confirmed, asked_above=100
    )


def in_force(database: Database) -> InForce:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return found


def test_the_hour_is_reckoned_anew_and_posts_links_and_what_files_are_compared_with_stay(
    database: Database,
) -> None:
    put(database, draft(posts=[post("uno"), post("dos")], link=LINK))
    promise_an_hour_earlier(database)
    before = in_force(database)
    done = shift(database)
    after = in_force(database)
    revision, was = after.edition.revisions[event().id], before.edition.revisions[event().id]
    assert (revision.start, revision.sequence, revision.schedule) == (START, was.sequence + 1, was.schedule + 1)
    assert shifts(after.edition) == ()
    assert (after.links, after.draft_digest) == (before.links, before.draft_digest)
    assert (done.prospect.removed_posts, done.notices) == ((), 2)
    assert {(key[0], state) for key, state in states(database).items()} == {(0, State.SUPERSEDED), (1, State.PLANNED)}
    with pytest.raises(NothingToPublish):
        put(database, draft(posts=[post("uno"), post("dos")], link=LINK), LATER)  # the files are as they were


def test_where_no_hour_is_another_there_is_nothing_to_publish(database: Database) -> None:
    with pytest.raises(NothingInForce):
        shift(database)
    put(database, draft())
    with pytest.raises(NothingToPublish):
        shift(database)


def test_silence_is_on_record_and_owes_nothing(database: Database) -> None:
    put(database, draft())
    promise_an_hour_earlier(database)
    assert shift(database, silent=True).notices == 0
    with database.read() as connection:
        assert 2 in editions.silent(connection)


@pytest.mark.parametrize("version", ["2099a", "?"])
def test_rules_that_are_not_known_to_be_younger_want_a_confirmation(version: str, database: Database) -> None:
    """A machine whose data was not renewed must not take back what another has put right."""
    put(database, draft())
    promise_an_hour_earlier(database, version)
    with pytest.raises(Unconfirmed):
        shift(database, silent=True)
    assert shift(database, confirmed=True).prospect.shifted == (event().id,)


def test_every_hour_that_no_longer_exists_is_named_with_its_rule(database: Database) -> None:
    """02:30 on 4 April 2021 does not exist in Mexico City, 01:30 on 31 October comes twice."""
    other = event("otro", title=text("Otro"))
    put(database, draft(agenda(events=(event(), other))))
    gone = agenda(events=(event(when=timed("2021-04-04 02:30")), event("otro", when=timed("2021-10-31 01:30"))))
    with database.write() as connection:
        connection.execute(stored.update().values(agenda=agenda_to_json(gone)))
    with pytest.raises(NoSuchHour) as refused:
        shift(database)
    first, second = refused.value.hours
    assert first["es"].startswith(f"{event().id}: con las reglas de este equipo, las 02:30 del 4-abr-2021 no existen")
    assert first["es"].endswith("publique con agenda publish.")
    assert "01:30 on 31 Oct 2021 comes twice in America/Mexico_City" in second["en"]
    assert in_force(database).edition.number == 1
