"""The page of a document: whole in itself, safe whatever stands in it, and to be heard as well as seen."""

from __future__ import annotations

import re
from html import unescape

import pytest
from hypothesis import given
from lxml import html as reader  # type: ignore[import-untyped]  # because it ships none

from scheduler.printing import html
from scheduler.printing.blocks import Paragraph
from scheduler.printing.figures import printable_text
from tests.support.printed import ANY_TEXT, MARKS, document, everywhere, report


def test_the_page_is_whole_in_itself() -> None:
    """It is saved, mailed and printed: it fetches nothing and runs nothing."""
    page = html.page(report())
    assert "<script" not in page
    assert "href=" not in page
    assert set(re.findall(r"(?:src=\"|url\()(.{11})", page)) == {"data:image/"}


def test_the_page_says_whose_it_is_and_in_which_language() -> None:
    """Language, title and author, for browsers and for those who hear it."""
    tree = reader.document_fromstring(html.page(report()))
    assert tree.get("lang") == "es"
    assert tree.findtext(".//title") == "Informe a la comisión"
    assert tree.xpath("string(//meta[@name='author']/@content)") == "Instituto Nacional Electoral"
    assert tree.xpath("string(//p[@class='dated'])") == "Informe 3 · martes 1 de marzo de 2022"


def test_the_title_stands_above_the_parts() -> None:
    """One h1, and the document's own levels below it."""
    tree = reader.document_fromstring(html.page(report()))
    assert [(one.tag, one.text) for one in tree.iter("h1", "h2", "h3")] == [
        ("h1", "Informe a la comisión"),
        ("h2", "Qué se hizo"),
        ("h3", "Por sede"),
        ("h2", "Imágenes"),
    ]


def test_a_table_can_be_heard() -> None:
    """A caption, a head for each column and one for each row; numbers stand flush right."""
    table = reader.document_fromstring(html.page(report())).find(".//table")
    assert table is not None
    assert table.findtext("caption") == "Avisos por sede"
    assert table.xpath("thead/tr/th/@scope") == ["col"] * 6
    assert table.xpath("tbody/tr/th[@scope='row']/text()") == ["Sede 0", "Sede 1", "Sede 2", "Todas"]
    assert table.xpath("tbody/tr[2]/td/text()") == ["21 oct 2021", "37", "1.5", MARKS, "7"]
    assert table.xpath("tbody/tr[last()]/@class") == ["total"]


def test_a_picture_is_told_in_words_too() -> None:
    """And it is an image, which runs nothing whatever it is."""
    tree = reader.document_fromstring(html.page(report()))
    assert [one.get("alt")[:21] for one in tree.iter("img")] == ["Cobertura por región.", "Horas de llegada. En "]
    assert not tree.xpath("//*[local-name()='svg']")


@given(ANY_TEXT)
def test_any_text_comes_out_as_that_text(text: str) -> None:
    """Whatever stands in a name is no markup, in any place of the page."""
    said = " ".join(printable_text(f"A{text}").split())
    tree = reader.document_fromstring(html.page(everywhere(text)))
    places = ["//h1", "//h2", "//main/p[not(@class)]", "//li", "//caption", "//thead/tr/th", "//tbody/tr[1]/th"]
    places += ["//p[@class='hint']", "//figcaption"]
    assert {" ".join(tree.xpath(f"string({place})").split()) for place in places} == {said}


@pytest.mark.parametrize("text", ["</style><script>alert(1)</script>", '" onload="x', "{{ 7 * 7 }}"])
def test_what_would_break_out_of_its_place_does_not(text: str) -> None:
    """The forms in which pages have been broken out of."""
    page = html.page(document(Paragraph(text=text), title=text))
    assert "<script" not in page
    assert f"<p>{text}</p>" in unescape(page)
