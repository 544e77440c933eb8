"""An agenda as a table and as JSON: its events, at a site too, then commitments and progress, axis by axis."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventKind
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import (
    assumptions,
    days_span,
    home_short,
    hour,
    other_day_remark,
    short_date,
    status_word,
)
from calendars.zones import to_wall
from scheduler.commands.work import work_lines

HEADINGS = Phrase("Event|Status|When ({home})|Site|Assumed")
UNDATED = Phrase("no date")
WIDE = 120  # characters: from here on the hours at a site stand on one line
KEPT = Phrase("Ended addresses are erased after {days} {days:day|days}")
KEPT_ON = Phrase("Ended addresses are not erased by themselves")
HOME = Phrase("Mexican holidays: days off at every site{assumed}")
NOT_HOME = Phrase("Mexican holidays: they do not count at the sites")
ASSUMED = Phrase(" (assumed)")
OPEN = Phrase("Sign-up on the page: {domains}")
CLOSED = Phrase("Sign-up on the page: closed")
NOTICE = Phrase("Privacy notice: {parts}")
NOTICE_TEXT = Phrase("own text")
NO_NOTICE = Phrase("none")


def print_agenda(
    console: Console,
    edition: Edition,
    site: Representation | None,
    held: Mapping[str, bool],
    lang: Language,
    now: datetime,
) -> None:
    """The whole agenda: its events as a table, then commitments and progress, axis by axis, as `work_lines` has it.

    Dates have their year unless it is that of `now` (aware) by the agenda's clock.
    """
    agenda = edition.agenda
    today = to_wall(now, agenda.zone).date()
    headings = HEADINGS.say(lang, home=home_short(agenda.zone, lang)).split("|")
    if site is None:
        headings.pop(3)
    table = Table(title=agenda.title[lang], title_justify="left", box=SIMPLE_HEAD)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number in (2, 3) and site is not None and console.width >= WIDE)
    for event in agenda.events:
        home, there = when(edition, event, site, lang, today)
        cells = [event.title[lang], status_word(event.status, lang), home, ", ".join(assumptions(event, lang))]
        if site is not None:
            cells.insert(3, there)
        table.add_row(*map(escape, cells))
    console.print(table)
    for line in _rest(edition, held, now, lang):
        console.print(line, markup=False)


def _rest(edition: Edition, held: Mapping[str, bool], now: datetime, lang: Language) -> Iterator[str]:
    yield from work_lines(edition, held, now, lang)
    yield home_line(edition.agenda, lang)
    yield from _people(edition.agenda, lang)


def home_line(agenda: Agenda, lang: Language) -> str:
    """Whether Mexico's holidays are days off at the sites."""
    counted = agenda.home_holidays
    return NOT_HOME[lang] if counted is None else HOME.say(lang, assumed=ASSUMED if counted.assumed else "")


def _people(agenda: Agenda, lang: Language) -> Iterator[str]:
    """What is set for people and their data, `no` included: an open door should not be found by chance."""
    yield OPEN.say(lang, domains=", ".join(agenda.signups.domains)) if agenda.signups else CLOSED[lang]
    yield KEPT.say(lang, days=agenda.retention.days) if agenda.retention else KEPT_ON[lang]
    notice = agenda.privacy
    parts = [NOTICE_TEXT[lang] if notice and notice.text else "", notice.url or "" if notice else ""]
    yield NOTICE.say(lang, parts=", ".join(filter(None, parts)) or NO_NOTICE[lang])


def when(edition: Edition, event: Event, site: Representation | None, lang: Language, today: date) -> tuple[str, str]:
    """When the event is, by the agenda's zone and at the site (empty where it does not concern the site)."""
    agenda, revision = edition.agenda, edition.revisions[event.id]
    concerned = site is not None and site in agenda.addressed(event)
    if isinstance(event.when, Days):
        span = days_span(event.when, lang)
        return span, span if concerned else ""
    if revision.start is None:
        return UNDATED[lang], UNDATED[lang] if concerned else ""
    home = revision.wall(revision.start, agenda.zone)
    told = f"{short_date(home.date(), lang, today)} {hour(home, lang)}"
    if site is None or not concerned:
        return told, ""
    there = revision.wall(revision.start, site.zone)
    remark = other_day_remark(there, home, site.city_in(lang), lang)
    return told, f"{short_date(there.date(), lang, today)} {hour(there, lang)} {remark}".rstrip()


def events_json(edition: Edition, site: Representation | None) -> list[dict[str, object]]:
    """The events for scripts: instants in UTC, wall times by the agenda's zone and at the site."""
    agenda = edition.agenda
    found: list[dict[str, object]] = []
    for event in agenda.events:
        if site is not None and site not in agenda.addressed(event):
            continue
        revision = edition.revisions[event.id]
        start = revision.start
        days = event.when if isinstance(event.when, Days) else None
        found.append(
            {
                "id": event.id,
                "uid": revision.uid,
                "title": event.title.es,
                "kind": event.kind.value if isinstance(event.kind, EventKind) else event.kind.es,
                "status": event.status.value,
                "start": None if start is None else start.isoformat(),
                "first_day": None if days is None else days.first.isoformat(),
                "last_day": None if days is None else days.last.isoformat(),
                "home": None if start is None else revision.wall(start, agenda.zone).isoformat(),
                "local": None if start is None or site is None else revision.wall(start, site.zone).isoformat(),
                "axis": event.axis,
                "assumed": [part.value for part in event.assumed],
                "sites": len(agenda.addressed(event)),
                "source": event.source,
            }
        )
    return found
