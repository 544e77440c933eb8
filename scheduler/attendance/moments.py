"""The moments of a file as instants: the order of day and month by the whole file, then by the session, else asked."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from calendars.catalogue import Phrase
from calendars.model.text import Said
from calendars.reading.problems import shown
from calendars.zones import nearest_instant, to_wall
from scheduler.attendance import dates
from scheduler.attendance.opening.rows import FileRow
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal, FileAnswer, FileQuestion
from scheduler.attendance.tables import SeenTable
from scheduler.attendance.values import Choices, Interval, Meeting, Order
from scheduler.attendance.words import TIMES, Field, bare

NEAR = timedelta(days=1)  # of the session: where the dates of its file are looked for
UTC_ZONE = "UTC"
MOST_ZONES = 6  # that are offered; any other can be answered
FURTHEST = timedelta(hours=20)  # between the clocks of Mexico City and of the zone that is furthest from it

NOT_A_MOMENT = Phrase(
    "“{value}” cannot be read as a date and time. Correct it in the file, or download the list again: it may be cut "
    "off."
)
MIXED = Phrase(
    "“{value}” puts the {one} first, and other dates of the file the {other}: a spreadsheet has changed some of them. "
    "Give the file as the meeting program wrote it, not saved again."
)
_DAY, _MONTH = Phrase("day", "of a date"), Phrase("month", "of a date")
WHICH_ORDER = Phrase("the dates of the file can be read in two ways. What is “{value}”?")
_READ_AS = Phrase("it is {day}")
NO_DATES = Phrase("the times of this file have no date, and the session has several days. Which day is it?")
_DAY_ANSWER = Phrase("the file is of {day}")
OTHER_DAY = Phrase(
    "the file is of another session: its first entry is of {found}, and the session begins on {start} ({zone}). Give "
    "the file of this session; if its clock is that of another zone, answer zone=Area/City."
)
OTHER_ZONE = Phrase(
    "nobody of this file was there during the session, if its clock is that of {zone}: its entries go from {first} to "
    "{last}, and the session from {start} to {end}. By which clock was it written?"
)
_BY_ZONE = Phrase("the clock of {zone}: then they go from {first} to {last}")
_BY_ZONE_ALL_THE_SAME = Phrase("the clock of {zone} all the same: nobody was there")
_ASSUMED_ZONE = Phrase("The file names no time zone: its hours were taken as those of {zone}.")
_ASSUMED_DAY = Phrase("The times of the file have no date: that of the session was taken.")
_BY_SESSION = Phrase("Which of day and month comes first, the date of the session decided: {order}.")
_DAY_FIRST, _MONTH_FIRST = Phrase("the day"), Phrase("the month")
_ASTRAY = Phrase(
    "{n} {n:row is|rows are} of another day than the session and {n:counts|count} nothing, the first on {place}."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Cell:
    row: FileRow
    column: int
    moment: dates.Written


class Moments:
    """How the moments of one file are read."""

    def __init__(self, tables: Sequence[SeenTable], session: Meeting, choices: Choices) -> None:
        """Raises AttendanceRefusal where one cannot be read, or they contradict each other."""
        self._session = session
        self._cells = {(one.row.number, one.column): one for one in _cells(tables)}
        self._utc = {table.header.number for table in tables if _says_utc(table)}
        self.zone = choices.zone or session.zone
        self._clocks = {zone: dates.Clocks(zone) for zone in {self.zone, UTC_ZONE}}
        self.remarks: list[Said] = []
        self.order = self._order(choices)
        self._told_day = choices.day is not None
        self._day = choices.day or self._undated()
        self.floating = len(self._utc) < len(tables) and any(one.moment.offset is None for one in self._cells.values())
        if not choices.zone and self.floating:
            self.remarks.append(_ASSUMED_ZONE.of(zone=self.zone))

    def instant(self, table: SeenTable, row: FileRow, field: Field, after: datetime | None = None) -> datetime | None:
        """Of a cell, UTC; None where it is empty. A time without a date lies nearest the session, and after `after`."""
        column = table.columns.get(field)
        cell = None if column is None else self._cells.get((row.number, column))
        if cell is None:
            return None
        clock = self._clocks[UTC_ZONE if table.header.number in self._utc else self.zone]
        try:
            found = clock.instant(cell.moment.wall(self.order, self._day), cell.moment.offset)
        except dates.NotAMoment:
            raise _unread(cell.row, cell.column) from None
        if cell.moment.day:
            return found
        return found if self._told_day and after is None else self._nearest(found, after)

    def _nearest(self, found: datetime, after: datetime | None) -> datetime:
        middle = after or self._session.start + (self._session.end - self._session.start) / 2
        tries = [found + timedelta(days=days) for days in (-1, 0, 1)]
        if after is not None:
            return next((one for one in tries if one >= after), found)
        return min(tries, key=lambda one: abs(one - middle))

    def _order(self, choices: Choices) -> Order | None:
        """None where no date of the file leaves it open."""
        numbers = [one for one in self._cells.values() if one.moment.numbers]
        if not numbers:
            return None
        fitting = dates.orders(one.moment for one in numbers)
        if not fitting or (choices.order and choices.order not in fitting):
            raise _mixed(numbers, choices.order)
        if choices.order or len(fitting) == 1:
            return choices.order or fitting[0]
        if all(one.moment.day == one.moment.month for one in numbers):
            return None
        near = [order for order in fitting if self._is_near(numbers, order)]
        if len(near) == 1:
            words = _DAY_FIRST if near[0] == "day-first" else _MONTH_FIRST
            self.remarks.append(_BY_SESSION.of(order=words))
            return near[0]
        if not near:
            return "day-first"  # neither is of this session: it is refused with its dates
        raise _which_order(next(one for one in numbers if one.moment.day != one.moment.month))

    def _is_near(self, cells: Sequence[_Cell], order: Order) -> bool:
        """Do most of them lie by the session in this order?"""
        walls = [_wall_or_none(one.moment, order) for one in cells]
        first = to_wall(self._session.start, self.zone) - NEAR
        last = to_wall(self._session.end, self.zone) + NEAR
        return sum(wall is not None and first <= wall <= last for wall in walls) * 2 > len(walls)

    def _undated(self) -> datetime:
        """The day of times without a date, on the clock of the file. Raises AttendanceQuestion."""
        first, last = to_wall(self._session.start, self.zone), to_wall(self._session.end, self.zone)
        if all(one.moment.day for one in self._cells.values()):
            return first
        if last - first > NEAR:
            days = [first + timedelta(days=at) for at in range(min((last.date() - first.date()).days + 1, 10))]
            answers = tuple(
                FileAnswer(given=f"day={day:%Y-%m-%d}", words=_DAY_ANSWER.of(day=f"{day:%Y-%m-%d}")) for day in days
            )
            raise AttendanceQuestion((FileQuestion(about="day", words=NO_DATES, answers=answers),))
        self.remarks.append(_ASSUMED_DAY)
        return first


def refuse_another_session(
    spans: Sequence[tuple[Interval, str]], session: Meeting, moments: Moments, told: bool
) -> None:
    """Where all rows lie a day off, or none within the session. `told`: a person named the zone."""
    if not spans:
        return
    off = [place for interval, place in spans if _is_off(interval, session)]
    first = min(begin for (begin, _), _ in spans)
    if len(off) == len(spans):
        words = OTHER_DAY.of(
            found=_stamp(first, moments.zone), start=_stamp(session.start, moments.zone), zone=moments.zone
        )
        raise AttendanceRefusal("another-session", words, place=spans[0][1], value=_stamp(first, moments.zone))
    if off:
        moments.remarks.append(_ASTRAY.of(n=len(off), place=off[0]))
    if not told and not any(begin < session.end and end > session.start for (begin, end), _ in spans):
        near = [interval for interval, _ in spans if not _is_off(interval, session)]
        raise _which_zone(session, moments, near, spans[0][1])


def _is_off(interval: Interval, session: Meeting) -> bool:
    """Is it of another day, by whichever clock it was written?"""
    begin, end = interval
    before = begin < session.start - FURTHEST and end <= session.start
    return before or begin > max(session.end, session.start + FURTHEST)


def _which_zone(session: Meeting, moments: Moments, spans: Sequence[Interval], place: str) -> AttendanceQuestion:
    zone = moments.zone
    first, last = _stamps(spans, zone)
    start, end = _stamp(session.start, zone), _stamp(session.end, zone)
    words = OTHER_ZONE.of(zone=zone, first=first, last=last, start=start, end=end)
    fitting = _fitting_zones(session, zone, spans) if moments.floating else ()
    answers = [
        FileAnswer(given=f"zone={one}", words=_BY_ZONE.of(zone=one, first=begins, last=ends))
        for one in fitting
        for begins, ends in [_stamps(_by_clock(spans, zone, one), zone)]
    ]
    answers.append(FileAnswer(given=f"zone={zone}", words=_BY_ZONE_ALL_THE_SAME.of(zone=zone)))
    return AttendanceQuestion((FileQuestion(about="zone", words=words, answers=tuple(answers), place=place),))


def _fitting_zones(session: Meeting, zone: str, spans: Sequence[Interval]) -> tuple[str, ...]:
    """By which somebody was there: UTC and the sites' own, one of each hour, those that fit best first."""
    there: dict[datetime, tuple[int, timedelta, str]] = {}
    for one in dict.fromkeys((UTC_ZONE, *session.clocks)):
        moved = _by_clock(spans, zone, one)
        within = [
            min(end, session.end) - max(begin, session.start)
            for begin, end in moved
            if begin < session.end and end > session.start
        ]
        if within:
            there.setdefault(moved[0][0], (len(within), sum(within, timedelta()), one))
    best = sorted(there.values(), key=lambda found: found[:2], reverse=True)
    return tuple(one for _, _, one in best[:MOST_ZONES])


def _by_clock(spans: Sequence[Interval], zone: str, other: str) -> list[Interval]:
    """The same hours, written by another clock."""
    return [
        (nearest_instant(to_wall(begin, zone), other), nearest_instant(to_wall(end, zone), other))
        for begin, end in spans
    ]


def _stamps(spans: Sequence[Interval], zone: str) -> tuple[str, str]:
    return _stamp(min(begin for begin, _ in spans), zone), _stamp(max(end for _, end in spans), zone)


def _cells(tables: Iterable[SeenTable]) -> Iterator[_Cell]:
    """Every moment of the tables; what stands in a column of moments and is none is refused."""
    for table in tables:
        columns = [column for field, column in table.columns.items() if field in TIMES]
        for row in table.rows:
            for column in columns:
                try:
                    moment = dates.written(row.cell(column))
                except dates.NotAMoment:
                    raise _unread(row, column) from None
                if moment is not None:
                    yield _Cell(row=row, column=column, moment=moment)
            for column in table.also:
                if dates.is_like(row.cell(column)) and (moment := dates.written(row.cell(column))):
                    yield _Cell(row=row, column=column, moment=moment)


def _says_utc(table: SeenTable) -> bool:
    return table.has(Field.MOMENT) and bare(table.text(table.header, Field.MOMENT)).startswith("utc")


def _unread(row: FileRow, column: int) -> AttendanceRefusal:
    value = shown(row.cell(column))
    return AttendanceRefusal("moment", NOT_A_MOMENT.of(value=value), place=row.place(column), value=value)


def _mixed(cells: Sequence[_Cell], wanted: Order | None) -> AttendanceRefusal:
    """The first that contradicts the order of the others, or the one that a person named."""
    fitting = Counter(order for one in cells for order in dates.ORDERS if one.moment.fits(order))
    order = wanted or fitting.most_common(1)[0][0]
    odd = next(one for one in cells if not one.moment.fits(order))
    value = shown(odd.row.cell(odd.column))
    one, other = (_MONTH, _DAY) if order == "day-first" else (_DAY, _MONTH)
    words = MIXED.of(value=value, one=one, other=other)
    return AttendanceRefusal("date-order", words, place=odd.row.place(odd.column), value=value)


def _which_order(cell: _Cell) -> AttendanceQuestion:
    value = shown(cell.row.cell(cell.column))
    answers = tuple(
        FileAnswer(given=f"order={order}", words=_READ_AS.of(day=f"{wall:%Y-%m-%d}"))
        for order in dates.ORDERS
        if (wall := _wall_or_none(cell.moment, order))
    )
    words = WHICH_ORDER.of(value=value)
    question = FileQuestion(about="order", words=words, answers=answers, place=cell.row.place(cell.column))
    return AttendanceQuestion((question,))


def _wall_or_none(moment: dates.Written, order: Order) -> datetime | None:
    try:
        return moment.wall(order, datetime(2000, 1, 1))
    except dates.NotAMoment:
        return None


def _stamp(instant: datetime, zone: str) -> str:
    return f"{to_wall(instant, zone):%Y-%m-%d %H:%M}"
