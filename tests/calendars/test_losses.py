"""What a draft has less of: the marks of a cut are told, and what an administrator edits every day is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from calendars.losses import Loss, Missing, losses
from calendars.model.agenda import Advance, Agenda, Axis, Commitment, CommitmentState
from calendars.model.days import HomeHolidays
from calendars.model.events import Audience
from calendars.model.people import Privacy, Signups
from calendars.model.rules import Coverage, DaysBefore, Quiet, TimeBefore
from tests.support.factories import REGIONS, agenda, days, event, own_day, site, text, timed

TOKIO, OSAKA = site(), site("osaka", city="Osaka")
PRIVACY = Privacy(text=text("Guardamos su correo."), url="https://ine.example/aviso")
DUTY = Commitment(
    id="deber",
    title=text("Deber"),
    session=text("Primera"),
    date=date(2021, 9, 28),
    report=None,
    source="Nota",
    responsible=text("Unidad"),
    state=CommitmentState.PENDING,
)
DONE = Advance(id="uno", title=text("Uno"), axis=None, figures=(), source="Nota", date=date(2021, 10, 15))
FULL = agenda(
    representations=(TOKIO, OSAKA),
    axes=(Axis(id="promocion", title=text("Promoción"), source="Nota 04/2021"),),
    commitments=(DUTY,),
    advances=(DONE,),
    events=(
        event(
            place=text("Virtual"),
            reason=text("Choca con un feriado"),
            audience=Audience(kind="sites", ids=("tokio", "osaka")),
            rules=(DaysBefore(days=1, at=time(9)), TimeBefore(minutes=60)),
            follow_up=True,
        ),
    ),
    quiet=Quiet(start=time(22), end=time(6)),
    retention=timedelta(days=180),
    signups=Signups(domains=("sre.example", "ine.example")),
    privacy=PRIVACY,
    home_holidays=HomeHolidays(assumed=True),
    present_from=15,
)
NAME = event().id
LINK = {NAME: "https://salas.example/123"}


def told(after: Agenda, links: dict[str, str] | None = None) -> list[tuple[str, str]]:
    found = losses(FULL, after, LINK, LINK if links is None else links)
    assert all(isinstance(one, Loss) for one in found)
    return [(one.missing.value, one.name) for one in found]


def with_event(**changes: object) -> Agenda:
    return replace(FULL, events=(replace(FULL.events[0], **changes),))  # type: ignore[arg-type]  # each test says what


def test_the_same_has_lost_nothing() -> None:
    assert told(FULL) == []


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (replace(FULL, representations=(TOKIO,)), [(Missing.SITE, "osaka")]),
        (replace(FULL, regions=REGIONS[:-1]), [(Missing.ENTRY, f"regions: {REGIONS[-1].id}")]),
        (replace(FULL, advances=()), [(Missing.ENTRY, "advances: uno")]),
        (replace(FULL, axes=(replace(FULL.axes[0], source="Nota 04"),)), [(Missing.DETAIL, "axes: promocion")]),
        (replace(FULL, present_from=10), [(Missing.SETTING, "present_from")]),
        (with_event(follow_up=False), [(Missing.DETAIL, NAME)]),
        (replace(FULL, advances=(replace(DONE, date=None),)), [(Missing.DETAIL, "advances: uno")]),
        (replace(FULL, commitments=(replace(DUTY, responsible=None),)), [(Missing.DETAIL, "commitments: deber")]),
        (replace(FULL, commitments=(replace(DUTY, state=None),)), [(Missing.DETAIL, "commitments: deber")]),
        (replace(FULL, quiet=None), [(Missing.SETTING, "quiet")]),
        (replace(FULL, retention=None), [(Missing.SETTING, "retention")]),
        (replace(FULL, home_holidays=None), [(Missing.SETTING, "home_holidays")]),
        (replace(FULL, signups=None), [(Missing.SETTING, "signups")]),
        (replace(FULL, signups=Signups(domains=("sre.example",))), [(Missing.SETTING, "signups")]),
        (replace(FULL, signups=Signups(domains=("sre.example", "ine.exam"))), [(Missing.SETTING, "signups")]),
        (replace(FULL, privacy=Privacy(text=text("Guardamos"), url=None)), [(Missing.SETTING, "privacy")]),
        (replace(FULL, privacy=replace(PRIVACY, url="https://ine.ex")), [(Missing.SETTING, "privacy")]),
        (with_event(reason=None), [(Missing.DETAIL, NAME)]),
        (with_event(source="Nota 04/20"), [(Missing.DETAIL, NAME)]),
        (with_event(place=None, reason=text("Choca")), [(Missing.DETAIL, NAME)]),
        (with_event(rules=(DaysBefore(days=1, at=time(9)),)), [(Missing.DETAIL, NAME)]),
        (with_event(audience=Audience(kind="sites", ids=("tokio",))), [(Missing.DETAIL, NAME)]),
    ],
)
def test_whatever_a_cut_takes_along_is_told(after: Agenda, expected: list[tuple[str, str]]) -> None:
    assert told(after) == expected


def test_a_link_that_is_gone_or_lost_its_end_is_told() -> None:
    assert told(FULL, {}) == [(Missing.LINK, NAME)]
    assert told(FULL, {NAME: "https://salas.ex"}) == [(Missing.SHORT_LINK, NAME)]
    assert told(FULL, {NAME: "https://salas.example/124"}) == []


@pytest.mark.parametrize(
    "after",
    [
        with_event(when=timed("2021-10-21 20:00"), reason=None),
        with_event(title=text("Otro título")),
        with_event(assumed=()),
        with_event(source="Nota 05/2021"),
        with_event(audience=Audience(kind="all")),
        replace(FULL, events=()),
        replace(FULL, events=(*FULL.events, event("otro"))),
        replace(FULL, retention=timedelta(days=90)),
        replace(FULL, signups=Signups(domains=("ine.example", "sre.example"))),
        replace(FULL, signups=Signups(domains=("sre.example", "ine.example", "otro.example"))),
        replace(FULL, representations=(TOKIO, OSAKA, site("kioto"))),
    ],
)
def test_an_edit_is_no_loss(after: Agenda) -> None:
    assert told(after, LINK if after.events else {}) == []


def test_a_day_of_festivos_that_is_gone_or_lost_its_words_is_told() -> None:
    """A row that rules something else is another row; more words are none lost."""
    feast, other = own_day(), own_day(where="JP")
    before = agenda(own_days=(feast, other))
    for left, names in (
        ((feast,), ["2021-10-19 JP"]),
        ((feast, replace(other, works=True)), ["2021-10-19 JP"]),
        ((feast, replace(other, source="Gac")), ["2021-10-19 JP"]),
        ((), ["2021-10-19 tokio", "2021-10-19 JP"]),
        ((other, feast), []),
        ((feast, replace(other, source="Gaceta Oficial")), []),
    ):
        found = losses(before, agenda(own_days=left), {}, {})
        assert [(one.missing, one.name) for one in found] == [(Missing.DAY, name) for name in names]


def test_what_a_site_said_of_its_days_and_says_no_more_is_told() -> None:
    """Another weekend is an edit."""
    calgary = site("calgary", country_code="CA", subdivision="AB", weekend=(5, 6))
    before = agenda(representations=(TOKIO, calgary))
    for left, names in (
        (replace(calgary, subdivision=None), ["calgary"]),
        (replace(calgary, weekend=None), ["calgary"]),
        (replace(calgary, weekend=(4, 5)), []),
        (calgary, []),
    ):
        found = losses(before, agenda(representations=(TOKIO, left)), {}, {})
        assert [(one.missing, one.name) for one in found] == [(Missing.SITE_DETAIL, name) for name in names]


def test_an_event_that_gives_up_its_hour_for_whole_days_or_the_other_way_round_has_lost_nothing() -> None:
    hour, whole = agenda(events=(event(),)), agenda(events=(event(when=days("2021-10-21", "2021-10-21")),))
    assert losses(hour, whole, {}, {}) == ()
    assert losses(whole, hour, {}, {}) == ()


def test_another_number_is_no_loss() -> None:
    two, one = (agenda(events=(event(coverage=Coverage(minimum=n)),)) for n in (2, 1))
    assert losses(two, one, {}, {}) == ()
