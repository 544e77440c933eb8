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
from scheduler.store import editions
from scheduler.store.editions import InForce
from scheduler.wording.kinds import kind_words

HEADINGS = Phrase(
    "Site|Posts|Mail taken|Bounced|Uncertain|Still to leave|No mail|Private calendars read|Answered|Not heard"
)
EVENT = Phrase("{title}: as it stands since edition {number}, {moment}")
CHANGED = Phrase("{kinds}  {title}: edition {number}, {moment}")
MISSING = Phrase("Not heard: {posts} of {all} {all:post|posts}, at {sites} {sites:site|sites}.")
DEAF = Phrase("At {n} of these sites nobody has.")
EVERYBODY = Phrase("All have heard: {all} {all:post|posts}.")
NO_POSTS = Phrase("It concerns no post.")
OF_SITES = Phrase("{n} of {all}")
PUBLIC = Phrase(
    "Heard: the mail server took a mail that tells it, the post's private calendar was read since, or it answered "
    "since. Whether a mail was read, and who reads public calendars, nobody knows."
)
FIRST = Phrase(
    "Edition 1 is the first: nobody was told of it. Ask for an event: agenda heard EVENT. There are: {events}."
)
NOTHING_TOLD = Phrase("Edition {number} changed nothing that is told to anybody.")
WAS_SILENT = Phrase("Edition {number} was published without telling anybody; later mails say what it changed.")
UNKNOWN = Phrase("{key}: there is no such event in force, and no such edition. Events: {events}.")
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
    event = None if which is None else now.edition.agenda.event(which)
    if event is not None:
        return None, [of_event(connection, now, event)]
    number = now.edition.number if which is None else int(which) if which.isascii() and which.isdigit() else 0
    if not 1 <= number <= now.edition.number:
        raise UsageRefusal(UNKNOWN, key=which, events=_events(now.edition))
    return number, list(of_edition(connection, now, number)) if number > 1 else []


def _events(edition: Edition) -> str:
    return ", ".join(event.id for event in edition.agenda.events if event.when is not None)


def _of_edition(
    connection: Connection, now: InForce, number: int, found: Sequence[Hearing], lang: Language
) -> Iterator[str]:
    """What is to be said of an edition before its events."""
    if number == 1:
        yield FIRST.say(lang, events=_events(now.edition))
    elif not found:
        yield NOTHING_TOLD.say(lang, number=number)
    if number in editions.silent(connection):
        yield WAS_SILENT.say(lang, number=number)


def _head(one: Hearing, edition: Edition, lang: Language, at: datetime) -> str:
    moment = moment_at_home(one.since, edition.agenda.zone, lang, at)
    given = {"title": one.event.title[lang], "number": one.edition, "moment": moment}
    if one.change is None:
        return EVENT.say(lang, **given)
    return CHANGED.say(lang, kinds=kind_words(one.change, lang), **given)


def _print_sites(one: Hearing, edition: Edition, lang: Language, *, missing: bool) -> None:
    posts = sum(len(site.posts) for site in one.sites)
    if not posts:
        print_lines([NO_POSTS[lang]])
        return
    chosen = one.missing if missing else one.sites
    if chosen:
        out().print(_table(chosen, edition, lang))
    absent = sum(len(site.missing) for site in one.sites)
    deaf = sum(not site.heard for site in one.missing)
    line = MISSING.say(lang, posts=absent, all=posts, sites=len(one.missing))
    nobody = (DEAF.say(lang, n=deaf),) if deaf else ()
    print_lines([" ".join((line, *nobody)) if absent else EVERYBODY.say(lang, all=posts)])


def _table(sites: Sequence[SiteHeard], edition: Edition, lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    names = {region.id: region.name[lang] for region in edition.agenda.regions}
    for region, there in by_region(edition.agenda, sites).items():
        deaf = OF_SITES.say(lang, n=sum(bool(one.missing) for one in there), all=len(there))
        table.add_row(*(f"[bold]{escape(cell)}[/]" for cell in (names[region], *_figures(there), deaf)))
        for one in there:
            table.add_row(f"  {escape(one.site.city_in(lang))}", *_figures([one]), escape(_named(one.missing, lang)))
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
