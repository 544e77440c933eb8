"""`agenda report`: written, closed, printed again word for word, corrected, listed; and what it refuses."""

from __future__ import annotations

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scheduler.printing import as_json
from scheduler.printing.blocks import Document, Paragraph
from scheduler.store.people import signups
from tests.support.command_line import agenda
from tests.support.editing import first_edition
from tests.support.reported import EUROPE, opened, sql

LATER = datetime(2026, 12, 1, tzinfo=UTC)
WHY = "Tercera sesión de la comisión"


@pytest.fixture
def published(here: Path) -> Path:
    first_edition("--reason", "inicio", "--yes", "--author", "M. R.")
    return here


def document(path: Path) -> Document:
    """What `--format json` wrote, read back."""
    return as_json.read(json.dumps(json.loads(path.read_text(encoding="utf-8"))["document"]))


def numbers() -> list[int]:
    done = agenda("report", "--list", "--json")
    assert done.exit_code == 0, done.output
    return [one["number"] for one in json.loads(done.stdout)]


def close(*more: str) -> None:
    done = agenda("report", "--close", WHY, "--author", "M. R.", *more)
    assert done.exit_code == 0, done.output


def test_without_a_database_and_without_an_edition_it_is_refused_as_elsewhere(here: Path) -> None:
    refused = agenda("report")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("agenda: sqlite:///agenda.db: aquí no hay base de datos")
    assert list(here.glob("informe*")) == []


@pytest.mark.parametrize(
    ("form", "name", "begins"),
    [
        ("html", "informe.html", b"<!doctype html>"),
        ("pdf", "informe.pdf", b"%PDF-"),
        ("docx", "informe.docx", b"PK"),
        ("xlsx", "informe.xlsx", b"PK"),
        ("csv", "informe.zip", b"PK"),
        ("json", "informe.json", b"{"),
    ],
)
def test_each_format_is_a_file_of_its_own_name(published: Path, form: str, name: str, begins: bytes) -> None:
    done = agenda("report", "--format", form)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"El informe está en {name}.\n"
    assert (published / name).read_bytes().startswith(begins)


def test_the_tables_come_as_csv_together_in_an_archive(published: Path) -> None:
    assert agenda("report", "--format", "csv").exit_code == 0
    with zipfile.ZipFile("informe.zip") as archive:
        assert any("avisos-por-region" in name for name in archive.namelist())


def test_in_english_the_report_and_its_name_are_english(published: Path) -> None:
    done = agenda("report", "--lang", "en")
    assert done.stdout == "The report is in report.html.\n"
    assert "Report on the progress of the work agenda" in (published / "report.html").read_text(encoding="utf-8")


def test_a_file_of_that_name_is_written_over_only_when_told_so(published: Path) -> None:
    (published / "informe.html").write_text("mío", encoding="utf-8")
    refused = agenda("report")
    assert refused.exit_code == 1
    assert refused.stderr == (
        "agenda: informe.html ya existe y no se escribió encima: dé otro nombre con --output, o agregue --force\n"
    )
    assert (published / "informe.html").read_text(encoding="utf-8") == "mío"
    assert agenda("report", "--force").exit_code == 0
    assert "Antecedentes" in (published / "informe.html").read_text(encoding="utf-8")


def test_it_goes_where_it_is_told_to_go(published: Path) -> None:
    """A name, a folder, or standard output and nothing else there."""
    (published / "carpeta").mkdir()
    assert agenda("report", "--output", "carpeta").exit_code == 0
    assert (published / "carpeta" / "informe.html").exists()
    assert agenda("report", "--format", "json", "--output", "cifras.txt").exit_code == 0
    assert json.loads((published / "cifras.txt").read_text(encoding="utf-8"))["figures"]["head"]["edition"] == 1
    streamed = agenda("report", "--format", "json", "--output", "-")
    assert json.loads(streamed.stdout)["document"]["title"].startswith("Informe")


def test_a_closed_report_has_the_next_number_and_says_what_it_can_be_checked_by(published: Path) -> None:
    done = agenda("report", "--close", WHY, "--author", "M. R.", "--format", "json")
    assert done.exit_code == 0, done.output
    [line] = json.loads(agenda("report", "--list", "--json").stdout)
    assert (line["number"], line["author"], line["reason"], line["edition"]) == (1, "M. R.", WHY, 1)
    assert f"El informe 1 quedó cerrado: {line['digest']}" in done.stderr
    head = json.loads(agenda("audit", "--json").stdout)[-1]
    assert (head["what"], head["subject"], head["reason"]) == ("report-closed", "1", WHY)
    assert head["details"]["digest"] == line["digest"]
    assert f"{head['number']}-{head['hash'][:32]}. Guárdela con el informe." in done.stderr
    assert "No se ha hecho ningún expediente de evidencia." in done.stderr
    assert document(published / "informe-1.json").reference == "Informe 1"


def test_it_is_printed_again_word_for_word_after_an_erasure(published: Path) -> None:
    """Posts are erased, and another edition is in force: the report says what it said, in both languages."""
    close("--format", "json")
    before = (published / "informe-1.json").read_bytes()
    english = agenda("report", "--number", "1", "--lang", "en", "--format", "json", "--output", "-").stdout
    with closing(sqlite3.connect("agenda.db")) as connection:
        recipients = [row[0] for row in connection.execute("SELECT id FROM recipients ORDER BY id LIMIT 40")]
    with opened(published / "agenda.db") as database, database.write() as connection:
        for recipient in recipients:
            signups.erase(connection, recipient, [f"digest-{recipient}"], LATER)
    sql(published / "agenda.db", "DELETE FROM answers", f"DELETE FROM deliveries WHERE event = '{EUROPE}'")
    assert agenda("report", "--format", "json", "--output", "hoy.json").exit_code == 0
    assert document(published / "hoy.json").blocks != document(published / "informe-1.json").blocks
    again = agenda("report", "--number", "1", "--format", "json", "--output", "otra.json")
    assert again.exit_code == 0, again.output
    assert (published / "otra.json").read_bytes() == before
    assert agenda("report", "--number", "1", "--lang", "en", "--format", "json", "--output", "-").stdout == english
    assert agenda("report", "--number", "1").exit_code == 0
    assert "Informe 1" in (published / "informe-1.html").read_text(encoding="utf-8")


def test_a_correction_is_a_new_report_that_names_the_old(published: Path) -> None:
    close()
    close("--corrects", "1", "--format", "json")
    assert numbers() == [1, 2]
    assert json.loads(agenda("report", "--list", "--json").stdout)[1]["corrects"] == 1
    said = [block.text for block in document(published / "informe-2.json").blocks if isinstance(block, Paragraph)]
    assert "Este informe corrige al informe 1, que se conserva tal como se cerró." in said
    listed = agenda("report", "--list").stdout
    assert "Tercera sesión de la comisión" in listed
    assert "M. R." in listed


def test_a_pack_of_evidence_is_made_first_and_the_report_names_its_head(published: Path) -> None:
    """Whoever holds the paper can tell that this pack is that of the report."""
    done = agenda("report", "--close", WHY, "--author", "M. R.", "--evidence", "expediente", "--format", "json")
    assert done.exit_code == 0, done.output
    verdict = json.loads(agenda("evidence", "expediente", "--verify", "--json").stdout)
    assert verdict["whole"]
    assert f"con la huella final {verdict['head']}." in as_json.write(document(published / "informe-1.json"))
    assert f"Expediente de evidencia: {verdict['head']}" in done.stderr
    assert [one["number"] for one in json.loads(agenda("report", "--list", "--json").stdout)] == [1]


@pytest.mark.parametrize(
    "more",
    [["--close", "  "], ["--close", WHY, "--corrects", "7"], [], ["--close", WHY, "--commitment", "05/2021"]],
)
def test_no_pack_is_made_for_a_report_that_cannot_be_closed(published: Path, more: list[str]) -> None:
    refused = agenda("report", *more, "--evidence", "expediente", "--author", "M. R.")
    assert refused.exit_code in {1, 2}
    assert not (published / "expediente").exists()


def test_what_somebody_changed_in_the_database_is_not_printed_as_if_it_had_been_closed(published: Path) -> None:
    close()
    sql(published / "agenda.db", "UPDATE closed_documents SET body = replace(body, 'Informe', 'Infome')")
    refused = agenda("report", "--number", "1", "--force")
    assert refused.exit_code == 3
    assert "El informe 1 ya no es el que se cerró" in refused.stderr


def test_nothing_is_closed_where_its_file_cannot_be_written(published: Path) -> None:
    (published / "informe-1.html").write_text("mío", encoding="utf-8")
    refused = agenda("report", "--close", WHY, "--author", "M. R.")
    assert refused.exit_code == 1
    assert numbers() == []


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["--close", "  "], 1, "Diga por qué se cierra el informe."),
        (["--number", "7"], 1, "No hay informe cerrado 7: todavía no se ha cerrado ninguno."),
        (["--close", WHY, "--corrects", "7"], 1, "No hay informe cerrado 7: todavía no se ha cerrado ninguno."),
        (
            ["--corrects", "1"],
            2,
            "--corrects va con --close: una corrección es un informe nuevo, que también se cierra",
        ),
        (["--number", "1", "--close", WHY], 2, "--number imprime lo que se cerró: no va con --close"),
        (["--list", "--number", "1"], 2, "--list va solo, o con --json"),
        (["--json"], 2, "--json es para --list; el informe mismo como JSON: --format json"),
        (["--commitment", "05/2021"], 2, "no hay tal compromiso en vigor. Hay: compromiso-04-2021."),
    ],
)
def test_what_does_not_go_is_refused_in_words(published: Path, words: list[str], code: int, said: str) -> None:
    refused = agenda("report", *words)
    assert (refused.exit_code, said in refused.stderr) == (code, True), refused.output
    assert numbers() == []


@pytest.mark.parametrize(
    ("lang", "said"),
    [("es", "no hay tal compromiso en vigor. Hay: compromiso-04"), ("en", "there is no such commitment in force")],
)
def test_a_commitment_that_there_is_not_is_told_before_a_file_that_is_in_the_way(
    published: Path, lang: str, said: str
) -> None:
    """Writing over the file would not help."""
    for name in ("informe.html", "report.html"):
        (published / name).write_text("mío", encoding="utf-8")
    refused = agenda("report", "--commitment", "05/2021", "--lang", lang)
    assert (refused.exit_code, said in refused.stderr) == (2, True), refused.output


def test_neither_a_report_nor_its_file_holds_an_address_a_name_or_a_link(published: Path) -> None:
    close("--format", "json", "--author", "Ana Prueba")
    text = (published / "informe-1.json").read_text(encoding="utf-8")
    assert re.findall(r"\w@\w", text) == []
    assert "Ana Prueba" not in text
    for scheme in ("https://", "http://"):
        assert scheme not in text.replace("http://www.w3.org/2000/svg", "")


def test_before_one_is_closed_the_list_says_how(published: Path) -> None:
    assert agenda("report", "--list").stdout == (
        "Todavía no se ha cerrado ningún informe: agenda report --close MOTIVO\n"
    )
