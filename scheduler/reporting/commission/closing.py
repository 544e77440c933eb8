"""Closing a report: its figures and documents are kept under the next number, and said again word for word."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language
from scheduler.base.refusal import EnvironmentRefusal, Refusal
from scheduler.printing import as_json
from scheduler.printing.blocks import Document
from scheduler.reporting.commission.figures import CommissionFigures, figures_json
from scheduler.reporting.commission.informe import informe
from scheduler.store.audit import chain
from scheduler.store.audit.chain import Head
from scheduler.store.audit.deeds import Deed, Via, What
from scheduler.store.reports import closed
from scheduler.store.reports.closed import ClosedReport, ReportLine

NO_REASON = Phrase("Say why the report is closed.")
NO_REPORT = Phrase("There is no closed report {number}. There are: {known}.")
NONE_CLOSED = Phrase("There is no closed report {number}: none has been closed yet.")
TAMPERED = Phrase(
    "Report {number} is no longer what was closed: somebody changed it in the database. Look for it in a backup."
)


class NoSuchReport(Refusal):
    """No report was closed under that number."""

    status = 404


class NotAsClosed(EnvironmentRefusal):
    """What is kept is not what was closed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Closing:
    """Who closes a report, and why."""

    who: str  # for the audit
    author: str  # as lists name them
    reason: str
    via: Via = Via.COMMAND
    corrects: int | None = None  # an earlier one, in whose place it is


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedNow:
    """What came of closing."""

    report: ClosedReport
    head: Head  # of the audit's row that tells of it


def close(connection: Connection, found: CommissionFigures, closing: Closing, at: datetime) -> ClosedNow:
    """Keep what was gathered under the next number, in a transaction that writes; `at` is an instant, UTC.

    Raises Refusal without a reason, and NoSuchReport where there is none that it could correct.
    """
    refuse_unready(connection, closing)
    number = closed.next_number(connection)
    made = {language: informe(found, language, number, closing.corrects) for language in LANGUAGES}
    figures = json.dumps(figures_json(found), ensure_ascii=False, separators=(",", ":"))
    bodies = {language: as_json.write(document) for language, document in made.items()}
    line = ReportLine(
        number=number,
        at=at,
        author=closing.author,
        reason=closing.reason.strip(),
        commitment=found.head.commitment,
        edition=found.head.edition,
        corrects=closing.corrects,
        digest=closed.digest_of(figures, bodies),
    )
    report = ClosedReport(line=line, figures=figures, documents=bodies)
    closed.keep(connection, report)
    deed = Deed(
        who=closing.who,
        what=What.REPORT_CLOSED,
        via=closing.via,
        subject=str(number),
        details={"edition": line.edition, "digest": line.digest, "corrects": closing.corrects or 0},
        reason=line.reason,
    )
    return ClosedNow(report=report, head=chain.record(connection, deed, at))


def refuse_unready(connection: Connection, closing: Closing) -> None:
    """Raises what `close` would, before anything is made for it."""
    if not closing.reason.strip():
        raise Refusal(NO_REASON)
    if closing.corrects is not None:
        kept(connection, closing.corrects)


def kept(connection: Connection, number: int) -> ClosedReport:
    """A closed report, as it was closed. Raises NoSuchReport, and NotAsClosed for one that was changed since."""
    found = closed.find(connection, number)
    if found is None:
        known = ", ".join(str(one.number) for one in closed.listed(connection))
        raise NoSuchReport(NO_REPORT, number=number, known=known) if known else NoSuchReport(NONE_CLOSED, number=number)
    if not found.whole:
        raise NotAsClosed(TAMPERED, number=number)
    return found


def document_of(report: ClosedReport, language: Language) -> Document:
    """In that language; of a language that the program did not have then, the English one."""
    return as_json.read(report.documents.get(language) or report.documents["en"])


def figures_of(report: ClosedReport) -> dict[str, object]:
    """For `--format json`."""
    found: dict[str, object] = json.loads(report.figures)
    return found
