"""One template for a mail's text and one for its HTML, whatever language it is in: the words are the catalogue's."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment
from markupsafe import Markup

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.shipped import shipped
from scheduler.planning.delivery import Purpose
from scheduler.wording.templates import spoken, spoken_in_html

FOLDER = shipped("templates") / "mail"
MAILS = {"test", "coordination", *Purpose} - {Purpose.CONVOCATION}  # which is a reminder under its own head
TEMPLATES = sorted(FOLDER.rglob("*.*"))
PART = re.compile(r"\[\[ (\w+) \]\]\n")
NO_WORDS = re.compile(
    r"\{\{.*?\}\}|\{%.*?%\}|\[\[ \w+ \]\]|\?\w+=\w*|<code>.*?</code>|<style>.*?</style>|<[^>]*>", re.DOTALL
)
NOTICE = {
    "head": "CHANGE",
    "title": "Workshop",
    "now": {"here": "Friday, 10:00", "home": "Thursday, 20:00"},
    "before": {"here": "Friday, 08:00", "home": "Thursday, 18:00"},
    **dict.fromkeys(("reason", "remark", "void", "link", "calendar", "asks", "guest")),
    "notes": (),
    "todo": "use the time in this message.",
}


def name_of(path: Path) -> str:
    return str(path.relative_to(FOLDER))


def test_every_mail_and_every_part_has_text_and_html() -> None:
    """And there is no template that no mail is made of, nor one for a single language."""
    parts = set(PART.findall("".join(path.read_text("utf-8") for path in TEMPLATES)))
    mails = {f"{name}.{form}" for name in MAILS for form in ("txt", "html")}
    wanted = {"layout.html", *mails, *(f"parts/{name}.{form}" for name in parts for form in ("txt", "html"))}
    assert {name_of(path) for path in TEMPLATES} == wanted


@pytest.mark.parametrize("path", TEMPLATES, ids=name_of)
def test_no_word_of_a_template_stands_outside_the_catalogue(path: Path) -> None:
    """Else a reader of another language would get it in English. Commands are the same in every language."""
    left = NO_WORDS.sub("", path.read_text("utf-8"))
    assert re.findall(r"[^\W\d_]+", left) == []


@pytest.mark.parametrize(("language", "now", "was"), [("es", "AHORA", "ANTES"), ("en", "NOW", "WAS")])
def test_now_and_before_stand_in_one_column(language: Language, now: str, was: str) -> None:
    """As wide as the longer of the two words and two blanks, whatever the language."""
    text = PART.sub("", (FOLDER / "notice.txt").read_text("utf-8"))
    made = Environment(trim_blocks=True).from_string(text)
    lines = made.render({**spoken(language), "n": NOTICE, "enclosed": ""}).split("\n")
    blanks = " " * len(now)
    assert lines[2:6] == [
        f"{now}  Friday, 10:00",
        f"{blanks}  = Thursday, 20:00",
        f"{was}  Friday, 08:00",
        f"{blanks}  = Thursday, 18:00",
    ]


def test_a_text_of_the_catalogue_stands_in_html_as_it_is_written() -> None:
    """An apostrophe needs no escape there; what would be markup has one."""
    said = spoken_in_html("en")["_"]
    assert said("Your site's calendar") == "Your site's calendar"
    assert said('"a" <b> & c') == '"a" &lt;b&gt; &amp; c'
    assert isinstance(said("Your site's calendar"), Markup)


def test_a_value_is_escaped_unless_it_is_markup() -> None:
    said = spoken_in_html("es")["_"]
    link = Markup('<a href="https://agenda.example">x</a>')
    assert said("The site's page: {link}", link="<i>'&'</i>") == (
        "La página de la sede: &lt;i&gt;&#39;&amp;&#39;&lt;/i&gt;"
    )
    assert said("The site's page: {link}", link=link) == f"La página de la sede: {link}"


def test_a_number_and_what_is_said_itself_are_as_in_the_text() -> None:
    for language in ("es", "en"):
        rich, plain = spoken_in_html(language), spoken(language)
        for count in (1, 2):
            words = "{n} {n:deputy|deputies} on the list"
            assert rich["_"](words, n=count) == plain["_"](words, n=count)
        assert rich["_"]("Sender: {sender}", sender=Phrase("Reason")) == plain["_"](
            "Sender: {sender}", sender=Phrase("Reason")
        )
        assert rich["pgettext"]("verb", "Open") == plain["pgettext"]("verb", "Open")


@given(st.text())
def test_any_value_reads_in_html_as_in_the_text(value: str) -> None:
    for language in ("es", "en"):
        rich, plain = (words(language)["_"]("Sender: {sender}", sender=value) for words in (spoken_in_html, spoken))
        assert html.unescape(rich) == plain
