"""The posts that are written to: taken in from recipients.csv, and what each of them wishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, TypeVar

from sqlalchemy import ColumnElement, Connection, RowMapping, and_, case, exists, func, or_, select, update

from calendars.catalogue import LANGUAGES
from calendars.model.people import Recipient, Role
from calendars.model.text import Language
from scheduler.planning.channels import Channel
from scheduler.planning.plan import Member
from scheduler.store.posts import answers
from scheduler.store.posts.answers import PostAnswer, Reply
from scheduler.store.schema import bounces, deliveries, feed_tokens, listed, recipients
from scheduler.store.upsert import insert

T = TypeVar("T")
Origin = Literal["file", "self"]
_R, _D, _B = recipients.c, deliveries.c, bounces.c
_CHUNK = 1000
LISTED = listed(_R)
_OF_THE_FILE = _R.origin == "file"
_SPOKEN = func.coalesce(func.nullif(_R.chosen_language, ""), _R.language)
_LANGUAGES: Mapping[str, Language] = {known: known for known in LANGUAGES}
# Whoever may be told of changes: also the administrator's that asked for no reminders; no bad address.
HEARS = and_(LISTED, _R.suppressed_at.is_(None), or_(_OF_THE_FILE, _R.left_at.is_(None)))


@dataclass(frozen=True, kw_only=True, slots=True)
class Post:
    """A post as it stands, for the pages on which it says what it wishes and for the administrator."""

    recipient: Recipient  # its language is the post's own choice, where it made one
    origin: Origin  # file: the administrator's; self: it signed up
    confirmed: bool
    left: bool
    suppressed: bool  # the mail server said that the address is bad
    paused_until: datetime | None  # UTC
    declined: frozenset[str]  # reminder rules, as their texts
    channel: Channel  # of its calendar
    holder: int  # of the post, from 0: how often it was handed over

    @property
    def bearer(self) -> str:
        """Whom its signed links are for."""
        return bearer(self.recipient.id, self.holder)


def bearer(recipient: str, holder: int) -> str:
    """Whom a signed link is for: a post, as long as it has this holder. No id has a #."""
    return f"{recipient}#{holder}" if holder else recipient


def borne(connection: Connection, bearer: str) -> str | None:
    """The id of the post for which a link was signed; None where it has another holder since."""
    recipient, _, holder = bearer.partition("#")
    now = connection.execute(select(_R.holder).where(_R.id == recipient)).scalar()
    return recipient if now is None or str(now) == (holder or "0") else None


def import_posts(connection: Connection, posted: Sequence[Recipient], now: datetime) -> frozenset[str]:
    """Make the administrator's posts what the file says; returns those (ids) that were not on the list.

    The id is the post: a corrected address is the same post, but no longer one that was found bad. A post that is
    gone from the file is marked removed, and its staff feeds end; one that returns joined anew. One that stands as the
    file has it is not written.
    """
    wanted = {one.id: one for one in posted}
    found = _compared(connection, wanted)
    _forgive_doubts(connection, {one.id: one.address for one in posted})
    for part in _parts([one for one in posted if one.id not in found.same]):
        _upsert(connection, [_row(one, now) for one in part])
    for ended in _parts(found.gone):
        connection.execute(update(recipients).where(_R.id.in_(ended)).values(removed_at=now))
        connection.execute(
            update(feed_tokens)
            .where(feed_tokens.c.recipient.in_(ended), feed_tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    end_doubles(connection, now)
    return frozenset(wanted.keys() - found.filed)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Compared:
    """The posts as they are beside those of a file, by their ids."""

    same: frozenset[str]  # not removed, and as the file has them
    filed: frozenset[str]  # the administrator's on the list
    gone: Sequence[str]  # the administrator's that the file has no more


def _compared(connection: Connection, wanted: Mapping[str, Recipient]) -> _Compared:
    there, on_list = _R.removed_at.is_(None), and_(LISTED, _OF_THE_FILE)
    content = (_R.site, _R.address, _R.language, _R.post, _R.joined, _R.role)
    present = select(_R.id, _OF_THE_FILE, on_list, *content).where(there).order_by(_R.id)
    same, filed, gone = set(), set(), []
    for key, of_the_file, is_listed, *now in connection.execute(present):
        one = wanted.get(key)
        if is_listed:
            filed.add(key)
        if one is not None and now == _content(one):
            same.add(key)
        if of_the_file and one is None:
            gone.append(key)
    return _Compared(same=frozenset(same), filed=frozenset(filed), gone=gone)


def _content(one: Recipient) -> list[str]:
    return [one.site, one.address, one.language, one.post, one.joined.isoformat(), one.role.value]


def _parts(many: Sequence[T]) -> Iterator[Sequence[T]]:
    """As many at a time as go into one statement."""
    return (many[start : start + _CHUNK] for start in range(0, len(many), _CHUNK))


def _forgive_doubts(connection: Connection, posted: Mapping[str, str]) -> None:
    """What is doubted of an address says nothing of the one that took its place. `posted`: by Recipient.id."""
    doubted = select(_R.id, _R.address).where(exists().where(_B.recipient == _R.id, _B.kind == "doubted"))
    corrected = [row.id for row in connection.execute(doubted) if posted.get(row.id, row.address) != row.address]
    for part in _parts(corrected):
        about_them = update(bounces).where(_B.recipient.in_(part), _B.kind == "doubted")
        connection.execute(about_them.values(kind="forgiven"))


def end_doubles(connection: Connection, now: datetime) -> None:
    """Who signed up and now stands in the file for the same office gets each mail once: as the administrator's."""
    listed = recipients.alias("listed")
    same = exists().where(
        listed.c.origin == "file",
        listed.c.removed_at.is_(None),
        listed.c.site == _R.site,
        func.lower(listed.c.address) == func.lower(_R.address),
    )
    connection.execute(
        update(recipients).where(_R.origin == "self", _R.removed_at.is_(None), same).values(removed_at=now)
    )


def _row(recipient: Recipient, now: datetime) -> dict[str, object]:
    return {
        "id": recipient.id,
        "site": recipient.site,
        "address": recipient.address,
        "language": recipient.language,
        "post": recipient.post,
        "joined": recipient.joined.isoformat(),
        "role": recipient.role,
        "since": now,
        "confirmed_at": now,
    }


def _upsert(connection: Connection, rows: list[dict[str, object]]) -> None:
    statement = insert(connection, recipients)
    new = statement.excluded
    returns = _R.removed_at.is_not(None)
    same_address = new.address == _R.address
    differs = (
        (new.site != _R.site)
        | ~same_address
        | (new.language != _R.language)
        | (new.post != _R.post)
        | (new.joined != _R.joined)
        | (new.role != _R.role)
        | returns
    )
    own = {name: case((_R.erased_at.is_(None), _R[name]), else_=None) for name in ("left_at", "chosen_language")}
    merged = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={
            "site": new.site,
            "address": new.address,
            "language": new.language,
            "post": new.post,
            "joined": new.joined,
            "role": new.role,
            "since": case((returns, new.since), else_=_R.since),
            "removed_at": None,
            "suppressed_at": case((same_address, _R.suppressed_at), else_=None),
            "address_since": case((same_address, _R.address_since), else_=new.since),
            "erased_at": None,
            "holder": case((_R.erased_at.is_(None), _R.holder), else_=_R.holder + 1),
            **own,  # whoever holds a post after an erasure has wished for nothing yet
        },
        where=differs,
    )
    connection.execute(merged, rows)


def members(connection: Connection) -> Iterator[Member]:
    """Every post that is written to, with the instant at which it was taken in, what it declined and its answers."""
    said = answers.by_recipient(connection)
    for row in connection.execute(select(*_OF_MEMBERS).where(LISTED).order_by(_R.id)):
        yield _member(row, said.get(row[0], ()))


def addressed(connection: Connection) -> list[Recipient]:
    """Whoever has a post, or had one and was not erased: those of today come first, and alone at their addresses."""
    today = case((LISTED, 0), else_=1)
    theirs = or_(_OF_THE_FILE, _R.origin == "former", _R.confirmed_at.is_not(None))
    found = connection.execute(select(recipients).where(_R.address != "", theirs).order_by(today, _R.id)).mappings()
    posts: dict[str, Recipient] = {}
    known: set[str] = set()
    for row in found:
        listed_now = row["removed_at"] is None and row["confirmed_at"] is not None
        if listed_now or row["address"].lower() not in known:
            posts[row["id"]] = _recipient(row)
        if listed_now:
            known.add(row["address"].lower())
    return list(posts.values())


def member(connection: Connection, recipient: str) -> Member | None:
    """One of them; None where there is none."""
    row = connection.execute(select(*_OF_MEMBERS).where(LISTED, _R.id == recipient)).one_or_none()
    return None if row is None else _member(row, answers.by_recipient(connection, recipient).get(recipient, ()))


_OF_MEMBERS = (_R.id, _R.site, _R.address, _SPOKEN, _R.post, _R.joined, _R.role, _R.since, _R.declined)


def _member(row: Sequence[Any], said: Sequence[PostAnswer]) -> Member:
    key, site, address, spoken, post, joined, role, since, declined = row
    recipient = Recipient(
        id=key,
        site=site,
        address=address,
        language=_LANGUAGES[spoken],
        post=post,
        joined=date.fromisoformat(joined),
        role=Role(role),
    )
    if not said:
        return Member(recipient=recipient, since=since, declined=frozenset(declined.splitlines()))
    return Member(
        recipient=recipient,
        since=since,
        declined=frozenset(declined.splitlines()),
        away=frozenset(one.event for one in said if one.reply is Reply.NO),
        coming=frozenset(one.event for one in said if one.reply is Reply.YES),
        instead={one.event: one.instead for one in said if one.reply is Reply.NO and one.instead is not None},
        given={one.event: one.start for one in said if one.instead is None and one.start is not None},
    )


def posts_of_the_file(connection: Connection) -> list[str]:
    """The ids of the administrator's posts."""
    return list(connection.execute(select(_R.id).where(LISTED, _OF_THE_FILE).order_by(_R.id)).scalars())


def site_of(connection: Connection, recipient: str) -> str:
    """The id of a post's site."""
    return str(connection.execute(select(_R.site).where(_R.id == recipient)).scalar_one())


def find(connection: Connection, recipient: str) -> Post | None:
    """A post by its id, confirmed or not; None where there is none, or it is no longer listed."""
    row = connection.execute(select(recipients).where(_R.id == recipient, _R.removed_at.is_(None)))
    found = row.mappings().one_or_none()
    return None if found is None else _post(found)


def on_list(connection: Connection, recipient: str) -> Post | None:
    """A post by its id; None where there is none, or it is not on the list: not confirmed, or taken off."""
    row = connection.execute(select(recipients).where(LISTED, _R.id == recipient)).mappings().one_or_none()
    return None if row is None else _post(row)


def at_address(connection: Connection, address: str) -> list[Post]:
    """The posts that have this address, case aside: the administrator's first, then those who wait to be confirmed."""
    same = func.lower(_R.address) == address.lower()
    rows = connection.execute(
        select(recipients).where(same, _R.removed_at.is_(None)).order_by(_R.origin, _R.confirmed_at.is_(None), _R.id)
    )
    return [_post(row) for row in rows.mappings()]


def of_site(connection: Connection, site: str) -> list[Post]:
    """The posts on the list of a site (its id)."""
    rows = connection.execute(select(recipients).where(LISTED, _R.site == site).order_by(_R.id))
    return [_post(row) for row in rows.mappings()]


def speak(connection: Connection, recipient: str, language: Language) -> None:
    """Write to a post in the language that it chose, whatever the file says."""
    connection.execute(update(recipients).where(_R.id == recipient).values(chosen_language=language))


def wants_at(due: ColumnElement[datetime]) -> ColumnElement[bool]:
    """Whether a post, of the table `recipients`, may be reminded of what falls due then."""
    unpaused = or_(_R.paused_until.is_(None), _R.paused_until <= due)
    return and_(_R.left_at.is_(None), _R.suppressed_at.is_(None), unpaused)


def uncovered_sites(connection: Connection) -> list[str]:
    """Sites where the administrator's file had a holder and none is left to write to: gone, or bad addresses."""
    alive = and_(LISTED, _R.left_at.is_(None), _R.suppressed_at.is_(None))
    living = func.sum(case((alive, 1), else_=0))
    from_the_file = func.sum(case((_OF_THE_FILE, 1), else_=0))
    found = connection.execute(
        select(_R.site)
        .where(_R.role == Role.HOLDER)
        .group_by(_R.site)
        .having(and_(living == 0, from_the_file > 0))
        .order_by(_R.site)
    )
    return list(found.scalars())


def _post(row: RowMapping) -> Post:
    return Post(
        recipient=_recipient(row),
        origin="self" if row["origin"] == "self" else "file",
        confirmed=row["confirmed_at"] is not None,
        left=row["left_at"] is not None,
        suppressed=row["suppressed_at"] is not None,
        paused_until=row["paused_until"],
        declined=_declined(row),
        channel=Channel(row["channel"]),
        holder=row["holder"],
    )


def _declined(row: RowMapping) -> frozenset[str]:
    return frozenset(row["declined"].splitlines())


def _recipient(row: RowMapping) -> Recipient:
    spoken = row["chosen_language"] or row["language"]
    return Recipient(
        id=row["id"],
        site=row["site"],
        address=row["address"],
        language=next(known for known in LANGUAGES if known == spoken),
        post=row["post"],
        joined=date.fromisoformat(row["joined"]),
        role=Role(row["role"]),
    )
