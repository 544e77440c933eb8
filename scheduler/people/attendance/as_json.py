"""Attendance for scripts."""

from __future__ import annotations

from scheduler.people.attendance.known import KnownSession
from scheduler.people.attendance.looking import FoundPerson, Looked
from scheduler.people.attendance.sequel_words import followed_json, sequel_json


def looked_json(looked: Looked) -> dict[str, object]:
    """What files say before they are recorded. Names stand in it: it is for whoever has the files."""
    meeting = looked.session.meeting
    return {
        "event": meeting.event,
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "threshold": looked.session.threshold,
        "recorded": False,
        "files": [
            {
                "name": one.name,
                "digest": one.digest,
                "recorded": one.known,
                "program": one.file.program,
                "encoding": one.file.encoding,
                "zone": one.file.zone,
                "order": one.file.order,
                "people": one.people,
                "totals": dict(one.file.totals),
            }
            for one in looked.files
        ],
        "by_site": dict(sorted(looked.by_site.items())),
        "unmatched_present": looked.after.unmatched,
        "unknown_time": looked.after.unknown,
        "matched": [{**_person(one), "site": one.site, "by": one.by} for one in looked.matched],
        "unmatched": [_person(one) for one in looked.unmatched],
        "absent": [one.id for one in looked.absent],
        "follow_ups": sequel_json(looked.sequel),
    }


def _person(one: FoundPerson) -> dict[str, object]:
    return {"name": one.participant.name, "minutes": one.participant.minutes, "present": one.present}


def session_json(one: KnownSession) -> dict[str, object]:
    """What is recorded of a session: figures by site, and no names."""
    meeting, found = one.session.meeting, one.found
    said: dict[str, object] = {
        "event": meeting.event,
        "start": meeting.start.isoformat(),
        "end": meeting.end.isoformat(),
        "held": None if found is None else found.held,
        "source": "" if found is None else found.source,
        "follow_ups": followed_json(one.followed),
    }
    if found is None:
        return said
    return said | {
        "reason": found.reason,
        "author": found.author,
        "at": None if found.at is None else found.at.isoformat(),
        "threshold": found.threshold,
        "present": found.present,
        "by_site": dict(sorted(found.by_site.items())),
        "typed": sorted(found.typed),
        "unmatched": found.unmatched,
        "unknown_time": found.unknown,
        "own_total": found.own_total,
        "own_files": found.own_files,
        "people_ended": None if found.kept_at is None else found.kept_at.isoformat(),
        "files": [{"digest": file.digest, "program": file.program, "people": file.people} for file in one.files],
    }
