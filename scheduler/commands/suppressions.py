"""`agenda suppressions`: whose address counts as bad, and writing to it again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
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
from scheduler.people.operating import Operator
from scheduler.store.database import Database
from scheduler.store.people import bounces, doubts
from scheduler.store.people.bounces import Suppressed
from scheduler.store.people.doubts import Doubted
from scheduler.wording.posts import masked

ALL = "all"
NONE = Phrase("No address counts as bad.")
NONE_DOUBTED = Phrase("No report is doubted.")
HEADINGS = Phrase("Recipient|Site|Address|Since (UTC)|Why")
DOUBTED_HEADINGS = Phrase("Recipient|Site|Address|Came (UTC)|Status|The server's words")
DECIDED = Phrase(
    "{believed} {believed:report|reports} accepted: {posts} {posts:post is|posts are} written to "
    "no more; {rejected} {rejected:report|reports} dismissed"
)
LIFTED = Phrase("{recipient}: written to again; {n} {n:reminder|reminders} planned")
suppressions = typer.Typer(
    help="List the posts whose address counts as bad, and lift that.",
    invoke_without_command=True,
    add_completion=False,
)


@suppressions.callback()
def listed(
    context: typer.Context,
    doubted: Annotated[
        bool, typer.Option("--doubted", help="Reports that are not believed yet, for so many came within an hour.")
    ] = False,
    accepted: Annotated[
        list[str] | None,
        typer.Option("--accept", help="Believe those about this post, or about «all».", metavar="RECIPIENT|all"),
    ] = None,
    dismissed: Annotated[
        list[str] | None,
        typer.Option("--dismiss", help="Do not believe those about this post, or «all».", metavar="RECIPIENT|all"),
    ] = None,
    reason: WhyOption = "",
    author: AuthorOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """The posts that nothing more is written to: a server said that the address is bad, or too much came back.

    With --doubted, the reports of a flood, each with the server's words: they mute nobody until --accept, and with
    --dismiss never; both may be repeated. What nobody decides about within a week counts as a message that did not
    arrive.
    """
    if context.invoked_subcommand is not None:
        return
    with told(lang) as settings, existing_database(settings) as database:
        spoken = language(lang, settings)
        if accepted or dismissed:
            _decide(_operator(database, author, reason), accepted or [], dismissed or [], spoken)
        elif doubted:
            _list_doubted(database, spoken, as_json=as_json)
        else:
            _list_suppressed(database, spoken, as_json=as_json)


def _list_suppressed(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found = bounces.suppressed(connection)
    if as_json:
        print_json([_json(one) for one in found])
    elif found:
        out().print(_table(found, lang))
    else:
        typer.echo(NONE[lang])


def _list_doubted(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found = doubts.undecided(connection, SystemClock().now())
    if as_json:
        print_json([_doubted_json(one) for one in found])
    elif found:
        out().print(_doubted_table(found, lang))
    else:
        typer.echo(NONE_DOUBTED[lang])


def _operator(database: Database, author: str | None, reason: str) -> Operator:
    who = author_of(author)
    return Operator(database=database, by=who, who=who, now=SystemClock().now(), reason=reason)


def _decide(acts: Operator, accepted: list[str], dismissed: list[str], lang: Language) -> None:
    found = acts.judge(accepted, dismissed, all_=ALL)
    typer.echo(DECIDED.say(lang, believed=found.believed, posts=found.posts, rejected=found.rejected))


def _doubted_json(one: Doubted) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "site": one.site,
        "address": masked(one.address),
        "at": one.at.isoformat(timespec="seconds"),
        "status": one.status,
        "why": one.text,
    }


def _doubted_table(found: list[Doubted], lang: Language) -> Table:
    table = Table(*DOUBTED_HEADINGS[lang].split("|"))
    for one in found:
        when = f"{one.at:%Y-%m-%d %H:%M}"
        table.add_row(one.recipient, one.site, masked(one.address), when, one.status, escape(one.text))
    return table


def _json(one: Suppressed) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "site": one.site,
        "address": masked(one.address),
        "since": one.since.isoformat(timespec="seconds"),
        "why": one.why,
    }


def _table(found: list[Suppressed], lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"))
    for one in found:
        table.add_row(one.recipient, one.site, masked(one.address), f"{one.since:%Y-%m-%d %H:%M}", escape(one.why))
    return table


@suppressions.command()
def lift(
    recipient: Annotated[str, typer.Argument(help="Id of the post, as the list shows it.", metavar="RECIPIENT")],
    reason: WhyOption = "",
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Write to a post again: its reminders that lie ahead are planned anew, what came back is forgiven."""
    with told(lang) as settings, existing_database(settings) as database:
        planned = _operator(database, author, reason).lift(recipient)
        typer.echo(LIFTED.say(language(lang, settings), recipient=recipient, n=planned))
