"""Recording who came: files, figures typed by hand, held or not held, taken back; each a unit of work with its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Spoken
from calendars.wording import short_date
from scheduler.base.refusal import USAGE, Refusal, UsageRefusal
from scheduler.base.tokens import Tokens
from scheduler.people.attendance.looking import AS_SHOWN, Hiding, Looked, ReadFile, rows_of
from scheduler.people.attendance.sessions import HeldSession, session_of, site_of
from scheduler.publishing import following
from scheduler.store.attendance import counts, forgetting, keeping, places
from scheduler.store.attendance.counts import SessionAttendance
from scheduler.store.attendance.keeping import KeptFile, Word
from scheduler.store.attendance.rows import known_files, knows, name_key
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.database import Database

SHORT = 12  # hexadecimal digits of a file's digest, as people are shown it
LEAST = 6  # of a digest that is named
MOST = 10_000  # people of one site that may be typed
SERVICE = "retencion"
OWN_PEOPLE = "participants"  # of AttendanceFile.totals
KEPT = Phrase(
    "of “{event}” only figures by site are left: `retencion` ended its people on {day}. What is missing can be typed "
    "by hand, site by site."
)
NOT_HELD = Phrase("“{event}” is marked as not held: mark it as held first, if it took place after all.")
WAS_THERE = Phrase(
    "people are recorded of “{event}”, so it was held. If that is a mistake, take the files and figures back first."
)
MOVED = Phrase("“{event}” has another hour by now: nothing was recorded. Look again.")
NO_REASON = Phrase("say why it was not held: --reason")
TOO_MANY = Phrase("{site}={n}: write how many people came, from 0 to {most}.")
NOT_THERE = Phrase("“{what}”: there is no such file and no such typed figure of “{event}”. {more}")
THERE_ARE = Phrase("There are: {names}.")
NOTHING_THERE = Phrase("Nothing is recorded of it.")
NOBODY = Phrase("“{given}”: nobody of that name or address is recorded of “{event}”. {more}")


class CannotRecord(Refusal):
    """What is recorded already speaks against it."""

    code = USAGE
    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Recorder:
    """Whoever records, and which way."""

    database: Database
    who: str  # a name, or an account (id)
    by: str  # as it is shown beside the figures
    now: datetime
    via: Via = Via.COMMAND

    def files(self, looked: Looked, tokens: Tokens) -> SessionAttendance:
        """Keep what was looked at. The same files again change nothing but who was assigned meanwhile."""
        event = looked.session.event.id
        with self.database.write() as connection:
            session = self._session(connection, event, looked.session)
            known = known_files(connection, event)
            new = [one for one in looked.new if one.digest not in known]
            rows = [row for row in rows_of(looked, Hiding(connection, tokens, event)) if row.file not in known]
            assigned = [one for one in looked.people if one.by == "hand"]
            if new or assigned:
                keeping.say(connection, session.meeting, self._word)
            for file in new:
                own = [row for row in rows if row.file == file.digest]
                keeping.add_file(connection, event, _kept(file, self._word), own)
            changed = 0
            for person in assigned:
                keys = {person.participant.key, *(f"a:{one}" for one in person.participant.addresses)}
                changed += self._assign(connection, tokens, event, sorted(keys), person.site)
            self._use(connection, tokens, looked)
            found = _of(connection, session)
            if new or changed:
                self._follow(connection, session)
                details: dict[str, str | int] = {
                    "files": len(new),
                    "n": found.present,
                    "sites": len(found.came),
                    "assigned": len(assigned),
                    "digests": ",".join(one.digest[:SHORT] for one in new),
                }
                self._tell(connection, What.ATTENDANCE_READ, event, details)
            return found

    def assign(self, key: str, assigned: Mapping[str, str], tokens: Tokens) -> SessionAttendance:
        """People who are recorded already (names as shown, or addresses) belong to these sites. Raises UsageRefusal."""
        with self.database.write() as connection:
            session = self._session(connection, key)
            keeping.say(connection, session.meeting, self._word)
            for given, named in assigned.items():
                site = site_of(session.agenda, named).id
                wanted = f"a:{given.strip().lower()}" if "@" in given else name_key(given)
                known = knows(connection, key, tokens.people(key, wanted))
                if not known:
                    raise UsageRefusal(NOBODY, given=given, event=key, more=AS_SHOWN.of())
                self._assign(connection, tokens, key, [wanted], site)
            self._follow(connection, session)
            self._tell(connection, What.ATTENDANCE_ASSIGNED, key, {"n": len(assigned)})
            return _of(connection, session)

    def typed(self, key: str, figures: Mapping[str, int]) -> SessionAttendance:
        """People by site (its id), as somebody says. Raises UsageRefusal; CannotRecord."""
        with self.database.write() as connection:
            session = self._opened(connection, key)
            _refuse_unheld(counts.of_event(connection, key, session.threshold))
            sites = {site_of(session.agenda, site).id: n for site, n in figures.items()}
            for site, n in sites.items():
                if not 0 <= n <= MOST:
                    raise UsageRefusal(TOO_MANY, site=site, n=n, most=MOST)
            keeping.say(connection, session.meeting, self._word)
            keeping.type_in(connection, key, sites, self._word)
            self._follow(connection, session)
            self._tell(connection, What.ATTENDANCE_TYPED, key, {"n": sum(sites.values()), "sites": len(sites)})
            return _of(connection, session)

    def mark(self, key: str, *, held: bool, reason: str) -> SessionAttendance:
        """Say whether it took place. Raises UsageRefusal without a reason where not; CannotRecord."""
        if not held and not reason.strip():
            raise UsageRefusal(NO_REASON)
        with self.database.write() as connection:
            session = self._opened(connection, key)
            before = counts.of_event(connection, key, session.threshold)
            if not held and before is not None and (before.source or before.kept_at):
                raise CannotRecord(WAS_THERE, event=key)
            keeping.say(connection, session.meeting, self._word, held=(held, reason.strip()))
            self._follow(connection, session)
            what = What.SESSION_HELD if held else What.SESSION_NOT_HELD
            self._tell(connection, what, key, {}, reason.strip())
            return _of(connection, session)

    def forget(self, key: str, what: str) -> SessionAttendance:
        """Take back a file (its digest, or how it begins) or a site's typed figure (its id). Raises UsageRefusal."""
        with self.database.write() as connection:
            session = self._opened(connection, key)
            before = counts.of_event(connection, key, session.threshold)
            digests = [one.digest for one in keeping.files(connection, key)]
            file = _begins(what.strip().lower(), digests)
            if file is not None:
                _refuse_kept(before)
                keeping.forget_file(connection, key, file)
            elif before is None or not keeping.forget_typed(connection, key, [what]):
                names = [one[:SHORT] for one in digests] + sorted(before.typed if before else ())
                more = THERE_ARE.of(names=", ".join(names)) if names else NOTHING_THERE.of()
                raise UsageRefusal(NOT_THERE, what=what, event=key, more=more)
            keeping.say(connection, session.meeting, self._word)
            self._follow(connection, session)
            named = what if file is None else file[:SHORT]
            self._tell(connection, What.ATTENDANCE_FORGOTTEN, key, {"named": named})
            return _of(connection, session)

    def _follow(self, connection: Connection, session: HeldSession) -> None:
        """What posts hear of it after the session, by what is recorded now."""
        following.follow(connection, session.edition, session.event, self.now)

    @property
    def _word(self) -> Word:
        return Word(author=self.by, at=self.now)

    def _session(self, connection: Connection, key: str, looked: HeldSession | None = None) -> HeldSession:
        """The session, if people can be recorded of it."""
        session = self._opened(connection, key)
        if looked is not None and session.meeting != looked.meeting:
            raise CannotRecord(MOVED, event=key)
        before = counts.of_event(connection, key, session.threshold)
        _refuse_unheld(before)
        _refuse_kept(before)
        return session

    def _opened(self, connection: Connection, key: str) -> HeldSession:
        """The session; what was recorded of an hour that it has no more is over now, which is told."""
        session = session_of(connection, key, self.now)
        former = keeping.give_way(connection, session.meeting)
        if former is not None:
            self._tell(connection, What.ATTENDANCE_FORGOTTEN, key, {"named": f"{former:%Y-%m-%d %H:%MZ}"})
        return session

    def _assign(self, connection: Connection, tokens: Tokens, event: str, keys: Sequence[str], site: str) -> int:
        changed = 0
        for key in keys:
            changed += keeping.assign(connection, event, tokens.people(event, key), site)
            places.remember(connection, tokens.people("", key), site, self.now)
        return changed

    def _use(self, connection: Connection, tokens: Tokens, looked: Looked) -> None:
        """Who was found by what is remembered is of use for longer."""
        found = [one.participant.key for one in looked.people if one.by == "remembered"]
        places.used(connection, [one for key in found for one in tokens.people("", key)], self.now)

    def _tell(
        self, connection: Connection, what: What, event: str, details: Mapping[str, str | int], reason: str = ""
    ) -> None:
        deed = Deed(who=self.who, what=what, via=self.via, subject=event, details=details, reason=reason)
        chain.record(connection, deed, self.now)


def end_people(connection: Connection, agenda: Agenda, now: datetime) -> int:
    """Leave the figures alone of sessions that ended `retencion` ago. Returns how many sessions that were."""
    if agenda.retention is None:
        return 0
    ended = forgetting.end_before(connection, now - agenda.retention, now, agenda.present_from)
    if ended:
        deed = Deed(who=SERVICE, what=What.ATTENDANCE_ENDED, via=Via.SERVICE, details={"n": ended})
        chain.record(connection, deed, now)
    return ended


def _refuse_unheld(found: SessionAttendance | None) -> None:
    if found is not None and found.held is False:
        raise CannotRecord(NOT_HELD, event=found.event)


def _refuse_kept(found: SessionAttendance | None) -> None:
    if found is not None and (at := found.kept_at) is not None:
        day = Spoken(lambda lang: short_date(at.date(), lang))
        raise CannotRecord(KEPT, event=found.event, day=day)


def _kept(file: ReadFile, word: Word) -> KeptFile:
    return KeptFile(
        digest=file.digest,
        program=file.file.program,
        encoding=file.file.encoding,
        zone=file.file.zone,
        order=file.file.order or "",
        people=file.people,
        own_total=file.file.totals.get(OWN_PEOPLE),
        author=word.author,
        at=word.at,
    )


def _of(connection: Connection, session: HeldSession) -> SessionAttendance:
    found = counts.of_event(connection, session.event.id, session.threshold)
    assert found is not None, "it was noted in this transaction, or before"
    return found


def _begins(what: str, digests: Sequence[str]) -> str | None:
    found = [one for one in digests if one.startswith(what)] if len(what) >= LEAST else []
    return found[0] if len(found) == 1 else None
