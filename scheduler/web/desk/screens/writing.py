"""A file saved from the desk: by a person, and noted in the audit, both or neither."""

from __future__ import annotations

from scheduler.drafts.history import digest_of
from scheduler.drafts.saving import save
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.web.desk.asked import Asked
from scheduler.web.desk.place import Place


def write_file(place: Place, asked: Asked, file: str, body: bytes, *, expected: str, subject: str = "") -> None:
    """Save `body` as `file`, as saving.save does; `subject`: the event (its id) that was edited in it, if one was.

    What changes nothing is no act. Raises ChangedBeneath; NotTaken; NotSaved.
    """
    if digest_of(body) == expected:
        save(place.folder, file, body, expected=expected, at=asked.now, by=asked.by)
        return
    with place.database.write() as connection:
        details = {"file": file} if subject else {}
        deed = Deed(who=asked.who, what=What.EDITED, via=Via.DESK, subject=subject or file, details=details)
        chain.record(connection, deed, asked.now)
        save(place.folder, file, body, expected=expected, at=asked.now, by=asked.by)
