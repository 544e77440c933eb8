"""The command line, as people and scripts use it."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from scheduler.cli import COMMANDS, Command, loaded
from scheduler.store.database import SAFE_SQLITE, Database, sqlite_module
from tests.support import words
from tests.support.checkout import CONFIG, ROOT
from tests.support.command_line import AGENDA, AHEAD, agenda, edit, into_the_future, modules_of, serving
from tests.support.editing import first_edition, published
from tests.support.smtpd import aiosmtpd_server
from tests.support.unencrypted import PLAIN
from tests.support.watching import between_looks

pytestmark = pytest.mark.usefixtures("here")


def test_help_lists_every_command_in_its_group() -> None:
    shown = agenda("--help")
    assert shown.exit_code == 0
    for name in ("check", "show", "publish", "export", "rehearse", "demo", "serve", "status", "doctor", "send-test"):
        assert name in shown.output
    assert "Editar y publicar" in shown.output


@pytest.mark.parametrize(
    "command", ["check", "show", "schema", "publish", "export", "rehearse", "demo", "serve", "status", "doctor", "stop"]
)
def test_every_command_has_help(command: str) -> None:
    shown = agenda(command, "--help")
    assert shown.exit_code == 0
    assert "Uso: agenda" in shown.output


def test_check_finds_the_shipped_draft_fine_and_writes_nothing(here: Path) -> None:
    before = sorted(path.name for path in here.rglob("*"))
    done = agenda("check")
    assert (done.exit_code, done.stdout) == (0, "El borrador está bien. Nada se ha publicado.\n")
    assert json.loads(agenda("check", "--json").stdout) == []
    assert sorted(path.name for path in here.rglob("*")) == before


def test_check_lists_every_problem_with_its_place_on_stderr() -> None:
    edit(("estado: tentativo", "estado: cancelada"), ("tipo: jornada", "tipo: jornda"))
    done = agenda("check")
    assert done.exit_code == 1
    assert done.stdout == ""
    assert "¿Quiso decir «cancelado»?" in done.stderr
    assert all(line.startswith("config/agenda.yaml:") for line in done.stderr.strip().splitlines())
    english = agenda("check", "--lang", "en")
    assert "Did you mean" in english.stderr
    found = json.loads(agenda("check", "--json").stdout)
    assert {tuple(sorted(one)) for one in found} == {("column", "file", "line", "message", "rule", "value")}
    assert {one["value"] for one in found} == {"cancelada", "jornda"}


def test_a_folder_that_is_not_there_is_wrong_usage() -> None:
    done = agenda("check", "--config", "nowhere")
    assert (done.exit_code, "nowhere" in done.stderr) == (2, True)


def test_the_configuration_is_found_where_agenda_config_says(tmp_path: Path) -> None:
    shutil.move("config", "elsewhere")
    edit_me = Path("elsewhere") / "agenda.yaml"
    edit_me.write_text("formato: 7\n")
    assert agenda("check", AGENDA_CONFIG="elsewhere").exit_code == 1
    assert agenda("check").exit_code == 0  # the shipped one


def test_show_gives_the_hour_here_and_there() -> None:
    shown = agenda("show", "--site", "tokio")
    assert "jue 21 oct 2021 18:00 h" in shown.stdout
    assert "vie 22 oct 2021 08:00 h (viernes 22 en Tokio)" in shown.stdout
    events = json.loads(agenda("show", "--site", "nueva-delhi", "--json").stdout)
    assert [(one["home"], one["local"]) for one in events if one["kind"] == "workshop"] == [
        ("2021-10-21T18:00:00", "2021-10-22T04:30:00")
    ]


def test_show_says_what_is_set_for_people_and_their_data() -> None:
    shown = agenda("show").stdout
    assert "Altas en la página: sedes.example\n" in shown
    assert "Las direcciones que terminan se borran a los 180 días\n" in shown
    assert "Aviso de privacidad: texto propio\n" in shown
    edit(
        ("retencion: 180 d ", "retencion: no "),
        ("altas: ", "altas: no"),
        ("  dominios: [sedes.example]", "  "),
        ("  enlaces: no", "  "),
        ("  texto:\n    es: |\n      Texto", "  enlace: https://ine.example/aviso\n  texto:\n    es: |\n      Texto"),
    )
    shown = agenda("show", "--lang", "en").stdout
    assert "Sign-up on the page: closed\n" in shown
    assert "Ended addresses are not erased by themselves\n" in shown
    assert "Privacy notice: own text, https://ine.example/aviso\n" in shown


def test_show_of_an_unknown_site_is_wrong_usage() -> None:
    assert agenda("show", "--site", "atlantis").exit_code == 2


def test_schema_prints_what_the_editors_use() -> None:
    assert json.loads(agenda("schema").stdout) == json.loads((CONFIG / "agenda.schema.json").read_text())


def test_publish_puts_the_draft_in_force_and_twice_is_once() -> None:
    first = agenda("publish", "--reason", "inicio", "--author", "M. R.")
    assert (first.exit_code, "Edición 1 publicada" in first.stdout) == (0, True)
    again = agenda("publish", "--reason", "otra vez")
    assert (again.exit_code, "no hay nada que publicar" in again.stdout) == (0, True)
    state = json.loads(agenda("status", "--json").stdout)
    assert (state["edition"], state["author"], state["draft"]) == (
        1,
        "M. R.",
        {"valid": True, "changes": 0, "beside": []},
    )


def test_an_invalid_draft_is_not_published_and_what_is_in_force_stays() -> None:
    first_edition("--reason", "inicio")
    edit(("estado: tentativo", "estado: cancelada"))
    done = agenda("publish", "--reason", "error")
    assert done.exit_code == 1
    assert "No se publicó nada" in done.stderr
    state = json.loads(agenda("status", "--json").stdout)
    assert (state["edition"], state["draft"]["valid"]) == (1, False)


def test_a_saved_edit_is_a_draft_in_status_and_changes_nothing_until_published() -> None:
    into_the_future()
    done = agenda("publish", "--reason", "inicio")
    assert done.exit_code == 0, done.exception
    edit((f"fecha: {AHEAD}-10-21", f"fecha: {AHEAD}-10-22"))
    assert "borrador con 1 cambio sin publicar" in agenda("status").stdout
    assert json.loads(agenda("status", "--json").stdout)["states"] == {"planned": 48}
    agenda("publish", "--reason", "se mueve")
    assert json.loads(agenda("status", "--json").stdout)["states"] == {"planned": 48 + 16, "superseded": 48}


def test_a_file_cut_short_cancels_no_campaign() -> None:
    first_edition("--reason", "inicio")
    rows = (Path("config") / "recipients.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (Path("config") / "recipients.csv").write_text("".join(rows[:100]), encoding="utf-8")
    refused = agenda("publish", "--reason", "corto")
    assert refused.exit_code == 1
    assert "50 destinatarios" in refused.stderr
    assert json.loads(agenda("status", "--json").stdout)["edition"] == 1
    assert agenda("publish", "--reason", "de verdad", "--yes").exit_code == 0


@pytest.mark.parametrize(("typed", "code", "edition"), [("50", 0, 2), ("49", 1, 1), ("", 1, 1)])
def test_at_a_terminal_the_number_that_is_taken_away_has_to_be_typed(typed: str, code: int, edition: int) -> None:
    first_edition("--reason", "inicio")
    rows = (Path("config") / "recipients.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (Path("config") / "recipients.csv").write_text("".join(rows[:100]), encoding="utf-8")
    ours, theirs = pty.openpty()
    os.write(ours, f"{typed}\n".encode())
    done = subprocess.run(
        [*AGENDA, "publish", "--reason", "corto"], stdin=theirs, capture_output=True, text=True, check=False
    )
    os.close(ours)
    os.close(theirs)
    assert done.returncode == code, done.stderr
    assert json.loads(agenda("status", "--json").stdout)["edition"] == edition


def test_export_without_a_database_writes_the_draft_and_with_one_the_edition_in_force() -> None:
    assert agenda("export", "out").exit_code == 0
    assert not Path("agenda.db").exists()
    draft = (Path("out") / "sites" / "tokio.ics").read_bytes()
    first_edition("--reason", "inicio")
    edit(('hora: "18:00"', 'hora: "20:00"'))
    agenda("export", "in-force")
    assert (Path("in-force") / "sites" / "tokio.ics").read_bytes() == draft
    names = {path.relative_to("out").as_posix() for path in Path("out").rglob("*.*")}
    assert {"all.ics", "index.html", "regions/europa.ics", "sites/tokio-local.ics"} <= names
    assert len(names) == 1 + 1 + 5 + 2 * 149


def test_an_export_to_where_a_file_stands_is_the_environments_fault() -> None:
    Path("out").write_text("a file")
    done = agenda("export", "out")
    assert (done.exit_code, "out" in done.stderr) == (3, True)


@pytest.mark.parametrize(
    ("until", "mails"), [("2021-10-14", 33), pytest.param("2022-02-09", 745, marks=pytest.mark.long)]
)
def test_rehearse_prints_json_and_refuses_an_outbox_in_use(here: Path, until: str, mails: int) -> None:
    done = agenda("rehearse", "--from", "2021-10-01", "--to", until, "--outbox", "ob", "--json")
    figures = json.loads(done.stdout)
    assert {key: figures[key] for key in ("messages", "repeated", "uncertain", "refused")} == {
        "messages": mails,
        "repeated": 0,
        "uncertain": 0,
        "refused": 0,
    }
    assert sum(row["count"] for row in figures["events"]) == mails
    assert set(figures["events"][0]) == {"id", "region", "rule", "count", "first_local", "last_local", "moved"}
    assert not (here / "agenda.db").exists()
    again = agenda("rehearse", "--outbox", "ob")
    assert (again.exit_code, "no está vacía" in again.stderr) == (1, True)


def test_a_rehearsal_and_the_real_service_keep_off_each_others_databases() -> None:
    first_edition("--reason", "inicio")
    refused = agenda("rehearse", "--outbox", "ob", "--database", "agenda.db")
    assert refused.exit_code == 3
    agenda("rehearse", "--to", "2021-10-02", "--outbox", "ob2", "--database", "r.db")
    for command in (["publish", "--reason", "x"], ["serve"], ["status"]):
        done = agenda(*command, AGENDA_DATABASE_URL="sqlite:///r.db")
        assert (done.exit_code, "ensayo" in done.stderr) == (3, True)


def test_a_rehearsal_to_before_its_start_is_wrong_usage() -> None:
    assert agenda("rehearse", "--from", "2022-01-01", "--to", "2021-01-01", "--outbox", "o").exit_code == 2


def test_status_without_a_database_says_what_makes_one() -> None:
    done = agenda("status")
    assert (done.exit_code, "agenda serve" in done.stderr) == (1, True)


def test_stop_where_there_is_no_database_says_so_and_makes_none() -> None:
    for command in ("stop", "resume"):
        assert agenda(command).exit_code == 1
    assert not Path("agenda.db").exists()


def test_stop_and_resume_show_in_status() -> None:
    first_edition("--reason", "inicio")
    assert agenda("stop").exit_code == 0
    assert "ENVÍO DETENIDO" in agenda("status").stdout
    refused = agenda("send-test", "alguien@ine.example", AGENDA_SMTP_URL="smtp://127.0.0.1:1")
    assert (refused.exit_code, "agenda resume" in refused.stderr) == (1, True)
    assert agenda("resume").exit_code == 0
    assert "SENDING STOPPED" not in agenda("status", "--lang", "en").stdout


def test_doctor_tells_an_installation_that_is_fit_from_one_that_is_not() -> None:
    published()
    well = json.loads(agenda("doctor", "--json").stdout)
    verdicts = {one["check"]: one["verdict"] for one in well}
    assert verdicts["SQLite"] == ("ok" if sqlite_module().sqlite_version_info >= SAFE_SQLITE else "BAD")
    assert verdicts["clock"] == verdicts["draft"] == verdicts["database"] == verdicts["pace"] == "ok"
    pace = next(one["text"] for one in well if one["check"] == "pace")
    assert "el envío más grande" in pace
    ill = agenda("doctor", AGENDA_SMTP_URL="smtp://127.0.0.1:1", AGENDA_SECRET_KEY="short")
    assert (ill.exit_code, ill.stdout.count("MAL") >= 2) == (3, True)


async def test_send_test_sends_one_mail_to_that_address_only() -> None:
    async with aiosmtpd_server() as inbox:
        url = f"smtp://127.0.0.1:{inbox.port}"
        for redirect, expected in (("", "alguien@ine.example"), ("prueba@ine.example", "prueba@ine.example")):
            done = await asyncio.to_thread(
                agenda, "send-test", "alguien@ine.example", AGENDA_SMTP_URL=url, AGENDA_REDIRECT_ALL=redirect
            )
            assert done.exit_code == 0, done.output
            assert inbox.envelopes[-1].rcpt_tos == [expected]
    assert len(inbox.envelopes) == 2


def test_send_test_without_a_relay_or_with_a_wrong_address_says_so() -> None:
    assert agenda("send-test", "alguien@ine.example").exit_code == 3
    assert agenda("send-test", "no es dirección", AGENDA_SMTP_URL="smtp://127.0.0.1:1").exit_code == 2
    assert agenda("send-test", "alguien@ine.example", AGENDA_SMTP_URL="smtp://127.0.0.1:1").exit_code == 3


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("AGENDA_PACE", "fast", "30/min,3"),
        ("AGENDA_BASE_URL", "agenda", "https://agenda.example"),
        ("AGENDA_PORT", "many", "AGENDA_PORT"),
        ("AGENDA_SMTP_PASSWORD_FILE", "nowhere", "nowhere"),
        ("AGENDA_REDIRECT_ALL", "nobody", "AGENDA_REDIRECT_ALL"),
        ("AGENDA_REDIRECT_ALL", "ops@-x", "nombre@example.org"),
        ("AGENDA_REDIRECT_ALL", "ops@-x", "o…@-x"),
        ("AGENDA_REDIRECT_ALL", "ops@-x", "no es un dominio"),
        ("AGENDA_REDIRECT_ALL", "a..b@example.org", "nombre@example.org"),
    ],
)
def test_a_variable_that_cannot_be_is_named_with_its_rule(name: str, value: str, said: str) -> None:
    done = agenda("check", **{name: value})
    assert (done.exit_code, said in done.stderr) == (3, True)


def test_a_secret_may_come_from_a_file() -> None:
    Path("key").write_text("a-key-that-is-long-enough-to-keep\n")
    checks = json.loads(agenda("doctor", "--json", AGENDA_SECRET_KEY_FILE="key").stdout)
    assert "está puesta" in next(one["text"] for one in checks if one["check"] == "secret key")


def test_serve_publishes_the_first_edition_notices_the_next_and_stops_cleanly(here: Path) -> None:
    with serving() as (process, url):
        first = httpx.get(f"{url}/feeds/sites/tokio.ics", verify=PLAIN)
        assert (first.status_code, first.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
        agenda("export", "out")
        assert (here / "out" / "sites" / "tokio.ics").read_bytes() == first.content
        second_serve = agenda("serve", "--port", "0")
        assert (second_serve.exit_code, "otro `agenda serve`" in second_serve.stderr) == (3, True)
        edit(('hora: "18:00"', 'hora: "20:00"'))
        assert httpx.get(f"{url}/feeds/sites/tokio.ics", verify=PLAIN).content == first.content
        agenda("publish", "--reason", "se mueve")
        while b"SEQUENCE:1" not in httpx.get(f"{url}/feeds/sites/tokio.ics", verify=PLAIN).content:
            between_looks()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
    assert (here / "agenda.db.key").stat().st_mode & 0o777 == 0o600


def test_the_process_that_renders_pages_begins_with_the_first_and_ends_with_the_service(here: Path) -> None:
    """Who only polls feeds pays for none; who stops the service leaves none behind."""
    with serving() as (process, url):
        httpx.get(f"{url}/feeds/all.ics", verify=PLAIN)
        assert children_of(process.pid) == set()
        first = httpx.get(f"{url}/", verify=PLAIN, timeout=60)
        beside = children_of(process.pid)
        assert beside
        found = httpx.get(f"{url}/?q=tokio", verify=PLAIN, timeout=60)  # rendered there: it waits until that has begun
        assert (first.status_code, found.status_code, "/sites/tokio" in found.text) == (200, 200, True)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        while any(Path(f"/proc/{one}").exists() for one in beside):
            between_looks()


def children_of(process: int) -> set[int]:
    """Whichever of its threads began them."""
    of_threads = Path(f"/proc/{process}/task").glob("*/children")
    return {int(word) for one in of_threads for word in one.read_text().split()}


def test_serve_on_a_taken_port_exits_3() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = agenda("serve", "--port", str(taken.getsockname()[1]))
    assert (done.exit_code, "--port" in done.stderr) == (3, True)


def test_serve_with_an_invalid_first_draft_says_where_and_serves_nothing() -> None:
    edit(("estado: tentativo", "estado: cancelada"))
    done = agenda("serve", "--port", "0")
    assert (done.exit_code, "config/agenda.yaml:" in done.stderr) == (1, True)


def test_no_address_link_or_token_stands_in_anything_public_or_in_any_log(here: Path) -> None:
    """Every public file, page and log line of a service that has just sent mail."""
    link = "https://salas.example/secreta-123"
    (Path("config") / "privado.yaml").write_text(f'enlaces:\n  taller-asia-pacifico-2021: "{link}"\n')
    with serving(AGENDA_SMTP_URL="smtp://127.0.0.1:1") as (process, url):
        agenda("export", "out")
        public = [path.read_bytes() for path in (here / "out").rglob("*.*")]
        public += [
            httpx.get(f"{url}{path}", verify=PLAIN).content for path in ("/", "/feeds/", "/leave/x.y", "/robots.txt")
        ]
        process.terminate()
        assert process.stderr is not None
        public.append(process.stderr.read().encode())
    rows = (Path("config") / "recipients.csv").read_text(encoding="utf-8").splitlines()[1:]
    secrets = [row.split(",")[2].encode() for row in rows] + [link.encode(), (here / "agenda.db.key").read_bytes()]
    everything = b"\n".join(public)
    assert len(everything) > 100_000
    assert [secret for secret in secrets if secret.strip() in everything] == []


def test_a_database_that_cannot_be_opened_is_the_environments_fault() -> None:
    Path("agenda.db").write_text("no database" * 100)
    assert agenda("status").exit_code == 3


def test_a_database_that_another_process_keeps_locked_is_told_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("scheduler.store.sqlite.BUSY_SECONDS", 0)
    agenda("publish", "--reason", "primera")
    other = Database("sqlite:///agenda.db")
    with other.write():
        refused = agenda("publish", "--reason", "otra")
    other.close()
    assert (refused.exit_code, "la base está ocupada: otro comando" in refused.stderr) == (3, True)


def test_a_file_that_may_not_be_read_is_told_in_one_line(here: Path) -> None:
    (here / "config" / "agenda.yaml").unlink()
    (here / "config" / "agenda.yaml").symlink_to("/proc/self/mem")
    refused = agenda("check")
    assert refused.exit_code == 3
    assert refused.stderr.startswith("agenda: ")


def test_a_key_file_that_holds_no_key_is_named_and_nothing_is_served(here: Path) -> None:
    """As a full disk once left it."""
    (here / "agenda.db.key").touch()
    refused = agenda("serve", "--port", "0")
    assert refused.exit_code == 3
    assert "agenda.db.key holds no key" in refused.stderr


def test_publishing_without_a_reason_is_wrong_usage() -> None:
    refused = agenda("publish", "--reason", " ")
    assert (refused.exit_code, "--reason" in refused.stderr) == (2, True)


def test_a_rehearsal_does_not_go_on_with_other_files_than_it_began_with() -> None:
    command = ("rehearse", "--to", "2021-10-08", "--outbox", "out", "--database", "ensayo.db")
    assert agenda(*command).exit_code == 0
    edit(("id: taller-europa-2021", "id: otro-taller-2021"))
    refused = agenda(*command)
    assert (refused.exit_code, "los archivos cambiaron" in refused.stderr) == (1, True)


@pytest.mark.parametrize("command", COMMANDS, ids=lambda one: one.name)
def test_the_list_of_commands_says_what_each_says_of_itself(command: Command) -> None:
    said = loaded(command.name).help or ""
    assert " ".join(said.split("\n\n")[0].split()) == command.summary


def test_help_loads_no_command_and_nothing_that_commands_stand_on() -> None:
    ours = {name for name in modules_of("--help") if name.partition(".")[0] in {"scheduler", "calendars"}}
    spoken = {"calendars", "calendars.catalogue", "calendars.model", "calendars.model.text", "scheduler.base.heavy"}
    spoken |= {"scheduler.commands", "scheduler.commands.helping"}
    assert ours == {"scheduler", "scheduler.base", "scheduler.base.terminal", "scheduler.cli"} | spoken


SERVING = {"starlette", "uvicorn", "aiosmtplib", "jinja2", "apscheduler", "prometheus_client"}
MIGRATING = {"alembic", "mako", "psycopg"}
DRAWING = {"rich", "pygments", "structlog"}  # structlog's development module pulls rich


def top(modules: set[str]) -> set[str]:
    return {name.partition(".")[0] for name in modules}


def test_check_loads_no_database_no_server_and_no_mail() -> None:
    assert not top(modules_of("check")) & (SERVING | MIGRATING | DRAWING | {"sqlalchemy"})


@pytest.mark.parametrize("command", ["stop", "resume"])
def test_the_brake_loads_a_database_and_nothing_of_what_it_holds(command: str) -> None:
    """Not the calendar either: mail can be stopped where the zone data is unusable."""
    first_edition("--reason", "inicio")
    found = modules_of(command)
    assert "sqlalchemy" in found
    assert not top(found) & (SERVING | MIGRATING | DRAWING | {"icalendar", "pytz", "babel", "holidays", "ruamel"})
    ours = {name for name in found if name.startswith(("scheduler.", "calendars."))}
    assert ours == {
        "calendars.addresses",
        "calendars.catalogue",
        "calendars.model",
        "calendars.model.text",
        "scheduler.base",
        "scheduler.base.address",
        "scheduler.base.clock",
        "scheduler.base.disk",
        "scheduler.base.disk.objections",
        "scheduler.base.heavy",
        "scheduler.base.login",
        "scheduler.base.refusal",
        "scheduler.base.settings",
        "scheduler.base.terminal",
        "scheduler.base.tokens",
        "scheduler.base.variables",
        "scheduler.cli",
        "scheduler.commands",
        "scheduler.commands.brake",
        "scheduler.store.brake",
        "scheduler.commands.common",
        "scheduler.commands.helping",
        "scheduler.installation",
        "scheduler.installation.database",
        "scheduler.store",
        "scheduler.store.audit",
        "scheduler.store.audit.chain",
        "scheduler.store.audit.deeds",
        "scheduler.store.audit.tables",
        "scheduler.store.controls",
        "scheduler.store.database",
        "scheduler.store.file_place",
        "scheduler.store.schema",
        "scheduler.store.sqlite",
        "scheduler.store.turns",
        "scheduler.store.upsert",
    }


def test_status_loads_no_server_no_migrations_and_draws_nothing() -> None:
    first_edition("--reason", "inicio")
    assert not top(modules_of("status")) & (SERVING | MIGRATING | DRAWING)


def test_what_keeps_running_loads_no_rehearsal() -> None:
    """The demo is made of one, and of what captures its mails; whoever serves has neither."""
    for command in ("serve", "web", "worker", "desk"):
        found = modules_of(command, "--help")
        assert f"scheduler.commands.{command}" in found
        assert {name for name in found if name.startswith("scheduler.rehearsal")} == set()
        assert "aiosmtpd" not in top(found)


def test_each_half_of_the_service_loads_what_it_runs_and_nothing_of_the_other() -> None:
    """What it was called with, and what it loads once it runs."""
    web = modules_of("web", "--help") | loaded_with("scheduler.web.served")
    assert not top(web) & {"aiosmtplib", "apscheduler", "css_inline", "ruamel"}
    worker = modules_of("worker", "--help") | loaded_with("scheduler.sending.awake")
    assert not top(worker) & {"starlette", "uvicorn", "httptools", "prometheus_client", "segno", "ruamel"}
    assert {name for name in worker if name.startswith("scheduler.web")} == set()


def loaded_with(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_a_language_is_one_that_has_a_catalogue_and_a_third_is_added_by_a_file_alone(tmp_path: Path) -> None:
    """The copy of `calendars` has a catalogue more, and nothing else is changed."""
    for wrong in (agenda("check", "--lang", "xx"), agenda("check", AGENDA_LANG="xx")):
        assert (wrong.exit_code != 0, "«xx» no es un idioma que hable este programa" in wrong.stderr) == (True, True)
        assert "es, en" in wrong.stderr
    english = agenda("check", "--lang", "xx", AGENDA_LANG="en")
    assert (english.exit_code, "--lang: «xx» is no language that this program speaks" in english.stderr) == (2, True)
    shutil.copytree(ROOT / "calendars", tmp_path / "more" / "calendars")
    third = words.catalogue(words.LANGUAGES / "es.po")
    third["The draft is fine. Nothing has been published."].string = "Ti skribl estan bon."
    (tmp_path / "more" / "calendars" / "languages" / "xx.mo").write_bytes(words.compiled(third))
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "check"]
    for chosen, environment in ((["--lang", "xx"], {}), ([], {"AGENDA_LANG": "xx"})):
        there = {**os.environ, "PYTHONPATH": str(tmp_path / "more"), **environment}
        done = subprocess.run([*command, *chosen], env=there, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stdout) == (0, "Ti skribl estan bon.\n"), done.stderr


@pytest.mark.parametrize(
    ("language", "stopped", "resumed", "refused"),
    [
        ("es", "detenido desde 20", "el envío se reanuda", "el envío está detenido desde 20"),
        ("en", "stopped since 20", "sending goes on", "sending is stopped since 20"),
    ],
)
def test_stopping_and_going_on_are_told_in_the_language_that_is_asked_for(
    language: str, stopped: str, resumed: str, refused: str
) -> None:
    first_edition("--reason", "inicio")
    first = agenda("stop", "--lang", language).stdout
    assert first.startswith(stopped)
    assert agenda("stop", "--lang", language).stdout == first  # since when does not change
    assert refused in agenda("send-test", "a@sedes.example", "--lang", language).stderr
    assert agenda("resume", "--lang", language).stdout == f"{resumed}\n"


def test_stop_works_where_the_zone_data_is_unusable(tmp_path: Path) -> None:
    """Whoever has to stop mail does not wait until the rest is in order."""
    first_edition("--reason", "inicio")
    there = {**os.environ, "PYTZ_TZDATADIR": str(tmp_path)}
    command = [sys.executable, "-c", "from scheduler.cli import main; main()"]
    done = [
        subprocess.run([*command, name], env=there, capture_output=True, text=True, check=False).returncode
        for name in ("stop", "status")
    ]
    assert done == [0, 3]


def test_check_notes_a_row_of_festivos_that_counts_over_another() -> None:
    """It refuses nothing: scripts that read the JSON see no problem."""
    row = "2021-10-19,tokio,Fiesta,Feast,no,Gaceta\n"
    Path("config/festivos.csv").write_text(f"fecha,donde,es,en,labora,fuente\n{row}{row}", encoding="utf-8")
    done = agenda("check")
    assert done.exit_code == 0
    assert done.stdout.startswith("config/festivos.csv:3:1: nota: el 2021-10-19 en «tokio» ya está en el renglón 2.")
    assert "festivos.csv:3:1: note: 2021-10-19 at “tokio” stands" in agenda("check", "--lang", "en").stdout
    assert json.loads(agenda("check", "--json").stdout) == []
