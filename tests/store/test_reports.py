"""Closed reports, on both databases: numbered in turn, found as they were closed; what changed since is seen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import update

from scheduler.store.database import Database
from scheduler.store.reports import closed
from scheduler.store.reports.closed import ClosedReport, ReportLine, digest_of
from scheduler.store.reports.tables import closed_documents, closed_reports
from tests.support.ledger import PUBLISHED, draft, put

pytestmark = pytest.mark.conformance
DOCUMENTS = {"es": '{"title": "Informe"}', "en": '{"title": "Report"}'}


def report(number: int, corrects: int | None = None) -> ClosedReport:
    line = ReportLine(
        number=number,
        at=PUBLISHED + timedelta(days=number),
        author="M. R.",
        reason="Tercera sesión",
        commitment="compromiso-04-2021",
        edition=1,
        corrects=corrects,
        digest=digest_of("{}", DOCUMENTS),
    )
    return ClosedReport(line=line, figures="{}", documents=DOCUMENTS)


def test_reports_are_numbered_from_one_and_found_as_they_were_kept(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        assert closed.next_number(connection) == 1
        closed.keep(connection, report(1))
        assert closed.next_number(connection) == 2
        closed.keep(connection, report(2, corrects=1))
    with database.read() as connection:
        assert closed.find(connection, 1) == report(1)
        assert closed.find(connection, 2) == report(2, corrects=1)
        assert closed.find(connection, 3) is None
        assert closed.listed(connection) == [report(1).line, report(2, corrects=1).line]


def test_what_was_changed_since_is_told_from_what_was_closed(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        closed.keep(connection, report(1))
        closed.keep(connection, report(2))
        other = update(closed_documents).where(closed_documents.c.report == 1, closed_documents.c.language == "en")
        connection.execute(other.values(body='{"title": "Rapport"}'))
        connection.execute(update(closed_reports).where(closed_reports.c.number == 2).values(figures='{"told": 1}'))
    with database.read() as connection:
        found = [closed.find(connection, number) for number in (1, 2)]
    assert [one is not None and one.whole for one in found] == [False, False]


def test_a_digest_is_of_figures_and_documents_in_whatever_order() -> None:
    assert digest_of("{}", DOCUMENTS) == digest_of("{}", dict(reversed(DOCUMENTS.items())))
    assert digest_of("{}", DOCUMENTS) != digest_of("{ }", DOCUMENTS)
    assert digest_of("{}", DOCUMENTS) != digest_of("{}", {"es": DOCUMENTS["es"]})
