"""Every field of the event form says what is written in it, as docs/configuration.md says it."""

from __future__ import annotations

import re

import pytest

from calendars.reading.yaml.schema import EventForm
from scheduler.drafts.form import FIELDS
from scheduler.wording.fields import HELP, LABELS
from tests.support.checkout import ROOT

APART = {"enlace"}  # stands in privado.yaml, not among an event's keys
HEADING = "| `id` | minúsculas"


def table() -> dict[str, str]:
    """What the table of an event's keys says of each, without its code marks."""
    text = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    rows = text[text.index(HEADING) :].partition("\n\n")[0].split("\n")
    cells = [re.fullmatch(r"\| `(\w+)` \| (.+) \|", row) for row in rows]
    return {found[1]: found[2].replace("`", "") for found in cells if found is not None}


def test_every_key_of_an_event_stands_in_the_form_in_the_help_and_in_the_table() -> None:
    """A key that one of them lacks is one that somebody cannot use."""
    keys = set(EventForm.model_fields)
    assert set(table()) == keys
    assert set(HELP) - APART == keys
    assert set(LABELS) == set(HELP)
    assert {name.partition(".")[0] for name in FIELDS} | {"id"} == keys


@pytest.mark.parametrize("key", sorted(set(HELP) - APART))
def test_the_table_begins_with_the_sentence_of_the_form(key: str) -> None:
    """The sentence is written once: whoever corrects one of them corrects the other."""
    assert table()[key].startswith(HELP[key]["es"])


@pytest.mark.parametrize("key", sorted(HELP))
def test_the_sentence_is_said_in_both_languages(key: str) -> None:
    assert HELP[key]["es"] != HELP[key]["en"]
    assert LABELS[key]["es"]
