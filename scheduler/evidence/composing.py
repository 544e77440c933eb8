"""The text of a notice composed again, from the editions that it compared, by what composes it when it is sent."""

from __future__ import annotations

import email
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default as modern

from sqlalchemy import Connection, select

from calendars.catalogue import Phrase
from calendars.changes import Change, Notice, changes, for_guest, notices, without_links
from calendars.editions import Edition
from calendars.feeds import last_modified
from calendars.model.places import Representation
from calendars.model.text import OwnWords
from calendars.zones import to_wall
from scheduler.evidence.told import SentNews
from scheduler.mail.compose import Composer
from scheduler.mail.prepared import Personal as OwnPieces
from scheduler.mail.subject import Enclosure, Subject
from scheduler.planning.channels import ITIP, Channel, subscribes
from scheduler.planning.delivery import Purpose
from scheduler.planning.notices import Telling, convocation_notices
from scheduler.store import editions
from scheduler.store.schema import links, revisions

_OFFICE = Phrase("[post]", "stands for a post's name")
_OWN_LINK = Phrase("[the reader's own link]")
_JOINING = Phrase("[the joining link of then, which is not kept]")
_URL = "https://links.invalid/{name}"
_OWN, _JOIN = _URL.format(name="own"), _URL.format(name="joining")
_NOBODY = "post@links.invalid"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewsText:
    """As its readers got it, but for what was each one's own."""

    subject: str
    lines: tuple[str, ...]
    by_hand: frozenset[int]  # of subject (0) and lines (from 1), those that an administrator wrote for the readers
    since: int  # the edition that it compared with; 0 of a convocation


class NotComposed(Exception):
    """What it was made of is not all there: the words of the exception say what is missing."""


class TextsOfNews:
    """Composes them, each edition read once and each two of them compared once."""

    def __init__(self, connection: Connection, base_url: str, *, answered: bool) -> None:
        self._connection = connection
        self._composer = Composer(base_url)
        self._answered = answered  # invitations leave
        self._editions: dict[int, Edition] = {}
        self._doors: dict[int, Mapping[str, str | None]] = {}
        self._changes: dict[tuple[int, int], Mapping[str, Change]] = {}
        self._links: Mapping[str, str] = {row.event: row.url for row in connection.execute(select(links))}
        self._messages = editions.messages(connection)
        self._calls = sorted(editions.announced(connection).items())

    def key(self, one: SentNews) -> object:
        """Equal for two of them that say the same. Raises NotComposed."""
        day = to_wall(one.sent_at, self._site(one).zone).date()
        told = one.edition, one.owed_by, one.surely, one.perhaps, one.event, one.site, one.language, day
        return one.purpose, told, one.origin, one.channel, one.method, one.guest, one.first

    def text(self, one: SentNews) -> NewsText:
        """Raises NotComposed."""
        edition, site = self._edition(one.edition), self._site(one)
        signups = edition.agenda.signups
        opens = one.origin != "self" or (signups is not None and signups.links)
        telling = self._telling(one, site, opens=opens)
        subject = self._subject(one, telling, site, opens=opens)
        try:
            prepared = (
                self._composer.notice(subject, telling)
                if one.purpose is Purpose.NOTICE
                else self._composer.reminder(subject, first=one.first, convokes=True)
            )
            octets = prepared.personalize(_own_pieces(one))
        except (LookupError, ValueError) as error:
            raise NotComposed(str(error)) from error
        lines = _lines(octets, one)
        by_hand = written_by_hand((prepared.subject, *lines), _own_words(subject))
        return NewsText(subject=prepared.subject, lines=lines, by_hand=by_hand, since=telling.since)

    def _subject(self, one: SentNews, telling: Telling, site: Representation, *, opens: bool) -> Subject:
        edition = self._edition(one.edition)
        event = edition.agenda.event(one.event)
        if event is None and telling.notice.before is not None:
            event = telling.notice.before.event
        if event is None:
            raise NotComposed(f"event {one.event} of edition {one.edition}")
        link = self._link(one)
        stamp = max(one.due_at.replace(microsecond=0), last_modified(edition)) if one.method in ITIP else None
        feed = subscribes(Channel(one.channel), answered=self._answered)
        return Subject(
            edition=edition,
            event=event,
            site=site,
            language=one.language,
            sent_at=one.sent_at,
            link=link if opens else None,
            words=telling.message,
            withheld=link is not None and not opens,
            guest=one.guest,
            enclosed=Enclosure(method=one.method, feed=feed, stamp=stamp),
        )

    def _telling(self, one: SentNews, site: Representation, *, opens: bool) -> Telling:
        message = self._message(one)
        if one.purpose is Purpose.CONVOCATION:
            doors = {event: door for event, door in self._doors_of(one.edition).items() if door}
            calls = convocation_notices(self._edition(one.edition), doors, {one.event}, one.sent_at)
            for call in calls:
                if call.site == site.id:
                    return Telling(notice=call, since=0, message=message, unread=False)
            raise NotComposed(f"a call to {one.event} in edition {one.edition}")
        for since in (one.surely, *one.perhaps):
            notice = self._heard(one, since, site)
            notice = notice if notice is None or opens else without_links(notice)
            if notice is not None:
                return Telling(notice=notice, since=since, message=message, unread=False)
        raise NotComposed(f"a difference between the editions {one.surely} and {one.edition}")

    def _message(self, one: SentNews) -> OwnWords | None:
        """What its publication said in its administrators' own words."""
        if one.purpose is Purpose.NOTICE:
            return self._messages.get(one.owed_by)
        called = [number for number, events in self._calls if number <= one.edition and one.event in events]
        return self._messages.get(called[-1]) if called else None

    def _heard(self, one: SentNews, since: int, site: Representation) -> Notice | None:
        """What is different for a site between two editions."""
        change = self._changes_of(since, one.edition).get(one.event)
        if change is None:
            return None
        found = next((notice for notice in notices(change) if notice.site == site.id), None)
        if found is not None or not one.guest:
            return found
        seen = for_guest(change, site.id, site.zone)
        return None if seen is None else next(notices(seen), None)

    def _changes_of(self, since: int, until: int) -> Mapping[str, Change]:
        if (since, until) not in self._changes:
            then, now = self._doors_of(since), self._doors_of(until)
            was = {event: now.get(event) if door is None else door for event, door in then.items()}
            found = (
                () if since == until else changes(self._edition(since), self._edition(until), _known(was), _known(now))
            )
            self._changes[since, until] = {change.event: change for change in found}
        return self._changes[since, until]

    def _edition(self, number: int) -> Edition:
        if number not in self._editions:
            found = editions.find(self._connection, number)
            if found is None:
                raise NotComposed(f"edition {number}")
            self._editions[number] = found
        return self._editions[number]

    def _site(self, one: SentNews) -> Representation:
        found = self._edition(one.edition).agenda.site(one.site)
        if found is None:
            raise NotComposed(f"site {one.site} of edition {one.edition}")
        return found

    def _doors_of(self, number: int) -> Mapping[str, str | None]:
        """Digests of the joining links of an edition, by Event.id; "": it had none; None: it was not kept."""
        if number not in self._doors:
            chosen = select(revisions.c.event, revisions.c.link_digest).where(revisions.c.edition == number)
            self._doors[number] = {row.event: row.link_digest for row in self._connection.execute(chosen)}
        return self._doors[number]

    def _link(self, one: SentNews) -> str | None:
        """The joining link of then where it is today's, words for one that is not kept; None: there was none."""
        door, today = self._doors_of(one.edition).get(one.event), self._links.get(one.event)
        if today is not None and door == editions.link_digests({one.event: today})[one.event]:
            return today
        return _JOIN if door or (door is None and today is not None) else None


def _known(doors: Mapping[str, str | None]) -> dict[str, str]:
    return {event: door for event, door in doors.items() if door}


def _own_pieces(one: SentNews) -> OwnPieces:
    return OwnPieces(
        to=_NOBODY,
        office=_OFFICE[one.language],
        message_id=_NOBODY,
        sent_at=one.sent_at,
        unsubscribe_url=_OWN,
        manage_url=_OWN,
        organizer=_NOBODY,
        reply_to=_NOBODY,
        answer_url=_OWN,
    )


def _lines(octets: bytes, one: SentNews) -> tuple[str, ...]:
    """Of the part in plain text."""
    message = email.message_from_bytes(octets, policy=modern)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain",))
    assert body is not None, "each message has its text"
    said = str(body.get_content()).replace(_OWN, _OWN_LINK[one.language]).replace(_JOIN, _JOINING[one.language])
    return tuple(said.rstrip().splitlines())


def _own_words(subject: Subject) -> tuple[str, ...]:
    """What administrators wrote, in the reader's language: the reason of a change, and words for the head of a mail."""
    said = (subject.event.reason, subject.event.message, subject.words)
    lines = (line for one in said if one is not None for line in one[subject.language].splitlines())
    return tuple(line.removesuffix(".") for line in lines)  # a subject has the first line without its end


def written_by_hand(lines: Sequence[str], own: Iterable[str]) -> frozenset[int]:
    """The numbers of the lines (from 0) in which any of these texts stands, wherever its lines were broken."""
    whole, ends = "", list[int]()  # of each line, where it ends in the whole
    for line in lines:
        whole += "".join(f"{word} " for word in line.split())
        ends.append(len(whole))
    found = set[int]()
    for text in filter(None, (" ".join(one.split()) for one in own)):
        at = whole.find(text)
        while at >= 0:
            found.update(range(bisect_right(ends, at), bisect_right(ends, at + len(text) - 1) + 1))
            at = whole.find(text, at + len(text))
    return frozenset(found)
