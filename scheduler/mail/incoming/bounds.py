"""How much of one message is looked at. Ordinary mail stays far below; what lies above is set aside, or cut."""

from __future__ import annotations

LARGEST = 2 * 2**20  # octets of a message; what lies beyond is not looked at
LONGEST_HEADER = 8_000  # characters of one header, unfolded; cut
MOST_HEADER_LINES = 2_000  # of one part, folded as they are
LONGEST_HEADER_LINE = 20_000  # octets
LONGEST_BOUNDARY = 200  # characters; RFC 2046 allows 70
DEEPEST = 8  # multiparts within multiparts; what a message brings back is not opened
MOST_PARTS = 200
MOST_ADDRESSED = 5  # headers of one name that say to whom it came, or from whom
MOST_BLOCKS = 200  # groups of fields of a report: one a recipient
MOST_CALENDARS = 5  # parts that may be an answer to an invitation; programs write one or two
MOST_QUOTED = 50  # Message-IDs that a report names


class Unreadable(Exception):
    """A message that cannot be read within these bounds. The text is one word and nothing of the message's own."""
