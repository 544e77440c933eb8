"""The days off of 79 countries beside date-holidays, and of five that it does not know beside a list by hand."""

from __future__ import annotations

import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from calendars.days.certainty import is_moons
from calendars.days.listed import listed
from tests.support.factories import NO_WORD, site
from tests.support.second_source import Comparison, Difference, Entry, Rule, Wrong, read, rows
from tests.support.shipped import shipped_draft

YEARS = range(2026, 2029)
BY_HAND = ("JO", "KW", "LB", "PS", "QA")
UNSEEN = "to be looked at"
WRONG = Path(__file__).with_name("second_source_wrong.csv")
ONE_BY_ONE = Path(__file__).with_name("second_source.csv")
HAND_LIST = Path(__file__).with_name("by_hand_2026.csv")

Key = tuple[str, date, bool]


def _countries() -> list[str]:
    return sorted({place.country_code for place in shipped_draft().agenda.representations})


def _wrong() -> list[Wrong]:
    return [
        Wrong(country=row["country"], ours=row["list"] == "ours", feast=row["feast"], source=row["source"])
        for row in rows(WRONG)
    ]


def _one_by_one() -> dict[Key, str]:
    return {
        (row["country"], date.fromisoformat(row["day"]), row["list"] == "ours"): row["source"]
        for row in rows(ONE_BY_ONE)
    }


def _classed(wrong: list[Wrong]) -> list[tuple[Difference, Rule | None]]:
    found: list[tuple[Difference, Rule | None]] = []
    for country, entries in read(_countries(), YEARS).items():
        compared = Comparison(country, entries, YEARS, wrong)
        found += [(one, compared.rule(one)) for one in compared.differences()]
    return found


def _counted(classed: list[tuple[Difference, Rule | None]]) -> str:
    counts = Counter(rule for _, rule in classed)
    unseen = sum(source.startswith(UNSEEN) for source in _one_by_one().values())
    lines = [f"{len(classed)} weekdays of {YEARS[0]}-{YEARS[-1]} stand in one of the two lists alone:"]
    lines += [f"  {counts[rule]:4d}  {rule}" for rule in Rule]
    lines += [f"  {counts[None]:4d}  one by one", f"  {unseen:4d}  of these: {UNSEEN}"]
    return "\n".join(["", *lines, ""])


@pytest.mark.long
def test_what_no_rule_explains_stands_one_by_one(capsys: pytest.CaptureFixture[str]) -> None:
    """A new difference fails, and a row that is none any more; the counts are printed."""
    wrong = _wrong()
    classed = _classed(wrong)
    with capsys.disabled():
        sys.stdout.write(_counted(classed))
    left = {(one.country, one.day, one.ours) for one, rule in classed if rule is None}
    assert left == set(_one_by_one())
    idle = [row for row in wrong if not any(row.fits(one) for one, _ in classed)]
    assert not idle, "a row that explains nothing"


@pytest.mark.long
def test_the_second_source_knows_all_countries_but_those_compared_by_hand() -> None:
    known = read(_countries(), YEARS)
    assert len(known) == 79
    assert sorted(set(_countries()) - set(known)) == list(BY_HAND)


def _entry(day: str, name: str, rule: str, kind: str = "public", part: str | None = None) -> Entry:
    return Entry(day=date.fromisoformat(day), kind=kind, name=name, rule=rule, part=part)


@pytest.mark.parametrize(
    ("country", "entry", "day", "rule"),
    [
        ("SG", _entry("2027-03-09", "Hari Raya Puasa", "1 Shawwal"), "2027-03-09", Rule.MOON),
        ("SG", _entry("2027-03-09", "Hari Raya Puasa", "1 Shawwal"), "2027-03-10", Rule.MOON),
        ("SG", _entry("2027-03-08", "Hari Raya Puasa", "1 Shawwal"), "2027-03-08", None),
        ("US", _entry("2028-01-01", "New Year", "01-01"), "2028-11-10", Rule.OBSERVED),
        ("AU", _entry("2026-12-28", "Boxing Day", "12-26"), "2026-12-28", Rule.REGIONAL),
        ("NL", _entry("2026-04-03", "Good Friday", "easter -2", "school"), "2026-04-03", Rule.OFFICES),
        ("GT", _entry("2026-12-24", "Christmas Eve", "12-24 12:00"), "2026-12-24", Rule.OFFICES),
        ("JP", _entry("2026-02-12", "Made up", "02-12"), "2026-02-12", None),
    ],
)
def test_each_rule_explains_its_own(country: str, entry: Entry, day: str, rule: Rule | None) -> None:
    compared = Comparison(country, [entry], YEARS, ())
    found = {one.day: compared.rule(one) for one in compared.differences()}
    assert found[date.fromisoformat(day)] is rule


def test_a_row_of_a_wrong_list_explains_the_feast_that_it_names() -> None:
    row = Wrong(country="JP", ours=False, feast="^Made", source="Gazette")
    compared = Comparison("JP", [_entry("2026-02-12", "Made up", "02-12")], YEARS, [row])
    [found] = [one for one in compared.differences() if not one.ours]
    assert compared.rule(found) is Rule.WRONG


def test_each_row_says_its_source() -> None:
    """What nobody has looked at yet says so."""
    for path in (WRONG, ONE_BY_ONE, HAND_LIST):
        assert all(len(row["source"]) > 10 for row in rows(path)), path.name
    assert len(_one_by_one()) == len(rows(ONE_BY_ONE)), "a day twice"


@pytest.mark.parametrize("country", BY_HAND)
def test_the_days_of_2026_that_are_known_by_hand_are_ours_as_the_list_says(country: str) -> None:
    """Certain, estimated, or missing: then the list is wrong there, and a release that mends it fails here."""
    place = site(country_code=country)
    ours = listed(country, None, 2026)
    for row in rows(HAND_LIST):
        if row["country"] == country:
            day = date.fromisoformat(row["day"])
            assert NO_WORD.weekend(place, day) is None, day
            feast = ours.get(day)
            standing = "missing" if feast is None else "certain" if feast.certain else "estimated"
            assert (day, standing) == (day, row["ours"]), row["name"]


@pytest.mark.parametrize("country", BY_HAND)
def test_what_is_estimated_there_is_a_feast_by_the_moon(country: str) -> None:
    """Of those, the list by hand has the ones whose announcement is known."""
    estimated = [one.name["en"] for one in NO_WORD.year(site(country_code=country), 2026) if not one.certain]
    assert estimated
    assert all(is_moons(name) for name in estimated)
