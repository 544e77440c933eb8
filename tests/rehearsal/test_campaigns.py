"""Any sequence of edits, played through the rehearsal: everybody ends up with what the agenda says, and once."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.feeds import feeds
from calendars.model.agenda import Draft
from calendars.model.events import Audience, Days, Event, EventStatus, Timed
from calendars.model.people import Recipient
from calendars.model.text import Language
from scheduler.planning.channels import Channel
from tests.support.factories import agenda, drive, event, site, text, timed
from tests.support.playing import BEGINS, Edit, Played, play

SITES = (
    site(),
    site("nueva-delhi", city="Nueva Delhi", country_code="IN", zone="Asia/Kolkata"),
    site("madrid", city="Madrid", country_code="ES", region="europa", zone="Europe/Madrid"),
    site("aman", city="Amán", country_code="JO", region="medio-oriente-y-africa", zone="Asia/Amman"),
    site("phoenix", city="Phoenix", country_code="US", region="america-del-norte", zone="America/Phoenix"),
)
REGIONS = tuple(sorted({known.region for known in SITES}))
ASIA, EUROPE, DRIVE, EXTRA = "taller-asia-pacifico-2021", "taller-europa", "jornada", "taller-extra"
OVER = datetime(2021, 12, 5, tzinfo=BEGINS.tzinfo)
AMONG = {key: Audience(kind="regions", ids=(region,)) for key, region in ((ASIA, "asia-pacifico"), (EUROPE, "europa"))}


def post(where: str) -> Recipient:
    language: Language = "en" if where == "phoenix" else "es"
    address = f"{where}@sedes.example"
    return Recipient(id=where, site=where, address=address, language=language, post="", joined=date(2021, 10, 1))


def opening() -> Draft:
    events = (
        event(),
        event(EUROPE, title=text("Taller Europa", "Workshop Europe"), when=timed("2021-10-26 09:00"),
              audience=AMONG[EUROPE]),
        drive(DRIVE, when=Days(first=date(2021, 11, 22), last=date(2021, 11, 28))),
    )  # fmt: skip
    content = agenda(representations=SITES, events=events)
    return Draft(
        agenda=content, recipients=tuple(post(known.id) for known in SITES), links={ASIA: "https://s.example/1"}
    )


def changed(draft: Draft, key: str, **fields: object) -> Draft:
    """The draft with other fields of one event, if it has that event."""
    events = tuple(
        replace(one, **fields) if one.id == key else one  # type: ignore[arg-type]  # because the names are the caller's
        for one in draft.agenda.events
    )
    return replace(draft, agenda=replace(draft.agenda, events=events))


def only_agenda(draft: Draft, **fields: object) -> Draft:
    return replace(draft, agenda=replace(draft.agenda, **fields))  # type: ignore[arg-type]  # as above


def of(draft: Draft, key: str) -> Event | None:
    return next((one for one in draft.agenda.events if one.id == key), None)


def moved(draft: Draft, key: str, by: timedelta) -> Draft:
    match of(draft, key):
        case Event(when=Timed() as when):
            return changed(draft, key, when=replace(when, wall=when.wall + by))
        case Event(when=Days(first=first, last=last)):
            whole = timedelta(days=by.days)
            return changed(draft, key, when=Days(first=first + whole, last=last + whole))
    return draft


def back(draft: Draft, key: str) -> Draft:
    """Where and as it stood at first."""
    first = of(opening(), key)
    return (
        draft if first is None else changed(draft, key, when=first.when, status=first.status, audience=first.audience)
    )


def confirmed(draft: Draft) -> Draft:
    saturday = Days(first=date(2021, 11, 27), last=date(2021, 11, 27))
    return changed(draft, DRIVE, status=EventStatus.CONFIRMED, assumed=(), when=saturday)


def elsewhere(draft: Draft, where: str, region: str) -> Draft:
    sites = tuple(replace(one, region=region) if one.id == where else one for one in draft.agenda.representations)
    return only_agenda(draft, representations=sites)


def added(draft: Draft) -> Draft:
    if of(draft, EXTRA) is not None:
        return draft
    extra = event(EXTRA, title=text("Sesión extra", "Extra session"), when=timed("2021-11-10 11:00"),
                  audience=Audience(kind="all"))  # fmt: skip
    return only_agenda(draft, events=(*draft.agenda.events, extra))


def removed(draft: Draft, key: str) -> Draft:
    links = {event_id: url for event_id, url in draft.links.items() if event_id != key}
    events = tuple(one for one in draft.agenda.events if one.id != key)
    return replace(only_agenda(draft, events=events), links=links)


def linked(draft: Draft, key: str, url: str | None) -> Draft:
    if of(draft, key) is None:
        return draft
    links = {event_id: known for event_id, known in draft.links.items() if event_id != key}
    return replace(draft, links=links if url is None else {**links, key: url})


def reworded(draft: Draft, key: str, words: str) -> Draft:
    return changed(draft, key, description=text(words))


def placed(draft: Draft, key: str, where: str | None) -> Draft:
    return changed(draft, key, place=None if where is None else text(where))


Change = Callable[[Draft], Draft]
EVENTS = st.sampled_from((ASIA, EUROPE, DRIVE, EXTRA))
MEETINGS = st.sampled_from((ASIA, EUROPE, EXTRA))


def edit(change: Callable[..., Draft], *parts: st.SearchStrategy[object]) -> st.SearchStrategy[Change]:
    return st.tuples(*parts).map(lambda chosen: lambda draft: change(draft, *chosen))


CHANGES = st.one_of(
    edit(moved, EVENTS, st.sampled_from((-25, -24, -1, 1, 2, 24, 72)).map(lambda hours: timedelta(hours=hours))),
    edit(back, EVENTS),
    edit(lambda draft, key: changed(draft, key, status=EventStatus.CANCELLED), EVENTS),
    edit(lambda draft, key: changed(draft, key, status=EventStatus.CONFIRMED), MEETINGS),
    edit(lambda draft, key: changed(draft, key, status=EventStatus.TENTATIVE), MEETINGS),
    edit(confirmed),
    edit(reworded, EVENTS, st.sampled_from(("Uno.", "Dos."))),
    edit(placed, EVENTS, st.sampled_from((None, "Virtual", "Sala 2"))),
    edit(
        lambda draft, key, regions: changed(draft, key, audience=Audience(kind="regions", ids=regions)),
        MEETINGS,
        st.lists(st.sampled_from(REGIONS), min_size=1, max_size=2, unique=True).map(tuple),
    ),
    edit(elsewhere, st.sampled_from(tuple(known.id for known in SITES)), st.sampled_from(REGIONS)),
    edit(linked, EVENTS, st.sampled_from((None, "https://s.example/1", "https://s.example/2"))),
    edit(added),
    edit(removed, MEETINGS),
)
# From a slip that is corrected at once to a fortnight; the campaign takes seven weeks.
GAPS = st.one_of(st.integers(1, 15), st.integers(30, 600), st.integers(600, 20_000)).map(lambda n: timedelta(minutes=n))
SILENT = st.integers(0, 6).map(lambda number: number == 6)
CHOICES = st.dictionaries(st.sampled_from(tuple(known.id for known in SITES)), st.sampled_from(Channel), max_size=3)
Step = tuple[timedelta, Change, bool, dict[str, Channel]]
CAMPAIGNS = st.lists(st.tuples(GAPS, CHANGES, SILENT, CHOICES), min_size=1, max_size=8)


def played(steps: list[Step], folder: Path) -> Played:
    at, draft, edits = BEGINS, opening(), []
    for gap, change, silent, channels in steps:
        at, draft = at + gap, change(draft)
        edits.append(Edit(at=at, draft=draft, silent=silent, channels=channels))
    return play(opening(), edits, max(OVER, at + timedelta(days=15)), folder)


def check(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        done = played(steps, Path(folder))
        assert done.faults() == []
        for edition in done.summary.editions:
            for feed in feeds(edition):
                assert (done.feeds / str(edition.number) / feed.path).read_bytes() == feed.body


def test_who_chooses_invitations_while_news_is_owed_is_invited_by_the_news() -> None:
    """Though another edition comes in between, which changes nothing for it."""
    chosen = {"tokio": Channel.INVITATIONS}
    check(
        [
            (timedelta(days=13, minutes=31), confirmed, False, chosen),
            (timedelta(minutes=4), lambda draft: removed(draft, ASIA), False, {}),
        ]
    )


def test_who_gives_invitations_up_while_news_is_owed_loses_them_after_it() -> None:
    chosen, a_day = {"nueva-delhi": Channel.INVITATIONS}, timedelta(hours=-25)
    minute = timedelta(minutes=1)
    check(
        [
            (minute, confirmed, False, chosen),
            (minute, lambda draft: moved(draft, ASIA, a_day), False, {}),
            (minute, lambda draft: moved(draft, ASIA, a_day), False, {"nueva-delhi": Channel.FEED}),
        ]
    )


def test_who_gives_invitations_up_when_a_session_leaves_its_site_loses_it_after_the_news() -> None:
    def among(*regions: str) -> Change:
        return lambda draft: changed(draft, EXTRA, audience=Audience(kind="regions", ids=regions))

    check(
        [
            (timedelta(days=2, hours=19), added, False, {}),
            (timedelta(days=2, hours=11), lambda draft: draft, False, {"madrid": Channel.INVITATIONS}),
            (timedelta(hours=16), among("america-del-norte", "asia-pacifico"), False, {"madrid": Channel.NONE}),
            (timedelta(hours=9), among("europa", "asia-pacifico"), False, {}),
        ]
    )


@pytest.mark.pole
@settings(max_examples=6)
@given(steps=CAMPAIGNS)
def test_after_any_edits_mails_and_feeds_agree_with_the_agenda(steps: list[Step]) -> None:
    check(steps)


@pytest.mark.long
@settings(max_examples=600)
@given(steps=CAMPAIGNS)
def test_after_any_of_many_edits_they_agree(steps: list[Step]) -> None:
    check(steps)
