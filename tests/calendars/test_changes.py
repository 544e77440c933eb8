"""What differs between two editions, by meaning, and what each site has to hear of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.changes import Change, Kind, Notice, changes, notices, without_links
from calendars.editions import Edition
from calendars.model.agenda import Agenda, Axis
from calendars.model.events import Assumption, Audience, Days, Event, EventStatus
from calendars.model.rules import Coverage, DaysBefore
from tests.support import factories
from tests.support.factories import days, drive, event, site, text, timed

ID = event().id
TOKYO = site()
DELHI = site("nueva-delhi", city="Nueva Delhi", country_code="IN", zone="Asia/Kolkata")
MADRID = site("madrid", city="Madrid", country_code="ES", zone="Europe/Madrid", region="europa")
SITES = (TOKYO, DELHI, MADRID)
LATER = datetime(2021, 10, 5, 15, tzinfo=UTC)
OVER = datetime(2021, 11, 1, tzinfo=UTC)
SATURDAY = days("2022-02-05", "2022-02-05")
UNDATED = event(status=EventStatus.UNSCHEDULED, when=None, assumed=())
UNDATED_OTHER = replace(UNDATED, id="charla")
CANCELLED = event(status=EventStatus.CANCELLED)
LINK = {ID: "https://reuniones.example/j/1"}


def agenda(*events: Event, **others: object) -> Agenda:
    return factories.agenda(**{"representations": SITES, "events": events, **others})


def between(before: Agenda, after: Agenda, at: datetime = LATER) -> tuple[Change, ...]:
    """What publishing `after` over `before` changes."""
    first = factories.edition(before)
    return changes(first, factories.edition(after, first, at))


def one(before: Event, after: Event) -> Change:
    (found,) = between(agenda(before), agenda(after))
    return found


def told(*found: Change) -> dict[str, tuple[Kind, ...]]:
    return {notice.site: notice.kinds for change in found for notice in notices(change)}


@pytest.mark.parametrize(
    ("before", "after", "kinds"),
    [
        (event(), event(when=timed("2021-10-21 20:00")), (Kind.MOVED,)),
        (event(), event(when=timed(hours=3)), (Kind.MOVED,)),
        (drive(), drive(when=SATURDAY), (Kind.MOVED,)),
        (event(), CANCELLED, (Kind.CANCELLED,)),
        (event(), UNDATED, (Kind.CANCELLED,)),
        (CANCELLED, event(when=timed("2021-10-25 09:00")), (Kind.ADDED,)),
        (UNDATED, event(), (Kind.ADDED,)),
        (UNDATED, replace(CANCELLED, assumed=()), (Kind.RESTATED,)),
        (event(), event(status=EventStatus.HELD), (Kind.RESTATED,)),
        (event(), event(status=EventStatus.TENTATIVE), (Kind.RESTATED,)),
        (event(status=EventStatus.TENTATIVE), event(), (Kind.CONFIRMED,)),
        (event(assumed=(Assumption.TIME,)), event(assumed=()), (Kind.CONFIRMED,)),
        (event(status=EventStatus.TENTATIVE), event(assumed=(Assumption.DATE,)), (Kind.RESTATED,)),
        (event(), event(place=text("Sala 2")), (Kind.RELOCATED,)),
        (event(), event(audience=Audience(kind="all")), (Kind.AUDIENCE,)),
        (event(), event(audience=Audience(kind="sites", ids=("tokio", "nueva-delhi"))), (Kind.REWORDED,)),
        (event(), event(title=text("Taller")), (Kind.REWORDED,)),
        (event(), event(reason=text("por la lluvia")), (Kind.REWORDED,)),
        (event(), event(when=timed("2021-10-21 20:00"), reason=text("por la lluvia")), (Kind.MOVED,)),
        (event(), event(when=timed("2021-10-21 20:00"), title=text("Taller")), (Kind.MOVED, Kind.REWORDED)),
        (event(), event(rules=(DaysBefore(days=3, at=time(9)),)), (Kind.REMINDERS,)),
        (event(), event(coverage=Coverage()), (Kind.ATTENDANCE,)),
        (event(), event(other_sessions=True), (Kind.ATTENDANCE,)),
        (event(), event(follow_up=True), (Kind.FOLLOW_UP,)),
        (
            drive(),
            drive(when=SATURDAY, status=EventStatus.CONFIRMED, assumed=()),
            (Kind.CONFIRMED, Kind.MOVED),
        ),
    ],
)
def test_a_change_is_named_by_what_it_means(before: Event, after: Event, kinds: tuple[Kind, ...]) -> None:
    assert one(before, after).kinds == kinds


def test_what_is_not_in_the_event_itself_is_other_words() -> None:
    axis = Axis(id="promocion", title=text("Promoción"), source="Nota")
    of_axis = event(axis="promocion")
    renamed = replace(axis, title=text("Difusión"))
    (found,) = between(agenda(of_axis, axes=(axis,)), agenda(of_axis, axes=(renamed,)))
    assert found.kinds == (Kind.REWORDED,)


def test_an_event_that_the_file_drops_is_cancelled_while_ahead_and_gone_once_over() -> None:
    assert [change.kinds for change in between(agenda(event()), agenda())] == [(Kind.CANCELLED,)]
    (over,) = between(agenda(event()), agenda(), at=OVER)
    assert (over.kinds, over.has, told(over)) == ((Kind.REMOVED,), (), {})


def test_a_new_event_concerns_those_who_have_it_now() -> None:
    (found,) = between(agenda(), agenda(event()))
    assert (found.kinds, found.had, found.has) == ((Kind.ADDED,), (), ("tokio", "nueva-delhi"))
    assert told(found) == {"tokio": (Kind.ADDED,), "nueva-delhi": (Kind.ADDED,)}


def test_other_rules_for_the_same_words_are_a_shift_and_no_move() -> None:
    first = factories.edition(agenda(event()))
    by_older_data = replace(first.revisions[ID], start=datetime(2021, 10, 21, 22, tzinfo=UTC))
    before = replace(first, revisions={ID: by_older_data})
    (found,) = changes(before, first)
    assert found.kinds == (Kind.SHIFTED,)
    assert told(found) == {"tokio": (Kind.SHIFTED,), "nueva-delhi": (Kind.SHIFTED,)}


def test_a_site_whose_own_rules_changed_along_hears_nothing_for_its_clocks_show_the_same() -> None:
    first = factories.edition(agenda(event()))
    known = first.revisions[ID]
    offsets = {**known.offsets, "Asia/Tokyo": known.offsets["Asia/Tokyo"] + 3600}
    before = replace(
        first, revisions={ID: replace(known, start=datetime(2021, 10, 21, 22, tzinfo=UTC), offsets=offsets)}
    )
    (found,) = changes(before, first)
    assert told(found) == {"nueva-delhi": (Kind.SHIFTED,)}


def test_a_site_whose_zone_is_corrected_hears_of_it_and_no_other() -> None:
    corrected = replace(DELHI, zone="Asia/Kathmandu")
    (found,) = between(agenda(event()), agenda(event(), representations=(TOKYO, corrected, MADRID)))
    assert found.kinds == (Kind.SHIFTED,)
    assert told(found) == {"nueva-delhi": (Kind.SHIFTED,)}


def test_a_zone_of_another_name_and_the_same_hour_is_no_shift() -> None:
    renamed = replace(DELHI, zone="Asia/Colombo")
    (found,) = between(agenda(event()), agenda(event(), representations=(TOKYO, renamed, MADRID)))
    assert (found.kinds, told(found)) == ((Kind.REWORDED,), {})


def test_an_agenda_that_moves_to_another_zone_moves_its_events() -> None:
    (found,) = between(agenda(event()), agenda(event(), zone="America/Tijuana"))
    assert found.kinds == (Kind.MOVED,)


def test_an_office_that_changes_region_loses_one_workshop_and_gains_the_other() -> None:
    europe = event("taller-europa", audience=Audience(kind="regions", ids=("europa",)))
    moved = replace(DELHI, region="europa")
    found = between(agenda(event(), europe), agenda(event(), europe, representations=(TOKYO, moved, MADRID)))
    assert [change.kinds for change in found] == [(Kind.AUDIENCE,), (Kind.AUDIENCE,)]
    lost, gained = (list(notices(change)) for change in found)
    assert [(n.site, n.old, n.new) for n in lost] == [("nueva-delhi", datetime(2021, 10, 21, 23, tzinfo=UTC), None)]
    assert [(n.site, n.old, n.new) for n in gained] == [("nueva-delhi", None, datetime(2021, 10, 21, 23, tzinfo=UTC))]


def test_a_move_with_a_wider_audience_is_a_move_for_some_and_new_for_others() -> None:
    found = one(event(), event(when=timed("2021-10-22 10:00"), audience=Audience(kind="all")))
    assert found.kinds == (Kind.MOVED, Kind.AUDIENCE)
    assert told(found) == {"tokio": (Kind.MOVED,), "nueva-delhi": (Kind.MOVED,), "madrid": (Kind.AUDIENCE,)}


def test_a_notice_of_whole_days_names_the_days() -> None:
    notice = next(notices(one(drive(), drive(when=SATURDAY))))
    assert (notice.old, notice.new) == (days(), SATURDAY)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (event(), event(title=text("Taller"))),
        (event(), event(rules=())),
        (event(), event(status=EventStatus.HELD, when=timed("2021-10-21 20:00"))),
        (UNDATED, replace(UNDATED, title=text("Grupo"))),
        (CANCELLED, event(status=EventStatus.CANCELLED, when=timed("2021-10-30 10:00"))),
        (event(audience=Audience(kind="coordination")), CANCELLED),
    ],
)
def test_what_does_not_change_where_anybody_has_to_be_is_told_to_nobody(before: Event, after: Event) -> None:
    if before.audience.kind == "coordination":
        after = replace(after, audience=before.audience)
    assert told(one(before, after)) == {}


def test_a_new_link_is_told_to_those_who_join_by_it() -> None:
    content = factories.edition(agenda(event(), UNDATED_OTHER))
    (found,) = changes(content, content, {}, LINK)
    assert (found.kinds, told(found)) == ((Kind.LINK,), {"tokio": (Kind.LINK,), "nueva-delhi": (Kind.LINK,)})
    (undated,) = changes(content, content, {}, {"charla": "https://reuniones.example/j/2"})
    assert (undated.kinds, told(undated)) == ((Kind.LINK,), {})


def test_who_is_shown_no_link_hears_of_the_rest_and_of_a_link_alone_nothing() -> None:
    before, after = (factories.edition(agenda(event(when=when))) for when in (timed(), timed("2021-10-21 20:00")))
    (moved,), (linked,) = changes(before, after, {}, LINK), changes(before, before, {}, LINK)
    notice = next(notices(moved))
    shown = without_links(notice)
    assert shown is not None
    assert (shown.kinds, Kind.LINK in notice.kinds) == ((Kind.MOVED,), True)
    assert shown.after is not None
    assert shown.after.link is None
    assert without_links(next(notices(linked))) is None


def test_no_link_stands_in_what_a_log_would_print() -> None:
    content = factories.edition(agenda(event()))
    assert "reuniones.example" not in repr(changes(content, content, {}, LINK))


# Properties

WHENS = (timed(), timed("2021-10-22 10:00"), timed(hours=3), days("2021-10-21", "2021-10-22"), SATURDAY)
AUDIENCES = (
    Audience(kind="all"),
    Audience(kind="coordination"),
    Audience(kind="regions", ids=("europa",)),
    Audience(kind="sites", ids=("tokio", "madrid")),
)
DATED = tuple(status for status in EventStatus if status is not EventStatus.UNSCHEDULED)


@st.composite
def an_event(draw: st.DrawFn, name: str) -> Event:
    when = draw(st.sampled_from([None, *WHENS]))
    return event(
        name,
        title=text(draw(st.sampled_from(["Taller", "Sesión"]))),
        status=EventStatus.UNSCHEDULED if when is None else draw(st.sampled_from(DATED)),
        when=when,
        audience=draw(st.sampled_from(AUDIENCES)),
        place=draw(st.sampled_from([None, text("Virtual"), text("Sala 2")])),
        reason=draw(st.sampled_from([None, text("por la lluvia")])),
        assumed=draw(st.sampled_from([(), (Assumption.DATE,)])),
        rules=draw(st.sampled_from([None, ()])),
    )


@st.composite
def an_agenda(draw: st.DrawFn) -> Agenda:
    names = draw(st.lists(st.sampled_from(["a", "b", "c"]), unique=True))
    delhi = replace(DELHI, region=draw(st.sampled_from(["asia-pacifico", "europa"])))
    return agenda(*(draw(an_event(name)) for name in names), representations=(TOKYO, delhi, MADRID))


LINKS = st.dictionaries(st.sampled_from(["a", "b", "c"]), st.sampled_from(["https://x.example", "https://y.example"]))
SYMMETRIC = frozenset({Kind.MOVED, Kind.SHIFTED, Kind.RELOCATED, Kind.AUDIENCE, Kind.LINK, Kind.REMINDERS})


def by_event(found: tuple[Change, ...]) -> dict[str, Change]:
    return {change.event: change for change in found}


@given(an_agenda(), LINKS, st.integers(0, 300))
def test_equal_editions_give_no_change(content: Agenda, links: dict[str, str], passed: int) -> None:
    first = factories.edition(content)
    again = factories.edition(content, first, LATER + timedelta(days=passed))
    assert changes(first, first, links, links) == changes(first, again, links, links) == ()


@given(an_agenda(), an_agenda())
def test_a_change_and_its_correction_leave_nothing_to_tell(content: Agenda, edited: Agenda) -> None:
    """Published in between: SEQUENCE has risen twice, and nobody has to hear of it."""
    first = factories.edition(content)
    second = factories.edition(edited, first, LATER)
    third = factories.edition(content, second, LATER + timedelta(minutes=5))
    kept = {event.id for event in content.events}
    assert [change.event for change in changes(first, third) if change.event in kept] == []
    assert [change.has for change in changes(first, third)] == [()] * len(changes(first, third))


@given(an_agenda(), an_agenda(), LINKS, LINKS)
def test_a_change_read_backwards_is_its_reverse(
    left: Agenda, right: Agenda, old: dict[str, str], new: dict[str, str]
) -> None:
    one, other = factories.edition(left), factories.edition(right)
    forth, back = by_event(changes(one, other, old, new)), by_event(changes(other, one, new, old))
    assert forth.keys() == back.keys()
    for key, change in forth.items():
        assert (change.before, change.after) == (back[key].after, back[key].before)
        assert (change.had, change.has) == (back[key].has, back[key].had)
        assert SYMMETRIC & set(change.kinds) == SYMMETRIC & set(back[key].kinds)
        if Kind.ADDED in change.kinds:
            assert {Kind.CANCELLED, Kind.REMOVED} & set(back[key].kinds)


def digests(content: Edition) -> dict[str, str]:
    return {key: revision.digest for key, revision in content.revisions.items()}


@given(an_agenda(), an_agenda())
def test_every_difference_in_the_digest_gives_at_least_one_change(left: Agenda, right: Agenda) -> None:
    one, other = factories.edition(left), factories.edition(right)
    was, now = digests(one), digests(other)
    differing = {key for key in was | now if was.get(key) != now.get(key)}
    assert differing == by_event(changes(one, other)).keys()


def attended(content: Edition) -> set[tuple[str, str, object]]:
    """(event, site, when) of all that takes place somewhere, over or not."""
    return {
        (event.id, site.id, content.revisions[event.id].start or event.when)
        for event in content.agenda.events
        if isinstance(event.when, Days) or content.revisions[event.id].start is not None
        if event.status is not EventStatus.CANCELLED
        for site in content.agenda.addressed(event)
    }


@given(an_agenda(), an_agenda())
def test_whoever_hears_of_a_change_of_hour_knows_the_agenda_again(left: Agenda, right: Agenda) -> None:
    """What a site knew, corrected by its notices, is what the new edition says; but for what is marked as held."""
    one, other = factories.edition(left), factories.edition(right)
    known = attended(one)
    for change in changes(one, other):
        if change.after is None or change.after.event.status is EventStatus.HELD:
            known = {entry for entry in known if entry[0] != change.event}
            known |= {entry for entry in attended(other) if entry[0] == change.event}
        for notice in notices(change):
            known = _corrected(known, notice)
    assert known == attended(other)


def _corrected(known: set[tuple[str, str, object]], notice: Notice) -> set[tuple[str, str, object]]:
    others = {entry for entry in known if entry[:2] != (notice.event, notice.site)}
    assert (notice.old is not None) == (others != known)
    return others if notice.new is None else others | {(notice.event, notice.site, notice.new)}
