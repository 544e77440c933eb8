"""What `agenda doctor` says of self-service: of the privacy notice, and of how clients are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Privacy, Sender, Signups
from calendars.model.text import Text
from scheduler.base.settings import load_settings
from scheduler.base.shipped import shipped
from scheduler.drafts.files import Configuration
from scheduler.publishing.unready import unready
from scheduler.reporting.checks import Verdict, installation_checks
from scheduler.reporting.findings import NAMES
from tests.support.factories import agenda, event, site, timed

NOTICE = Privacy(text=None, url="https://ine.example/privacidad")
OPEN = Signups(domains=("ine.example",))
NOW = datetime(2026, 12, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def verdicts(content: Agenda, **settings: str) -> dict[str, Verdict]:
    draft = Draft(agenda=content, recipients=(), links={})
    checks = installation_checks(
        load_settings({f"AGENDA_{name.upper()}": text for name, text in settings.items()}), NOW, lambda: draft
    )
    return {check.name: check.verdict for check in checks}


def test_whoever_opens_self_service_is_reminded_of_the_privacy_notice() -> None:
    assert verdicts(agenda(signups=OPEN, privacy=None))["privacy notice"] is Verdict.NOTE
    assert verdicts(agenda(signups=OPEN, privacy=NOTICE))["privacy notice"] is Verdict.GOOD


def test_self_service_behind_a_proxy_that_is_not_trusted_is_noted() -> None:
    """An https address means a proxy, as this program speaks no TLS: every client would count as that proxy."""
    content = agenda(signups=OPEN, privacy=NOTICE)
    behind = {"base_url": "https://agenda.example"}
    assert verdicts(content, **behind)["sign-ups"] is Verdict.NOTE
    assert verdicts(content, **behind, trusted_proxies="127.0.0.1")["sign-ups"] is Verdict.GOOD
    assert verdicts(content, base_url="http://127.0.0.1:8080")["sign-ups"] is Verdict.GOOD
    assert verdicts(content)["sign-ups"] is Verdict.GOOD


@pytest.mark.parametrize("trusted", ["10.0.0.0/8", "127.0.0.1 2001:db8::/64"])
def test_a_trusted_network_wider_than_the_proxy_is_noted(trusted: str) -> None:
    """Whoever is in it may call itself any client."""
    assert verdicts(agenda(), trusted_proxies=trusted)["reverse proxy"] is Verdict.NOTE


@pytest.mark.parametrize("trusted", ["", "127.0.0.1", "127.0.0.0/8 ::1", "192.0.2.1 2001:db8::1/128"])
def test_the_proxys_own_address_or_this_machine_is_not(trusted: str) -> None:
    assert "reverse proxy" not in verdicts(agenda(), trusted_proxies=trusted)


def test_where_nobody_can_sign_up_neither_is_spoken_of() -> None:
    assert not {"privacy notice", "sign-ups"} & verdicts(agenda(), base_url="https://agenda.example").keys()


def test_that_all_mail_is_redirected_is_noted_with_no_more_of_the_address_than_its_domain() -> None:
    draft = Draft(agenda=agenda(), recipients=(), links={})
    given = load_settings({"AGENDA_REDIRECT_ALL": "pruebas@staging.example"})
    [found] = [one for one in installation_checks(given, NOW, lambda: draft) if one.name == "redirect"]
    assert found.verdict is Verdict.NOTE
    assert "staging.example" in found.text["en"]
    assert "pruebas" not in found.text["en"]
    assert "redirect" not in verdicts(agenda())


def test_doctor_asks_for_the_weekend_of_sites_where_missions_differ() -> None:
    """It is a note, until representations.csv says it."""
    tehran = site("teheran", country_code="IR", zone="Asia/Tehran")
    assert verdicts(agenda(representations=(tehran,)))["weekends"] is Verdict.NOTE
    said = replace(tehran, weekend=(3, 4))
    assert "weekends" not in verdicts(agenda(representations=(said,)))


def test_what_is_still_the_samples_is_noted_in_the_readers_language() -> None:
    """A sender that is nobody's, the sample privacy notice, an agenda that is over; nothing of an agenda in earnest."""
    sender = Sender(name="A", address="a@ine.example", reply_to="a@ine.example", domain="ine.example")
    sample = Privacy(text=Text(es="Texto de ejemplo: sustitúyalo.", en="Ours."), url=None)
    found = unready(agenda(sender=sender, privacy=sample), NOW)
    assert [one["es"].split(":")[0].split(" (")[0] for one in found] == [
        "el remitente está en ine.example, que no es un dominio real",
        "el aviso de privacidad es el texto de ejemplo. Escriba el de su institución en «privacidad».",
        "todos los eventos de la agenda ya pasaron",
    ]
    assert "no real domain" in found[0]["en"]
    assert verdicts(agenda(sender=sender))["sample"] is Verdict.NOTE
    own = Sender(name="A", address="a@ine.mx", reply_to="a@ine.mx", domain="ine.mx")
    ahead = agenda(sender=own, events=(event(when=timed("2027-05-01 09:00")),))
    assert unready(ahead, NOW) == ()


def test_the_shipped_privacy_notice_is_known_for_the_sample() -> None:
    draft = Configuration(folder=shipped("config")).draft()
    assert any("ejemplo" in one["es"] for one in unready(draft.agenda, datetime(2021, 10, 1, tzinfo=UTC))[1:])


def test_each_check_has_its_name_in_spanish() -> None:
    names = [one.name for one in installation_checks(load_settings({}), NOW, agenda_draft) if one.name != "SQLite"]
    assert [name for name in names if NAMES[name]["es"] == name] == []


def agenda_draft() -> Draft:
    return Draft(agenda=agenda(), recipients=(), links={})
