"""Figures in the form that Prometheus reads. Site ids and counts; no post, address or name stands here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    InfoMetricFamily,
    Metric,
)
from prometheus_client.registry import Collector

from calendars.zones import zone_data
from scheduler.reporting.metrics import LATENESS, Figures, StateTally, zone_data_agrees
from scheduler.store.nodes import Node

REASONS = ("fault", "unavailable")  # why a breaker is open: an operator has to act; the relay cannot be reached


def exposition(found: Figures | None) -> bytes:
    """The metrics as text. Without figures, for the database gives none, what is known without it."""
    registry = CollectorRegistry()
    registry.register(_Collected(found))
    return generate_latest(registry)


class _Collected(Collector):
    def __init__(self, found: Figures | None) -> None:
        self._found = found

    def collect(self) -> Iterable[Metric]:
        yield _gauge("agenda_database_up", "1: the database answers this process.", int(self._found is not None))
        data = {"version": zone_data().version, "digest": zone_data().digest}
        yield InfoMetricFamily("agenda_zone_data", "The zone data that this process reckons with.", value=data)
        if self._found is not None:
            yield from _ledger(self._found)
            yield from _installation(self._found)
            yield from _relay(self._found.nodes)


def _ledger(found: Figures) -> Iterator[Metric]:
    states = GaugeMetricFamily("agenda_deliveries", "Deliveries in each state.", labels=("state", "purpose"))
    for tally in found.tallies:
        states.add_metric((tally.state, tally.purpose), tally.count)
    yield states
    by_purpose = sorted(found.tallies, key=lambda tally: tally.purpose)
    groups = {purpose: list(tallies) for purpose, tallies in groupby(by_purpose, key=lambda tally: tally.purpose)}
    for name, told in (
        ("attempts", "Attempts to deliver: intents to send that were committed."),
        ("accepted", "Deliveries that the mail server took."),
        ("refusals", "Answers of 5xx."),
        ("uncertain", "Deliveries whose fate was unknown at some time."),
        ("repeats", "Deliveries sent again after their fate was unknown, under the same Message-ID."),
    ):
        counter = CounterMetricFamily(f"agenda_{name}", told, labels=("purpose",))
        for purpose, tallies in groups.items():
            counter.add_metric((purpose,), sum(getattr(tally, name) for tally in tallies))
        yield counter
    lateness = HistogramMetricFamily("agenda_lateness_seconds", "Accepted minus due.", labels=("purpose",))
    for purpose, tallies in groups.items():
        lateness.add_metric((purpose,), _buckets(tallies), sum(one.lateness.total_seconds() for one in tallies))
    yield lateness
    yield _gauge("agenda_due", "Deliveries whose moment has come and that wait to be sent.", found.waiting.due)
    yield _gauge("agenda_late", "Of these, those that have waited for more than five minutes.", found.waiting.late)
    since = 0.0 if found.waiting.late_since is None else found.waiting.late_since.timestamp()
    yield _gauge("agenda_late_since_timestamp_seconds", "The oldest moment among the late; 0: nothing is.", since)


def _buckets(tallies: Iterable[StateTally]) -> list[tuple[str, float]]:
    listed = list(tallies)
    counts = [sum(column) for column in zip(*(one.within for one in listed), strict=True)]
    bounds = [str(bound.total_seconds()) for bound in LATENESS]
    return [*zip(bounds, counts, strict=True), ("+Inf", sum(one.accepted for one in listed))]


def _installation(found: Figures) -> Iterator[Metric]:
    yield _gauge("agenda_edition", "Number of the edition in force.", found.edition)
    yield _gauge("agenda_stopped", "1: sending is stopped (`agenda stop`).", int(found.stopped))
    yield _gauge("agenda_adopted", "0: the database was copied or restored, and sends nothing.", int(found.adopted))
    yield _gauge(
        "agenda_zone_data_agrees", "0: this process reckons with other zone data than the edition.",
        int(zone_data_agrees(found)),
    )  # fmt: skip
    yield _gauge("agenda_zone_data_shifted_events", "Events that its data puts at another time.", found.shifted)
    yield _gauge(
        "agenda_inbox_quarantined",
        "Messages of the last month that came in and could not be read.",
        found.came_back.quarantined,
    )
    yield _gauge("agenda_sites", "Sites of the agenda in force.", found.sites)
    yield _gauge("agenda_sites_confirmed", "Sites that confirmed their clock and their mailbox.", found.proven)
    yield _gauge("agenda_sites_without_recipient", "Sites with nobody left to write to.", len(found.uncovered))
    yield _gauge(
        "agenda_reports_doubted", "Reports of bad addresses that wait for a decision.", found.came_back.doubted
    )
    yield _gauge(
        "agenda_posts_refused_for_our_fault", "Posts whose mail came back for our fault, in three days.",
        found.came_back.blamed.posts,
    )  # fmt: skip
    yield _gauge("agenda_reports_lost", "Reports of thirty days that cannot be told whose.", found.came_back.lost.count)
    named = GaugeMetricFamily("agenda_site_without_recipient", "Each of these sites.", labels=("site",))
    for site in found.uncovered:
        named.add_metric((site,), 1)
    yield named


def _relay(alive: Iterable[Node]) -> Iterator[Metric]:
    listed = list(alive)
    yield _gauge("agenda_nodes", "Processes that send and are alive.", len(listed))
    own = zone_data().digest
    differing = sum(node.zone_digest != own for node in listed)
    yield _gauge("agenda_nodes_zone_data_differs", "Of these, with other zone data than this process.", differing)
    breaker = GaugeMetricFamily(
        "agenda_relay_breaker_open", "1: the node leaves the mail server alone.", labels=("node", "reason")
    )
    failures = GaugeMetricFamily("agenda_relay_failures", "Failures of the mail server in a row.", labels=("node",))
    for node in listed:
        failures.add_metric((node.owner,), node.relay.failures)
        for reason in REASONS:
            is_it = node.relay.failures > 0 and node.relay.fault == (reason == "fault")
            breaker.add_metric((node.owner, reason), int(is_it))
    yield breaker
    yield failures


def _gauge(name: str, told: str, value: float) -> Metric:
    return GaugeMetricFamily(name, told, value=value)
