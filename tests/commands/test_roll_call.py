"""`agenda roll-call`, as an administrator uses it: counted and confirmed before it goes, and how it stands after."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from scheduler.base.clock import SystemClock
from scheduler.people.roll_call import answer_clock, propose
from scheduler.planning.delivery import Purpose
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries
from tests.support.command_line import AGENDA, agenda
from tests.support.editing import published

pytestmark = pytest.mark.usefixtures("here")

CALL = ("roll-call", "--author", "M. R.")
POST = "tokio-consular"
SUCCESSOR = "nueva@sedes.example"


def owed() -> int:
    """How many mails of roll calls the ledger has."""
    database = Database("sqlite:///agenda.db")
    chosen = select(func.count()).where(deliveries.c.purpose.in_((Purpose.ROLL_CALL, Purpose.ROLL_LIST)))
    with database.read() as connection:
        found = connection.execute(chosen).scalar_one()
    database.close()
    return found


def answered(*, ahead: int = 0, successor: str | None = None) -> None:
    """Tokyo says by how much its clock differs, or who has the post now."""
    database, now = Database("sqlite:///agenda.db"), SystemClock().now() + timedelta(seconds=1)
    with database.write() as connection:
        found, post = editions.load(connection), roster.on_list(connection, POST)
        assert found is not None
        assert post is not None
        answer_clock(connection, post, "Asia/Tokyo", ahead, now)
        if successor is not None:
            propose(connection, post, successor, found.edition.agenda, now)
    database.close()


def test_it_says_how_many_and_when_and_without_a_terminal_wants_yes() -> None:
    published()
    done = agenda(*CALL)
    assert done.exit_code == 1
    said = " ".join(done.stderr.split())
    assert "Pase de lista 1: 149 correos a puestos de 149 sedes." in said
    assert "Salen en el horario de trabajo de cada sede" in said
    assert "A quien calle se le insiste una vez, 3 días después" in said
    assert "Sin coordinación, así que su lista va a respuestas@agenda-consular.example" in said
    assert "No sale nada. Si es lo que quiere, repita con --yes." in said
    assert owed() == 0
    english = " ".join(agenda(*CALL, "--again", "P1D", "--lang", "en").stderr.split())
    assert "Roll call 1: 149 mails to posts at 149 sites." in english
    assert "Who is silent is asked once more 1 day later" in english


def test_with_yes_it_is_owed_and_called_again_it_asks_nobody() -> None:
    published()
    done = agenda(*CALL, "--yes")
    assert done.exit_code == 0, done.stderr
    assert "El pase de lista 1 está en marcha." in done.stdout
    assert owed() == 2 * 149 + 5
    again = agenda(*CALL, "--yes")
    assert again.exit_code == 0
    assert "No hay a quién preguntar: el pase de lista 1 dura hasta el " in again.stdout
    assert owed() == 2 * 149 + 5


@pytest.mark.parametrize(("answer", "code", "rows"), [("148", 1, 0), ("149", 0, 2 * 149 + 5)])
def test_at_a_terminal_the_number_of_mails_is_typed(answer: str, code: int, rows: int) -> None:
    published()
    ours, theirs = pty.openpty()
    with subprocess.Popen([*AGENDA, *CALL], stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ) as run:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        while True:
            try:
                if not os.read(ours, 4096):
                    break
            except OSError:
                break
        assert run.wait(timeout=60) == code
    os.close(ours)
    assert owed() == rows


def test_a_preview_is_the_mail_and_owes_nothing() -> None:
    published()
    done = agenda("roll-call", "--preview", "tokio")
    assert done.exit_code == 0, done.stderr
    said = " ".join(done.stdout.split())
    assert "Asunto: ¿Coincide con su reloj? Agenda Consular" in said
    assert "Cuando salió este correo, en su sede eran las " in said
    assert "¿Sigue siendo usted quien atiende? (Sección Consular, Embajada de México en Japón)" in said
    assert "/roll-call/" in said
    assert owed() == 0
    wrong = agenda("roll-call", "--preview", "atlantida")
    assert wrong.exit_code == 2
    assert "--preview atlantida" in wrong.stderr


def test_how_it_stands_is_said_site_by_site_and_in_status() -> None:
    published()
    assert "Aún no se ha pasado lista: agenda roll-call" in agenda("roll-call", "--status").stdout
    assert "su reloj y su buzón" not in agenda("status").stdout
    agenda(*CALL, "--yes")
    answered()
    shown = agenda("roll-call", "--status").stdout
    assert "1 de 149 sedes confirmaron su reloj y su buzón" in shown
    assert "Asia Pacífico: 1 de 16 confirmadas" in shown
    assert "1 de 149 sedes confirmaron su reloj y su buzón" in agenda("status").stdout
    english = agenda("roll-call", "--status", "--lang", "en").stdout
    assert "1 of 149 sites confirmed their clock and their mailbox" in english
    assert "Pase de lista" not in english
    found = json.loads(agenda("roll-call", "--status", "--json").stdout)
    assert (found["confirmed"], found["sites"], found["call"]) == (1, 149, 1)
    (region,) = [one for one in found["regions"] if one["id"] == "asia-pacifico"]
    (tokyo,) = [one for one in region["sites"] if one["id"] == "tokio"]
    assert (tokyo["confirmed"], tokyo["mailbox"], tokyo["clock"]) == (True, "opened", "confirmed")
    assert json.loads(agenda("status", "--json").stdout)["roll_call"] == {"confirmed": 1, "sites": 149}


def test_an_administrator_confirms_a_proposed_successor_by_a_handover() -> None:
    published()
    agenda(*CALL, "--yes")
    nothing = agenda("handover", POST, "--proposed", "--yes")
    assert nothing.exit_code == 2
    assert "no propuso ningún correo" in nothing.stderr
    answered(successor=SUCCESSOR)
    status = agenda("status").stdout
    assert f"{POST}: propone n…@sedes.example. Para confirmar: agenda handover {POST} --proposed." in status
    assert SUCCESSOR not in status + agenda("roll-call", "--status", "--json").stdout
    done = agenda("handover", POST, "--proposed", "--yes", "--author", "M. R.")
    assert done.exit_code == 0, done.stderr
    assert f"{POST} es ahora de n…@sedes.example." in done.stdout
    after = agenda("roll-call", "--status").stdout
    assert "propone" not in after
    assert "0 de 149 sedes" in after, "who confirmed is no longer there"


def test_what_was_proposed_can_be_dropped() -> None:
    published()
    agenda(*CALL, "--yes")
    answered(successor=SUCCESSOR)
    done = agenda("roll-call", "--dismiss", POST)
    assert done.exit_code == 0
    assert f"{POST}: se desechó lo propuesto." in done.stdout
    assert "propone" not in agenda("status").stdout
    assert agenda("roll-call", "--dismiss", POST).exit_code == 2


@pytest.mark.parametrize(("options", "says"), [
    (("--again", "3"), "«3» no es un número de días"),
    (("--again", "P0D"), "de P1D a P30D"),
    (("--again", "P31D"), "de P1D a P30D"),
    (("--status", "--preview", "tokio"), "no van juntos"),
    (("--json",), "úselo con --status"),
])  # fmt: skip
def test_a_wrong_call_says_the_rule(options: tuple[str, ...], says: str) -> None:
    published()
    done = agenda(*CALL, *options)
    assert done.exit_code == 2
    assert says in done.stderr
