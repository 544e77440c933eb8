"""What an administrator sees before publishing, what has to be confirmed, and the way back."""

from __future__ import annotations

import json
import os
import pty
import sqlite3
import subprocess
from pathlib import Path

import pytest

from tests.support.command_line import AGENDA, AHEAD, agenda, edit, into_the_future
from tests.support.editing import NAME, line_of, numbered, published, replace

pytestmark = pytest.mark.usefixtures("here")

MOVE = (f'    fecha: {AHEAD}-10-21\n    hora: "18:00"', f'    fecha: {AHEAD}-10-21\n    hora: "20:00"')


def changes() -> dict[str, list[str]]:
    found = json.loads(agenda("diff", "--json").stdout)["changes"]
    return {one["id"]: one["kinds"] for one in found}


def test_diff_says_the_change_by_meaning_with_its_line() -> None:
    published()
    edit(MOVE)
    done = agenda("diff")
    assert (done.exit_code, "Vigente: edición 1" in done.stdout) == (0, True)
    line = line_of(f"id: {NAME}")
    assert f"MOVIDO  Taller VMRE, Asia Pacífico   (agenda.yaml, renglón {line})" in done.stdout
    assert "mar 21 oct 2036 18:00–20:00 TCM → 20:00–22:00 TCM" in done.stdout
    assert "Hora local: de mié 22 oct 2036 07:30 (Nueva Delhi) a 15:00 (Wellington)" in done.stdout
    assert "SIN CAMBIO  9 eventos" in done.stdout
    assert "MOVED  Overseas voting workshop, Asia Pacific" in agenda("diff", "--lang", "en").stdout


def test_without_a_database_diff_and_impact_say_in_both_languages_what_makes_one() -> None:
    for command in ("diff", "impact", "editions"):
        done = agenda(command)
        assert (done.exit_code, "aquí no hay base de datos. La crean `agenda publish`" in done.stderr) == (1, True)
        assert "no database here; `agenda publish`" in agenda(command, "--lang", "en").stderr


def test_diff_of_an_unchanged_draft_says_so() -> None:
    published()
    assert "Sin cambios" in agenda("diff").stdout
    assert changes() == {}


def test_diff_names_new_corrected_and_leaving_posts_with_their_lines_and_what_each_gets() -> None:
    published()
    table = Path("config") / "recipients.csv"
    head, first, second, *rest = table.read_text(encoding="utf-8").splitlines()
    kept, left = first.partition(",")[0], second.partition(",")[0]
    new = first.replace(kept, "puesto-nuevo", 1).replace(f"{kept}@", "nuevo@").replace("@", "+nuevo@", 1)
    table.write_text("\n".join([head, first.replace("@", "+otra@", 1), *rest, new]) + "\n", encoding="utf-8")
    done = agenda("diff").stdout
    assert "1 nuevo, 1 quitado, 1 corregido" in done
    assert f"NUEVO      puesto-nuevo (renglón {len(rest) + 3}): recibe los recordatorios que faltan" in done
    assert f"CORREGIDO  {kept} (renglón 2)" in done
    assert f"QUITADO    {left}: ya no recibe nada" in done
    assert f"CORRECTED  {kept} (line 2)" in agenda("diff", "--lang", "en").stdout


@pytest.mark.parametrize(
    ("pattern", "new", "kinds"),
    [
        (rf"(id: {NAME}.*?)estado: confirmado", r"\1estado: cancelado", ["cancelled"]),
        (rf"(id: {NAME}.*?)Taller VMRE, Asia", r"\1Taller del VMRE, Asia", ["reworded"]),
        (rf"(id: {NAME}.*?)para: \{{region: Asia Pacífico\}}", r"\1para: todas", ["audience"]),
        (rf"(id: {NAME}.*?)es: \"Virtual\"", r'\1es: "Sala 2"', ["relocated"]),
        (rf"(id: {NAME}.*?)estado: confirmado", r"\1estado: tentativo", ["restated"]),
    ],
)
def test_diff_tells_one_kind_of_change_from_another(pattern: str, new: str, kinds: list[str]) -> None:
    published()
    replace(pattern, new)
    assert changes() == {NAME: kinds}


def test_diff_tells_a_new_joining_link_without_showing_it() -> None:
    published()
    Path("config/privado.yaml").write_text(f"enlaces:\n  {NAME}: https://salas.example/secreta\n", encoding="utf-8")
    done = agenda("diff")
    assert "OTRO ENLACE" in done.stdout
    assert "privado.yaml, renglón 2" in done.stdout
    assert "secreta" not in done.stdout + agenda("diff", "--json").stdout


def test_impact_says_how_many_get_which_mail_and_when() -> None:
    published()
    edit(MOVE)
    found = json.loads(agenda("impact", "--json").stdout)
    assert (found["notices"], found["people"], found["replaced"], len(found["feeds"])) == (16, 16, 48, 34)
    assert {mail["event"] for mail in found["mails"]} == {NAME}
    shown = agenda("impact").stdout
    assert "16 avisos a 16 puestos en 16 sedes" in shown
    assert "48 recordatorios reemplazados; 0 ya enviados con la hora anterior" in shown
    assert "34 calendarios cambian; otras sedes: 0 correos" in shown


def test_impact_of_nothing_and_of_a_first_edition_say_so() -> None:
    published()
    assert agenda("impact").stdout == "El borrador es igual a la edición vigente: publicar no haría nada.\n"
    assert json.loads(agenda("impact", "--json").stdout)["unchanged"] is True


def test_impact_shows_a_mail_as_its_posts_would_get_it() -> None:
    published()
    edit(MOVE)
    shown = agenda("impact", "--mail", "tokio").stdout
    assert "Asunto: CAMBIO: Taller VMRE, Asia Pacífico ahora mié 22 oct 2036, 11:00 h (Tokio); antes 09:00 h" in shown
    assert "Qué hacer: use la hora de este correo." in shown
    page = agenda("impact", "--mail", "tokio", "--html").stdout
    assert page.lower().startswith("<!doctype html>")
    assert agenda("impact", "--mail", "la-habana").stdout == "Los puestos de la-habana no recibirían ningún aviso.\n"
    assert agenda("impact", "--mail", "atlantida").exit_code == 2


def test_impact_shows_the_next_planned_mail_with_nothing_to_publish_and_the_reminder_beside_a_draft() -> None:
    published()
    shown = agenda("impact", "--mail", "tokio").stdout
    assert "Asunto: En 7 días" in shown or "Taller VMRE, Asia Pacífico" in shown
    assert agenda("impact", "--mail", "tokio", "--reminder").stdout == shown
    assert "/leave/" in shown
    edit(MOVE)
    assert agenda("impact", NAME, "--mail", "tokio", "--reminder").stdout == shown
    assert "CAMBIO" in agenda("impact", NAME, "--mail", "tokio").stdout
    assert agenda("impact", "--mail", "tokio", "--reminder", "--html").stdout.lower().startswith("<!doctype html>")
    none = agenda("impact", "otro", "--mail", "tokio", "--reminder").stdout
    assert none == "No hay ningún correo así previsto para tokio.\n"
    assert "No such mail is planned" in agenda("impact", "otro", "--mail", "tokio", "--reminder", "--lang", "en").stdout
    alone = agenda("impact", "--reminder")
    assert (alone.exit_code, "--mail SEDE" in alone.stderr) == (2, True)


def test_impact_of_an_event_flags_what_speaks_against_its_hour_at_each_site() -> None:
    done = json.loads(agenda("impact", NAME, "--json").stdout)
    sites = {one["site"]: one for one in done["sites"]}
    assert len(sites) == 16
    assert sites["nueva-delhi"]["start"] == "2021-10-22T04:30"
    assert (sites["nueva-delhi"]["night"], sites["nueva-delhi"]["fit"]) == (True, "outside")
    assert {one["other_date"] for one in sites.values()} == {1}
    table = agenda("impact", NAME).stdout
    assert "noche, fuera de horario, otra fecha que en México" in table
    drive = json.loads(agenda("impact", "jornada-credencializacion-2022", "--json").stdout)["sites"]
    assert len(drive) == 149
    assert any("2022-02-07" in one["holidays_in_mexico"] for one in drive)


@pytest.mark.parametrize(
    ("year", "shown"),
    [
        ("2020", "mié 21 oct 2020"),  # the year stands on both sides, and a reason to look twice
        ("2037", "mié 21 oct 2037"),
    ],
)
def test_a_slip_in_the_year_shows_in_diff_and_impact_and_wants_to_be_confirmed(year: str, shown: str) -> None:
    """A year that is not this one stands where dates are compared, and the edition waits for --yes."""
    published()
    edit((f"    fecha: {AHEAD}-10-21\n", f"    fecha: {year}-10-21\n"))
    assert f"mar 21 oct {AHEAD} 18:00–20:00 TCM → {shown} 18:00–20:00 TCM" in agenda("diff").stdout
    for asked in ("diff", "impact"):
        assert f"«Taller VMRE, Asia Pacífico»: miércoles 21 de octubre de {year}" in agenda(asked).stdout
    assert "Dates that may be a slip:" in agenda("diff", "--lang", "en").stdout
    refused = agenda("publish", "--reason", "mover")
    assert (refused.exit_code, "Fechas que quizá sean un desliz:" in refused.stderr) == (1, True)
    assert (agenda("publish", "--reason", "mover", "--yes").exit_code, numbered()) == (0, [1, 2])
    back = agenda("rollback", "1", "--reason", "fue un error")  # to a year far ahead, which was in force
    assert (back.exit_code, numbered()) == (0, [1, 2, 3])


def test_show_and_impact_of_an_event_say_the_year_that_is_not_the_present_one() -> None:
    """The shipped agenda is of 2021 and 2022: each of its dates has its year."""
    assert "jue 21 oct 2021 18:00" in " ".join(agenda("show").stdout.split())
    assert "vie 22 oct 2021 12:00 h" in agenda("impact", NAME).stdout


def test_impact_of_whole_days_shows_each_sites_own_days_and_not_mexicos_clock() -> None:
    """The drive begins on 1 February at every site, in Wellington as in Mexico City."""
    shown = agenda("impact", "jornada-credencializacion-2022").stdout
    assert [line for line in shown.splitlines() if "Wellington" in line and "mar 1 feb 2022 – lun 7 feb 2022" in line]
    assert ("31 ene" in shown, "05:00" in shown) == (False, False)
    found = json.loads(agenda("impact", "jornada-credencializacion-2022", "--json").stdout)["sites"]
    assert {(one["first_day"], one["last_day"]) for one in found} == {("2022-02-01", "2022-02-07")}


def test_impact_of_an_unknown_event_names_those_there_are() -> None:
    done = agenda("impact", "taller")
    assert done.exit_code == 2
    assert NAME in done.stderr


def test_an_administrator_types_the_number_of_people_to_publish_what_concerns_many() -> None:
    published()
    replace(rf"(id: {NAME}.*?)para: \{{region: Asia Pacífico\}}", r"\1para: todas")
    assert typed("publish", "--reason", "todas", answer="12") == 1
    assert numbered() == [1]
    assert typed("publish", "--reason", "todas", answer="133") == 0
    assert numbered() == [1, 2]


def typed(*arguments: str, answer: str) -> int:
    """Run at a terminal, and type the answer when asked."""
    ours, theirs = pty.openpty()
    environment = {**os.environ, "TERM": "dumb"}
    with subprocess.Popen([*AGENDA, *arguments], stdin=theirs, stdout=theirs, stderr=theirs, env=environment) as run:
        os.close(theirs)
        seen = ""
        while "para publicar" not in seen:
            seen += os.read(ours, 1000).decode()
        os.write(ours, f"{answer}\n".encode())
        while True:
            try:
                if not os.read(ours, 1000):
                    break
            except OSError:  # the terminal ends with the program
                break
        code = run.wait()
    os.close(ours)
    return code


def test_without_a_terminal_what_concerns_many_wants_yes() -> None:
    published()
    replace(rf"(id: {NAME}.*?)para: \{{region: Asia Pacífico\}}", r"\1para: todas")
    done = agenda("publish", "--reason", "todas")
    assert done.exit_code == 1
    assert "133 personas en 133 sedes (133 avisos)" in done.stderr
    assert "agenda impact" in done.stderr
    assert numbered() == [1]
    assert agenda("publish", "--reason", "todas", "--yes").exit_code == 0


@pytest.mark.parametrize("slip", ["cut short", "emptied", "id edited"])
def test_a_slip_says_what_would_happen_and_nothing_goes_out_without_yes(slip: str) -> None:
    published()
    if slip == "cut short":
        replace(rf"  - id: {NAME}.*?(?=\n  - id:)", "  # cortado")
    elif slip == "emptied":
        path = Path("config/recipients.csv")
        path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    else:
        edit((f"id: {NAME}", "id: taller-asia-2021"))
    told = agenda("diff").stdout
    expected = {"cut short": "CANCELADO", "emptied": "149 quitados", "id edited": "NUEVO"}[slip]
    assert expected in told
    before = json.loads(agenda("status", "--json").stdout)["states"]
    done = agenda("publish", "--reason", "descuido")
    assert (done.exit_code, numbered()) == (1, [1])
    assert "No se publicó nada" in done.stderr
    assert json.loads(agenda("status", "--json").stdout)["states"] == before


def test_a_silent_edition_is_on_record_and_tells_nobody() -> None:
    published()
    edit(MOVE)
    done = agenda("publish", "--reason", "errata", "--silent")
    assert "Avisos de cambio: 0." in done.stdout
    assert "No se avisa a nadie; quedó registrado." in done.stdout
    assert [one["silent"] for one in json.loads(agenda("editions", "--json").stdout)] == [False, True]
    assert "(sin avisar)" in agenda("editions").stdout


def test_announcing_shows_people_and_hours_first_asks_and_is_on_record() -> None:
    published()
    shown = agenda("impact", "--announce", NAME)
    assert "CONVOCATORIA  Taller VMRE, Asia Pacífico" in shown.stdout
    assert "16 convocatorias en 16 sedes" in shown.stdout
    found = json.loads(agenda("impact", "--announce", NAME, "--json").stdout)
    assert (found["convocations"], found["notices"], found["people"]) == (16, 0, 16)
    assert {(mail["purpose"], mail["event"]) for mail in found["mails"]} == {("convocation", NAME)}
    sample = agenda("impact", "--announce", NAME, "--mail", "tokio").stdout
    assert "Asunto: CONVOCATORIA: mié 22 oct 2036, 09:00 h (Tokio): Taller VMRE, Asia Pacífico" in sample
    done = agenda("publish", "--announce", NAME, "--reason", "convocar")
    assert (done.exit_code, "Convocatorias: 16." in done.stdout) == (0, True)
    assert [one["announced"] for one in json.loads(agenda("editions", "--json").stdout)] == [[], [NAME]]
    assert f"(convocó a: {NAME})" in " ".join(agenda("editions").stdout.split())
    again = agenda("publish", "--announce", NAME, "--reason", "otra vez")
    assert (again.exit_code, "ya se les convocó" in again.stdout, numbered()) == (0, True, [1, 2])


def test_announcing_to_many_wants_yes_also_with_a_first_edition() -> None:
    into_the_future()
    replace(rf"(id: {NAME}.*?)para: \{{region: Asia Pacífico\}}", r"\1para: todas")
    everybody = ("publish", "--announce", NAME, "--reason", "inicio")
    done = agenda(*everybody)
    assert (done.exit_code, "149 personas (149 convocatorias)" in done.stderr) == (1, True)
    assert "Convocatorias: 149." in agenda(*everybody, "--yes").stdout


def test_announcing_what_is_not_there_names_what_is_near_and_silence_does_not_announce() -> None:
    published()
    done = agenda("publish", "--announce", "taller-asia-2021", "--reason", "convocar")
    assert (done.exit_code, f"¿Quiso decir {NAME}" in done.stderr) == (2, True)
    assert agenda("impact", "--announce", "taller-asia-2021").exit_code == 2
    assert agenda("publish", "--announce", NAME, "--silent", "--reason", "convocar").exit_code == 2
    assert numbered() == [1]


def test_editions_lists_who_published_what_and_why() -> None:
    published()
    edit(MOVE)
    agenda("publish", "--reason", "choca con feriado", "--author", "M. R.")
    last = json.loads(agenda("editions", "--json").stdout)[-1]
    assert (last["number"], last["author"], last["reason"]) == (2, "M. R.", "choca con feriado")
    assert [(one["id"], one["kinds"]) for one in last["changes"]] == [(NAME, ["moved"])]


def sequence() -> tuple[str, int]:
    """UID and SEQUENCE of the workshop in the feed of Tokyo."""
    agenda("export", "feeds")
    text = (Path("feeds") / "sites" / "tokio.ics").read_text(encoding="utf-8")
    event = next(part for part in text.split("BEGIN:VEVENT") if "T0" in part and "Taller VMRE" in part)
    found = dict(line.split(":", 1) for line in event.splitlines() if line.startswith(("UID:", "SEQUENCE:")))
    subprocess.run(["rm", "-r", "feeds"], check=True)  # because it is the system's own
    return found["UID"], int(found["SEQUENCE"])


def test_rollback_puts_the_content_back_under_a_higher_sequence() -> None:
    published()
    uid, first = sequence()
    edit(MOVE)
    agenda("publish", "--reason", "mover")
    assert sequence() == (uid, first + 1)
    done = agenda("rollback", "1", "--reason", "fue un error")
    assert done.exit_code == 0
    assert "Es el contenido de la edición 1." in done.stdout
    assert "Los archivos no se tocaron" in done.stdout
    assert sequence() == (uid, first + 2)
    assert numbered() == [1, 2, 3]
    assert changes() == {NAME: ["moved"]}


def test_a_way_back_before_anything_was_told_says_that_it_sends_no_notice() -> None:
    """16 notices were announced, and none ever went: each post was last told what is in force again."""
    published()
    edit(MOVE)
    agenda("publish", "--reason", "mover")
    found = json.loads(agenda("impact", "--rollback", "1", "--json").stdout)
    assert (found["notices"], len(found["no_news_to"]), found["read_privately"]) == (0, 16, [])
    shown = agenda("impact", "--rollback", "1").stdout
    assert "Sin aviso a 16 puestos: ahí no se había dicho nada todavía de lo que se deshace" in shown
    assert "Los calendarios públicos muestran la edición 2 desde" in shown
    assert 'Volver:      agenda rollback 1 --reason "…"' in shown
    english = agenda("impact", "--rollback", "1", "--lang", "en").stdout
    assert "No notice to 16 posts: nothing was told there yet of what is taken back" in english
    done = agenda("rollback", "1", "--reason", "fue un error")
    assert "Avisos de cambio: 0." in done.stdout
    assert "Sin aviso a 16 puestos" in done.stdout


def test_impact_of_a_way_back_stands_alone_and_names_an_edition_that_is_there() -> None:
    published()
    assert agenda("impact", "--rollback", "1", "--shifted").exit_code == 2
    assert agenda("impact", "--rollback", "1", "--announce", NAME).exit_code == 2
    assert "no hay edición 9" in agenda("impact", "--rollback", "9").stderr


def test_rollback_with_files_puts_those_of_the_edition_back_and_keeps_what_stood_there() -> None:
    """Else the next careless publication brings the mistake back."""
    published()
    files = {path.name: path.read_bytes() for path in Path("config").iterdir()}
    edit(MOVE)
    mistaken = (Path("config") / "agenda.yaml").read_bytes()
    agenda("publish", "--reason", "mover")
    done = agenda("rollback", "1", "--reason", "fue un error", "--files")
    assert done.exit_code == 0
    assert "son otra vez los de la edición 1." in done.stdout
    assert "Lo que había quedó guardado al lado: agenda.yaml.antes-de-1." in done.stdout
    assert "difiere" not in done.stdout
    now = {path.name: path.read_bytes() for path in Path("config").iterdir()}
    assert now == {**files, "agenda.yaml.antes-de-1": mistaken}
    assert agenda("check").exit_code == 0
    assert "nada que publicar" in agenda("publish", "--reason", "sin querer").stdout
    assert numbered() == [1, 2, 3]


def test_files_come_back_also_after_a_rollback_without_them_and_nothing_of_the_present_is_lost() -> None:
    published()
    edit(MOVE)
    agenda("publish", "--reason", "mover")
    assert "agenda rollback 1 --files" in agenda("rollback", "1", "--reason", "error").stdout
    again = agenda("rollback", "1", "--reason", "error", "--files")
    assert (again.exit_code, "Lo vigente dice lo mismo" in again.stdout, numbered()) == (0, True, [1, 2, 3])
    assert changes() == {}
    edit(MOVE)
    in_force = agenda("rollback", "3", "--reason", "quitar el borrador", "--files")
    assert (in_force.exit_code, changes(), numbered()) == (0, {}, [1, 2, 3])
    kept = sorted(path.name for path in Path("config").glob("*.antes-de-*"))
    assert kept == ["agenda.yaml.antes-de-1", "agenda.yaml.antes-de-3"]


def test_files_that_were_not_kept_are_refused_before_anything_is_done() -> None:
    """Of an edition from before they were kept, nobody has them."""
    published()
    edit(MOVE)
    agenda("publish", "--reason", "mover")
    database = sqlite3.connect("agenda.db")
    database.execute("delete from edition_files where edition = 1")
    database.commit()
    database.close()
    done = agenda("rollback", "1", "--reason", "error", "--files")
    assert (done.exit_code, "no se guardaron los archivos de la edición 1" in done.stderr) == (1, True)
    assert numbered() == [1, 2]
    assert "no hay edición 9" in agenda("rollback", "9", "--reason", "error", "--files").stderr


def test_a_way_back_that_takes_an_event_away_blames_no_file_and_points_to_no_draft() -> None:
    published()
    new = (Path("config") / "agenda.yaml").read_text(encoding="utf-8").split(f"  - id: {NAME}", 1)[1]
    entry = "  - id: taller-nuevo" + new.split("  - id:", 1)[0]
    edit((f"  - id: {NAME}", entry.rstrip() + f"\n\n  - id: {NAME}"))
    assert agenda("publish", "--reason", "uno más", "--yes").exit_code == 0
    done = agenda("rollback", "1", "--reason", "sobraba")
    assert (done.exit_code, "Quita 1 evento de lo vigente:" in done.stderr) == (1, True)
    assert "repita con --yes." in done.stderr
    for wrong in ("cortado", "respaldo", "corrija", "agenda impact"):
        assert wrong not in done.stderr
    assert "It takes 1 event away" in agenda("rollback", "1", "--reason", "no", "--lang", "en").stderr


@pytest.mark.parametrize(("number", "why"), [("7", "no hay edición 7"), ("1", "la edición 1 es la vigente")])
def test_rollback_to_what_is_not_there_or_in_force_says_so(number: str, why: str) -> None:
    published()
    done = agenda("rollback", number, "--reason", "a ver")
    assert done.exit_code == 1
    assert why in done.stderr


def test_status_names_what_besides_the_events_is_not_in_force() -> None:
    published()
    edit(("silencio: no", "silencio: 22:00-06:00"))
    assert "borrador con cambios sin publicar: silencio" in agenda("status").stdout
    assert "draft with unpublished changes: silencio" in agenda("status", "--lang", "en").stdout
    replace(rf"(  - id: {NAME}.*?\n)(    titulo:)", r"\1    cobertura: sí\n\2")
    assert "borrador con 1 cambio sin publicar, y además silencio" in agenda("status").stdout
    found = json.loads(agenda("status", "--json").stdout)["draft"]
    assert found == {"valid": True, "changes": 1, "beside": ["silencio"]}


def test_a_rule_of_coverage_is_called_the_same_by_every_command_in_either_language() -> None:
    published()
    replace(rf"(  - id: {NAME}.*?\n)(    titulo:)", r"\1    cobertura: sí\n\2")
    assert "borrador con 1 cambio sin publicar ·" in agenda("status").stdout
    assert "draft with 1 unpublished change ·" in agenda("status", "--lang", "en").stdout
    for command in (("diff",), ("impact",), ("publish", "--reason", "cobertura"), ("editions",)):
        found = " ".join(agenda(*command).stdout.split())
        assert ("OTRA REGLA DE ASISTENCIA" in found, "destinatarios" in found) == (True, False), command
    listed = " ".join(agenda("editions", "--lang", "en").stdout.split())
    assert ("OTHER ATTENDANCE RULE" in listed, "recipients" in listed) == (True, False)


def test_posts_that_wait_to_be_published_are_told_by_their_file() -> None:
    published()
    edit(("Sección Consular", "Titular"), file="recipients.csv")
    assert "borrador con cambios sin publicar: recipients.csv" in agenda("status").stdout
    assert json.loads(agenda("status", "--json").stdout)["draft"]["changes"] == -1
