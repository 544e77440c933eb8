"""`agenda heard`, `agenda remind`, and posts and mails in `agenda impact`: in Spanish, and in English."""

from __future__ import annotations

import json
import os
import pty
import re
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scheduler.base.tokens import Tokens
from scheduler.store.database import Database
from tests.support.campaign import BASE, Campaign
from tests.support.command_line import AGENDA, AHEAD, agenda, edit
from tests.support.editing import NAME, line_of, published
from tests.support.smtpd import scripted

pytestmark = pytest.mark.usefixtures("here")
KEY = "a-key-for-tests-only-and-nothing-else"
MOVE = (f'    fecha: {AHEAD}-10-21\n    hora: "18:00"', f'    fecha: {AHEAD}-10-21\n    hora: "20:00"')
TYPED = re.compile(r"agenda \S+(?: \S+)* --?\S+.*|--?[a-z-]+|«[^»]*»|taller-[\w-]+")  # what is typed is English
ENGLISH = re.compile(
    r"\b(?:the|of|who|and|not|no one|nobody|mail|post|posts|site|sites|heard|asked|answer|answered|edition|since|yes|at"
    r"|leaves|days|event|with|which|was|were|show|only|option|options|usage|arguments|default|required)\b",
    re.IGNORECASE,
)


def english_in(text: str) -> list[str]:
    """English words among what is said, but for what is to be typed."""
    return ENGLISH.findall(TYPED.sub("", text))


def typed(*arguments: str, answer: str) -> tuple[int, str]:
    """Run at a terminal, and type the answer when asked: the exit code, and all that stood there."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb"}
    with subprocess.Popen([*AGENDA, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        seen = ""
        while "para preguntarles" not in seen:
            seen += os.read(ours, 4000).decode()
        os.write(ours, f"{answer}\n".encode())
        while True:
            try:
                more = os.read(ours, 4000)
            except OSError:  # the terminal ends with the program
                break
            if not more:
                break
            seen += more.decode()
        code = run.wait()
    os.close(ours)
    return code, seen


def test_remind_says_how_many_and_asks_nobody_without_a_confirmation() -> None:
    published()
    done = agenda("remind", NAME, "--silent")
    assert done.exit_code == 1
    assert "Taller VMRE, Asia Pacífico: han respondido 0 puestos." in done.stdout
    assert "Falta preguntar a 16 puestos en 16 sedes, con un correo a cada uno." in done.stdout
    assert "Sale en horas hábiles de cada sede y en días seguros: el primero, el " in done.stdout
    assert "Si es lo que quiere, repita con --yes. No se preguntó a nadie." in done.stderr
    assert english_in(done.stdout + done.stderr) == []
    english = agenda("remind", NAME, "--silent", "--lang", "en")
    assert "Not asked yet: 16 posts at 16 sites, one mail each." in english.stdout
    assert json.loads(agenda("deliveries", "--purpose", "question", "--json").stdout) == []


def test_remind_asks_once_and_the_second_call_says_whom_and_when() -> None:
    published()
    done = agenda("remind", NAME, "--silent", "--yes")
    assert (done.exit_code, "Se preguntará a 16 puestos." in done.stdout) == (0, True)
    again = agenda("remind", NAME, "--silent", "--yes")
    assert again.exit_code == 0
    assert "Ya se preguntó (16):" in again.stdout
    assert re.search(r"  - tokio-\S+, Tokio: sale el \w+ \d+ \w+", again.stdout)
    assert "No queda a quién preguntar." in again.stdout
    assert english_in(done.stdout + again.stdout) == []
    found = json.loads(agenda("remind", NAME, "--silent", "--json").stdout)
    assert (found["people"], len(found["asked_before"]), found["done"]) == (0, 16, False)
    assert len(json.loads(agenda("deliveries", "--purpose", "question", "--json").stdout)) == 16


def test_remind_at_a_terminal_wants_the_number() -> None:
    published()
    code, seen = typed("remind", NAME, "--silent", answer="15")
    assert (code, "No es ese número. No se preguntó a nadie." in seen) == (1, True)
    code, seen = typed("remind", NAME, "--silent", answer="16")
    assert (code, "Se preguntará a 16 puestos." in seen) == (0, True)


def test_the_preview_of_a_question_shows_one_mail_and_asks_nobody() -> None:
    published()
    shown = agenda("remind", NAME, "--silent", "--preview", "tokio").stdout
    assert "Asunto: Falta su respuesta: mié 22 oct 2036, 09:00 h (Tokio): Taller VMRE, Asia Pacífico" in shown
    assert "¿Asistirá?" in shown
    page = agenda("remind", NAME, "--silent", "--preview", "tokio", "--html").stdout
    assert page.lower().startswith("<!doctype html>")
    none = agenda("remind", NAME, "--silent", "--preview", "la-habana").stdout
    assert none == "En la-habana no hay a quién preguntar.\n"
    assert agenda("remind", NAME, "--silent", "--preview", "atlantida").exit_code == 2
    assert json.loads(agenda("deliveries", "--purpose", "question", "--json").stdout) == []


def test_remind_wants_to_be_told_whom_and_about_what() -> None:
    published()
    assert "diga a quién: --silent pregunta a quienes no han respondido" in agenda("remind", NAME).stderr
    other = agenda("remind", "taller-asia-pacifico", "--silent")
    assert (other.exit_code, f"¿Quiso decir {NAME}?" in other.stderr) == (2, True)
    assert "Did you mean" in agenda("remind", "taller-asia-pacifico", "--silent", "--lang", "en").stderr


def test_heard_lists_an_event_by_region_with_who_has_not_heard() -> None:
    published()
    done = agenda("heard", NAME)
    assert done.exit_code == 0
    assert "Taller VMRE, Asia Pacífico: como está desde la edición 1" in done.stdout
    assert re.search(r"Asia Pacífico\s+16\s+0\s+0\s+0\s+16\s+0\s+—\s+0\s+16 de 16", done.stdout)
    assert "No se han enterado: 16 de 16 puestos, en 16 sedes. En 16 de esas sedes, nadie." in done.stdout
    assert "quién lee los calendarios públicos, no se sabe." in done.stdout
    assert english_in(done.stdout) == []
    english = agenda("heard", NAME, "--lang", "en").stdout
    assert "Not heard: 16 of 16 posts, at 16 sites. At 16 of these sites nobody has." in english
    assert "who reads public calendars, nobody knows." in english


def test_heard_of_an_edition_names_what_changed_there() -> None:
    published()
    assert "La edición 1 es la primera: de ella no se avisó a nadie." in agenda("heard").stdout
    edit(MOVE)
    assert agenda("publish", "--reason", "otra hora").exit_code == 0
    shown = agenda("heard", "2", "--missing").stdout
    assert "MOVIDO  Taller VMRE, Asia Pacífico: edición 2" in shown
    assert english_in(shown) == []
    found = json.loads(agenda("heard", "--json").stdout)
    assert (found["edition"], found["public_calendars"], [one["id"] for one in found["events"]]) == (
        2,
        "unknown",
        [NAME],
    )
    [moved] = found["events"]
    assert (moved["kinds"], moved["posts"], moved["not_heard"], len(moved["sites"])) == (["moved"], 16, 16, 16)
    assert {post["mail"] for one in moved["sites"] for post in one["posts"]} == {"planned"}


def test_heard_of_what_was_told_to_nobody_says_so() -> None:
    published()
    edit(("Taller VMRE, Asia Pacífico", "Taller del VMRE, Asia Pacífico"))
    assert agenda("publish", "--reason", "título", "--silent").exit_code == 0
    shown = agenda("heard").stdout
    assert "La edición 2 no cambió nada de lo que se avisa." in shown
    assert "La edición 2 se publicó sin avisar a nadie" in shown
    unknown = agenda("heard", "9")
    assert (unknown.exit_code, "9: no hay ningún evento vigente ni ninguna edición así." in unknown.stderr) == (2, True)
    assert "no such edition" in agenda("heard", "otro", "--lang", "en").stderr


@pytest.mark.parametrize("command", ["heard", "remind", "impact"])
def test_help_has_no_english_word_on_a_spanish_screen(command: str) -> None:
    assert english_in(agenda(command, "--help").stdout.replace(f"Uso: agenda {command}", "")) == []


def test_impact_names_new_corrected_and_leaving_posts_with_their_lines_and_what_each_gets() -> None:
    published()
    table = Path("config") / "recipients.csv"
    head, first, second, *rest = table.read_text(encoding="utf-8").splitlines()
    kept, left = first.partition(",")[0], second.partition(",")[0]
    new = first.replace(kept, "puesto-nuevo", 1).replace("@", "+nuevo@", 1)
    table.write_text("\n".join([head, first.replace("@", "+otra@", 1), *rest, new]) + "\n", encoding="utf-8")
    shown = agenda("impact").stdout
    assert "DESTINATARIOS  1 nuevo, 1 quitado, 1 corregido   (recipients.csv)" in shown
    line = line_of("puesto-nuevo", "recipients.csv")
    assert f"NUEVO      puesto-nuevo (renglón {line}): recibe los recordatorios que faltan" in shown
    assert f"CORREGIDO  {kept} (renglón 2)" in shown
    assert f"QUITADO    {left}: ya no recibe nada" in shown
    assert english_in(shown) == []
    assert f"NEW        puesto-nuevo (line {line}): gets the reminders" in agenda("impact", "--lang", "en").stdout
    assert json.loads(agenda("impact", "--json").stdout)["recipients"] == {
        "new": [{"recipient": "puesto-nuevo", "line": line}],
        "removed": [{"recipient": left, "line": None}],
        "corrected": [{"recipient": kept, "line": 2}],
    }


def dateless(body: bytes) -> bytes:
    """A message but for its date: it is published some seconds after it was shown."""
    return re.sub(rb"(?m)^Date: .*\r\n", b"", body, count=1)


async def test_a_mail_that_impact_shows_whole_is_the_one_that_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENDA_SECRET_KEY", KEY)
    monkeypatch.setattr("tests.support.campaign.TOKENS", Tokens([KEY]))
    monkeypatch.setenv("AGENDA_BASE_URL", BASE)
    published()
    edit(MOVE)
    shown = agenda("impact", "--mail", "tokio", "--raw").stdout_bytes
    assert shown.startswith(b"From: ")
    assert agenda("publish", "--reason", "otra hora").exit_code == 0
    database = Database("sqlite:///agenda.db", tokens=Tokens([KEY]))
    async with scripted() as fake:
        now = datetime.now(UTC).replace(microsecond=0)
        await Campaign(database, fake).run(now, now + timedelta(days=5))
        bodies = [one.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.") for one in fake.bodies]
    database.close()
    assert [dateless(one) for one in bodies if b"tokio" in one.partition(b"\r\nDate")[0]] == [dateless(shown)]


def test_a_whole_mail_is_one_form_and_wants_its_site() -> None:
    published()
    both = agenda("impact", "--mail", "tokio", "--raw", "--html")
    assert (both.exit_code, "elija una de las dos" in both.stderr) == (2, True)
    assert "--reminder y --raw muestran un correo" in agenda("impact", "--raw").stderr
    assert "of which site, --mail SITE" in agenda("impact", "--raw", "--lang", "en").stderr
