"""Publishing: what counts up, what stays, what is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.changes import Kind, changes
from calendars.documents import agenda_from_json, agenda_to_json, event_digest
from calendars.editions import AnotherAgenda, Edition, Publication, ends, first_edition, first_stamp, publish
from calendars.feeds import feeds
from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Event, EventStatus
from tests.support.factories import agenda, days, drive, event, real_size_agenda, text, timed

FIRST = datetime(2021, 10, 1, 15, tzinfo=UTC)
LATER = datetime(2021, 10, 5, 15, 30, 7, 250_000, tzinfo=UTC)
OVER = datetime(2021, 11, 1, tzinfo=UTC)
LONG_OVER = datetime(2022, 2, 1, tzinfo=UTC)
ID = event().id


def put(content: Agenda, previous: Edition | None = None, at: datetime = FIRST) -> Publication:
    return publish(previous, content, at=at, author="M. R.", reason="prueba", zone_digest="d")


def follow(*events: Event, at: datetime = LATER) -> Publication:
    """Publish the one-workshop agenda, then one with these events instead."""
    return put(agenda(events=events), put(agenda()).edition, at)


def kinds(previous: Edition, publication: Publication) -> dict[str, tuple[Kind, ...]]:
    """What is different for people, by event."""
    return {change.event: change.kinds for change in changes(previous, publication.edition)}


def since_the_first(publication: Publication) -> dict[str, tuple[Kind, ...]]:
    return kinds(put(agenda()).edition, publication)


def test_a_first_edition_is_dated_by_publicada_and_counts_from_zero() -> None:
    first = put(agenda())
    revision = first.edition.revisions[ID]
    assert (first.edition.number, revision.sequence, revision.schedule) == (1, 0, 0)
    assert revision.last_modified == first_stamp(agenda()) == datetime(2021, 10, 1, 5, tzinfo=UTC)
    assert revision.start == datetime(2021, 10, 21, 23, tzinfo=UTC)
    assert revision.scheduled == FIRST


def test_english_names_of_sites_leave_public_bytes_and_older_drafts_alone() -> None:
    """Feeds speak of cities as the agenda is written; what does not use the columns is stored as before."""
    plain = agenda(events=(event(),))
    assert "city_en" not in agenda_to_json(plain)
    assert "name_en" not in agenda_to_json(plain)
    named = replace(
        plain,
        representations=tuple(
            replace(site, city_en=f"{site.city} in English", name_en="Embassy") for site in plain.representations
        ),
    )
    assert agenda_from_json(agenda_to_json(named)) == named
    assert event_digest(named, named.events[0]) == event_digest(plain, plain.events[0])
    assert list(feeds(put(named).edition)) == list(feeds(put(plain).edition))


def test_the_uid_depends_on_agenda_and_event_alone() -> None:
    uid = put(agenda()).edition.revisions[ID].uid
    assert follow(event(title=text("Otro"), when=timed("2022-01-03 10:00"))).edition.revisions[ID].uid == uid
    assert put(agenda(id="otra")).edition.revisions[ID].uid != uid


def test_a_move_raises_sequence_and_schedule() -> None:
    moved = follow(event(when=timed("2021-10-21 20:00")))
    revision = moved.edition.revisions[ID]
    assert (revision.sequence, revision.schedule, revision.scheduled) == (1, 1, LATER)
    assert revision.last_modified == LATER.replace(microsecond=0)
    assert since_the_first(moved) == {ID: (Kind.MOVED,)}


def test_a_longer_session_is_a_move() -> None:
    assert since_the_first(follow(event(when=timed(hours=3)))) == {ID: (Kind.MOVED,)}


def test_a_change_of_state_or_place_raises_sequence_but_not_schedule() -> None:
    for changed in (event(status=EventStatus.TENTATIVE), event(place=text("Sala 2"))):
        revision = follow(changed).edition.revisions[ID]
        assert (revision.sequence, revision.schedule) == (1, 0)


def test_rewording_moves_only_the_stamp() -> None:
    reworded = follow(event(title=text("Taller")))
    revision = reworded.edition.revisions[ID]
    assert (revision.sequence, revision.schedule) == (0, 0)
    assert revision.last_modified == LATER.replace(microsecond=0)
    assert since_the_first(reworded) == {ID: (Kind.REWORDED,)}


def test_an_unchanged_event_keeps_its_revision() -> None:
    again = follow(event())
    assert since_the_first(again) == {}
    assert again.edition.revisions == put(agenda()).edition.revisions
    assert again.edition.number == 2


def test_stamps_never_go_back_with_the_clock() -> None:
    first = put(agenda()).edition
    second = put(agenda(events=(event(title=text("B")),)), first, LATER).edition
    third = put(agenda(events=(event(title=text("C")),)), second, FIRST - timedelta(days=9)).edition
    assert third.revisions[ID].last_modified == second.revisions[ID].last_modified


def test_an_event_gone_from_the_file_while_ahead_is_cancelled_and_stays_in_the_feeds() -> None:
    gone = follow()
    assert gone.withdrawn == (ID,)
    assert since_the_first(gone) == {ID: (Kind.CANCELLED,)}
    assert [e.status for e, _ in gone.edition.listed()] == [EventStatus.CANCELLED]
    assert gone.edition.revisions[ID].sequence == 1
    again = put(agenda(events=()), gone.edition, LATER + timedelta(hours=1))
    assert (again.withdrawn, kinds(gone.edition, again)) == ((), {})


def test_an_event_gone_from_the_file_once_over_is_archived_without_a_word() -> None:
    gone = follow(at=OVER)
    assert gone.withdrawn == ()
    assert since_the_first(gone) == {ID: (Kind.REMOVED,)}
    assert gone.edition.listed() == ()
    assert not gone.edition.revisions[ID].listed


def test_an_undated_event_gone_from_the_file_is_archived() -> None:
    undated = event("charla", when=None, status=EventStatus.UNSCHEDULED)
    first = put(agenda(events=(undated,))).edition
    gone = put(agenda(events=()), first, LATER)
    assert gone.withdrawn == ()
    assert kinds(first, gone) == {"charla": (Kind.REMOVED,)}


def test_an_id_that_returns_from_the_archive_goes_on_counting() -> None:
    archived = follow(at=OVER).edition
    returned = put(agenda(events=(event(when=timed("2022-03-01 10:00")),)), archived, OVER + timedelta(days=1))
    revision = returned.edition.revisions[ID]
    assert (revision.sequence, revision.schedule, revision.listed) == (1, 1, True)
    assert kinds(archived, returned) == {ID: (Kind.ADDED,)}


def test_a_cancelled_event_leaves_the_feeds_with_the_first_edition_after_ninety_days() -> None:
    cancelled = agenda(events=(event(status=EventStatus.CANCELLED),))
    first = put(cancelled).edition
    end = datetime(2021, 10, 22, 1, tzinfo=UTC)
    stays = put(cancelled, first, end + timedelta(days=90) - timedelta(seconds=1)).edition
    leaves = put(cancelled, stays, end + timedelta(days=90)).edition
    assert len(stays.listed()) == 1
    assert leaves.listed() == ()
    assert kinds(first, put(agenda(events=()), first, LONG_OVER)) == {ID: (Kind.REMOVED,)}


def test_a_date_given_to_an_undated_event_raises_its_schedule_and_is_new_to_people() -> None:
    first = put(agenda(events=(event(when=None, status=EventStatus.UNSCHEDULED),))).edition
    dated = put(agenda(), first, LATER)
    assert (dated.edition.revisions[ID].sequence, dated.edition.revisions[ID].schedule) == (1, 1)
    assert Kind.ADDED in kinds(first, dated)[ID]


def test_whole_days_move_by_their_dates() -> None:
    first = put(agenda(events=(drive(),))).edition
    moved = put(agenda(events=(drive(when=days("2022-02-05", "2022-02-05")),)), first, LATER)
    assert moved.edition.revisions["jornada-2022"].schedule == 1
    assert kinds(first, moved) == {"jornada-2022": (Kind.MOVED,)}


def test_another_agenda_id_is_refused_because_every_uid_would_change() -> None:
    with pytest.raises(AnotherAgenda, match="otra"):
        put(agenda(id="otra"), put(agenda()).edition, LATER)


def test_an_agenda_survives_storage() -> None:
    whole = real_size_agenda()
    assert agenda_from_json(agenda_to_json(whole)) == whole


EDITS = st.sampled_from(
    [
        (event(),),
        (),
        (event(when=timed("2021-10-22 10:00")),),
        (event(status=EventStatus.CANCELLED),),
        (event(title=text("Otro título")),),
        (event(place=text("Sala")), drive()),
        (drive(when=days("2022-02-05", "2022-02-05")),),
    ]
)


@given(st.lists(st.tuples(EDITS, st.integers(0, 200)), min_size=1, max_size=8))
def test_over_any_edits_counters_never_go_back_and_equal_editions_give_equal_bytes(
    steps: list[tuple[tuple[Event, ...], int]],
) -> None:
    previous = put(agenda()).edition
    at = FIRST
    for events, hours in steps:
        at += timedelta(hours=hours)
        new = put(agenda(events=events), previous, at).edition
        for key, was in previous.revisions.items():
            now = new.revisions[key]
            assert now.uid == was.uid
            assert now.sequence >= was.sequence
            assert now.schedule >= was.schedule
            assert now.last_modified >= was.last_modified
        again = put(agenda(events=events), new, at + timedelta(days=400) if not events else at)
        if events:
            assert [f.body for f in feeds(again.edition)] == [f.body for f in feeds(new)]
        previous = new


def test_a_renamed_region_touches_the_stamp_of_its_events() -> None:
    known = agenda()
    renamed = replace(known, regions=tuple(replace(r, name=text(f"{r.name.es}!")) for r in known.regions))
    touched = put(renamed, put(known).edition, LATER)
    assert touched.edition.revisions[ID].last_modified == LATER.replace(microsecond=0)
    assert since_the_first(touched) == {ID: (Kind.REWORDED,)}


def test_a_session_is_over_at_its_end_and_whole_days_at_the_midnight_after_the_last_of_them() -> None:
    content = agenda(events=(event(), drive()))
    assert ends(content, event()) == datetime(2021, 10, 22, 1, tzinfo=UTC)
    assert ends(content, drive()) == datetime(2022, 2, 8, 6, tzinfo=UTC)


def test_a_draft_stands_as_a_first_edition_dated_by_its_own_day() -> None:
    found = first_edition(Draft(agenda=agenda(), recipients=(), links={}))
    assert (found.number, found.at) == (1, first_stamp(agenda()))
    assert found.revisions.keys() == {event.id for event in agenda().events}
