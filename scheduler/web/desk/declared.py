"""How a screen says where it is, and who may ask for it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.place import Place

Screen = Callable[[Place, Asked], Answer]


@dataclass(frozen=True, kw_only=True, slots=True)
class Declared:
    """A screen, or an act. Of several with one path, each has its own method."""

    path: str  # below the root; «/desk/events/{event}»
    need: DeskRole
    get: Screen | None = None
    post: Screen | None = None
    sensitive: bool = False  # a POST asks for the password again, unless it was given just now
