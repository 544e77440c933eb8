"""What LibreOffice finds in the files for Word and Excel: the same words and figures as everybody else."""

from __future__ import annotations

import csv
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from calendars.wording import long_date
from scheduler.printing import docx, xlsx
from scheduler.printing.blocks import Block, Document, Grid, Heading, Items, Paragraph, Picture
from scheduler.printing.figures import shown
from tests.support.printed import report
from tests.support.wanted import leave_out

pytestmark = pytest.mark.long

# A comma, quotation marks as needed, UTF-8, as shown, every sheet into a file of its own.
SHEETS = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false,false,false,-1"


def converted(content: bytes, name: str, kind: str, folder: Path) -> Path:
    """The folder of what LibreOffice makes of the file."""
    office = shutil.which("soffice")
    if office is None:
        leave_out("soffice (Debian: libreoffice-writer-nogui, libreoffice-calc-nogui)")
    (folder / name).write_bytes(content)
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    subprocess.run(
        [office, profile, "--headless", "--convert-to", kind, "--outdir", folder / "out", folder / name],
        check=True,
        capture_output=True,
        timeout=120,
    )
    return folder / "out"


def test_libreoffice_reads_the_words_of_the_document_in_their_order(tmp_path: Path) -> None:
    """No block is lost, torn apart or said twice."""
    made = converted(docx.file(report(rows=149)), "informe.docx", "txt:Text (encoded):UTF8", tmp_path)
    found = (made / "informe.txt").read_text(encoding="utf-8-sig").split("\n")
    assert [line for line in (re.sub(r"^\s*•\s*", "", line).strip() for line in found) if line] == told(
        report(rows=149)
    )


def told(document: Document) -> list[str]:
    """What a text of it says, a line a paragraph or cell."""
    given = f"{document.reference} · {long_date(document.dated, document.language)}"
    head = [document.author, document.title, document.subtitle, given]
    return [*head, *(line for block in document.blocks for line in lines(block, document.language) if line)]


def lines(block: Block, language: str) -> list[str]:
    match block:
        case Heading() | Paragraph():
            return [block.text]
        case Items():
            return [*block.items]
        case Picture():
            return [block.caption]
        case Grid():
            cells = [shown(cell, language) for row in block.rows for cell in row]
            return [block.caption, *(column.title for column in block.columns), *cells, block.note]


def test_libreoffice_shows_what_the_sheets_hold(tmp_path: Path) -> None:
    """Texts as texts, dates as Mexico writes them whatever machine it is; no formula has been reckoned."""
    made = converted(xlsx.file(report(rows=149)), "informe.xlsx", SHEETS, tmp_path)
    with (made / "informe-sedes.csv").open(encoding="utf-8", newline="") as file:
        found = list(csv.reader(file))
    (table,) = (block for block in report(rows=149).blocks if isinstance(block, Grid))
    assert found[0] == [column.title for column in table.columns]
    assert found[1:] == [[in_mexico(cell) for cell in row] for row in table.rows]


def in_mexico(cell: object) -> str:
    if hasattr(cell, "strftime"):
        return f"{cell:%d/%m/%Y}"
    return "" if cell is None else str(cell)
