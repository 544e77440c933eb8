"""The options by which a publication says something in its administrators' own words."""

from __future__ import annotations

from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.text import OwnWords
from calendars.reading.messages import message
from calendars.reading.problems import Wrong
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import WRONG

MessageEsOption = Annotated[
    str | None,
    typer.Option("--message-es", help="At the head of its notices and convocations, in Spanish.", metavar="TEXT"),
]
MessageEnOption = Annotated[
    str | None, typer.Option("--message-en", help="The same in English; one of the two is enough.", metavar="TEXT")
]


SILENT = Phrase("--silent tells nobody, so there is no mail for a message: choose one of them")


def own_words(es: str | None, en: str | None) -> OwnWords | None:
    """What the two options say; None where neither is given. Refuses what no mail may hold."""
    if es is None and en is None:
        return None
    return OwnWords(es=_read("--message-es", es), en=_read("--message-en", en))


def _read(option: str, text: str | None) -> str | None:
    try:
        return None if text is None else message(text)
    except Wrong as wrong:
        raise UsageRefusal(WRONG, variable=option, rule=wrong.message) from wrong
