"""`agenda token`, as administrators use it, and a running service beside it."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import httpx
import pytest

from tests.support.command_line import agenda, serving
from tests.support.editing import first_edition
from tests.support.unencrypted import PLAIN
from tests.support.watching import between_looks

pytestmark = pytest.mark.usefixtures("here")

LINK = "https://reuniones.example/j/secreto"
BASE = {"AGENDA_BASE_URL": "https://agenda.example/ine"}
CURL = {"user-agent": "curl/8.5.0"}


@pytest.fixture
def published(here: Path) -> None:
    path = Path("config") / "privado.yaml"
    path.write_text(f"enlaces:\n  taller-asia-pacifico-2021: {LINK}\n", encoding="utf-8")
    first_edition("--reason", "inicio")


@pytest.mark.usefixtures("published")
def test_an_address_is_printed_once_with_the_way_to_end_it() -> None:
    made = agenda("token", "tokio", "--label", "Outlook de la sección", **BASE)
    assert made.exit_code == 0
    address = re.search(r"https://agenda\.example/ine/feeds/private/([\w-]{32})/tokio\.ics", made.stdout)
    assert address is not None
    assert f"/feeds/private/{address[1]}/tokio-local.ics" in made.stdout
    listed = agenda("token", "--list", "--json", **BASE)
    (one,) = json.loads(listed.stdout)
    assert (one["site"], one["label"], one["polled_at"], one["revoked_at"]) == (
        "tokio",
        "Outlook de la sección",
        None,
        None,
    )
    assert f"agenda token --revoke {one['id']}" in made.stdout
    assert address[1] not in listed.stdout + agenda("token", "--list").stdout
    assert not any(address[1].encode() in path.read_bytes() for path in Path.cwd().glob("agenda.db*"))


@pytest.mark.usefixtures("published")
def test_scripts_get_json_and_people_their_language() -> None:
    made = json.loads(agenda("token", "madrid", "--json", **BASE).stdout)
    assert set(made) == {"id", "site", "label", "address", "local"}
    assert "not shown again" in agenda("token", "madrid", "--lang", "en", **BASE).stdout
    assert "this machine only" in agenda("token", "madrid", "--lang", "en").stderr


@pytest.mark.usefixtures("published")
def test_addresses_end_one_by_one_and_twice_is_once() -> None:
    assert "Todavía no hay ninguna" in agenda("token", "--list").stdout
    first, second = (json.loads(agenda("token", "tokio", "--json", **BASE).stdout)["id"] for _ in range(2))
    assert agenda("token", "--revoke", first).stdout == f"Anulada: {first} (tokio).\n"
    assert agenda("token", "--revoke", first).stdout == f"Ya estaba anulada: {first} (tokio).\n"
    known = {one["id"]: one["revoked_at"] for one in json.loads(agenda("token", "--list", "--json").stdout)}
    assert known[first] is not None
    assert known[second] is None
    unknown = agenda("token", "--revoke", "nadie")
    assert (unknown.exit_code, "agenda token --list" in unknown.stderr) == (1, True)


@pytest.mark.usefixtures("published")
def test_an_unknown_site_is_answered_with_the_nearest_one() -> None:
    wrong = agenda("token", "Tokyo")
    assert (wrong.exit_code, wrong.stdout) == (1, "")
    assert "¿Quiso decir «tokio»?" in wrong.stderr
    assert "Did you mean “nueva-delhi”?" in agenda("token", "Nueva Delhi", "--lang", "en").stderr
    assert json.loads(agenda("token", "--list", "--json").stdout) == []


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize("words", [[], ["tokio", "--list"], ["--list", "--revoke", "x"], ["tokio", "--revoke", "x"]])
def test_one_thing_is_asked_for_at_a_time(words: list[str]) -> None:
    done = agenda("token", *words)
    assert (done.exit_code, "--help" in done.stderr) == (2, True)


def test_without_a_database_there_is_nothing_to_make_an_address_of(tmp_path: Path) -> None:
    done = agenda("token", "tokio")
    assert (done.exit_code, "agenda serve" in done.stderr) == (1, True)
    assert not (tmp_path / "agenda.db").exists()
    empty = agenda("token", "tokio", AGENDA_DATABASE_URL="sqlite:///new.db")
    assert (empty.exit_code, "agenda publish" in empty.stderr) == (1, True)


@pytest.mark.usefixtures("published")
def test_a_running_service_opens_to_a_new_token_closes_to_an_ended_one_and_tells_neither() -> None:
    with serving() as (process, url):
        made = json.loads(agenda("token", "tokio", "--json", AGENDA_BASE_URL=url).stdout)
        while (answer := httpx.get(made["address"], verify=PLAIN, headers=CURL)).status_code == 404:
            between_looks()
        assert f"URL:{LINK}" in answer.text.replace("\r\n ", "")
        agenda("token", "--revoke", made["id"])
        while httpx.get(made["local"], verify=PLAIN, headers=CURL).status_code == 200:
            between_looks()
        assert httpx.get(made["address"], verify=PLAIN).status_code == 410
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=30) == 0
        assert process.stderr is not None
        told = process.stderr.read()
    token = made["address"].split("/")[-2]
    assert "edition in force" in told or "stopped" in told
    assert token not in told
    assert LINK not in told
    (one,) = json.loads(agenda("token", "--list", "--json").stdout)
    assert one["client"] == "curl"
    assert one["polled_at"] is not None
