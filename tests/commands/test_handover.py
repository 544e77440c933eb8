"""`agenda handover`, as whoever runs the system uses it."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import AGENDA, agenda, edit
from tests.support.editing import line_of, published

pytestmark = pytest.mark.usefixtures("here")

POST = "tokio-consular"
FORMER, NEW = "tokio@sedes.example", "nueva@sedes.example"
OVER = ("handover", POST, "--to", NEW, "--reason", "relevo", "--author", "M. R.")


def recorded() -> list[dict[str, object]]:
    found = json.loads(agenda("handover", "--list", "--json").stdout)
    assert isinstance(found, list)
    return found


def test_a_post_is_handed_over_on_record_and_addresses_stay_masked() -> None:
    published()
    done = agenda(*OVER, "--yes")
    assert done.exit_code == 0, done.stderr
    assert f"{POST} es ahora de n…@sedes.example." in done.stdout
    (one,) = recorded()
    assert (one["recipient"], one["author"], one["reason"], one["corrected"]) == (POST, "M. R.", "relevo", False)
    assert (one["former"], one["successor"]) == ("t…@sedes.example", "n…@sedes.example")
    shown = agenda("handover", "--list")
    assert "por corregir" in shown.stdout
    assert NEW not in done.stdout + shown.stdout


def test_the_file_is_named_with_its_line_until_it_is_corrected_and_undoes_nothing() -> None:
    published()
    agenda(*OVER, "--yes")
    line = line_of(FORMER, "recipients.csv")
    says = f"recipients.csv, {POST} (renglón {line}): el puesto pasó a otra persona"
    for command in (("diff",), ("status",), ("publish", "--reason", "sigue igual")):
        done = agenda(*command)
        assert done.exit_code == 0
        assert says in " ".join(done.stdout.split()), command
    assert json.loads(agenda("diff", "--json").stdout)["handed_over"] == [
        {"recipient": POST, "file": "recipients.csv", "line": line}
    ]
    edit((FORMER, NEW), file="recipients.csv")
    assert agenda("publish", "--reason", "corregido").exit_code == 0
    assert [one["corrected"] for one in recorded()] == [True]
    for command in (("diff",), ("status",)):
        assert "otra persona" not in agenda(*command).stdout


def test_without_a_terminal_it_wants_yes_and_says_what_would_happen() -> None:
    published()
    done = agenda(*OVER)
    assert done.exit_code == 1
    assert f"{POST} (Sección Consular, Embajada de México en Japón) pasa de t…@sedes.example a n…" in " ".join(
        done.stderr.split()
    )
    assert "No se traspasó nada" in done.stderr
    assert recorded() == []


@pytest.mark.parametrize(("answer", "code"), [("tokio", 1), (POST, 0)])
def test_at_a_terminal_the_posts_id_is_typed(answer: str, code: int) -> None:
    published()
    ours, theirs = pty.openpty()
    with subprocess.Popen([*AGENDA, *OVER], stdin=theirs, stdout=theirs, stderr=theirs, env=os.environ) as run:
        os.close(theirs)
        os.write(ours, f"{answer}\n".encode())
        while True:
            try:
                if not os.read(ours, 1000):
                    break
            except OSError:  # the terminal ends with the program
                break
        assert run.wait() == code
    os.close(ours)
    assert len(recorded()) == (code == 0)


@pytest.mark.parametrize(
    ("arguments", "code", "why"),
    [
        (("tokio-consul", "--to", NEW), 2, f"¿Quiso decir {POST}"),
        ((POST, "--to", "x@otro.example"), 1, "no está permitido. Se permiten: sedes.example"),
        ((POST, "--to", FORMER), 1, "ya tiene esa dirección"),
        ((POST, "--to", "nadie"), 2, "no es una dirección de correo"),
        ((POST, "--to", NEW, "--language", "fr"), 2, "--language: «fr» no es un idioma"),
        ((POST,), 2, "--to CORREO"),
    ],
)
def test_what_cannot_be_ends_with_the_reason(arguments: tuple[str, ...], code: int, why: str) -> None:
    published()
    done = agenda("handover", *arguments, "--yes")
    assert (done.exit_code, why in " ".join(done.stderr.split())) == (code, True), done.stderr
    assert recorded() == []


def test_without_a_database_it_makes_none(here: Path) -> None:  # the fixture
    done = agenda(*OVER, "--yes")
    assert (done.exit_code, (here / "agenda.db").exists()) == (1, False)
