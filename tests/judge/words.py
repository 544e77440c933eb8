"""A mail as its reader understands it: by the words of its text, whatever the program meant."""

from __future__ import annotations

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from pathlib import Path

from tests.judge.truth import Fact, Hour, Span

GONE = ("CANCELADO", "CANCELLED", "YA NO ES PARA SU SEDE", "NO LONGER FOR YOUR SITE")
NEWS = (
    *("NUEVO", "NEW", "CONFIRMADO", "CONFIRMED", "CAMBIO", "CHANGE", "CAMBIO DE HORA", "TIME CHANGE"),
    *(
        "OTRO LUGAR",
        "NEW PLACE",
        "NUEVO ENLACE",
        "NEW LINK",
        "ENLACE ANULADO",
        "LINK WITHDRAWN",
        "AHORA TAMBIÉN PARA SU SEDE",
        "NOW FOR YOUR SITE TOO",
    ),
)
MONTHS = {
    name: number
    for names in (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
        "January February March April May June July August September October November December",
    )
    for number, name in enumerate(names.split(), 1)
}
WEEKDAYS = {
    name: number
    for names in (
        "lunes martes miércoles jueves viernes sábado domingo",
        "monday tuesday wednesday thursday friday saturday sunday",
    )
    for number, name in enumerate(names.split())
}
_HEAD = re.compile(rf"({'|'.join(sorted((*GONE, *NEWS), key=len, reverse=True))}): (.+)")
_LONG_DAY = re.compile(r"(\w+),? (\d{1,2}) (?:de )?(\w+) (?:de )?(\d{4})")
_SPAN = re.compile(r"(?:del |el )?(\d{1,2})(?: (?:de )?([^\W\d]+))?(?: (?:de )?(\d{4}))?(?: al |–| – )(.+)")
_DAY = re.compile(r"(?:el )?(\d{1,2}) (?:de )?([^\W\d]+) (?:de )?(\d{4})")
_CLOCK = re.compile(r"(\d{2}:\d{2})(?: h)?")
_HOME = re.compile(r"= ([^\W\d]+) (\d{1,2}), (\d{2}:\d{2})(?: h)?, .*\(TCM\)")
_LINK = re.compile(r"^(?:Entrar|Join): (https://\S+)", re.MULTILINE)
_PLACE = re.compile(r"^(?:Lugar|Place): (.+?)\.?$", re.MULTILINE)
_CALENDAR = re.compile(r"^(?:Calendario de su sede|Your site's calendar): ", re.MULTILINE)
_INVITED = re.compile(r"(?:Invitación|Invitation|Se retira la invitación|Invitation withdrawn)\b")
_ENDED = re.compile(r"Esta invitación sale|This invitation leaves")
_UNSURE = re.compile(r"\((?:por confirmar|to be confirmed)\)")


class Unreadable(AssertionError):
    """A reader cannot make out what the mail says, or it contradicts itself."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """A calendar that came with a mail."""

    method: str  # of its Content-Type: PUBLISH, REQUEST, CANCEL
    body: bytes


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """One mail about one event."""

    id: str  # Message-ID
    sent: datetime  # UTC
    to: str
    language: str
    title: str  # of the event
    notice: bool  # news of a change, and not a reminder
    invites: bool = False  # an invitation for its own sake, or the end of one
    withdraws: bool = False  # the latter
    subscribes: bool = False  # it names the address of a calendar to subscribe to
    fact: Fact | None  # None: it takes place no more, or no more for this site
    parts: tuple[Part, ...]


def read_outbox(folder: Path) -> list[Said]:
    """Every mail, in the order in which they were sent; those of one simulated second, in which they came in."""
    arrived = sorted(folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    return sorted((read(path.read_bytes()) for path in arrived), key=lambda said: said.sent)


def read(content: bytes) -> Said:
    message = email.message_from_bytes(content)
    subject = str(make_header(decode_header(message["Subject"])))
    bodies = dict(_texts(message))
    text = bodies["plain"]
    head, invites = _HEAD.fullmatch(text.partition("\n")[0]), _INVITED.match(subject) is not None
    paragraphs = text.split("\n\n")
    withdraws = invites and _ENDED.match(text) is not None
    if withdraws:
        del paragraphs[0]
    over = invites and len(paragraphs[0].split("\n")) == 1  # its title, and nothing of what takes place no more
    if over:
        paragraphs.insert(0, "")
    title = head[2] if head else paragraphs[1].partition("\n")[0]
    when = None if over else _of_notice(paragraphs[1]) if head else _of_reminder(paragraphs[0])
    gone = head is not None and head[1] in GONE
    if isinstance(when, Hour):
        _check_alike(when, subject, bodies["html"])
    if title not in subject:
        raise Unreadable(f"the subject does not name «{title}»: {subject}")
    fact = None if when is None else _fact(when, subject, text)
    return Said(
        id=message["Message-ID"],
        sent=parsedate_to_datetime(message["Date"]).astimezone(UTC),
        to=parseaddr(message["To"])[1],
        language=message["Content-Language"],
        title=title,
        notice=head is not None,
        invites=invites,
        withdraws=withdraws,
        subscribes=_CALENDAR.search(text) is not None,
        fact=None if gone else fact,
        parts=tuple(_calendars(message)),
    )


def _fact(when: Hour | Span, subject: str, text: str) -> Fact:
    link, place = _LINK.search(text), _PLACE.search(text)
    return Fact(
        when=when,
        unsure=_UNSURE.search(subject) is not None,
        place=place[1] if place else None,
        link=link[1] if link else None,
    )


def _texts(message: Message) -> Iterator[tuple[str, str]]:
    for part in message.walk():
        if part.get_content_maintype() == "text" and part.get_content_subtype() != "calendar":
            yield part.get_content_subtype(), _payload(part).decode().replace("\r\n", "\n")


def _calendars(message: Message) -> Iterator[Part]:
    for part in message.walk():
        if part.get_content_type() == "text/calendar":
            yield Part(method=str(part.get_param("method")).upper(), body=_payload(part))


def _payload(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    assert isinstance(content, bytes)
    return content


def _check_alike(when: Hour, subject: str, html: str) -> None:
    """Subject and HTML have to name the hours that the text names."""
    for hour, where in ((when.here, subject), (when.home, subject), (when.here, html), (when.home, html)):
        if f"{hour:%H:%M}" not in where:
            raise Unreadable(f"{hour:%H:%M} is said in the text and not elsewhere: {subject}")


def _of_reminder(paragraph: str) -> Hour | Span:
    lines = paragraph.split("\n")
    first = _long_day(lines[0])
    clock = _CLOCK.match(lines[1]) if len(lines) > 1 else None
    if clock:
        return _hour(first, clock[1], lines[2])
    until = len(lines) > 1 and re.match(r"hasta|until", lines[1])
    return Span(first=first, last=_long_day(lines[1]) if until else first)


def _of_notice(paragraph: str) -> Hour | Span:
    """What holds now, or last held. «AHORA» stands first where there is a «ANTES»."""
    lines = [re.sub(r"^(AHORA|ANTES|NOW|WAS)? +", "", line) for line in paragraph.split("\n")]
    if "," in lines[0] and len(lines) > 1 and lines[1].startswith("="):
        clock = re.search(r", (\d{2}:\d{2})(?: h)?, ", lines[0])
        if clock is None:
            raise Unreadable(lines[0])
        return _hour(_long_day(lines[0]), clock[1], lines[1])
    return _span(lines[0])


def _hour(day: date, clock: str, home: str) -> Hour:
    here = datetime.combine(day, time.fromisoformat(clock))
    said = _HOME.fullmatch(home)
    if said is None:
        raise Unreadable(home)
    days = [day + timedelta(days=ahead) for ahead in (-1, 0, 1)]
    there = next((one for one in days if one.day == int(said[2])), None)
    if there is None or there.weekday() != WEEKDAYS[said[1].lower()]:
        raise Unreadable(f"{home}: no such day beside {day}")
    return Hour(here=here, home=datetime.combine(there, time.fromisoformat(said[3])))


def _long_day(line: str) -> date:
    said = _LONG_DAY.search(line)
    if said is None:
        raise Unreadable(line)
    day = date(int(said[4]), MONTHS[said[3]], int(said[2]))
    if day.weekday() != WEEKDAYS[said[1].lower()]:
        raise Unreadable(f"{line}: {day} is another day of the week")
    return day


def _span(line: str) -> Span:
    span = _SPAN.fullmatch(line)
    last = _plain_day(span[4] if span else line)
    if span is None:
        return Span(first=last, last=last)
    month = MONTHS[span[2]] if span[2] else last.month
    return Span(first=date(int(span[3] or last.year), month, int(span[1])), last=last)


def _plain_day(line: str) -> date:
    said = _DAY.fullmatch(line)
    if said is None:
        raise Unreadable(line)
    return date(int(said[3]), MONTHS[said[2]], int(said[1]))
