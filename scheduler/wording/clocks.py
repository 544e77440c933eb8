"""How far a clock is from ours, as people read it."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.model.text import Language

AHEAD, BEHIND = Phrase("{how} ahead"), Phrase("{how} behind")
HOURS, BOTH, MINUTES = Phrase("{h} h"), Phrase("{h} h {m} min"), Phrase("{m} min")
SAME = Phrase("the same", "of two clocks")


def ahead_words(minutes: int, language: Language) -> str:
    """«2 h 30 min de adelanto», «1 h de retraso», «igual»: of a clock that is so many minutes ahead of ours."""
    if not minutes:
        return SAME[language]
    hours, rest = divmod(abs(minutes), 60)
    says = MINUTES if not hours else BOTH if rest else HOURS
    how = says.say(language, h=hours, m=rest)
    return (AHEAD if minutes > 0 else BEHIND).say(language, how=how)
