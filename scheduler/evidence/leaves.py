"""The texts in a JSON document, each with the way to it (RFC 6901)."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator


def leaves(document: object, at: str = "") -> Iterator[tuple[str, str]]:
    """JSON Pointer and text of each."""
    match document:
        case str():
            yield at, document
        case dict():
            for key, value in document.items():
                yield from leaves(value, f"{at}/{key.replace('~', '~0').replace('/', '~1')}")
        case list():
            for number, value in enumerate(document):
                yield from leaves(value, f"{at}/{number}")


def replaced(document: object, instead: Callable[[str, str], str], at: str = "") -> object:
    """The document with another text in the place of each: `instead` is given the pointer and the text."""
    match document:
        case str():
            return instead(at, document)
        case dict():
            keys = {key: f"{at}/{key.replace('~', '~0').replace('/', '~1')}" for key in document}
            return {key: replaced(value, instead, keys[key]) for key, value in document.items()}
        case list():
            return [replaced(value, instead, f"{at}/{number}") for number, value in enumerate(document)]
    return document


def canonical(document: object) -> bytes:
    """As calendars.documents writes it: no spaces, no escapes but those of JSON."""
    return json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
