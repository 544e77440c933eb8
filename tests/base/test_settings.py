"""The environment, read and parsed once; what is wrong with it is told with variable, value, rule and way out."""

from __future__ import annotations

from ipaddress import ip_network
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.base.settings import Settings, SettingsError, load_settings
from scheduler.base.variables import Pace, UnreadableText, parse_networks, parse_pace


def test_an_empty_environment_gives_the_defaults() -> None:
    assert load_settings({}) == load_settings({"AGENDA_PACE": "", "AGENDA_LANG": ""}) == Settings()
    assert str(Settings().pace) == "30/min,3"


def test_what_is_read_is_a_value_and_no_text() -> None:
    found = load_settings(
        {
            "AGENDA_PACE": "20/min",
            "AGENDA_DOMAIN_PACE": "5/min",
            "AGENDA_TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8",
            "AGENDA_BASE_URL": "https://agenda.example/",
            "AGENDA_SECRET_KEY": "newer older",
            "AGENDA_INVITATIONS": "on",
            "AGENDA_CONFIG": "somewhere",
            "AGENDA_PORT": "0",
            "AGENDA_LANG": "en",
        }
    )
    assert found == Settings(
        pace=Pace(per_minute=20, connections=3),
        domain_pace=5,
        trusted_proxies=(ip_network("127.0.0.1"), ip_network("10.0.0.0/8")),
        base_url="https://agenda.example",
        secret_keys=("newer", "older"),
        invitations=True,
        config=Path("somewhere"),
        port=0,
        lang="en",
    )


@pytest.mark.parametrize(
    ("variable", "text", "es", "en"),
    [
        ("PACE", "soon", "«soon» no es un ritmo; escriba", "«soon» is no pace; write"),
        ("DOMAIN_PACE", "off", "«off» no es un límite", "«off» is no limit"),
        ("TRUSTED_PROXIES", "10.0.0.0/8 here", "«here» no es una dirección ni una red", "«here» is no address and no"),
        ("METRICS_FROM", "10.0.0.1/8", "«10.0.0.1/8» no es", "«10.0.0.1/8» is no address and no network"),
        ("VERP", "yes", "escriba una de estas: off, answers, on", "write one of: off, answers, on"),
        ("INVITATIONS", "yes", "«yes» no se conoce aquí", "«yes» is not known here"),
        ("LANG", "xx", "«xx» no es un idioma que hable este programa", "«xx» is no language that this program speaks"),
        ("PORT", "65536", "«65536» no es un número de 0 a 65535", "«65536» is no number from 0 to 65535"),
        ("ASKED_ABOVE", "-1", "«-1» no es un número de 0 a", "«-1» is no number from 0 to"),
        ("EHLO", "vm", "«vm» no es el nombre completo de un equipo", "«vm» is no full name of a host"),
        ("BASE_URL", "agenda.example", "no es la dirección de un sitio", "is no address of a site"),
        ("OAUTH_TOKEN_URL", "http://login.example/", "debe empezar con https://", "must begin with https://"),
    ],
)
def test_a_wrong_value_is_told_with_its_variable_its_rule_and_the_way_out(
    variable: str, text: str, es: str, en: str
) -> None:
    with pytest.raises(SettingsError) as told:
        load_settings({f"AGENDA_{variable}": text})
    assert all(told.value.why[language].startswith(f"AGENDA_{variable}: ") for language in ("es", "en"))
    assert es in told.value.why["es"]
    assert en in told.value.why["en"]


def test_a_port_that_kubernetes_set_stops_only_what_listens() -> None:
    """Wherever a service is called «agenda», AGENDA_PORT is tcp://10.0.0.7:80 in every pod."""
    found = load_settings({"AGENDA_PORT": "tcp://10.0.0.7:80"})
    assert found.own_address == "http://127.0.0.1:8080"
    assert found.port_to_listen_on(9000) == 9000
    with pytest.raises(SettingsError) as told:
        found.port_to_listen_on(None)
    assert "AGENDA_PORT: «tcp://10.0.0.7:80» no es un número de 0 a 65535" in told.value.why["es"]
    assert "AGENDA_PORT: «tcp://10.0.0.7:80» is no number from 0 to 65535" in told.value.why["en"]


@pytest.mark.parametrize("text", ["relay.sre.example", "[192.0.2.7]", "[IPv6:2001:db8::1]"])
def test_the_name_that_ehlo_says_may_be_set(text: str) -> None:
    assert load_settings({"AGENDA_EHLO": text}).ehlo == text


def test_all_that_is_wrong_is_told_at_once_and_no_address_is_repeated() -> None:
    with pytest.raises(SettingsError) as told:
        load_settings({"AGENDA_REDIRECT_ALL": "<a@b.example>", "AGENDA_PORT": "x"})
    assert "AGENDA_REDIRECT_ALL: «<…@b.example>» no es una dirección de correo" in told.value.why["es"]
    assert "; AGENDA_PORT: «x»" in told.value.why["es"] or told.value.why["es"].startswith("AGENDA_PORT: «x»")
    assert "a@b.example" not in told.value.why["es"]


def test_a_variable_may_lie_in_a_file_and_a_missing_file_is_an_error(tmp_path: Path) -> None:
    kept = tmp_path / "key"
    kept.write_text("newer older\n")
    assert load_settings({"AGENDA_SECRET_KEY_FILE": str(kept)}).secret_keys == ("newer", "older")
    for language, said in (("es", "no se puede leer"), ("en", "cannot be read")):
        with pytest.raises(SettingsError) as told:
            load_settings({"AGENDA_SECRET_KEY_FILE": str(tmp_path / "none")})
        assert said in told.value.why[language]


@given(st.text())
def test_any_text_is_a_pace_or_refused_in_both_languages(text: str) -> None:
    """Nothing else comes out of the parsers than a value or an UnreadableText with the way out."""
    for parse in (parse_pace, parse_networks):
        refused: UnreadableText | None = None
        try:
            parse(text)
        except UnreadableText as error:
            refused = error
        assert refused is None or ("escr" in refused.why["es"] and "write" in refused.why["en"])


@given(st.integers(1, 999_999), st.integers(1, 999))
def test_a_pace_reads_back_as_it_is_written(per_minute: int, connections: int) -> None:
    pace = Pace(per_minute=per_minute, connections=connections)
    assert parse_pace(str(pace)) == pace


@pytest.mark.parametrize("written", [b"\xef\xbb\xbfsecreta\r\n", b"secreta", b"\xef\xbb\xbf secreta \n"])
def test_a_secret_in_a_file_may_begin_with_a_mark(tmp_path: Path, written: bytes) -> None:
    """As PowerShell and Notepad save it."""
    (tmp_path / "f").write_bytes(written)
    assert load_settings({"AGENDA_SMTP_PASSWORD_FILE": str(tmp_path / "f")}).smtp_password == "secreta"


def test_one_in_utf_16_is_refused_and_named(tmp_path: Path) -> None:
    (tmp_path / "f").write_text("secreta", encoding="utf-16")
    with pytest.raises(SettingsError, match="AGENDA_SMTP_PASSWORD_FILE"):
        load_settings({"AGENDA_SMTP_PASSWORD_FILE": str(tmp_path / "f")})
