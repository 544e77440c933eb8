"""Zone data that gives another time than was promised is told, at each site, and is a change like any other."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from calendars.changes import Kind, changes, notices
from calendars.descriptions import for_site
from calendars.editions import Edition, publish
from calendars.model.events import EventStatus
from calendars.shifts import Shift, shifts
from calendars.zones import zone_data
from tests.support.factories import agenda, drive, event, site, timed

ID = event().id
HOUR = 3600
AT = datetime(2021, 10, 1, tzinfo=UTC)
LATER = AT + timedelta(days=1)


def put(previous: Edition | None = None, at: datetime = AT) -> Edition:
    sites = (site(), site("osaka", city="Osaka", zone="Asia/Seoul"))
    content = agenda(representations=sites, events=(event(), drive()))
    return publish(previous, content, at=at, author="", reason="", zone_digest=zone_data().digest).edition


def promising(edition: Edition, **changed: object) -> Edition:
    """The same edition, as other zone data had made it."""
    revision = replace(edition.revisions[ID], **changed)  # type: ignore[arg-type]  # because the names are the caller's
    return replace(edition, revisions={**edition.revisions, ID: revision})


def test_nothing_is_shifted_by_the_data_that_made_it() -> None:
    assert shifts(put()) == ()


def test_another_instant_is_told_at_every_site() -> None:
    start = datetime(2021, 10, 21, 22, tzinfo=UTC)
    found = shifts(promising(put(), start=start, end=start + timedelta(hours=2)))
    assert [(one.site, one.promised.hour, one.now and one.now.hour) for one in found] == [
        ("tokio", 7, 8),
        ("osaka", 7, 8),
    ]


def test_another_hour_at_one_site_alone_is_told_there_though_the_instant_is_the_same() -> None:
    known = put()
    offsets = {**known.revisions[ID].offsets, "Asia/Tokyo": 8 * HOUR}
    assert shifts(promising(known, offsets=offsets)) == (
        Shift(event=ID, site="tokio", promised=datetime(2021, 10, 22, 7), now=datetime(2021, 10, 22, 8)),
    )


def test_an_hour_that_no_longer_exists_is_told() -> None:
    """02:30 on 4 April 2021 does not exist in Mexico City by today's data; other data may have had it."""
    known = put()
    gone = replace(known.agenda, events=(event(when=timed("2021-04-04 02:30")),))
    assert {one.now for one in shifts(replace(known, agenda=gone))} == {None}


def test_of_what_was_cancelled_no_hour_is_looked_at() -> None:
    """Nobody is to come at it, and the notice that says so must not wait."""
    known = put()
    off = replace(known.agenda, events=(event(status=EventStatus.CANCELLED),))
    start = datetime(2021, 10, 21, 22, tzinfo=UTC)
    assert shifts(promising(replace(known, agenda=off), start=start, end=start + timedelta(hours=2))) == ()


def test_what_is_cancelled_keeps_its_hour_even_where_rules_have_taken_it_away() -> None:
    """02:30 on 4 April 2021 does not exist in Mexico City by today's data; another day is reckoned anew."""
    known = put()
    gone = event(when=timed("2021-04-04 02:30"))
    stood = replace(known, agenda=replace(known.agenda, events=(gone,)))
    off = replace(known.agenda, events=(replace(gone, status=EventStatus.CANCELLED),))
    empty = replace(known.agenda, events=())
    for content in (off, empty):  # cancelled, or dropped while it lies ahead
        after = publish(stood, content, at=LATER, author="", reason="", zone_digest="").edition
        revision = after.revisions[ID]
        assert (revision.start, revision.offsets) == (known.revisions[ID].start, known.revisions[ID].offsets)
        assert [one.status for one in after.agenda.events] == [EventStatus.CANCELLED]
    later = replace(known.agenda, events=(event(status=EventStatus.CANCELLED, when=timed("2021-10-22 18:00")),))
    after = publish(stood, later, at=LATER, author="", reason="", zone_digest="").edition
    assert after.revisions[ID].start == datetime(2021, 10, 22, 23, tzinfo=UTC)


def test_what_people_read_is_the_promised_hour_whatever_this_zone_data_makes_of_it() -> None:
    """The start and the end at the site; at home the hour that was written, though its instant is another by now."""
    known = put()
    start = datetime(2021, 10, 21, 22, tzinfo=UTC)
    offsets = {"Asia/Tokyo": 8 * HOUR, "America/Mexico_City": -4 * HOUR}
    old = promising(known, start=start, end=start + timedelta(hours=2), offsets=offsets).revisions[ID]
    assert [old.wall(start + timedelta(hours=hours), "Asia/Tokyo").hour for hours in (0, 2)] == [6, 8]
    assert old.wall(start, known.agenda.zone) == event().when.wall  # type: ignore[union-attr]  # it has an hour
    assert old.wall(start, "Europe/Madrid") == datetime(2021, 10, 22)  # a zone that it did not reckon with
    said = for_site(known.agenda, event(), old, site(), "es")
    assert "06:00 h, hora de Tokio" in said
    assert "18:00 h, tiempo del centro de México" in said
    assert "Término: 08:00 h" in said


def test_an_edition_from_before_offsets_were_kept_is_compared_by_its_instants() -> None:
    assert shifts(promising(put(), offsets={})) == ()


def test_publishing_the_same_agenda_under_other_rules_is_a_change_that_each_site_concerned_hears_of() -> None:
    known = put()
    old = promising(known, offsets={**known.revisions[ID].offsets, "Asia/Tokyo": 8 * HOUR})
    sites = (site(), site("osaka", city="Osaka", zone="Asia/Seoul"))
    content = agenda(representations=sites, events=(event(), drive()))
    after = publish(old, content, at=LATER, author="", reason="", zone_digest=zone_data().digest)
    revision = after.edition.revisions[ID]
    assert (revision.sequence, revision.last_modified) == (0, LATER)
    [change] = changes(old, after.edition)
    assert change.kinds == (Kind.SHIFTED,)
    [notice] = notices(change)
    assert notice.site == "tokio"
    assert notice.before is not None
    assert notice.after is not None
    assert (notice.before.wall_at("tokio"), notice.after.wall_at("tokio")) == (
        datetime(2021, 10, 22, 7),
        datetime(2021, 10, 22, 8),
    )
    assert shifts(after.edition) == ()
