"""A screen's HTML: what stands in the frame, with the desk's own navigation, its brake and its words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from scheduler.base.refusal import Refusal
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.rendering import render


def screen(asked: Asked, template: str, title: str, values: Mapping[str, Any], *, status: int = 200) -> Answer:
    """A whole screen from a template under desk/ ."""
    return Answer(title=title, body=_rendered(asked, template, values), status=status)


def part(asked: Asked, template: str, values: Mapping[str, Any], *, status: int = 200) -> Answer:
    """A part of a screen, for htmx to put in its place."""
    return Answer(body=_rendered(asked, template, values), status=status, part=True)


def go(asked: Asked, path: str, **query: str) -> Answer:
    """After an act: the screen that shows what came of it."""
    return Answer(status=303, location=asked.url(path, **query))


def refused(refusal: Refusal, asked: Asked) -> Answer:
    """What cannot be done, said where it was asked for."""
    says, *more = refusal.lines(asked.language)
    values = {"says": says, "more": more}
    if asked.part:
        return part(asked, "desk/refused.html", values, status=refusal.status)
    return screen(asked, "desk/refused.html", says, values, status=refusal.status)


def _rendered(asked: Asked, template: str, values: Mapping[str, Any]) -> str:
    frame = {
        "url": asked.url,
        "csrf": asked.csrf,
        "person": asked.person,
        "may": lambda name: asked.may(DeskRole(name)),
        "everywhere": lambda name: asked.person.everywhere(DeskRole(name)),
        "part": asked.part,
    }
    return render(template, asked.language, {**frame, **values})
