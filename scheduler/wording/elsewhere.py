"""Other regions' sessions as a mail and a page offer them: each by the site's clock, and honest about its hour."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from calendars.catalogue import Phrase
from calendars.elsewhere import Offer
from calendars.impact import Fit, Session
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date

_FITS = {
    Fit.PARTLY: Phrase("partly outside your working hours"),
    Fit.OUTSIDE: Phrase("outside your working hours"),
}
_NIGHT = Phrase("at night")
_WEEKEND = Phrase("on a weekend")
_HOLIDAY = Phrase("on a holiday")
_MAYBE_HOLIDAY = Phrase("on a holiday that is to be confirmed")
_NONE_INSIDE = Phrase("None of them lies wholly within your working hours; the least awkward come first.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offered:
    """One of them."""

    event: str  # Event.id
    title: str
    here: str  # «mar 26 oct, 17:00 h»
    home: str  # «09:00 h TCM»; with its day where that is another
    remark: str  # «fuera de su horario de trabajo, de noche»; empty inside working hours


@dataclass(frozen=True, kw_only=True, slots=True)
class Others:
    """As the templates read it; nothing where no session is offered."""

    note: str = ""  # that none of them is at a good hour, where none is
    sessions: tuple[Offered, ...] = ()  # in the order in which they are offered


def others(agenda: Agenda, offers: Sequence[Offer], language: Language, today: date) -> Others:
    """The offers in words. Dates have their year unless it is that of `today`."""
    good = not offers or any(offer.session.fit is Fit.INSIDE for offer in offers)
    return Others(
        note="" if good else _NONE_INSIDE[language],
        sessions=tuple(_offered(agenda, offer, language, today) for offer in offers),
    )


def _offered(agenda: Agenda, offer: Offer, language: Language, today: date) -> Offered:
    start = offer.session.start
    return Offered(
        event=offer.event.id,
        title=offer.event.title[language],
        here=f"{short_date(start, language, today)}, {hour(start, language)}",
        home=_home(agenda, offer.session, language, today),
        remark=", ".join(_remarks(offer.session, language)),
    )


def _home(agenda: Agenda, session: Session, language: Language, today: date) -> str:
    day = f"{short_date(session.home, language, today)}, " if session.days_off else ""
    return f"{day}{hour(session.home, language)} {home_short(agenda.zone, language)}"


def _remarks(session: Session, language: Language) -> Iterator[str]:
    if session.fit in _FITS:
        yield _FITS[session.fit][language]
        if session.night:
            yield _NIGHT[language]
        if session.holiday is not None:
            yield (_HOLIDAY if session.holiday.certain else _MAYBE_HOLIDAY)[language]
        elif session.weekend:
            yield _WEEKEND[language]
