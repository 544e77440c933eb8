"""Envelope senders that tell which message came back: variable envelope return paths (VERP), signed.

`bounces+<message key>-<signature>@domain`: a made-up bounce must mute nobody. Everything before the @ survives servers
that change its case.
"""

from __future__ import annotations

import re

from scheduler.tokens import Tokens

_FORM = re.compile(r"bounces\+([0-9a-f]{8,64})-([0-9a-f]{16})@[^@\s]+", re.IGNORECASE)


def sender(message_key: str, domain: str, tokens: Tokens) -> str:
    """The envelope sender of one message."""
    return f"bounces+{message_key}-{tokens.returning(message_key)[0]}@{domain}"


def read(address: str, tokens: Tokens) -> str | None:
    """The key of the message that came back to this address; None where the address was not made here."""
    found = _FORM.fullmatch(address.strip().strip("<>"))
    if found is None:
        return None
    key, signature = found[1].lower(), found[2].lower()
    return key if signature in tokens.returning(key) else None
