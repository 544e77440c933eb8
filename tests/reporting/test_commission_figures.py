"""Each figure of the report to the commission, counted in another way: by plain SQL or Python over the raw rows."""

from __future__ import annotations

import csv
import io
import json
import math
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from scheduler.base.refusal import UsageRefusal
from scheduler.planning.outcome import EventStanding
from scheduler.reporting.commission.figures import (
    CommissionFigures,
    Reach,
    figures_json,
    summed,
)
from scheduler.store import editions
from scheduler.store.attendance import counts
from scheduler.wording.work.by_axis import by_axis
from tests.support.checkout import CONFIG
from tests.support.playing import INSTALLED
from tests.support.reported import (
    ASIA,
    AT,
    CLOCKS,
    DRIVE,
    EUROPE,
    LATIN,
    MIDDLE,
    NORTH,
    PRESENT,
    SAID,
    SINCE,
    copied,
    figures_of,
    number,
    opened,
    rows,
    sql,
)

MICRO = 1_000_000
WORKSHOPS = (MIDDLE, ASIA, EUROPE, NORTH)
SITES = {row["id"]: row for row in csv.DictReader(io.StringIO((CONFIG / "representations.csv").read_text("utf-8-sig")))}
REGION = {"Asia Pacífico": ASIA, "Europa": EUROPE, "América del Norte": NORTH, "Medio Oriente y África": MIDDLE}


@pytest.fixture(scope="module")
def found(campaign: Path) -> CommissionFigures:
    return figures_of(campaign)


@cache
def clock(zone: str) -> ZoneInfo:
    """The same compiled rules, read by somebody else."""
    with (INSTALLED / zone).open("rb") as file:
        return ZoneInfo.from_file(file, key=zone)


def local(micros: int, zone: str) -> datetime:
    return datetime.fromtimestamp(micros / MICRO, clock(zone)).replace(tzinfo=None)


def of(found: CommissionFigures, event: str, site: str | None = None) -> Reach:
    return summed(one.reach for one in found.reaches if one.event == event and site in (None, one.site))


@pytest.mark.parametrize("event", [*WORKSHOPS, DRIVE])
def test_accepted_are_the_posts_with_a_mail_that_the_server_took_since_the_event_stands_so(
    campaign: Path, found: CommissionFigures, event: str
) -> None:
    counted: dict[str, int] = dict(
        rows(
            campaign,
            "SELECT site, count(DISTINCT recipient) FROM deliveries "
            "WHERE event = ? AND state = 'accepted' AND edition >= ? GROUP BY site",
            event,
            SINCE[event],
        )
    )
    assert {
        one.site: one.reach.accepted for one in found.reaches if one.event == event and one.reach.accepted
    } == counted
    assert of(found, event).accepted == sum(counted.values())


def test_every_holder_of_a_site_is_to_be_told_of_each_event_of_its_region_and_of_the_drive(
    campaign: Path, found: CommissionFigures
) -> None:
    holders = Counter(
        SITES[str(site)]["region"] for (site,) in rows(campaign, "SELECT site FROM recipients WHERE role = 'holder'")
    )
    for region, event in REGION.items():
        assert of(found, event).posts == holders[region]
    assert of(found, DRIVE).posts == sum(holders.values()) == 149
    assert LATIN not in {one.event for one in found.reaches}


def test_what_bounced_and_what_is_uncertain_is_told_apart_from_what_was_taken(
    campaign: Path, found: CommissionFigures
) -> None:
    bounced = number(campaign, "SELECT count(DISTINCT recipient) FROM deliveries WHERE state = 'bounced'")
    doubted = number(campaign, "SELECT count(DISTINCT recipient) FROM deliveries WHERE state = 'uncertain'")
    assert (found.reach().bounced, found.reach().uncertain) == (bounced, doubted) == (1, 1)
    assert (of(found, ASIA, "pekin").bounced, of(found, ASIA, "hong-kong").uncertain) == (1, 1)
    whole = found.reach()
    assert whole.posts == whole.accepted + whole.bounced + whole.uncertain + whole.planned + whole.unsent
    assert whole.told == whole.posts - 2


def test_private_calendars_count_where_they_are_and_only_those_read_since_the_news(
    campaign: Path, found: CommissionFigures
) -> None:
    assert [
        (site, polled is not None) for site, polled in rows(campaign, "SELECT site, polled_at FROM feed_tokens")
    ] == [
        ("tokio", True),
        ("hanoi", False),
    ]
    asia = {one.site: (one.reach.calendars, one.reach.read) for one in found.reaches if one.event == ASIA}
    assert {site: pair for site, pair in asia.items() if pair != (0, 0)} == {"tokio": (1, 1), "hanoi": (1, 0)}
    assert of(found, DRIVE).read == 0, "it was read before the drive was confirmed"


def test_answers_are_those_of_the_table_by_site(campaign: Path, found: CommissionFigures) -> None:
    counted = Counter(str(word) for _, word in rows(campaign, "SELECT recipient, answer FROM answers"))
    whole = found.reach()
    assert (whole.yes, whole.no, whole.maybe) == (counted["yes"], counted["no"], counted["maybe"]) == (3, 1, 1)
    for site, reply in SAID.items():
        assert getattr(of(found, ASIA, site), reply.value) == 1
    taken = "SELECT DISTINCT recipient, event FROM deliveries WHERE state = 'accepted' AND event IN (?, ?, ?, ?)"
    asked = number(campaign, f"SELECT count(*) FROM ({taken})", *WORKSHOPS)
    assert asked == 118, "of Beijing a mail came back, and of Hong Kong nobody knows: neither is said to be silent"
    assert (whole.asked, whole.silent) == (asked, asked - 5)


def test_people_present_are_those_that_somebody_typed_by_site(campaign: Path, found: CommissionFigures) -> None:
    counted: dict[str, int] = dict(rows(campaign, 'SELECT site, "count" FROM attendance_typed'))
    assert counted == PRESENT
    assert {one.site: one.reach.present for one in found.reaches if one.event == ASIA and one.reach.present} == {
        site: count for site, count in counted.items() if count
    }
    [recorded] = found.recorded
    assert (recorded.event.id, recorded.presence.people, recorded.presence.sites) == (ASIA, 6, 3)
    assert recorded.presence.by_hand


def test_an_event_stands_as_somebody_said_or_else_as_the_agenda_and_the_clock_say(found: CommissionFigures) -> None:
    standing = {one.event.id: one.standing for one in found.events}
    assert standing[ASIA] is EventStanding.HELD
    assert standing[MIDDLE] is EventStanding.NOT_HELD
    assert standing[LATIN] is EventStanding.CANCELLED
    assert standing["reunion-2021-10-06"] is EventStanding.HELD
    assert {standing[EUROPE], standing[NORTH]} == {EventStanding.PASSED}
    assert standing[DRIVE] is EventStanding.COMING
    assert standing["grupos-de-trabajo-ine"] is EventStanding.UNDATED


def test_the_work_axis_by_axis_says_of_each_event_what_the_report_says(
    campaign: Path, found: CommissionFigures
) -> None:
    """The page and the terminal group events as they stand here."""
    with opened(campaign) as database, database.read() as connection:
        now = editions.load(connection)
        assert now is not None
        axes = by_axis(now.edition, counts.held(connection), AT)
    names = {"done": "held", "past": "passed", "unheld": "not-held", "undated": "undated", "cancelled": "cancelled"}
    shown = {event.id: said for axis in axes for name, said in names.items() for event in getattr(axis, name)}
    shown |= {event.id: "coming" for axis in axes for event in axis.next}
    assert shown == {one.event.id: one.standing.value for one in found.events}


def test_while_it_lasts_an_event_is_under_way(campaign: Path) -> None:
    later = figures_of(campaign, datetime(2022, 2, 5, 18, tzinfo=UTC))
    assert {one.event.id: one.standing for one in later.events}[DRIVE] is EventStanding.UNDER_WAY


def test_the_span_of_local_hours_is_that_of_the_sites_by_somebody_elses_reading_of_the_rules(
    campaign: Path, found: CommissionFigures
) -> None:
    for one in found.events:
        if one.start is None or not one.sites:
            continue
        [(start,)] = rows(
            campaign, "SELECT start FROM revisions WHERE event = ? ORDER BY edition DESC LIMIT 1", one.event.id
        )
        region = one.event.audience.ids[0]
        walls = sorted(
            (local(int(str(start)), SITES[site.id]["time_zone"]), SITES[site.id]["city"])
            for site in found.sites
            if site.region == region
        )
        assert one.first_local is not None
        assert one.last_local is not None
        assert (one.first_local.wall, one.last_local.wall) == (walls[0][0], walls[-1][0])
        assert (one.first_local.wall, one.first_local.city.es) in walls
        assert (one.last_local.wall, one.last_local.city.es) in walls


def test_mails_by_reason_are_the_rows_of_the_ledger(campaign: Path, found: CommissionFigures) -> None:
    for purpose, state, name in (
        ("reminder", "accepted", "accepted"),
        ("notice", "accepted", "accepted"),
        ("reminder", "bounced", "failed"),
        ("reminder", "uncertain", "uncertain"),
    ):
        counted = number(campaign, "SELECT count(*) FROM deliveries WHERE purpose = ? AND state = ?", purpose, state)
        [one] = [mail for mail in found.mails if mail.purpose == purpose]
        assert getattr(one, name) == counted
    assert sum(one.accepted for one in found.mails) == number(
        campaign, "SELECT count(*) FROM deliveries WHERE state = 'accepted'"
    )


def test_hours_of_arrival_are_those_of_each_sites_clock(campaign: Path, found: CommissionFigures) -> None:
    hours = Counter(
        local(int(str(at)), SITES[str(site)]["time_zone"]).hour
        for site, at in rows(campaign, "SELECT site, accepted_at FROM deliveries WHERE state = 'accepted'")
    )
    assert found.arrivals == tuple(hours[hour] for hour in range(24))


def nearest(values: list[int], hundredth: int) -> timedelta:
    ordered = sorted(values)
    return timedelta(microseconds=ordered[math.ceil(len(ordered) * hundredth / 100) - 1])


@pytest.mark.parametrize("edition", [2, 3, 4, None])
def test_how_fast_changes_reached_people_is_reckoned_from_the_raw_instants(
    campaign: Path, found: CommissionFigures, edition: int | None
) -> None:
    """Median and 95th percentile by nearest rank, and of these the wait that was meant."""
    raw = [
        tuple(map(int, map(str, row)))
        for row in rows(
            campaign,
            "SELECT schedule, at, due_at, accepted_at FROM deliveries JOIN editions ON number = schedule "
            "WHERE purpose = 'notice' AND state = 'accepted'",
        )
    ]
    own = [row for row in raw if edition in (None, row[0])]
    speed = found.speed if edition is None else next(one.speed for one in found.changes if one.edition == edition)
    assert speed is not None
    whole = [accepted - at for _, at, _, accepted in own]
    assert (speed.median, speed.p95) == (nearest(whole, 50), nearest(whole, 95))
    assert speed.wait == nearest([due - at for _, at, due, _ in own], 50)
    assert speed.late == nearest([accepted - due for _, _, due, accepted in own], 50)
    if edition is not None:
        assert next(one.accepted for one in found.changes if one.edition == edition) == len(own)


def test_changes_are_the_editions_that_people_were_told_of(found: CommissionFigures) -> None:
    told = {one.edition: [(event.title.es, event.kinds) for event in one.events] for one in found.changes}
    assert [[title for title, _ in events] for events in told.values()] == [
        ["Taller VMRE, Europa"],
        ["Taller VMRE, América Latina y el Caribe"],
        ["Jornada extraordinaria de credencialización en el extranjero"],
    ]
    assert "moved" in told[2][0][1]
    assert "cancelled" in told[3][0][1]


def test_the_roll_is_what_the_posts_said(found: CommissionFigures) -> None:
    roll = found.roll
    assert roll is not None
    agreeing = [site for site, ahead in CLOCKS.items() if ahead < 30]
    assert (roll.proven, roll.opened, roll.other_clock, roll.sites) == (len(agreeing), len(CLOCKS), 1, 149)
    assert {region: proven for region, proven, _ in roll.by_region if proven} == {"asia-pacifico": 2}
    assert sum(sites for _, _, sites in roll.by_region) == 149


def test_a_session_is_at_night_where_any_minute_of_it_is_between_ten_and_six(
    campaign: Path, found: CommissionFigures
) -> None:
    """Minute by minute, by somebody else's reading of the rules; what was cancelled or not held keeps nobody awake."""
    counted = Counter[str]()
    for event in (ASIA, EUROPE, NORTH):
        [(start, end)] = rows(
            campaign, 'SELECT start, "end" FROM revisions WHERE event = ? ORDER BY edition DESC LIMIT 1', event
        )
        for site in SITES.values():
            if REGION.get(site["region"]) == event:
                minutes = range(int(str(start)), int(str(end)), 60 * MICRO)
                night = any(not 6 <= local(minute, site["time_zone"]).hour < 22 for minute in minutes)
                counted[site["id"]] += night
    assert {one.site: one.past for one in found.nights} == {site: n for site, n in counted.items() if n}
    assert {one.site: one.people for one in found.nights} == {"nueva-delhi": PRESENT["nueva-delhi"]}


def test_the_extent_is_that_of_the_files(found: CommissionFigures) -> None:
    head = found.head
    assert len(found.sites) == len(SITES) == 149
    assert head.countries == len({row["country_code"] for row in SITES.values()})
    assert head.zones == len({row["time_zone"] for row in SITES.values()})
    assert head.at == local(int(AT.timestamp() * MICRO), "America/Mexico_City")


def test_editions_are_named_by_number_instant_and_digest(campaign: Path, found: CommissionFigures) -> None:
    raw = rows(campaign, "SELECT number, at, draft_digest, zone_version FROM editions ORDER BY number")
    assert [(one.number, one.digest, one.zone_version) for one in found.editions] == [
        (number, digest, version) for number, _, digest, version in raw
    ]
    assert [one.at for one in found.editions] == [local(int(str(at)), "America/Mexico_City") for _, at, _, _ in raw]


@pytest.mark.parametrize("given", ["04/2021", "compromiso-04-2021", "Nota 04/2021", " 04-2021 "])
def test_a_commitment_is_found_by_its_id_or_its_number(campaign: Path, given: str) -> None:
    found = figures_of(campaign, commitment=given)
    assert [one.id for one in found.commitments] == ["compromiso-04-2021"]
    assert found.head.commitment == "compromiso-04-2021"


def test_a_commitment_that_there_is_not_is_refused_with_those_that_there_are(campaign: Path) -> None:
    with pytest.raises(UsageRefusal) as refused:
        figures_of(campaign, commitment="05/2021")
    assert refused.value.why["es"] == ("«05/2021»: no hay tal compromiso en vigor. Hay: compromiso-04-2021.")


def test_figures_are_plain_json_without_address_name_of_a_post_or_link(
    campaign: Path, found: CommissionFigures
) -> None:
    text = json.dumps(figures_json(found), ensure_ascii=False)
    assert "@" not in text
    assert "://" not in text
    for (recipient,) in rows(campaign, "SELECT id FROM recipients"):
        assert f'"{recipient}"' not in text


def test_one_bounce_more_is_one_told_less(campaign: Path, tmp_path: Path, found: CommissionFigures) -> None:
    file = copied(campaign, tmp_path)
    sql(file, f"UPDATE deliveries SET state = 'bounced' WHERE event = '{ASIA}' AND recipient = 'canberra-consular'")
    after = figures_of(file).reach()
    before = found.reach()
    assert (after.bounced, after.told, after.accepted) == (before.bounced + 1, before.told - 1, before.accepted - 1)
    assert after.posts == before.posts
