"""Files as Notepad and Excel leave them, and files that were made to do harm."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from calendars.reading.addresses import domain
from calendars.reading.configuration import read
from calendars.reading.files import LIMITS
from calendars.reading.problems import LIMIT, Wrong
from calendars.reading.tables.columns import COLUMNS
from calendars.reading.tables.posts import MAX_POSTS
from tests.support.small_config import AGENDA, POSTS, SITES, draft, edited, files, problems

ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "UTF-8 with a mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 as Notepad's Unicode": lambda text: text.encode("utf-16"),
    "UTF-16 the other way round": lambda text: b"\xfe\xff" + text.encode("utf-16-be"),
    "Windows-1252": lambda text: text.encode("cp1252"),
    "CSV (MS-DOS) of Excel": lambda text: text.encode("cp850"),
    "CSV (Macintosh) of Excel": lambda text: text.encode("mac_roman"),
    "line ends of Windows": lambda text: text.replace("\n", "\r\n").encode(),
    "line ends of old Macs": lambda text: text.replace("\n", "\r").encode(),
    "no line end at the end": lambda text: text.rstrip("\n").encode(),
    "empty lines at the end": lambda text: (text + "\n\n  \n").encode(),
}


@pytest.mark.parametrize("signature", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0"], ids=["xlsx", "xls"])
def test_a_workbook_under_the_name_of_a_table_is_refused_with_the_way_out(signature: bytes) -> None:
    (said,) = problems(read(files(recipients=signature + b"rest")))
    assert said.startswith("recipients.csv:1:1: «recipients.csv» contiene un libro de Excel")


@pytest.mark.parametrize("name", ENCODINGS)
def test_what_notepad_and_excel_save_reads_the_same(name: str) -> None:
    encode = ENCODINGS[name]
    reading = read(files(agenda=encode(AGENDA), representations=encode(SITES), recipients=encode(POSTS)))
    assert reading.draft == draft(), problems(reading)


@pytest.mark.parametrize("separator", [";", "\t"])
def test_excel_may_separate_by_semicolon_or_tab(separator: str) -> None:
    reading = read(files(representations=SITES.replace(",", separator), recipients=POSTS.replace(",", separator)))
    assert reading.draft == draft(), problems(reading)


@pytest.mark.parametrize("first", ["sep=;", '"sep=;"', "SEP=;", "\ufeffsep=;;;;"])
def test_a_first_line_may_name_the_separator_as_excel_does(first: str) -> None:
    """It is no row: places are those that an editor shows."""
    posts = f"{first}\n{POSTS.replace(',', ';')}"
    assert read(files(recipients=posts)).draft == draft()
    [problem] = read(files(recipients=posts.replace("2021-10-01\ntokio", "ayer\ntokio"))).problems
    assert (problem.line, problem.column, problem.value) == (3, 65, "ayer")


@pytest.mark.parametrize("name", COLUMNS)
def test_a_table_wants_the_columns_that_it_must_have_and_takes_those_that_it_may(name: str) -> None:
    must, may = COLUMNS[name]

    def refused(*columns: str) -> set[str]:
        """What is said of a header of these."""
        given = {**files(), name: f"{','.join(columns)}\n".encode()}
        return {one.value for one in read(given).problems if one.file == name and one.rule.endswith("-column")}

    assert refused(*must) == refused(*must, *may) == set()
    for missing in must:
        assert missing in refused(*(one for one in must if one != missing))


def test_a_table_may_begin_with_an_empty_line() -> None:
    assert read(files(recipients=f"\n{POSTS.replace(',', ';')}")).draft == draft()


@pytest.mark.parametrize("sign", ["\u200e", "\u200f", "\u00ad", "\u2060", "\u200d", "\u061c"])
def test_signs_that_nobody_sees_are_taken_off(sign: str) -> None:
    """A date copied from Windows begins with U+200E; in a title such a sign would pass into subjects and calendars."""
    agenda = AGENDA.replace("fecha: 2021", f"fecha: {sign}2021").replace("Taller", f"Ta{sign}ller")
    posts = POSTS.replace("tokio@", f"{sign}tokio@").replace("2021-10-01", f"{sign}2021-10-01{sign}")
    reading = read(files(agenda=agenda, recipients=posts))
    assert sign in agenda
    assert reading.draft == draft(), problems(reading)


def test_a_sign_that_nobody_sees_is_named_where_it_was_written_on_purpose() -> None:
    [problem] = read(edited(('"Promoción"', '"\\u200ePromoción"'))).problems
    assert (problem.rule, problem.value) == ("control-character", "U+200E")


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_no_encoding_moves_a_place(encoding: str) -> None:
    posts = POSTS.replace("es,Sección Consular,2021-10-01\ntokio", "es,Sección Consular,ayer\ntokio")
    [problem] = read(files(recipients=posts.encode(encoding))).problems
    assert (problem.line, problem.column, problem.value) == (2, 65, "ayer")


@pytest.mark.parametrize(
    ("data", "place"),
    [
        (b"id,sede,\nSecci\xc3\xb3n,\xe9\x81", "2:9"),
        ("id,sede\n".encode("utf-16") + b"\x00\xd8", "2:1"),
    ],
)
def test_bytes_that_are_no_text_are_refused_at_the_first_one(data: bytes, place: str) -> None:
    [problem] = problems(read(files(recipients=data)))
    assert problem == (
        f"recipients.csv:{place}: estos bytes no son texto UTF-8 ni Windows-1252. Guarde el archivo como UTF-8 "
        "(en Excel: «CSV UTF-8»)."
    )


def test_unicode_without_its_mark_is_explained() -> None:
    first, *_ = read(files(privado="enlaces:\n".encode("utf-16-le"))).problems
    assert (first.line, first.column, first.value) == (1, 2, "U+0000")
    assert "Guarde el archivo como UTF-8" in first.message["es"]


def test_a_row_of_another_encoding_is_the_one_that_is_named() -> None:
    """And of each row the first byte: whoever pasted it in looks at the row, not at those that are right."""
    row = "lima,lima,lima@sedes.example,es,Sección de Atención,2021-10-01\n"
    said = "de este renglón no es UTF-8, como el resto del archivo: vino de otro archivo."
    again = "Quizá era «ó»: escríbala de nuevo y guarde como UTF-8."
    assert read_rows(row.encode("cp1252") + row.encode() * 2 + row.encode("cp1252") + b"a;\x81") == [
        f"recipients.csv:4:38: el byte 0xF3 {said} {again}",
        f"recipients.csv:7:38: el byte 0xF3 {said} {again}",
        f"recipients.csv:8:3: el byte 0x81 {said} Escriba de nuevo sus acentos.",
    ]


def test_foreign_rows_are_counted_up_to_a_limit() -> None:
    found = read(files(recipients=POSTS.encode() + "ó".encode() * 2 * LIMIT + b"\n\xf3" * 2 * LIMIT)).problems
    assert len(found) == LIMIT + 1


def test_a_row_of_utf_8_in_a_file_of_windows_shows_as_damaged_accents() -> None:
    row = "lima,lima,lima@sedes.example,es,Sección de Atención,2021-10-01\n".encode("cp1252")
    assert read_rows(row + row)[:2] == [
        "recipients.csv:2:48: «SecciÃ³n Consular» tiene acentos dañados. ¿Quiso decir «Sección Consular»?",
        "recipients.csv:3:45: «SecciÃ³n Consular» tiene acentos dañados. ¿Quiso decir «Sección Consular»?",
    ]


def read_rows(more: bytes) -> list[str]:
    return problems(read(files(recipients=POSTS.encode() + more)))


@pytest.mark.parametrize("name", LIMITS)
def test_a_file_over_its_size_is_not_read(name: str) -> None:
    given = files() | {name: b"x" * (LIMITS[name] + 1)}
    kilobytes = LIMITS[name] // 1024
    assert f"{name}:1:1: el archivo tiene {kilobytes} KB; el máximo es {kilobytes} KB. No se leyó." in problems(
        read(given)
    )


def test_the_agenda_may_have_128_kilobytes() -> None:
    assert LIMITS["agenda.yaml"] == LIMITS["privado.yaml"] == 128 * 1024
    padded = AGENDA.encode() + b"#" * (128 * 1024 - len(AGENDA.encode()))
    assert read(files(agenda=padded)).draft == draft()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[" * 60_000, "1:13: hay más de 12 niveles de sangría o corchetes. Revise si falta cerrar alguno."),
        ("- " * 60_000, "1:25: hay más de 12 niveles de sangría o corchetes. Revise si falta cerrar alguno."),
        ("{a: " * 30_000, "1:49: hay más de 12 niveles de sangría o corchetes. Revise si falta cerrar alguno."),
        ("a\n", "1:1: aquí van claves: formato, agenda, titulo, publicada, zona, remitente, regiones, tipos, ejes, "),
        ("", "1:1: falta la clave «formato»: versión del formato: 1."),
    ],
)
def test_a_hostile_or_empty_agenda_is_refused_with_a_place(text: str, expected: str) -> None:
    first, *_ = problems(read(files(agenda=text)))
    assert first.startswith(f"agenda.yaml:{expected}")


def test_a_bomb_of_aliases_is_refused_and_not_unfolded() -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{b}: &{b} [{'*' + a + ',' * 1} *{a}]\n" for a, b in zip("abcdef", "bcdefg", strict=True)
    )
    found = read(files(agenda=bomb)).problems
    assert {problem.rule for problem in found} == {"shorthand"}
    assert len(found) == 19


def test_problems_are_counted_up_to_a_limit() -> None:
    rows = "".join(f"p-{n},tokyo{n},p{n}@sedes.example,es,Cónsul,2021-10-01\n" for n in range(LIMIT + 100))
    found = read(files(recipients=POSTS.partition("\n")[0] + "\n" + rows)).problems
    assert len(found) == LIMIT + 1
    assert found[-1].message["es"] == f"hay más de {LIMIT} problemas en este archivo. Corrija primero los anteriores."
    assert len(read(files(privado="\x01" * 2 * LIMIT)).problems) == LIMIT + 1
    assert len(read(files(privado="".join(f"clave{n}: x\n" for n in range(2 * LIMIT)))).problems) == LIMIT + 1


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "1:1: el archivo está vacío. El primer renglón debe ser: id,sede,correo,idioma,puesto,alta"),
        (" ,,\n;\n", "1:1: el archivo está vacío. El primer renglón debe ser: id,sede,correo,idioma,puesto,alta"),
        ("x" * 5000, "1:1: el renglón tiene 5000 caracteres; caben 4000. Revise los saltos de renglón."),
        ("a\n" * (MAX_POSTS + 2), f"{MAX_POSTS + 2}:1: el archivo tiene más de {MAX_POSTS} filas. No se leyó."),
        ('id,"sede', "1:4: las comillas de esta celda no se cierran en su renglón, o sobra algo después. "),
        ('"id"x,sede', "1:1: las comillas de esta celda no se cierran en su renglón, o sobra algo después. "),
    ],
)
def test_a_table_that_cannot_be_one_is_refused_with_a_place(text: str, expected: str) -> None:
    [problem] = problems(read(files(recipients=text)))
    assert problem.startswith(f"recipients.csv:{expected}")


def test_a_site_can_have_a_hundred_posts() -> None:
    rows = "".join(f"p-{n},tokio,p{n}@sedes.example,es,Cónsul,2021-10-01\n" for n in range(14_900))
    reading = read(files(recipients=POSTS.partition("\n")[0] + "\n" + rows))
    assert reading.draft is not None
    assert len(reading.draft.recipients) == 14_900


@pytest.mark.parametrize(
    "edit",
    [
        ("https://reuniones.example/j/secreto", "taller-europa: https", "taller-europa: &a https"),
        ("https://reuniones.example/j/secreto", "taller-europa: https", "https://reuniones.example/j/secreto: https"),
        ("https://reuniones.example/j/secreto", "enlaces:\n", "https://reuniones.example/j/secreto: x\nenlaces:\n"),
        ("https://reuniones.example/j/secreto", "j/1", "j/secreto ñ"),
        ("secreto@sedes.example", "tokio,tokio@sedes.example", "secreto@sedes.example,tokio"),
        ("secreto@sedes.example", "tokio-consular", "secreto@sedes.example"),
        ("secreto@sedes.example", "tokio@sedes.example", "secreto@sedes.example secreto@sedes.example"),
        ("secreto@sedes.example", "tokio@sedes.example", '"secreto@sedes.example\t"x'),
        ("secreto@sedes.example", "tokio@sedes.example", "<secreto@sedes.example>"),
        ("secreto@sedes.example", "Asia/Tokyo,prueba", "Asia/Tokyo,prueba,secreto@sedes.example"),
        ("secreto@sedes.example", "prueba-2021", "secreto@sedes.example"),
    ],
)
def test_no_problem_repeats_an_address_or_a_link(edit: tuple[str, str, str]) -> None:
    """Problems end up in logs; addresses and joining links must not."""
    secret, old, new = edit
    found = read(edited((old, new))).problems
    assert found
    assert secret not in repr(found)
    assert "secreto" not in repr(found)


def test_a_long_address_is_refused_without_repeating_it() -> None:
    [problem] = read(edited(("tokio@sedes.example", "x" * 65 + "@sedes.example"))).problems
    assert (problem.rule, problem.value) == ("address", "x…@sedes.example")
    [problem] = read(edited(("tokio@sedes.example", "x" * 400 + "@sedes.example"))).problems
    assert (problem.rule, problem.value) == ("too-long", "x…@sedes.example")


@pytest.mark.parametrize(
    "host", ["example.123", "-a.example", "a" * 64 + ".example", ".example", "a." * 130 + "example"]
)
def test_a_host_name_that_cannot_be_is_refused(host: str) -> None:
    with pytest.raises(Wrong, match="is not valid"):
        domain(host)
