"""One value as an administrator writes it -> what it means. Each raises `Wrong` with the way out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from datetime import date, time, timedelta
from itertools import chain
from typing import Any, TypeVar

from babel.dates import get_day_names

from calendars import zones
from calendars.catalogue import LANGUAGES, Phrase, catalogue
from calendars.model.places import slug
from calendars.model.rules import DaysBefore, Quiet, ReminderRule, TimeBefore
from calendars.model.text import Said
from calendars.reading import words
from calendars.reading.decoding import first_forbidden
from calendars.reading.problems import MEANT, Wrong, sentences, shown, unknown
from calendars.spelling import fold

T = TypeVar("T")

FIRST_YEAR = 2000
LINE_LENGTH = 300  # characters: a title must fit a subject
PROSE_LENGTH = 2000
ID_LENGTH = 64
LONGEST_EVENT = timedelta(hours=24)  # what takes longer is whole days
LONGEST_REMINDER = timedelta(days=3)

_ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_SLASHED = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})[/.]([0-9]{1,2})")
_OTHER_DATE = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)? ?(?:h|hs|hrs|horas)?\.?")
_LOOSE_HOUR = re.compile(r"([0-9]{1,2})(?: ?[:.,;h ] ?([0-9]{2}))?(?::00)? ?(?:h|hs|hrs|horas?)?\.?")
_TWELVE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?([ap])\.? ?m\.?")
_DURATION = re.compile(r"(?:([0-9]{1,2}) ?(?:h|hs|hrs|horas?))?(?: ?y? ?([0-9]{1,4}) ?(?:m|min|mins|minutos?))?\.?")
_DECIMAL_HOURS = re.compile(r"([0-9]{1,2})(?:[.,]([0-9]{1,2}))? ?(?:h|hs|hrs|horas?)?\.?")
_CLOCKED = re.compile(r"([0-9]{1,2}):([0-5][0-9])(?::00)?")
_DAYS_RULE = re.compile(r"p([0-9]{1,3})d (?:a las? )?(.+)")
_TIME_RULE = re.compile(r"pt(?=[0-9])(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")
_LINK = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-z~]*)?")
# What Excel shows in place of a value that it could not reckon, in Spanish and in English; or a column too narrow.
_EXCEL_ERROR = re.compile(
    r"#(?:[¿?¡!]?(?:NOMBRE|REF|VALOR|NUM|NULO|DIV/0|DESBORDAMIENTO|CALC)[?!]|N/A|N/D|#{2,}"
    r"|NAME\?|VALUE!|NULL!|SPILL!|GETTING_DATA)",
    re.IGNORECASE,
)
_MOJIBAKE = re.compile("[ÂÃ][\u0080-\u00bf\u0152-\u2122]")


_MEANT = Phrase("Did you mean {meant}?")
EXCEL_ERROR = "spreadsheet-error"
_ERROR = Phrase(
    "“{error}” is an error of the spreadsheet, not a value. A cell that begins with =, + or - is taken for a formula: "
    "type the value again, with an apostrophe before it."
)
_MIDNIGHT = Phrase("A day ends at 23:59; midnight is 00:00 of the following day, with its date.")
_DURATIONS = Phrase("Write “2 h”, “90 min” or “1 h 30 min”, up to 24 h.")


def line(value: str, *, length: int = LINE_LENGTH) -> str:
    """Said for one line of a mail's header or a calendar: no control characters, composed accents, not too long."""
    plain = unicodedata.normalize("NFC", value.strip())
    if not plain:
        raise Wrong("empty", Phrase("the value is empty. Fill it in."))
    if "\n" in plain or "\r" in plain:
        raise Wrong(
            "line-break",
            Phrase("“{plain}”: the text holds a line break. Write it on one line.").of(plain=shown(plain)),
            value=plain,
        )
    if wrong := first_forbidden(plain):
        raise wrong
    if _MOJIBAKE.search(plain):
        raise _mojibake(plain)
    if _EXCEL_ERROR.fullmatch(plain):
        raise Wrong(EXCEL_ERROR, _ERROR.of(error=plain), value=plain)
    if len(plain) > length:
        raise Wrong(
            "too-long",
            Phrase("“{plain}”: {written} characters; {length} fit. Shorten it.").of(
                plain=shown(plain), written=len(plain), length=length
            ),
            value=plain,
        )
    return plain


def bare(value: str) -> str:
    """A line without the curly quotation marks that a word processor puts in place of YAML's."""
    return line(value).strip("“”").strip()


def prose(value: str) -> str:
    """The same, longer: a description, a source, a reason."""
    return line(value, length=PROSE_LENGTH)


def _mojibake(value: str) -> Wrong:
    try:
        meant = value.encode("cp1252").decode("utf-8")
    except UnicodeError:
        hint: Said = Phrase("Type the accents again.")
    else:
        hint = Phrase("Did you mean “{meant}”?").of(meant=shown(meant))
    message = Phrase("“{value}” has damaged accents. {hint}").of(value=shown(value), hint=hint)
    return Wrong("mojibake", message, value=value)


def identifier(value: str) -> str:
    """A name that never changes: lower case letters a-z, figures, hyphens."""
    plain = line(value)
    if _ID.fullmatch(plain) and len(plain) <= ID_LENGTH:
        return plain
    better = "" if re.search("[@/]", plain) else slug(plain)[:ID_LENGTH].strip("-")
    message: Said = Phrase("the id “{id}” may hold a-z, 0-9 and hyphens only, and {length} characters.").of(
        id=shown(plain), length=ID_LENGTH
    )
    if better:
        message = sentences(message, MEANT.of(meant=better))
    raise Wrong("id-format", message, value=plain, instead=better)


def one_of(table: Mapping[str, T], rule: str, noun: Said) -> Callable[[str], T]:
    """A reader of one of a table's words, case and accents aside."""
    by_fold = {fold(word): meaning for word, meaning in table.items()}

    def read(value: str) -> T:
        plain = line(value)
        if fold(plain) in by_fold:
            return by_fold[fold(plain)]
        raise unknown(rule, noun, plain, tuple(table))

    return read


def day(value: str) -> date:
    """`2021-10-06`, also `2021-10-6`; from FIRST_YEAR to the last year with time-zone rules."""
    plain = bare(value)
    match = _DATE.fullmatch(plain)
    if not match:
        raise _not_a_date(plain)
    year, month, number = (int(part) for part in match.groups())
    if not FIRST_YEAR <= year <= zones.LAST_YEAR:
        raise Wrong(
            "date-range",
            Phrase(
                "“{plain}”: the year must be from {first_year} to {last_year}; there are no time-zone rules after."
            ).of(plain=plain, first_year=FIRST_YEAR, last_year=zones.LAST_YEAR),
            value=plain,
        )
    try:
        return date(year, month, number)
    except ValueError:
        raise Wrong(
            "date-impossible",
            Phrase("“{plain}” is not in the calendar. Correct month or day.").of(plain=plain),
            value=plain,
        ) from None


def _not_a_date(plain: str) -> Wrong:
    way: Said = Phrase("Write year-month-day, for instance 2021-10-06.")
    meant = ""
    if match := _OTHER_DATE.fullmatch(plain):
        first, second, year = match.groups()
        readings = [f"{year}-{m:>02}-{d:>02}" for d, m in ((first, second), (second, first)) if int(m) <= 12]
        if len(set(readings)) == 2:
            way = Phrase("It can be read in two ways. Write {one} or {other}.").of(one=readings[0], other=readings[1])
        elif readings:
            meant = readings[0]
    elif match := _SLASHED.fullmatch(plain):
        meant = "-".join(match.groups())
    message = Phrase("date “{date}” is not clear. {way}").of(
        date=shown(plain), way=_MEANT.of(meant=meant) if meant else way
    )
    return Wrong("date-format", message, value=plain, instead=meant)


def weekday(value: str) -> int:
    """0 = Monday .. 6 = Sunday, in any language that has a catalogue, also the first three letters."""
    plain = line(value)
    spoken: Iterator[Any] = (get_day_names(locale=catalogue(code).locale) for code in LANGUAGES)
    for names in chain([words.WEEKDAYS], ([days[number] for number in range(7)] for days in spoken)):
        for number, name in enumerate(names):
            if fold(plain).rstrip(".") in {fold(name), fold(name)[:3]}:
                return number
    raise unknown("unknown-weekday", Phrase("day"), plain, words.WEEKDAYS)


def hour(value: str) -> time:
    """`18:00`, also `9:00`, `9:00 h`, `09:00:00` as Excel shows it."""
    plain = bare(value)
    match = _HOUR.fullmatch(fold(plain))
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    way, meant = _hour_meant(fold(plain))
    message = Phrase("hour “{hour}” is not clear. {way}").of(hour=shown(plain), way=way)
    raise Wrong("time-format", message, value=plain, instead=meant)


def _hour_meant(written: str) -> tuple[Said, str]:
    """The way out, and the hour that was probably meant; "" where none is likelier than others."""
    if (twelve := _TWELVE.fullmatch(written)) and 1 <= int(twelve[1]) <= 12:
        meant = f"{int(twelve[1]) % 12 + (12 if twelve[3] == 'p' else 0):02}:{twelve[2] or '00'}"
        return _MEANT.of(meant=meant), meant
    if loose := _LOOSE_HOUR.fullmatch(written):
        number, minutes = int(loose[1]), loose[2] or "00"
        if number < 24 and int(minutes) < 60:
            meant = f"{number:02}:{minutes}"
            return _MEANT.of(meant=meant), meant
        if number == 24 and int(minutes) == 0:
            return _MIDNIGHT, ""
    return Phrase("Write 00:00 to 23:59, for instance 18:00."), ""


def duration(value: str) -> timedelta:
    """`2 h`, `90 min`, `1 h 30 min`: more than nothing, at most LONGEST_EVENT."""
    plain = bare(value)
    match = _DURATION.fullmatch(fold(plain))
    length = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
    if not timedelta() < length <= LONGEST_EVENT:
        meant = _length_meant(fold(plain))
        raise Wrong(
            "duration-format",
            Phrase("duration “{plain}” is not clear. {way}").of(
                plain=shown(plain), way=MEANT.of(meant=meant) if meant else _DURATIONS
            ),
            value=plain,
            instead=meant,
        )
    return length


def _length_meant(written: str) -> str:
    """«2,5 h» is 2 h 30 min, «2:30» too; a bare «90» is minutes, a bare «2» hours; "" where nothing is likely."""
    minutes = 0.0
    if clocked := _CLOCKED.fullmatch(written):
        minutes = int(clocked[1]) * 60 + int(clocked[2])
    elif decimal := _DECIMAL_HOURS.fullmatch(written):
        number = float(f"{decimal[1]}.{decimal[2] or 0}")
        minutes = number if written.isdigit() and number > 12 else number * 60
    whole = round(minutes)
    if not timedelta() < timedelta(minutes=whole) <= LONGEST_EVENT or whole != minutes:
        return ""
    hours, rest = divmod(whole, 60)
    return " ".join(part for part in (f"{hours} h" * bool(hours), f"{rest} min" * bool(rest)) if part)


def reminder(value: str) -> ReminderRule:
    """`P7D a las 09:00` or `PT1H`, `PT30M` (ISO 8601 durations)."""
    plain = line(value)
    if match := _DAYS_RULE.fullmatch(fold(plain)):
        at = hour(match[2])
        if int(match[1]) <= 365:
            return DaysBefore(days=int(match[1]), at=at)
    if match := _TIME_RULE.fullmatch(fold(plain)):
        before = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0))
        if timedelta() < before <= LONGEST_REMINDER:
            return TimeBefore(minutes=before // timedelta(minutes=1))
    raise Wrong(
        "rule-format",
        Phrase(
            "reminder “{plain}” is not clear. Write “P7D a las 09:00” (days before) or “PT1H”, “PT30M” "
            "(before the start)."
        ).of(plain=shown(plain)),
        value=plain,
    )


def quiet(value: str) -> Quiet | None:
    """`22:00-06:00`; `no` for none."""
    plain = line(value)
    if fold(plain) == "no":
        return None
    start, _, end = plain.replace("–", "-").partition("-")
    try:
        span = Quiet(start=hour(start or "-"), end=hour(end or "-"))
    except Wrong:
        raise Wrong(
            "time-format",
            Phrase("silence “{plain}” is not clear. Write for instance 22:00-06:00, or no.").of(plain=shown(plain)),
            value=plain,
        ) from None
    if span.start == span.end:
        raise Wrong(
            "end-before-start",
            Phrase("silence “{plain}” lasts no time. Write for instance 22:00-06:00, or no.").of(plain=shown(plain)),
            value=plain,
        )
    return span


def number(value: str) -> int:
    plain = line(value)
    if re.fullmatch(r"[0-9]{1,12}", plain):
        return int(plain)
    raise Wrong(
        "number-format",
        Phrase("“{plain}” is not a whole number. Write figures only: 275000.").of(plain=shown(plain)),
        value=plain,
    )


def link(value: str) -> str:
    """An https address of plain characters. What is wrong with it is said without repeating it: it is private."""
    plain = value.strip()
    if len(plain) <= PROSE_LENGTH and _LINK.fullmatch(plain):
        return plain
    raise Wrong(
        "link-format",
        Phrase("the link is not valid. It must start with https:// and hold no spaces or accents."),
    )
