"""/healthz, /readyz and /metrics: what they promise to whoever watches, and what they tell nobody."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from threading import Event

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import update

from calendars.zones import zone_data
from scheduler.base.variables import parse_networks
from scheduler.planning.delivery import Decision, State
from scheduler.reporting.metrics import Figures, figures
from scheduler.store import controls, nodes
from scheduler.store.database import Database
from scheduler.store.ledger import states
from scheduler.store.schema import deliveries
from scheduler.web.site import Site
from scheduler.web.watch import health
from scheduler.web.watch.exposition import REASONS, exposition
from scheduler.web.watch.health import AWAY, GONE, NO_EDITION, OTHER_TABLES, Look
from tests.support.factories import edition
from tests.support.ledger import DAY_BEFORE, ME, WEEK_BEFORE, claim, draft, intend, post, put, send, settle
from tests.support.webserver import LINK, serving, site_of

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]
MINUTE = timedelta(minutes=1)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, watchers=parse_networks("127.0.0.0/8")) as made:
        yield made


def samples(text: str) -> Samples:
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def looked(database: Database, now: datetime) -> Figures:
    with database.read() as connection:
        return figures(connection, edition(), now, adopted=True)


def shown(database: Database, now: datetime) -> Samples:
    return samples(exposition(looked(database, now)).decode())


async def answer(site: Site, path: str, **headers: str) -> httpx.Response:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    async with serving(site) as client:
        return await client.get(path, headers=named)


# Alive and ready


async def test_a_process_that_answers_is_alive_and_one_with_an_edition_is_ready(site: Site) -> None:
    async with serving(site) as client:
        for path, said in (("/healthz", "ok\n"), ("/readyz", "ready\n")):
            found = await client.get(path)
            assert (found.status_code, found.text, found.headers["cache-control"]) == (200, said, "no-store")
            assert (await client.head(path)).status_code == 200


@pytest.mark.parametrize(
    ("damage", "reason"),
    [
        ("UPDATE alembic_version SET version_num = '9999'", OTHER_TABLES),
        ("DELETE FROM revisions; DELETE FROM editions", NO_EDITION),
        ("DROP TABLE editions", AWAY),
    ],
)
async def test_who_cannot_work_is_alive_and_says_in_plain_words_why_it_is_not_ready(
    site: Site, damage: str, reason: str
) -> None:
    assert site.database.file is not None
    raw = sqlite3.connect(site.database.file)
    raw.executescript(damage)
    raw.close()
    async with serving(site) as client:
        found = await client.get("/readyz")
        assert (found.status_code, found.text) == (503, reason)
        assert (await client.get("/healthz")).status_code == 200


async def test_a_database_whose_file_was_deleted_makes_its_process_unready(site: Site) -> None:
    """It goes on reading what nobody will find again, so nothing may count on it."""
    assert site.database.file is not None
    site.database.file.unlink()
    async with serving(site) as client:
        found = await client.get("/readyz")
        assert (found.status_code, found.text) == (503, GONE)
        assert (await client.get("/healthz")).status_code == 200
    assert not site.database.file.exists()


async def test_a_database_that_hangs_keeps_one_thread_busy_however_many_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "ANSWER_SECONDS", 0.01)
    let_go, looks = Event(), []

    def hang() -> str:
        looks.append(1)
        let_go.wait()
        return "found"

    look = Look(hang, good_for=60)
    try:
        assert await asyncio.gather(*(look.found() for _ in range(20))) == [None] * 20
        assert looks == [1]
    finally:
        let_go.set()
    monkeypatch.setattr(health, "ANSWER_SECONDS", 5)
    assert await look.found() == "found"


async def test_a_look_is_good_for_a_while() -> None:
    numbers = iter(range(10))
    lasting, passing = Look(lambda: next(numbers), good_for=60), Look(lambda: next(numbers), good_for=0)
    assert [await lasting.found(), await lasting.found()] == [0, 0]
    assert await passing.found() == 1


# Who may read the figures


async def test_the_figures_are_for_this_machine_and_to_all_others_there_is_no_such_page(site: Site) -> None:
    assert (await answer(site, "/metrics")).status_code == 200
    site.watchers = (ip_network("10.0.0.0/8"),)
    assert (await answer(site, "/metrics")).status_code == 404


@pytest.mark.parametrize("header", ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"])
async def test_what_comes_through_an_unknown_proxy_could_be_anybody(site: Site, header: str) -> None:
    assert (await answer(site, "/metrics", **{header: "127.0.0.1"})).status_code == 404


async def test_a_trusted_proxy_says_who_asks(site: Site) -> None:
    site.proxies = (ip_network("127.0.0.0/8"),)
    site.watchers = (ip_network("10.1.2.3/32"),)
    assert (await answer(site, "/metrics", X_Forwarded_For="10.1.2.3")).status_code == 200
    assert (await answer(site, "/metrics", X_Forwarded_For="10.1.2.3, 203.0.113.9")).status_code == 404
    assert (await answer(site, "/metrics", X_Forwarded_For="nobody")).status_code == 404
    site.watchers = (ip_network("127.0.0.0/8"),)
    assert (await answer(site, "/metrics", X_Real_IP="203.0.113.9")).status_code == 404


async def test_the_figures_say_so_when_the_database_is_away(site: Site) -> None:
    assert site.database.file is not None
    raw = sqlite3.connect(site.database.file)
    raw.execute("DROP TABLE deliveries")
    raw.close()
    found = await answer(site, "/metrics")
    assert found.status_code == 200
    assert samples(found.text)["agenda_database_up", ()] == 0


async def test_no_address_post_or_link_stands_in_any_answer(site: Site) -> None:
    with site.database.write() as connection:
        states.suppress_address(connection, "tokio-consular", site.present(), "550 5.1.1 no such user")
    async with serving(site) as client:
        texts = [(await client.get(path)).text for path in ("/healthz", "/readyz", "/metrics")]
    assert samples(texts[2])["agenda_site_without_recipient", (("site", "tokio"),)] == 1
    for secret in ("@", "tokio-consular", "Sección", LINK, "Ana Prueba", "Motivo"):
        assert [text for text in texts if secret in text] == []


# What the figures say


def test_deliveries_are_counted_by_state_and_purpose(database: Database) -> None:
    put(database, draft(posts=[post("uno"), post("dos")]))
    send(database, WEEK_BEFORE)
    found = shown(database, WEEK_BEFORE)
    assert found["agenda_deliveries", (("purpose", "reminder"), ("state", "accepted"))] == 2
    assert found["agenda_deliveries", (("purpose", "reminder"), ("state", "planned"))] == 4
    of_reminders = (("purpose", "reminder"),)
    assert (found["agenda_attempts_total", of_reminders], found["agenda_accepted_total", of_reminders]) == (2, 2)
    assert found["agenda_edition", ()] == 1
    assert (found["agenda_sites", ()], found["agenda_sites_confirmed", ()]) == (1, 0)


def test_lateness_is_what_passed_from_the_due_moment_to_the_servers_word(database: Database) -> None:
    put(database, draft(posts=[post(str(number)) for number in range(3)]))
    claims = claim(database, WEEK_BEFORE)
    intend(database, claims, WEEK_BEFORE)
    for one, minutes in zip(claims, (1, 2, 60 * 48), strict=True):
        settle(database, one, Decision(state=State.ACCEPTED), WEEK_BEFORE + minutes * MINUTE)
    found = shown(database, DAY_BEFORE)

    def within(bound: str) -> float:
        return found["agenda_lateness_seconds_bucket", (("le", bound), ("purpose", "reminder"))]

    assert [within(bound) for bound in ("60.0", "300.0", "86400.0", "+Inf")] == [1, 2, 2, 3]
    assert found["agenda_lateness_seconds_sum", (("purpose", "reminder"),)] == 60 * (1 + 2 + 60 * 48)
    assert found["agenda_lateness_seconds_count", (("purpose", "reminder"),)] == 3


def test_what_waits_is_due_at_once_and_late_after_five_minutes(database: Database) -> None:
    put(database, draft())
    looks = [looked(database, WEEK_BEFORE + n * MINUTE).waiting for n in (-1, 0, 4, 5)]
    assert [(found.due, found.late) for found in looks] == [(0, 0), (1, 0), (1, 0), (1, 1)]
    late = shown(database, WEEK_BEFORE + 5 * MINUTE)
    assert late["agenda_late_since_timestamp_seconds", ()] == WEEK_BEFORE.timestamp()


def test_what_is_uncertain_refused_or_repeated_is_counted_for_good(database: Database) -> None:
    put(database, draft())
    send(database, WEEK_BEFORE, Decision(state=State.UNCERTAIN, next_at=WEEK_BEFORE + 5 * MINUTE))
    send(database, WEEK_BEFORE + 5 * MINUTE, Decision(state=State.HELD, refused=True))
    found = shown(database, WEEK_BEFORE + 6 * MINUTE)
    of_reminders = (("purpose", "reminder"),)
    names = ("uncertain", "repeats", "refusals", "attempts")
    assert [found[f"agenda_{name}_total", of_reminders] for name in names] == [1, 1, 1, 2]


@pytest.mark.parametrize(("fault", "reason"), [(True, "fault"), (False, "unavailable")])
def test_an_open_breaker_is_told_with_its_node_and_its_kind(database: Database, fault: bool, reason: str) -> None:
    put(database, draft())
    claim(database, WEEK_BEFORE)
    relay = nodes.Relay(failures=2, paused_until=WEEK_BEFORE + MINUTE, reason="535 5.7.3 no", fault=fault)
    with database.write() as connection:
        nodes.note_relay(connection, ME, relay)
    found = shown(database, WEEK_BEFORE)
    kinds = {kind: found["agenda_relay_breaker_open", (("node", ME), ("reason", kind))] for kind in REASONS}
    assert kinds == {kind: int(kind == reason) for kind in REASONS}
    assert (found["agenda_relay_failures", (("node", ME),)], found["agenda_nodes", ()]) == (2, 1)
    assert found["agenda_nodes_zone_data_differs", ()] == 1


def test_stopping_and_an_unadopted_database_show(database: Database) -> None:
    put(database, draft())
    with database.write() as connection:
        controls.put(connection, controls.STOPPED, "2021-10-14")
    with database.read() as connection:
        found = figures(connection, edition(), WEEK_BEFORE, adopted=False)
    told = samples(exposition(found).decode())
    assert (told["agenda_stopped", ()], told["agenda_adopted", ()]) == (1, 0)
    data = zone_data()
    assert told["agenda_zone_data_info", (("digest", data.digest), ("version", data.version))] == 1
    assert (told["agenda_zone_data_agrees", ()], told["agenda_zone_data_shifted_events", ()]) == (1, 0)


def test_an_empty_ledger_has_figures_too(database: Database) -> None:
    put(database, draft(posts=()))
    with database.write() as connection:
        assert connection.execute(update(deliveries).values(moved=0)).rowcount == 0
    found = shown(database, WEEK_BEFORE)
    assert (found["agenda_due", ()], found["agenda_nodes", ()], found["agenda_database_up", ()]) == (0, 0, 1)
