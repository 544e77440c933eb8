"""What a post has answered so far, as its next mail says it: so that nothing counts for it that it does not know of."""

from __future__ import annotations

from datetime import datetime

from calendars.model.text import Language, Text
from calendars.wording import hour, short_date
from scheduler.planning.standing import Footing

_SAID = {
    "yes": Text(es="sí", en="yes"),
    "no": Text(es="no", en="no"),
    "maybe": Text(es="tal vez", en="maybe"),
}
_BY_MAIL = Text(es="por correo, ", en="by mail, ")
_SO_FAR = Text(es="Respuesta registrada: {said} ({way}{moment}).", en="Answer on record: {said} ({way}{moment}).")
_STANDS = {
    Footing.HOLDS: Text(es="", en=""),
    Footing.ANOTHER_HOUR: Text(es=" La dio para otra hora del mismo día.", en=" It was for another hour of that day."),
    Footing.SET_ASIDE: Text(
        es=" La dio para otra fecha u hora y no cuenta: responda de nuevo.",
        en=" It was for another date or time and does not count: please answer again.",
    ),
}


def answered(said: str, *, by_mail: bool, at: datetime, stands: Footing, language: Language) -> str:
    """One line; `at` is the wall time, at the post's site, of a yes, no or maybe."""
    moment, way = f"{short_date(at, language)}, {hour(at, language)}", _BY_MAIL[language] if by_mail else ""
    return _SO_FAR[language].format(said=_SAID[said][language], way=way, moment=moment) + _STANDS[stands][language]
