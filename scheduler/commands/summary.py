"""What came of a rehearsal, as a table and as JSON."""

from __future__ import annotations

from itertools import groupby

from rich.box import SIMPLE_HEAD
from rich.console import Console, JustifyMethod
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.rehearsal.run import Summary, all_of
from scheduler.reporting.report import ReportRow

SUMMARY_HEADINGS = Phrase("Event and region|Rule|Mails|First (local)|Last (local)|Moved|Refused")
SUMMARY_EDITIONS = Phrase("Edition|When|Reason|Notices")
SUMMARY_SILENT = Phrase(" (told nobody)")
SUMMARY_COLUMNS: tuple[JustifyMethod, ...] = ("left", "left", "right", "left", "left", "right", "right")
SUMMARY = Phrase(
    "{messages} {messages:message|messages}; {repeated} repeated, {uncertain} uncertain, {refused} refused"
)


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
        SUMMARY.say(
            lang,
            messages=summary.messages,
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
