"""`agenda report`: the report to the commission, in every format; and closing one."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.box import SIMPLE_HEAD
from rich.markup import escape
from rich.table import Table
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import Refusal, UsageRefusal
from scheduler.commands.common import AuthorOption, JsonOption, LangOption, author_of, language, print_json, told
from scheduler.commands.packing import asked_for, packed
from scheduler.commands.screen import err, out
from scheduler.installation.database import existing_database
from scheduler.installation.edition import edition_in_force
from scheduler.reporting.audited import zone_of_audit
from scheduler.reporting.commission.closing import (
    Closing,
    close,
    document_of,
    figures_of,
    kept,
    refuse_unready,
)
from scheduler.reporting.commission.figures import CommissionFigures, figures_json
from scheduler.reporting.commission.gather import ReportWanted, commitments, gather
from scheduler.reporting.commission.informe import informe
from scheduler.reporting.commission.method import NO_EVIDENCE
from scheduler.reporting.commission.printed import PrintedReport, ReportFormat, file_name, printed
from scheduler.store.database import Database
from scheduler.store.reports import closed
from scheduler.store.reports.closed import ReportLine

HEADINGS = Phrase("No.|Closed|By|Why|Edition|Corrects|Digest")
NONE = Phrase("No report has been closed yet: agenda report --close REASON")
GATHERING = Phrase("Gathering the figures …")
WRITTEN = Phrase("The report is in {file}.")
CLOSED = Phrase("Report {number} is closed: {digest}")
HEAD = Phrase("Head of the list of who did what: {head}. Keep it with the report.")
EVIDENCE = Phrase("Pack of evidence: {head}, of {moment}.")
AGAIN = Phrase("It can be printed again, word for word: agenda report --number {number} --format pdf")
THERE = Phrase("{file} is already there, and nothing was written over it: name another with --output, or add --force")
LIST_ALONE = Phrase("--list goes alone, or with --json")
NUMBER_ALONE = Phrase("--number prints what was closed: it does not go with --close, --corrects or --commitment")
CORRECTS_WHAT = Phrase("--corrects goes with --close: a correction is a new report that is closed too")
EVIDENCE_OF_WHAT = Phrase("--evidence goes with --close: it makes the pack that the closed report names")
JSON_OF_LIST = Phrase("--json is for --list; the report itself as JSON: --format json")
_SHOWN = 12  # signs of a digest in a list
STDOUT = "-"

CommitmentOption = Annotated[
    str, typer.Option("--commitment", help="Report on this commitment only, as 04/2021.", metavar="ID")
]
FormatOption = Annotated[ReportFormat, typer.Option("--format", help="Format of the file.")]
OutputOption = Annotated[
    str | None,
    typer.Option("--output", help="File or folder; - is standard output. Default: a file here.", metavar="PATH"),
]
ForceOption = Annotated[bool, typer.Option("--force", help="Write over a file of that name.")]
CloseOption = Annotated[
    str | None, typer.Option("--close", help="Close it under the next number, for this reason.", metavar="REASON")
]
NumberOption = Annotated[
    int | None, typer.Option("--number", help="Print this closed report again, word for word.", min=1, metavar="N")
]
CorrectsOption = Annotated[
    int | None, typer.Option("--corrects", help="With --close: it corrects this earlier one.", min=1, metavar="N")
]
EvidenceOption = Annotated[
    Path | None,
    typer.Option("--evidence", help="With --close: first a pack of evidence there, which it names.", metavar="DIR"),
]
ListOption = Annotated[bool, typer.Option("--list", help="List the reports that were closed.")]


@dataclass(frozen=True, kw_only=True, slots=True)
class _Target:
    """Where the file goes."""

    form: ReportFormat
    output: str | None
    force: bool

    def path(self, lang: Language, number: int | None) -> Path | None:
        """None: standard output. Raises Refusal rather than write over a file."""
        if self.output == STDOUT:
            return None
        named = Path(self.output or ".")
        path = named / file_name(lang, self.form, number) if named.is_dir() else named
        if path.exists() and not self.force:
            raise Refusal(THERE, file=path)
        return path

    def write(self, report: PrintedReport, path: Path | None) -> None:
        if path is None:
            sys.stdout.buffer.write(report.octets)
            sys.stdout.flush()
        else:
            path.write_bytes(report.octets)


def report(
    commitment: CommitmentOption = "",
    form: FormatOption = ReportFormat.HTML,
    output: OutputOption = None,
    force: ForceOption = False,
    closing: CloseOption = None,
    number: NumberOption = None,
    corrects: CorrectsOption = None,
    evidence: EvidenceOption = None,
    listing: ListOption = False,
    author: AuthorOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write the report to the commission: what was held, who was told, answered and came, each figure with its meaning.

    For example: agenda report --format pdf

    --close freezes it with its figures and editions under a number; --number prints it again, word for word, whatever
    was erased since. A correction is a new one that names the old: --close REASON --corrects 3. No address, no name and
    no link stands in it.
    """
    with told(lang) as settings:
        _refuse_mixed(closing, number, corrects, commitment, listing=listing, as_json=as_json)
        _refuse_without_closing(closing, corrects, evidence)
        spoken, target = language(lang, settings), _Target(form=form, output=output, force=force)
        with existing_database(settings) as database:
            if listing:
                _list(database, spoken, as_json=as_json)
            elif number is not None:
                _again(database, number, target, spoken)
            elif closing is not None:
                name = author_of(author, spoken)
                deed = Closing(who=name, author=name, reason=closing, corrects=corrects)
                if evidence is not None:
                    _refuse_early(database, commitment, deed, target, spoken)
                    packed(database, settings, evidence, asked_for(deed.who, deed.reason), spoken)
                _close(database, commitment, deed, target, spoken)
            else:
                _now(database, commitment, target, spoken)


def _refuse_mixed(
    closing: str | None, number: int | None, corrects: int | None, commitment: str, *, listing: bool, as_json: bool
) -> None:
    acting = closing is not None or corrects is not None or bool(commitment)
    if listing and (acting or number is not None):
        raise UsageRefusal(LIST_ALONE)
    if number is not None and acting:
        raise UsageRefusal(NUMBER_ALONE)
    if as_json and not listing:
        raise UsageRefusal(JSON_OF_LIST)


def _refuse_without_closing(closing: str | None, corrects: int | None, evidence: Path | None) -> None:
    if closing is None and corrects is not None:
        raise UsageRefusal(CORRECTS_WHAT)
    if closing is None and evidence is not None:
        raise UsageRefusal(EVIDENCE_OF_WHAT)


def _gathered(database: Database, commitment: str, at: datetime, lang: Language) -> CommissionFigures:
    with err().status(GATHERING[lang]), database.read() as connection:
        return gather(connection, edition_in_force(connection), ReportWanted(at=at, commitment=commitment))


def _refuse_unknown(connection: Connection, commitment: str) -> None:
    """What a report is asked about comes before where its file goes. Raises UsageRefusal; NothingPublished."""
    commitments(edition_in_force(connection).edition.agenda, commitment)


def _now(database: Database, commitment: str, target: _Target, lang: Language) -> None:
    with database.read() as connection:
        _refuse_unknown(connection, commitment)
    path = target.path(lang, None)
    found = _gathered(database, commitment, SystemClock().now(), lang)
    target.write(printed(informe(found, lang), figures_json(found), target.form), path)
    _say_where(path, lang)


def _again(database: Database, number: int, target: _Target, lang: Language) -> None:
    with database.read() as connection:
        found = kept(connection, number)
    path = target.path(lang, number)
    target.write(printed(document_of(found, lang), figures_of(found), target.form, number), path)
    _say_where(path, lang)


def _refuse_early(database: Database, commitment: str, closing: Closing, target: _Target, lang: Language) -> None:
    """Before a pack is made that the report is to name: none is for one that could not be closed."""
    with database.read() as connection:
        refuse_unready(connection, closing)
        _refuse_unknown(connection, commitment)
        target.path(lang, closed.next_number(connection))


def _close(database: Database, commitment: str, closing: Closing, target: _Target, lang: Language) -> None:
    """The figures are gathered before anybody has to wait, and the file is printed before anything is kept."""
    at = SystemClock().now()
    found = _gathered(database, commitment, at, lang)
    with database.write() as connection:
        number = closed.next_number(connection)
        path = target.path(lang, number)
        made = close(connection, found, closing, at)
        file = printed(document_of(made.report, lang), figures_of(made.report), target.form, number)
    target.write(file, path)
    _say_where(path, lang)
    for line in (
        CLOSED.say(lang, number=number, digest=made.report.line.digest),
        HEAD.say(lang, head=made.head),
        _evidence(found, lang),
        AGAIN.say(lang, number=number),
    ):
        typer.echo(line, err=True)


def _evidence(found: CommissionFigures, lang: Language) -> str:
    pack = found.head.evidence
    if pack is None:
        return NO_EVIDENCE[lang]
    return EVIDENCE.say(lang, head=pack.head, moment=f"{to_wall(pack.at, found.head.zone):%Y-%m-%d %H:%M}")


def _say_where(path: Path | None, lang: Language) -> None:
    if path is not None:
        typer.echo(WRITTEN.say(lang, file=path))


def _list(database: Database, lang: Language, *, as_json: bool) -> None:
    with database.read() as connection:
        found, zone = closed.listed(connection), zone_of_audit(connection)
    if as_json:
        print_json([_json(one) for one in found])
    elif found:
        out().print(_table(found, zone, lang))
    else:
        typer.echo(NONE[lang])


def _table(found: Sequence[ReportLine], zone: str, lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"), box=SIMPLE_HEAD, padding=(0, 1, 0, 0))
    for one in found:
        corrects = "" if one.corrects is None else str(one.corrects)
        said = f"{to_wall(one.at, zone):%Y-%m-%d %H:%M}", escape(one.author), escape(one.reason)
        table.add_row(str(one.number), *said, str(one.edition), corrects, f"{one.digest[:_SHOWN]}…")
    return table


def _json(one: ReportLine) -> dict[str, object]:
    return {
        "number": one.number,
        "at": one.at.isoformat(),
        "author": one.author,
        "reason": one.reason,
        "commitment": one.commitment or None,
        "edition": one.edition,
        "corrects": one.corrects,
        "digest": one.digest,
    }
