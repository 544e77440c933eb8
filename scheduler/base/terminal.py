"""What is printed where the terminal lacks the signs: a Latin-1 one knows no dash and no curly quotation mark."""

from __future__ import annotations

import codecs
import io
import unicodedata
from typing import TextIO

_ALIKE = {
    "—": "-",
    "–": "-",
    "−": "-",
    "…": "...",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "→": "->",
    "·": "-",
    "✓": "x",
}
_HANDLER = "agenda-legible"


def say_what_can_be_said(*streams: TextIO) -> None:
    """Print the nearest signs that each stream's encoding has, in place of an error."""
    codecs.register_error(_HANDLER, _legible)
    for stream in streams:
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=_HANDLER)


def _legible(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(_alike(sign) for sign in signs), error.end


def _alike(sign: str) -> str:
    plain = unicodedata.normalize("NFKD", sign).encode("ascii", "ignore").decode()
    return _ALIKE.get(sign) or plain or "?"
