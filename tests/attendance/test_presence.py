"""A person's minutes: the union over all rows and files of a session, never more than the session."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.attendance.presence import together
from scheduler.attendance.values import AttendanceFile, Attendee, Interval
from tests.support import attendance_files as made
from tests.support.attendance_files import Came
from tests.support.attended import ANA, MINUTES, PEOPLE, SESSION, START, minutes, read_file, stay


def a_file(*seen: Attendee) -> AttendanceFile:
    return AttendanceFile(
        program="table",
        encoding="utf-8",
        delimiter=",",
        zone=SESSION.zone,
        order=None,
        seen=seen,
        totals={},
        remarks=(),
    )


def one(file: AttendanceFile) -> int | None:
    (person,) = together([file], SESSION)
    return person.minutes


def test_the_same_file_twice_changes_nothing() -> None:
    found = read_file(made.by_teams(made.teams_3(PEOPLE)))
    assert minutes(found, found) == minutes(found) == MINUTES
    assert together([found, found], SESSION) == together([found], SESSION)


def test_two_devices_at_once_count_once() -> None:
    """A laptop for the whole session and a telephone for half of it."""
    both = Came(name="Ana Ejemplo", address="ana@sedes.example", stays=(stay(0, 120), stay(30, 90)))
    assert minutes(read_file(made.by_zoom(made.zoom_1([both])))) == {"Ana Ejemplo": 120}
    assert minutes(read_file(made.by_teams(made.teams_1([both]), clock="es"))) == {"Ana Ejemplo": 120}


def test_two_files_of_one_session_join() -> None:
    """The first was downloaded by half time; the second has the rest, and Beto only there."""
    first = made.zoom_1([Came(name="Ana Ejemplo", address="ana@sedes.example", stays=(stay(0, 50),))])
    second = made.zoom_1(
        [
            Came(name="Ana E.", address="ANA@sedes.example", stays=(stay(40, 100),)),
            Came(name="Beto Muestra", stays=(stay(90, 120),)),
        ]
    )
    files = [read_file(made.by_zoom(rows)) for rows in (first, second)]
    assert minutes(*files) == {"Ana Ejemplo": 100, "Beto Muestra": 30}


def test_a_name_without_an_address_joins_the_one_person_that_has_it() -> None:
    seen = (
        Attendee(name="Ana Ejemplo", address="ana@a.example", intervals=(stay(0, 10),)),
        Attendee(name="ana EJEMPLO (Guest)", intervals=(stay(20, 30),)),
    )
    assert one(a_file(*seen)) == 20


def test_a_name_that_two_addresses_have_is_nobodys() -> None:
    """Two people may be called the same; whose the third row is, nobody knows."""
    seen = (
        Attendee(name="Ana Ejemplo", address="ana@a.example", intervals=(stay(0, 10),)),
        Attendee(name="Ana Ejemplo", address="ana@b.example", intervals=(stay(0, 10),)),
        Attendee(name="Ana Ejemplo", intervals=(stay(20, 30),)),
    )
    people = together([a_file(*seen)], SESSION)
    assert sorted(person.key for person in people) == ["a:ana@a.example", "a:ana@b.example", "n:ana ejemplo"]


def test_a_mail_address_and_the_account_beside_it_are_one_persons() -> None:
    seen = (
        Attendee(name="Ana", address="ana@a.example", other_address="u1@a.example", intervals=(stay(0, 10),)),
        Attendee(name="Ana de la sede", address="u1@a.example", intervals=(stay(20, 30),)),
    )
    (person,) = together([a_file(*seen)], SESSION)
    assert (person.minutes, person.addresses) == (20, frozenset({"ana@a.example", "u1@a.example"}))


def test_names_that_are_only_alike_are_two_people() -> None:
    seen = (
        Attendee(name="Ana Ejemplo", intervals=(stay(0, 9),)),
        Attendee(name="Ana Ejemplos", intervals=(stay(0, 9),)),
    )
    assert len(together([a_file(*seen)], SESSION)) == 2


def test_a_total_counts_as_far_as_it_must_lie_within_the_session() -> None:
    """Seen from half an hour before to half an hour after, for 150 of 180 minutes: 90 are certain."""
    assert one(a_file(Attendee(name="Ana", span=stay(-30, 150), minutes=150))) == 90
    assert one(a_file(Attendee(name="Ana", span=stay(-30, 150), minutes=40))) == 0
    assert one(a_file(Attendee(name="Ana", minutes=500))) == 120


def test_a_total_beyond_the_times_that_are_known_is_not_lost() -> None:
    """Cut off among the activities: twenty minutes are left of a stay of 100."""
    seen = Attendee(name="Ana", intervals=(stay(0, 20),), span=stay(0, 110), minutes=100)
    assert one(a_file(seen)) == 100


def test_unknown_is_not_zero_and_zero_is_not_unknown() -> None:
    assert one(a_file(Attendee(name="Ana"))) is None
    assert one(a_file(Attendee(name="Ana", intervals=(stay(-60, -10),)))) == 0
    assert one(a_file(Attendee(name="Ana"), Attendee(name="Ana", intervals=(stay(0, 7),)))) == 7


def test_present_is_who_stayed_for_the_threshold_or_is_on_a_list() -> None:
    people = together(
        [
            a_file(
                Attendee(name="Ana", intervals=(stay(0, 10),)),
                Attendee(name="Beto", intervals=(stay(0, 9.99),)),
                Attendee(name="Carla"),
                Attendee(name="Dora", listed=True),
            )
        ],
        SESSION,
    )
    assert [person.present(10) for person in people] == [True, False, None, True]


def test_the_files_own_total_is_that_of_the_file_that_says_most() -> None:
    """Two downloads of one meeting repeat their rows: they are not added up."""
    found = read_file(made.by_zoom(made.zoom_1([ANA])))
    (person,) = together([found, found], SESSION)
    assert (person.minutes, person.own_minutes) == (110, 120)


INTERVALS = st.tuples(st.integers(-200, 200), st.integers(0, 100)).map(lambda one: stay(one[0], one[0] + one[1]))


@given(st.lists(INTERVALS, min_size=1, max_size=8))
def test_minutes_are_those_that_a_count_by_minutes_gives(intervals: list[Interval]) -> None:
    """Counted another way: of each minute of the session, was she there?"""
    found = one(a_file(*(Attendee(name="Ana", intervals=(piece,)) for piece in intervals)))
    moments = [START + timedelta(minutes=at, seconds=30) for at in range(120)]
    assert found == sum(any(begin <= moment < end for begin, end in intervals) for moment in moments)


@given(st.lists(INTERVALS, min_size=1, max_size=8), st.permutations(range(8)))
def test_the_order_of_rows_and_files_says_nothing(intervals: list[Interval], order: list[int]) -> None:
    rows = [Attendee(name="Ana", intervals=(piece,)) for piece in intervals]
    other = [rows[at] for at in order if at < len(rows)]
    assert (
        together([a_file(row) for row in other], SESSION)[0].intervals
        == together([a_file(*rows)], SESSION)[0].intervals
    )
