"""The report to the commission: read here, taken along in any format, closed under a number, and had again."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language
from scheduler.base.refusal import Refusal
from scheduler.printing.blocks import Document
from scheduler.reporting.commission.closing import Closing, close, document_of, figures_of, kept
from scheduler.reporting.commission.figures import figures_json
from scheduler.reporting.commission.gather import ReportWanted, gather
from scheduler.reporting.commission.informe import informe
from scheduler.reporting.commission.printed import ReportFormat, printed
from scheduler.store import editions
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.audit.deeds import Via
from scheduler.store.editions import InForce
from scheduler.store.reports import closed
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.bounds import everywhere
from scheduler.web.desk.screens.heard import NothingPublishedYet
from scheduler.web.rendering import MAIL_POLICY
from scheduler.wording.languages import own_name

TITLE = Phrase("Report to the commission")
NOTHING = Phrase("Nothing is published yet: there is nothing to report on.")
MEANWHILE = Phrase(
    "Report {number} has been closed since you opened this page, by {author}: “{reason}”. Nothing was closed now. Look "
    "at that one first; if another is needed, open the page again and close it there."
)
HERE = "/desk/report"
FORMATS = {
    ReportFormat.PDF: Phrase("PDF"),
    ReportFormat.DOCX: Phrase("Word"),
    ReportFormat.XLSX: Phrase("Excel: its tables"),
    ReportFormat.CSV: Phrase("CSV: its tables, in a .zip"),
    ReportFormat.HTML: Phrase("HTML: one page"),
    ReportFormat.JSON: Phrase("JSON: its figures, for programs"),
}


class ClosedMeanwhile(Refusal):
    """Another report has been closed since the form was shown."""

    status = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class ClosedLine:
    """A closed report, as the list shows it."""

    number: int
    moment: str
    author: str
    reason: str
    edition: int
    corrects: int | None
    digest: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Chosen:
    """Which report is wanted: of now, or a closed one."""

    document: Document
    figures: dict[str, object]
    number: int | None


@everywhere(DeskRole.SEE)
def shown(place: Place, asked: Asked) -> Answer:
    """What can be read and taken along; and the reports that were closed."""
    with place.database.read() as connection:
        now = _in_force(editions.load(connection))
        found = closed.listed(connection)
    agenda = now.edition.agenda
    values = {
        "commitments": [(one.id, one.title[asked.language]) for one in agenda.commitments],
        "languages": [(one, own_name(one), one == asked.language) for one in LANGUAGES],
        "formats": [(form.value, words[asked.language]) for form, words in FORMATS.items()],
        "closed": [
            ClosedLine(
                number=one.number,
                moment=moment_in(one.at, agenda.zone, asked.language),
                author=one.author,
                reason=one.reason,
                edition=one.edition,
                corrects=one.corrects,
                digest=one.digest,
            )
            for one in reversed(found)
        ],
        "may_close": asked.person.everywhere(DeskRole.PUBLISH),
        "saved": asked.query.get("saved", ""),
    }
    return screen(asked, "desk/report.html", TITLE[asked.language], values)


@everywhere(DeskRole.SEE)
def page(place: Place, asked: Asked) -> Answer:
    """The report itself, as a page of its own that runs nothing and fetches nothing."""
    found = _chosen(place, asked)
    made = printed(found.document, found.figures, ReportFormat.HTML, found.number)
    return Answer(body=made.octets.decode(), part=True, policy=MAIL_POLICY)


@everywhere(DeskRole.SEE)
def file(place: Place, asked: Asked) -> Answer:
    """The report in a format, to be saved."""
    wanted = asked.query.get("format", "")
    form = next((one for one in ReportFormat if one.value == wanted), ReportFormat.PDF)
    found = _chosen(place, asked)
    made = printed(found.document, found.figures, form, found.number)
    return Answer(file=made.octets, name=made.name, media=made.media)


@everywhere(DeskRole.PUBLISH)
def kept_for_good(place: Place, asked: Asked) -> Answer:
    """Close the report of now."""
    with place.database.read() as connection:
        now = _in_force(editions.load(connection))
        found = gather(connection, now, ReportWanted(at=asked.now, commitment=asked.form.one("commitment")))
    closing = Closing(
        who=asked.who,
        author=asked.by,
        reason=asked.form.one("reason"),
        via=Via.DESK,
        corrects=_number(asked.form.one("corrects")),
    )
    with place.database.write() as connection:
        _refuse_twice(connection, _number(asked.form.one("last")))
        made = close(connection, found, closing, asked.now)
    return go(asked, HERE, saved=str(made.report.line.number))


def _refuse_twice(connection: Connection, last: int | None) -> None:
    """It takes seconds, and a button is pressed twice; what is closed stays. Raises ClosedMeanwhile."""
    newest = max(closed.listed(connection), key=lambda one: one.number, default=None)
    if newest is not None and last is not None and newest.number != last:
        raise ClosedMeanwhile(MEANWHILE, number=newest.number, author=newest.author, reason=newest.reason)


def _chosen(place: Place, asked: Asked) -> _Chosen:
    number, language = _number(asked.query.get("number", "")), _language(asked)
    with place.database.read() as connection:
        if number is not None:
            report = kept(connection, number)
            return _Chosen(document=document_of(report, language), figures=figures_of(report), number=number)
        now = _in_force(editions.load(connection))
        found = gather(connection, now, ReportWanted(at=asked.now, commitment=asked.query.get("commitment", "")))
    return _Chosen(document=informe(found, language), figures=figures_json(found), number=None)


def _in_force(now: InForce | None) -> InForce:
    if now is None:
        raise NothingPublishedYet(NOTHING)
    return now


def _language(asked: Asked) -> Language:
    given = asked.query.get("language", "")
    return given if given in LANGUAGES else asked.language


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=shown),
    Declared(path=HERE, need=DeskRole.PUBLISH, post=kept_for_good),
    Declared(path=f"{HERE}/page", need=DeskRole.SEE, get=page),
    Declared(path=f"{HERE}/file", need=DeskRole.SEE, get=file),
)
