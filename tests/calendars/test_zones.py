"""Wall times and instants, held against the C library's reading of the very same zone files."""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.zones import (
    NeedlessFold,
    NonexistentWallTime,
    RepeatedWallTime,
    UnusableZoneData,
    WallTimeError,
    WallTimeOutOfRange,
    ZoneData,
    changes,
    is_zone,
    nearest_instant,
    offset_at,
    refuse_unusable_data,
    rules_digest,
    to_instant,
    to_wall,
    zone_data,
)
from tests.support.factories import real_zones

TCM = "America/Mexico_City"


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def wall(text: str) -> datetime:
    return datetime.fromisoformat(text)


def bundled() -> Path:
    spec = find_spec("pytz")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent / "zoneinfo"


@contextmanager
def c_library_in(zone: str) -> Iterator[None]:
    """localtime(3) by the bundled file of a zone: another reader of the same rules."""
    before = os.environ.get("TZ")
    os.environ["TZ"] = f":{bundled() / zone}"
    time.tzset()
    try:
        yield
    finally:
        os.environ.pop("TZ")
        if before is not None:
            os.environ["TZ"] = before
        time.tzset()


def shown(instant: datetime) -> datetime:
    return datetime(*time.localtime(instant.timestamp())[:6])


def instants_showing(moment: datetime) -> list[datetime]:
    """Every instant at which the clocks show it: each quarter of an hour of offset is tried."""
    plain = moment.replace(tzinfo=UTC)
    tried = (plain + timedelta(minutes=15 * quarter) for quarter in range(-56, 57))
    return [instant for instant in tried if shown(instant) == moment]


walls = st.datetimes(datetime(2021, 1, 1), datetime(2037, 12, 31, 23, 59)).map(lambda w: w.replace(microsecond=0))
instants = st.datetimes(datetime(2021, 1, 1), datetime(2037, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=UTC)
)


@st.composite
def walls_near_changes(draw: st.DrawFn) -> tuple[str, datetime]:
    """A zone, and a wall time within hours of a change of its clocks, if it ever changes."""
    zone = draw(st.sampled_from(real_zones()))
    found = changes(zone, utc("2021-01-01"), utc("2037-12-31"))
    if not found:
        return zone, draw(walls)
    change = draw(st.sampled_from(found))
    moment = change.at.replace(tzinfo=None) + change.before
    return zone, moment + timedelta(seconds=draw(st.integers(-7200, 7200)))


def test_a_workshop_at_18_tcm_is_friday_in_tokyo() -> None:
    instant = to_instant(wall("2021-10-21 18:00"), TCM)
    assert instant == utc("2021-10-21 23:00")
    assert to_wall(instant, "Asia/Tokyo") == wall("2021-10-22 08:00")
    assert to_wall(instant, "Asia/Kolkata") == wall("2021-10-22 04:30")


def test_mexico_keeps_no_summer_time_after_2022() -> None:
    assert offset_at(utc("2022-07-01"), TCM) == timedelta(hours=-5)
    assert offset_at(utc("2023-07-01"), TCM) == timedelta(hours=-6)


def test_vancouver_and_calgary_have_the_rules_of_autumn_2026() -> None:
    assert offset_at(utc("2026-12-01"), "America/Vancouver") == timedelta(hours=-7)
    assert offset_at(utc("2026-12-01"), "America/Edmonton") == timedelta(hours=-6)


@given(case=st.one_of(st.tuples(st.sampled_from(real_zones()), walls), walls_near_changes()))
def test_any_wall_time_in_any_zone_round_trips_or_is_refused(case: tuple[str, datetime]) -> None:
    zone, moment = case
    with c_library_in(zone):
        truth = instants_showing(moment)
        if not truth:
            with pytest.raises(NonexistentWallTime) as gap:
                to_instant(moment, zone)
            assert gap.value.before < moment < gap.value.after
            assert instants_showing(gap.value.before)
            assert instants_showing(gap.value.after) == [nearest_instant(moment, zone)]
        elif len(truth) == 1:
            assert [to_instant(moment, zone)] == truth
            assert [nearest_instant(moment, zone)] == truth
            for fold in (0, 1):
                with pytest.raises(NeedlessFold):
                    to_instant(moment, zone, fold)
        else:
            with pytest.raises(RepeatedWallTime) as twice:
                to_instant(moment, zone)
            assert [twice.value.first, twice.value.second] == truth
            assert [to_instant(moment, zone, 0), to_instant(moment, zone, 1)] == truth
            assert nearest_instant(moment, zone) == truth[0]
        assert all(to_wall(instant, zone) == moment for instant in truth)


@given(instant=instants, zone=st.sampled_from(real_zones()))
def test_clocks_show_what_the_c_library_shows(instant: datetime, zone: str) -> None:
    with c_library_in(zone):
        assert to_wall(instant, zone) == shown(instant)


@pytest.mark.parametrize(
    ("zone", "moment", "first", "second"),
    [
        ("Europe/Dublin", "2021-10-31 01:30", "2021-10-31 00:30", "2021-10-31 01:30"),
        ("Africa/Casablanca", "2021-04-11 02:30", "2021-04-11 01:30", "2021-04-11 02:30"),
        ("America/Havana", "2021-11-07 00:30", "2021-11-07 04:30", "2021-11-07 05:30"),
        ("Asia/Tehran", "2021-09-21 23:30", "2021-09-21 19:00", "2021-09-21 20:00"),
    ],
)
def test_of_two_equal_wall_times_the_first_is_the_earlier(zone: str, moment: str, first: str, second: str) -> None:
    with pytest.raises(RepeatedWallTime, match=zone) as twice:
        to_instant(wall(moment), zone)
    assert (twice.value.first, twice.value.second) == (utc(first), utc(second))
    assert to_instant(wall(moment), zone, 0) == utc(first)
    assert to_instant(wall(moment), zone, 1) == utc(second)


@pytest.mark.parametrize(
    ("zone", "moment", "before", "after", "instant"),
    [
        (TCM, "2022-04-03 02:30", "2022-04-03 01:59:59", "2022-04-03 03:00", "2022-04-03 08:00"),
        ("Europe/Dublin", "2021-03-28 01:00", "2021-03-28 00:59:59", "2021-03-28 02:00", "2021-03-28 01:00"),
        ("Africa/Casablanca", "2021-05-16 02:59:59", "2021-05-16 01:59:59", "2021-05-16 03:00", "2021-05-16 02:00"),
        ("America/Caracas", "2016-05-01 02:45", "2016-05-01 02:29:59", "2016-05-01 03:00", "2016-05-01 07:00"),
        ("Pacific/Apia", "2011-12-30 12:00", "2011-12-29 23:59:59", "2011-12-31 00:00", "2011-12-30 10:00"),
    ],
)
def test_a_skipped_wall_time_names_its_neighbours(
    zone: str, moment: str, before: str, after: str, instant: str
) -> None:
    """Also where no flag of summer time changes (Caracas), and where a whole day is left out (Apia)."""
    with pytest.raises(NonexistentWallTime, match="does not exist") as gap:
        to_instant(wall(moment), zone)
    assert (gap.value.wall, gap.value.zone) == (wall(moment), zone)
    assert (gap.value.before, gap.value.after) == (wall(before), wall(after))
    assert nearest_instant(wall(moment), zone) == utc(instant)


@pytest.mark.parametrize("moment", ["2038-01-01 00:00", "1969-12-31 23:59", "0001-01-01 00:00", "9999-12-31 23:59"])
def test_a_year_without_rules_is_refused(moment: str) -> None:
    for ask in (to_instant, nearest_instant):
        with pytest.raises(WallTimeOutOfRange, match="1970 to 2037"):
            ask(wall(moment), TCM)


def test_what_starts_on_the_last_day_can_be_shown_everywhere() -> None:
    last = to_instant(wall("2037-12-31 23:00"), TCM)
    assert to_wall(last, "Pacific/Auckland") == wall("2038-01-01 18:00")
    with pytest.raises(WallTimeOutOfRange):
        to_wall(last + timedelta(days=30), "Pacific/Auckland")
    with pytest.raises(WallTimeOutOfRange):
        offset_at(utc("1969-06-01"), TCM)


def test_every_refusal_is_one_kind_of_value_error() -> None:
    for kind in (NonexistentWallTime, RepeatedWallTime, NeedlessFold, WallTimeOutOfRange):
        assert issubclass(kind, WallTimeError)
    assert issubclass(WallTimeError, ValueError)


def test_microseconds_survive() -> None:
    moment = wall("2021-10-21 18:00:00.000007")
    assert to_wall(to_instant(moment, TCM), TCM) == moment


def test_a_zone_is_known_by_its_exact_name() -> None:
    assert is_zone("America/Mexico_City")
    assert is_zone("UTC")
    assert not any(is_zone(name) for name in ("america/mexico_city", "TCM", "", "../etc/passwd", "Europe/Nowhere"))


def test_a_wall_time_in_a_zone_that_is_none_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        to_instant(wall("2021-10-21 18:00"), "Europe/Nowhere")


def test_changes_are_every_change_and_no_other() -> None:
    found = changes("Europe/Dublin", utc("2021-01-01"), utc("2022-01-01"))
    assert [(c.at, c.before, c.after) for c in found] == [
        (utc("2021-03-28 01:00"), timedelta(0), timedelta(hours=1)),
        (utc("2021-10-31 01:00"), timedelta(hours=1), timedelta(0)),
    ]
    assert changes("Europe/Dublin", utc("2021-03-28 01:00"), utc("2021-10-31 00:59")) == ()


def digest_in(folder: Path | None) -> str:
    environment = dict(os.environ) if folder is None else {**os.environ, "PYTZ_TZDATADIR": str(folder)}
    command = [sys.executable, "-c", "from calendars.zones import zone_data; print(zone_data().digest)"]
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout.strip()


def swapped_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> ZoneData:
    """What a process says of its data with PYTZ_TZDATADIR set: this one, but for what it has kept."""
    monkeypatch.setenv("PYTZ_TZDATADIR", str(folder))
    return zone_data.__wrapped__()


@pytest.mark.parametrize(
    ("first_line", "version"),
    [("# version 2027a\n", "2027a"), ("# version unknown-dirty\n", "?"), ("\xe9\n", "?"), (None, "?")],
)
def test_other_zone_files_are_named_by_themselves_or_not_at_all(
    first_line: str | None, version: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "zoneinfo"
    shutil.copytree(bundled(), copy)
    if first_line is None:
        (copy / "tzdata.zi").unlink()
    else:
        (copy / "tzdata.zi").write_text(first_line, encoding="latin-1")
    found = swapped_for(copy, monkeypatch)
    assert (found.version, found.folder, found.digest) == (version, str(copy), zone_data().digest)


def test_pytzs_own_folder_is_its_own_whoever_names_it(monkeypatch: pytest.MonkeyPatch) -> None:
    assert swapped_for(bundled(), monkeypatch) == zone_data()


def test_zone_files_that_are_missing_or_read_as_utc_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    refuse_unusable_data()
    monkeypatch.setenv("PYTZ_TZDATADIR", str(tmp_path))
    with pytest.raises(UnusableZoneData, match="no zone files"):
        refuse_unusable_data()
    (tmp_path / "America").mkdir()
    shutil.copy(bundled() / "UTC", tmp_path / "America" / "Mexico_City")
    with pytest.raises(UnusableZoneData, match="zic -b fat"):
        refuse_unusable_data()


def test_other_zone_data_has_another_digest(tmp_path: Path) -> None:
    """The version's name would not tell: pytz goes on naming the data that it came with."""
    assert digest_in(None) == zone_data().digest
    copy = tmp_path / "zoneinfo"
    shutil.copytree(bundled(), copy)
    assert digest_in(copy) == zone_data().digest
    shutil.copyfile(copy / "America" / "Denver", copy / "America" / "Vancouver")
    assert digest_in(copy) != zone_data().digest


def test_the_data_in_use_has_a_name_and_a_sha256() -> None:
    data = zone_data()
    assert data.version >= "2026f"
    assert len(data.digest) == len(hashlib.sha256().hexdigest())
    assert zone_data() is data


def test_the_rules_of_a_zone_have_a_digest_that_is_equal_for_equal_rules_alone() -> None:
    """By it a clock that somebody confirmed counts no more once its rules are others."""
    assert rules_digest("Europe/Madrid") == rules_digest("Europe/Madrid")
    assert rules_digest("Asia/Calcutta") == rules_digest("Asia/Kolkata")
    assert rules_digest("Europe/Madrid") != rules_digest("Europe/Lisbon")
