"""`agenda suppressions`: whose address counts as bad, and writing to it again."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import Refusal, UsageRefusal
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
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, Facts, What
from scheduler.store.database import Database
from scheduler.store.people import bounces, doubts
from scheduler.store.people.bounces import Suppressed
from scheduler.store.people.doubts import Doubted
from scheduler.wording.posts import masked

ALL = "all"
POSTS_NAMED = 20  # of those that are written to no more, in the audit
NONE = Phrase("No address counts as bad.")
NONE_DOUBTED = Phrase("No report is doubted.")
HEADINGS = Phrase("Recipient|Site|Address|Since (UTC)|Why")
DOUBTED_HEADINGS = Phrase("Recipient|Site|Address|Came (UTC)|Status|The server's words")
DECIDED = Phrase(
    "{believed} {believed:report|reports} accepted: {posts} {posts:post is|posts are} written to "
    "no more; {rejected} {rejected:report|reports} dismissed"
)
LIFTED = Phrase("{recipient}: written to again; {n} {n:reminder|reminders} planned")
NOT_DOUBTED = Phrase("{name}: no doubted report is about it; `agenda suppressions --doubted` lists")
BOTH = Phrase("{name}: to be accepted and dismissed; decide for one")
NOT_SUPPRESSED = Phrase("{recipient}: not suppressed; `agenda suppressions` lists who is")
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
            deed = Deed(who=author_of(author), what=What.REPORTS_DECIDED, reason=reason)
            _decide(database, accepted or [], dismissed or [], deed, spoken)
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


def _decide(database: Database, accepted: list[str], dismissed: list[str], deed: Deed, lang: Language) -> None:
    """All of it, or nothing: a post that no doubted report is about, or one named for both, is a mistake."""
    now = SystemClock().now()
    with database.write() as connection:
        known = {one.recipient for one in doubts.undecided(connection, now)}
        for name in (*accepted, *dismissed):
            if name not in known | {ALL}:
                raise Refusal(NOT_DOUBTED, name=name)
        yes, no = _named(accepted, known, dismissed), _named(dismissed, known, accepted)
        if both := yes & no:
            raise UsageRefusal(BOTH, name=min(both))
        believed, rejected = doubts.accept(connection, yes, now), doubts.dismiss(connection, no, now)
        muted = " ".join(sorted(yes)[:POSTS_NAMED])
        figures: Facts = {"n": believed + rejected, "believed": believed, "rejected": rejected, "posts": muted}
        chain.record(connection, replace(deed, details=figures), now)
    typer.echo(DECIDED.say(lang, believed=believed, posts=len(yes), rejected=rejected))


def _named(names: list[str], known: set[str], others: list[str]) -> set[str]:
    """«all» is whoever is not named for the other decision."""
    return known - set(others) if ALL in names else set(names)


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
        with database.write() as connection:
            now = SystemClock().now()
            planned = bounces.lift(connection, recipient, now)
            if planned is None:
                raise Refusal(NOT_SUPPRESSED, recipient=recipient)
            deed = Deed(
                who=author_of(author), what=What.LIFTED, subject=recipient, details={"n": planned}, reason=reason,
                about=recipient,
            )  # fmt: skip
            chain.record(connection, deed, now)
        typer.echo(LIFTED.say(language(lang, settings), recipient=recipient, n=planned))
