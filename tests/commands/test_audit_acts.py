"""Each command that acts leaves exactly one row in the audit; `agenda audit` shows, filters and verifies it."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scheduler.cli import COMMANDS, loaded
from scheduler.store.audit.deeds import Via, What
from scheduler.wording.audit import DEEDS, PARTS, WAYS
from scheduler.wording.cells import csv_octets, safe_cell
from tests.support.command_line import agenda, edit, into_the_future
from tests.support.editing import first_edition
from tests.support.smtpd import scripted

POST = "tokio-1"
MANAGER = "ana@ine.example"
INVITE = ["users", "invite", MANAGER, "--role", "people"]
# By command: what is done before, the words after its name, and the act. {id} is the private calendar made before.
ACTS: dict[str, tuple[list[list[str]], list[str], What]] = {
    "publish": ([["edit"]], ["--reason", "otra", "--yes"], What.PUBLISHED),
    "rollback": (
        [["edit"], ["publish", "--reason", "otra", "--yes"]],
        ["1", "--reason", "no", "--yes"],
        What.ROLLED_BACK,
    ),
    "stop": ([], ["--reason", "enlace"], What.STOPPED),
    "resume": ([["stop"]], [], What.RESUMED),
    "backup": ([], ["respaldo.db"], What.BACKED_UP),
    "restore": ([["backup", "respaldo.db"]], ["respaldo.db"], What.RESTORED),
    "adopt": ([], [], What.ADOPTED),
    "copy-database": ([], ["sqlite:///agenda.db", "sqlite:///copia.db"], What.COPIED),
    "migrate": ([["former"]], [], What.MIGRATED),
    "token": ([], ["tokio", "--label", "Outlook"], What.TOKEN_MADE),
    "token --revoke": ([["token", "tokio"]], ["{id}"], What.TOKEN_ENDED),
    "handover": ([], [POST, "--to", "otra@{domain}", "--yes"], What.HANDED_OVER),
    "deliveries hold": ([], ["--all", "--yes", "--reason", "espera"], What.HELD),
    "deliveries release": (
        [["deliveries", "hold", "--all", "--yes", "--reason", "espera"]],
        ["--all", "--yes", "--reason", "ya"],
        What.RELEASED,
    ),
    "deliveries retry": (
        [["deliveries", "hold", "--all", "--yes", "--reason", "espera"]],
        ["--all", "--yes", "--reason", "ya"],
        What.RETRIED,
    ),
    "deliveries drop": (
        [["deliveries", "hold", "--all", "--yes", "--reason", "espera"]],
        ["--all", "--yes", "--reason", "ya"],
        What.DROPPED,
    ),
    "quarantine": ([], ["--forget"], What.MESSAGES_FORGOTTEN),
    "suppressions lift": ([["mute"]], [POST], What.LIFTED),
    "suppressions": ([["doubt"]], ["--dismiss", "all"], What.REPORTS_DECIDED),
    "users invite": ([], [MANAGER, "--role", "people"], What.ACCOUNT_MADE),
    "users reset": ([INVITE], [MANAGER], What.INVITED),
    "users roles": ([INVITE], [MANAGER, "--role", "edit"], What.ACCOUNT_CHANGED),
    "users end": ([INVITE], [MANAGER], What.SESSION_ENDED),
    "users remove": ([INVITE], [MANAGER], What.ACCOUNT_ENDED),
    "roll-call": ([], ["--yes"], What.ROLL_CALLED),
    "remind": ([], ["taller-asia-pacifico-2021", "--silent", "--yes"], What.SILENT_ASKED),
    "evidence": ([], ["expediente", "--redact", "publica"], What.EVIDENCE_MADE),
    "attendance": ([], ["taller-europa-2021", "--site", "madrid=2"], What.ATTENDANCE_TYPED),
    "attendance --not-held": ([], ["taller-europa-2021", "--reason", "sin enlace"], What.SESSION_NOT_HELD),
    "attendance --held": ([], ["taller-europa-2021"], What.SESSION_HELD),
    "attendance --forget": (
        [["attendance", "taller-europa-2021", "--site", "madrid=2"]],
        ["madrid", "taller-europa-2021"],
        What.ATTENDANCE_FORGOTTEN,
    ),
    "report": ([], ["--close", "Tercera sesión"], What.REPORT_CLOSED),
    "send-test": ([], ["prueba@ine.example"], What.TESTED),
}
# These change nothing that anybody decides on, or only what is not the installation's database. `serve` publishes the
# first edition, `inbox` mutes posts, and the service does as it must: tests/store and tests/sending try their rows.
READS = {
    "check", "show", "schema", "diff", "impact", "editions", "export", "rehearse", "demo", "serve", "web", "worker",
    "status", "answers", "doctor", "deliveries", "deliveries show", "inbox", "audit",
    "users", "users list", "users sessions", "heard", "new", "desk",
}  # fmt: skip


def names() -> Iterator[str]:
    """Every command, and every one below it."""
    for command in COMMANDS:
        yield command.name
        found = loaded(command.name)
        for below in getattr(found, "commands", {}):
            yield f"{command.name} {below}"


@pytest.fixture
def published(here: Path) -> Path:
    into_the_future()
    post = f"{POST},tokio,uno@tokio.example,es,Sección Consular,2021-10-01"
    with Path("config/recipients.csv").open("a", encoding="utf-8") as file:
        file.write(f"{post}\n")
    first_edition("--reason", "inicio", "--yes", "--author", "M. R.")
    return here


def rows(database: str = "agenda.db") -> list[dict[str, str]]:
    with closing(sqlite3.connect(database)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute("SELECT * FROM audit ORDER BY number")]


def sql(*statements: str) -> None:
    with closing(sqlite3.connect("agenda.db")) as connection, connection:
        for statement in statements:
            connection.execute(statement)


def former() -> None:
    """As the version before left it."""
    of_accounts = ("account_roles", "account_passwords", "account_links", "desk_sessions", "signin_waits", "accounts")
    of_attendance = ("seen", "files", "typed", "kept", "sessions", "places")
    of_reports = ("closed_documents", "closed_reports")
    sql(
        *(f"DROP TABLE attendance_{table}" for table in of_attendance),
        *(f"DROP TABLE {table}" for table in (*of_accounts, *of_reports)),
        *(f"DROP TABLE {table}" for table in ("audit_texts", "audit", "edition_heads", "refused_sign_ins")),
        "DROP INDEX ix_deliveries_tried",
        "CREATE INDEX ix_deliveries_message_key ON deliveries (message_key)",
        "UPDATE alembic_version SET version_num = '0014'",
    )


def reworded() -> None:
    edit(("Taller VMRE, Asia Pacífico", "Taller VMRE, Asia y Pacífico"))


BEFORE: dict[str, Callable[[], None]] = {
    "edit": reworded,
    "former": former,
    "mute": lambda: sql(f"UPDATE recipients SET suppressed_at = 1, suppressed_why = 'x' WHERE id = '{POST}'"),
    "doubt": lambda: sql(
        "INSERT INTO bounces (digest, recipient, at, kind, status, text) "
        f"SELECT 'd', '{POST}', max(at), 'doubted', '5.1.1', 'x' FROM editions"
    ),
}


def prepare(steps: list[list[str]]) -> dict[str, str]:
    known = {"domain": "tokio.example"}
    for step in steps:
        if step[0] in BEFORE:
            BEFORE[step[0]]()
            continue
        done = agenda(*step, *(["--json"] if step[0] == "token" else []))
        assert done.exit_code == 0, done.output
        if step[0] == "token":
            known["id"] = json.loads(done.stdout)["id"]
    return known


def test_every_command_is_known_to_act_or_to_read() -> None:
    """One that is in neither list was added without saying what it leaves in the audit."""
    acting = {name.partition(" --")[0] for name in ACTS}
    assert set(names()) == acting | READS


@pytest.mark.parametrize("command", ACTS)
async def test_an_acting_command_leaves_exactly_one_row(published: Path, command: str) -> None:
    steps, words, what = ACTS[command]
    known = prepare(steps)
    before = 0 if command == "migrate" else len(rows())
    arguments = [*command.split(), *(word.format_map(known) for word in words)]
    async with scripted() as fake:
        environment = {"AGENDA_AUTHOR": "Ana Núñez", "AGENDA_SMTP_URL": f"smtp://127.0.0.1:{fake.port}"}
        done = await asyncio.to_thread(lambda: agenda(*arguments, **environment))
    assert done.exit_code == 0, done.output
    found = rows("copia.db" if command == "copy-database" else "agenda.db")
    kept = 1 if command == "restore" else before  # the backup was taken before its own row
    assert [row["what"] for row in found[kept:]] == [what.value]
    assert (found[-1]["who"], found[-1]["via"]) == ("Ana Núñez", "command")
    if command != "copy-database":
        assert agenda("audit", "--verify").exit_code == 0


def test_each_kind_of_act_way_and_part_has_its_words() -> None:
    assert set(DEEDS) == set(What)
    assert set(WAYS) == set(Via)
    assert all(PARTS)


def test_the_list_is_read_in_both_languages(published: Path) -> None:
    assert agenda("stop", "--reason", "un enlace equivocado", "--author", "M. R.").exit_code == 0
    spanish, english = agenda("audit").stdout, agenda("audit", "--lang", "en").stdout
    assert "publicó la edición 1 (0 avisos)" in spanish
    assert "detuvo todos los envíos" in spanish
    assert "un enlace equivocado" in spanish
    assert "published edition 1 (0 notices)" in english
    assert "Ningún renglón coincide." in agenda("audit", "--who", "nadie").stdout


def test_publishing_prints_the_head_that_verifies_later_and_doctor_says_it_too(published: Path) -> None:
    reworded()
    said = agenda("publish", "--reason", "otra", "--yes").stdout
    head = said.partition("Auditoría: ")[2].partition(".")[0]
    assert head.startswith("2-")
    assert agenda("stop").exit_code == 0
    whole = agenda("audit", "--verify", "--head", head)
    assert (whole.exit_code, whole.stdout.startswith("La lista está íntegra: 3 renglones, 3-")) == (0, True)
    found = {one["check"]: one for one in json.loads(agenda("doctor", "--json").stdout)}
    assert found["audit"]["verdict"] == "ok"
    assert "3-" in found["audit"]["text"]


def test_what_was_changed_with_the_database_s_own_means_is_told(published: Path) -> None:
    sql("DROP TRIGGER audit_kept", "UPDATE audit SET who = 'otra' WHERE number = 1")
    told = agenda("audit", "--verify")
    assert told.exit_code == 1
    assert "ATENCIÓN: el renglón 1 fue cambiado" in told.stdout
    assert "La lista NO está íntegra: 1 falla en 1 renglón." in told.stdout
    assert json.loads(agenda("audit", "--verify", "--json").stdout)["whole"] is False
    assert "NO está íntegra" in agenda("doctor").stdout


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--head", "1-abc", "--verify"], "--head 1-abc: no es una huella final"),
        (["--head", "1-aaaaaaaaaaaaaaaa"], "--head va con --verify"),
        (["--json", "--csv"], "--json o --csv, no los dos"),
        (["--since", "ayer"], "--since ayer: no es una fecha; escríbala así: 2026-11-23"),
    ],
)
def test_a_wrong_option_is_refused_with_the_way_out(published: Path, options: list[str], said: str) -> None:
    refused = agenda("audit", *options)
    assert refused.exit_code == 2
    assert said in refused.stderr


def test_csv_opens_in_excel_and_holds_no_formula(published: Path) -> None:
    assert agenda("stop", "--reason", "=1+1", "--author", "@SUMA(A1)").exit_code == 0
    octets = agenda("audit", "--csv").stdout_bytes
    assert octets.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in octets
    table = list(csv.reader(io.StringIO(octets.decode("utf-8-sig"), newline="")))
    assert table[0][:4] == ["N.º", "Cuándo (TCM)", "UTC", "Quién"]
    assert len({len(row) for row in table}) == 1
    assert (table[2][3], table[2][8]) == ("'@SUMA(A1)", "'=1+1")


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "007", "1E5"])
def test_a_cell_that_a_spreadsheet_would_reckon_with_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == f"'{text}"
    assert safe_cell("2026-11-29 12:00") == "2026-11-29 12:00"
    assert csv_octets([["a"], [3]]) == b"\xef\xbb\xbfa\r\n3\r\n"


def test_nothing_personal_stands_in_the_rows(published: Path) -> None:
    """Every address of the configuration and of this test, in all the acts there are."""
    why = ("--reason", "uno@tokio.example")
    assert agenda("handover", POST, "--to", "dos@tokio.example", "--yes", *why).exit_code == 0
    assert agenda("stop", "--author", "uno@tokio.example", *why).exit_code == 0
    with closing(sqlite3.connect("agenda.db")) as connection:
        kept = repr(connection.execute("SELECT * FROM audit").fetchall())
        addresses = [row[0] for row in connection.execute("SELECT address FROM recipients WHERE address <> ''")]
    assert [one for one in (*addresses, "uno@tokio.example") if one in kept] == []
    assert "u…@tokio.example" in kept
