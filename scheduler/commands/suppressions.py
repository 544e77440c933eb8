"""`agenda suppressions`: whose address counts as bad, and writing to it again."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.table import Table

from scheduler.base.clock import SystemClock
from scheduler.base.refusal import PROBLEMS
from scheduler.commands.common import Failure, JsonOption, LangOption, out, print_json, told
from scheduler.installation.database import existing_database
from scheduler.store.people import bounces
from scheduler.store.people.bounces import Suppressed
from scheduler.wording.posts import masked

suppressions = typer.Typer(
    help="List the posts whose address counts as bad, and lift that.", invoke_without_command=True
)


@suppressions.callback()
def listed(context: typer.Context, as_json: JsonOption = False, lang: LangOption = None) -> None:
    """The posts that nothing more is written to: a server said that the address is bad, or too much came back."""
    if context.invoked_subcommand is not None:
        return
    with told(lang) as settings, existing_database(settings) as database:
        with database.read() as connection:
            found = bounces.suppressed(connection)
        if as_json:
            print_json([_json(one) for one in found])
        elif found:
            out().print(_table(found))
        else:
            typer.echo("No address counts as bad.")


def _json(one: Suppressed) -> dict[str, object]:
    return {
        "recipient": one.recipient,
        "site": one.site,
        "address": masked(one.address),
        "since": one.since.isoformat(timespec="seconds"),
        "why": one.why,
    }


def _table(found: list[Suppressed]) -> Table:
    table = Table("Recipient", "Site", "Address", "Since (UTC)", "Why")
    for one in found:
        table.add_row(one.recipient, one.site, masked(one.address), f"{one.since:%Y-%m-%d %H:%M}", one.why)
    return table


@suppressions.command()
def lift(
    recipient: Annotated[str, typer.Argument(help="Id of the post, as the list shows it.", metavar="RECIPIENT")],
    lang: LangOption = None,
) -> None:
    """Write to a post again: its reminders that lie ahead are planned anew, what came back is forgiven."""
    with told(lang) as settings, existing_database(settings) as database:
        with database.write() as connection:
            planned = bounces.lift(connection, recipient, SystemClock().now())
        if planned is None:
            raise Failure(PROBLEMS, f"{recipient}: not suppressed; `agenda suppressions` lists who is")
        typer.echo(f"{recipient}: written to again; {planned} reminders planned")
