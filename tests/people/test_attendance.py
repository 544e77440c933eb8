"""Who came: files looked at, recorded, joined and taken back; figures typed; the people ended, the figures kept."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, select

from scheduler.base.refusal import UsageRefusal
from scheduler.base.tokens import Tokens
from scheduler.people.attendance.recording import CannotRecord, end_people
from scheduler.people.attendance.sessions import NoSession
from scheduler.store import copying, editions
from scheduler.store.attendance import counts
from scheduler.store.attendance.tables import (
    attendance_files,
    attendance_places,
    attendance_seen,
    attendance_sessions,
)
from scheduler.store.audit import listing
from scheduler.store.audit.deeds import What
from scheduler.store.audit.listing import AuditFilter
from scheduler.store.audit.tables import audit, audit_texts
from scheduler.store.database import Database
from scheduler.store.people import signups
from scheduler.store.tables import metadata
from tests.support import small_config
from tests.support.attendance_files import Came
from tests.support.attended import stay
from tests.support.desk import publish
from tests.support.recording import (
    AFTER,
    ANA,
    BEGAN,
    BETO,
    CARLA,
    PEOPLE,
    THRESHOLD,
    WORKSHOP,
    at,
    looked,
    published,
    record,
    recorded,
    recorder,
    report,
)

pytestmark = pytest.mark.conformance
CARLAS = "Núñez, Carla"


@pytest.fixture
def held(database: Database, tmp_path: Path) -> Database:
    return published(database, tmp_path / "config", ("recordatorios:", "retencion: 30 días\nrecordatorios:"))


def acts(database: Database) -> list[str]:
    with database.read() as connection:
        return list(connection.execute(select(audit.c.what).order_by(audit.c.number)).scalars())[1:]


def everything(database: Database) -> str:
    """Every row of every table, as text, but what recipients.csv itself brought."""
    with database.read() as connection:
        tables = [one for one in metadata.sorted_tables if one.name not in ("recipients", "edition_files")]
        return repr([row for table in tables for row in connection.execute(select(table))])


def test_people_are_looked_at_before_anything_is_recorded(held: Database) -> None:
    """By address, by the site in the name, by nothing; who was there for less does not count; who is absent is told."""
    found = looked(held, report())
    by = {one.participant.name: (one.site, one.by, one.present) for one in found.people}
    assert by == {
        ANA.name: ("madrid", "address", True),
        BETO.name: ("tokio", "site", True),
        CARLA.name: ("", "", True),
        "Dora Breve": ("", "", False),
    }
    assert (dict(found.by_site), found.after.unmatched) == ({"madrid": 1, "tokio": 1}, 1)
    assert found.absent == ()
    assert found.files[0].file.totals["participants"] == 4
    assert recorded(held) is None
    assert acts(held) == []


def test_what_was_looked_at_is_what_is_recorded(held: Database) -> None:
    found = record(held, report())
    assert (dict(found.by_site), found.unmatched, found.own_total) == ({"madrid": 1, "tokio": 1}, 1, 4)
    assert (found.held, found.source, found.author) == (True, "file", "Ana Prueba")
    assert acts(held) == ["attendance-read"]
    with held.read() as connection:
        [row] = listing.rows(connection, AuditFilter(what=(What.ATTENDANCE_READ,)))
        assert (row.details["n"], row.details["sites"]) == (2, 2)
        longer = counts.of_event(connection, WORKSHOP, 60)
        assert counts.attended(connection, THRESHOLD) == {WORKSHOP: found}
    assert longer is not None
    assert (set(found.came), set(longer.came)) == ({"madrid", "tokio"}, {"madrid"})


def test_the_same_file_twice_changes_nothing(held: Database) -> None:
    """Neither a figure nor the audit, whether it comes alone or twice at once."""
    first = record(held, report(), report())
    again = record(held, report(), now=AFTER + timedelta(hours=1))
    assert again == first
    assert first.files == 1
    assert acts(held) == ["attendance-read"]


def test_a_second_file_joins_the_first(held: Database) -> None:
    """Six minutes in one and six in another, of which two are the same, make ten."""
    early = Came(name="Beto", address="madrid@sedes.example", stays=(at(0, 6),))
    late = Came(name="Alberto", address="madrid@sedes.example", stays=(at(4, 10),))
    assert record(held, report([early])).by_site == {}
    assert record(held, report([late])).by_site == {"madrid": 1}


def test_who_has_no_address_in_one_file_is_the_one_of_that_name_in_the_other(held: Database) -> None:
    with_address = Came(name="Carla", address="carla@otra.example", stays=(at(0, 6),))
    without = Came(name="CARLA (Guest)", stays=(at(50, 56),))
    record(held, report([without]))
    found = record(held, report([with_address]))
    assert found.unmatched == 1


@pytest.mark.parametrize("given_as", [CARLAS, "CARLA@otra.example"])
def test_somebody_assigned_by_hand_is_known_again_in_the_next_session(held: Database, given_as: str) -> None:
    """By the name as shown or by the address; the site is remembered, the name is not."""
    found = record(held, report(), assigned={given_as: "tokio"})
    assert (dict(found.by_site), found.unmatched) == ({"madrid": 1, "tokio": 2}, 0)
    recorder(held).forget(WORKSHOP, looked(held, report()).files[0].digest)
    again = {one.participant.name: (one.site, one.by) for one in looked(held, report()).people}
    assert again[CARLA.name] == ("tokio", "remembered")
    assert CARLAS not in everything(held)


def test_who_is_recorded_already_can_be_assigned_without_the_file(held: Database) -> None:
    record(held, report())
    found = recorder(held).assign(WORKSHOP, {CARLAS: "tokio", "Dora Breve": "madrid"}, held.tokens)
    assert (dict(found.by_site), found.unmatched) == ({"madrid": 1, "tokio": 2}, 0)
    assert acts(held) == ["attendance-read", "attendance-assigned"]
    with pytest.raises(UsageRefusal) as unknown:
        recorder(held).assign(WORKSHOP, {"Nadie": "tokio"}, held.tokens)
    assert "no hay registrado nadie con ese nombre" in unknown.value.lines("es")[0]


def test_a_name_or_site_that_there_is_not_is_answered_with_those_that_are_near(held: Database) -> None:
    with pytest.raises(UsageRefusal) as person:
        looked(held, report(), assigned={"Nuñes, Carla": "tokio"})
    assert "¿Quiso decir Núñez, Carla?" in person.value.lines("es")[0]
    with pytest.raises(UsageRefusal) as site:
        looked(held, report(), assigned={CARLAS: "tokyo"})
    assert site.value.lines("es")[0] == "no hay ninguna sede «tokyo». ¿Quiso decir tokio?"


def test_a_typed_figure_stands_before_what_files_say_of_that_site(held: Database) -> None:
    record(held, report())
    found = recorder(held).typed(WORKSHOP, {"tokio": 5})
    assert (dict(found.by_site), found.source) == ({"madrid": 1, "tokio": 5}, "file")
    assert found.typed == {"tokio"}
    found = recorder(held).forget(WORKSHOP, "tokio")
    assert dict(found.by_site) == {"madrid": 1, "tokio": 1}
    alone = recorder(held).forget(WORKSHOP, looked(held, report()).files[0].digest[:12])
    assert (alone.source, alone.held) == ("", None)
    assert recorder(held).typed(WORKSHOP, {"madrid": 0}).source == "hand"


def test_held_and_not_held_do_not_contradict_what_is_recorded(held: Database) -> None:
    """Not held wants a reason; then neither a file nor a figure fits, until somebody says otherwise."""
    with pytest.raises(UsageRefusal):
        recorder(held).mark(WORKSHOP, held=False, reason=" ")
    assert recorder(held).mark(WORKSHOP, held=False, reason="sin enlace").held is False
    with pytest.raises(CannotRecord):
        record(held, report())
    with pytest.raises(CannotRecord):
        recorder(held).typed(WORKSHOP, {"madrid": 1})
    assert recorder(held).mark(WORKSHOP, held=True, reason="").held is True
    record(held, report())
    with pytest.raises(CannotRecord):
        recorder(held).mark(WORKSHOP, held=False, reason="sin enlace")
    assert acts(held) == ["session-not-held", "session-held", "attendance-read"]


def put_off(database: Database, folder: Path, *edits: tuple[str, str]) -> None:
    """The workshop, a day after it began, at another day or hour."""
    for name, body in small_config.edited(("recordatorios:", "retencion: 30 días\nrecordatorios:"), *edits).items():
        (folder / name).write_bytes(body)
    publish(database, folder, AFTER)


TWO_WEEKS_LATER = ("fecha: 2021-10-26", "fecha: 2021-11-09")
BEGAN_ANEW = datetime(2021, 11, 9, 15, tzinfo=UTC)  # without summer time
THEN = BEGAN_ANEW + timedelta(days=1)


def said(database: Database) -> dict[str, bool]:
    with database.read() as connection:
        return counts.held(connection)


def test_what_was_said_of_a_day_says_nothing_of_the_one_that_its_session_was_put_off_to(
    held: Database, tmp_path: Path
) -> None:
    """Not for want of a link, but on its new day it is not known yet; who came then is recorded as of any session."""
    recorder(held).mark(WORKSHOP, held=False, reason="sin enlace")
    assert said(held) == {WORKSHOP: False}
    put_off(held, tmp_path / "config", TWO_WEEKS_LATER)
    assert (said(held), recorded(held)) == ({}, None)
    with held.read() as connection:
        assert counts.attended(connection, THRESHOLD) == {}
    found = recorder(held, THEN).typed(WORKSHOP, {"madrid": 3})
    assert (found.held, dict(found.by_site), found.reason) == (True, {"madrid": 3}, "")
    assert said(held) == {WORKSHOP: True}
    assert acts(held) == ["session-not-held", "published", "attendance-forgotten", "attendance-typed"]


def test_who_came_on_the_former_day_is_not_counted_on_the_new_one(held: Database, tmp_path: Path) -> None:
    """Neither by a file nor by a typed figure; what is refused ends nothing of it."""
    record(held, report())
    recorder(held).typed(WORKSHOP, {"tokio": 5})
    put_off(held, tmp_path / "config", TWO_WEEKS_LATER)
    before = everything(held)
    fresh = report([Came(name="Ana Ejemplo", address="Madrid@Sedes.example", stays=(stay(0, 60, BEGAN_ANEW),))])
    assert dict(looked(held, fresh, now=THEN).after.by_site) == {"madrid": 1}
    with pytest.raises(UsageRefusal):
        recorder(held, THEN).forget(WORKSHOP, "tokio")
    assert everything(held) == before
    found = record(held, fresh, now=THEN)
    assert (dict(found.by_site), found.files, found.typed) == ({"madrid": 1}, 1, frozenset())


def test_an_hour_that_is_corrected_keeps_what_was_recorded(held: Database, tmp_path: Path) -> None:
    """It began half an hour later than the agenda had it: it is the same session."""
    record(held, report())
    put_off(held, tmp_path / "config", ('hora: "09:00"', 'hora: "09:30"'))
    found = recorded(held)
    assert found is not None
    assert found.by_site == {"madrid": 1, "tokio": 1}
    assert said(held) == {WORKSHOP: True}


@pytest.mark.parametrize(
    ("event", "now", "says"),
    [
        ("taller-europ", AFTER, "no hay ningún evento «taller-europ» vigente. ¿Quiso decir taller-europa?"),
        ("reunion", AFTER, "no hay ningún evento «reunion» vigente. Han empezado: taller-europa."),
        ("jornada", AFTER, "«jornada» no ha empezado: empieza el mar 1 feb 2022. La asistencia se registra"),
        (WORKSHOP, BEGAN - timedelta(seconds=1), "«taller-europa» no ha empezado: empieza el mar 26 oct, 09:00 h."),
    ],
)
def test_nobody_can_have_come_to_what_has_not_begun(held: Database, event: str, now: object, says: str) -> None:
    with pytest.raises(NoSession) as refused:
        recorder(held, now).typed(event, {"madrid": 1})  # type: ignore[arg-type]  # because it is an instant
    assert says in refused.value.lines("es")[0]


DATED = (
    'estado: confirmado\n    fecha: 2021-10-26\n    dia: martes\n    hora: "09:00"\n    duracion: 2 h\n'
    "    supuesto: [duracion]"
)


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        ("estado: confirmado", "estado: cancelado\n    motivo: Sin sala", "«taller-europa» está cancelado"),
        (DATED, "estado: sin fecha", "«taller-europa» no tiene fecha"),
    ],
)
def test_nor_to_what_is_cancelled_or_has_no_date(
    database: Database, tmp_path: Path, before: str, now: str, says: str
) -> None:
    published(database, tmp_path / "config", (before, now))
    with pytest.raises(NoSession) as refused:
        record(database, report())
    assert says in refused.value.lines("es")[0]


def test_retention_ends_the_people_and_leaves_the_figures(held: Database) -> None:
    """Not a day before its time; then who was assigned is forgotten, and a further file cannot be joined."""
    before = record(held, report(), assigned={CARLAS: "tokio"})
    ended = []
    for days in (30, 31):
        with held.write() as connection:
            found = editions.load(connection)
            assert found is not None
            ended.append(end_people(connection, found.edition.agenda, AFTER + timedelta(days=days)))
    assert ended == [1, 0]
    with held.read() as connection:
        after = counts.of_event(connection, WORKSHOP, 1)
        assert connection.execute(select(attendance_seen)).all() == []
        assert connection.execute(select(attendance_places)).all() == []
    assert after is not None
    assert (after.by_site, after.unmatched, after.files, after.own_total) == (before.by_site, 0, 1, 4)
    assert after.threshold == THRESHOLD
    with pytest.raises(CannotRecord) as late:
        record(held, report([BETO]), now=AFTER + timedelta(days=40))
    assert "solo quedan cifras por sede" in late.value.lines("es")[0]
    assert recorder(held).typed(WORKSHOP, {"tokio": 7}).by_site == {"madrid": 1, "tokio": 7}
    assert acts(held) == ["attendance-read", "attendance-ended", "attendance-typed"]


def test_an_erased_address_counts_on_and_is_known_no_more(held: Database) -> None:
    """Neither in the session's rows nor among those who were assigned; all rows of hers stay one person."""
    twice = [ANA, Came(name="Ana Ejemplo", stays=(at(60, 70),)), CARLA]
    before = record(held, report(twice), assigned={"carla@otra.example": "tokio"})
    hashes = [*held.tokens.people(WORKSHOP, "a:madrid@sedes.example"), *held.tokens.people(WORKSHOP, "n:ana ejemplo")]
    assert any(one in everything(held) for one in hashes)
    with held.write() as connection:
        signups.erase(connection, "madrid-consular", held.tokens.digests("madrid@sedes.example"), AFTER)
    assert not any(one in everything(held) for one in hashes)
    assert recorded(held) == before


def test_a_post_s_export_holds_the_sessions_in_which_its_address_was_seen(held: Database) -> None:
    """Of nobody else; until `retencion` ends them."""
    record(held, report())
    with held.read() as connection:
        found = json.loads(signups.exported(connection, "madrid-consular", held.tokens.people))
        other = json.loads(signups.exported(connection, "tokio-consular", held.tokens.people))
    assert [(one["event"], one["site"], len(one["there"])) for one in found["attendance"]] == [
        (WORKSHOP, "madrid", 1),
        (WORKSHOP, "madrid", 1),
    ]
    assert other["attendance"] == []


def test_a_copy_of_the_database_holds_who_came(held: Database, tmp_path: Path) -> None:
    """With the same key a further file joins there, too."""
    before = record(held, report(), assigned={CARLAS: "tokio"})
    copy = Database(f"sqlite:///{tmp_path / 'copy.db'}", tokens=held.tokens)
    try:
        list(copying.copy(held, copy))
        assert recorded(copy) == before
        assert record(copy, report()) == before
    finally:
        copy.close()


def test_a_file_is_joined_under_another_key(held: Database, database_url: str) -> None:
    """The secret key was rotated between two files: the former still tells who is who."""
    record(
        held, report([Came(name="Ana", address="madrid@sedes.example", stays=(at(0, 6),))]), assigned={"Ana": "tokio"}
    )
    rotated = Database(database_url, tokens=Tokens(["another key for the tests", "a key for tests only"]))
    try:
        second = report([Came(name="Ana", address="madrid@sedes.example", stays=(at(4, 10),))])
        assert record(rotated, second).by_site == {"tokio": 1}
    finally:
        rotated.close()


def test_no_name_and_no_address_of_a_file_is_kept(held: Database) -> None:
    """In no table, the audit's texts included: whatever was done with them."""
    record(held, report(), assigned={CARLAS: "tokio"})
    recorder(held).assign(WORKSHOP, {"Dora Breve": "madrid"}, held.tokens)
    recorder(held).mark(WORKSHOP, held=True, reason="")
    kept = everything(held).lower()
    with held.read() as connection:
        kept += repr(connection.execute(select(audit_texts)).all()).lower()
    words = [one.name for one in PEOPLE] + ["carla@otra.example", "Núñez", "Breve", "Muestra"]
    assert [one for one in words if one.lower() in kept] == []


stays = st.lists(  # all of them in the session for a while: the reader asks about a file of nobody's
    st.tuples(st.integers(-10, 115), st.integers(11, 20)).map(lambda one: at(one[0], one[0] + one[1])),
    min_size=1,
    max_size=3,
)
who = st.sampled_from(
    [
        ("Ana", "madrid@sedes.example"),
        ("Ana", ""),
        ("Ana Embajada Tokio", "tokio@sedes.example"),
        ("Luz", ""),
        ("Luz", "luz@otra.example"),
        ("Consulado Madrid", ""),
    ]
)
meetings = st.lists(
    st.lists(
        st.builds(lambda one, there: Came(name=one[0], address=one[1], stays=tuple(there)), who, stays), min_size=1
    ),
    min_size=1,
    max_size=4,
)


def nothing_recorded(database: Database) -> None:
    with database.write() as connection:
        for table in (attendance_seen, attendance_files, attendance_sessions):
            connection.execute(delete(table))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=20)
@given(files=meetings, data=st.data())
def test_files_in_any_order_and_number_come_to_the_same(
    held: Database, files: Sequence[list[Came]], data: st.DataObject
) -> None:
    """All at once, one after the other, shuffled, some twice: the same figures; taken back, none are left."""
    nothing_recorded(held)  # by an example before
    contents = [report(people) for people in files]
    wanted = looked(held, *contents).after
    order = data.draw(st.permutations([*contents, *contents[:1]]))
    while order:
        some = data.draw(st.integers(1, len(order)))
        found = record(held, *order[:some])
        order = order[some:]
    assert (found.by_site, found.unmatched, found.unknown) == (wanted.by_site, wanted.unmatched, wanted.unknown)
    for digest in {one.digest for one in looked(held, *contents).files}:
        left = recorder(held).forget(WORKSHOP, digest)
    assert (left.source, left.by_site, left.unmatched) == ("", {}, 0)
