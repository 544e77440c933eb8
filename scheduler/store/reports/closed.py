"""Closed reports: the next number, one as it was closed, all of them. Nothing here changes one.

All functions work in the caller's transaction.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, insert, select

from scheduler.store.reports.tables import closed_documents, closed_reports

_R, _D = closed_reports.c, closed_documents.c


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportLine:
    """A closed report as a list shows it."""

    number: int  # from 1
    at: datetime  # UTC
    author: str
    reason: str
    commitment: str  # Commitment.id; "": of all
    edition: int  # the one in force when it was closed
    corrects: int | None
    digest: str  # SHA-256, hexadecimal, of its figures and documents


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedReport:
    """The whole of it."""

    line: ReportLine
    figures: str  # JSON
    documents: Mapping[str, str]  # language -> JSON of the document

    @property
    def whole(self) -> bool:
        """Is it still what was closed?"""
        return digest_of(self.figures, self.documents) == self.line.digest


def digest_of(figures: str, documents: Mapping[str, str]) -> str:
    """SHA-256 of both, whatever the order in which the languages are given."""
    canonical = json.dumps([figures, dict(documents)], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def next_number(connection: Connection) -> int:
    last: int | None = connection.execute(select(func.max(_R.number))).scalar()
    return (last or 0) + 1


def keep(connection: Connection, report: ClosedReport) -> None:
    """Write one, whose number nobody has yet: the transaction keeps every other `write` away."""
    one = report.line
    connection.execute(
        insert(closed_reports).values(
            number=one.number,
            at=one.at,
            author=one.author,
            reason=one.reason,
            commitment=one.commitment,
            edition=one.edition,
            corrects=one.corrects,
            figures=report.figures,
            digest=one.digest,
        )
    )
    rows = [{"report": one.number, "language": code, "body": body} for code, body in report.documents.items()]
    connection.execute(insert(closed_documents), rows)


def listed(connection: Connection) -> list[ReportLine]:
    """Every closed report, the oldest first."""
    columns = [column for column in _R if column.name != "figures"]
    return [_line(row) for row in connection.execute(select(*columns).order_by(_R.number)).mappings()]


def find(connection: Connection, number: int) -> ClosedReport | None:
    row = connection.execute(select(closed_reports).where(_R.number == number)).mappings().one_or_none()
    if row is None:
        return None
    bodies = connection.execute(select(_D.language, _D.body).where(_D.report == number).order_by(_D.language))
    return ClosedReport(line=_line(row), figures=row["figures"], documents={one.language: one.body for one in bodies})


def _line(row: RowMapping) -> ReportLine:
    names = ("number", "at", "author", "reason", "commitment", "edition", "corrects", "digest")
    return ReportLine(**{name: row[name] for name in names})
