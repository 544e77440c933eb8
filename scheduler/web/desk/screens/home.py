"""The first screen: is anything wrong, what goes out today, which sites have nobody, what is unpublished."""

from __future__ import annotations

from calendars.catalogue import Phrase
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import screen
from scheduler.web.desk.screens.publishing import changes, undoing

TITLE = Phrase("Today", "at the desk")


def today(place: Place, asked: Asked) -> Answer:
    """Four questions on one screen."""
    values = {
        "problems": len(place.reading().problems),
        "runs": undoing.runs(place, asked.now),
        "shifted": changes.shifted(place, asked.now),
    }
    return screen(asked, "desk/home.html", TITLE[asked.language], values)


SCREENS = (Declared(path="/desk/", need=DeskRole.SEE, get=today),)
