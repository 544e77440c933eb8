"""What a screen of the desk is asked and what it answers: values that pass from the server's process to another."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlencode

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.store.accounts.roles import DeskRole, Person
from scheduler.web.http.forms import Form
from scheduler.web.http.refusals import PageRefusal

LOCAL_WHO = "agenda desk"
LOCAL_HAND = Phrase("the desk of this machine")


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request of a signed-in person, whose role and form were found to be right."""

    person: Person
    csrf: str
    language: Language
    now: datetime  # UTC
    root: str  # the path under which the world sees this installation
    path: str  # below the root: «/desk/events/taller»
    names: Mapping[str, str] = field(default_factory=dict)  # what the path's parameters are
    query: Mapping[str, str] = field(default_factory=dict)
    form: Form = field(default_factory=lambda: Form(fields={}))
    files: Mapping[str, tuple[str, bytes]] = field(default_factory=dict)  # field -> name and bytes of a dropped file
    part: bool = False  # asked by htmx: a part of a screen is wanted

    def url(self, path: str, **query: str) -> str:
        """An address within this installation, in the language that was chosen."""
        wanted = {key: value for key, value in {**query, "lang": self.query.get("lang", "")}.items() if value}
        return f"{self.root}{path}" + (f"?{urlencode(wanted)}" if wanted else "")

    @property
    def who(self) -> str:
        """The account (id) for the audit; of who has none, the command that let them in."""
        return self.person.id or LOCAL_WHO

    @property
    def by(self) -> str:
        """By whose hand something is done, as people read it."""
        return self.person.name or self.person.address or LOCAL_HAND[self.language]

    def may(self, role: str) -> bool:
        """Does the person have the role, by its name, anywhere?"""
        return self.person.may(DeskRole(role))


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    """What is shown: a screen within its frame, a part of one, a file, or another address to go to."""

    title: str = ""
    body: str = ""  # HTML: of `<main>`, or the part
    status: int = 200
    location: str | None = None  # answered by 303: after an act, so that reloading does nothing twice
    file: bytes | None = None  # to be saved as `name`
    name: str = ""
    media: str = "application/octet-stream"
    halted: str = ""  # who stopped all mail and when, where it is stopped
    part: bool = False
    policy: str = ""  # Content-Security-Policy in place of the desk's own


class NotThere(PageRefusal):
    """The desk has no such event, edition, delivery or file."""

    status = 404
    template = "error.html"
