"""What may have been meant is asked with «o», what there is is told with «y»."""

from __future__ import annotations

import pytest

from scheduler.base.meant import listed, meant


@pytest.mark.parametrize(
    ("said", "es", "en"),
    [
        ("taler-1", "¿Quiso decir taller-1?", "Did you mean taller-1?"),
        ("seda", "¿Quiso decir seta o sede?", "Did you mean seta or sede?"),
        ("osto", "¿Quiso decir hosto u oslo?", "Did you mean hosto or oslo?"),
    ],
)
def test_of_several_one_is_meant(said: str, es: str, en: str) -> None:
    found = meant(said, ["taller-1", "sede", "seta", "oslo", "hosto"])
    assert found is not None
    assert (found["es"], found["en"]) == (es, en)


def test_where_nothing_is_like_it_nothing_is_asked() -> None:
    assert meant("x", ["taller-1", "sede"]) is None


def test_all_that_there_is_is_told_with_and() -> None:
    assert (listed(["sede", "iglesia"])["es"], listed(["sede", "seta"])["en"]) == ("sede e iglesia", "sede and seta")
