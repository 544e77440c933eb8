"""The way back: the content of a past edition in force again, as a new edition."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda, Draft
from calendars.zones import WallTimeError
from scheduler.base.refusal import Refusal
from scheduler.base.settings import DEFAULT_ASKED_ABOVE
from scheduler.publishing.prospect import Act, Prospect, prospect
from scheduler.publishing.publish import Published, check, enact, on_record
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts import hearers

UNKNOWN = Phrase("there is no edition {number}; agenda editions lists them")
IN_FORCE = Phrase("edition {number} is the one in force")
SITES = Phrase("edition {number} lacks these sites, which have recipients today: {sites}. Edit the files and publish.")
HOUR = Phrase("edition {number} has an hour that exists no longer, or twice: {wall}. Edit the files and publish.")


NO_FILES = Phrase(
    "the files of edition {number} were not kept: it was published without them, or by an earlier version. Leave "
    "--files out, and edit the files by hand; agenda diff says what differs."
)


class NoWayBack(Refusal):
    """An edition's content cannot be put in force again."""

    status = 409


def roll_back(
    database: Database, number: int, act: Act, *, confirmed: bool, asked_above: int = DEFAULT_ASKED_ABOVE
) -> Published:
    """Put the content of edition `number` in force: UIDs stay, and SEQUENCE goes on, never back.

    Posts and joining links stay as they are. Raises NoWayBack; NothingToPublish, Unconfirmed
    of scheduler.publishing.publish.
    """
    with database.write() as connection:
        draft = returning(connection, number)
        found = prospect_back(connection, number, draft, replace(act, files=editions.files_of(connection, number)))
        check(found, confirmed=confirmed, asked_above=asked_above, seen=act.seen)
        return on_record(connection, enact(connection, found, draft, at=act.at, posts=None), act, back_to=number)


def prospect_back(connection: Connection, number: int, draft: Draft, act: Act) -> Prospect:
    """What putting edition `number` in force again would do; `draft` is `returning` of it. Raises NoWayBack."""
    try:
        return replace(prospect(connection, draft, act), unlikely=())  # they were in force once
    except WallTimeError as error:
        raise NoWayBack(HOUR, number=number, wall=error.wall) from error


def kept_files(connection: Connection, number: int) -> dict[str, bytes]:
    """The files of an edition, by name. Raises NoWayBack where there is no such edition, or they were not kept."""
    if editions.find(connection, number) is None:
        raise NoWayBack(UNKNOWN, number=number)
    files = editions.files_of(connection, number)
    if not files:
        raise NoWayBack(NO_FILES, number=number)
    return files


def returning(connection: Connection, number: int) -> Draft:
    """The past agenda with the posts and links of today. Raises NoWayBack where they cannot live with it."""
    past, now = editions.find(connection, number), editions.load(connection)
    if past is None or now is None:
        raise NoWayBack(UNKNOWN, number=number)
    if number == now.edition.number:
        raise NoWayBack(IN_FORCE, number=number)
    _check_sites(connection, past.agenda, number)
    events = {event.id for event in past.agenda.events}
    links = {key: url for key, url in now.links.items() if key in events}
    return Draft(agenda=past.agenda, recipients=hearers.filed(connection), links=links)


def _check_sites(connection: Connection, agenda: Agenda, number: int) -> None:
    known = {site.id for site in agenda.representations}
    missing = [site for site in hearers.sites_of_posts(connection) if site not in known]
    if missing:
        raise NoWayBack(SITES, number=number, sites=", ".join(missing))
