"""festivos.csv -> what the administrator says about single days."""

from __future__ import annotations

from datetime import date, timedelta

from calendars.catalogue import Phrase
from calendars.days.declared import dates
from calendars.model.days import EVERYWHERE, MISSIONS, OwnDay
from calendars.model.places import slug
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.context import SITE, Context, reference
from calendars.reading.places import country_code
from calendars.reading.problems import AlreadyReported, Report, Wrong, known, shown
from calendars.reading.tables.rows import TableRow, table
from calendars.spelling import fold

DAY_COLUMNS = ("fecha", "donde", "es", "en", "labora", "fuente")
MAX_ROWS = 5_000
LONGEST = timedelta(days=100)  # of one row: more is a slip of the year
_WORKS = values.one_of(words.YES_NO, "unknown-yes-no", Phrase("value"))


def own_days(text: str, context: Context, report: Report) -> tuple[OwnDay, ...]:
    """The rows that can be read, in their order. Where a later one counts over an earlier, a note says so."""
    said: dict[tuple[str, date], int] = {}  # where and when -> the line of the latest row
    found = []
    for row in table(text, report, required=DAY_COLUMNS, limit=MAX_ROWS):
        try:
            found.append(_own_day(row, context))
        except AlreadyReported:
            continue
        line = row.line.start.line
        places = [(found[-1].where, day) for day in dates(found[-1])]
        if twice := next((place for place in places if place in said), None):
            report.note(row.place("fecha"), _later_counts(found[-1], twice[1], said[twice]))
        said.update(dict.fromkeys(places, line))
    return tuple(found)


def _own_day(row: TableRow, context: Context) -> OwnDay:
    days, where = row.value("fecha", _days), row.value("donde", lambda name: _where(name, context))
    es, en = row.value("es", values.line), row.value("en", values.line)
    works, source = row.value("labora", _WORKS), row.value("fuente", values.prose)
    row.finish()
    first, last = known(days)
    return OwnDay(
        first=first,
        last=last,
        where=known(where),
        name=Text(es=known(es), en=known(en)),
        works=known(works),
        source=known(source),
    )


def _days(value: str) -> tuple[date, date]:
    """`2027-03-20`, or `2027-03-20..2027-03-22`, both included."""
    start, dots, end = values.line(value).partition("..")
    first = values.day(start)
    last = values.day(end) if dots else first
    if last < first:
        raise Wrong(
            "end-before-start",
            Phrase("“{value}” ends before it begins. Write the earlier date first.").of(value=shown(value)),
            value=value,
        )
    if last - first >= LONGEST:
        raise Wrong(
            "too-long",
            Phrase("“{value}” lasts more than {days} {days:day|days}. Check the year, or write several rows.").of(
                value=shown(value), days=LONGEST.days
            ),
            value=value,
        )
    return first, last


def _where(value: str, context: Context) -> str:
    """A site, a country's code, `misiones` or `todas`."""
    plain = values.line(value)
    if fold(plain) in (MISSIONS, EVERYWHERE):
        return fold(plain)
    if len(plain) == 2 and slug(plain) not in (context.sites or {}):
        return country_code(plain)
    return reference(plain, context.sites, "unknown-site", SITE)


def _later_counts(row: OwnDay, day: date, line: int) -> Wrong:
    return Wrong(
        "later-row-counts",
        Phrase("{day} at “{where}” stands already on line {line}. This row counts, for it is the later one.").of(
            day=day.isoformat(), where=row.where, line=line
        ),
        value=day.isoformat(),
    )
