"""`agenda status`: one screen, alerts first, in the words of whoever reads it."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from calendars.model.people import Recipient
from calendars.zones import zone_data
from scheduler.base.variables import Pace
from scheduler.planning.delivery import Decision, State
from scheduler.reporting.in_words import status_json
from scheduler.reporting.metrics import figures
from scheduler.reporting.overview import Unpublished
from scheduler.reporting.waiting import Overdue, overdue
from scheduler.store import controls, nodes
from scheduler.store.database import Database
from scheduler.store.instance import Instance
from scheduler.store.ledger import states, wishes
from scheduler.store.posts import roster
from scheduler.store.schema import bounces, deliveries
from tests.support.command_line import agenda
from tests.support.editing import first_edition
from tests.support.factories import agenda as content
from tests.support.factories import edition, event, site
from tests.support.ledger import DAY_BEFORE, PUBLISHED, WEEK_BEFORE, claim, draft, intend, post, put, send
from tests.support.status import DAY, SLOW, found, lines

pytestmark = pytest.mark.usefixtures("here")

HANOI = site("hanoi", city="Hanói", zone="Asia/Ho_Chi_Minh", country="Vietnam", country_code="VN")
MINUTE = timedelta(minutes=1)
NODE = "worker-1"


def posts(count: int) -> list[Recipient]:
    return [post(f"p{number}") for number in range(count)]


def join(database: Database, owner: str = NODE, digest: str | None = None) -> None:
    with database.write() as connection:
        nodes.join(connection, owner, PUBLISHED, digest or zone_data().digest, timedelta(hours=1))


def pause(database: Database, *, fault: bool, reason: str) -> None:
    relay = nodes.Relay(failures=1, paused_until=WEEK_BEFORE + 5 * MINUTE, reason=reason, fault=fault)
    with database.write() as connection:
        nodes.note_relay(connection, NODE, relay)


def test_a_day_on_which_nothing_is_wrong(database: Database) -> None:
    put(database, draft())
    join(database)
    first, *rest = lines(found(database))
    assert first.startswith("SIN ALERTAS · edición 1 (M. R., vie 1 oct) · borrador sin cambios · tz ")
    assert rest == [
        "Hoy: 1 previstos · 0 entregados al servidor · 1 en espera (límite 30/min, fin 19:00)",
        "Inciertos 0 · retenidos 0 · próximo 2021-10-21 00:00 UTC · nodos que envían 1",
    ]


def test_the_end_of_todays_mail_is_reckoned_by_the_pace_of_all_nodes(database: Database) -> None:
    put(database, draft(posts=posts(60)))
    assert found(database).done_by(SLOW) == WEEK_BEFORE + 2 * MINUTE
    join(database, "a")
    join(database, "b")
    assert found(database).done_by(SLOW) == WEEK_BEFORE + MINUTE
    assert found(database, WEEK_BEFORE - timedelta(hours=3)).done_by(SLOW) == WEEK_BEFORE + MINUTE
    assert found(database, WEEK_BEFORE + 10 * MINUTE).done_by(SLOW) == WEEK_BEFORE + 11 * MINUTE
    assert found(database).done_by(Pace(per_minute=None, connections=1)) is None


def test_an_end_that_falls_on_another_day_says_so(database: Database) -> None:
    put(database, draft(posts=posts(2)))
    with database.write() as connection:
        connection.execute(update(deliveries).values(next_at=DAY[1] + timedelta(hours=9)))
    assert "fin vie 15 oct 09:00" in "".join(lines(found(database)))


def test_without_a_relay_no_end_is_promised(database: Database) -> None:
    put(database, draft())
    shown = lines(found(database), pace=None, lang="en")
    assert "AGENDA_SMTP_URL is not set here: serve would send no mail." in shown
    assert "done" not in "".join(shown)


@pytest.mark.parametrize(("fault", "says"), [(True, "rechaza esta instalación"), (False, "no responde")])
def test_an_open_breaker_is_an_alert_with_the_relays_words(database: Database, fault: bool, says: str) -> None:
    put(database, draft())
    join(database)
    pause(database, fault=fault, reason="535 5.7.3 Authentication unsuccessful")
    first, second, *_ = lines(found(database))
    assert first.startswith("ALERTAS 1 · ")
    assert says in second
    assert f"({NODE})" in second or f"a {NODE}:" in second
    assert "535 5.7.3 Authentication unsuccessful. Próximo intento 2021-10-15 00:05 UTC." in second


def test_a_node_with_other_zone_data_is_named(database: Database) -> None:
    put(database, draft())
    join(database, "old-node", digest="another")
    join(database, NODE)
    assert "Nodos con otras reglas de zonas horarias que la edición: old-node" in lines(found(database))


def test_a_database_that_is_not_adopted_is_an_alert(database: Database) -> None:
    put(database, draft())
    of = found(database, adopted=False)
    assert (of.alerts, any("agenda adopt" in line for line in lines(of))) == (1, True)


def test_what_is_held_comes_with_the_command_that_sends_it(database: Database) -> None:
    put(database, draft())
    send(database, WEEK_BEFORE, Decision(state=State.HELD))
    assert any('agenda deliveries release --all --reason "…"' in line for line in lines(found(database)))


# Sites with nobody left


@pytest.fixture
def two_sites(database: Database) -> Database:
    everybody = [post("uno"), post("dos"), post("hanoi", site="hanoi", address="hanoi@sedes.example")]
    put(database, draft(content(representations=(site(), HANOI), events=(event(),)), everybody))
    return database


def test_a_site_whose_only_address_bounced_is_named_with_the_day_of_its_own(two_sites: Database) -> None:
    night = datetime(2021, 10, 18, 20, tzinfo=UTC)  # the 19th in Hanoi
    with two_sites.write() as connection:
        states.suppress_address(connection, "hanoi", night, "5.1.1")
        row = {"digest": "d", "recipient": "hanoi", "at": night, "kind": "hard", "status": "5.1.1", "text": ""}
        connection.execute(insert(bounces).values(**row))
    of = found(two_sites)
    assert "Sin destinatario vivo: Hanói (rebote mar 19 oct)" in lines(of)
    assert (of.alerts, status_json(of, Unpublished(), pace=None)["uncovered"]) == (1, ["hanoi"])


def test_a_site_is_alarming_as_soon_as_the_server_refuses_its_last_address(two_sites: Database) -> None:
    refused = Decision(state=State.REJECTED, refused=True, suppress=True)
    with two_sites.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
        wishes.leave(connection, "dos", PUBLISHED)
    send(two_sites, WEEK_BEFORE + timedelta(hours=2), refused)  # 09:00 in Hanoi
    told = next(line for line in lines(found(two_sites), lang="en") if line.startswith("Nobody"))
    assert told == "Nobody left to write to: Hanói (address refused Fri 15 Oct), Tokio (asked for none Fri 1 Oct)"


def test_what_came_last_is_the_reason_and_one_living_post_is_enough(two_sites: Database) -> None:
    with two_sites.write() as connection:
        wishes.leave(connection, "uno", PUBLISHED)
        states.suppress_address(connection, "hanoi", PUBLISHED, "5.1.1")
    assert [one.site for one in found(two_sites).uncovered] == ["hanoi"]
    with two_sites.write() as connection:
        roster.import_posts(connection, [], DAY_BEFORE)
    lost = {one.site: one.reason for one in found(two_sites).uncovered}
    assert lost == {"hanoi": "refused", "tokio": "removed"}


# The command


def test_the_screen_of_a_restored_database_says_what_to_do(here: Path) -> None:  # the fixture
    first_edition("--reason", "inicio")
    database = Database("sqlite:///agenda.db")
    instance = Instance(database)
    with database.write() as connection:
        mark = instance.take(connection)
    instance.confirm(mark)
    database.close()
    shutil.move("agenda.db", "restored.db")
    shown = agenda("status", AGENDA_DATABASE_URL="sqlite:///restored.db")
    assert "agenda adopt" in shown.stdout
    told = json.loads(agenda("status", "--json", AGENDA_DATABASE_URL="sqlite:///restored.db").stdout)
    assert (told["adopted"], told["nodes"], told["uncovered_since"]) == (False, [], {})


def test_no_address_stands_on_the_screen(database: Database) -> None:
    put(database, draft())
    claim(database, WEEK_BEFORE)
    with database.write() as connection:
        states.suppress_address(connection, "uno", WEEK_BEFORE, "5.1.1")
        controls.put(connection, controls.STOPPED, "2021-10-14")
    of = found(database)
    assert "@" not in "".join(lines(of)) + json.dumps(status_json(of, Unpublished(), pace=SLOW), default=str)


def test_what_waits_is_the_same_on_the_screen_and_in_the_figures(database: Database) -> None:
    """Claimed and not begun, it waits; begun, it does not; nor does what is of no use any more."""
    put(database, draft())
    claims = claim(database, WEEK_BEFORE)
    late = WEEK_BEFORE + 5 * MINUTE

    def waits(now: datetime) -> tuple[int, Overdue]:
        seen = found(database, now)
        with database.read() as connection:
            counted = overdue(connection, now)
            shown = figures(connection, edition(), now, adopted=True).waiting
        assert (counted, counted.late_since) == (shown, seen.late_since)
        return seen.today.waiting, counted

    assert waits(late) == (1, Overdue(due=1, late=1, late_since=WEEK_BEFORE))
    assert waits(late - MINUTE) == (1, Overdue(due=1, late=0, late_since=None))
    assert waits(WEEK_BEFORE + timedelta(days=8)) == (0, Overdue(due=0, late=0, late_since=None))
    intend(database, claims, WEEK_BEFORE)
    assert waits(late) == (0, Overdue(due=0, late=0, late_since=None))
