"""The posts that are written to: taken in from recipients.csv, and what each of them wishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

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

Origin = Literal["file", "self"]
_R, _D, _B = recipients.c, deliveries.c, bounces.c
_CHUNK = 1000
LISTED = listed(_R)
_OF_THE_FILE = _R.origin == "file"
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


def import_posts(connection: Connection, posted: Sequence[Recipient], now: datetime) -> int:
    """Make the administrator's posts what the file says; returns how many rows were new or changed.

    The id is the post: a corrected address is the same post, but no longer one that was found bad. A post that is
    gone from the file is marked removed, and its staff feeds end; one that returns joined anew.
    """
    changed = 0
    for start in range(0, len(posted), _CHUNK):
        part = posted[start : start + _CHUNK]
        _forgive_doubts(connection, {one.id: one.address for one in part})
        changed += _upsert(connection, [_row(one, now) for one in part])
    listed = {recipient.id for recipient in posted}
    present = connection.execute(select(_R.id).where(_R.removed_at.is_(None), _OF_THE_FILE)).scalars()
    gone = [key for key in present if key not in listed]
    for start in range(0, len(gone), _CHUNK):
        part = gone[start : start + _CHUNK]
        connection.execute(update(recipients).where(_R.id.in_(part)).values(removed_at=now))
        connection.execute(
            update(feed_tokens)
            .where(feed_tokens.c.recipient.in_(part), feed_tokens.c.revoked_at.is_(None))
            .values(revoked_at=now)
        )
    end_doubles(connection, now)
    return changed + len(gone)


def _forgive_doubts(connection: Connection, posted: Mapping[str, str]) -> None:
    """What is doubted of an address says nothing of the one that took its place. `posted`: by Recipient.id."""
    doubted = select(_R.id, _R.address).where(exists().where(_B.recipient == _R.id, _B.kind == "doubted"))
    corrected = [row.id for row in connection.execute(doubted) if posted.get(row.id, row.address) != row.address]
    if corrected:
        about_them = update(bounces).where(_B.recipient.in_(corrected), _B.kind == "doubted")
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


def _upsert(connection: Connection, rows: list[dict[str, object]]) -> int:
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
    return connection.execute(merged, rows, execution_options={"preserve_rowcount": True}).rowcount


def members(connection: Connection) -> Iterator[Member]:
    """Every post that is written to, with the instant at which it was taken in, what it declined and its answers."""
    said = answers.by_recipient(connection)
    found = connection.execute(select(recipients).where(LISTED).order_by(_R.id))
    for row in found.mappings():
        yield _member(row, said.get(row["id"], ()))


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
    row = connection.execute(select(recipients).where(LISTED, _R.id == recipient)).mappings().one_or_none()
    return None if row is None else _member(row, answers.by_recipient(connection, recipient).get(recipient, ()))


def _member(row: RowMapping, said: Sequence[PostAnswer]) -> Member:
    return Member(
        recipient=_recipient(row),
        since=row["since"],
        declined=_declined(row),
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
