"""One cell of a workbook -> the text that a table in CSV would hold in its place."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import unquote

from calendars.addresses import masked
from calendars.catalogue import Phrase
from calendars.reading.problems import Wrong, shown

DAYS_AND_HOURS = timedelta(days=366)  # a moment before 1901 is an hour that Excel counts from its day 0
_EPOCH = datetime(1899, 12, 31)  # day 0 of Excel's calendar, as openpyxl gives hours of 24 and more
_ZEROS = re.compile(r"0{2,20}")
# What comes along from web pages and Outlook and shows nothing; a no-break space is a space.
_UNSEEN = re.compile("[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\ufeff]")
_SPACES = re.compile("[\t\u00a0\u202f]")
_BREAKS = re.compile(r"[\r\n\v\f\u0085\u2028\u2029]+")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")  # ECMA-376 22.9.2.19: a character that XML cannot hold
DATE_COLUMNS = ("alta", "fecha")

LINE_BREAK = Phrase("“{text}”: the cell holds a line break. Write it on one line.")
NEVER_COMPUTED = Phrase(
    "the cell holds a formula that was never computed. Open the workbook in Excel and save it, or type the value."
)
ZERO = Phrase("the cell holds the number 0, shown as a date. Empty it, or type the date.")
SERIAL = Phrase("“{number}” is how Excel counts the day {day}. Give the cell the format of a date, or type {day}.")
TWO_ADDRESSES = Phrase(
    "the cell shows the address {shown}, and its link leads to {target}. Remove the link (right click, “Remove "
    "Hyperlink”) and leave the one that is right."
)


def text_of(cell: Any) -> str:
    """What the cell says, on one line; dates as 2021-10-06, hours as 09:00, yes and no as `sí` and `no`."""
    value = cell.value
    if isinstance(value, bool):
        return "sí" if value else "no"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format))
    if isinstance(value, date | time | timedelta):
        return _moment(value)
    return "" if value is None else _plain(str(value))


def fault(cell: Any, column: str, formula: bool) -> Wrong | None:
    """What is wrong with the cell as it stands in a workbook, in the column of that name; its text may be wrong too."""
    value = cell.value
    if value is None:
        return Wrong("formula", NEVER_COMPUTED.of()) if formula else None
    if isinstance(value, str):
        return _text_fault(value, cell, column)
    if isinstance(value, time) and "h" not in str(cell.number_format).lower():
        return Wrong("date-format", ZERO.of(), value="0")
    if column in DATE_COLUMNS and isinstance(value, int | float) and not isinstance(value, bool):
        return _serial(value)
    return None


def is_two_faced(cell: Any) -> bool:
    """Is it a date that may have been meant the other way round, month and day?"""
    value = cell.value
    return isinstance(value, date) and value.day <= 12 and value.day != value.month


def is_number(cell: Any) -> bool:
    return isinstance(cell.value, int | float) and not isinstance(cell.value, bool)


def _text_fault(value: str, cell: Any, column: str) -> Wrong | None:
    if _BREAKS.search(_unescaped(value).strip()):
        return Wrong("line-break", LINE_BREAK.of(text=shown(_plain(value))), value=_plain(value))
    if column == "correo" and cell.hyperlink is not None and (target := str(cell.hyperlink.target or "")):
        led = unquote(target.partition("?")[0]).strip()
        if led[:7].lower() == "mailto:" and led[7:].strip().lower() != _plain(value).lower():
            return Wrong("two-addresses", TWO_ADDRESSES.of(shown=masked(_plain(value)), target=masked(led[7:])))
    return None


def _serial(value: float) -> Wrong | None:
    day = datetime(1899, 12, 30) + timedelta(days=int(value)) if 36526 <= value < 73051 else None  # 2000 to 2099
    if day is None:
        return None
    return Wrong("date-format", SERIAL.of(number=_number(value, ""), day=f"{day:%Y-%m-%d}"), value=str(value))


def _number(value: float, code: str) -> str:
    """As it is shown: without a point where it is whole, with the zeros that its format puts before it."""
    if value != value // 1:
        return repr(value)
    whole = str(int(value))
    return whole.zfill(len(code)) if _ZEROS.fullmatch(code) else whole


def _moment(value: date | time | timedelta) -> str:
    if isinstance(value, datetime):
        if value - _EPOCH < DAYS_AND_HOURS:
            return _hours(value - _EPOCH)
        return f"{value:%Y-%m-%d}" if value.time() == time() else f"{value:%Y-%m-%d} {_clock(value.time())}"
    if isinstance(value, timedelta):
        return _hours(value)
    return _clock(value) if isinstance(value, time) else f"{value:%Y-%m-%d}"


def _clock(value: time) -> str:
    return f"{value:%H:%M:%S}" if value.second else f"{value:%H:%M}"


def _hours(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60:02}:{minutes % 60:02}" + (f":{seconds:02}" if seconds else "")


def _plain(value: str) -> str:
    """On one line, as `decoding` leaves the cells of a CSV: composed accents, no signs that nobody sees."""
    seen = _UNSEEN.sub("", _SPACES.sub(" ", _unescaped(value)))
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", seen.strip())).strip()


def _unescaped(value: str) -> str:
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), value)
