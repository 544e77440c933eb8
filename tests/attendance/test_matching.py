"""Somebody belongs to a site by address, by post or site in the displayed name, or by an answer; never by likeness."""

from __future__ import annotations

from datetime import date

import pytest

from calendars.model.people import Recipient
from calendars.model.places import Representation
from scheduler.attendance.matching import Register, match
from scheduler.attendance.presence import together
from scheduler.attendance.values import Match, Participant
from tests.support.attended import SESSION, read_file


def a_site(name: str, city: str, *, kind: str = "consulado general", label: str = "") -> Representation:
    return Representation(
        id=name,
        kind=kind,
        name=label or f"Consulado General de México en {city}",
        city=city,
        country="x",
        country_code="US",
        region="x",
        zone="UTC",
    )


SITES = [
    a_site("tokio", "Tokio", kind="embajada", label="Embajada de México en Japón"),
    a_site("santa-ana", "Santa Ana"),
    a_site("la-paz", "La Paz", kind="embajada", label="Embajada de México en Bolivia"),
    a_site("san-jose-california", "San José"),
    a_site("san-jose-costa-rica", "San José", kind="embajada", label="Embajada de México en Costa Rica"),
    a_site("kansas-city", "Kansas City"),
    a_site("nogales", "Nogales"),
]


def a_post(site: str, address: str, title: str) -> Recipient:
    return Recipient(id=site, site=site, address=address, language="es", post=title, joined=date(2021, 10, 1))


POSTS = [
    *(a_post(site.id, f"{site.id}@sedes.example", "Sección Consular") for site in SITES),
    a_post("tokio", "enlace.tokio@sedes.example", "Enlace para Asia Pacífico"),
]
REGISTER = Register(SITES, POSTS)


def matched(name: str, address: str = "", *, site: str = "", listed: bool = False, known: str = "") -> Match:
    person = Participant(
        key=f"a:{address}" if address else f"n:{name}",
        name=name,
        address=address,
        addresses=frozenset(filter(None, [address])),
        site=site,
        intervals=(),
        minutes=30,
        own_minutes=None,
        listed=listed,
    )
    return match(person, REGISTER, lambda key: known if known and key == person.key else None)


@pytest.mark.parametrize(
    ("name", "site", "by"),
    [
        ("Consulado en Santa Ana", "santa-ana", "site"),
        ("Embajada de México en Japón - Ana", "tokio", "site"),
        ("[Consulmex Nogales] Ana Ejemplo", "nogales", "site"),
        ("Ana Ejemplo, Tokio", "tokio", "site"),
        ("TOKIO | Ana Ejemplo", "tokio", "site"),
        ("Ana (Kansas City)", "kansas-city", "site"),
        ("san-jose-costa-rica", "san-jose-costa-rica", "site"),
        ("Embajada en Costa Rica (San José Costa Rica)", "san-jose-costa-rica", "site"),
        ("Sección Consular, Nogales", "nogales", "post"),
        ("Sección consular Santa Ana Beto", "santa-ana", "post"),
        ("Enlace para Asia Pacífico", "tokio", "post"),
    ],
)
def test_a_site_or_a_post_in_the_displayed_name_counts(name: str, site: str, by: str) -> None:
    assert matched(name) == Match(site=site, by=by)  # type: ignore[arg-type]  # because a parameter is any text


@pytest.mark.parametrize(
    "name",
    [
        "María de la Paz Ejemplo",  # a name of people is no city
        "Ana Tokio",
        "Santa Ana Ejemplo",
        "Consulado en San José",  # two sites
        "Consulado en Santa Ana y Consulado en Nogales",
        "Consulado en Santana",  # never by likeness
        "Consulado en Nogale",
        "Sección Consular",  # every site has one
        "Ana Ejemplo",
        "+52 55 1234 5678",
        "Consulado Tokio's Notetaker (Otter.ai)",
        "",
    ],
)
def test_what_names_no_site_or_two_stays_unmatched(name: str) -> None:
    assert matched(name) == Match(site=None, by="")


def test_an_address_counts_before_the_name() -> None:
    assert matched("Consulado en Nogales", "tokio@sedes.example") == Match(site="tokio", by="address")


def test_an_answer_counts_before_the_name_and_after_the_address() -> None:
    assert matched("Consulado en Nogales", known="tokio") == Match(site="tokio", by="remembered")
    assert matched("+52 55 1234 5678", known="tokio") == Match(site="tokio", by="remembered")
    assert matched("Ana", "nogales@sedes.example", known="tokio").by == "address"


def test_the_case_of_an_address_says_nothing() -> None:
    found = read_file(b"Name,Email,Join Time,Leave Time\nAna,TOKIO@Sedes.Example,10/21/2021 18:00,10/21/2021 19:00\n")
    (person,) = together([found], SESSION)
    assert match(person, REGISTER, lambda _: None) == Match(site="tokio", by="address")


def test_a_list_names_sites_bare() -> None:
    """On a list of sites, «Santa Ana» is the site; among displayed names it is so only as a piece of its own."""
    assert matched("Santa Ana", listed=True) == Match(site="santa-ana", by="site")
    assert matched("Ana Ejemplo", site="Nogales", listed=True) == Match(site="nogales", by="site")
    assert matched("San José", listed=True) == Match(site=None, by="")
