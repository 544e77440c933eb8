"""Answers in the forms of more programs, each in a document of our own with what that program does its own way."""

from __future__ import annotations

from tests.support.replies import ANA, OURS, UID

AT_SIX = "20211021T230000Z"  # the workshop's start, as its invitation has it
INVITED = "20211001T150000Z"  # when it was written
NOW = "20211015T003000Z"

# What stands in VEVENT beside UID; {p} is the PARTSTAT, {s} the SEQUENCE, {b} the start, {t} the stamp.
PROGRAMS = {
    # No SEQUENCE where it is 0; ORGANIZER in capitals, a number of its own for the attendee.
    "KMail 5.22": f"""\
ORGANIZER;CN=Agenda:MAILTO:{OURS}
DTSTAMP:{{t}}
ATTENDEE;RSVP=TRUE;PARTSTAT={{p}};ROLE=REQ-PARTICIPANT;CUTYPE=INDIVIDUAL;X-
 UID=94338761663440:mailto:{ANA}
CREATED:{{t}}
DTSTART:{{b}}
TRANSP:OPAQUE
REQUEST-STATUS:2.0;Success.""",
    # No stamp to speak of.
    "Claws Mail 4.1.1": f"""\
ATTENDEE;CN=Seccion;CUTYPE=INDIVIDUAL;PARTSTAT={{p}}:MAILTO:{ANA}
DTSTAMP:00000000T000000
DTSTART:{{b}}
SEQUENCE:{{s}}
ORGANIZER:MAILTO:{OURS}""",
    # The invitation's own stamp.
    "SOGo 5.8.0": f"""\
DTSTAMP:{INVITED}
SEQUENCE:{{s}}
LAST-MODIFIED:{INVITED}
DTSTART:{{b}}
ORGANIZER;CN=Agenda:mailto:{OURS}
ATTENDEE;ROLE=REQ-PARTICIPANT;PARTSTAT={{p}};CUTYPE=INDIVIDUAL:mailto:{ANA}""",
    "Evolution 3.46.4": f"""\
DTSTART:{{b}}
DTSTAMP:{{t}}
ORGANIZER;CN="Agenda":MAILTO:{OURS}
SEQUENCE:{{s}}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={{p}};RSVP=TRUE;
 LANGUAGE=es:MAILTO:{ANA}
COMMENT:Tenemos junta""",
    "Cyrus 3.6.1": f"""\
DTSTAMP:{{t}}
ORGANIZER;CN=Agenda:mailto:{OURS}
DTSTART:{{b}}
SEQUENCE:{{s}}
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={{p}};ROLE=REQ-PARTICIPANT:mailto:{ANA}
REQUEST-STATUS:2.0;Success""",
    "sabre/dav 1.8.12": f"""\
DTSTAMP:{{t}}
SEQUENCE:{{s}}
DTSTART:{{b}}
SUMMARY:Taller VMRE\\\\, Asia
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;RSVP=TRUE;PARTSTAT={{p}}
 :mailto:{ANA}""",
    "Xandikos 0.4.10": f"""\
DTSTART:{{b}}
DTSTAMP:{{t}}
SEQUENCE:{{s}}
ATTENDEE;CUTYPE=INDIVIDUAL;PARTSTAT={{p}};ROLE=REQ-PARTICIPANT;RSVP=TRU
 E:mailto:{ANA}""",
    "Thunderbird 115": f"""\
DTSTAMP:{{t}}
LAST-MODIFIED:{{t}}
ORGANIZER;CN=Agenda:mailto:{OURS}
ATTENDEE;CN="Sección";PARTSTAT={{p}};ROLE=REQ-PARTICIPANT:mailto:{ANA}
X-MOZ-RECEIVED-SEQUENCE:{{s}}
DTSTART;TZID=/freeassociation.sourceforge.net/Etc/UTC:{{w}}
SEQUENCE:{{s}}""",
    "aerc 0.14": f"""\
ATTENDEE;CN=Seccion;PARTSTAT={{p}}:mailto:{ANA}
DTSTAMP:{{t}}
DTSTART:{{b}}
SEQUENCE:{{s}}""",
    # The invitation's lines, the attendee's among them.
    "Gnus 5.13": f"""\
DTSTAMP:{INVITED}
SEQUENCE:{{s}}
DTSTART:{{b}}
ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;PARTSTAT={{p}};RSVP=TRUE:mailto:{ANA}
ORGANIZER;CN="Agenda":mailto:{OURS}""",
    "Horde 5.2": f"""\
DTSTAMP:{{t}}
DTSTART:{{b}}
ORGANIZER:mailto:{OURS}
SEQUENCE:{{s}}
ATTENDEE;CN=Seccion Consular;PARTSTAT={{p}}:mailto:{ANA}""",
    # A name with bare quotes in it, and one with what separates parameters.
    "a plug-in that quotes twice": f"""\
DTSTAMP:{{t}}
SEQUENCE:{{s}}
ATTENDEE;CN="Sección "Consular" Tokio";PARTSTAT={{p}}:mailto:{ANA}""",
    "a plug-in that quotes nothing": f"""\
DTSTAMP:{{t}}
SEQUENCE:{{s}}
ATTENDEE;CN=Embajada; Sección: Consular;PARTSTAT={{p}}:mailto:{ANA}""",
}


def answered(
    program: str,
    partstat: str = "ACCEPTED",
    *,
    sequence: int = 0,
    start: str = AT_SIX,
    stamp: str = NOW,
    method: str = "REPLY",
) -> str:
    """The document, with CRLF."""
    entry = PROGRAMS[program].format(p=partstat, s=sequence, b=start, w=start.removesuffix("Z"), t=stamp)
    return calendar(entry, method)


def calendar(entry: str, method: str = "REPLY") -> str:
    """An answer to the workshop of which `entry` says the rest."""
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//Prueba//ES\nMETHOD:{method}\nBEGIN:VEVENT\nUID:{UID}\n{entry}\n"
    return f"{text}END:VEVENT\nEND:VCALENDAR\n".replace("\n", "\r\n")


def message(document: str, *, to: str, dated: str = "Fri, 15 Oct 2021 00:30:05 +0000", head: str = "") -> bytes:
    """It alone in a mail; `to` is a whole field, or an address."""
    addressed = to if ": " in to else f"To: {to}"
    lines = (
        f"{head}From: Sección <{ANA}>\n{addressed}\nSubject: Respuesta\nDate: {dated}\nMessage-ID: <2@tokio.example>\n"
        "MIME-Version: 1.0\nContent-Type: text/calendar; charset=utf-8; method=REPLY\n"
        "Content-Transfer-Encoding: 8bit\n\n"
    )
    return (lines.replace("\n", "\r\n") + document).encode()
