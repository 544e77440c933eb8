"""The command that rehearses a campaign."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from scheduler.base.logs import configure_logs
from scheduler.commands.common import ConfigOption, JsonOption, LangOption, language, print_json, told
from scheduler.commands.screen import out
from scheduler.commands.stretches import RehearsalWish, run, stretches
from scheduler.commands.summary import print_summary, summary_json
from scheduler.drafts.files import configuration

OutboxOption = Annotated[Path, typer.Option("--outbox", help="New folder for the mails, as .eml files.", metavar="DIR")]
FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day. Default: publicada.", metavar="DAY"),
]
ToOption = Annotated[
    datetime | None,
    typer.Option("--to", formats=["%Y-%m-%d"], help="Last day. Default: two after the last event.", metavar="DAY"),
]
ScriptOption = Annotated[
    Path | None, typer.Option("--script", help="What is edited and published on the way (YAML).", metavar="FILE")
]
FeedsOption = Annotated[
    Path | None,
    typer.Option("--feeds", help="Write each edition's public feeds under DIR/<its number>.", metavar="DIR"),
]
LedgerOption = Annotated[
    Path | None,
    typer.Option("--database", help="Keep the ledger here; the same command resumes after a kill.", metavar="FILE"),
]
InvitationsOption = Annotated[
    bool, typer.Option("--invitations", help="As if every post had chosen invitations, not the feed.")
]
PaceOption = Annotated[
    str | None,
    typer.Option("--pace", help="Keep this pace, as 30/min,3, on the simulated clock. Default: none.",
                 metavar="N/min,C"),
]  # fmt: skip


def rehearse_command(
    outbox: OutboxOption,
    start: FromOption = None,
    until: ToOption = None,
    script: ScriptOption = None,
    feeds: FeedsOption = None,
    database: LedgerOption = None,
    pace: PaceOption = None,
    invitations: InvitationsOption = False,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Run the whole service on a simulated clock; every mail lands in a folder.

    The mails pass through real SMTP to a server on this machine; nothing leaves it. The files are only read: a script
    edits a copy of them, is checked before anything begins, and is published at the hours that it says.
    """
    configure_logs(level=40)
    with told(lang) as settings:
        wanted = RehearsalWish(
            config=configuration(config, settings).folder,
            script=script,
            start=start,
            until=until,
            base_url=settings.own_address,
            pace=pace,
            invitations=invitations,
            feeds=feeds,
        )
        spoken = language(lang, settings)
        summary = run(wanted, stretches(wanted), database, outbox, spoken)
        if as_json:
            print_json(summary_json(summary))
        else:
            print_summary(out(), summary, spoken)
