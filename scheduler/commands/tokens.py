"""The command for staff feeds: make an address, list them, end one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.reading.problems import unknown
from scheduler.base.address import seen
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import Refusal, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    AuthorOption,
    JsonOption,
    LangOption,
    WhyOption,
    author_of,
    language,
    print_json,
    told,
)
from scheduler.commands.screen import out
from scheduler.installation.database import existing_database
from scheduler.installation.edition import edition_in_force
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database
from scheduler.store.posts import feed_tokens
from scheduler.store.posts.feed_tokens import FeedToken
from scheduler.web.feeds.private import staff_address

ONE_OF = Phrase(
    "say which: agenda token SITE, agenda token --list, or agenda token --revoke ID; see agenda token --help"
)
MADE = Phrase(
    "Calendar of {site} for its staff, with the links to join by:\n  {address}\nIf your program "
    "shows hours in “UTC”, use this one:\n  {local}\n\nCopy it now: it is not shown again. Whoever "
    "has the address sees the links; send it to its owner only.\nTo end it: agenda token --revoke "
    "{id}"
)
LOCAL_ONLY = Phrase("AGENDA_BASE_URL is not set: this address works on this machine only.")
REVOKED = Phrase("Revoked: {id} ({site}).")
REVOKED_BEFORE = Phrase("It had been revoked before: {id} ({site}).")
NO_SUCH = Phrase("there is no address “{id}”; agenda token --list shows them")
NONE_YET = Phrase("None yet. agenda token SITE makes one.")
HEADINGS = Phrase("Id|Site|Label|Made (UTC)|Last read (UTC)|Program|Revoked (UTC)")


def token(
    site: Annotated[
        str | None, typer.Argument(help="Id of the site, as in representations.csv.", metavar="SITE")
    ] = None,
    label: Annotated[str, typer.Option("--label", help="Whose it is or where it is used, to know it by later.")] = "",
    listing: Annotated[bool, typer.Option("--list", help="List every address: who made it, last read when.")] = False,
    revoke: Annotated[str | None, typer.Option("--revoke", help="End one address, by its id.", metavar="ID")] = None,
    reason: WhyOption = "",
    author: AuthorOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an address of a site's staff feed, which carries the joining links; list them; end one.

    For example: agenda token tokio --label "Outlook of the consular section"

    The address is shown once, for the database keeps only a digest of it. A running service notices within a second.
    """
    with told(lang) as settings:
        if sum((site is not None, listing, revoke is not None)) != 1:
            raise UsageRefusal(ONE_OF)
        spoken, by = language(lang, settings), partial(Deed, who=author_of(author), reason=reason)
        with existing_database(settings) as database:
            if site is not None:
                made, named = _make(database, site, seen(label).strip(), by)
                _print_made(made, named, seen(label).strip(), settings, spoken, as_json=as_json)
            elif revoke is not None:
                _revoke(database, revoke, by, spoken)
            else:
                _list(database, spoken, as_json=as_json)


def _make(database: Database, site: str, label: str, by: Callable[..., Deed]) -> tuple[str, Representation]:
    """The token, and the site that was meant. The label may name a person: it can be forgotten."""
    with database.write() as connection:
        found = edition_in_force(connection)
        named = _site(found.edition.agenda, site)
        now = SystemClock().now()
        made = feed_tokens.issue(connection, named.id, now, label=label)
        id_, changed = feed_tokens.id_of(made), {"label": ("", label)} if label else {}
        deed = by(what=What.TOKEN_MADE, subject=id_, details={"site": named.id}, changed=changed)
        chain.record(connection, deed, now)
        return made, named


def _print_made(
    made: str, named: Representation, label: str, settings: Settings, lang: Language, *, as_json: bool
) -> None:
    base_url = settings.own_address
    shown = {
        "id": feed_tokens.id_of(made),
        "site": named.id,
        "label": label,
        "address": staff_address(base_url, made, named.id),
        "local": staff_address(base_url, made, named.id, local=True),
    }
    if as_json:
        print_json(shown)
    else:
        typer.echo(MADE.say(lang, **{**shown, "site": named.name_in(lang)}))
    if settings.base_url is None:
        typer.echo(LOCAL_ONLY[lang], err=True)


def _site(agenda: Agenda, wanted: str) -> Representation:
    known = {site.id: site for site in agenda.representations}
    if wanted not in known:
        wrong = unknown("unknown-site", Phrase("the site"), wanted, tuple(known))
        raise Refusal(wrong.message)
    return known[wanted]


def _revoke(database: Database, id_: str, by: Callable[..., Deed], lang: Language) -> None:
    with database.write() as connection:
        known = feed_tokens.find(connection, id_)
        if known is None:
            raise Refusal(NO_SUCH, id=id_)
        now = SystemClock().now()
        if ended := feed_tokens.revoke(connection, id_, now):
            chain.record(connection, by(what=What.TOKEN_ENDED, subject=id_, details={"site": known.site}), now)
    typer.echo((REVOKED if ended else REVOKED_BEFORE).say(lang, id=id_, site=known.site))


def _list(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        known = feed_tokens.listed(connection)
    if as_json:
        print_json([_json(one) for one in known])
    elif known:
        out().print(_table(known, lang))
    else:
        typer.echo(NONE_YET[lang])


def _json(known: FeedToken) -> dict[str, object]:
    return {name: one.isoformat() if isinstance(one, datetime) else one for name, one in asdict(known).items()}


def _table(known: list[FeedToken], lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"))
    for one in known:
        moments = [_moment(at) for at in (one.created_at, one.polled_at, one.revoked_at)]
        whose = escape(one.label or one.recipient or "—")
        table.add_row(one.id, one.site, whose, moments[0], moments[1], one.client or "—", moments[2])
    return table


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at:%Y-%m-%d %H:%M}"
