"""What a form about attendance carries from step to step: the files themselves, what was answered and assigned.

Nothing of it is kept on the server between two steps: the browser of whoever dropped the files has them, packed into
one hidden field, and sends them again. So there is nothing to end, whatever becomes of the window.
"""

from __future__ import annotations

import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.spelling import fold
from scheduler.base.refusal import Refusal
from scheduler.people.attendance.looking import GivenFile
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.uploads import LARGEST as LARGEST_UPLOAD

KEPT, FILE, ANSWER, SITE = "kept", "file", "answer", "site:"  # fields; SITE goes before Participant.key
LARGEST = 8 * 1024 * 1024  # bytes of all files, unpacked
MOST_PACKED = LARGEST_UPLOAD - 256 * 1024  # bytes of the hidden field: the others come back with it
NOT_KEPT = Phrase("What was dropped did not come back whole. Drop the file again.")
TOO_MUCH = Phrase("The files have more than {mb} MB: no attendance has so much.")
TOO_HEAVY = Phrase(
    "These files cannot go from one step to the next: they have more than {mb} MB, packed. Save the workbook without "
    "pictures, or record it in the terminal: agenda attendance."
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """Files of one session, and what somebody said of them so far."""

    files: tuple[GivenFile, ...] = ()
    answers: tuple[str, ...] = ()
    assigned: Mapping[str, str] = field(default_factory=dict)  # Participant.key -> site (id)

    def packed(self) -> str:
        """As a hidden field holds it. Raises Refusal where it could not come back: a workbook is packed already."""
        files = [[one.name, urlsafe_b64encode(one.content).decode()] for one in self.files]
        content = json.dumps({"files": files, "answers": self.answers, "assigned": dict(self.assigned)})
        packed = urlsafe_b64encode(zlib.compress(content.encode(), 9)).decode()
        if len(packed) > MOST_PACKED:
            raise Refusal(TOO_HEAVY, mb=LARGEST_UPLOAD * 3 // 4 // (1024 * 1024))
        return packed


def carried(asked: Asked, agenda: Agenda) -> tuple[Carried, tuple[str, ...]]:
    """What the form brings, with the file that was dropped into it now; and the sites that nobody knows, as typed.

    Raises Refusal.
    """
    found = _unpacked(asked.form.one(KEPT))
    name, content = asked.files.get(FILE, ("", b""))
    if name or content:
        found = replace(found, files=(*found.files, GivenFile(name=name, content=content)))
    if sum(len(one.content) for one in found.files) > LARGEST:
        raise Refusal(TOO_MUCH, mb=LARGEST // (1024 * 1024))
    answers = (one for key in asked.form.fields if key.startswith(ANSWER) for one in asked.form.fields[key] if one)
    typed = {key.removeprefix(SITE): asked.form.one(key) for key in asked.form.fields if key.startswith(SITE)}
    sites = {key: site_typed(agenda, text) for key, text in typed.items() if text}
    unknown = tuple(text for key, text in typed.items() if text and sites[key] is None)
    known = {key: site for key, site in sites.items() if site is not None}
    assigned = {**{key: site for key, site in found.assigned.items() if key not in typed}, **known}
    return replace(found, answers=(*found.answers, *answers), assigned=assigned), unknown


def site_typed(agenda: Agenda, text: str) -> str | None:
    """The site (its id) that «Tokio», «tokio» or «Tokio (tokio)» means; None where none, or several, may be meant."""
    inside = text.rpartition("(")[2].rstrip(") ")
    if agenda.site(inside) is not None:
        return inside
    wanted = fold(text)
    found = [
        one.id
        for one in agenda.representations
        if wanted in (one.id, *(fold(city) for city in (one.city, one.city_en) if city))
    ]
    return found[0] if len(found) == 1 else None


def _unpacked(text: str) -> Carried:
    if not text:
        return Carried()
    try:
        unpacking = zlib.decompressobj()
        content = unpacking.decompress(urlsafe_b64decode(text), 2 * LARGEST)
        found = json.loads(content)
        files = tuple(GivenFile(name=str(name), content=urlsafe_b64decode(body)) for name, body in found["files"])
        assigned = {str(key): str(site) for key, site in found["assigned"].items()}
        return Carried(files=files, answers=tuple(map(str, found["answers"])), assigned=assigned)
    except (ValueError, zlib.error, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise Refusal(NOT_KEPT) from error
