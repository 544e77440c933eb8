"""An edition as iCalendar documents (RFC 5545): one for all, one a region, two a site. Equal input, equal bytes.

What the readers of this world need, rule by rule: docs/calendar-rules.md. Public, but for `staff_feeds`: no attendee,
no joining link.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache, lru_cache

from icalendar import Calendar, Timezone, vCalAddress
from icalendar import Event as Entry

from calendars.catalogue import LANGUAGES, Phrase
from calendars.descriptions import category, for_many, for_site, joining, place, summary
from calendars.editions import Edition, Revision, first_stamp
from calendars.model.agenda import Agenda
from calendars.model.events import Days, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.vtimezone import vtimezone
from calendars.zones import to_wall

PRODUCT = "-//Agenda Consular//agenda-consular//ES"
SPOKEN = LANGUAGES[0]  # of every calendar that is subscribed to: Spanish, whoever reads it
REFRESH = timedelta(hours=1)  # a wish: Google fetches when it pleases, so what is urgent goes by mail
_WITH_LINKS = Phrase("{name} (with links)")
_LOCAL = Phrase("{name} (local time)")
_STATUS = {EventStatus.TENTATIVE: "TENTATIVE", EventStatus.CANCELLED: "CANCELLED"}  # the others are CONFIRMED
BEGIN_ENTRY, END_ENTRY, END_CALENDAR = b"BEGIN:VEVENT\r\n", b"END:VEVENT\r\n", b"END:VCALENDAR\r\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Feed:
    """One calendar."""

    path: str  # under /feeds/: "all.ics", "regions/europa.ics", "sites/tokio.ics", "sites/tokio-local.ics"; or staff's
    name: str  # as subscribers see it
    body: bytes  # UTF-8, CRLF
    last_modified: datetime  # UTC, whole seconds: for HTTP; never goes back from edition to edition


_Item = tuple[Event, Revision]


@dataclass(frozen=True, kw_only=True, slots=True)
class Entered:
    """One event as one calendar shows it."""

    event: Event
    revision: Revision
    text: str  # DESCRIPTION
    link: str | None = None  # to join by; staff's calendars only


def feeds(edition: Edition) -> Iterator[Feed]:
    """Every public feed, in the agenda's order: all, regions, sites (each in UTC, then in its local form)."""
    agenda, listed = edition.agenda, edition.listed()
    addressed = {event.id: agenda.addressed(event) for event, _ in listed}
    modified = last_modified(edition)
    everything = [_for_many(agenda, item, addressed[item[0].id]) for item in listed]
    yield _feed("all.ics", agenda.title[SPOKEN], everything, modified)
    for region in agenda.regions:
        lines = _of_region(agenda, listed, addressed, region.id)
        yield _feed(f"regions/{region.id}.ics", f"{region.name[SPOKEN]} · {agenda.title[SPOKEN]}", lines, modified)
    own = _by_site(listed, addressed)
    labels = _site_labels(agenda)
    for site in agenda.representations:
        items = own.get(site.id, [])
        lines = [Entered(event=e, revision=r, text=for_site(agenda, e, r, site, SPOKEN)) for e, r in items]
        yield from _both_forms(f"sites/{site.id}", f"{labels[site.id]} · {agenda.title[SPOKEN]}", site, lines, modified)


def feed_paths(agenda: Agenda) -> Iterator[str]:
    """The paths of `feeds`, in the same order."""
    yield "all.ics"
    yield from (f"regions/{region.id}.ics" for region in agenda.regions)
    for site in agenda.representations:
        yield f"sites/{site.id}.ics"
        yield f"sites/{site.id}-local.ics"


def staff_feeds(edition: Edition, site: Representation, links: Mapping[str, str] | None) -> Iterator[Feed]:
    """One site's calendar for its own staff, with the joining links by Event.id: in UTC, then in its local form.

    None: for those to whom the links are not shown, which says nothing of them.

    The same UID and SEQUENCE as in public. But DTSTAMP and LAST-MODIFIED move with every edition: a new link changes
    no revision, and a program that goes by dates would keep the old one. Paths are file names: whoever serves them
    says under which token.
    """
    agenda, modified = edition.agenda, last_modified(edition)
    lines = []
    for event, revision in edition.listed():
        if site in agenda.addressed(event):
            link = None if event.status is EventStatus.CANCELLED or links is None else links.get(event.id)
            join = None if links is None else joining(event, link, SPOKEN)
            text = for_site(agenda, event, revision, site, SPOKEN, join)
            lines.append(Entered(event=event, revision=replace(revision, last_modified=modified), text=text, link=link))
    name = f"{_site_labels(agenda)[site.id]} · {agenda.title[SPOKEN]}"
    yield from _both_forms(
        site.id, name if links is None else _WITH_LINKS.say(SPOKEN, name=name), site, lines, modified
    )


def last_modified(edition: Edition) -> datetime:
    """When what the feeds say last changed, for HTTP: one moment for all feeds of an edition. UTC, whole seconds.

    Not the newest among a feed's own events: an event that leaves a feed takes its date along, and whoever asks
    "modified since?" would be told "no" and keep it. The first edition is dated by the agenda, as its events are.
    """
    published = edition.at.replace(microsecond=0) if edition.number > 1 else first_stamp(edition.agenda)
    return max([published, *(revision.last_modified for revision in edition.revisions.values())])


def event_attachment(edition: Edition, event: Event, site: Representation | None, language: Language) -> bytes:
    """One event as a mail carries it: METHOD:PUBLISH with its ORGANIZER (RFC 5546 §3.2.1), in UTC.

    The same UID and SEQUENCE as in the feeds, so that a reader who has both shows it once. Raises ValueError for an
    event without a date.
    """
    sender, content = edition.agenda.sender, entered(edition, event, site, language)
    return alone(content, language, method="PUBLISH", parties=organizer(sender.name, sender.address))


def entered(
    edition: Edition,
    event: Event,
    site: Representation | None,
    language: Language,
    *,
    link: str | None = None,
    stamp: datetime | None = None,
) -> Entered:
    """What a document of its own says of one event at a site; without one, at all sites that it addresses.

    With `stamp`, that is its DTSTAMP and LAST-MODIFIED; `link` is the joining link. Raises ValueError for an event
    without a date.
    """
    if event.when is None:
        raise ValueError(f"{event.id} has no date")
    agenda, revision = edition.agenda, edition.revisions[event.id]
    if site is None:
        text = for_many(agenda, event, revision, agenda.addressed(event), language)
    else:
        join = None if link is None else joining(event, link, language)
        text = for_site(agenda, event, revision, site, language, join)
    dated = revision if stamp is None else replace(revision, last_modified=stamp)
    return Entered(event=event, revision=dated, text=text, link=link)


def alone(content: Entered, language: Language, *, method: str, parties: bytes = b"") -> bytes:
    """One event as a document of its own, in UTC; `parties` are its lines of organizer and attendee."""
    return _document(_frame_of(method), [content], None, language, parties)


@cache
def _frame_of(method: str) -> bytes:
    calendar = frame()
    calendar.add("method", method)
    written: bytes = calendar.to_ical()
    return written


@lru_cache(maxsize=16)
def organizer(name: str, address: str) -> bytes:
    """The line of the organizer, with the name that people see."""
    mailbox = vCalAddress(f"mailto:{address}")
    mailbox.params["CN"] = name.replace('"', "'")  # few readers know how RFC 6868 writes a quote
    entry = Entry()
    entry.add("organizer", mailbox)
    return inner(entry)


def _for_many(agenda: Agenda, item: _Item, sites: Sequence[Representation]) -> Entered:
    event, revision = item
    return Entered(event=event, revision=revision, text=for_many(agenda, event, revision, sites, SPOKEN))


def _of_region(
    agenda: Agenda, listed: Sequence[_Item], addressed: dict[str, tuple[Representation, ...]], region: str
) -> list[Entered]:
    """What concerns any site of the region, with the local times of those sites only."""
    within = [(item, [site for site in addressed[item[0].id] if site.region == region]) for item in listed]
    return [_for_many(agenda, item, sites) for item, sites in within if sites]


def _by_site(listed: Sequence[_Item], addressed: dict[str, tuple[Representation, ...]]) -> dict[str, list[_Item]]:
    own: dict[str, list[_Item]] = {}
    for item in listed:
        for site in addressed[item[0].id]:
            own.setdefault(site.id, []).append(item)
    return own


def _site_labels(agenda: Agenda) -> dict[str, str]:
    """A site by its city, or by its full name where two share one (San José, Roma)."""
    offices = Counter(site.city for site in agenda.representations)
    return {site.id: site.name if offices[site.city] > 1 else site.city for site in agenda.representations}


def _both_forms(
    stem: str, name: str, site: Representation, lines: Sequence[Entered], modified: datetime
) -> Iterator[Feed]:
    yield _feed(f"{stem}.ics", name, lines, modified)
    zone = vtimezone(
        site.zone, [at for one in lines for at in (one.revision.start, one.revision.end) if at is not None]
    )
    yield _feed(f"{stem}-local.ics", _LOCAL.say(SPOKEN, name=name), lines, modified, zone)


def _feed(path: str, name: str, lines: Sequence[Entered], modified: datetime, zone: Timezone | None = None) -> Feed:
    calendar = frame()
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # NAME, for older readers
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})  # RFC 7986 §5.7 wants VALUE said
    calendar.add("x-published-ttl", "PT1H")  # the same, for Outlook
    if zone is not None:
        calendar.add_component(zone)
    tzid = None if zone is None else zone.tz_name
    body = _document(calendar.to_ical(), lines, tzid, SPOKEN)
    return Feed(path=path, name=name, body=body, last_modified=modified)


def _document(
    empty: bytes, lines: Sequence[Entered], tzid: str | None, language: Language, extra: bytes = b""
) -> bytes:
    """The `empty` calendar with these entries, their hours as wall times of the zone `tzid`, else in UTC."""
    parts = [empty.removesuffix(END_CALENDAR)]
    for line in lines:
        constant = _constant(line.event, line.revision, line.link, language)
        hours = times(line.event, line.revision, tzid)
        parts += [BEGIN_ENTRY, constant, hours, _words(line.text), extra, END_ENTRY]
    return b"".join([*parts, END_CALENDAR])


def frame() -> Calendar:
    """A calendar without entries."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


# An entry is put together from three parts, because icalendar takes 250 µs for a whole one and most of it is the
# same at every site. The sizes of the caches cover the events of one calendar.


@lru_cache(maxsize=256)
def _constant(event: Event, revision: Revision, link: str | None, language: Language) -> bytes:
    """What every calendar says alike about an event. Google and Nextcloud show no URL, so LOCATION has the link too."""
    entry = Entry()
    entry.add("uid", revision.uid)
    entry.add("dtstamp", revision.last_modified)
    entry.add("last-modified", revision.last_modified)
    entry.add("sequence", revision.sequence)
    entry.add("summary", summary(event, language))
    location = " · ".join(part for part in (place(event, language), link) if part is not None)
    if location:
        entry.add("location", location)
    if link is not None:
        entry.add("url", link)
    entry.add("categories", [category(event, language)])
    entry.add("status", _STATUS.get(event.status, "CONFIRMED"))
    busy = _busy_status(event)
    entry.add("transp", "OPAQUE" if busy == "BUSY" else "TRANSPARENT")
    entry.add("x-microsoft-cdo-busystatus", busy)  # Outlook prefers it to TRANSP
    return inner(entry)


@lru_cache(maxsize=256)
def times(event: Event, revision: Revision, tzid: str | None) -> bytes:
    """DTSTART and DTEND of a dated event, as wall times of the zone `tzid`, else in UTC."""
    entry = Entry()
    if isinstance(event.when, Days):
        entry.add("dtstart", event.when.first)
        entry.add("dtend", event.when.last + timedelta(days=1))  # exclusive (RFC 5545 §3.6.1)
        return inner(entry)
    for name, instant in (("dtstart", revision.start), ("dtend", revision.end)):
        assert instant is not None
        if tzid is None:
            entry.add(name, instant)
        else:
            entry.add(name, to_wall(instant, tzid), parameters={"TZID": tzid})
    return inner(entry)


@lru_cache(maxsize=256)
def _words(text: str) -> bytes:
    entry = Entry()
    entry.add("description", text)
    return inner(entry)


def inner(entry: Entry) -> bytes:
    """The lines of an entry, without those that begin and end it."""
    lines: bytes = entry.to_ical()
    return lines.removeprefix(BEGIN_ENTRY).removesuffix(END_ENTRY)


def _busy_status(event: Event) -> str:
    """As Outlook shows it. Only a fixed hour takes the reader's time; whole days must not block a week."""
    if event.status is EventStatus.CANCELLED or isinstance(event.when, Days):
        return "FREE"
    return "TENTATIVE" if event.status is EventStatus.TENTATIVE else "BUSY"
