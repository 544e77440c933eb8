"""A damaged file is read, asked about or refused with its place; nothing else comes out, and not late."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scheduler.attendance.presence import together
from scheduler.attendance.questions import AttendanceQuestion, AttendanceRefusal
from scheduler.attendance.values import AttendanceFile
from tests.attendance.test_programs import FILES
from tests.support import attendance_files as made
from tests.support.attended import PEOPLE, SESSION, minutes, read_file, stay

ANSWERS = [
    "order=day-first", "order=month-first", "zone=UTC", "day=2021-10-21", "unit=hours", "open=end", "open=last",
    "column:1.1=name", "column:1.2=join", "column:1.3=leave", "column:2.1=duration", "column:1.0=ignore",
    "column:1.1=ignore", "column:1.2=first-join", "column:9.9=site", "action:ana=join",
]  # fmt: skip
CONTENTS = sorted({content for content, *_ in FILES.values()}, key=lambda content: (len(content), content))
TEXTS = [content for content in CONTENTS if not content.startswith(b"PK")]


def read_or_refused(content: bytes, *answers: str) -> AttendanceFile | AttendanceRefusal:
    try:
        return read_file(content, *answers)
    except AttendanceRefusal as refusal:
        return refusal


def outcome(content: bytes, *answers: str) -> AttendanceFile | AttendanceRefusal:
    """What comes out; any other exception ends the test."""
    found = read_or_refused(content, *answers)
    if isinstance(found, AttendanceRefusal):
        assert found.rule
        assert all(map(found.lines, ("es", "en")))
        assert not isinstance(found, AttendanceQuestion) or all(one.answers for one in found.questions)
        return found
    length = (SESSION.end - SESSION.start).total_seconds() / 60
    assert all(held is None or 0 <= held <= length for held in minutes_of(found))
    return found


def minutes_of(found: AttendanceFile) -> list[int | None]:
    return [one.minutes for one in together([found], SESSION)]


Change = Callable[[bytes, int, int], bytes]
CHANGES: dict[str, Change] = {
    "cut": lambda content, at, _: content[:at],
    "without its beginning": lambda content, at, _: content[at:],
    "a byte flipped": lambda content, at, byte: content[:at] + bytes([byte]) + content[at + 1 :],
    "a byte lost": lambda content, at, _: content[:at] + content[at + 1 :],
    "a byte more": lambda content, at, byte: content[:at] + bytes([byte]) + content[at:],
    "a piece twice": lambda content, at, byte: content[: at + byte] + content[at:],
    "a piece lost": lambda content, at, byte: content[:at] + content[at + byte :],
    "NULs": lambda content, at, byte: content[:at] + b"\0" * (byte % 8) + content[at:],
}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(
    content=st.sampled_from(CONTENTS),
    changes=st.lists(
        st.tuples(st.sampled_from(sorted(CHANGES)), st.integers(0, 20_000), st.integers(0, 255)), min_size=1, max_size=4
    ),
)
def test_a_changed_file_is_read_asked_about_or_refused(content: bytes, changes: list[tuple[str, int, int]]) -> None:
    for name, at, byte in changes:
        content = CHANGES[name](content, at % (len(content) + 1), byte)
    outcome(content)


@given(st.binary(max_size=400))
def test_bytes_of_any_kind_are_read_asked_about_or_refused(content: bytes) -> None:
    outcome(content)


@given(
    st.lists(
        st.lists(
            st.sampled_from(
                ["Name", "Join time", "Leave time", "Duration", "Email", "Attended", "User Action", "Timestamp", "Ana",
                 "First join", "21/10/2021 18:02", "10/21/2021, 6:09 PM", "18:05", "1h 3m", "7", "x@y.example", "Left",
                 "Joined", "", "Yes", "No", "1:05", "Topic", "31/12/2099 10:00", "--",
                 "2099-01-01T10:00:00Z", "0001-01-01T00:00:00+05:00", "1970-01-01 00:00"]
            ),
            max_size=7,
        ),
        max_size=9,
    ),
    st.sampled_from("\t,;"),
    st.lists(st.sampled_from(ANSWERS), max_size=3),
)  # fmt: skip
def test_tables_of_known_words_in_any_order_are_read_asked_about_or_refused(
    rows: list[list[str]], delimiter: str, answers: list[str]
) -> None:
    outcome(made.separated(rows, delimiter).encode(), *answers)


@pytest.mark.parametrize("name", ["Teams 1, Spanish", "Teams 3, UTF-16LE", "Zoom 1", "Zoom 3", "Webex"])
def test_a_file_cut_anywhere_gives_nobody_more_than_the_whole_one(name: str) -> None:
    """At every byte: what is left is read, asked about or refused, and no minute is invented."""
    content, _, _, expected = FILES[name]
    for at in range(0, len(content), 7):
        found = outcome(content[:at])
        if isinstance(found, AttendanceFile) and found.program != "list":
            for who, held in minutes(found).items():
                assert held is None or held <= expected.get(who, 0) + 10, (at, who)


def test_a_row_that_is_cut_off_is_named() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8")
    cut = content[: content.rindex(b",")].rstrip(b",0123456789YesNo")
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(cut)
    assert refused.value.rule == "cut-off"
    assert refused.value.lines("en")[0].startswith("asistencia.csv:6:")


def test_a_quotation_mark_that_never_closes_is_named() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8")
    cut = content[: content.index(b'"') + 4]
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(cut)
    assert (refused.value.rule, refused.value.place) == ("quotes", "5:1")


def test_a_flipped_digit_is_refused_with_line_column_and_value() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8").replace(b"06:10:00 PM", b"06:1x:00 PM")
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(content)
    assert (refused.value.rule, refused.value.value) == ("moment", "10/21/2021 06:1x:00 PM")
    assert refused.value.place == "4:15"


def test_a_date_flipped_into_another_century_counts_nothing_and_is_said() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8")
    found = read_file(content.replace(b"10/21/2021 06:10:00 PM,10/21/2021", b"10/21/2031 06:10:00 PM,10/21/2031"))
    assert minutes(found)["Beto Muestra"] == 0
    assert any("of another day than the session" in said["en"] for said in found.remarks)


def test_a_time_that_its_duration_contradicts_does_not_lengthen_the_stay() -> None:
    """One flipped digit would make 30 minutes 90."""
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8").replace(b"06:40:00 PM", b"07:40:00 PM")
    found = read_file(content)
    assert minutes(found)["Beto Muestra"] == 30
    assert any("the shorter of them counts" in said["en"] for said in found.remarks)


def test_a_block_that_is_there_twice_counts_once() -> None:
    content = made.by_zoom(made.zoom_1(PEOPLE), encoding="utf-8")
    assert minutes(read_file(content * 2)) == minutes(read_file(content))
    assert read_file(content * 2).totals == read_file(content).totals


@pytest.mark.parametrize(
    ("begin", "what"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"<html><body>", "web page"),
        (b'{"value": []}', "JSON"),
        (b"\x89PNG\r\n\x1a\n\0", "picture"),
    ],
)
def test_a_file_of_another_kind_is_named_for_what_it_is(begin: bytes, what: str) -> None:
    with pytest.raises(AttendanceRefusal, match=what):
        read_file(begin + b" and so on")


LARGE: dict[str, Callable[[int], bytes]] = {
    "rows": lambda n: made.by_zoom(made.zoom_1([made.Came(name=f"P {i}", stays=(stay(0, 60),)) for i in range(n)])),
    "quotes": lambda n: b'Name,Join Time\n"' + b'""' * n * 40,
    "one cell": lambda n: b"Name,Join Time\n" + b"a" * n * 60,
    "commas": lambda n: b"Name,Join Time\n" + b"," * n * 60,
    "lines": lambda n: b"Name,Join Time\n" + b"\n" * n * 12,
    "headers": lambda n: b"Name,Join Time\n" * n * 3,
    "NULs": lambda n: b"Name,Join Time\n" + b"\0" * n * 60,
    "high bytes": lambda n: b"Name,Join Time\n" + b"\xe1\x81 " * n * 20,
    "one name": lambda n: made.by_teams(
        made.teams_1([made.Came(name="Ana", stays=tuple(stay(i / 100, i / 100 + 0.5) for i in range(n)))]), clock="es"
    ),
}


@pytest.mark.parametrize("name", LARGE)
def test_time_grows_as_the_file_does(name: str) -> None:
    """Eight times the file takes no more than sixteen times as long, beside what it takes to begin."""
    spent = []
    for size in (500, 4_000):
        content = LARGE[name](size)
        begun = time.process_time()
        outcome(content)
        spent.append(time.process_time() - begun)
    assert spent[1] < 16 * spent[0] + 0.3


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"Name,Join Time\n" + b"x" * (9 * 1024 * 1024), "too-large"),
        (b"Name,Join Time\n" * 70_000, "too-large"),
        (b"Name,Join Time\nAna" + b"," * 400 + b"\n", "too-large"),
        (b"Name,Join Time\n" + b"a" * 5_000 + b",\n", "too-large"),
        (b"", "empty"),
        (b"\xff\xfe\0\0", "empty"),
    ],
)
def test_what_no_meeting_has_is_refused_before_it_is_looked_at(content: bytes, rule: str) -> None:
    with pytest.raises(AttendanceRefusal) as refused:
        read_file(content)
    assert refused.value.rule == rule
