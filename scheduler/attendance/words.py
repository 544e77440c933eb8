"""The words over the columns of attendance files, and in them: those that were seen in a file or in a public parser.

What is not here is not guessed at: a column that matters and has no word of these is asked about.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum

from calendars.spelling import fold


class Field(StrEnum):
    """What a column holds."""

    NAME = "name"
    FIRST = "first-name"
    LAST = "last-name"
    ADDRESS = "address"
    UPN = "upn"
    JOIN = "join"
    LEAVE = "leave"
    FIRST_JOIN = "first-join"  # of a row that stands for a person, who may have gone and come back in between
    LAST_LEAVE = "last-leave"
    DURATION = "duration"
    ACTION = "action"
    MOMENT = "moment"  # of an action
    ATTENDED = "attended"
    SITE = "site"
    DATED = "dated"  # another moment: it shows in which order dates are written
    MEETING = "meeting"  # of the meeting, and of no person
    OTHER = "ignore"


PERSON = frozenset({Field.NAME, Field.FIRST, Field.ADDRESS, Field.UPN})
TIMES = frozenset({Field.JOIN, Field.LEAVE, Field.FIRST_JOIN, Field.LAST_LEAVE, Field.MOMENT})
TIMED = TIMES | {Field.DURATION, Field.ATTENDED}

_WORDS: Mapping[Field, str] = {
    Field.NAME: "full name · fullname · name · name (original name) · user name (original name) · user name · "
    "display name · nombre completo · nombre · nombre (nombre original) · nombre de usuario · "
    "nombre de usuario (nombre original) · nome de exibição",
    Field.FIRST: "first name · nome",
    Field.LAST: "last name · apellido · apellidos · sobrenome",
    Field.ADDRESS: "email · e-mail · user email · attendee email · correo · correo electrónico · e-mail del usuario · "
    "e-mail do convidado",
    Field.UPN: "participant id (upn) · id. de participante (upn)",
    Field.JOIN: "join time · time joined · hora para unirse · hora de entrada · hora da entrada",
    Field.LEAVE: "leave time · time exited · hora para salir · hora de salida · hora da saída",
    Field.FIRST_JOIN: "first join · primera entrada",
    Field.LAST_LEAVE: "last leave",
    Field.DURATION: "duration · in-meeting duration · attendance duration · duration (minutes) · "
    "total duration (minutes) · time in session (minutes) · duración de la reunión · duración en la reunión · "
    "tiempo en la reunión · duración (minutos) · duración total (minutos) · tiempo en la sesión (minutos)",
    Field.ACTION: "user action · useraction · action · acción del usuario",
    Field.MOMENT: "timestamp · marca de tiempo · utc event timestamp · utceventtimestamp",
    Field.ATTENDED: "attended · asistió",
    Field.SITE: "sede · site",
    Field.DATED: "registration time · hora de registro",
    Field.MEETING: "topic · tema · meeting id · webinar id · meeting title · título de la reunión · creation time · "
    "start time · hora de inicio · end time · participants · unique viewers · espectadores exclusivos · total users · "
    "usuarios totales · max concurrent views · vistas simultáneas máximas · actual start time · "
    "actual duration (minutes) · duración real (minutos) · meeting name · meeting start time · meeting end time · "
    "nome da reunião · data de início da reunião · data de término da reunião",
    Field.OTHER: "role · guest · is guest · invitado · recording consent · recording disclaimer response · "
    "respuesta al descargo de responsabilidad relativa a la grabación · in waiting room · en sala de espera · phone · "
    "teléfono · country/region name · nombre de país/región · approval status · department · group · connection type · "
    "session name · session id · sessionid · participant id · participantid · useragent · função · has zoom rooms",
}
_BY_WORD = {fold(word): meaning for meaning, words in _WORDS.items() for word in words.split(" · ")}
_MINUTES = re.compile(r"\(min(?:utes|utos)\)")
_DIGIT = re.compile(r"\d")
_LONGEST = 100  # characters of a head
_EDGES = " \t\"'*:=\ufeff"

JOINED = frozenset({"joined", "joined before", "unido", "se unio antes"})
LEFT = frozenset({"left", "abandono"})
BEFORE = frozenset({"joined before", "se unio antes"})  # the moment is not that of the arrival: it lies before
YES, NO = frozenset({"yes", "si", "sim"}), frozenset({"no", "nao"})
PLAIN_NAME = frozenset({"name", "nombre"})
# What a file says of the whole meeting: how many people were in it.
HEADCOUNTS = tuple(
    map(fold, ("attended participants", "total number of participants", "participants", "unique viewers",
               "espectadores exclusivos"))
)  # fmt: skip
OF_A_MEETING = frozenset({*HEADCOUNTS, "topic", "tema", "meeting id", "webinar id"})  # heads of no table of people


def bare(cell: str) -> str:
    """A cell as words are looked up: folded, without what programs put around them."""
    return fold(cell.strip(_EDGES)).strip(_EDGES)


def meaning(cell: str) -> Field | None:
    """Of the head of a column; None where the word is not known. None of them holds a digit."""
    if len(cell) > _LONGEST or _DIGIT.search(cell):
        return None
    return _BY_WORD.get(bare(cell))


def in_minutes(head: str) -> bool:
    """Does the head of a column say that its numbers are minutes?"""
    return _MINUTES.search(bare(head)) is not None
