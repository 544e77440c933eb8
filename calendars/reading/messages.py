"""An administrator's own words for a mail: a short plain text, in one language at least."""

from __future__ import annotations

import re

from calendars.catalogue import Phrase
from calendars.reading.problems import Wrong, shown
from calendars.reading.values import line

MESSAGE_LENGTH = 600  # characters in each language: the hour stays on the first screen
MESSAGE_LINES = 8

_SCHEME = re.compile(r"\b[a-z][a-z0-9+.-]{1,20}:(?=//)|\b(?:javascript|data|mailto|file):", re.IGNORECASE)
_TOO_MANY = Phrase("the message has {n} {n:line|lines}, and {most} {most:is|are} the most. Shorten it.")
_TOO_LONG = Phrase("the message has {n} {n:character|characters}, and {most} {most:is|are} the most. Shorten it.")
_NOT_HTTPS = Phrase("“{scheme}” begins no link that a message may hold: only https:// does.")


def message(value: str) -> str:
    """Its lines, each with single spaces; an empty one parts paragraphs. Raises Wrong."""
    lines = [" ".join(one.split()) for one in value.replace("\r\n", "\n").strip().split("\n")]
    if wrong := next((found[0] for found in _SCHEME.finditer(value) if found[0].lower() != "https:"), None):
        raise Wrong("message-link", _NOT_HTTPS.of(scheme=shown(wrong)), value=wrong)
    said = sum(bool(one) for one in lines)
    if said > MESSAGE_LINES:
        raise Wrong("message-lines", _TOO_MANY.of(n=said, most=MESSAGE_LINES))
    written = re.sub(r"\n{2,}", "\n\n", "\n".join(lines))
    if len(written) > MESSAGE_LENGTH:
        raise Wrong("too-long", _TOO_LONG.of(n=len(written), most=MESSAGE_LENGTH))
    if not said:
        return line(value)  # which says that nothing is there
    return "\n".join(line(one, length=MESSAGE_LENGTH) if one else "" for one in written.split("\n"))
