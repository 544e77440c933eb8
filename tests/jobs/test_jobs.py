"""The jobs of an administrator's day, from the edited file to the inbox; their screens were read by a person."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.jobs.day import Day

pytestmark = pytest.mark.usefixtures("here")

MONDAY = datetime(2021, 10, 11, 15, 0, tzinfo=UTC)  # 10:00 in Mexico City, ten days before the workshop
WHO = ("--author", "María Ruiz")
ASIA = "taller-asia-pacifico-2021"
ASIA_HOUR = """    fecha: 2021-10-21
    dia: jueves
    hora: "18:00"
"""
EUROPE = """  - id: taller-europa-2021
    titulo: {es: "Taller VMRE, Europa", en: "Overseas voting workshop, Europe"}
    tipo: taller
    eje: sin asignar
    estado: confirmado
"""
THREE = """
  - id: taller-repaso-2021
    titulo: {es: "Taller de repaso", en: "Refresher workshop"}
    tipo: taller
    eje: sin asignar
    estado: confirmado
    fecha: 2021-11-09
    dia: martes
    hora: "18:00"
    duracion: 1 h
    para: {sedes: [tokio, seul, manila]}
    fuente: "Oficio 12/2021"

  # Jornada. La nota dice"""


TWO = """\
tokio-protocolo,tokio,protocolo.tokio@sedes.example,es,Protocolo,2021-10-11
tokio-visas,tokio,visas.tokio@sedes.example,en,Visas,2021-10-11
"""


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> Day:
    """The shipped agenda is in force."""
    day = Day(monkeypatch, MONDAY)
    day.types("publish", "--reason", "Primera edición", *WHO)
    return day


async def test_a_workshop_is_moved(day: Day) -> None:
    """Two hours later, with the reason; sixteen posts hear of it in their own hours."""
    day.edits(
        "agenda.yaml", (ASIA_HOUR, ASIA_HOUR.replace("18:00", "20:00") + '    motivo: "La sala estaba ocupada"\n')
    )
    day.types("check")
    day.types("diff")
    day.types("impact")
    day.types("publish", "--reason", "La sala estaba ocupada", *WHO)
    await day.waits(days=2)
    day.opens("tokio@sedes.example", 14)
    day.is_as_read("1-mover")


async def test_the_drive_is_confirmed(day: Day) -> None:
    """Calendars change, and nobody is written to: neither day nor place is another."""
    day.edits(
        "agenda.yaml",
        ("    estado: tentativo\n    fecha: 2022-02-01\n", "    estado: confirmado\n    fecha: 2022-02-01\n"),
    )
    day.types("diff")
    day.types("impact")
    day.types("publish", "--reason", "La COVE la confirmó", *WHO)
    await day.waits(hours=20)
    day.is_as_read("2-confirmar")


async def test_a_workshop_is_cancelled(day: Day) -> None:
    """By its state, with a reason; the entry stays."""
    day.edits(
        "agenda.yaml", (EUROPE, EUROPE.replace("confirmado", "cancelado") + '    motivo: "Se une al de América"\n')
    )
    day.types("diff")
    day.types("impact")
    day.types("publish", "--reason", "Se une al de América", *WHO, ends=1)
    day.types("publish", "--reason", "Se une al de América", *WHO, "--yes")
    await day.waits(days=3)
    day.opens("madrid@sedes.example", 10)
    day.is_as_read("3-cancelar")


async def test_an_address_is_corrected_and_posts_are_added(day: Day) -> None:
    """In the table: one address, two rows more."""
    day.edits(
        "recipients.csv",
        ("tokio@sedes.example", "consular.tokio@sedes.example"),
        ("toronto-consular,", f"{TWO}toronto-consular,"),
    )
    day.types("check")
    day.types("diff")
    day.types("impact")
    day.types("publish", "--reason", "Puestos nuevos en Tokio", *WHO)
    await day.waits(days=4)
    day.is_as_read("4-puestos")


async def test_a_workshop_for_three_sites_is_added(day: Day) -> None:
    """A copied entry with an id of its own; announced by a convocation."""
    day.edits("agenda.yaml", ("\n  # Jornada. La nota dice", THREE))
    day.types("check")
    day.types("diff")
    day.types("impact", "taller-repaso-2021")
    day.types("impact", "--announce", "taller-repaso-2021")
    day.types("publish", "--reason", "Repaso para tres sedes", *WHO, "--announce", "taller-repaso-2021")
    await day.waits(hours=20)
    day.opens("seul@sedes.example", 10)
    day.is_as_read("5-tres-sedes")


async def test_a_joining_link_is_added(day: Day) -> None:
    """The mails carry it, and no screen shows it."""
    day.saves("privado.yaml", f"enlaces:\n  {ASIA}: https://salas.example/j/123\n")
    day.types("check")
    day.types("diff")
    day.types("impact")
    day.types("publish", "--reason", "Enlace del taller", *WHO)
    await day.waits(days=4)
    day.opens("wellington@sedes.example", 12)
    day.is_as_read("6-enlace")


def test_ten_slips_of_the_keyboard_are_found_at_once(day: Day) -> None:
    """Nothing is published meanwhile; each line says what was meant."""
    day.edits(
        "agenda.yaml",
        ("    estado: tentativo\n", "    estado: tentatibo\n"),
        ("    fecha: 2021-10-26\n", "    fecha: 26/10/2021\n"),
        ('    dia: jueves\n    hora: "18:00"\n', '    dia: viernes\n    hora: "18:00"\n'),
        ('    hora: "10:00"\n', '    hora: "10.00"\n'),
        ('    hora: "12:00"\n    duracion: 2 h\n', '    hora: "24:00"\n    duracion: 2,5 h\n'),
        ("    para: {region: América del Norte}\n", "    para: {region: Norteamérica}\n"),
        ("  - id: conversatorios-virtuales\n", "  - id: grupos-de-trabajo-ine\n"),
    )
    day.edits(
        "recipients.csv",
        ("tokio@sedes.example", "tokio@sedes"),
        ("toronto-consular,toronto", "toronto-consular,toronot"),
    )
    day.types("check", ends=1)
    day.types("publish", "--reason", "Con prisa", *WHO, ends=1)
    day.is_as_read("7-diez-erratas")


def test_who_gets_what_is_seen_beforehand(day: Day) -> None:
    """An event's hour at each site, a site's events, a mail as it will go, what is planned for a site."""
    day.types("show", "--site", "tokio")
    day.types("impact", ASIA)
    day.types("impact", "--mail", "tokio", "--reminder")
    day.types("deliveries", "--site", "tokio")
    day.types("answers", ASIA)
    day.is_as_read("8-quien-recibe")


def agenda_file() -> bytes:
    return Path("config/agenda.yaml").read_bytes()


async def test_a_careless_publication_is_undone_before_anybody_hears_of_it(day: Day) -> None:
    """Within the ten minutes: nobody is told, and the files are those of before."""
    before = agenda_file()
    day.edits("agenda.yaml", (ASIA_HOUR, ASIA_HOUR.replace("18:00", "08:00")))
    day.types("publish", "--reason", "Cambio de hora", *WHO)
    await day.waits(minutes=5)
    day.types("impact", "--rollback", "1")
    day.types("rollback", "1", "--files", "--reason", "Era otra hora", *WHO)
    await day.waits(days=3)
    day.types("editions")
    day.types("diff")
    assert agenda_file() == before
    day.is_as_read("9-deshacer")


def test_next_years_agenda_is_made_from_this_one(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copied to the same weekdays, all tentative; looked at, then published in a folder and database of its own."""
    day.types("new", "siguiente", "--from", "config", "--year", "2027")
    day.types("new", "siguiente", "--from", "config", "--year", "2027", ends=1)
    day.types("check", "--config", "siguiente")
    day.types("impact", "taller-asia-pacifico-2027", "--config", "siguiente")
    day.types("publish", "--config", "siguiente", "--reason", "La agenda nueva", *WHO, ends=1)
    monkeypatch.setenv("AGENDA_DATABASE_URL", "sqlite:///siguiente.db")
    day.types("publish", "--config", "siguiente", "--reason", "Primera edición", *WHO)
    day.types("status", "--config", "siguiente")
    day.is_as_read("10-siguiente")
