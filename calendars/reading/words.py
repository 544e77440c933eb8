"""The Spanish words of the configuration and what each means: the one place that maps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from calendars import catalogue
from calendars.model.agenda import CommitmentState
from calendars.model.events import Assumption, EventKind, EventStatus
from calendars.model.people import Role
from calendars.model.text import Language

KINDS: Mapping[str, EventKind] = {
    "taller": EventKind.WORKSHOP,
    "reunión": EventKind.MEETING,
    "jornada": EventKind.DRIVE,
    "grupo de trabajo": EventKind.WORKING_GROUP,
    "conversatorio": EventKind.TALK,
}
STATUSES: Mapping[str, EventStatus] = {
    "tentativo": EventStatus.TENTATIVE,
    "confirmado": EventStatus.CONFIRMED,
    "cancelado": EventStatus.CANCELLED,
    "realizado": EventStatus.HELD,
    "sin fecha": EventStatus.UNSCHEDULED,
}
COMMITMENT_STATES: Mapping[str, CommitmentState | None] = {
    "en curso": CommitmentState.UNDER_WAY,
    "cumplido": CommitmentState.FULFILLED,
    "pendiente": CommitmentState.PENDING,
    "por confirmar": None,
}
ASSUMPTIONS: Mapping[str, Assumption] = {
    "fecha": Assumption.DATE,
    "hora": Assumption.TIME,
    "duracion": Assumption.DURATION,
    "lugar": Assumption.PLACE,
}
AGENDA_ASSUMPTIONS = ("feriados_de_mexico",)  # keys of the agenda as a whole that `supuesto` may name
FOLDS: Mapping[str, Literal[0, 1]] = {"primero": 0, "segundo": 1}
LANGUAGES: Mapping[str, Language] = {
    **{code: code for code in catalogue.LANGUAGES},
    "español": "es",
    "inglés": "en",
    "english": "en",
}
ROLES: Mapping[str, Role] = {
    "titular": Role.HOLDER,
    "suplente": Role.DEPUTY,
    "coordinacion": Role.COORDINATOR,
}
YES_NO: Mapping[str, bool] = {"sí": True, "no": False, "true": True, "false": False}
EVERYONE: Mapping[str, Literal["all", "coordination"]] = {"todas": "all", "coordinacion": "coordination"}
ZONES: Mapping[str, str] = {"TCM": "America/Mexico_City"}
UNASSIGNED = "sin asignar"
UNDATED = "sin fecha"
# What administrators write for a key or a column that has another name here.
KEYS: Mapping[str, str] = {
    "ubicacion": "lugar",
    "sitio": "lugar",
    "sala": "lugar",
    "nombre": "titulo",
    "status": "estado",
    "horario": "hora",
    "inicio": "hora",
    "dirigido_a": "para",
    "audiencia": "para",
    "mail": "correo",
    "email": "correo",
    "e-mail": "correo",
    "correo_electronico": "correo",
    "cargo": "puesto",
    "representacion": "sede",
}

WEEKDAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
