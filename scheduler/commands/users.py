"""`agenda users`: who may use the desk."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import Refusal, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import AuthorOption, JsonOption, LangOption, author_of, language, print_json, told
from scheduler.commands.screen import out
from scheduler.installation.database import existing_database
from scheduler.people.accounts import AccountActs, IssuedLink
from scheduler.store import editions
from scheduler.store.accounts import register, sessions
from scheduler.store.accounts.register import Account
from scheduler.store.accounts.roles import DeskRole, Grant, in_order
from scheduler.store.accounts.sessions import DeskSession
from scheduler.store.database import Database
from scheduler.wording.roles import granted

AccountArgument = Annotated[str, typer.Argument(help="Email address of the account, or its id.", metavar="ADDRESS")]
RoleOption = Annotated[
    list[DeskRole] | None,
    typer.Option("--role", help="What the person may do; may be repeated. Each role lets one see, too."),
]
RegionOption = Annotated[
    list[str] | None,
    typer.Option(
        "--region",
        help="Id of the region where that holds; may be repeated. Default: in all. People are managed in all.",
        metavar="ID",
    ),
]

HEADINGS = Phrase("Id|Address|Name|Roles|State|Last sign-in (UTC)")
SESSION_HEADINGS = Phrase("Id|Browser|Since (UTC)|Last used (UTC)")
NOBODY_YET = Phrase("Nobody has an account yet. The first one: agenda users invite ADDRESS --role people --name NAME")
NO_SESSIONS = Phrase("{address} is not signed in anywhere.")
NO_ACCOUNT = Phrase("there is no account “{wanted}”; agenda users shows them")
NO_ROLE = Phrase("say at least one --role: {roles}")
INVITED = Phrase(
    "Account of {address}: {roles}.\nSend this link to that person, and to nobody else: whoever opens it chooses the "
    "password. It works once, until {until} UTC, and is not shown again.\n  {link}"
)
LINKED = Phrase(
    "Send this link to {address}, and to nobody else: whoever opens it chooses the password. It works once, until "
    "{until} UTC, and is not shown again. Until then the present password is good.\n  {link}"
)
ELSEWHERE = Phrase("AGENDA_BASE_URL is not set: this link works on this machine only.")
DESK_OFF = Phrase("The desk is off: it is served by `agenda serve` with AGENDA_DESK=on.")
CHANGED = Phrase("{address}: {roles}.")
REMOVED = Phrase("Removed: {address}. Its sessions have ended; name and address are kept nowhere here.")
ENDED = Phrase("{n} {n:session|sessions} of {address} ended.")
STATES = {
    True: Phrase("active"),
    False: Phrase("invited"),
}

app = typer.Typer(no_args_is_help=False, add_completion=False, pretty_exceptions_enable=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class _UsersCall:
    """What each command of the group stands on."""

    settings: Settings
    database: Database
    language: Language
    author: str | None

    @property
    def acts(self) -> AccountActs:
        return AccountActs(database=self.database, by=author_of(self.author), now=SystemClock().now())

    def account(self, wanted: str) -> Account:
        """By its address or its id. Raises Refusal."""
        with self.database.read() as connection:
            known = register.listed(connection)
        plain = register.folded(wanted)
        found = next((one for one in known if plain in (one.id, register.folded(one.address))), None)
        if found is None:
            raise Refusal(NO_ACCOUNT, wanted=wanted)
        return found

    def roles(self, account: Account) -> str:
        with self.database.read() as connection:
            found = editions.load(connection)
        regions = () if found is None else found.edition.agenda.regions
        names = {region.id: region.name[self.language] for region in regions}
        return "; ".join(granted(account.grants, names, self.language))


@contextmanager
def _called(lang: str | None, author: str | None = None) -> Iterator[_UsersCall]:
    configure_logs(level=logging.WARNING)
    with told(lang) as settings, existing_database(settings) as database:
        yield _UsersCall(settings=settings, database=database, language=language(lang, settings), author=author)


def users(context: typer.Context, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """Who may use the desk: list, invite, give roles, end sessions, remove. The first administrator is made here.

    For example: agenda users invite ana@agenda.example --name "Ana Prueba" --role people --role publish
    """
    if context.invoked_subcommand is None:
        _list(lang, as_json=as_json)


def list_users(lang: LangOption = None, as_json: JsonOption = False) -> None:
    """List the accounts: address, roles, whether the invitation was accepted, last sign-in."""
    _list(lang, as_json=as_json)


def invite(
    address: Annotated[str, typer.Argument(help="Email address that the person signs in with.", metavar="ADDRESS")],
    role: RoleOption = None,
    region: RegionOption = None,
    name: Annotated[str, typer.Option("--name", help="The person's name, as it stands with what they publish.")] = "",
    author: AuthorOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Make an account, and print the link by which its owner chooses a password. It works once, for seven days."""
    with _called(lang, author) as called:
        made = called.acts.invite(address, name, _grants(role, region))
        _print_link(called, made, INVITED, as_json=as_json)


def reset(
    account: AccountArgument, author: AuthorOption = None, lang: LangOption = None, as_json: JsonOption = False
) -> None:
    """Print a link by which a forgotten password is chosen anew: once, within a day. Or a lost invitation again."""
    with _called(lang, author) as called:
        known = called.account(account)
        made = called.acts.relink(known.id)
        _print_link(called, made, LINKED if known.accepted else INVITED, as_json=as_json)


def roles(
    account: AccountArgument,
    role: RoleOption = None,
    region: RegionOption = None,
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """Give these roles in place of those that the account has."""
    with _called(lang, author) as called:
        changed = called.acts.grant(called.account(account).id, _grants(role, region))
        typer.echo(CHANGED.say(called.language, address=changed.address, roles=called.roles(changed)))


def remove(account: AccountArgument, author: AuthorOption = None, lang: LangOption = None) -> None:
    """Remove an account and all that is kept of it; its sessions end at once."""
    with _called(lang, author) as called:
        gone = called.acts.remove(called.account(account).id)
        typer.echo(REMOVED.say(called.language, address=gone.address))


def list_sessions(account: AccountArgument, lang: LangOption = None, as_json: JsonOption = False) -> None:
    """List where an account is signed in: browser, since when, last used when."""
    with _called(lang) as called:
        known = called.account(account)
        with called.database.read() as connection:
            found = sessions.listed(connection, known.id, SystemClock().now())
        if as_json:
            print_json([_session_json(one) for one in found])
        elif not found:
            typer.echo(NO_SESSIONS.say(called.language, address=known.address))
        else:
            table = Table(*SESSION_HEADINGS[called.language].split("|"))
            for one in found:
                table.add_row(one.id, one.client, _moment(one.began_at), _moment(one.seen_at))
            out().print(table)


def end(
    account: AccountArgument,
    session: Annotated[
        str | None, typer.Argument(help="Id of one session; without it, all of the account end.", metavar="[SESSION]")
    ] = None,
    author: AuthorOption = None,
    lang: LangOption = None,
) -> None:
    """End one session of an account, or all of them."""
    with _called(lang, author) as called:
        known, ended = called.account(account), 1
        if session is None:
            ended = called.acts.end_sessions(known.id)
        else:
            called.acts.end_session(known.id, session)
        typer.echo(ENDED.say(called.language, n=ended, address=known.address))


def _grants(chosen: Sequence[DeskRole] | None, regions: Sequence[str] | None) -> frozenset[Grant]:
    """Each role in each region; people are managed everywhere, whatever region is named beside it."""
    if not chosen:
        raise UsageRefusal(NO_ROLE, roles=", ".join(DeskRole))
    where: Sequence[str | None] = regions or (None,)
    return frozenset(
        Grant(role=role, region=one) for role in chosen for one in ((None,) if role is DeskRole.PEOPLE else where)
    )


def _print_link(called: _UsersCall, made: IssuedLink, said: Phrase, *, as_json: bool) -> None:
    link = f"{called.settings.own_address}{made.path}"
    if as_json:
        print_json({"id": made.account.id, "address": made.account.address, "link": link, "until": made.until})
        return
    told_of = {"address": made.account.address, "roles": called.roles(made.account), "until": _moment(made.until)}
    typer.echo(said.say(called.language, link=link, **told_of))
    if called.settings.base_url is None:
        typer.echo(ELSEWHERE[called.language], err=True)
    if not called.settings.desk:
        typer.echo(DESK_OFF[called.language], err=True)


def _list(lang: str | None, *, as_json: bool) -> None:
    with _called(lang) as called:
        with called.database.read() as connection:
            known = register.listed(connection)
        if as_json:
            print_json([_account_json(one) for one in known])
        elif not known:
            typer.echo(NOBODY_YET[called.language])
        else:
            out().print(_table(called, known))


def _table(called: _UsersCall, known: Sequence[Account]) -> Table:
    table = Table(*HEADINGS[called.language].split("|"))
    for one in known:
        state, last = STATES[one.accepted][called.language], _moment(one.signed_in_at)
        table.add_row(one.id, escape(one.address), escape(one.name), escape(called.roles(one)), state, last)
    return table


def _account_json(one: Account) -> dict[str, object]:
    return {
        "id": one.id,
        "address": one.address,
        "name": one.name,
        "roles": [{"role": grant.role.value, "region": grant.region} for grant in in_order(one.grants)],
        "accepted": one.accepted,
        "made_at": one.made_at.isoformat(),
        "signed_in_at": one.signed_in_at and one.signed_in_at.isoformat(),
        "link_until": one.link_until and one.link_until.isoformat(),
    }


def _session_json(one: DeskSession) -> dict[str, object]:
    moments = {"began_at": one.began_at.isoformat(), "seen_at": one.seen_at.isoformat()}
    return {"id": one.id, "browser": one.client, **moments}


def _moment(at: datetime | None) -> str:
    return "—" if at is None else f"{at:%Y-%m-%d %H:%M}"


_COMMANDS: Mapping[str, Callable[..., None]] = {
    "list": list_users,
    "invite": invite,
    "reset": reset,
    "roles": roles,
    "remove": remove,
    "sessions": list_sessions,
    "end": end,
}
app.callback(invoke_without_command=True)(users)
for _name, _command in _COMMANDS.items():
    app.command(_name)(_command)
