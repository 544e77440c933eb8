"""Answers to an invitation, as the programs write them: iCalendar documents, and the mails that carry them."""

from __future__ import annotations

import base64
import quopri
from dataclasses import dataclass

UID = "d781318d-22c4-5630-8e24-e196e720f451"
ANA = "uno@tokio.example"
OURS = "agenda@ine.example"

# Exchange and Outlook: their own names for zones, MAILTO in capitals, a COMMENT, everything with a language.
OUTLOOK = """\
BEGIN:VCALENDAR
METHOD:REPLY
PRODID:Microsoft Exchange Server 2010
VERSION:2.0
BEGIN:VTIMEZONE
TZID:Tokyo Standard Time
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:STANDARD
BEGIN:DAYLIGHT
DTSTART:16010101T000000
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
END:DAYLIGHT
END:VTIMEZONE
BEGIN:VEVENT
ATTENDEE;PARTSTAT={partstat};CN="Sección Consular, Tokio":MAILTO:{attendee}
COMMENT;LANGUAGE=es-MX:Ahí estaremos.\\n
UID:{uid}
SUMMARY;LANGUAGE=es-MX:Aceptada: Taller VMRE\\, Asia Pacífico
DTSTART;TZID=Tokyo Standard Time:20211022T080000
DTEND;TZID=Tokyo Standard Time:20211022T100000
CLASS:PUBLIC
PRIORITY:5
DTSTAMP:{stamp}
TRANSP:OPAQUE
STATUS:CONFIRMED
SEQUENCE:{sequence}
LOCATION;LANGUAGE=es-MX:
X-MICROSOFT-CDO-APPT-SEQUENCE:{sequence}
X-MICROSOFT-CDO-OWNERAPPTID:0
X-MICROSOFT-CDO-BUSYSTATUS:BUSY
X-MICROSOFT-CDO-INTENDEDSTATUS:BUSY
X-MICROSOFT-CDO-ALLDAYEVENT:FALSE
X-MICROSOFT-CDO-IMPORTANCE:1
X-MICROSOFT-CDO-INSTTYPE:0
X-MICROSOFT-DISALLOW-COUNTER:FALSE
END:VEVENT
END:VCALENDAR
"""
# Google: the organizer it was asked by, its own parameters before the address, folded; times in UTC.
GOOGLE = """\
BEGIN:VCALENDAR
PRODID:-//Google Inc//Google Calendar 70.9054//EN
VERSION:2.0
CALSCALE:GREGORIAN
METHOD:REPLY
BEGIN:VEVENT
DTSTART:20211021T230000Z
DTEND:20211022T010000Z
DTSTAMP:{stamp}
ORGANIZER;CN=Agenda Consular:mailto:{organizer}
UID:{uid}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={partstat};CN=Secc
 ión Consular;X-NUM-GUESTS=0;X-RESPONSE-COMMENT="Con gusto; ahí estaremos, c
 laro":mailto:{attendee}
X-MICROSOFT-CDO-OWNERAPPTID:-1174386421
CREATED:20211015T000123Z
DESCRIPTION:Viernes 22 de octubre de 2021\\, 08:00 h\\, hora de Tokio.\\n
LAST-MODIFIED:{stamp}
LOCATION:
SEQUENCE:{sequence}
STATUS:CONFIRMED
SUMMARY:Taller VMRE\\, Asia Pacífico
TRANSP:OPAQUE
END:VEVENT
END:VCALENDAR
"""
# Apple: EMAIL and its own X- parameters, SEQUENCE before the rest, a time with TZID.
APPLE = """\
BEGIN:VCALENDAR
CALSCALE:GREGORIAN
VERSION:2.0
X-WR-CALNAME:Oficina
METHOD:REPLY
PRODID:-//Apple Inc.//macOS 14.5//EN
BEGIN:VTIMEZONE
TZID:Asia/Tokyo
BEGIN:STANDARD
TZOFFSETFROM:+0900
TZOFFSETTO:+0900
TZNAME:JST
DTSTART:19510501T000000
RDATE:19510501T000000
END:STANDARD
END:VTIMEZONE
BEGIN:VEVENT
CREATED:20211015T000123Z
UID:{uid}
DTEND;TZID=Asia/Tokyo:20211022T100000
ATTENDEE;CN="Sección Consular";CUTYPE=INDIVIDUAL;EMAIL="{attendee}"
 ;PARTSTAT={partstat};ROLE=REQ-PARTICIPANT;X-CALENDARSERVER-DTSTAMP={stamp}
 :mailto:{attendee}
SUMMARY:Taller VMRE\\, Asia Pacífico
LAST-MODIFIED:{stamp}
DTSTAMP:{stamp}
DTSTART;TZID=Asia/Tokyo:20211022T080000
ORGANIZER;CN="Agenda Consular";EMAIL="{organizer}":mailto:{organizer}
SEQUENCE:{sequence}
X-APPLE-TRAVEL-ADVISORY-BEHAVIOR:AUTOMATIC
BEGIN:VALARM
ACTION:DISPLAY
DESCRIPTION:Event reminder
TRIGGER:-PT30M
UID:2F6B9B1C-5A0C-4C1B-9F25-6C0D7A5D2E11
END:VALARM
END:VEVENT
END:VCALENDAR
"""
# A phone that leaves out what it can: no organizer, no sequence, line ends of its own.
BARE = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//Some phone//EN
METHOD:REPLY
BEGIN:VEVENT
UID:{uid}
DTSTAMP:{stamp}
ATTENDEE;PARTSTAT={partstat}:mailto:{attendee}
END:VEVENT
END:VCALENDAR
"""
PROGRAMS = {"outlook": OUTLOOK, "google": GOOGLE, "apple": APPLE, "bare": BARE}


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is answered to what, and by whom."""

    uid: str = UID
    attendee: str = ANA
    partstat: str = "ACCEPTED"
    sequence: int = 0
    stamp: str = "20211015T003000Z"
    organizer: str = OURS


def document(program: str, answer: Answer) -> str:
    """As the program writes it; all but the phone with CRLF."""
    text = PROGRAMS[program].format(
        uid=answer.uid,
        attendee=answer.attendee,
        partstat=answer.partstat,
        sequence=answer.sequence,
        stamp=answer.stamp,
        organizer=answer.organizer,
    )
    return text if program == "bare" else text.replace("\n", "\r\n")


# The heads that come with each: Google's is automatic mail by a server, Outlook's has its part in base64.
_HEADS = {
    "outlook": "Thread-Topic: Taller VMRE\nX-MS-Has-Attach:\nX-MS-TNEF-Correlator:\n",
    "google": "Sender: Google Calendar <calendar-notification@google.example>\nAuto-Submitted: auto-generated\n",
    "apple": "X-Mailer: iPhone Mail (18F72)\n",
    "bare": "",
}


def mail(
    program: str, answer: Answer, *, to: str = OURS, author: str | None = None, head: str = "", body: str | None = None
) -> bytes:
    """The whole message, as it lies in the mailbox; `head` is what our own server wrote on top."""
    sender = answer.attendee if author is None else author
    content = (document(program, answer) if body is None else body).encode()
    encoding, encoded = _encoded(program, content)
    kind = "application/ics" if program == "bare" else "text/calendar; charset=utf-8; method=REPLY"
    lines = (
        f"{head}{_HEADS[program]}From: Sección <{sender}>\nTo: {to}\nSubject: Aceptada: Taller VMRE\n"
        "Date: Fri, 15 Oct 2021 00:30:05 +0000\nMessage-ID: <1@tokio.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="parte"\n\n'
        "--parte\nContent-Type: text/plain; charset=utf-8\n\nAhí estaremos.\n\n"
        f"--parte\nContent-Type: {kind}\nContent-Transfer-Encoding: {encoding}\n\n{encoded}\n--parte--\n"
    )
    return lines.replace("\r\n", "\n").replace("\n", "\r\n").encode()


def _encoded(program: str, content: bytes) -> tuple[str, str]:
    if program == "outlook":
        return "base64", base64.encodebytes(content).decode("ascii")
    if program == "google":
        return "quoted-printable", quopri.encodestring(content.replace(b"\r\n", b"\n")).decode("ascii")
    return "8bit", content.decode()
