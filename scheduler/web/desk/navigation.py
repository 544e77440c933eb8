"""Where the desk's screens are, as its navigation names them."""

from __future__ import annotations

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.store.accounts.roles import DeskRole, Person

PLACES = (
    ("/desk/", Phrase("Today", "at the desk"), DeskRole.SEE),
    ("/desk/events", Phrase("Events"), DeskRole.SEE),
    ("/desk/files", Phrase("Files"), DeskRole.EDIT),
    ("/desk/changes", Phrase("What would happen"), DeskRole.SEE),
    ("/desk/mail", Phrase("Mails"), DeskRole.SEE),
    ("/desk/heard", Phrase("Who has heard"), DeskRole.SEE),
    ("/desk/attendance", Phrase("Attendance"), DeskRole.SEE),
    ("/desk/deliveries", Phrase("Deliveries"), DeskRole.SEE),
    ("/desk/addresses", Phrase("Addresses"), DeskRole.SEE),
    ("/desk/roster", Phrase("Recipients"), DeskRole.EDIT),
    ("/desk/editions", Phrase("Editions"), DeskRole.SEE),
    ("/desk/report", Phrase("Report"), DeskRole.SEE),
    ("/desk/audit", Phrase("Who did what"), DeskRole.SEE),
    ("/desk/people", Phrase("People at the desk"), DeskRole.PEOPLE),
)
OF_ALL_REGIONS = ("/desk/files", "/desk/report", "/desk/audit")  # no screen for a role that is bound to some


def places(person: Person, language: Language) -> tuple[tuple[str, str], ...]:
    """Address and name of each screen that the person may open."""
    return tuple(
        (path, words[language])
        for path, words, role in PLACES
        if (person.everywhere(role) if path in OF_ALL_REGIONS else person.may(role))
    )


def place_of(path: str) -> str:
    """The address in the navigation under which a screen lies; "" of none."""
    known = sorted((one for one, _, _ in PLACES), key=len, reverse=True)
    return next((one for one in known if path == one or (one != "/desk/" and path.startswith(f"{one}/"))), "")
