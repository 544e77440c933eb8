"""`agenda deliveries hold`, `release`, `retry` and `drop`: what an operator decides of deliveries, and the asking."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import PROBLEMS, Refusal, UsageRefusal, all_of
from scheduler.commands.common import AuthorOption, LangOption, author_of, language, told
from scheduler.commands.deliveries import EventOption, PurposeOption, SiteOption, StateOption, app
from scheduler.installation.database import existing_database
from scheduler.people.operating import Operator, within
from scheduler.store.database import Database
from scheduler.store.ledger import deliveries
from scheduler.store.ledger.deliveries import ACTS_ON, Chosen, Order

IdsArgument = Annotated[
    list[int] | None,
    typer.Argument(help="Ids, as `agenda deliveries` lists them.", metavar="ID", show_default=False),
]
ReasonOption = Annotated[str, typer.Option("--reason", help="Why; kept with each delivery.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every delivery for which this can be decided.")]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask, however many they are.")]

ASKED = Phrase("{n:This is|These are} {n} {n:delivery|deliveries}.")
CONFIRM = Phrase("Type how many they are ({n}) to go on")
WANTS_YES = Phrase("Nothing was changed. If that is what you want, repeat with --yes.")
DONE: Mapping[Order, Phrase] = {
    Order.HOLD: Phrase("Held: {n}"),
    Order.RELEASE: Phrase("Released: {n}"),
    Order.RETRY: Phrase("To be tried again: {n}"),
    Order.DROP: Phrase("Dropped: {n}"),
}
NO_REASON = Phrase("--reason is empty: say why, for whoever looks at these deliveries later")
SAY_WHICH = Phrase("say which: ids, filters or --all; see agenda deliveries {order} --help")
OTHER_STATES = Phrase("--state: {order} can be decided of {states} only")
HELP = {
    Order.HOLD: "Keep deliveries from going until they are released: planned, deferred or uncertain ones.",
    Order.RELEASE: "Let held deliveries go: those that are due, now; those that are past their use become expired."
    '\n\nFor example: agenda deliveries release --all --reason "the relay is repaired"',
    Order.RETRY: "Try deliveries again now: deferred, uncertain or held ones."
    "\n\nWhat is uncertain may have arrived, and would then arrive twice, under one Message-ID.",
    Order.DROP: "End held or uncertain deliveries for good: they are cancelled, and no publication plans them again.",
}


def decide(
    context: typer.Context,
    reason: ReasonOption,
    ids: IdsArgument = None,
    state: StateOption = None,
    site: SiteOption = None,
    event: EventOption = None,
    purpose: PurposeOption = None,
    everything: AllOption = False,
    yes: YesOption = False,
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """What the command's name says is done with the deliveries that are chosen."""
    chosen = Chosen(ids=tuple(ids or ()), states=tuple(state or ()), site=site, event=event, purpose=purpose)
    _decide(Order(str(context.info_name)), chosen, reason, author, lang, everything=everything, yes=yes)


def _decide(
    order: Order, chosen: Chosen, reason: str, author: str | None, lang: str | None, *, everything: bool, yes: bool
) -> None:
    configure_logs()
    with told(lang) as settings:
        spoken = language(lang, settings)
        fit = _fit(order, chosen, everything=everything)
        if not reason.strip():
            raise UsageRefusal(NO_REASON)
        with existing_database(settings) as database:
            if not _confirmed(database, fit, spoken, yes=yes):
                raise typer.Exit(PROBLEMS)
            who = author_of(author)
            acts = Operator(database=database, by=who, who=who, now=SystemClock().now())
            found = acts.decide(order, chosen, reason)
        typer.echo(DONE[order].say(spoken, n=found.done))
        if found.unfit:
            raise Refusal(all_of(found.whys()))


def _fit(order: Order, chosen: Chosen, *, everything: bool) -> Chosen:
    """Those of the chosen ones of which this can be decided. Raises UsageRefusal where none is chosen."""
    if chosen.everything and not everything:
        raise UsageRefusal(SAY_WHICH, order=order)
    fit = within(order, chosen)
    if fit is None:
        raise UsageRefusal(OTHER_STATES, order=order, states=", ".join(ACTS_ON[order]))
    return fit


def _confirmed(database: Database, fit: Chosen, lang: Language, *, yes: bool) -> bool:
    with database.read() as connection:
        n = deliveries.count(connection, fit)
    if yes or n <= 1:
        return True
    typer.echo(ASKED.say(lang, n=n), err=True)
    if sys.stdin.isatty() and typer.prompt(CONFIRM.say(lang, n=n), default="", show_default=False, err=True) == str(n):
        return True
    typer.echo(WANTS_YES[lang], err=True)
    return False


for _order, _help in HELP.items():
    app.command(_order.value, help=_help)(decide)
