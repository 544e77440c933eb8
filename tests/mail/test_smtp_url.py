"""Where the relay is, what EHLO says, and what of a server's words is kept."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.base.address import mailbox, scrub
from scheduler.base.settings import SettingsError
from scheduler.mail.relay.replies import ServerReply
from scheduler.mail.relay.smtp_url import ehlo_name, parse_smtp_url

TOKYO = "consular.tokio@sre.example"


# The URL


@pytest.mark.parametrize(
    ("url", "host", "port", "security"),
    [
        ("smtp+starttls://smtp.office365.com", "smtp.office365.com", 587, "starttls"),
        ("smtp+starttls://relay.example:2525", "relay.example", 2525, "starttls"),
        ("smtps://relay.example", "relay.example", 465, "tls"),
        ("smtp://localhost", "localhost", 25, "none"),
        ("smtp://127.0.0.1:1025/", "127.0.0.1", 1025, "none"),
        ("smtp://[::1]:1025", "::1", 1025, "none"),
        ("smtp://relay.example?plain=yes", "relay.example", 25, "none"),
        ("SMTPS://Relay.Example", "relay.example", 465, "tls"),
    ],
)
def test_a_url_names_host_port_and_security(url: str, host: str, port: int, security: str) -> None:
    settings = parse_smtp_url(url)
    assert (settings.host, settings.port, settings.security) == (host, port, security)
    assert settings.user is None


def test_the_user_is_percent_decoded_and_the_password_is_never_shown() -> None:
    settings = parse_smtp_url("smtp+starttls://agenda%40ine.example@smtp.office365.com:587", "secreto")
    assert (settings.user, settings.password) == ("agenda@ine.example", "secreto")
    assert "secreto" not in repr(settings)


@pytest.mark.parametrize(
    ("url", "way_out"),
    [
        ("", "smtp\\+starttls://"),
        ("relay.example:587", "smtp\\+starttls://"),
        ("http://relay.example", "unknown scheme"),
        ("smtp://relay.example", "plain=yes"),
        ("smtp://localhost.example", "plain=yes"),
        ("smtp://10.0.0.1", "plain=yes"),
        ("smtp+starttls://", "no usable host"),
        ("smtp+starttls://:587", "no usable host"),
        ("smtp+starttls://a..b", "no usable host"),
        ("smtp+starttls://" + "a" * 64 + ".example", "no usable host"),
        ("smtp+starttls://réseau.example", "no usable host"),
        ("smtp+starttls://relay.example:0", "port"),
        ("smtp+starttls://relay.example:99999", "port"),
        ("smtp+starttls://relay.example/inbox", "goes on after"),
        ("smtp+starttls://relay.example#x", "goes on after"),
        ("smtp+starttls://relay.example?plain=yes", "smtp:// only"),
        ("smtp://relay.example?plain=no", "plain"),
        ("smtp+starttls://relay.example?ca=", "PEM"),
        ("smtp://localhost?ca=/x.pem", "TLS only"),
        ("smtp+starttls://relay.example?verify=no", "unknown option “verify”"),
        ("smtp+starttls://user@relay.example", "AGENDA_SMTP_PASSWORD"),
        ("smtp+starttls://relay.example\n:587", "line break"),
    ],
)
def test_a_url_that_will_not_do_is_refused_with_the_way_out(url: str, way_out: str) -> None:
    with pytest.raises(SettingsError, match=way_out):
        parse_smtp_url(url)


@pytest.mark.parametrize(
    "url",
    [
        "smtp+starttls://user:hush-hush@relay.example",
        "smtp+starttls://user:hush-hush/x@relay.example",
        "smtp+starttls://user:hush-hush[@relay.example",
        "smtp+starttls://user:hush-hush℀@relay.example",
        "smtp+starttls://user:hush-hush@relay.example:port",
        "smtps://user:hush-hush @relay.example",
    ],
)
def test_a_password_in_a_url_is_refused_and_never_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="AGENDA_SMTP_URL") as refusal:
        parse_smtp_url(url)
    told = f"{refusal.value!r}{refusal.value.__cause__!r}"
    assert "hush" not in told
    assert refusal.value.__suppress_context__ or refusal.value.__context__ is None


@pytest.mark.parametrize(
    ("named", "base_url", "said"),
    [
        (None, "https://agenda.example/x", "agenda.example"),
        ("relay.sre.example", "https://agenda.example", "relay.sre.example"),
        ("[192.0.2.7]", "https://agenda.example", "[192.0.2.7]"),
        (None, "http://127.0.0.1:8080", "[127.0.0.1]"),
        (None, "http://[::1]:8080", "[IPv6:::1]"),
        (None, "http://vm:8080", "[127.0.0.1]"),
        (None, "http://localhost", "[127.0.0.1]"),
    ],
)
def test_ehlo_says_a_full_name_and_never_a_bare_machine(named: str | None, base_url: str, said: str) -> None:
    assert ehlo_name(named, base_url) == said


# Addresses and scrubbing


@pytest.mark.parametrize("address", [TOKYO, "a+b=c@x.example", "o'higgins@sre.example", "x@mail.localhost"])
def test_usual_addresses_are_accepted(address: str) -> None:
    assert mailbox(address) == address


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("user ana@sre.example unknown", "user …@… unknown"),
        ("<bounce+ana=sre.example@ine.example>", "<…@…>"),
        ('"Ana Ruiz"@sre.example rejected', "…@… rejected"),
        ("ana%40sre.example", "…@…"),
        ("mailto:ana@sre.example, niño@sre.example", "mailto:…@…, …@…"),
        ("ana@[10.0.0.1] no", "…@… no"),
        ("line one\nline two\x00\x1b[31m", "line one line two [31m"),
        ("no address here: 5.7.1", "no address here: 5.7.1"),
        ("bad \udcff byte", "bad ? byte"),
    ],
)
def test_replies_are_kept_without_addresses_and_on_one_line(said: str, kept: str) -> None:
    assert scrub(said) == kept


@given(before=st.text(max_size=30), after=st.text(max_size=30))
def test_no_address_survives_scrubbing(before: str, after: str) -> None:
    kept = scrub(f"{before} consular.tokio@sre.example {after}")
    assert "tokio@" not in kept
    assert "sre.example" not in kept
    assert kept.isprintable() or all(c.isprintable() or c == "\xad" or ord(c) > 0x7F for c in kept)


@given(st.text(max_size=120))
def test_words_that_are_looked_at_quickly_are_kept_as_scrubbing_would_keep_them(words: str) -> None:
    assert ServerReply(code=250, words=words).text == scrub(words)


@given(st.lists(st.sampled_from(["2.0.0", "Ok:", "queued", "as", "4F1", "a@b.example", " ", ""]), max_size=30))
def test_plain_words_too(words: list[str]) -> None:
    said = " ".join(words)
    assert ServerReply(code=250, words=said).text == scrub(said)
