"""One value of agenda.yaml replaced in its text: it reads as it was put in, and all else stays to the letter."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from scheduler.drafts.form import FIELDS, event_text, with_fields, with_new
from scheduler.drafts.patching import AsText, Events, links_of, with_link
from tests.support.checkout import CONFIG
from tests.support.small_config import AGENDA

SHIPPED = (CONFIG / "agenda.yaml").read_text(encoding="utf-8")
TEXTS = {"small": AGENDA, "shipped": SHIPPED}
written = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs"), include_characters="\n"),
    min_size=1,
    max_size=60,
)


def values(text: str) -> dict[str, dict[str, object]]:
    """Each event as plain values, by its id."""
    found = YAML(typ="safe", pure=True).load(text)
    return {one["id"]: one for one in found["eventos"]}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_the_fields_of_an_event_put_back_change_nothing(text: str) -> None:
    events = Events(text)
    for key in events.ids:
        assert with_fields(events, key, event_text(events, key).fields) == text


@given(value=written, field=st.sampled_from(["titulo.es", "descripcion.en", "lugar.es", "motivo.en", "fuente"]))
def test_whatever_is_typed_into_a_text_is_read_back_as_typed(value: str, field: str) -> None:
    """Quotation marks, colons, signs of YAML, line breaks: a value is only ever a value."""
    key = "taller-europa-2021"
    new = with_fields(Events(SHIPPED), key, {field: value})
    assert event_text(Events(new), key).fields[field].strip() == value.strip()
    others = {name: one for name, one in values(new).items() if name != key}
    assert others == {name: one for name, one in values(SHIPPED).items() if name != key}


@given(
    changes=st.dictionaries(
        st.sampled_from([name for name in FIELDS if name not in ("para.quien", "para.cuales")]),
        st.sampled_from(["", "uno", "2021-11-09", "sí: no", "# x", "[a, b]", "dos renglones\nde texto"]),
        max_size=4,
    )
)
def test_comments_of_other_lines_and_the_order_of_the_events_stay(changes: dict[str, str]) -> None:
    key = "taller-asia-pacifico-2021"
    new = with_fields(Events(SHIPPED), key, changes)
    assert Events(new).ids == Events(SHIPPED).ids
    where, was = Events(new).lines(key), Events(SHIPPED).lines(key)
    assert new[: where.start] == SHIPPED[: was.start]
    assert new[where.end :] == SHIPPED[was.end :]


def test_a_comment_behind_a_value_stays_in_its_column() -> None:
    new = with_fields(Events(SHIPPED), "reunion-2021-10-06", {"dia": "lunes", "fecha": "2021-10-04"})
    found = re.findall(r"^    (?:fecha|dia): .*$", Events(new).snippet("reunion-2021-10-06"), re.MULTILINE)
    assert found == [
        "    fecha: 2021-10-04                    # año-mes-día",
        "    dia: lunes                           # opcional: debe coincidir con la fecha",
    ]


def test_an_event_alone_stands_on_its_own_lines() -> None:
    """What is wrong with it is told with the line that it has in the file."""
    found = Events(SHIPPED).alone("taller-europa-2021")
    assert found.count("\n") == SHIPPED.count("\n")
    assert list(values(found)) == ["taller-europa-2021"]
    line = SHIPPED[: SHIPPED.index("id: taller-europa-2021")].count("\n")
    assert "id: taller-europa-2021" in found.split("\n")[line]


def test_a_new_event_comes_last_and_the_others_stay() -> None:
    fields = event_text(Events(SHIPPED), "taller-europa-2021").fields
    new = with_new(SHIPPED, "otro", fields)
    assert Events(new).ids == (*Events(SHIPPED).ids, "otro")
    assert {**values(new)["otro"], "id": ""} == {**values(SHIPPED)["taller-europa-2021"], "id": ""}


@pytest.mark.parametrize(
    "text", ["eventos:\n  - {id: uno, titulo: T}\n", "eventos: [\n", "eventos:\n  - id: dos\n", "- no es un mapa\n"]
)
def test_what_no_form_can_write_is_left_to_the_text(text: str) -> None:
    """Braces, a file that is no YAML, an event that is not there: refused, and nothing is guessed."""
    with pytest.raises(AsText):
        with_fields(Events(text), "uno", {"fuente": "x"})


@given(
    steps=st.lists(
        st.tuples(st.sampled_from(["a", "b", "c"]), st.sampled_from(["https://x.example/1", None])), max_size=6
    )
)
def test_links_come_and_go_and_the_comments_stay(steps: list[tuple[str, str | None]]) -> None:
    text, expected = (CONFIG / "privado.yaml").read_text(encoding="utf-8"), dict[str, str]()
    head = text
    for key, link in steps:
        text = with_link(text, key, link)
        expected = {**expected, key: link} if link else {one: url for one, url in expected.items() if one != key}
        assert links_of(text) == expected
    assert text.startswith(head.rstrip("\n"))
