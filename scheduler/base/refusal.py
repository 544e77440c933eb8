"""What cannot be done, said to whoever asked: one base for all of it, so that each edge tells it in its own way.

The command line ends with `code` and the words in its language; a page answers with `status` and the same words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from calendars.catalogue import SOURCE, Phrase
from calendars.model.text import Language, Said, Spoken, verbatim

PROBLEMS, USAGE, ENVIRONMENT = 1, 2, 3  # exit codes of the command line, besides 0 (docs/operations.md)


class Refusal(Exception):
    """Cannot be done, and `why` says what is wrong and the way out. The class says whose turn it is.

    `str()` of it is English, for logs.
    """

    code: int = PROBLEMS  # the input is to be corrected; USAGE: the call; ENVIRONMENT: what it runs in
    status: int = 422  # of the answer to a browser (RFC 9110 §15.5), by the same division; 404, 409 where they say more
    speaker: ClassVar[str] = "agenda: "  # before each line on a terminal; "" where it begins with a place in a file

    def __init__(self, why: Said, **values: object) -> None:
        self.why = why.of(**values) if isinstance(why, Phrase) and values else why
        super().__init__(self.why[SOURCE])

    def lines(self, language: Language) -> tuple[str, ...]:
        """What is said: one line for each thing that is wrong."""
        return (self.why[language],)


def all_of(whys: Iterable[Said]) -> Said:
    """Several things that are wrong at once, in one line."""
    known = tuple(whys)
    return Spoken(lambda language: "; ".join(why[language] for why in known))


class UsageRefusal(Refusal):
    """The call asks for what there is not, or for two things that exclude each other."""

    code = USAGE


class EnvironmentRefusal(Refusal):
    """The database, the mail server, a variable, a port: what an operator mends.

    Where it repeats a driver's or a server's own words, it is English in both languages, as those are.
    """

    code = ENVIRONMENT
    status = 503

    def __init__(self, why: Said | str, **values: object) -> None:
        super().__init__(verbatim(why) if isinstance(why, str) else why, **values)
