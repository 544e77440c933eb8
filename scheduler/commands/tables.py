"""What the commands print for people: the agenda, a publication, a rehearsal's summary."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from calendars.changes import Kind
from calendars.editions import Edition, Revision
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event
from calendars.model.places import Representation
from calendars.model.text import Language, Text
from calendars.wording import (
    Count,
    assumptions,
    axis_title,
    days_span,
    home_short,
    hour,
    other_day_remark,
    short_date,
    status_word,
)
from calendars.zones import to_wall
from scheduler.publishing.publish import Published
from scheduler.rehearsal.run import Summary, all_of
from scheduler.reporting.report import ReportRow
from scheduler.wording.kinds import KINDS, kind_words, title

HEADINGS = Text(es="Evento|Estado|Cuándo ({home})|Sede|Por confirmar", en="Event|Status|When ({home})|Site|Assumed")
UNDATED = Text(es="sin fecha", en="no date")
AXES, ADVANCES = Text(es="Ejes", en="Axes"), Text(es="Avances", en="Progress so far")
COMMITMENT = Text(es="Compromiso {id}: {title} ({session})", en="Commitment {id}: {title} ({session})")
WIDE = 120  # characters: from here on the hours at a site stand on one line
ABOUT = Text(es="cerca de ", en="about ")
KEPT = Text(
    es="Las direcciones que terminan se borran {days:al cabo de|a los} {days} {days:día|días}",
    en="Ended addresses are erased after {days} {days:day|days}",
)
KEPT_ON = Text(es="Las direcciones que terminan no se borran solas", en="Ended addresses are not erased by themselves")
OPEN = Text(es="Altas en la página: {domains}", en="Sign-up on the page: {domains}")
CLOSED = Text(es="Altas en la página: cerradas", en="Sign-up on the page: closed")
NOTICE = Text(es="Aviso de privacidad: {parts}", en="Privacy notice: {parts}")
NOTICE_TEXT = Text(es="texto propio", en="own text")
NO_NOTICE = Text(es="ninguno", en="none")
KEPT_AWAY = Text(
    es="No entraron, porque quien tenía la dirección pidió que se borrara: {posts}",
    en="Not taken in, because whoever had the address asked for it to be erased: {posts}",
)
PUBLISHED = Text(
    es="Edición {number} publicada. Recordatorios: {added} {added:nuevo|nuevos}, {followed} "
    "{followed:cambiado|cambiados}, {ended} {ended:anulado|anulados}, "
    "{revived} de nuevo {revived:previsto|previstos}. Avisos de cambio: {notices}.",
    en="Edition {number} published. Reminders: {added} new, {followed} changed, {ended} ended, "
    "{revived} planned again. Notices of changes: {notices}.",
)
CALLED = Text(es="Convocatorias: {n}.", en="Invitations: {n}.")
TOLD_NOBODY = Text(es="No se avisa a nadie; quedó registrado.", en="Nobody is told; that is on record.")
SUMMARY_HEADINGS = Text(
    es="Evento y región|Regla|Correos|Primero (local)|Último (local)|Movidos|Rechazados",
    en="Event and region|Rule|Mails|First (local)|Last (local)|Moved|Refused",
)
SUMMARY_EDITIONS = Text(es="Edición|Cuándo|Motivo|Avisos", en="Edition|When|Reason|Notices")
SUMMARY_SILENT = Text(es=" (sin avisar)", en=" (told nobody)")
SUMMARY_COLUMNS: tuple[JustifyMethod, ...] = ("left", "left", "right", "left", "left", "right", "right")
SUMMARY = Text(
    es="{messages} {messages:mensaje|mensajes}; repetidos {repeated}, inciertos {uncertain}, rechazados {refused}",
    en="{messages} {messages:message|messages}; {repeated} repeated, {uncertain} uncertain, {refused} refused",
)


def print_agenda(console: Console, edition: Edition, site: Representation | None, lang: Language) -> None:
    """The whole agenda: its events as a table, then axes, commitments and progress."""
    agenda = edition.agenda
    headings = HEADINGS[lang].format(home=home_short(agenda.zone, lang)).split("|")
    if site is None:
        headings.pop(3)
    table = Table(title=agenda.title[lang], title_justify="left", box=SIMPLE_HEAD)
    for number, heading in enumerate(headings):
        table.add_column(heading, no_wrap=number in (2, 3) and site is not None and console.width >= WIDE)
    for event in agenda.events:
        home, there = when(agenda, event, edition.revisions[event.id], site, lang)
        cells = [event.title[lang], status_word(event.status, lang), home, ", ".join(assumptions(event, lang))]
        if site is not None:
            cells.insert(3, there)
        table.add_row(*map(escape, cells))
    console.print(table)
    for line in _rest(agenda, lang):
        console.print(line, markup=False)


def _rest(agenda: Agenda, lang: Language) -> Iterator[str]:
    for commitment in agenda.commitments:
        yield COMMITMENT[lang].format(id=commitment.id, title=commitment.title[lang], session=commitment.session[lang])
        if commitment.report is not None:
            yield f"  {commitment.report[lang]}"
    yield f"{AXES[lang]}:"
    yield from (f"  - {axis.title[lang]}" for axis in agenda.axes)
    yield f"{ADVANCES[lang]}:"
    for advance in agenda.advances:
        figures = (f"{ABOUT[lang] if f.approximate else ''}{f.value:,} {f.unit[lang]}" for f in advance.figures)
        told = "; ".join(figures)
        yield f"  - {advance.title[lang]}{f' ({told})' if told else ''} · {axis_title(agenda, advance.axis, lang)}"
    yield from _people(agenda, lang)


def _people(agenda: Agenda, lang: Language) -> Iterator[str]:
    """What is set for people and their data, `no` included: an open door should not be found by chance."""
    yield OPEN[lang].format(domains=", ".join(agenda.signups.domains)) if agenda.signups else CLOSED[lang]
    yield KEPT[lang].format(days=Count(agenda.retention.days)) if agenda.retention else KEPT_ON[lang]
    notice = agenda.privacy
    parts = [NOTICE_TEXT[lang] if notice and notice.text else "", notice.url or "" if notice else ""]
    yield NOTICE[lang].format(parts=", ".join(filter(None, parts)) or NO_NOTICE[lang])


def when(
    agenda: Agenda, event: Event, revision: Revision, site: Representation | None, lang: Language
) -> tuple[str, str]:
    """When the event is, by the agenda's zone and at the site (empty where it does not concern the site)."""
    concerned = site is not None and site in agenda.addressed(event)
    if isinstance(event.when, Days):
        span = days_span(event.when, lang)
        return span, span if concerned else ""
    if revision.start is None:
        return UNDATED[lang], UNDATED[lang] if concerned else ""
    home = to_wall(revision.start, agenda.zone)
    told = f"{short_date(home.date(), lang)} {hour(home, lang)}"
    if site is None or not concerned:
        return told, ""
    there = to_wall(revision.start, site.zone)
    remark = other_day_remark(there, home, site.city, lang)
    return told, f"{short_date(there.date(), lang)} {hour(there, lang)} {remark}".rstrip()


def events_json(edition: Edition, site: Representation | None) -> list[dict[str, object]]:
    """The events for scripts: instants in UTC, wall times by the agenda's zone and at the site."""
    agenda = edition.agenda
    found: list[dict[str, object]] = []
    for event in agenda.events:
        if site is not None and site not in agenda.addressed(event):
            continue
        start = edition.revisions[event.id].start
        days = event.when if isinstance(event.when, Days) else None
        found.append(
            {
                "id": event.id,
                "uid": edition.revisions[event.id].uid,
                "title": event.title.es,
                "kind": event.kind.value,
                "status": event.status.value,
                "start": None if start is None else start.isoformat(),
                "first_day": None if days is None else days.first.isoformat(),
                "last_day": None if days is None else days.last.isoformat(),
                "home": None if start is None else to_wall(start, agenda.zone).isoformat(),
                "local": None if start is None or site is None else to_wall(start, site.zone).isoformat(),
                "assumed": [part.value for part in event.assumed],
                "sites": len(agenda.addressed(event)),
                "source": event.source,
            }
        )
    return found


def print_publication(console: Console, done: Published, lang: Language) -> None:
    """What a publication changed, event by event, and what that did to the ledger."""
    found, number = done.prospect, done.prospect.publication.edition.number
    for change in found.changes:
        console.print(f"{kind_words(change, lang)}  {title(change, lang)}", markup=False)
    for event in found.publication.edition.agenda.events if found.before is None else ():
        console.print(f"{KINDS[Kind.ADDED][lang]}  {event.title[lang]}", markup=False)
    rows = done.ledger
    console.print(
        PUBLISHED[lang].format(
            number=number,
            added=Count(rows.added),
            followed=Count(rows.followed),
            ended=Count(rows.ended),
            revived=Count(rows.revived),
            notices=done.notices,
        )
    )
    if found.convocations:
        console.print(CALLED[lang].format(n=done.convocations))
    if found.silent:
        console.print(TOLD_NOBODY[lang])
    if done.kept_away:
        console.print(KEPT_AWAY[lang].format(posts=", ".join(done.kept_away)), markup=False)


def print_summary(console: Console, summary: Summary, lang: Language) -> None:
    """A rehearsal's outcome: its editions; a line for each event, and under it one for each region and rule."""
    agenda = all_of(summary.editions)
    if len(summary.editions) > 1:
        console.print(_editions(summary, lang))
    table = Table(box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for heading, justify in zip(SUMMARY_HEADINGS[lang].split("|"), SUMMARY_COLUMNS, strict=True):
        table.add_column(heading, justify=justify)
    titles = {event.id: event.title[lang] for event in agenda.events}
    regions = {region.id: region.name[lang] for region in agenda.regions}
    for event, rows in groupby(summary.rows, key=lambda row: row.event):
        listed = list(rows)
        table.add_row(f"[bold]{escape(titles[event])}[/]", "", f"[bold]{sum(row.count for row in listed)}[/]")
        for row in listed:
            walls = (f"{short_date(w.date(), lang)} {hour(w, lang)}" for w in (row.first_local, row.last_local))
            table.add_row(
                f"  {regions[row.region]}",
                row.rule,
                str(row.count),
                *walls,
                str(row.moved or ""),
                str(row.refused or ""),
            )
        table.add_section()
    console.print(table)
    console.print(
        SUMMARY[lang].format(
            messages=Count(summary.messages),
            repeated=summary.repeated,
            uncertain=summary.totals.uncertain,
            refused=summary.totals.refused,
        )
    )


def _editions(summary: Summary, lang: Language) -> Table:
    table = Table(*SUMMARY_EDITIONS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for edition in summary.editions:
        wall = to_wall(edition.at, edition.agenda.zone)
        when = f"{short_date(wall, lang)} {wall.year}, {hour(wall, lang)} {home_short(edition.agenda.zone, lang)}"
        reason = edition.reason + (SUMMARY_SILENT[lang] if edition.number in summary.silent else "")
        table.add_row(str(edition.number), when, escape(reason), str(summary.notices.get(edition.number, 0)))
    return table


def summary_json(summary: Summary) -> dict[str, object]:
    """The same for scripts; `events` has a row for each event, region and rule, with local walls in ISO 8601."""
    return {
        "messages": summary.messages,
        "repeated": summary.repeated,
        "uncertain": summary.totals.uncertain,
        "refused": summary.totals.refused,
        "events": [_row_json(row) for row in summary.rows],
        "editions": [
            {
                "number": edition.number,
                "at": edition.at.isoformat(),
                "reason": edition.reason,
                "silent": edition.number in summary.silent,
                "notices": summary.notices.get(edition.number, 0),
            }
            for edition in summary.editions
        ],
    }


def _row_json(row: ReportRow) -> dict[str, object]:
    return {
        "id": row.event,
        "region": row.region,
        "rule": row.rule,
        "count": row.count,
        "first_local": row.first_local.isoformat(timespec="minutes"),
        "last_local": row.last_local.isoformat(timespec="minutes"),
        "moved": row.moved,
    }
