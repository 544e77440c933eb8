"""Every table is shown, or left out with a reason; whatever may be personal is replaced in the redacted pack."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Text

from calendars.catalogue import LANGUAGES
from scheduler.evidence.exhibits import EXHIBITS, LEFT_OUT, Exhibit
from scheduler.evidence.folder import PackFolder
from scheduler.evidence.leaves import canonical, leaves, replaced
from scheduler.evidence.lists import NO_SALT, Hidden, PackList, as_list, rows_of
from scheduler.evidence.manifest import SALTS
from scheduler.evidence.people import People, SealedWhen
from scheduler.evidence.readme import readme
from scheduler.evidence.redacting import commitment, redacted_rows
from scheduler.store.tables import metadata

PEOPLE = People(["ana.perez@sedes.example", "b@sedes.example", ""], ["María Solís", "X"])
# Columns of text that stay in the clear unless they have an address or a link: ids, words of the program, versions.
CLEAR = {
    "id", "number", "event", "site", "recipient", "former", "account", "edition", "uid", "subject", "about",  # ids
    "language", "chosen_language", "role", "region", "origin", "channel", "declined", "kind", "status", "state",
    "purpose", "rule", "method", "stage", "answer", "instead", "via", "what", "matched", "person", "source", "reason",
    "program", "encoding", "date_order", "client", "zone", "wall", "offsets", "joined", "day", "name", "file",
    "zone_version", "zone_digest", "days_digest", "digest", "announced", "commitment", "hash", "text_hash", "key",
}  # fmt: skip


def test_every_table_is_shown_or_left_out_with_a_reason() -> None:
    """A new table fails here, until somebody says which it is."""
    shown = {exhibit.table.name for exhibit in EXHIBITS}
    assert shown | LEFT_OUT.keys() == {table.name for table in metadata.tables.values()}
    assert not shown & LEFT_OUT.keys()
    assert len(shown) == len(EXHIBITS)


@pytest.mark.parametrize("exhibit", EXHIBITS, ids=lambda one: one.table.name)
def test_every_text_of_a_table_is_personal_or_known_to_be_none(exhibit: Exhibit) -> None:
    """A new column fails here, until somebody says which it is."""
    named = {*exhibit.personal, *exhibit.left_out, *exhibit.documents}
    columns = {column.name for column in exhibit.table.columns}
    texts = {column.name for column in exhibit.table.columns if isinstance(column.type, Text)}
    assert named <= columns
    assert texts - named <= CLEAR
    if exhibit.table.name.startswith("attendance"):
        assert not {"name", "address", "reason"} & (texts - named)


def test_the_readme_names_every_file_in_each_language_and_opens_in_notepad() -> None:
    octets = readme()
    assert octets.startswith(b"\xef\xbb\xbf")
    assert octets.count(b"\n") == octets.count(b"\r\n")
    text = octets.decode("utf-8-sig")
    for exhibit in EXHIBITS:
        assert text.count(f"\r\n{exhibit.name}: ") == len(LANGUAGES)
    for table in LEFT_OUT:
        assert text.count(f"- {table}: ") == len(LANGUAGES)
    assert "EXPEDIENTE DE EVIDENCIA DE UNA AGENDA" in text
    assert "EVIDENCE OF AN AGENDA" in text
    assert "no se entregan nunca" in text


@pytest.mark.parametrize(
    ("kind", "text", "replaced"),
    [
        (SealedWhen.ALWAYS, "x", True),
        (SealedWhen.WORDS, "mailbox of ana.perez is full", True),
        (SealedWhen.WORDS, "user=<ANA.PEREZ>, unknown", True),
        (SealedWhen.WORDS, "queued as 4F3D; ana.perezoso", False),
        (SealedWhen.WORDS, "se lo pidió María Solís", True),
        (SealedWhen.WORDS, "escriba a x@y.example", True),
        (SealedWhen.WORDS, "entre a www.sala.example", True),
        (SealedWhen.WORDS, "X b", False),  # too short to be told from any other letter
        (SealedWhen.LINKS, "https://salas.example/1", True),
        (SealedWhen.LINKS, "a@b", True),
        (SealedWhen.LINKS, "por María Solís", True),
        (SealedWhen.LINKS, "ana.perez", False),
        (SealedWhen.NAMED, "taller@agenda.example", False),
        (SealedWhen.NAMED, "ana.perez@sedes.example", True),
        (SealedWhen.NAMED, "x <ANA.PEREZ@sedes.example>", True),
        (SealedWhen.NAMED, "https://x", True),
    ],
)
def test_what_speaks_of_somebody_is_told(kind: SealedWhen, text: str, replaced: bool) -> None:
    assert PEOPLE.test(kind)(text, None) is replaced


@pytest.mark.parametrize(
    ("state", "text", "replaced"),
    [
        ("accepted", "250 2.0.0 queued as 4F3D", False),
        ("accepted", "250 ok for ana.perez", True),
        ("rejected", "550 5.1.1 no such user", True),
        ("uncertain", "", True),
    ],
)
def test_a_server_s_words_stay_where_it_took_the_message(state: str, text: str, replaced: bool) -> None:
    assert PEOPLE.test(SealedWhen.REPLY)(text, state) is replaced


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_each_text_of_a_document_is_found_once_and_can_be_replaced(document: object) -> None:
    found = list(leaves(document))
    assert len({at for at, _ in found}) == len(found)
    marked = replaced(document, lambda at, _text: f"={at}")
    assert [text for _, text in leaves(marked)] == [f"={at}" for at, _ in found]
    assert canonical(replaced(document, lambda _at, text: text)) == canonical(document)


CELLS = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=20)


@given(rows=st.lists(st.tuples(CELLS, CELLS, st.none() | st.integers()), max_size=12))
def test_whatever_stands_in_a_cell_comes_back_and_opens(
    rows: list[tuple[str, str, int | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Quotes, lines within a cell, formulas, cells that are empty: row by row beside their salts."""
    folder = PackFolder(tmp_path_factory.mktemp("list"), private=True)
    hidden = {"one": Hidden(lambda text, _beside: "a" not in text)}
    listing = PackList(folder, "x.csv", ("one", "two", "n"), hidden)
    for row in rows:
        listing.add(row)
    assert listing.close() == len(rows)
    path, salts = folder.path / "x.csv", folder.path / SALTS / "x.csv"
    written, salted = list(rows_of(path))[1:], list(rows_of(salts))[1:]
    assert [row[1].removeprefix("'") for row in written] == [row[1].removeprefix("'") for row in rows]
    assert [row[2] for row in written] == ["" if row[2] is None else str(row[2]) for row in rows]
    shown = list(redacted_rows(path, salts))[1:]
    for before, [salt], after in zip(written, salted, shown, strict=True):
        plain = before[0] == "" or "a" in before[0]
        assert (salt == NO_SALT) is plain
        assert after == [before[0] if plain else commitment(salt, before[0].encode()), *before[1:]]
    assert b"".join(as_list(rows_of(path))) == path.read_bytes()


def test_salts_that_are_not_those_of_a_list_are_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_bytes(b"a\r\n1\r\n2\r\n")
    (tmp_path / "salts.csv").write_bytes(b"a\r\n-\r\n")
    with pytest.raises(ValueError, match="shorter"):
        list(redacted_rows(tmp_path / "x.csv", tmp_path / "salts.csv"))
