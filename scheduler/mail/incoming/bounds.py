"""How much of one message is looked at."""

from __future__ import annotations


class Unreadable(Exception):
    """A message that cannot be read within these bounds. The text is one word and nothing of the message's own."""
