"""`agenda roll-call`: does the mail arrive, is the clock right, who reads it now: asked before it counts."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.base.settings import WRONG, Settings
from scheduler.base.variables import UnreadableText, parse_days
from scheduler.commands.common import (
    NO_SITE,
    AuthorOption,
    JsonOption,
    LangOption,
    author_of,
    language,
    print_json,
    told,
)
from scheduler.commands.sample import shown
from scheduler.commands.screen import err, out, print_lines
from scheduler.installation.database import NOTHING_YET, NothingPublished, existing_database
from scheduler.people.roll_call import RollPlan, call_roll, plan_roll
from scheduler.reporting.roll_words import (
    HEADINGS,
    by_region,
    called,
    confirmed,
    proposals,
    region_line,
    roll_json,
    site_cells,
)
from scheduler.reporting.rolls import roll
from scheduler.sending.foresight import foreseen_call
from scheduler.sending.letters import letters_of
from scheduler.store import editions
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database
from scheduler.store.editions import InForce
from scheduler.store.posts import roll_answers

ONE_OF = Phrase("--preview, --status and --dismiss do not go together: choose one of them")
DISMISSED = Phrase("{post}: what was proposed is dropped. The mail goes on to the registered address.")
NOT_PROPOSED = Phrase("{post} proposes nothing; see agenda roll-call --status")
JSON_OF = Phrase("--json prints how the roll stands: use it with --status")
NOBODY = Phrase("Nobody to ask: roll call {number} goes on until {end}, and has asked every post. See it: --status")
NO_POSTS = Phrase("There is no post to ask: none is on the list, or none is written to.")
BEGINS = Phrase("Roll call {number}: {n} {n:mail|mails} to posts at {sites} {sites:site|sites}.")
GOES_ON = Phrase(
    "Roll call {number} goes on: {n} {n:mail|mails} to posts that it has not asked yet, at {sites} {sites:site|sites}."
)
WHEN = Phrase("They leave in each site's working hours: the first on {first}, the last on {last} (agenda's time).")
AGAIN_SAYS = Phrase(
    "Who is silent is asked once more {days} {days:day|days} later; then each coordinator gets one list, at most "
    "{lists} in all, until {end}."
)
ALONE = Phrase("Without a coordinator, so that the list goes to {address}: {regions}.")
LEFT_OUT = Phrase("Not written to, for the address is bad or the post has left: {posts}.")
SEE_FIRST = Phrase("See the mail first: agenda roll-call --preview {site}")
CONFIRM = Phrase("Type the number of mails ({n}) to call the roll")
MISTYPED = Phrase("That is not the number. Nothing leaves.")
WANTS_YES = Phrase("Nothing leaves. If that is what you want, repeat with --yes.")
DONE = Phrase("Roll call {number} is under way. See how it stands: agenda roll-call --status")
NO_MAIL = Phrase("The posts of {site} would get no mail.")


def roll_call(
    again: Annotated[
        str, typer.Option("--again", help="Ask the silent once more so much later: P1D to P30D.", metavar="PnD")
    ] = "P3D",
    preview: Annotated[
        str | None,
        typer.Option("--preview", help="Show the mail of this site; nothing leaves.", metavar="SITE"),
    ] = None,
    status: Annotated[bool, typer.Option("--status", help="How it stands, site by site.")] = False,
    dismiss: Annotated[
        str | None, typer.Option("--dismiss", help="Drop what this post proposed: nobody else has it.", metavar="POST")
    ] = None,
    author: AuthorOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for the number of mails.")] = False,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask every post, by one mail, whether it arrives, whether its clock agrees and who reads it now.

    It leaves in each site's working hours. Who is silent is asked once more, then the region's coordinator gets one
    list. Called again while it goes on, it asks only posts that are new or have another address since.
    """
    with told(lang) as settings, existing_database(settings) as database:
        spoken = language(lang, settings)
        if sum((preview is not None, status, dismiss is not None)) > 1:
            raise UsageRefusal(ONE_OF)
        if as_json and not status:
            raise UsageRefusal(JSON_OF)
        if status:
            _status(database, spoken, as_json=as_json)
        elif dismiss is not None:
            _dismiss(database, dismiss, author, spoken)
        elif preview is not None:
            _preview(database, settings, preview, _delay(again), spoken)
        else:
            _call(database, _delay(again), author, spoken, yes=yes)


def _delay(text: str) -> timedelta:
    try:
        return parse_days(text)
    except UnreadableText as error:
        raise UsageRefusal(WRONG, variable="--again", rule=error.why) from error


def _call(database: Database, again: timedelta, author: str | None, lang: Language, *, yes: bool) -> None:
    """The plan is made again in the transaction that owes it: whoever typed the number may have taken their time."""
    name = author_of(author, lang)
    with database.read() as connection:
        found = _in_force(editions.load(connection))
        plan = plan_roll(connection, found.edition, SystemClock().now(), name, again)
    agenda = found.edition.agenda
    if not plan.rows:
        typer.echo(_nobody(plan, agenda, lang))
        return
    console = err()
    for line in _lines(plan, agenda, again, lang):
        console.print(line, markup=False)
    if not yes and not _typed(len(plan.firsts), lang):
        raise typer.Exit(PROBLEMS)
    with database.write() as connection:
        found = _in_force(editions.load(connection))
        plan = plan_roll(connection, found.edition, SystemClock().now(), name, again)
        call_roll(connection, plan, found.edition.agenda)
        deed = Deed(who=name, what=What.ROLL_CALLED, subject=str(plan.call.number), details={"n": len(plan.firsts)})
        chain.record(connection, deed, plan.call.at)
    typer.echo(DONE.say(lang, number=plan.call.number))


def _typed(mails: int, lang: Language) -> bool:
    if not sys.stdin.isatty():
        typer.echo(WANTS_YES[lang], err=True)
        return False
    answer = typer.prompt(CONFIRM.say(lang, n=mails), default="", show_default=False, err=True)
    if answer.strip() == str(mails):
        return True
    typer.echo(MISTYPED[lang], err=True)
    return False


def _lines(plan: RollPlan, agenda: Agenda, again: timedelta, lang: Language) -> Iterator[str]:
    firsts = plan.firsts
    dues = [row.due_at for row in firsts]
    sites = list(dict.fromkeys(row.site for row in firsts))
    says = BEGINS if plan.begins else GOES_ON
    yield says.say(lang, number=plan.call.number, n=len(firsts), sites=len(sites))
    yield WHEN.say(lang, first=_moment(min(dues), agenda, lang), last=_moment(max(dues), agenda, lang))
    end = _moment(plan.call.ends_at, agenda, lang)
    yield AGAIN_SAYS.say(lang, days=again.days, lists=len(plan.lists), end=end)
    if plan.alone:
        names = [region.name[lang] for region in agenda.regions if region.id in plan.alone]
        yield ALONE.say(lang, address=agenda.sender.reply_to, regions=", ".join(names))
    if plan.left_out:
        yield LEFT_OUT.say(lang, posts=", ".join(plan.left_out))
    yield SEE_FIRST.say(lang, site=sites[0])


def _nobody(plan: RollPlan, agenda: Agenda, lang: Language) -> str:
    if plan.begins:
        return NO_POSTS[lang]
    return NOBODY.say(lang, number=plan.call.number, end=_moment(plan.call.ends_at, agenda, lang))


def _moment(at: datetime, agenda: Agenda, lang: Language) -> str:
    wall = to_wall(at, agenda.zone)
    return f"{short_date(wall.date(), lang)}, {hour(wall, lang)}"


def _preview(database: Database, settings: Settings, site: str, again: timedelta, lang: Language) -> None:
    """The very mail, owed in a savepoint that is taken back."""
    letters, now = letters_of(settings, database.tokens), SystemClock().now()
    with database.write() as connection:
        found = _in_force(editions.load(connection))
        if found.edition.agenda.site(site) is None:
            raise UsageRefusal(NO_SITE, option="preview", site=site)
        with connection.begin_nested() as savepoint:
            call_roll(connection, plan_roll(connection, found.edition, now, "", again), found.edition.agenda)
            mails = foreseen_call(connection, found, letters, site, now)
            savepoint.rollback()
    if not mails:
        typer.echo(NO_MAIL.say(lang, site=site))
    for mail in mails:
        typer.echo(shown(mail, lang, html=False))


def _dismiss(database: Database, post: str, author: str | None, lang: Language) -> None:
    now, name = SystemClock().now(), author_of(author, lang)
    with database.write() as connection:
        if not roll_answers.withdraw(connection, post, now):
            raise UsageRefusal(NOT_PROPOSED, post=post)
        chain.record(connection, Deed(who=name, what=What.PROPOSAL_DROPPED, subject=post, about=post), now)
    typer.echo(DISMISSED.say(lang, post=post))


def _status(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found = _in_force(editions.load(connection))
        stands = roll(connection, found.edition)
    agenda = found.edition.agenda
    if as_json:
        print_json(roll_json(stands, agenda))
        return
    print_lines([confirmed(stands, lang), called(stands, agenda, lang), *proposals(stands, lang)])
    for region, sites in by_region(stands, agenda):
        name = escape(region_line(agenda, region, sites, lang))
        heads = HEADINGS[lang].split("|")
        table = Table(*heads, title=name, title_justify="left", box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
        for one in sites:
            table.add_row(*map(escape, site_cells(agenda, one, lang)))
        out().print(table)


def _in_force(found: InForce | None) -> InForce:
    if found is None:
        raise NothingPublished(NOTHING_YET)
    return found
