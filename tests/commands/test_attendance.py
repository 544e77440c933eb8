"""`agenda attendance`, as an administrator uses it: looked at, answered, recorded, typed, taken back, listed."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import attendance_files as made
from tests.support.attendance_files import Came
from tests.support.attended import ANA, CARLA, PEOPLE, PHONE
from tests.support.checkout import CONFIG
from tests.support.command_line import AGENDA, agenda, edit

EVENT = "taller-asia-pacifico-2021"
WHO = ("--author", "M. R.")
FILE = "informe.csv"
ASSIGN = ("--assign", "Ana Ejemplo=tokio", "--assign", "beto@sedes.example=seul")


def attendance(*words: str, **environment: str) -> tuple[int, str, str]:
    """Exit code, and what was said, without the line breaks of tables and screens."""
    done = agenda("attendance", *words, **environment)
    return done.exit_code, " ".join(done.stdout.split()), " ".join(done.stderr.split())


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped agenda in force, which is of years ago, and a report of one of its workshops."""
    folder = tmp_path_factory.mktemp("asistencia")
    shutil.copytree(CONFIG, folder / "config")
    where = {"AGENDA_DATABASE_URL": f"sqlite:///{folder / 'agenda.db'}", "AGENDA_CONFIG": str(folder / "config")}
    assert agenda("publish", "--reason", "inicio", "--yes", *WHO, **where).exit_code == 0
    (folder / FILE).write_bytes(made.by_teams(made.teams_3(PEOPLE)))
    return folder


@pytest.fixture(autouse=True)
def report(installed: Path, here: Path) -> None:
    """Each test has an installation of its own."""
    shutil.copytree(installed, here, dirs_exist_ok=True)


def known(event: str = EVENT) -> dict[str, object]:
    found: dict[str, object] = json.loads(agenda("attendance", event, "--json").stdout)
    return found


def test_it_shows_what_the_file_says_and_without_a_terminal_wants_yes() -> None:
    """The program, what was assumed, three kinds of people, the sites with nobody; nothing is recorded."""
    code, said, wrong = attendance(EVENT, FILE, *WHO)
    assert code == 1
    assert "informe.csv: Microsoft Teams, 4 personas; texto en UTF-16-LE; horas de Ciudad de México" in said
    assert "él mismo dice: 4 participantes" in said
    assert "De estas personas no se sabe la sede Persona Tiempo" in said
    assert "Ana Ejemplo 110 min" in said
    assert (
        "Presentes 10 minutos o más: nadie de sede conocida. Además, 3 personas presentes sin sede conocida: no "
        "cuentan en ninguna hasta que se asignen a una." in said
    )
    assert "1 persona estuvo menos tiempo y no cuenta." in said
    assert "De 16 sedes convocadas, 16 sin nadie presente: " in said
    assert "No se registró nada. Si es lo que quiere, repita con --yes." in wrong
    assert known()["held"] is None


def test_it_records_after_a_yes_and_says_what_stands_there() -> None:
    code, said, _ = attendance(EVENT, FILE, "--yes", *ASSIGN, *WHO)
    assert code == 0
    assert "Tokio Ana Ejemplo 110 min a mano" in said
    assert "Registrado. Taller VMRE, Asia Pacífico (taller-asia-pacifico-2021), jue 21 oct 2021" in said
    assert (
        "Presentes 10 minutos o más: 2 personas de 2 sedes. Además, 1 persona presente sin sede conocida: no cuenta en "
        "ninguna hasta que se asigne a una." in said
    )
    assert "Según el propio archivo: 4 participantes." in said
    assert "Lo último: M. R., " in said
    found = known()
    assert (found["by_site"], found["present"], found["unmatched"]) == ({"seul": 1, "tokio": 1}, 2, 1)
    assert (found["own_total"], found["held"], found["source"], found["threshold"]) == (4, True, "file", 10)


def test_where_all_are_of_no_known_site_nobody_is_counted_among_sites() -> None:
    """Looked at, and recorded."""
    says = "Present for 10 minutes or more: nobody of any known site. Besides, 3 people present of no known site: "
    assert says in attendance(EVENT, FILE, *WHO, "--lang", "en")[1]
    attendance(EVENT, FILE, "--yes", *WHO)
    assert says in attendance(EVENT, "--lang", "en")[1]


def test_the_same_in_english() -> None:
    _, said, _ = attendance(EVENT, FILE, "--yes", *ASSIGN, *WHO, "--lang", "en")
    assert (
        "Present for 10 minutes or more: 2 people of 2 sites. Besides, 1 person present of no known site: counts for "
        "none until assigned to one." in said
    )
    assert "Nobody knows these people's sites Person Time" in said
    assert 'Assign them: --assign "Núñez, Carla (Guest)=SITE"' in said
    assert "Of the 16 sites that it was for, 14 with nobody present: Bangkok, " in said
    assert "Recorded. Overseas voting workshop, Asia Pacific" in said
    assert "Last word: M. R., " in said


@pytest.mark.parametrize(
    ("lang", "title", "assign"),
    [
        ("es", "De esta persona no se sabe la sede", "Asígnela: --assign"),
        ("en", "Nobody knows this person's site", "Assign this person: --assign"),
    ],
)
def test_of_one_person_alone_it_speaks_as_of_one(lang: str, title: str, assign: str) -> None:
    Path("uno.csv").write_bytes(made.by_teams(made.teams_3([CARLA])))
    said = attendance(EVENT, "uno.csv", *WHO, "--lang", lang)[1]
    assert (title in said, assign in said) == (True, True), said


@pytest.mark.parametrize(
    ("people", "example"),
    [
        ([PHONE, ANA, CARLA], '--assign "Ana Ejemplo=SEDE"'),
        ([PHONE], '--assign "NOMBRE=SEDE"'),
        ([replace(ANA, name='Ana "Anita" Ejemplo'), CARLA], '--assign "Núñez, Carla (Guest)=SEDE"'),
        ([ANA, replace(ANA, address="otra@sedes.example"), CARLA], '--assign "Núñez, Carla (Guest)=SEDE"'),
    ],
)
def test_the_example_of_assigning_is_a_name_that_can_be_typed_as_it_stands(people: list[Came], example: str) -> None:
    """No telephone's number, nothing that a shell reads in its own way, no name that two of them have."""
    Path("varios.csv").write_bytes(made.by_teams(made.teams_3(people)))
    said = attendance(EVENT, "varios.csv", *WHO)[1]
    assert example in said


def test_the_same_file_again_says_so_and_asks_nothing() -> None:
    attendance(EVENT, FILE, "--yes", *WHO)
    code, said, _ = attendance(EVENT, FILE)
    assert code == 0
    assert "informe.csv ya está registrado: no cambia nada." in said
    assert "Ya estaba registrado: no cambia nada." in said


@pytest.mark.parametrize(
    ("lang", "one", "both"),
    [
        (
            "es",
            "Según el propio archivo: 4 participantes.",
            "Según 2 archivos, sumados: 5 participantes; quien está en varios cuenta en cada uno.",
        ),
        (
            "en",
            "The file says itself: 4 participants.",
            "2 files themselves say, added up: 5 participants; whoever stands in several counts in each.",
        ),
    ],
)
def test_what_several_files_say_themselves_is_told_as_their_sum(lang: str, one: str, both: str) -> None:
    """A file that gives no total of its own is none of them."""
    Path("lista.txt").write_text("Ana@Sedes.example\n", encoding="utf-8")
    Path("otro.csv").write_bytes(made.by_teams(made.teams_3([ANA])))
    attendance(EVENT, FILE, "lista.txt", "--yes", *WHO)
    assert one in attendance(EVENT, "--lang", lang)[1]
    attendance(EVENT, "otro.csv", "--yes", *WHO)
    assert both in attendance(EVENT, "--lang", lang)[1]


def test_with_json_it_only_looks_unless_yes_is_said() -> None:
    looked = json.loads(agenda("attendance", EVENT, FILE, "--json").stdout)
    assert (looked["recorded"], looked["unmatched_present"], len(looked["unmatched"])) == (False, 3, 4)
    assert known()["source"] == ""
    done = json.loads(agenda("attendance", EVENT, FILE, "--json", "--yes").stdout)
    assert (done["present"], done["unmatched"], done["source"]) == (0, 3, "file")
    again = json.loads(agenda("attendance", EVENT, FILE, "--json", "--yes").stdout)
    assert again == done


def open_list() -> str:
    """A list downloaded while they were there: nobody's leaving is written."""
    rows = [row for row in made.teams_1(PEOPLE) if row[1] != "Abandonó"]
    Path("lista.csv").write_bytes(made.by_teams(rows, clock="es"))
    return "lista.csv"


def test_what_the_file_leaves_open_is_refused_with_the_answers() -> None:
    name = open_list()
    code, _, wrong = attendance(EVENT, name, *WHO)
    assert code == 1
    assert "open=end" in wrong
    assert "Responda con --answer; por ejemplo: --answer open=" in wrong
    assert attendance(EVENT, name, "--answer", "open=end", "--yes", *WHO)[0] == 0
    assert known()["unmatched"] == 4
    assert attendance(EVENT, name, "--answer", "open", "--yes", *WHO)[0] == 2


@pytest.mark.parametrize(
    ("lang", "says"), [("es", "por ejemplo: --answer zone=Asia/"), ("en", "for example: --answer zone=Asia/")]
)
def test_the_zone_in_the_example_is_one_by_which_somebody_was_there(lang: str, says: str) -> None:
    """The file was downloaded in Kuala Lumpur, which is one of the sites of the workshop."""
    Path("kl.csv").write_bytes(made.by_teams(made.teams_3(PEOPLE, zone="Asia/Kuala_Lumpur")))
    code, _, wrong = attendance(EVENT, "kl.csv", *WHO, "--lang", lang)
    assert (code, says in wrong) == (1, True), wrong
    zone = wrong.partition(says)[2].split()[0]
    assert attendance(EVENT, "kl.csv", "--answer", f"zone=Asia/{zone}", "--yes", *WHO)[0] == 0
    assert known()["unmatched"] == 3


def test_at_a_terminal_what_is_open_is_asked_and_a_yes_typed() -> None:
    """By the number of the answer; anything but yes records nothing."""
    name = open_list()
    for typed, code, seen in ((("9",), 1, None), (("1", "no"), 1, None), (("1", "SÍ"), 0, 4)):
        assert at_terminal("attendance", EVENT, name, *WHO, typed=typed) == code
        assert known().get("unmatched") == seen


def at_terminal(*words: str, typed: tuple[str, ...]) -> int:
    """The exit code of a command that is typed at."""
    ours, theirs = pty.openpty()
    with subprocess.Popen([*AGENDA, *words], stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as run:
        os.write(ours, "".join(f"{line}\n" for line in typed).encode())
        code = run.wait(timeout=60)
    os.close(theirs)
    os.close(ours)
    return code


def test_figures_are_typed_by_hand_and_taken_back() -> None:
    assert attendance(EVENT, "--site", "tokio=3", "--site", "hanoi=0", *WHO)[0] == 0
    found = known()
    assert (found["by_site"], found["source"], found["typed"]) == ({"hanoi": 0, "tokio": 3}, "hand", ["hanoi", "tokio"])
    _, said, _ = attendance(EVENT, "--forget", "tokio", *WHO)
    assert "Con cifra escrita a mano, que vale antes que la de los archivos: Hanói." in said
    attendance(EVENT, FILE, "--yes", *WHO)
    digest = re.findall(r"([0-9a-f]{12}) Microsoft Teams, 4 personas", attendance(EVENT)[1])
    assert attendance(EVENT, "--forget", digest[0], *WHO)[0] == 0
    assert known()["files"] == []


def test_a_session_is_marked_and_says_why() -> None:
    code, said, _ = attendance(EVENT, "--not-held", "--reason", "Sin enlace", *WHO)
    assert (code, "no realizada: Sin enlace" in said) == (0, True)
    code, _, wrong = attendance(EVENT, FILE, "--yes", *WHO)
    assert code == 2
    assert f"«{EVENT}» está marcado como no realizado: si sí se realizó, márquelo primero como realizado" in wrong
    assert attendance(EVENT, "--held", *WHO)[0] == 0


def test_all_sessions_are_listed_with_what_is_known() -> None:
    attendance(EVENT, FILE, "--yes", *ASSIGN, *WHO)
    _, said, _ = attendance()
    assert "jue 21 oct 2021 taller-asia-pacifico-2021 realizada 2 de 16 2 1 1 archivo" in said
    assert "mar 26 oct 2021 taller-europa-2021 sin registro — — —" in said
    rows = json.loads(agenda("attendance", "--json").stdout)
    assert {row["event"]: row["held"] for row in rows}[EVENT] is True


def test_the_threshold_is_that_of_agenda_yaml() -> None:
    """Another one in force counts the same files anew."""
    attendance(EVENT, FILE, "--yes", *WHO)
    edit(("publicada: 2021-10-01", "publicada: 2021-10-01\nasistencia: 31 min"))
    assert agenda("publish", "--reason", "umbral", "--yes", *WHO).exit_code == 0
    assert (known()["unmatched"], known()["threshold"]) == (2, 31)


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        ((FILE,), 2, "no hay ningún evento «informe.csv» vigente. Han empezado: "),
        (("taller-asia-pacifico", FILE), 2, "¿Quiso decir taller-asia-pacifico-2021"),
        (("--held",), 2, "diga de qué evento: agenda attendance EVENTO"),
        ((EVENT, FILE, "--held"), 2, "no van juntos: uno a la vez"),
        ((EVENT, "--site", "tokio=3", "--assign", "Ana=tokio"), 2, "no van juntos: uno a la vez"),
        ((EVENT, "nada.csv"), 2, "nada.csv: no existe ese archivo"),
        ((EVENT, "--site", "tokio"), 2, "--site tokio: escríbalo así: SEDE=N"),
        ((EVENT, "--site", "tokio=tres"), 2, "--site tokio=tres: «tres» no es un número de personas."),
        ((EVENT, "--site", "tokio=99999"), 2, "tokio=99999: escriba cuántas personas asistieron, de 0 a 10000."),
        ((EVENT, "--site", "tokyo=1"), 2, "no hay ninguna sede «tokyo». ¿Quiso decir tokio"),
        ((EVENT, "--not-held"), 2, "diga por qué no se realizó: --reason"),
        ((EVENT, "--forget", "abcdef"), 2, "No hay nada registrado de ella."),
        ((EVENT, FILE, "--assign", "Ana Ejenplo=tokio"), 2, "¿Quiso decir Ana Ejemplo?"),
        (("conversatorios-virtuales", FILE), 2, "«conversatorios-virtuales» no tiene fecha: nadie pudo asistir."),
    ],
)
def test_a_wrong_call_is_refused_with_the_way_out(words: tuple[str, ...], code: int, says: str) -> None:
    found, _, wrong = attendance(*words, *WHO)
    assert (found, says in wrong) == (code, True), wrong


def test_the_database_and_the_log_hold_no_name_and_no_address_of_the_file() -> None:
    """Of whoever was seen, assigned, unmatched; the public pages and feeds neither."""
    done = agenda("attendance", EVENT, FILE, "--yes", *ASSIGN, *WHO)
    assert agenda("export", "publico").exit_code == 0
    with closing(sqlite3.connect("agenda.db")) as database:
        kept = "\n".join(database.iterdump())
    public = "".join(path.read_text(errors="replace") for path in Path("publico").rglob("*") if path.is_file())
    words = ("Ana Ejemplo", "Beto", "Núñez", "55 1234", "beto@sedes.example")
    assert [one for one in words if one.lower() in (kept + done.stderr + public).lower()] == []
