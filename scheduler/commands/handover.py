"""`agenda handover`: a post goes to a successor, and what was recorded of it."""

from __future__ import annotations

import sys
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    AuthorOption,
    JsonOption,
    LangOption,
    author_of,
    chosen_language,
    language,
    print_json,
    told,
)
from scheduler.commands.screen import err, out
from scheduler.installation.database import NOTHING_YET, NothingPublished, existing_database
from scheduler.people.handover import HandoverWish, check, hand_over
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.people import handovers
from scheduler.store.people.handovers import Handover
from scheduler.store.posts import roll_answers
from scheduler.store.posts.roster import Post
from scheduler.wording.posts import masked, office_of

MOVES = Phrase("{post} ({office}) goes from {former} to {successor}. Both are told, and {reply_to}.")
ENDS = Phrase("The links and private calendars of whoever had it end. Giving it back takes another handover.")
CONFIRM = Phrase("Type the post's id ({post}) to hand it over")
WANTS_YES = Phrase("Nothing was handed over. If that is what you want, repeat with --yes.")
DONE = Phrase("{post} belongs to {successor} now.")
CORRECT = Phrase("Put the new address into recipients.csv, too, on the line of {post}, and publish.")
HEADINGS = Phrase("When|Post|From|To|Who|Reason|recipients.csv")
CORRECTED, TO_CORRECT = Phrase("corrected"), Phrase("to be corrected")
ONE_OF = Phrase("POST is wanted with --to ADDRESS or --proposed, or --list; see agenda handover --help")
NOT_PROPOSED = Phrase("{post} has proposed no address in the roll call: name one with --to ADDRESS")
NONE = Phrase("No post has been handed over.")


def handover(
    post: Annotated[str | None, typer.Argument(help="Id of the post, as in recipients.csv.", metavar="POST")] = None,
    to: Annotated[str | None, typer.Option("--to", help="The successor's address.", metavar="ADDRESS")] = None,
    proposed: Annotated[
        bool, typer.Option("--proposed", help="To the address that the post proposed in the roll call.")
    ] = False,
    spoken: Annotated[
        str | None, typer.Option("--language", help="The successor's; else the file's.", metavar="|".join(LANGUAGES))
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept with the handover.")] = "",
    author: AuthorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the post's id.")] = False,
    listing: Annotated[bool, typer.Option("--list", help="List what was handed over, addresses masked.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hand a post over to a successor: its reminders, notices and answers go on, under another address.

    The successor's domain has to be the former address's own or one of `altas: dominios`. Both are told, and so is
    `remitente: responder_a`. The former holder's private calendars and the links in earlier mails end. recipients.csv
    stays as it is: publishing keeps the successor, and says which line to correct.
    """
    with told(lang) as settings, existing_database(settings) as database:
        if listing:
            _list(database, language(lang, settings), as_json=as_json)
            return
        if post is not None and proposed and to is None:
            to = _proposed(database, post)
        elif post is None or to is None or proposed:
            raise UsageRefusal(ONE_OF)
        wanted = HandoverWish(
            recipient=post, address=to, language=None if spoken is None else chosen_language("--language", spoken)
        )
        _hand_over(database, settings, wanted, author_of(author), reason, language(lang, settings), yes=yes)


def _proposed(database: Database, post: str) -> str:
    """The address that a post proposed. Raises UsageRefusal where it proposed none that still counts."""
    with database.read() as connection:
        word = roll_answers.of(connection, post)
    if word is None or word.person is None or not word.person.successor:
        raise UsageRefusal(NOT_PROPOSED, post=post)
    return word.person.successor


def _hand_over(
    database: Database, settings: Settings, wanted: HandoverWish, author: str, reason: str, lang: Language, *, yes: bool
) -> None:
    tokens = database.tokens
    with database.read() as connection:
        found = editions.load(connection)
        if found is None:
            raise NothingPublished(NOTHING_YET)
        post = check(connection, wanted, found, tokens)
    if not yes and not _confirmed(post, wanted, found, lang):
        raise typer.Exit(PROBLEMS)
    hand_over(database, wanted, at=SystemClock().now(), author=author, reason=reason, tokens=tokens)
    typer.echo(DONE.say(lang, post=wanted.recipient, successor=masked(wanted.address)))
    if post.origin == "file":
        typer.echo(CORRECT.say(lang, post=wanted.recipient))


def _confirmed(post: Post, wanted: HandoverWish, found: InForce, lang: Language) -> bool:
    agenda, console = found.edition.agenda, err()
    said = {
        "post": wanted.recipient,
        "office": office_of(agenda, post, lang),
        "former": masked(post.recipient.address),
        "successor": masked(wanted.address),
        "reply_to": agenda.sender.reply_to,
    }
    console.print(MOVES.say(lang, **said), markup=False)
    console.print(ENDS[lang])
    asked = CONFIRM.say(lang, post=wanted.recipient)
    if sys.stdin.isatty() and typer.prompt(asked, default="", show_default=False, err=True).strip() == wanted.recipient:
        return True
    console.print(WANTS_YES[lang])
    return False


def _list(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found, current = handovers.listed(connection), editions.load(connection)
    if as_json:
        print_json([_json(one) for one in found])
    elif not found:
        typer.echo(NONE[lang])
    else:
        home = current.edition.agenda.zone if current else "America/Mexico_City"
        out().print(_table(found, home, lang))


def _table(found: list[Handover], home: str, lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for one in found:
        wall = to_wall(one.at, home)
        corrected = (CORRECTED if one.corrected_at else TO_CORRECT)[lang]
        when = f"{short_date(wall.date(), lang)} {wall.year}, {hour(wall, lang)}"
        cells = (when, one.recipient, _masked(one.former), _masked(one.successor), one.author, one.reason, corrected)
        table.add_row(*map(escape, cells))
    return table


def _masked(address: str) -> str:
    """«c…@sedes.example»; of one that was forgotten, a dash."""
    return masked(address) if address else "—"


def _json(one: Handover) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "site": one.site,
        "at": one.at.isoformat(timespec="seconds"),
        "author": one.author,
        "reason": one.reason,
        "former": _masked(one.former),
        "successor": _masked(one.successor),
        "corrected": one.corrected_at is not None,
    }
