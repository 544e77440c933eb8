"""The first screen: is anything wrong, what goes out today, which sites have nobody, what is unpublished."""

from __future__ import annotations

from calendars.catalogue import Phrase
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import screen

TITLE = Phrase("Today", "at the desk")


def today(place: Place, asked: Asked) -> Answer:
    """Four questions on one screen."""
    return screen(asked, "desk/home.html", TITLE[asked.language], {"problems": len(place.reading().problems)})


SCREENS = (Declared(path="/desk/", need=DeskRole.SEE, get=today),)
