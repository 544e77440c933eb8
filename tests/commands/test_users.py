"""`agenda users` on the machine itself, where the first administrator is made; and the switch of the desk."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest
from typer.testing import Result

from tests.support.command_line import agenda, serving
from tests.support.desk_people import FIREFOX, HERE
from tests.support.editing import first_edition
from tests.support.quick_hashes import PASSWORD

pytestmark = pytest.mark.usefixtures("here", "quick_hashes")

ADDRESS = "ana@desk.example"
ON = {"AGENDA_DESK": "on"}


@pytest.fixture
def published(here: Path) -> None:
    first_edition("--reason", "inicio")


def invite(address: str = ADDRESS, *more: str, **environment: str) -> Result:
    return agenda("users", "invite", address, "--name", "Ana Prueba", *more, **environment)


def link_of(made: Result) -> str:
    found = re.search(r"https?://\S+(/desk/welcome/\S+)", made.stdout)
    assert found is not None, made.output
    return found[1]


@pytest.mark.usefixtures("published")
def test_the_first_administrator_is_invited_on_the_machine_and_the_link_is_printed_once() -> None:
    assert "Nadie tiene cuenta todavía" in agenda("users").stdout
    base = {"AGENDA_BASE_URL": "https://agenda.example/ine", **ON}
    made = invite(ADDRESS, "--role", "people", "--role", "edit", "--region", "europa", **base)
    assert made.exit_code == 0, made.output
    assert "Cuenta de ana@desk.example: editar (Europa); personas." in made.stdout
    assert "https://agenda.example/ine/desk/welcome/" in made.stdout
    assert made.stderr == ""
    [listed] = json.loads(agenda("users", "list", "--json").stdout)
    assert (listed["address"], listed["name"], listed["accepted"]) == (ADDRESS, "Ana Prueba", False)
    assert listed["roles"] == [{"role": "edit", "region": "europa"}, {"role": "people", "region": None}]
    token = link_of(made).rpartition("/")[2]
    assert token not in agenda("users").stdout
    assert not any(token.encode() in path.read_bytes() for path in Path.cwd().glob("agenda.db*"))


@pytest.mark.usefixtures("published")
def test_it_says_where_the_link_works_and_that_the_desk_is_off_in_the_readers_language() -> None:
    spanish = invite(ADDRESS, "--role", "people")
    assert "este enlace solo sirve en esta máquina" in spanish.stderr
    assert "El escritorio está apagado" in spanish.stderr
    english = invite("bea@desk.example", "--role", "see", "--lang", "en")
    assert "Send this link to that person" in english.stdout
    assert "The desk is off" in english.stderr


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("call", "code", "says"),
    [
        (("users", "invite", "no es", "--role", "see"), 1, "no es una dirección"),
        (("users", "invite", ADDRESS), 2, "indique al menos un --role: see, edit, publish, operate, people"),
        (("users", "invite", ADDRESS, "--role", "see", "--region", "atlantida"), 1, "no existe la región «atlantida»"),
        (("users", "roles", "nadie@desk.example", "--role", "see"), 1, "no hay ninguna cuenta «nadie@desk.example»"),
        (("users", "invite", ADDRESS, "--role", "king"), 2, "king"),
    ],
)
def test_what_cannot_be_is_said_with_the_way_out(call: tuple[str, ...], code: int, says: str) -> None:
    refused = agenda(*call)
    assert refused.exit_code == code, refused.output
    assert says in refused.output


@pytest.mark.usefixtures("published")
def test_an_address_that_has_an_account_gets_no_second_one() -> None:
    invite(ADDRESS, "--role", "see")
    again = invite("ANA@desk.example", "--role", "people")
    assert (again.exit_code, "ya tiene cuenta" in again.stderr) == (1, True)


def test_without_a_database_nothing_is_made(here: Path) -> None:
    refused = agenda("users")
    assert refused.exit_code == 1
    assert list(here.glob("agenda.db*")) == []


@pytest.mark.usefixtures("published")
def test_a_desk_in_the_clear_is_refused_and_so_is_one_on_several_nodes() -> None:
    clear = agenda("serve", "--port", "0", AGENDA_BASE_URL="http://agenda.example", **ON)
    assert clear.exit_code == 3
    assert "las contraseñas viajarían sin cifrar" in clear.stderr
    nodes = agenda("web", "--port", "0", "--lang", "en", AGENDA_BASE_URL="https://agenda.example", **ON)
    assert nodes.exit_code == 3
    assert "runs in `agenda serve` alone for now" in nodes.stderr


@pytest.mark.usefixtures("published")
def test_from_the_invitation_to_the_end_of_the_session_beside_a_running_service() -> None:
    """All by real processes: the terminal makes the account, a browser uses it, the terminal ends it."""
    link = link_of(invite(ADDRESS, "--role", "people"))
    with serving(**ON) as (_, url), httpx.Client(base_url=url, headers={"User-Agent": FIREFOX, **HERE}) as browser:
        fields = {"name": "Ana Prueba", "new": PASSWORD, "again": PASSWORD}
        assert browser.post(link, data=fields).status_code == 303
        assert browser.get("/desk/account").status_code == 200
        listed = agenda("users", "sessions", ADDRESS)
        assert "Firefox · Windows" in listed.stdout
        [one] = json.loads(agenda("users", "sessions", ADDRESS, "--json").stdout)
        assert "Terminó 1 sesión de ana@desk.example." in agenda("users", "end", ADDRESS, one["id"]).stdout
        assert browser.get("/desk/account").status_code == 303
        assert "no tiene ninguna sesión abierta" in agenda("users", "sessions", ADDRESS).stdout
        assert "esa sesión ya terminó" in agenda("users", "end", ADDRESS, one["id"]).stderr
        assert "0 sessions of" in agenda("users", "end", ADDRESS, "--lang", "en").stdout
        last = agenda("users", "remove", ADDRESS)
        assert (last.exit_code, "es la última persona" in last.stderr) == (1, True)
        assert "es la última persona" in agenda("users", "roles", ADDRESS, "--role", "see").stderr
        changed = agenda("users", "roles", ADDRESS, "--role", "people", "--role", "operate", "--region", "europa")
        assert changed.stdout == "ana@desk.example: operar (Europa); personas.\n"
        reset = link_of(agenda("users", "reset", ADDRESS))
        other = {"name": "Ana Prueba", "new": "otra frase muy larga", "again": "otra frase muy larga"}
        assert browser.post(reset, data=other).status_code == 303
        assert agenda("users", "list").stdout.count("ana@desk.example") == 1


@pytest.mark.usefixtures("published")
def test_who_was_invited_and_never_came_may_be_removed() -> None:
    invite(ADDRESS, "--role", "people")
    gone = agenda("users", "remove", ADDRESS)
    assert gone.exit_code == 0
    assert gone.stdout.startswith("Eliminada: ana@desk.example.")
    assert json.loads(agenda("users", "--json").stdout) == []
