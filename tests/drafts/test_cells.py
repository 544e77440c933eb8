"""One cell of recipients.csv written: every other byte stays, in whatever way Excel saved the file."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.reading.decoding import decode
from calendars.reading.problems import Report
from calendars.reading.tables.rows import record
from scheduler.drafts.cells import NoCell, cell, with_cell

NEW = "nueva@sedes.example"
HEADER = "id,sede,correo,idioma,puesto,alta\n"


def test_a_file_of_excel_in_its_code_page_keeps_its_accents_and_line_ends() -> None:
    """Windows-1252, semicolons, CRLF: one address is another, and nothing else."""
    before = "id;sede;correo;idioma;puesto;alta\r\nuno;tokio;vieja@a.example;es;Sección;2021-10-01\r\n".encode("cp1252")
    assert with_cell(before, "uno", "correo", NEW) == before.replace(b"vieja@a.example", NEW.encode())


def test_quotes_and_spaces_around_the_cell_stay() -> None:
    """A cell in quotes stays in quotes, and the spaces before and after it stay."""
    before = (HEADER + 'uno,tokio, "vieja@a.example" ,es,"Sección, 2",2021-10-01\n').encode()
    assert with_cell(before, "uno", "correo", NEW) == before.replace(b"vieja@a.example", NEW.encode())


def test_a_byte_order_mark_and_the_line_that_names_the_separator_stay() -> None:
    """`sep=;` and the mark of UTF-8 are Excel's; both are there afterwards."""
    before = "\ufeffsep=;\r\nid;correo;sede;idioma;puesto;alta\r\nuno;vieja@a.example;t;es;S;2021-10-01".encode()
    assert with_cell(before, "uno", "correo", NEW) == before.replace(b"vieja@a.example", NEW.encode())


def test_a_file_in_utf_16_is_written_in_utf_16() -> None:
    """Its text differs in that cell only."""
    text = HEADER + "uno,tokio,vieja@a.example,es,Sección,2021-10-01\n"
    after = with_cell(text.encode("utf-16"), "uno", "correo", NEW)
    assert after.decode("utf-16") == text.replace("vieja@a.example", NEW)


@pytest.mark.parametrize("body", ["", HEADER, HEADER + "dos,tokio,a@b.example,es,S,2021-10-01\n", "sede,correo\na,b\n"])
def test_a_file_without_the_row_is_refused(body: str) -> None:
    """Nothing is guessed: whoever corrects is sent to the file."""
    with pytest.raises(NoCell) as refused:
        with_cell(body.encode(), "uno", "correo", NEW)
    assert "ábralo como archivo" in refused.value.lines("es")[0]
    assert "open it as a file" in refused.value.lines("en")[0]


_WORD = st.text(
    st.characters(codec="cp1252", exclude_categories=["C"], exclude_characters='",;\t\xa0'), min_size=1, max_size=9
)


@given(
    rows=st.lists(st.tuples(_WORD, _WORD), min_size=1, max_size=6),
    which=st.integers(0, 5),
    sign=st.sampled_from(",;\t"),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_whatever_the_other_cells_hold_only_that_cell_is_another(
    rows: list[tuple[str, str]], which: int, sign: str, end: str
) -> None:
    """Read again, the row has the new address, and all other cells are as they were."""
    lines = [["id", "sede", "correo", "idioma", "puesto", "alta"]]
    lines += [
        [f"p{number}", site, f"p{number}@a.example", "es", name, "2021-10-01"]
        for number, (site, name) in enumerate(rows)
    ]
    before = end.join(sign.join(cells) for cells in lines).encode("utf-8")
    wanted = which % len(rows)
    text = decode(with_cell(before, f"p{wanted}", "correo", NEW), Report("recipients.csv"), limit=10_000)
    plain = decode(before, Report("recipients.csv"), limit=10_000)
    assert text is not None
    assert plain is not None
    after = [record(line, 1, sign).cells for line in text.split("\n")]
    expected = [record(line, 1, sign).cells for line in plain.split("\n")]
    expected[wanted + 1][2] = NEW
    assert after == expected


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_a_cell_is_read_as_it_is_written(encoding: str) -> None:
    """With or without quotes, in whatever code page: the address alone."""
    text = HEADER + 'uno,tokio, "vieja@a.example" ,es,Sección,2021-10-01\n'
    before = text.encode(encoding)
    assert cell(before, "uno", "correo") == "vieja@a.example"
    assert cell(with_cell(before, "uno", "correo", NEW), "uno", "correo") == NEW
