"""`agenda answers`, and its line in `agenda status`: who comes, from where nobody does, whom that leaves to ask."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest

from calendars.model.rules import Coverage
from scheduler.reporting.acceptances import SOON, Acceptances, acceptances
from scheduler.reporting.in_words import status_json
from scheduler.reporting.overview import Unpublished
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.posts.answers import Reply
from tests.support.answering import say
from tests.support.command_line import agenda, edit, into_the_future
from tests.support.coverage import COORDINATION, DELHI, MADRID, SUPLENTE, TITULAR, covered
from tests.support.editing import first_edition, published
from tests.support.factories import drive, event, site
from tests.support.ledger import PUBLISHED, START, post, put
from tests.support.status import found as status_of
from tests.support.status import lines

pytestmark = pytest.mark.usefixtures("here")

NAME = "taller-asia-pacifico-2021"
DELHI_POST = post("delhi", site="nueva-delhi")
HERE = (site(), DELHI, MADRID)


def figures(database: Database) -> list[Acceptances]:
    with database.read() as connection:
        found = editions.load(connection)
        assert found is not None
        return list(acceptances(connection, found.edition))


def test_sites_with_nobody_what_the_rule_lacks_and_whom_that_leaves(database: Database) -> None:
    put(database, covered(TITULAR, SUPLENTE, DELHI_POST, representations=HERE))
    say(database, Reply.MAYBE)
    [one] = figures(database)
    assert one.begins == START
    assert (
        [tally.site.id for tally in one.empty] == [tally.site.id for tally in one.lacking] == ["tokio", "nueva-delhi"]
    )
    assert [tally.site.id for tally in one.without_deputy] == ["nueva-delhi"]
    assert one.uncoordinated == ("asia-pacifico",)


def test_a_region_with_a_coordinator_is_not_without_one(database: Database) -> None:
    put(database, covered(TITULAR, COORDINATION))
    assert figures(database)[0].uncoordinated == ()
    say(database, Reply.YES)
    assert (figures(database)[0].empty, figures(database)[0].lacking) == ((), ())


def test_what_asks_nobody_is_not_listed_and_what_has_only_a_rule_is(database: Database) -> None:
    put(database, covered(of=drive()))
    assert figures(database) == []
    put(database, covered(of=drive(coverage=Coverage())), PUBLISHED + timedelta(hours=1), confirmed=True)
    assert [one.event.id for one in figures(database)] == ["jornada-2022"]


def test_status_says_what_begins_soon_and_lacks_somebody(database: Database) -> None:
    put(database, covered(TITULAR, DELHI_POST, representations=HERE))
    say(database, Reply.YES)
    soon = status_of(database, START - SOON)
    assert soon.alerts == 2  # the reminder of a week before has not gone either
    assert (
        "Sin quien asista: Taller VMRE, Asia Pacífico, 1 sede (jue 21 oct); regiones sin coordinación: 1: "
        f"agenda answers {NAME}" in lines(soon)
    )
    assert "Nobody to come: Overseas voting workshop, Asia Pacific, 1 site" in "\n".join(lines(soon, lang="en"))
    assert status_json(soon, Unpublished(), pace=None)["lacking"] == {NAME: ["nueva-delhi"]}
    assert status_of(database, START - SOON - timedelta(minutes=1)).lacking == ()
    assert status_of(database, START).lacking == ()


def test_status_says_nothing_of_an_event_without_a_rule_or_whose_rule_is_met(database: Database) -> None:
    put(database, covered(TITULAR, of=event()))
    assert status_of(database, START - SOON).lacking == ()
    put(database, covered(TITULAR), PUBLISHED + timedelta(hours=1), confirmed=True)
    say(database, Reply.YES, PUBLISHED + timedelta(hours=1))
    assert status_of(database, START - SOON).lacking == ()


def test_the_command_lists_events_and_one_event_by_region_and_site() -> None:
    into_the_future()
    edit((f"  - id: {NAME}", f"  - cobertura: sí\n    id: {NAME}"))
    first_edition("--reason", "inicio")
    every = agenda("answers")
    assert (every.exit_code, NAME in every.stdout, "jornada" in every.stdout) == (0, True, False)
    one = agenda("answers", NAME)
    assert one.exit_code == 0
    for said in ("Asia Pacífico", "  Tokio", "Cobertura: al menos 1 de cada sede. Falta en 16: ", "sin suplente: "):
        assert said in one.stdout
    assert "Nadie de la coordinación se enterará en: Asia Pacífico" in one.stdout
    assert "No coordinator will hear of it in: Asia Pacific" in agenda("answers", NAME, "--lang", "en").stdout


def test_the_command_in_json_names_sites_and_no_post() -> None:
    published()
    found = json.loads(agenda("answers", "--json").stdout)
    assert {"id", "yes", "no", "maybe", "silent", "elsewhere", "empty", "lacking", "sites"} <= found[0].keys()
    one = json.loads(agenda("answers", NAME, "--json").stdout)
    assert (one["id"], one["silent"], len(one["empty"]), one["minimum"]) == (NAME, 16, 16, None)
    assert "@" not in json.dumps(found)


def test_an_event_that_does_not_ask_is_refused_with_those_that_do() -> None:
    published()
    done = agenda("answers", "nunca")
    assert done.exit_code == 2
    assert "nunca: ningún evento con ese id pregunta quién asistirá. Preguntan: taller-" in done.stderr


def test_without_an_edition_there_is_nothing_to_say() -> None:
    assert agenda("answers").exit_code == 1
