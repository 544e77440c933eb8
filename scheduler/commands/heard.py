"""`agenda heard`: who has not heard, site by site."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.editions import Edition
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.commands.common import JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out, print_lines
from scheduler.installation.database import NOTHING_YET, NothingPublished, existing_database
from scheduler.publishing.in_words import moment_at_home
from scheduler.reporting.heard import Hearing, PostHeard, SiteHeard, Taking, by_region, of_edition, of_event
from scheduler.reporting.heard_in_words import (
    FIRST,
    PUBLIC,
    UNKNOWN,
    dated,
    edition_words,
    kinds_of,
    meant,
    since_words,
    sum_words,
)
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.wording.places import city_names

HEADINGS = Phrase(
    "Site|Posts|Mail taken|Bounced|Uncertain|Still to leave|No mail|Private calendars read|Answered|Not heard"
)
OF_SITES = Phrase("{n} of {all}")
ASK = Phrase("Ask for an event: agenda heard EVENT. There are: {events}.")
NAMED = 3  # posts of a site; the rest are counted
MORE = Phrase("{posts} and {n} more")


def heard(
    which: Annotated[
        str | None,
        typer.Argument(help="An event, or the number of an edition; default: the edition in force.", metavar="WHICH"),
    ] = None,
    missing: Annotated[bool, typer.Option("--missing", help="Only sites with somebody who has not heard.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say who has not heard, site by site: of an event as it stands, or of what an edition changed.

    By region, those who have not heard first: whether the mail server took the mail that tells it, or that bounced, is
    uncertain or still to leave; whether the private calendar was read since; whether the post has answered. Who reads
    public calendars is not known.
    """
    with told(lang) as settings, existing_database(settings) as database, database.read() as connection:
        now = editions.load(connection)
        if now is None:
            raise NothingPublished(NOTHING_YET)
        spoken, at = language(lang, settings), SystemClock().now()
        number, found = _found(connection, now, which)
        if as_json:
            print_json(_json(number, found, missing=missing))
            return
        if number is not None:
            print_lines(_of_edition(connection, now, number, found, spoken))
        for one in found:
            out().print(_head(one, now.edition, spoken, at), markup=False)
            _print_sites(one, now.edition, spoken, missing=missing)
        if found:
            print_lines([PUBLIC[spoken]])


def _found(connection: Connection, now: InForce, which: str | None) -> tuple[int | None, Sequence[Hearing]]:
    """The edition that is meant, if one is; and who has heard of what. Raises UsageRefusal."""
    number, event = meant(now, which or "")
    if event is not None:
        return None, [of_event(connection, now, event)]
    if number < 1:
        raise UsageRefusal(UNKNOWN, key=which, events=dated(now.edition))
    return number, list(of_edition(connection, now, number)) if number > 1 else []


def _of_edition(
    connection: Connection, now: InForce, number: int, found: Sequence[Hearing], lang: Language
) -> Iterator[str]:
    """What is to be said of an edition before its events."""
    said = edition_words(number, found, lang, silent=number in editions.silent(connection))
    for one in said:
        yield f"{one} {ASK.say(lang, events=dated(now.edition))}" if one == FIRST[lang] else one


def _head(one: Hearing, edition: Edition, lang: Language, at: datetime) -> str:
    since = since_words(one, lang, moment_at_home(one.since, edition.agenda.zone, lang, at))
    title = f"{one.event.title[lang]}: {since}"
    return title if one.change is None else f"{kinds_of(one, lang)}  {title}"


def _print_sites(one: Hearing, edition: Edition, lang: Language, *, missing: bool) -> None:
    chosen = one.missing if missing else one.sites
    if chosen and any(site.posts for site in one.sites):
        out().print(_table(chosen, edition, lang))
    print_lines([sum_words(one, lang)])


def _table(sites: Sequence[SiteHeard], edition: Edition, lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    names = {region.id: region.name[lang] for region in edition.agenda.regions}
    cities = city_names(edition.agenda.representations, lang)
    for region, there in by_region(edition.agenda, sites).items():
        deaf = OF_SITES.say(lang, n=sum(bool(one.missing) for one in there), all=len(there))
        table.add_row(*(f"[bold]{escape(cell)}[/]" for cell in (names[region], *_figures(there), deaf)))
        for one in there:
            table.add_row(f"  {escape(cities[one.site.id])}", *_figures([one]), escape(_named(one.missing, lang)))
        table.add_section()
    return table


def _figures(sites: Sequence[SiteHeard]) -> Iterator[str]:
    yield str(sum(len(one.posts) for one in sites))
    for mail in Taking:
        yield str(sum(one.count(mail) for one in sites))
    calendars = sum(one.calendars for one in sites)
    yield f"{sum(one.read for one in sites)}/{calendars}" if calendars else "—"
    yield str(sum(one.answered for one in sites))


def _named(posts: Sequence[PostHeard], lang: Language) -> str:
    named = ", ".join(one.post for one in posts[:NAMED])
    return MORE.say(lang, posts=named, n=len(posts) - NAMED) if len(posts) > NAMED else named


def _json(number: int | None, found: Sequence[Hearing], *, missing: bool) -> dict[str, object]:
    return {
        "edition": number,
        "public_calendars": "unknown",
        "events": [
            {
                "id": one.event.id,
                "kinds": [] if one.change is None else [kind.value for kind in one.change.kinds],
                "edition": one.edition,
                "since": one.since.isoformat(),
                "posts": sum(len(site.posts) for site in one.sites),
                "not_heard": sum(len(site.missing) for site in one.sites),
                "sites": [_site_json(site) for site in (one.missing if missing else one.sites)],
            }
            for one in found
        ],
    }


def _site_json(one: SiteHeard) -> dict[str, object]:
    return {
        "site": one.site.id,
        "region": one.site.region,
        "heard": one.heard,
        "calendars": one.calendars,
        "calendars_read": one.read,
        "posts": [
            {
                "recipient": post.post,
                "heard": post.heard,
                "mail": post.mail.value,
                "at": None if post.at is None else post.at.isoformat(),
                "read": None if post.read_at is None else post.read_at.isoformat(),
                "answered": post.answered,
            }
            for post in one.posts
        ],
    }
