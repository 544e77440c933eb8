"""Sites in one list are told apart, whoever writes it: by the city, else the country, else the office."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.model.places import Representation
from calendars.model.text import Language
from scheduler.wording.places import city_name, city_names
from tests.support.command_line import agenda as called
from tests.support.factories import agenda, site
from tests.support.shipped import shipped_draft

SAME = {
    "es": {
        "san-jose-california": "San José (Estados Unidos)",
        "san-jose-costa-rica": "San José (Costa Rica)",
        "roma": "Roma (Italia)",
        "santa-sede": "Roma (Santa Sede)",
    },
    "en": {
        "san-jose-california": "San Jose (United States)",
        "san-jose-costa-rica": "San José (Costa Rica)",
        "roma": "Rome (Italy)",
        "santa-sede": "Rome (Vatican City)",
    },
}


@pytest.mark.parametrize("language", ["es", "en"])
def test_of_the_shipped_sites_those_of_one_name_have_their_country(language: Language) -> None:
    """An accent does not tell them apart for whoever reads."""
    shipped = shipped_draft().agenda
    names = city_names(shipped.representations, language)
    assert list(names) == [one.id for one in shipped.representations]
    assert {key: name for key, name in names.items() if "(" in name} == SAME[language]
    assert {key: city_name(shipped, key, language) for key in names} == names


def test_two_in_one_country_have_the_office_and_else_the_id() -> None:
    """Of a site that the agenda has no more the id is said."""
    two = (site(), site(id="osaka", name="Consulado de México"))
    assert city_names(two, "es") == {
        "tokio": "Tokio (Embajada de México en Japón)",
        "osaka": "Tokio (Consulado de México)",
    }
    assert city_names((site(), site(id="otro")), "es") == {"tokio": "Tokio (tokio)", "otro": "Tokio (otro)"}
    assert city_name(agenda(representations=two), "gone", "es") == "gone"


@given(
    st.lists(st.tuples(st.sampled_from("ABb"), st.sampled_from(["JP", "IT"]), st.sampled_from("XY")), max_size=9),
    st.sampled_from(["es", "en"]),
)
def test_no_two_of_a_list_have_one_name(made: Sequence[tuple[str, str, str]], language: Language) -> None:
    sites: list[Representation] = [
        replace(site(id=f"s{at}"), city=city, country=code, country_code=code, name=name)
        for at, (city, code, name) in enumerate(made)
    ]
    names = city_names(sites, language)
    assert list(names) == [one.id for one in sites]
    assert len(set(names.values())) == len(sites)


@pytest.mark.parametrize("language", ["es", "en"])
@pytest.mark.usefixtures("here")
def test_commands_that_list_sites_tell_them_apart(language: Language) -> None:
    """An event's days at its sites, and what was answered at each."""
    assert called("publish", "--reason", "inicio", "--yes", "--author", "M. R.").exit_code == 0
    days = called("impact", "jornada-credencializacion-2022", "--lang", language).stdout
    assert [name for name in SAME[language].values() if name not in days] == []
    answers = called("answers", "taller-europa-2021", "--lang", language).stdout
    assert [SAME[language][key] in answers for key in ("roma", "santa-sede")] == [True, True]
