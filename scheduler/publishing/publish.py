"""Publishing as one unit of work: draft -> edition -> roster -> plan -> ledger, in one transaction."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.days.fingerprint import days_digest
from calendars.days.off import DaysOff
from calendars.model.agenda import Draft
from calendars.model.people import Recipient
from calendars.zones import zone_data
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.base.settings import DEFAULT_ASKED_ABOVE
from scheduler.base.tokens import Tokens
from scheduler.planning.notices import convocation_notices, expires_at, leaves_at, settles_at
from scheduler.planning.plan import plan
from scheduler.publishing.announcing import calls
from scheduler.publishing.prospect import Act, Prospect, Seen, prospect
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.chain import Head
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.instance import Instance
from scheduler.store.ledger import convocations, invited, inviting, states
from scheduler.store.ledger.notices_owed import Owed, follow_moved, owe
from scheduler.store.ledger.reconcile import Reconciled, reconcile
from scheduler.store.people import handovers, signups
from scheduler.store.posts import roster
from scheduler.store.sqlite import roomy


@dataclass(frozen=True, kw_only=True, slots=True)
class Published:
    prospect: Prospect
    ledger: Reconciled
    notices: int  # owed now, but for those of posts to which it is no news
    convocations: int  # owed now
    kept_away: tuple[str, ...] = ()  # recipient ids of the draft whose address was erased: not taken in
    head: Head | None = None  # of the audit, this publication included


TO_CONFIRM = Phrase(
    "the draft removes events or recipients, concerns many people, shifts hours, or has an unlikely date"
)
MEANWHILE = Phrase(
    "Since you looked, something else was published, or others are concerned. Nothing was done; look again."
)
EQUAL = Phrase("the draft equals the edition in force")


class Unconfirmed(Refusal):
    """What takes away, concerns many, shifts hours by doubtful rules or has an unlikely date has to be confirmed."""

    status = 409

    def __init__(self, prospect: Prospect) -> None:
        super().__init__(TO_CONFIRM)
        self.prospect = prospect


class SeenOtherwise(Refusal):
    """What whoever publishes was shown is not so any more."""

    status = 409

    def __init__(self, prospect: Prospect) -> None:
        super().__init__(MEANWHILE)
        self.prospect = prospect


class NothingToPublish(Refusal):
    """The draft is what is in force."""

    status = 409

    def __init__(self, prospect: Prospect) -> None:
        super().__init__(EQUAL)
        self.prospect = prospect


ERASED_HERE = Phrase("addresses were erased here: AGENDA_SECRET_KEY is needed to keep them from coming back")


class KeyWanted(EnvironmentRefusal):
    """Addresses were erased here, and without the secret key nobody can tell whether the draft brings one back."""


def publish_draft(
    database: Database,
    draft: Draft,
    act: Act,
    *,
    confirmed: bool,
    tokens: Tokens | None = None,
    asked_above: int = DEFAULT_ASKED_ABOVE,
) -> Published:
    """Put the draft in force: all of it, or nothing. An address that was erased does not come back with it.

    Nor does that of somebody who handed a post over: the successor keeps it.

    Of a silent act, who hears of a later change to the same event is told all. What it announces is called to also
    where nothing else is new. `tokens` are wanted where addresses were erased, to know them by. Raises
    NothingToPublish; SeenOtherwise; NothingToAnnounce; ForeignFiles; KeyWanted; Unconfirmed, where it takes something
    away, owes more than `asked_above` mails, or moves an event to an unlikely date, and `confirmed` is false.
    """
    with database.write() as connection:
        found = prospect(connection, draft, act, tokens)
        check(found, confirmed=confirmed, asked_above=asked_above, seen=act.seen)
        Instance(database).settle_in(connection)
        return on_record(connection, enact_draft(connection, found, draft, at=act.at, tokens=tokens), act)


def on_record(connection: Connection, done: Published, act: Act, back_to: int | None = None) -> Published:
    """Write it into the audit, and keep that list's head with the edition; `back_to`: whose content it has again."""
    number = done.prospect.publication.edition.number
    figures = {"notices": done.notices, "convocations": done.convocations, "silent": int(done.prospect.silent)}
    deed = Deed(
        who=act.by or act.author,
        what=What.PUBLISHED if back_to is None else What.ROLLED_BACK,
        via=act.via,
        subject=str(number),
        details=figures if back_to is None else {"of": back_to, **figures},
        reason=act.reason,
    )
    head = chain.record(connection, deed, act.at)
    chain.keep(connection, number, head)
    return replace(done, head=head)


def enact_draft(
    connection: Connection, found: Prospect, draft: Draft, *, at: datetime, tokens: Tokens | None
) -> Published:
    """Write what was found of an administrator's draft, with its posts, but for those that do not come back."""
    listed = handovers.kept(connection, draft.recipients, found.uncorrected)
    away = _erased(connection, listed, tokens)
    posts = [one for one in listed if one.id not in away]
    done = replace(enact(connection, found, draft, at=at, posts=posts), kept_away=away)
    handovers.note_corrected(connection, posts, found.uncorrected, at)
    return done


def check(found: Prospect, *, confirmed: bool, asked_above: int, seen: Seen | None = None) -> None:
    """`seen`: what whoever publishes was shown; whose number of people confirms where it is the right one.

    Raises NothingToPublish; SeenOtherwise; Unconfirmed, where somebody has to confirm and nobody did.
    """
    if seen is not None and seen.differs(found):
        raise SeenOtherwise(found)
    if found.unchanged and not found.called:
        raise NothingToPublish(found)
    typed = seen is not None and seen.people == found.people
    if found.wants_confirmation(asked_above) and not (confirmed or typed):
        raise Unconfirmed(found)


def enact(
    connection: Connection,
    found: Prospect,
    draft: Draft,
    *,
    at: datetime,
    posts: Sequence[Recipient] | None,
    filed: str | None = None,
) -> Published:
    """Write what was found: the edition, its posts (None: they stay as they are), and what it owes them.

    `filed` is the digest that the files are compared with from now on, where `draft` is not what they hold.
    """
    edition, version = found.publication.edition, zone_data().version
    written = InForce(
        edition=edition,
        links=draft.links,
        draft_digest=filed or found.digest,
        zone_version=version,
        days_digest=days_digest(edition.agenda),
    )
    events = dict.fromkeys(notice.event for notice in found.convocations)
    editions.save(connection, written, silent=found.silent, announced=events, message=found.message)
    editions.keep_files(connection, edition.number, found.files)
    states.void(connection)  # it was claimed under an edition that is no longer in force
    invited_at = invited.invited_posts(connection)
    newcomers: frozenset[str] = frozenset()
    if posts is not None:
        newcomers = roster.import_posts(connection, posts, at)
        follow_moved(connection)
    with roomy(connection):
        rows = reconcile(connection, edition.number, plan(edition, roster.members(connection)), at)
        owed = owe(connection, edition.number, list(_owed(found, at)), at, newcomers)
    if not found.silent:
        _invite(connection, found, written, invited_at, at)
    called_now = _convene(connection, found, draft, at)
    return Published(prospect=found, ledger=rows, notices=owed - found.unheard.mails, convocations=called_now)


def _invite(connection: Connection, found: Prospect, written: InForce, before: Mapping[str, str], at: datetime) -> None:
    """Those invited by mail whose calendars need what no notice brings.

    They have another site now: its events come, and those of the former one go. Or they are at a site that hears
    nothing, and the instant is another.
    """
    unheard = _at_another_instant(found)
    for post, site in invited.invited_posts(connection).items():
        if before.get(post, site) != site or site in unheard:
            inviting.revisit(connection, written, post, at)


def _at_another_instant(found: Prospect) -> frozenset[str]:
    """The sites that hear nothing of an event that was shifted: rules changed there, too, and clocks show the same."""
    told, edition = {(notice.event, notice.site) for notice in found.notices}, found.publication.edition
    shifted = (event for event in edition.agenda.events if event.id in found.shifted)
    places = ((event.id, site.id) for event in shifted for site in edition.agenda.addressed(event))
    return frozenset(site for event, site in places if (event, site) not in told)


def _convene(connection: Connection, found: Prospect, draft: Draft, at: datetime) -> int:
    """What was announced earlier and still waits follows its event; then those who are called now."""
    edition = found.publication.edition
    still = convocation_notices(edition, draft.links, convocations.waiting(connection), at)
    convocations.follow(connection, calls(edition, still, {}, at), at)
    return convocations.convene(
        connection, edition.number, list(calls(edition, found.convocations, found.called, at).values())
    )


def _owed(found: Prospect, at: datetime) -> Iterator[Owed]:
    edition = found.publication.edition
    sites, days = {site.id: site for site in edition.agenda.representations}, DaysOff.of(edition.agenda)
    for notice in found.notices:
        if notice.site in sites:
            yield Owed(
                event=notice.event,
                uid=edition.revisions[notice.event].uid,
                site=notice.site,
                guest=notice.guest,
                leaves=leaves_at(notice, sites[notice.site], settles_at(notice, at), days),
                expires=expires_at(notice, at),
            )


def _erased(connection: Connection, posted: Sequence[Recipient], tokens: Tokens | None) -> tuple[str, ...]:
    """The ids of the posts whose address was erased here."""
    if not signups.any_erased(connection):
        return ()
    if tokens is None:
        raise KeyWanted(ERASED_HERE)
    return tuple(one.id for one in posted if signups.erased_among(connection, tokens.digests(one.address)))
