"""What `agenda doctor` says of self-service: of the privacy notice, and of how clients are told apart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calendars.model.agenda import Agenda, Draft
from calendars.model.people import Privacy, Signups
from scheduler.base.settings import load_settings
from scheduler.reporting.checks import Verdict, installation_checks
from tests.support.factories import agenda, site

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
    assert "staging.example" in found.text
    assert "pruebas" not in found.text
    assert "redirect" not in verdicts(agenda())


def test_doctor_asks_for_the_weekend_of_sites_where_missions_differ() -> None:
    """It is a note, until representations.csv says it."""
    tehran = site("teheran", country_code="IR", zone="Asia/Tehran")
    assert verdicts(agenda(representations=(tehran,)))["weekends"] is Verdict.NOTE
    said = replace(tehran, weekend=(3, 4))
    assert "weekends" not in verdicts(agenda(representations=(said,)))
