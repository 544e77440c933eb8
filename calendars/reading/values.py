"""One value as an administrator writes it -> what it means. Each raises `Wrong` with the way out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, time, timedelta
from typing import TypeVar

from calendars import zones
from calendars.model.places import slug
from calendars.model.rules import DaysBefore, Quiet, ReminderRule, TimeBefore
from calendars.model.text import Text
from calendars.reading import words
from calendars.reading.decoding import first_forbidden
from calendars.reading.problems import Wrong, fold, shown, unknown

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
_TWELVE = re.compile(r"([0-9]{1,2})(?::([0-9]{2}))? ?([ap])\.? ?m\.?")
_DURATION = re.compile(r"(?:([0-9]{1,2}) ?(?:h|hs|hrs|horas?))?(?: ?y? ?([0-9]{1,4}) ?(?:m|min|mins|minutos?))?\.?")
_DAYS_RULE = re.compile(r"p([0-9]{1,3})d (?:a las? )?(.+)")
_TIME_RULE = re.compile(r"pt(?=[0-9])(?:([0-9]{1,3})h)?(?:([0-9]{1,4})m)?")
_LINK = re.compile(r"https://[A-Za-z0-9][A-Za-z0-9.-]*(:[0-9]{1,5})?([/?#][!#-;=?-\[\]_a-z~]*)?")
_MOJIBAKE = re.compile("[ÂÃ][\u0080-\u00bf\u0152-\u2122]")


def line(value: str, *, length: int = LINE_LENGTH) -> str:
    """Text for one line of a mail's header or a calendar: no control characters, composed accents, not too long."""
    plain = unicodedata.normalize("NFC", value.strip())
    if not plain:
        raise Wrong("empty", "el valor está vacío. Escríbalo.", "the value is empty. Fill it in.")
    if "\n" in plain or "\r" in plain:
        raise Wrong(
            "line-break",
            f"«{shown(plain)}»: el texto lleva un salto de renglón. Escríbalo en uno solo.",
            f"“{shown(plain)}”: the text holds a line break. Write it on one line.",
            value=plain,
        )
    if wrong := first_forbidden(plain):
        raise wrong
    if _MOJIBAKE.search(plain):
        raise _mojibake(plain)
    if len(plain) > length:
        raise Wrong(
            "too-long",
            f"«{shown(plain)}»: son {len(plain)} caracteres; caben {length}. Acórtelo.",
            f"“{shown(plain)}”: {len(plain)} characters; {length} fit. Shorten it.",
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
        hint = Text(es="Escriba de nuevo los acentos.", en="Type the accents again.")
    else:
        hint = Text(es=f"¿Quiso decir «{shown(meant)}»?", en=f"Did you mean “{shown(meant)}”?")
    return Wrong(
        "mojibake",
        f"«{shown(value)}» tiene acentos dañados. {hint.es}",
        f"“{shown(value)}” has damaged accents. {hint.en}",
        value=value,
    )


def identifier(value: str) -> str:
    """A name that never changes: lower case letters a-z, figures, hyphens."""
    plain = line(value)
    if _ID.fullmatch(plain) and len(plain) <= ID_LENGTH:
        return plain
    better = "" if re.search("[@/]", plain) else slug(plain)[:ID_LENGTH].strip("-")
    raise Wrong(
        "id-format",
        f"el id «{shown(plain)}» solo puede llevar a-z, 0-9 y guiones, y {ID_LENGTH} caracteres."
        + (f" ¿Quiso decir «{better}»?" if better else ""),
        f"the id “{shown(plain)}” may hold a-z, 0-9 and hyphens only, and {ID_LENGTH} characters."
        + (f" Did you mean “{better}”?" if better else ""),
        value=plain,
    )


def one_of(table: Mapping[str, T], rule: str, noun: Text) -> Callable[[str], T]:
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
            f"«{plain}»: el año debe ir de {FIRST_YEAR} a {zones.LAST_YEAR}; después no hay reglas de husos horarios.",
            f"“{plain}”: the year must be from {FIRST_YEAR} to {zones.LAST_YEAR}; there are no time-zone rules after.",
            value=plain,
        )
    try:
        return date(year, month, number)
    except ValueError:
        raise Wrong(
            "date-impossible",
            f"«{plain}» no existe en el calendario. Corrija mes o día.",
            f"“{plain}” is not in the calendar. Correct month or day.",
            value=plain,
        ) from None


def _not_a_date(plain: str) -> Wrong:
    es, en = "Escriba año-mes-día, por ejemplo 2021-10-06.", "Write year-month-day, for instance 2021-10-06."
    if match := _OTHER_DATE.fullmatch(plain):
        first, second, year = match.groups()
        readings = [f"{year}-{m:>02}-{d:>02}" for d, m in ((first, second), (second, first)) if int(m) <= 12]
        if len(set(readings)) == 2:
            es = f"Puede leerse de dos modos. Escriba {readings[0]} o {readings[1]}."
            en = f"It can be read in two ways. Write {readings[0]} or {readings[1]}."
        elif readings:
            es, en = f"¿Quiso decir {readings[0]}?", f"Did you mean {readings[0]}?"
    elif match := _SLASHED.fullmatch(plain):
        meant = "-".join(match.groups())
        es, en = f"¿Quiso decir {meant}?", f"Did you mean {meant}?"
    return Wrong(
        "date-format",
        f"fecha «{shown(plain)}» no se entiende. {es}",
        f"date “{shown(plain)}” is not clear. {en}",
        value=plain,
    )


def weekday(value: str) -> int:
    """0 = Monday .. 6 = Sunday, in Spanish or English, also the first three letters."""
    plain = line(value)
    for names in (words.WEEKDAYS, words.WEEKDAYS_EN):
        for number, name in enumerate(names):
            if fold(plain).rstrip(".") in {fold(name), fold(name)[:3]}:
                return number
    raise unknown("unknown-weekday", Text(es="día", en="day"), plain, words.WEEKDAYS)


def hour(value: str) -> time:
    """`18:00`, also `9:00`, `9:00 h`, `09:00:00` as Excel shows it."""
    plain = bare(value)
    match = _HOUR.fullmatch(fold(plain))
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return time(int(match[1]), int(match[2]))
    es, en = "Escriba de 00:00 a 23:59, por ejemplo 18:00.", "Write 00:00 to 23:59, for instance 18:00."
    if (twelve := _TWELVE.fullmatch(fold(plain))) and 1 <= int(twelve[1]) <= 12:
        meant = f"{int(twelve[1]) % 12 + (12 if twelve[3] == 'p' else 0):02}:{twelve[2] or '00'}"
        es, en = f"¿Quiso decir {meant}?", f"Did you mean {meant}?"
    raise Wrong(
        "time-format",
        f"hora «{shown(plain)}» no se entiende. {es}",
        f"hour “{shown(plain)}” is not clear. {en}",
        value=plain,
    )


def duration(value: str) -> timedelta:
    """`2 h`, `90 min`, `1 h 30 min`: more than nothing, at most LONGEST_EVENT."""
    plain = bare(value)
    match = _DURATION.fullmatch(fold(plain))
    length = timedelta(hours=int(match[1] or 0), minutes=int(match[2] or 0)) if match else timedelta()
    if not timedelta() < length <= LONGEST_EVENT:
        raise Wrong(
            "duration-format",
            f"duración «{shown(plain)}» no se entiende. Escriba «2 h», «90 min» o «1 h 30 min», hasta 24 h.",
            f"duration “{shown(plain)}” is not clear. Write “2 h”, “90 min” or “1 h 30 min”, up to 24 h.",
            value=plain,
        )
    return length


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
        f"recordatorio «{shown(plain)}» no se entiende. "
        "Escriba «P7D a las 09:00» (días antes) o «PT1H», «PT30M» (antes del inicio).",
        f"reminder “{shown(plain)}” is not clear. "
        "Write “P7D a las 09:00” (days before) or “PT1H”, “PT30M” (before the start).",
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
            f"silencio «{shown(plain)}» no se entiende. Escriba por ejemplo 22:00-06:00, o no.",
            f"silence “{shown(plain)}” is not clear. Write for instance 22:00-06:00, or no.",
            value=plain,
        ) from None
    if span.start == span.end:
        raise Wrong(
            "end-before-start",
            f"silencio «{shown(plain)}» no dura nada. Escriba por ejemplo 22:00-06:00, o no.",
            f"silence “{shown(plain)}” lasts no time. Write for instance 22:00-06:00, or no.",
            value=plain,
        )
    return span


def number(value: str) -> int:
    plain = line(value)
    if re.fullmatch(r"[0-9]{1,12}", plain):
        return int(plain)
    raise Wrong(
        "number-format",
        f"«{shown(plain)}» no es un número entero. Escriba solo cifras: 275000.",
        f"“{shown(plain)}” is not a whole number. Write figures only: 275000.",
        value=plain,
    )


def link(value: str) -> str:
    """An https address of plain characters. What is wrong with it is said without repeating it: it is private."""
    plain = value.strip()
    if len(plain) <= PROSE_LENGTH and _LINK.fullmatch(plain):
        return plain
    raise Wrong(
        "link-format",
        "el enlace no es válido. Debe empezar con https:// y no llevar espacios ni acentos.",
        "the link is not valid. It must start with https:// and hold no spaces or accents.",
    )
