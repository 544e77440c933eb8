"""What administrators say in their own words at the head of a mail, and what its subject says of that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.text import Language, OwnWords
from calendars.wording import locale

ADDED = 40  # characters of a subject's addition; the hour stands before it, wherever a phone cuts the subject

_HTTPS = "https://"
_AROUND = "()[]«»“”\"',.;:!?"  # of what is written next to a link
_HEAD = Phrase("Message:")
_HEAD_IN = Phrase("Message ({name}):")
_WITH = Phrase("with a message")


@dataclass(frozen=True, kw_only=True, slots=True)
class Piece:
    """A part of a line."""

    text: str
    opens: bool  # it is an address that a browser opens


@dataclass(frozen=True, kw_only=True, slots=True)
class Lead:
    """One message, as the templates read it."""

    head: str  # «Mensaje:»; «Mensaje (inglés):» where it was not written in the reader's language
    language: Language  # that it is written in
    paragraphs: tuple[tuple[str, ...], ...]  # each by its lines
    in_reader_s: bool  # language

    def pieces(self, line: str) -> tuple[Piece, ...]:
        """A line with its links apart."""
        return tuple(_pieces(line))


def leads(words: Sequence[OwnWords | None], language: Language) -> tuple[Lead, ...]:
    """What a reader of the language gets of these, each once."""
    return tuple(_lead(one, language) for one in dict.fromkeys(words) if one is not None)


def with_addition(subject: str, found: Sequence[Lead], language: Language) -> str:
    """The subject, and after it the first message's first line where that is short; else that there is one."""
    return f"{subject} · {_addition(found[0], language)}" if found else subject


def _addition(lead: Lead, language: Language) -> str:
    first = lead.paragraphs[0][0].removesuffix(".")
    fits = lead.in_reader_s and len(first) <= ADDED and _HTTPS not in first
    return first if fits else _WITH[language]


def _lead(words: OwnWords, language: Language) -> Lead:
    written = words.written_for(language)
    own = written == language
    called = locale(language).languages.get(written, written)
    return Lead(
        head=_HEAD[language] if own else _HEAD_IN.say(language, name=called),
        language=written,
        paragraphs=tuple(tuple(one.split("\n")) for one in words[language].split("\n\n")),
        in_reader_s=own,
    )


def _pieces(line: str) -> list[Piece]:
    found: list[Piece] = []
    for number, word in enumerate(line.split(" ")):
        blank = " " if number else ""
        bare = word.strip(_AROUND)
        if not bare.startswith(_HTTPS):
            found.append(Piece(text=blank + word, opens=False))
            continue
        before, _, after = word.partition(bare)
        found += (
            Piece(text=blank + before, opens=False),
            Piece(text=bare, opens=True),
            Piece(text=after, opens=False),
        )
    return found
