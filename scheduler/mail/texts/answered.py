"""What a post has answered so far, as its next mail says it: so that nothing counts for it that it does not know of."""

from __future__ import annotations

from datetime import datetime

from calendars.catalogue import Phrase
from calendars.model.text import Language, verbatim
from calendars.wording import hour, short_date
from scheduler.planning.standing import Footing

_SAID = {
    "yes": Phrase("yes"),
    "no": Phrase("no"),
    "maybe": Phrase("maybe"),
}
_BY_MAIL = Phrase("by mail, ")
_SO_FAR = Phrase("Answer on record: {said} ({way}{moment}).")
_STANDS = {
    Footing.HOLDS: verbatim(""),
    Footing.ANOTHER_HOUR: Phrase(" It was for another hour of that day."),
    Footing.SET_ASIDE: Phrase(" It was for another date or time and does not count: please answer again."),
}


def answered(said: str, *, by_mail: bool, at: datetime, stands: Footing, language: Language) -> str:
    """One line; `at` is the wall time, at the post's site, of a yes, no or maybe."""
    moment, way = f"{short_date(at, language)}, {hour(at, language)}", _BY_MAIL[language] if by_mail else ""
    return _SO_FAR.say(language, said=_SAID[said][language], way=way, moment=moment) + _STANDS[stands][language]
