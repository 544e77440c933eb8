"""How a report counts: what is proven, of late, and not one of a flood."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.planning.doubt import Circumstances, Recent, counts_as, lapsed, went_out

NOW = datetime(2021, 10, 15, tzinfo=UTC)
QUIET, FLOOD = Recent(hard=0, out=149), Recent(hard=15, out=149)
counts = st.integers(min_value=0, max_value=2000)


@pytest.mark.parametrize(
    ("hard", "out", "floods"),
    [(9, 0, False), (10, 0, True), (10, 109, True), (10, 110, False), (13, 149, False), (14, 149, True)],
)
def test_more_than_ten_and_more_than_a_tenth_of_what_went_out_are_a_flood(hard: int, out: int, floods: bool) -> None:
    assert Recent(hard=hard, out=out).floods is floods


@given(counts, counts)
def test_a_flood_does_not_end_by_more_reports_nor_begin_by_more_mail(hard: int, out: int) -> None:
    if Recent(hard=hard, out=out).floods:
        assert Recent(hard=hard + 1, out=out).floods
    else:
        assert not Recent(hard=hard, out=out + 1).floods


@given(counts, counts, st.booleans(), st.booleans(), st.booleans(), st.sampled_from(["hard", "soft"]))
def test_only_what_is_hard_proven_and_no_flood_mutes_at_once(
    hard: int, out: int, former: bool, blames: bool, proven: bool, kind: str
) -> None:
    recent = Recent(hard=hard, out=out)
    found = counts_as("hard" if kind == "hard" else "soft", Circumstances(former, blames, proven), recent)
    if found == "hard":
        assert kind == "hard"
        assert proven
        assert not former
        assert not (blames and recent.floods)
    if kind == "soft":
        assert found in ("soft", "forgiven")


@pytest.mark.parametrize(
    ("about", "recent", "found"),
    [
        (Circumstances(), QUIET, "hard"),
        (Circumstances(), FLOOD, "doubted"),
        (Circumstances(former=True), FLOOD, "forgiven"),
        (Circumstances(proven=False), FLOOD, "soft"),
        (Circumstances(blames=False), FLOOD, "hard"),
    ],
)
def test_a_hard_report_counts_by_its_circumstances(about: Circumstances, recent: Recent, found: str) -> None:
    assert counts_as("hard", about, recent) == found


def test_what_left_a_month_ago_is_too_old_and_what_nobody_knows_the_time_of_is_not() -> None:
    assert went_out(NOW - timedelta(days=30), NOW)
    assert not went_out(NOW - timedelta(days=30, seconds=1), NOW)
    assert went_out(None, NOW)


def test_a_doubt_lasts_a_week() -> None:
    assert not lapsed(NOW - timedelta(days=7) + timedelta(seconds=1), NOW)
    assert lapsed(NOW - timedelta(days=7), NOW)
