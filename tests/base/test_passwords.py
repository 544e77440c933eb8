"""Which passwords are taken, and what is kept of one."""

from __future__ import annotations

import unicodedata

import pytest
from argon2 import PasswordHasher

from scheduler.base import passwords
from scheduler.base.common_passwords import COMMON
from scheduler.base.passwords import LONGEST, NOBODYS, SHORTEST

GOOD = "cuatro palabras sin relación"


@pytest.mark.parametrize("password", [GOOD, "plátano-tornillo-azul", "a b c d e f g h i j k"])
def test_length_is_all_that_is_asked_of_a_password(password: str) -> None:
    assert passwords.problem(password) is None


@pytest.mark.parametrize(
    ("password", "says"),
    [
        ("once letras", "escriba al menos 12 caracteres"),
        ("x y" * 86, "escriba 256 caracteres como máximo"),
        ("Password1234", "muchas personas usan"),
        ("contraseña123", "muchas personas usan"),
        ("aaaaaaaaaaaabc", "muchas personas usan"),
        ("121212121212", "muchas personas usan"),
        ("1234567890abc", "muchas personas usan"),
        ("qwertyuiopas12", "muchas personas usan"),
        ("agendaconsular2026", "queda muy poco"),
        ("ana.prueba-2026", "queda muy poco"),
        ("DeskAnaPrueba123", "queda muy poco"),
    ],
)
def test_what_anybody_would_try_first_is_refused_with_the_way_out(password: str, says: str) -> None:
    problem = passwords.problem(password, ("ana.prueba@desk.example", "Ana Prueba"))
    assert problem is not None
    assert problem["es"].startswith(says) or says in problem["es"]
    assert problem["en"] != problem["es"]


def test_no_common_password_is_too_short_to_stand_in_the_list() -> None:
    assert {one for one in COMMON if len(one) < SHORTEST} == set()
    assert all(passwords.problem(one) is not None for one in COMMON)


def test_a_password_matches_its_hash_and_no_other_and_two_hashes_differ() -> None:
    kept = passwords.hashed(GOOD)
    assert passwords.matches(GOOD, kept)
    assert not passwords.matches(GOOD + " ", kept)
    assert passwords.hashed(GOOD) != kept
    assert kept.startswith("$argon2id$")


def test_an_accent_typed_on_another_keyboard_is_the_same() -> None:
    apart = unicodedata.normalize("NFD", GOOD)
    assert apart != GOOD
    assert passwords.matches(apart, passwords.hashed(GOOD))


def test_nobodys_password_takes_as_long_and_never_matches() -> None:
    assert not passwords.matches("the password of nobody", None)
    assert not passwords.outdated(NOBODYS)
    assert PasswordHasher().verify(NOBODYS, "the password of nobody")


def test_what_is_too_long_is_not_hashed_and_what_is_no_hash_matches_nothing() -> None:
    assert not passwords.matches("x" * (LONGEST + 1), passwords.hashed(GOOD))
    assert not passwords.matches(GOOD, "no hash")


def test_a_hash_of_former_parameters_is_outdated_and_still_good() -> None:
    former = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(GOOD)
    assert passwords.matches(GOOD, former)
    assert passwords.outdated(former)
    assert not passwords.outdated(passwords.hashed(GOOD))
