"""The report read aloud, in Spanish and in English: of a campaign, of what happened otherwise, of one of everything.

tests/reporting/informe/ has what is read, to be read by people too. Where a sentence is changed on purpose,
`READ_ALOUD=keep` writes these files anew.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from calendars.model.agenda import Advance, Agenda, Axis, Commitment, CommitmentState, Draft, Figure
from calendars.model.events import Audience, EventStatus
from scheduler.planning.delivery import Decision, State
from scheduler.printing.blocks import Grid
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.reporting.commission.figures import CommissionFigures, Reach, SessionPresence, SiteReach
from scheduler.reporting.commission.gather import ReportWanted, gather
from scheduler.reporting.commission.informe import informe
from scheduler.reporting.commission.reach import NOT_RECORDED
from scheduler.store import editions
from scheduler.store.attendance.tables import attendance_sessions
from scheduler.store.database import Database
from scheduler.store.ledger import settling
from scheduler.store.posts.answers import Reply
from tests.support.answering import say
from tests.support.factories import agenda, event, text
from tests.support.ledger import (
    DAY_BEFORE,
    HOUR_BEFORE,
    ME,
    START,
    TOKENS,
    WEEK_BEFORE,
    claim,
    draft,
    intent_of,
    put,
    settle,
)
from tests.support.reported import ASIA, AT, DRIVE, EUROPE, NORTH, copied, figures_of, opened, spoken, sql
from tests.support.shipped import shipped_draft
from tests.support.sqlite import migrated_at

READ = Path(__file__).parent / "informe"
KEEP = "keep"
pytestmark = pytest.mark.parametrize("language", ["es", "en"])


@pytest.fixture(scope="module")
def keeping() -> bool:
    return os.environ.get("READ_ALOUD") == KEEP


def is_read(name: str, language: str, lines: list[str], *, keeping: bool) -> None:
    """The lines are those of the file, word for word."""
    file = READ / f"{name}.{language}.txt"
    if keeping:
        file.parent.mkdir(exist_ok=True)
        file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    assert "\n".join(lines) + "\n" == file.read_text(encoding="utf-8")


def otherwise(campaign: Path, changed: CommissionFigures, language: str) -> list[str]:
    """What is read of the changed campaign and not of the campaign itself."""
    before, after = spoken(figures_of(campaign), language), spoken(changed, language)
    return [line for line in difflib.ndiff(before, after) if line[0] in "+-"]


def republished(file: Path, change: Callable[[Agenda], Agenda], *, gone: str = "") -> None:
    """An edition, told to nobody, in which the agenda is another, and a site is gone with its posts."""
    with opened(file) as database:
        with database.read() as connection:
            now = editions.load(connection)
        assert now is not None
        posts = tuple(one for one in shipped_draft().recipients if one.site != gone)
        wanted = Draft(agenda=change(now.edition.agenda), recipients=posts, links={})
        act = Act(at=AT - timedelta(days=1), author="M. R.", reason="prueba", silent=True)
        publish_draft(database, wanted, act, confirmed=True)


def test_the_campaign_is_read_as_an_official_report(campaign: Path, language: str, keeping: bool) -> None:
    is_read("campaign", language, spoken(figures_of(campaign), language), keeping=keeping)


def test_one_bounce_more_is_read_so(campaign: Path, tmp_path: Path, language: str, keeping: bool) -> None:
    file = copied(campaign, tmp_path)
    sql(file, f"UPDATE deliveries SET state = 'bounced' WHERE event = '{ASIA}' AND recipient = 'canberra-consular'")
    is_read("one-bounce-more", language, otherwise(campaign, figures_of(file), language), keeping=keeping)


def test_one_site_fewer_is_read_so(campaign: Path, tmp_path: Path, language: str, keeping: bool) -> None:
    """With its posts; whoever reads is not told of a city that is no more."""
    file = copied(campaign, tmp_path)

    def without(found: Agenda) -> Agenda:
        return replace(found, representations=tuple(one for one in found.representations if one.id != "canberra"))

    republished(file, without, gone="canberra")
    lines = otherwise(campaign, figures_of(file), language)
    is_read("one-site-fewer", language, lines, keeping=keeping)


def test_no_session_held_is_read_so(campaign: Path, tmp_path: Path, language: str, keeping: bool) -> None:
    file = copied(campaign, tmp_path)
    sql(file, "DELETE FROM attendance_typed", "UPDATE attendance_sessions SET held = 0")
    with opened(file) as database, database.write() as connection:
        found = editions.load(connection)
        assert found is not None
        for one in (EUROPE, NORTH):
            revision = found.edition.revisions[one]
            session = {"event": one, "start": revision.start, "end": revision.end, "held": 0}
            connection.execute(attendance_sessions.insert().values(**session, author="M. R.", at=AT))
    lines = otherwise(campaign, figures_of(file), language)
    is_read("no-session-held", language, lines, keeping=keeping)


def test_axes_with_something_and_with_nothing_are_read_so(
    campaign: Path, tmp_path: Path, language: str, keeping: bool
) -> None:
    """One axis has an event and no progress, one has progress and no event, one has neither."""
    file = copied(campaign, tmp_path)

    def assigned(found: Agenda) -> Agenda:
        first, second = found.axes[0].id, found.axes[1].id
        events = tuple(replace(one, axis=first) if one.id == DRIVE else one for one in found.events)
        advances = tuple(replace(one, axis=second) if one.id == "dipticos" else one for one in found.advances)
        return replace(found, events=events, advances=advances)

    republished(file, assigned)
    lines = otherwise(campaign, figures_of(file), language)
    is_read("axes", language, lines, keeping=keeping)


def coverage_of(found: CommissionFigures, language: str) -> str:
    """The sentences about who was told."""
    lines = spoken(found, language)
    return lines[next(at for at, line in enumerate(lines) if line.startswith("# 3.")) + 1]


def where(found: CommissionFigures, change: Callable[[SiteReach], Reach]) -> CommissionFigures:
    return replace(found, reaches=tuple(replace(one, reach=change(one)) for one in found.reaches))


def test_with_nobody_told_no_site_is_named(campaign: Path, language: str) -> None:
    """That none was told says it of all of them."""
    said = coverage_of(where(figures_of(campaign), lambda one: replace(one.reach, told=0)), language)
    assert {"es": "Ninguno consta como dado.", "en": "None is known to have been told."}[language] in said
    assert {"es": "no consta ningún aviso", "en": "nobody is known"}[language] not in said
    assert "Atlanta" not in said


def test_many_sites_of_nobody_told_are_counted_and_few_are_named(campaign: Path, language: str) -> None:
    found = figures_of(campaign)
    many = where(found, lambda one: replace(one.reach, told=0) if one.event != ASIA else one.reach)
    assert {
        "es": "En 135 de esas 149 sedes no consta ningún aviso; el anexo las tiene todas.",
        "en": "At 135 of these 149 sites nobody is known to have been told; the annex has each.",
    }[language] in coverage_of(many, language)
    few = where(found, lambda one: replace(one.reach, told=0) if one.site in ("tokio", "seul") else one.reach)
    assert {
        "es": "En 2 sedes no consta ningún aviso: Seúl y Tokio.",
        "en": "At 2 sites nobody is known to have been told: Seoul and Tokyo.",
    }[language] in coverage_of(few, language)


def test_a_site_that_no_event_concerns_is_not_said_to_have_no_post(campaign: Path, language: str) -> None:
    """One that some event concerns, and that has none, is; many of these are counted."""
    found, words = figures_of(campaign), {"es": "ningún puesto en la lista", "en": "no post on the list"}[language]
    asia = replace(found, reaches=tuple(one for one in found.reaches if one.event == ASIA))
    assert words not in coverage_of(asia, language)
    assert f"{words}: Tok" in coverage_of(
        where(asia, lambda one: Reach() if one.site == "tokio" else one.reach), language
    )
    assert {"es": f"133 sedes no tienen {words};", "en": f"133 sites have {words};"}[language] in coverage_of(
        where(found, lambda one: one.reach if one.site in {asian.site for asian in asia.reaches} else Reach()), language
    )


def attended(found: CommissionFigures, **by_event: SessionPresence) -> CommissionFigures:
    """With this attendance of these events (ids), and of no other."""
    events = (replace(one, presence=by_event.get(one.event.id.replace("-", "_"), NOT_RECORDED)) for one in found.events)
    return replace(found, events=tuple(events))


def test_what_files_say_themselves_is_told_of_one_or_of_several(campaign: Path, language: str) -> None:
    found = figures_of(campaign)
    own = replace(NOT_RECORDED, people=5, own_total=1200, own_files=1)
    one = "\n".join(spoken(attended(found, taller_europa_2021=own), language))
    assert {
        "es": "el archivo del programa de reuniones dice 1,200 participantes, de todas",
        "en": "the meeting program's own file says 1,200 participants, from anywhere",
    }[language] in one
    two = "\n".join(spoken(attended(found, taller_europa_2021=replace(own, own_files=2)), language))
    assert {
        "es": "2 archivos del programa de reuniones dicen, sumados, 1,200 participantes, de todas las procedencias y "
        "duraciones; quien está en varios cuenta en cada uno.",
        "en": "2 files of the meeting program themselves say, added up, 1,200 participants, from anywhere and for any "
        "time; whoever stands in several counts in each.",
    }[language] in two


def test_people_of_several_sessions_are_said_to_count_once_for_each(campaign: Path, language: str) -> None:
    """Of one session alone nobody counts twice."""
    found, own = figures_of(campaign), replace(NOT_RECORDED, people=1200, sites=2)
    words = {"es": "Contando a cada persona una vez por sesión", "en": "Counting each person once for each session"}
    one = "\n".join(spoken(attended(found, taller_europa_2021=own), language))
    assert words[language] not in one
    several = attended(found, taller_europa_2021=own, taller_asia_pacifico_2021=replace(own, people=34))
    assert {
        "es": "Contando a cada persona una vez por sesión, asistieron 1,234 personas de 3 sedes a las 2 sesiones cuya "
        "asistencia se registró.",
        "en": "Counting each person once for each session, 1,234 people from 3 sites came to the 2 sessions whose "
        "attendance was recorded.",
    }[language] in "\n".join(spoken(several, language))
    night = replace(found.nights[0], past=2, people=7)
    assert {
        "es": "Contando a cada persona una vez por sesión, asistieron 7 personas de esa sede a las ya pasadas.",
        "en": "Counting each person once for each session, 7 people from this site came to those already past.",
    }[language] in "\n".join(spoken(replace(found, nights=(night,)), language))


def test_no_two_sites_of_a_table_or_sentence_have_one_name(campaign: Path, language: str) -> None:
    """Both in Rome, and both San José, have their country."""
    found = figures_of(campaign)
    annexes = ("avisos-por-sede", "asistencia-por-sede", "noche-por-sede")
    tables = [one for one in informe(found, language).blocks if isinstance(one, Grid) and one.id in annexes]
    assert len(tables) == len(annexes)
    for table in tables:
        names = [row[0] for row in table.rows]
        assert len(names) == len(set(names))
    both = {"es": "Roma (Italia) y Roma (Santa Sede)", "en": "Rome (Italy) and Rome (Vatican City)"}[language]
    rome = where(found, lambda one: replace(one.reach, told=0) if one.site in ("roma", "santa-sede") else one.reach)
    assert both in coverage_of(rome, language)
    empty = where(found, lambda one: Reach() if one.site in ("roma", "santa-sede") else one.reach)
    assert both in coverage_of(empty, language)


@pytest.fixture
def small(tmp_path: Path) -> Database:
    return Database(migrated_at(tmp_path / "small.db"), tokens=TOKENS)


def gathered(database: Database, at: datetime) -> CommissionFigures:
    with database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        return gather(connection, now, ReportWanted(at=at))


def left(database: Database, now: datetime, state: State) -> None:
    """What was due has been sent, and told of the first edition."""
    claims = claim(database, now)
    with database.write() as connection:
        settling.intend_if_still_claimed(connection, ME, [intent_of(one, edition=1) for one in claims], now)
    for one in claims:
        settle(database, one, Decision(state=state), now)


def one_of_everything() -> Agenda:
    """One site, one event, one axis, one advance of one thing, one commitment that somebody answers for."""
    return replace(
        agenda(events=(event(axis="eje"),)),
        axes=(Axis(id="eje", title=text("Un eje", "One axis"), source="Nota"),),
        advances=(
            Advance(
                id="avance",
                title=text("Se imprimió un cartel", "A poster was printed"),
                axis="eje",
                figures=(Figure(value=1, unit=text("cartel", "poster")),),
                source="Nota",
                date=datetime(2021, 10, 5, tzinfo=UTC).date(),
            ),
        ),
        commitments=(
            Commitment(
                id="compromiso-01-2021",
                title=text("Establecer una agenda", "Set up an agenda"),
                session=text("Primera Sesión Ordinaria", "First ordinary session"),
                date=datetime(2021, 9, 1, tzinfo=UTC).date(),
                report=None,
                source="Nota",
                responsible=text("Dirección de Vinculación", "Liaison office"),
                state=CommitmentState.UNDER_WAY,
            ),
        ),
    )


def test_before_anything_left_one_of_everything_is_read_in_the_singular(
    small: Database, language: str, keeping: bool
) -> None:
    put(small, draft(one_of_everything()))
    is_read("one-before", language, spoken(gathered(small, WEEK_BEFORE - timedelta(days=1)), language), keeping=keeping)
    small.close()


def test_afterwards_one_of_everything_is_read_in_the_singular_too(
    small: Database, language: str, keeping: bool
) -> None:
    """One mail of three taken, one answer, one person at one session."""
    put(small, draft(one_of_everything()))
    left(small, WEEK_BEFORE, State.ACCEPTED)
    left(small, DAY_BEFORE, State.UNCERTAIN)
    say(small, Reply.YES, DAY_BEFORE, start=START)
    with small.write() as connection:
        session = {"event": event().id, "start": START, "end": START + timedelta(hours=2), "held": 1}
        connection.execute(attendance_sessions.insert().values(**session, author="M. R.", at=START))
    sql(
        Path(str(small.url.database)),
        'INSERT INTO attendance_typed (event, site, "count", author, at) '
        f"VALUES ('{event().id}', 'tokio', 1, 'M. R.', {int(START.timestamp() * 1e6)})",
    )
    is_read("one-after", language, spoken(gathered(small, START + timedelta(days=1)), language), keeping=keeping)
    small.close()


def test_where_there_is_nothing_nothing_is_claimed(small: Database, language: str, keeping: bool) -> None:
    """No axes, no commitments, no session, nobody to tell."""
    meeting = event(audience=Audience(kind="coordination"), when=None, status=EventStatus.UNSCHEDULED, assumed=())
    put(small, draft(agenda(events=(meeting,), representations=()), posts=()))
    is_read("nothing", language, spoken(gathered(small, HOUR_BEFORE), language), keeping=keeping)
    small.close()
