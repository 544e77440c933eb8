"""`agenda`: the command line. The commands lie in scheduler/commands/; each is loaded when it is called by its name."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any, NamedTuple

import typer

from scheduler.base.terminal import say_what_can_be_said
from scheduler.commands.helping import SpokenGroup, speak

EDITING, RUNNING, OPERATING = "Edit and publish", "Run", "Operate"


class Command(NamedTuple):
    """Where a command lies, and what `agenda --help` says of it: the first paragraph of its own help."""

    name: str
    place: str  # module of scheduler/commands, and what it has there: a function, or a group of commands
    panel: str
    summary: str


COMMANDS = (
    Command(
        "new",
        "new.new",
        EDITING,
        "Make a folder with a new agenda: a commented skeleton, or last year's for another year. Nothing is written "
        "over.",
    ),
    Command(
        "check",
        "check.check",
        EDITING,
        "Validate the draft; nothing is written.",
    ),
    Command(
        "show",
        "show.show",
        EDITING,
        "Show the draft's events, in Mexico City time and at a site; or the days off of its sites.",
    ),
    Command(
        "schema",
        "check.schema",
        EDITING,
        "Print the JSON schema of agenda.yaml, with which editors complete and check while typing.",
    ),
    Command(
        "publish",
        "publish.publish_command",
        EDITING,
        "Put the draft in force: a new edition, its feeds and its reminders.",
    ),
    Command(
        "diff",
        "diff.diff",
        EDITING,
        "Say what the draft changes, by meaning, with the line in the file. Nothing is written.",
    ),
    Command(
        "impact",
        "impact.impact",
        EDITING,
        "Say what publishing the draft now would do: calendars, people, mails and their local hours. "
        "Nothing is written.",
    ),
    Command(
        "editions",
        "editions.editions_command",
        EDITING,
        "List what was published: when, by whom, why, and what it changed. Joining links are not compared.",
    ),
    Command(
        "rollback",
        "editions.rollback",
        EDITING,
        "Put the content of an earlier edition in force again, as a new edition: SEQUENCE goes on, and never back.",
    ),
    Command(
        "export",
        "export.export",
        EDITING,
        "Write every public feed as a static file, the very bytes that `agenda serve` serves.",
    ),
    Command(
        "rehearse",
        "rehearsing.rehearse_command",
        RUNNING,
        "Run the whole service on a simulated clock; every mail lands in a folder.",
    ),
    Command(
        "demo",
        "running.demo",
        RUNNING,
        "Rehearse the agenda, then serve its feeds, index page and outbox. The place to start.",
    ),
    Command(
        "serve",
        "serve.serve_command",
        RUNNING,
        "Serve feeds and pages and send reminders, all in one process.",
    ),
    Command(
        "desk",
        "desk.desk",
        EDITING,
        "Open the desk on this machine: edit, see what would happen, publish. No account is needed.",
    ),
    Command(
        "web",
        "web.web",
        RUNNING,
        "Serve feeds and pages only; any number of these, beside `agenda worker`, over one PostgreSQL database.",
    ),
    Command(
        "worker",
        "worker.worker",
        RUNNING,
        "Send mail only; any number of these, on any machines, over one PostgreSQL database.",
    ),
    Command(
        "status",
        "status.status_command",
        OPERATING,
        "Say what is wrong, in one screen: alerts, edition, draft, today's mail.",
    ),
    Command(
        "answers",
        "answers.answers",
        OPERATING,
        "Say who comes: yes, no, maybe, silent, at another session; the sites with nobody, and what a rule "
        "still lacks.",
    ),
    Command(
        "heard",
        "heard.heard",
        OPERATING,
        "Say who has not heard, site by site: of an event as it stands, or of what an edition changed.",
    ),
    Command(
        "report",
        "report.report",
        OPERATING,
        "Write the report to the commission: what was held, who was told, answered and came, each figure with its "
        "meaning.",
    ),
    Command(
        "remind",
        "remind.remind",
        OPERATING,
        "Ask by one mail, once, who has not said whether they come to EVENT. Addresses that are bad, pauses and the "
        "pace are kept to.",
    ),
    Command(
        "attendance",
        "attendance.attendance",
        OPERATING,
        "Record who came to EVENT, from the meeting program's FILEs or by hand; without FILE, say what is known.",
    ),
    Command(
        "doctor",
        "doctor.doctor",
        OPERATING,
        "Say whether this installation is fit to run: zone data, SQLite, mail server, secrets, clock.",
    ),
    Command(
        "send-test",
        "send_test.send_test",
        OPERATING,
        "Send one real mail to this address only, through the configured relay.",
    ),
    Command(
        "stop",
        "brake.stop",
        OPERATING,
        "Stop all sending: no further MAIL FROM leaves, on any node.",
    ),
    Command(
        "resume",
        "brake.resume",
        OPERATING,
        "Let sending go on. What is past its use stays unsent.",
    ),
    Command(
        "users",
        "users.app",
        OPERATING,
        "Who may use the desk: list, invite, give roles, end sessions, remove. The first administrator is made here.",
    ),
    Command(
        "migrate",
        "databases.migrate",
        OPERATING,
        "Make the tables of the database, or bring those of an earlier version up to date. Doing it twice is harmless.",
    ),
    Command(
        "copy-database",
        "databases.copy_database",
        OPERATING,
        "Copy ledger, editions, recipients, tokens and all else into an empty database, as from SQLite to PostgreSQL.",
    ),
    Command(
        "backup",
        "backup.backup",
        OPERATING,
        "Copy the SQLite database into one file, while everything runs, and verify the copy.",
    ),
    Command(
        "restore",
        "backup.restore",
        OPERATING,
        "Put a backup in the place of the SQLite database. What was there is kept beside it, under another name.",
    ),
    Command(
        "adopt",
        "databases.adopt",
        OPERATING,
        "Let this installation send from a database that was copied or restored.",
    ),
    Command(
        "deliveries",
        "deciding.app",
        OPERATING,
        "List deliveries as they fell due, and decide what is to become of them. Addresses are not shown.",
    ),
    Command(
        "inbox",
        "inbox.inbox",
        OPERATING,
        "Take in what came back: bounces and answers count, automatic replies are ignored, nothing is ever answered.",
    ),
    Command(
        "quarantine",
        "quarantine.quarantine",
        OPERATING,
        "The messages of the last month that `agenda inbox` set aside: when, from where, why, how large.",
    ),
    Command(
        "suppressions",
        "suppressions.suppressions",
        OPERATING,
        "List the posts whose address counts as bad, and lift that.",
    ),
    Command(
        "handover",
        "handover.handover",
        OPERATING,
        "Hand a post over to a successor: its reminders, notices and answers go on, under another address.",
    ),
    Command(
        "audit",
        "audit.audit",
        OPERATING,
        "Who did what, when and why: by command, at the desk, by the service itself. Nobody can change it unseen.",
    ),
    Command(
        "evidence",
        "evidence.evidence",
        OPERATING,
        "Write what an auditor needs to a folder: editions, notices, attempts, answers, audit, with a manifest.",
    ),
    Command(
        "roll-call",
        "roll_call.roll_call",
        OPERATING,
        "Ask every post, by one mail, whether it arrives, whether its clock agrees and who reads it now.",
    ),
    Command(
        "token",
        "tokens.token",
        OPERATING,
        "Make an address of a site's staff feed, which carries the joining links; list them; end one.",
    ),
)
_PLACES = {command.name: command.place for command in COMMANDS}


class _ByName(SpokenGroup):
    """Lists the commands by what the table says of them, and loads the one that is called."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        name, listed, rest = super().resolve_command(ctx, args)
        if name is None:
            return name, listed, rest
        found = loaded(name)
        speak(found, self.language)
        return name, found, rest


def loaded(name: str) -> Any:
    """The command of that name, from its module."""
    module, _, attribute = _PLACES[name].partition(".")
    found = getattr(import_module(f"scheduler.commands.{module}"), attribute)
    if not isinstance(found, typer.Typer):
        alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode="rich")
        alone.command(name=name)(found)
        found = alone
    return typer.main.get_command(found)


app = typer.Typer(
    name="agenda",
    cls=_ByName,
    help="One agenda of events; every consular site gets it at its own local time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    add_completion=False,
)


def _listed() -> Callable[[], None]:
    def stands_for_a_command_that_is_not_loaded() -> None:
        raise AssertionError("the group loads a command before it calls it")

    return stands_for_a_command_that_is_not_loaded


for _command in COMMANDS:
    app.command(name=_command.name, help=_command.summary, rich_help_panel=_command.panel)(_listed())


def main() -> None:
    """Entry point of the `agenda` command."""
    say_what_can_be_said(sys.stdout, sys.stderr)
    app()
