"""A post as its own pages show it: its address masked, its office, how it stands and what it is reminded of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.wording import hour, long_date, short_date
from calendars.zones import to_wall
from scheduler.planning.channels import Channel
from scheduler.store.people.signups import Upcoming
from scheduler.store.posts.roster import Post
from scheduler.wording.languages import own_name
from scheduler.wording.places import city_name
from scheduler.wording.rules import choices


@dataclass(frozen=True, kw_only=True, slots=True)
class PostStanding:
    """As the templates read it, under the name `post`."""

    office: str
    address: str  # masked
    language: Language
    speaks: str  # the language's own name
    of_the_file: bool  # the administrator's, and not of who signed up
    left: bool
    suppressed: bool
    paused_until: str | None  # «viernes 22 de octubre de 2021»; None: not paused now
    channel: Channel  # of its calendar
    rules: tuple[str, ...]  # those that it gets, in words


def masked(address: str) -> str:
    """Enough to know one's own address by, too little to write to: «c…@sedes.example»."""
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def standing(agenda: Agenda, post: Post, now: datetime, language: Language) -> PostStanding:
    until = paused_until(post, now)
    wanted = (choice.words for choice in choices(agenda, post.declined, language) if choice.chosen)
    return PostStanding(
        office=office_of(agenda, post, language),
        address=masked(post.recipient.address),
        language=post.recipient.language,
        speaks=own_name(post.recipient.language),
        of_the_file=post.origin == "file",
        left=post.left,
        suppressed=post.suppressed,
        paused_until=None if until is None else long_date(to_wall(until, zone_of(agenda, post)), language),
        channel=post.channel,
        rules=tuple(wanted),
    )


def paused_until(post: Post, now: datetime) -> datetime | None:
    """UTC; None of a pause that is over."""
    return post.paused_until if post.paused_until is not None and post.paused_until > now else None


def office_of(agenda: Agenda, post: Post, language: Language) -> str:
    """«Sección Consular, Embajada de México en Japón»; of a site that the edition lacks, what is known of the post."""
    site = agenda.site(post.recipient.site)
    if site is None:
        return post.recipient.post or post.recipient.site
    return office_name(post.recipient.post, site, language)


def zone_of(agenda: Agenda, post: Post) -> str:
    """The clock by which a post's dates are meant: its site's, else the agenda's."""
    site = agenda.site(post.recipient.site)
    return agenda.zone if site is None else site.zone


def reminder_lines(agenda: Agenda, upcoming: Sequence[Upcoming], language: Language) -> tuple[str, ...]:
    """«vie 15 oct, 09:00 h (Tokio): Taller VMRE, Asia Pacífico», each at its site's own hour."""
    events = {event.id: event for event in agenda.events}
    sites = {site.id: site for site in agenda.representations}
    lines = []
    for one in upcoming:
        if one.event in events and one.site in sites:
            wall = to_wall(one.due_at, sites[one.site].zone)
            moment = f"{short_date(wall, language)}, {hour(wall, language)} ({city_name(agenda, one.site, language)})"
            lines.append(f"{moment}: {events[one.event].title[language]}")
    return tuple(lines)


def office_name(post: str, site: Representation, language: Language) -> str:
    """«Sección Consular, Embajada de México en Japón»; of who signed up by themselves, the office alone."""
    name = site.name_in(language)
    return f"{post}, {name}" if post else name
