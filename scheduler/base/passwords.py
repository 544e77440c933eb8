"""Passwords: which ones are taken, and the slow hash that is kept of one (Argon2id, RFC 9106).

Whoever hashes or compares takes a tenth of a second and 64 MiB: never on the event loop.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from calendars.catalogue import Phrase
from calendars.model.text import Said
from scheduler.base.common_passwords import COMMON, ROWS, WORDS

SHORTEST = 12  # characters
LONGEST = 256  # likewise: what is longer is not even hashed
OWN_WORD = 4  # characters of a word about its owner that is looked for in a password
REMAINING = 8  # letters and digits that a password has to have besides words that anybody would try
KINDS = 4  # different characters, at least
RUN = 8  # characters of a row of ROWS
LONG = 20  # characters: a password that begins along a row may go on for so long
HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
# Under the same parameters, so that an unknown account takes as long; a test says when they have changed.
NOBODYS = "$argon2id$v=19$m=65536,t=3,p=1$VUGC1CHjKvhrTvX46hI8qw$824y41ORYAOjo66+PAy8xTBwGMWyQVqkJcm63JfTtos"

TOO_SHORT = Phrase("write at least {least} {least:character|characters}; a few words make a good password")
TOO_LONG = Phrase("write at most {most} {most:character|characters}")
TOO_COMMON = Phrase("many people use this password or one like it, so it is tried first; choose another")
TOO_NEAR = Phrase("without your address, your name and words about this program too little of it is left; add to it")


def problem(password: str, about: Iterable[str] = ()) -> Said | None:
    """What speaks against a new password, with the way out; None where nothing does.

    There is no rule about kinds of characters (NIST SP 800-63B §3.1.1.2). `about` are words about its owner.
    """
    plain = normal(password)
    if len(plain) < SHORTEST:
        return TOO_SHORT.of(least=SHORTEST)
    if len(plain) > LONGEST:
        return TOO_LONG.of(most=LONGEST)
    low = plain.casefold()
    if low in COMMON or len(set(low)) < KINDS or _runs(low):
        return TOO_COMMON
    own = [word.casefold() for given in about for word in _words(given) if len(word) >= OWN_WORD]
    for word in sorted({*own, *WORDS}, key=len, reverse=True):
        low = low.replace(word, "")
    return None if sum(map(str.isalnum, low)) >= REMAINING else TOO_NEAR


def hashed(password: str) -> str:
    """In PHC form, with its salt and parameters. Of at most LONGEST characters."""
    return HASHER.hash(normal(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether it is the one that was hashed. Of nobody's (None) it takes as long to say no."""
    if len(password) > LONGEST:
        password, kept = "", None
    try:
        HASHER.verify(kept or NOBODYS, normal(password))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether it was hashed with other parameters than today's."""
    return HASHER.check_needs_rehash(kept)


def normal(password: str) -> str:
    """As it is compared, whichever keyboard wrote it: «ñ» is one letter or two (NFKC, NIST SP 800-63B §3.1.1.2)."""
    return unicodedata.normalize("NFKC", password)


def _words(text: str) -> list[str]:
    return "".join(one if one.isalnum() else " " for one in text).split()


def _runs(low: str) -> bool:
    """Whether it begins along a row, and has not much besides."""
    return len(low) < LONG and any(low[:RUN] in row for row in ROWS)
