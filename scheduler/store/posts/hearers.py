"""What the database knows of those whom a change concerns: read before publishing, changed by nothing here."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, case, exists, func, or_, select

from calendars.catalogue import LANGUAGES
from calendars.model.people import Recipient, Role
from calendars.model.text import Language
from scheduler.planning.delivery import REVOCABLE, Purpose, State
from scheduler.store.posts.answers import Reply
from scheduler.store.posts.roster import HEARS, LISTED
from scheduler.store.schema import IN_FORCE, answers, deliveries, handovers, recipients, revisions

_R, _D, _A, _H = recipients.c, deliveries.c, answers.c, handovers.c
_OF_THE_FILE = _R.origin == "file"
_HOLDS = _R.role == Role.HOLDER
AT_ONCE = 500  # ids in one statement


@dataclass(frozen=True, kw_only=True, slots=True)
class Hearer:
    """A post that hears of changes."""

    id: str
    site: str
    language: Language
    post: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Involved:
    """A post that hears of the changes to one event only."""

    id: str
    site: str
    event: str  # Event.id
    guest: bool  # it comes from a site that the event may not address


@dataclass(frozen=True, kw_only=True, slots=True)
class Group:
    """Reminders of one event, rule and site that stand alike."""

    subject: str  # the event's UID
    schedule: int
    rule: str
    site: str
    accepted: int  # taken by the mail server
    waiting: int  # a change of plan ends them


def hearers(connection: Connection) -> Iterator[Hearer]:
    """Every post that is told of the changes to all events of its site: the holders."""
    spoken = func.coalesce(_R.chosen_language, _R.language).label("spoken")
    found = connection.execute(select(_R.id, _R.site, spoken, _R.post).where(HEARS, _HOLDS).order_by(_R.id))
    for row in found:
        yield Hearer(id=row.id, site=row.site, language=_language(row.spoken), post=row.post)


def hearing(connection: Connection) -> Iterator[tuple[str, str]]:
    """The ids of the same, and their sites."""
    yield from connection.execute(select(_R.id, _R.site).where(HEARS, _HOLDS).order_by(_R.id))


def deaf(connection: Connection) -> list[tuple[str, str]]:
    """The holders on the list that nothing is written to now, ids and sites: what they miss is kept for them."""
    chosen = select(_R.id, _R.site).where(LISTED, ~HEARS, _HOLDS).order_by(_R.id)
    return [(row.id, row.site) for row in connection.execute(chosen)]


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPost:
    """A post on the list, whether or not anything is written to it now."""

    id: str
    site: str
    role: Role
    origin: str  # file, self


def on_list(connection: Connection) -> list[ListedPost]:
    """Every post on the list, in order of their ids."""
    found = connection.execute(select(_R.id, _R.site, _R.role, _R.origin).where(LISTED).order_by(_R.id))
    return [ListedPost(id=row.id, site=row.site, role=Role(row.role), origin=row.origin) for row in found]


def involved(connection: Connection) -> list[Involved]:
    """The others that are told of changes to one event: they were asked about it by mail, come to it, or to it
    instead of their own session.
    """
    asked = exists().where(
        _D.recipient == _R.id,
        _D.subject == revisions.c.uid,
        _D.purpose == Purpose.ESCALATION,
        or_(_D.state.in_((State.ACCEPTED, State.SENDING, State.UNCERTAIN)), _D.uncertain_at.is_not(None)),
    )
    comes = exists().where(_A.recipient == _R.id, _A.subject == revisions.c.uid, _A.answer == Reply.YES)
    now = revisions.c.edition == IN_FORCE
    found = connection.execute(
        select(_R.id, _R.site, revisions.c.event)
        .join_from(recipients, revisions, now)
        .where(HEARS, _R.role != Role.HOLDER, or_(asked, comes))
        .order_by(_R.id, revisions.c.event)
    )
    visiting = connection.execute(
        select(_R.id, _R.site, _A.instead.label("event"))
        .join_from(recipients, answers, _A.recipient == _R.id)
        .where(HEARS, _A.instead.is_not(None))
        .distinct()
        .order_by(_R.id, _A.instead)
    )
    return [
        *(Involved(**row, guest=False) for row in found.mappings()),
        *(Involved(**row, guest=True) for row in visiting.mappings()),
    ]


def filed(connection: Connection) -> tuple[Recipient, ...]:
    """The administrator's posts as the file has them, whatever language they chose since."""
    found = connection.execute(select(recipients).where(LISTED, _OF_THE_FILE).order_by(_R.id))
    return tuple(
        Recipient(
            id=row.id,
            site=row.site,
            address=row.address,
            language=_language(row.language),
            post=row.post,
            joined=date.fromisoformat(row.joined),
            role=Role(row.role),
        )
        for row in found
    )


def sites_of_posts(connection: Connection) -> list[str]:
    """The ids of the sites that have a post, anybody's."""
    return list(connection.execute(select(_R.site).where(LISTED).distinct().order_by(_R.site)).scalars())


def reminders(connection: Connection) -> list[Group]:
    """Reminders that went out or still wait, as many groups as events, rules and sites have."""
    accepted = func.sum(_case(State.ACCEPTED)).label("accepted")
    waiting = func.sum(_case(*REVOCABLE)).label("waiting")
    of = (_D.subject, _D.schedule, _D.rule, _D.site)
    found = connection.execute(
        select(*of, accepted, waiting)
        .where(_D.purpose == Purpose.REMINDER, _D.state.in_((State.ACCEPTED, *REVOCABLE)))
        .group_by(*of)
        .order_by(*of)
    )
    return [Group(**row) for row in found.mappings()]


def waiting_reminders(connection: Connection, posts: Sequence[str]) -> int:
    """Of these posts (ids): how many reminders wait that a publication without them ends."""
    counting = select(func.count()).where(_D.purpose == Purpose.REMINDER, _D.state.in_(REVOCABLE))
    parts = (posts[start : start + AT_ONCE] for start in range(0, len(posts), AT_ONCE))
    return sum(connection.execute(counting.where(_D.recipient.in_(part))).scalar_one() for part in parts)


def _case(*states: State) -> ColumnElement[int]:
    return case((_D.state.in_(states), 1), else_=0)


def _language(spoken: str) -> Language:
    return next(known for known in LANGUAGES if known == spoken)


def happened_since(connection: Connection, recipient: str, sent_at: datetime) -> bool:
    """Was the post handed over after a message was sent to it? Then that says nothing of the address that it has."""
    found = select(_H.id).where(_H.recipient == recipient, _H.at > sent_at).limit(1)
    return connection.execute(found).first() is not None
