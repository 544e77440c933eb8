"""A rehearsal's script: what it may say, what is wrong with it, and where; and that it is played as it says."""

from __future__ import annotations

import csv
import email
import io
import json
import os
import signal
import subprocess
from datetime import UTC, datetime
from email.policy import default as modern
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from calendars.feeds import feeds
from calendars.model.agenda import Draft
from calendars.model.events import Days, EventStatus, Timed
from scheduler.cli import app
from scheduler.planning.channels import Channel
from scheduler.rehearsal.script import InvalidScript, Script, Stage, opening_channels, read_script, stages
from scheduler.store import editions
from scheduler.store.database import Database
from tests.judge.words import read_outbox
from tests.support import small_config
from tests.support.command_line import AGENDA
from tests.support.playing import INSTALLED
from tests.support.small_config import files

TCM = "America/Mexico_City"
WORKSHOP = "taller-europa"


def script(folder: Path, steps: str, head: str = "formato: 1") -> Path:
    path = folder / "guion.yaml"
    path.write_text(f"{head}\npasos:\n{steps}", encoding="utf-8")
    return path


def read(folder: Path, steps: str, head: str = "formato: 1") -> Script:
    return read_script(script(folder, steps, head), TCM)


def staged(folder: Path, steps: str, **texts: str | bytes) -> tuple[Stage, ...]:
    return stages(read(folder, steps), files(**texts), small_config.draft())


def wrong(folder: Path, steps: str, head: str = "formato: 1") -> list[str]:
    """What is wrong with it, as a command prints it in Spanish, without the folder."""
    with pytest.raises(InvalidScript) as found:
        stages(read(folder, steps, head), files(), small_config.draft())
    return [f"{one.line}:{one.column}: {one.message['es']}" for one in found.value.problems]


def after(folder: Path, edit: str, **texts: str | bytes) -> Draft:
    return staged(folder, f"  - cuando: 2021-10-15 12:00\n    {edit}\n", **texts)[0].draft


# What a step may do.


def test_a_step_is_published_at_its_hour_in_the_agendas_zone(tmp_path: Path) -> None:
    steps = (
        '  - cuando: 2021-10-15 12:00\n    motivo: "Otra sala"\n    callada: sí\n    enlaces: {taller-europa: null}\n'
    )
    [stage] = staged(tmp_path, steps)
    assert (stage.number, stage.at) == (1, datetime(2021, 10, 15, 17, tzinfo=UTC))
    assert (stage.reason, stage.silent, stage.draft.links) == ("Otra sala", True, {})


def test_keys_of_an_event_are_replaced_and_null_removes_one(tmp_path: Path) -> None:
    moved = after(tmp_path, "eventos: {taller-europa: {fecha: 2021-10-27, dia: null, motivo: {es: Sala, en: Room}}}")
    event = moved.agenda.events[0]
    assert isinstance(event.when, Timed)
    assert event.when.wall == datetime(2021, 10, 27, 9)
    assert event.reason is not None
    assert (event.reason.en, event.title.en) == ("Room", "Workshop, Europe")


def test_an_event_can_be_added_whole_and_removed(tmp_path: Path) -> None:
    whole = "{titulo: Otro, tipo: taller, estado: confirmado, fecha: 2021-11-02, para: todas, fuente: Nota}"
    added = after(tmp_path, f"eventos: {{otro: {whole}, jornada: null}}")
    assert [event.id for event in added.agenda.events] == [WORKSHOP, "otro"]
    assert isinstance(added.agenda.events[1].when, Days)


def test_posts_choose_each_by_its_id_or_all_the_rest_at_once(tmp_path: Path) -> None:
    head = "formato: 1\ncanales: {invitaciones: todos, ninguno: [tokio-consular]}"
    found = read(tmp_path, "  - {cuando: 2021-10-15 12:00, canales: {calendario: [madrid-consular]}}\n", head)
    before = opening_channels(found, small_config.draft())
    assert before == {"madrid-consular": Channel.INVITATIONS, "tokio-consular": Channel.NONE}
    [stage] = stages(found, files(), small_config.draft())
    assert stage.channels == {"madrid-consular": Channel.FEED}


def test_later_steps_go_on_from_earlier_ones(tmp_path: Path) -> None:
    steps = (
        "  - {cuando: 2021-10-15 12:00, eventos: {taller-europa: {fecha: 2021-10-27, dia: null}}}\n"
        "  - {cuando: 2021-10-15 12:05, eventos: {taller-europa: {estado: cancelado}}}\n"
    )
    last = staged(tmp_path, steps)[1].draft.agenda.events[0]
    assert isinstance(last.when, Timed)
    assert (last.status, last.when.wall.day) == (EventStatus.CANCELLED, 27)


def test_columns_of_sites_and_posts_are_replaced_and_rows_come_and_go(tmp_path: Path) -> None:
    edited = after(
        tmp_path,
        "sedes: {tokio: {region: Europa, opens: '08:30'}}\n"
        "    destinatarios:\n"
        "      madrid-consular: null\n"
        "      dos: {sede: tokio, correo: dos@sedes.example, idioma: en, puesto: Cónsul, alta: 2021-10-15}\n"
        "    eventos: {taller-europa: {para: todas}}",
    )
    tokyo = next(site for site in edited.agenda.representations if site.id == "tokio")
    assert (tokyo.region, tokyo.opens.hour) == ("europa", 8)
    assert [post.id for post in edited.recipients] == ["tokio-consular", "dos"]


@pytest.mark.parametrize("separator", [";", "\t"])
def test_a_table_as_excel_saves_it_is_edited_all_the_same(tmp_path: Path, separator: str) -> None:
    rows = list(csv.reader(io.StringIO(small_config.POSTS)))
    saved = "\ufeff" + "\r\n".join(separator.join(row) for row in rows)
    edited = after(tmp_path, "destinatarios: {tokio-consular: {idioma: en}}", recipients=saved)
    assert [post.language for post in edited.recipients] == ["es", "en"]


def test_a_link_may_be_the_first_of_all(tmp_path: Path) -> None:
    edited = after(tmp_path, "enlaces: {taller-europa: https://salas.example/2}", privado="# nada todavía\n")
    assert edited.links == {WORKSHOP: "https://salas.example/2"}


# What is wrong, and where.


@pytest.mark.parametrize(
    ("step", "at", "said"),
    [
        ("cuando: 2021-10-15", "2021", "no dice fecha y hora"),
        ("cuando: 2021-10-15 12:00", "cuando", "no cambia nada"),
        ("cuando: 2021-10-15 12:00, callada: sí", "cuando", "no cambia nada"),
        ("cuando: 2021-10-15 12:00, eventos: {taler-europa: null}", "taler", "¿Quiso decir «taller-europa»?"),
        ("cuando: 2021-10-15 12:00, eventos: {nuevo: {titulo: A}}", "nuevo", "evento «nuevo» no existe."),
        ("cuando: 2021-10-15 12:00, sedes: {tokyo: {opens: '08:00'}}", "tokyo", "¿Quiso decir «tokio»?"),
        ("cuando: 2021-10-15 12:00, destinatarios: {tokio-consul: null}", "tokio", "¿Quiso decir «tokio-consular»?"),
        ("cuando: 2021-10-15 12:00, evento: {jornada: null}", "evento", "¿Quiso decir «eventos»?"),
        ("cuando: 2021-10-15 12:00, eventos: {jornada: {id: otra}}", "jornada", "no se cambia nunca"),
        ("cuando: 2021-10-15 12:00, eventos: {jornada: 3}", "3}", "van claves con su valor nuevo"),
        ("cuando: 2021-10-15 12:00, eventos: [jornada]", "[jor", "un renglón para cada id"),
        ("cuando: 2021-10-15 12:00, enlaces: {taller-europa: https://reuniones.example/j/1}", "2021", "no cambia nada"),
        ("cuando: 2021-10-15 25:00, eventos: {jornada: null}", "2021", "hora"),
        ("cuando: 2021-04-04 02:30, eventos: {jornada: null}", "2021", "no existe en America/Mexico_City"),
        ("cuando: 2021-10-15 12:00, datos_de_zona: nada", "nada", "no hay datos de zona"),
        ("cuando: 2021-10-15 12:00, canales: {ninguno: [tokio-consul]}", "tokio", "¿Quiso decir «tokio-consular»?"),
        ("cuando: 2021-10-15 12:00, pase_de_lista: {llamar: 3}", "3}", "«3» no es un número de días"),
        ("cuando: 2021-10-15 12:00, pase_de_lista: {si: nadie}", "nadie", "aquí va una lista de id"),
        ("cuando: 2021-10-15 12:00, pase_de_lista: {si: [tokio-consul]}", "tokio", "¿Quiso decir «tokio-consular»?"),
        (
            "cuando: 2021-10-15 12:00, pase_de_lista: {otro_reloj: {tokio-consular: Tokio}}",
            "Tokio",
            "no es una zona horaria IANA",
        ),
        (
            "cuando: 2021-10-15 12:00, pase_de_lista: {ya_no: {tokio-consular: yo@otra.example}}",
            "tokio",
            "el dominio «otra.example» no está permitido",
        ),
        ("cuando: 2021-10-15 12:00, canales: {correo: todos}", "correo", "clave «correo» no existe"),
        ("cuando: 2021-10-15 12:00, canales: {ninguno: nadie}", "nadie", "aquí va una lista: [nadie], "),
        ("cuando: 2021-10-15 12:00, canales: {ninguno: [[a]]}", "[a]", "aquí va el id de un destinatario"),
        ("cuando: 2021-10-15 12:00, canales: {invitaciones: todos, ninguno: todos}", "todos}", "ya está en esta clave"),
    ],
)
def test_a_wrong_step_is_told_with_its_place_and_the_way_out(tmp_path: Path, step: str, at: str, said: str) -> None:
    written = f"  - {{{step}}}\n"
    place = 5 if at == "cuando" else written.index(at) + 1
    [line] = wrong(tmp_path, written)
    assert line.startswith(f"3:{place}: ")
    assert said in line


def test_who_is_no_post_of_the_first_files_has_chosen_nothing_before(tmp_path: Path) -> None:
    found = read(tmp_path, "  []\n", head="formato: 1\ncanales: {ninguno: [tokyo-consular]}")
    with pytest.raises(InvalidScript) as error:
        opening_channels(found, small_config.draft())
    [problem] = error.value.problems
    assert (problem.line, problem.column, "¿Quiso decir «tokio-consular»?" in problem.message["es"]) == (2, 21, True)


def test_steps_out_of_order_are_refused(tmp_path: Path) -> None:
    one = "  - {{cuando: 2021-10-{day} 12:00, eventos: {{jornada: {{titulo: Día {day}}}}}}}\n"
    [line] = wrong(tmp_path, one.format(day=15) + one.format(day=14))
    assert line == "4:14: este paso no es posterior al que lo antecede. Ordénelos por fecha y hora."


def test_another_format_and_a_file_that_is_no_script_are_refused(tmp_path: Path) -> None:
    assert "formato «2» no se conoce" in wrong(tmp_path, "  []\n", head="formato: 2")[0]
    (tmp_path / "guion.yaml").write_text("solo palabras")
    with pytest.raises(InvalidScript):
        read_script(tmp_path / "guion.yaml", TCM)
    (tmp_path / "guion.yaml").write_text("\tformato: 1")
    with pytest.raises(InvalidScript):
        read_script(tmp_path / "guion.yaml", TCM)


def test_what_a_step_breaks_is_told_at_its_word_with_the_place_in_the_edited_file(tmp_path: Path) -> None:
    steps = "  - cuando: 2021-10-15 12:00\n    eventos:\n      taller-europa: {estado: canselado}\n"
    [line] = wrong(tmp_path, steps)
    assert line.startswith("5:31: con este paso, agenda.yaml:19:13: estado «canselado» no existe.")


def test_what_a_step_breaks_elsewhere_is_told_at_the_step(tmp_path: Path) -> None:
    [line] = wrong(tmp_path, "  - {cuando: 2021-10-15 12:00, eventos: {taller-europa: {fecha: 2021-10-27}}}\n")
    assert line.startswith("3:14: con este paso, agenda.yaml:21:10: «dia: martes», pero el 27-oct-2021 es miércoles")


# Played.


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the small configuration."""
    (tmp_path / "config").mkdir()
    for name, content in files().items():
        (tmp_path / "config" / name).write_bytes(content)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rehearse(*arguments: str) -> Result:
    return CliRunner().invoke(app, ["rehearse", "--script", "guion.yaml", *arguments])


MOVE = """\
  - cuando: 2021-10-20 11:00
    motivo: "La sala no está disponible"
    eventos: {taller-europa: {fecha: 2021-10-27, dia: miércoles}}
"""
CANCEL = """\
  - cuando: 2021-10-27 07:00
    motivo: "Sin ponente"
    eventos: {taller-europa: {estado: cancelado}}
"""


def test_a_script_is_played_between_the_mails_and_the_editions_are_named(small: Path) -> None:
    script(small, MOVE + CANCEL)
    done = rehearse("--outbox", "out", "--feeds", "feeds", "--json")
    assert done.exit_code == 0, done.stderr
    named = json.loads(done.stdout)["editions"]
    assert [(one["number"], one["at"][:16], one["notices"], one["silent"]) for one in named] == [
        (1, "2021-10-01T05:00", 0, False),
        (2, "2021-10-20T16:00", 1, False),
        (3, "2021-10-27T12:00", 1, False),
    ]
    mails = [said for said in read_outbox(small / "out") if said.title == "Taller, Europa"]
    assert [(said.notice, f"{said.sent:%d %H:%M}") for said in mails] == [
        (False, "19 07:00"),  # a week before
        (True, "21 07:00"),  # the move, in Madrid's working hours
        (True, "27 12:02"),  # cancelled within the day: at once
    ]


def test_the_notices_of_a_step_have_its_own_words(small: Path) -> None:
    script(small, MOVE.replace("    eventos:", '    mensaje: {es: "Disculpe el cambio."}\n    eventos:'))
    assert rehearse("--outbox", "out", "--json").exit_code == 0
    mails = [email.message_from_bytes(path.read_bytes(), policy=modern) for path in (small / "out").glob("*.eml")]
    subjects = [str(mail["Subject"]) for mail in mails]
    assert [one.endswith(" · Disculpe el cambio") for one in subjects].count(True) == 1
    assert all(one.startswith("CAMBIO: ") for one in subjects if "Disculpe" in one)


def test_posts_that_change_their_minds_get_each_event_by_one_way_and_no_edition_is_made(small: Path) -> None:
    chosen = "  - {{cuando: 2021-10-{day} 11:00, canales: {{{what}: [madrid-consular]}}}}\n"
    steps = chosen.format(day=20, what="calendario") + chosen.format(day=21, what="invitaciones")
    script(small, steps, head="formato: 1\ncanales: {invitaciones: todos, ninguno: [tokio-consular]}")
    done = rehearse("--outbox", "out", "--json")
    assert done.exit_code == 0, done.stderr
    assert [one["number"] for one in json.loads(done.stdout)["editions"]] == [1]
    mails = [said for said in read_outbox(small / "out") if said.title == "Taller, Europa"]
    assert [(f"{said.sent:%d}", said.subscribes, [part.method for part in said.parts]) for said in mails] == [
        ("19", False, ["REQUEST"]),  # with the first reminder
        ("21", False, ["CANCEL"]),  # each choice in Madrid's working hours
        ("22", False, ["REQUEST"]),
        ("26", False, []),
    ]
    others = [said for said in read_outbox(small / "out") if said.to.startswith("tokio")]
    assert {(said.subscribes, said.parts) for said in others} == {(False, ())}


def test_the_feeds_of_each_edition_are_those_that_are_served(small: Path) -> None:
    script(small, MOVE)
    assert rehearse("--outbox", "out", "--feeds", "feeds", "--database", "r.db").exit_code == 0
    database = Database("sqlite:///r.db")
    with database.read() as connection:
        for edition in editions.history(connection):
            for feed in feeds(edition):
                assert (small / "feeds" / str(edition.number) / feed.path).read_bytes() == feed.body
    database.close()
    assert sorted(path.name for path in (small / "feeds").iterdir()) == ["1", "2"]


def test_the_table_of_editions_is_printed_in_both_languages(small: Path) -> None:
    script(small, MOVE.replace("    motivo", "    callada: sí\n    motivo"))
    spanish, english = rehearse("--outbox", "a").stdout, rehearse("--outbox", "b", "--lang", "en").stdout
    assert "mié 20 oct 2021, 11:00 h TCM" in spanish
    assert "La sala no está disponible (sin avisar)" in spanish
    assert "La sala no está disponible (told nobody)" in english


def test_a_script_that_cannot_be_played_begins_nothing(small: Path) -> None:
    script(small, MOVE.replace("miércoles", "jueves"))
    refused = rehearse("--outbox", "out", "--database", "r.db")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("guion.yaml:5:55: con este paso, agenda.yaml:21:10: «dia: jueves», pero")
    assert not (small / "out").exists()
    assert not (small / "r.db").exists()


@pytest.mark.parametrize("days", [("--from", "2021-10-21"), ("--to", "2021-10-19")])
def test_a_step_outside_the_days_that_are_rehearsed_is_refused(small: Path, days: tuple[str, str]) -> None:
    script(small, MOVE)
    refused = rehearse("--outbox", "out", *days)
    assert (refused.exit_code, "guion.yaml:3:13: este paso queda fuera" in refused.stderr) == (1, True)


def test_a_script_that_is_not_there_is_told(small: Path) -> None:
    refused = rehearse("--outbox", "out")
    assert (refused.exit_code, "guion.yaml: no existe ese archivo" in refused.stderr) == (2, True)


def test_the_files_are_left_as_they_are(small: Path) -> None:
    script(small, MOVE)
    rehearse("--outbox", "out")
    assert {path.name: path.read_bytes() for path in (small / "config").iterdir()} == files()


def test_a_process_that_fails_ends_the_rehearsal_with_its_own_words(
    small: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Data that lack a zone which the files name: only a process that reckons with them can know."""
    for name in ("Etc/UTC", "America/Mexico_City", "Europe/Madrid"):
        (small / "zonas" / name).parent.mkdir(parents=True, exist_ok=True)
        (small / "zonas" / name).write_bytes((INSTALLED / name).read_bytes())
    script(small, MOVE, head="formato: 1\ndatos_de_zona: zonas")
    assert rehearse("--outbox", "out").exit_code == 1
    assert "representations.csv:3:73: zona «Asia/Tokyo» no existe" in capfd.readouterr().err


def test_a_rehearsal_goes_on_after_a_kill_with_the_steps_that_are_not_done(small: Path) -> None:
    """Killed in its first stretch; the second has zone data, and a process, of its own. It looks like one run."""
    own = f"  - {{cuando: 2021-10-27 06:00, datos_de_zona: {INSTALLED}}}\n"
    script(small, MOVE + own + CANCEL)
    named = ("--outbox", "out", "--feeds", "feeds", "--database", "r.db")
    command = [*AGENDA, "rehearse", "--script", "guion.yaml", *named]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while first.poll() is None and not (small / "feeds" / "2" / "index.html").exists():
        os.sched_yield()
    first.send_signal(signal.SIGKILL)
    first.wait()
    done = rehearse(*named, "--json")
    assert done.exit_code == 0, done.stderr
    told = json.loads(done.stdout)
    reasons = [one["reason"] for one in told["editions"]]  # the same zone data shift nothing: that makes no edition
    assert reasons == ["rehearsal", "La sala no está disponible", "Sin ponente"]
    mails = read_outbox(small / "out")
    assert (told["messages"], told["repeated"]) == (len(mails), len(mails) - len({said.id for said in mails}))
    assert len({said.id for said in mails if said.notice and said.title == "Taller, Europa"}) == 2


def test_it_does_not_go_on_with_another_script(small: Path) -> None:
    command = ("--outbox", "out", "--database", "r.db")
    script(small, MOVE)
    assert rehearse(*command).exit_code == 0
    script(small, MOVE.replace("2021-10-27, dia: miércoles", "2021-10-28, dia: jueves"))
    refused = rehearse(*command)
    assert (refused.exit_code, "los archivos cambiaron" in refused.stderr) == (1, True)
