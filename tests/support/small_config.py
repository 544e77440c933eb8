"""A configuration small enough to count its lines: two sites, two events. And edits to it."""

from __future__ import annotations

from calendars.model.agenda import Agenda, Draft
from calendars.model.events import Event
from calendars.reading.configuration import Reading, read

AGENDA = """\
formato: 1
agenda: prueba-2021
publicada: 2021-10-01
zona: TCM
remitente:
  de: "Agenda <avisos@agenda.example>"
  responder_a: ayuda@agenda.example
  dominio: agenda.example
regiones:
  - {es: Europa, en: Europe}
  - {es: "Asia Pacífico", en: Asia Pacific}
ejes:
  - {id: promocion, titulo: "Promoción", fuente: Nota}
eventos:
  - id: taller-europa
    titulo: {es: "Taller, Europa", en: "Workshop, Europe"}
    tipo: taller
    eje: promocion
    estado: confirmado
    fecha: 2021-10-26
    dia: martes
    hora: "09:00"
    duracion: 2 h
    supuesto: [duracion]
    para: {region: Europa}
    fuente: Nota
  - id: jornada
    titulo: Jornada
    tipo: jornada
    estado: tentativo
    fecha: 2022-02-01
    hasta: 2022-02-07
    para: todas
    fuente: Nota
recordatorios:
  con_hora: [P7D a las 09:00, PT1H]
  dia_completo: [P1D a las 09:00]
"""
SITES = """\
id,kind,name,city,country,country_code,region,time_zone,source
madrid,embajada,Embajada de México en España,Madrid,España,ES,Europa,Europe/Madrid,prueba
tokio,embajada,Embajada de México en Japón,Tokio,Japón,JP,Asia Pacífico,Asia/Tokyo,prueba
"""
POSTS = """\
id,sede,correo,idioma,puesto,alta
madrid-consular,madrid,madrid@sedes.example,es,Sección Consular,2021-10-01
tokio-consular,tokio,tokio@sedes.example,es,Sección Consular,2021-10-01
"""
PRIVATE = """\
enlaces:
  taller-europa: https://reuniones.example/j/1
"""
TEXTS = {"agenda.yaml": AGENDA, "representations.csv": SITES, "recipients.csv": POSTS, "privado.yaml": PRIVATE}


def files(**texts: str | bytes) -> dict[str, bytes]:
    """The small configuration, with other contents for `agenda`, `representations`, `recipients`, `privado`."""
    own = {name: texts.get(name.partition(".")[0], text) for name, text in TEXTS.items()}
    return {name: text.encode() if isinstance(text, str) else text for name, text in own.items()}


def edited(*edits: tuple[str, str]) -> dict[str, bytes]:
    """The small configuration after replacing each old text, which stands in it somewhere, by the new one."""
    texts = dict(TEXTS)
    for old, new in edits:
        name = next(name for name, text in texts.items() if old in text)
        texts[name] = texts[name].replace(old, new, 1)
    return {name: text.encode() for name, text in texts.items()}


def problems(reading: Reading) -> list[str]:
    """Each problem as a command prints it, in Spanish."""
    return [f"{p.file}:{p.line}:{p.column}: {p.message['es']}" for p in reading.problems]


def draft(*edits: tuple[str, str]) -> Draft:
    reading = read(edited(*edits))
    assert reading.draft is not None, problems(reading)
    return reading.draft


def agenda(*edits: tuple[str, str]) -> Agenda:
    return draft(*edits).agenda


def event(*edits: tuple[str, str]) -> Event:
    """The workshop, after the edits."""
    return agenda(*edits).events[0]
