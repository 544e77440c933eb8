"""`agenda`: the command line, put together from scheduler/commands/."""

from __future__ import annotations

import typer

from scheduler.commands import (
    answers,
    databases,
    deciding,
    deliveries,
    diff,
    editing,
    editions,
    handover,
    impact,
    inbox,
    operating,
    quarantine,
    rehearsing,
    running,
    serving,
    suppressions,
    tokens,
)

app = typer.Typer(
    name="agenda",
    help="One agenda of events; every consular site gets it at its own local time.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    add_completion=False,
)
EDITING, RUNNING, OPERATING = "Edit and publish", "Run", "Operate"
app.command(name="check", rich_help_panel=EDITING)(editing.check)
app.command(name="show", rich_help_panel=EDITING)(editing.show)
app.command(name="schema", rich_help_panel=EDITING)(editing.schema)
app.command(name="publish", rich_help_panel=EDITING)(editing.publish_command)
app.command(name="diff", rich_help_panel=EDITING)(diff.diff)
app.command(name="impact", rich_help_panel=EDITING)(impact.impact)
app.command(name="editions", rich_help_panel=EDITING)(editions.editions_command)
app.command(name="rollback", rich_help_panel=EDITING)(editions.rollback)
app.command(name="export", rich_help_panel=EDITING)(editing.export)
app.command(name="rehearse", rich_help_panel=RUNNING)(rehearsing.rehearse_command)
app.command(name="demo", rich_help_panel=RUNNING)(running.demo)
app.command(name="serve", rich_help_panel=RUNNING)(serving.serve_command)
app.command(name="web", rich_help_panel=RUNNING)(serving.web)
app.command(name="worker", rich_help_panel=RUNNING)(serving.worker)
app.command(name="status", rich_help_panel=OPERATING)(operating.status_command)
app.command(name="answers", rich_help_panel=OPERATING)(answers.answers)
app.command(name="doctor", rich_help_panel=OPERATING)(operating.doctor)
app.command(name="send-test", rich_help_panel=OPERATING)(operating.send_test)
app.command(name="stop", rich_help_panel=OPERATING)(operating.stop)
app.command(name="resume", rich_help_panel=OPERATING)(operating.resume)
app.command(name="migrate", rich_help_panel=OPERATING)(databases.migrate)
app.command(name="copy-database", rich_help_panel=OPERATING)(databases.copy_database)
app.command(name="adopt", rich_help_panel=OPERATING)(databases.adopt)
for decide in (deciding.hold, deciding.release, deciding.retry, deciding.drop):
    deliveries.app.command()(decide)
app.add_typer(deliveries.app, name="deliveries", rich_help_panel=OPERATING)
app.command(name="inbox", rich_help_panel=OPERATING)(inbox.inbox)
app.command(name="quarantine", rich_help_panel=OPERATING)(quarantine.quarantine)
app.add_typer(suppressions.suppressions, name="suppressions", rich_help_panel=OPERATING)
app.command(name="handover", rich_help_panel=OPERATING)(handover.handover)
app.command(name="token", rich_help_panel=OPERATING)(tokens.token)


def main() -> None:
    """Entry point of the `agenda` command."""
    app()
