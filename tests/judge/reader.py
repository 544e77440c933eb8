"""Who reads mail: each mail of a campaign, in order, against what held when it came and what the reader knew.

Whatever channel a post has chosen, it reads. Who subscribes is pointed to a calendar and invited to nothing; who is
invited has each event from the first mail about it on; who chose neither has none.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from scheduler.planning.channels import Channel
from tests.judge.fault import Fault, Kind
from tests.judge.hours import SOON, reminders, told_by, works_at
from tests.judge.inviting import Calendar
from tests.judge.truth import Fact, Truth
from tests.judge.words import Said

SETTLES, SETTLES_SOON, LINK_AT_ONCE = timedelta(minutes=10), timedelta(minutes=2), timedelta(minutes=60)
GRACE = timedelta(seconds=1)  # the clock stands still while mail is sent, but Date is in whole seconds
_Facts = dict[str, Fact]


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A change that a reader has to hear of."""

    settled: datetime  # UTC
    by: datetime
    was: Fact | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A post chooses how events get into its calendar. Before any, it subscribes."""

    at: datetime  # UTC
    address: str
    channel: Channel


@dataclass(kw_only=True, slots=True)
class Reader:
    """One post, from the edition that it joined with."""

    address: str
    language: str
    site: str
    known: _Facts  # as its newest mail says; before any, as the edition that it joined with
    owed: dict[str, Owed] = field(default_factory=dict)
    unsaid: set[str] = field(default_factory=set)  # changed by a silent edition, and told by nothing since
    since: dict[str, datetime] = field(default_factory=dict)  # from when on its present hour stood, by event
    reminded: dict[str, list[datetime]] = field(default_factory=dict)
    channel: Channel = Channel.FEED
    calendar: Calendar = field(default_factory=Calendar)
    due: dict[str, datetime] = field(default_factory=dict)  # by when its calendar has to follow its choice, by event


def judge_mails(
    truths: Sequence[Truth], mails: Sequence[Said], until: datetime, choices: Sequence[Choice] = ()
) -> list[Fault]:
    """Every fault in an outbox of a campaign that ended at `until`. All stand in order of time."""
    return list(_Trial(truths, until, choices).judge(mails))


class _Trial:
    def __init__(self, truths: Sequence[Truth], until: datetime, choices: Sequence[Choice]) -> None:
        self.truths = truths
        self.choices = list(choices)
        self.until = until
        self.now = truths[0]
        self.readers: dict[str, Reader] = {}

    def judge(self, mails: Sequence[Said]) -> Iterator[Fault]:
        for said_id, count in Counter(said.id for said in mails).items():
            if count > 1:
                yield Fault(kind=Kind.TWICE, who=said_id, event="", at=self.until, why="one Message-ID twice")
        ahead = list(mails)
        for truth, ends in zip(self.truths, (*(one.at for one in self.truths[1:]), self.until + GRACE), strict=True):
            self._publish(truth)
            while ahead and ahead[0].sent < ends:
                self._choose(ahead[0].sent)
                yield from self._hear(ahead.pop(0))
            self._choose(ends - GRACE)
            yield from self._close(ends)
        for reader in self.readers.values():
            yield from self._end(reader)

    def _publish(self, truth: Truth) -> None:
        """A new edition: who joins knows it, everybody else is owed what is different for them."""
        before, self.now = self.now, truth
        gone = self.readers
        self.readers = {}
        for post in truth.posts:
            reader = gone.get(post.address)
            facts = truth.facts(post.site, post.language)
            if reader is None:
                known = dict(facts)
                self.readers[post.address] = Reader(
                    address=post.address,
                    language=post.language,
                    site=post.site,
                    known=known,
                    since=dict.fromkeys(facts, truth.at),
                )
                continue
            self.readers[post.address] = reader
            if reader.language != post.language:
                _translate(reader, post.language, before, truth)
            self._owe(reader, before, facts)

    def _choose(self, until: datetime) -> None:
        """What posts have chosen by now. What has not begun follows at once, or when the site works."""
        while self.choices and self.choices[0].at <= until:
            choice = self.choices.pop(0)
            reader = self.readers[choice.address]
            reader.channel, reader.due = choice.channel, {}
            reader.calendar.attached.clear()  # what came as a file while it subscribed is in that calendar's place
            for key, event in self.now.events(reader.site).items():
                start = self.now.moment(event, reader.site).start
                if start > choice.at and choice.at > self.truths[0].at and self._amiss(reader, key):
                    reader.due[key] = told_by(self.now, reader.site, choice.at, start)
            for key, owed in reader.owed.items():  # of what is its site's no more, it leaves behind the news
                if key not in self.now.events(reader.site) and self._amiss(reader, key):
                    reader.due[key] = owed.by

    def _expect(self, reader: Reader, key: str) -> None:
        """Rules may give the hour that was told another instant: nothing is told, and calendars have to follow."""
        start = _start(self.now, reader, key)
        if start and not self.now.silent and reader.calendar.stale(self.now, reader.site, key):
            reader.due.setdefault(key, told_by(self.now, reader.site, self.now.at, start))

    def _amiss(self, reader: Reader, key: str) -> tuple[Kind, str] | None:
        return reader.calendar.amiss(reader.channel, self.now, reader.site, key)

    def _owe(self, reader: Reader, before: Truth, facts: _Facts) -> None:
        was = before.facts(reader.site, reader.language)
        for key in {*was, *facts}:
            old, new = was.get(key), facts.get(key)
            if (
                old is None
                or new is None
                or old.when != new.when
                or self._moment(before, key, reader) != self._moment(self.now, key, reader)
            ):
                reader.since[key] = self.now.at
            if not _tellable(old, new) and not self._over(before, key, reader):
                self._expect(reader, key)
            if not _tellable(old, new) or self._over(before, key, reader):
                continue
            if not _tellable(reader.known.get(key), new):
                reader.owed.pop(key, None)  # taken back before it was told
                reader.unsaid.discard(key)
                continue
            owed = self._owed(reader, key, before, old, new)
            if not self.now.silent:
                reader.owed[key] = owed
                reader.unsaid.discard(key)
            elif key in reader.owed:  # what is owed tells all
                reader.owed[key] = replace(reader.owed[key], by=max(reader.owed[key].by, owed.by))
            else:
                reader.unsaid.add(key)

    def _owed(self, reader: Reader, key: str, before: Truth, old: Fact | None, new: Fact | None) -> Owed:
        at, begins = self.now.at, self._begins(reader, key, before)
        settles = SETTLES_SOON if begins - at <= SOON else SETTLES
        if old and new and old.link != new.link and _but_link(old) == _but_link(new) and begins - at <= LINK_AT_ONCE:
            settles = timedelta(0)
        return Owed(
            settled=at + settles,
            by=told_by(self.now, reader.site, at + settles, begins),
            was=reader.known.get(key),
        )

    def _begins(self, reader: Reader, key: str, before: Truth) -> datetime:
        """The earlier start, old or new, of what is not over."""
        moments = [self._moment(truth, key, reader) for truth in (before, self.now)]
        return min(one[0] for one in moments if one is not None and one[1] > self.now.at)

    def _over(self, before: Truth, key: str, reader: Reader) -> bool:
        moments = [self._moment(truth, key, reader) for truth in (before, self.now)]
        return all(one is None or one[1] <= self.now.at for one in moments)

    def _moment(self, truth: Truth, key: str, reader: Reader) -> tuple[datetime, datetime] | None:
        event = truth.events(reader.site).get(key)
        if event is None:
            return None
        moment = truth.moment(event, reader.site)
        return moment.start, moment.end

    def _hear(self, said: Said) -> Iterator[Fault]:
        reader = self.readers.get(said.to)
        if reader is None:
            yield Fault(kind=Kind.STRANGER, who=said.to, event=said.title, at=said.sent, why="no post has this address")
            return
        key = self._event(said, reader)
        fact = self.now.facts(reader.site, reader.language).get(key)
        if said.withdraws:
            fact = fact and replace(fact, link=None)  # who gives up an invitation is not asked to join
        if said.fact != fact or said.language != reader.language:
            yield _fault(Kind.WRONG, reader, key, said, f"says {said.fact}, and it is {fact}")
        if said.notice:
            yield from self._news(said, reader, key)
        elif not said.invites:
            yield from self._reminder(said, reader, key)
        yield from self._hour(said, reader, key)
        for kind, why in (
            *reader.calendar.take(said, self.now, reader.site, key),
            *self._by_channel(said, reader, key),
        ):
            yield _fault(kind, reader, key, said, why)
        if said.withdraws:
            return
        if said.fact is None:
            reader.known.pop(key, None)
        else:
            reader.known[key] = said.fact
        reader.owed.pop(key, None)
        reader.unsaid.discard(key)

    def _event(self, said: Said, reader: Reader) -> str:
        """The id of what a mail is about, by its title: theirs, or one that was."""
        for truth in (self.now, *reversed(self.truths)):
            for event in truth.agenda.events:
                if said.title in (event.title.es, event.title.en) and (
                    event.id in truth.events(reader.site) or event.id in reader.known
                ):
                    return event.id
        return said.title

    def _by_channel(self, said: Said, reader: Reader, key: str) -> Iterator[tuple[Kind, str]]:
        """What a mail brings to a calendar that is not its reader's way, and what is missing after it."""
        methods = {part.method for part in said.parts}
        if said.invites and not methods:
            yield Kind.NEEDLESS, "an invitation without one"
        if "REQUEST" in methods and reader.channel is not Channel.INVITATIONS:
            yield Kind.TWICE, f"invited, and chose {reader.channel}"
        if (said.subscribes or "PUBLISH" in methods) and reader.channel is not Channel.FEED:
            yield Kind.TWICE, f"told of a calendar, and chose {reader.channel}"
        amiss, by = self._amiss(reader, key), reader.due.get(key)
        if said.notice and by is not None:  # what a choice of channel wants goes after news of the event
            by = reader.due[key] = max(by, said.sent)
        if amiss and (by is None or said.sent > by + GRACE):
            yield amiss
        if amiss is None:
            reader.due.pop(key, None)

    def _news(self, said: Said, reader: Reader, key: str) -> Iterator[Fault]:
        if not _tellable(reader.known.get(key), said.fact):
            yield _fault(Kind.NEEDLESS, reader, key, said, "the reader knew that")
        elif key in reader.owed and said.sent + GRACE < reader.owed[key].settled:
            yield _fault(Kind.HASTY, reader, key, said, f"settles at {reader.owed[key].settled}")

    def _reminder(self, said: Said, reader: Reader, key: str) -> Iterator[Fault]:
        times = reader.reminded.setdefault(key, [])
        if times and said.sent - times[-1] < timedelta(minutes=30):
            yield _fault(Kind.TWICE, reader, key, said, f"reminded at {times[-1]}")
        times.append(said.sent)

    def _hour(self, said: Said, reader: Reader, key: str) -> Iterator[Fault]:
        """In the site's working hours; of what begins, or was to begin, within a day, at any hour."""
        was = reader.owed[key].was if key in reader.owed else None
        starts = [start for start in (_start(self.now, reader, key), _was_at(self.truths, reader, key, was)) if start]
        soon = any(timedelta(0) <= start - said.sent <= SOON + GRACE for start in starts)
        if not soon and not works_at(self.now, reader.site, said.sent):
            wall = self.now.wall(said.sent, reader.site)
            yield _fault(Kind.HOURS, reader, key, said, f"{wall} there")

    def _close(self, ends: datetime) -> Iterator[Fault]:
        """Up to the next edition, or the end: what should have been told or reminded of by then."""
        for reader in self.readers.values():
            for key, owed in list(reader.owed.items()):
                if owed.by + GRACE < ends:
                    del reader.owed[key]
                    why = f"not told by {owed.by}"
                    yield Fault(kind=Kind.LOST, who=reader.address, event=key, at=owed.by, why=why)
            for key, by in list(reader.due.items()):
                if (
                    by + GRACE < ends and key not in reader.owed
                ):  # an invitation waits for news of its event, and is in it
                    del reader.due[key]
                    if key in self.now.events(reader.site) and (amiss := self._amiss(reader, key)):
                        kind, why = amiss
                        yield Fault(kind=kind, who=reader.address, event=key, at=by, why=f"{why} by {by}")
            for key, event in self.now.events(reader.site).items():
                start = self.now.moment(event, reader.site).start
                if self.now.at <= start < ends:
                    yield from self._reminded(reader, key)

    def _reminded(self, reader: Reader, key: str) -> Iterator[Fault]:
        """An event has begun: each of its reminders must have come, after its moment and before the next one's."""
        event = self.now.events(reader.site)[key]
        start = self.now.moment(event, reader.site).start
        due = list(reminders(self.now, event, reader.site))
        for moment, following in zip(due, (*due[1:], start + GRACE), strict=True):
            came = [sent for sent in reader.reminded.get(key, []) if moment <= sent < following]
            if moment >= reader.since[key] and not came:
                why = f"no reminder from {moment} on"
                yield Fault(kind=Kind.LOST, who=reader.address, event=key, at=moment, why=why)

    def _end(self, reader: Reader) -> Iterator[Fault]:
        """What is still to come, or was never over, must be known as it is."""
        facts = self.now.facts(reader.site, reader.language)
        for key in {*facts, *reader.known}:
            event = self.now.events(reader.site).get(key)
            over = event is not None and self.now.moment(event, reader.site).end <= self.now.at
            if _tellable(reader.known.get(key), facts.get(key)) and not over and key not in reader.unsaid:
                was = _was_at(self.truths, reader, key, reader.known.get(key))
                if was is not None and was > self.now.at:
                    why = f"knows {reader.known.get(key)}, and it is {facts.get(key)}"
                    yield Fault(kind=Kind.WRONG, who=reader.address, event=key, at=self.until, why=why)
        for why in reader.calendar.at_the_end(self.now, reader.site, self.until):
            yield Fault(kind=Kind.KEPT, who=reader.address, event="", at=self.until, why=why)


def _tellable(old: Fact | None, new: Fact | None) -> bool:
    """Is there anything to tell? That a date is no longer certain is not told; that it is certain at last, is."""
    if old is None or new is None:
        return old is not new
    return _sure(old) != _sure(new) or (old.unsure and not new.unsure)


def _sure(fact: Fact) -> tuple[object, ...]:
    return fact.when, fact.place, fact.link


def _but_link(fact: Fact) -> tuple[object, ...]:
    return fact.when, fact.place, fact.unsure


def _start(truth: Truth, reader: Reader, key: str) -> datetime | None:
    event = truth.events(reader.site).get(key)
    return None if event is None else truth.moment(event, reader.site).start


def _was_at(truths: Sequence[Truth], reader: Reader, key: str, was: Fact | None) -> datetime | None:
    """When an event was to begin as a reader knew it: by the newest edition that had it so."""
    for truth in reversed(truths):
        fact = truth.facts(reader.site, reader.language).get(key)
        if was is not None and fact is not None and fact.when == was.when:
            return _start(truth, reader, key)
    return None


def _translate(reader: Reader, language: str, before: Truth, after: Truth) -> None:
    """A post that reads another language from now on knows the same things in it."""
    old = before.facts(reader.site, reader.language)
    new = before.facts(reader.site, language)
    reader.known = {key: new[key] if old.get(key) == fact else fact for key, fact in reader.known.items()}
    reader.language = language


def _fault(kind: Kind, reader: Reader, key: str, said: Said, why: str) -> Fault:
    return Fault(kind=kind, who=reader.address, event=key, at=said.sent, why=why)
