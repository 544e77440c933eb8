"""Whose word counts: only our own mail server says whose mail is proven (RFC 8601)."""

from __future__ import annotations

import re
from email import message_from_string
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.incoming.authenticity import is_vouched_for
from tests.support.authenticity import ANA, FOREIGN, OURS, PASS

FORGED, DKIM = PASS, "dkim=pass header.d=tokio.example"
NONE = f"Authentication-Results: {OURS}; dkim=none\n"
RECEIVED = "Received: from a by b; Fri, 15 Oct 2021 00:30:00 +0000\n"


def vouched(head: str, address: str = ANA, server: str | None = OURS) -> bool:
    return is_vouched_for(message_from_string(f"{head}From: <{address}>\n\nSí.\n"), address, server)


@pytest.mark.parametrize(
    "head",
    [
        PASS,
        f"{RECEIVED}{PASS}{RECEIVED}",
        f"Authentication-Results: {OURS};\n spf=pass smtp.mailfrom=tokio.example\n{PASS}",
        f"Authentication-Results: {OURS.upper()} 1; spf=fail; dkim = Pass (2048-bit key; ok) header.i=@tokio.example\n",
        f'Authentication-Results: {OURS}; dkim=pass reason="good; (really)" header.d=tokio.example\n',
        f"Authentication-Results: {OURS}; dkim=fail header.d=list.example; dkim=pass header.d=Tokio.example\n",
        f"Authentication-Results: {OURS}; dkim/1=pass header.d=tokio.example\n",
        f"{PASS}{FOREIGN}",
        f"Authentication-Results: {OURS}; dkim=pass (2048-bit key; \"it's ok)\n header.d=tokio.example\n",
        f"Authentication-Results: {OURS}; dkim=pass (a (b \\) c) d) header.d=tokio.example header.b=aB/cD+e==;\n",
        f'Authentication-Results: "{OURS}"; dkim=pass header.d="tokio.example"\n',
        f'Authentication-Results: {OURS}; spf=pass smtp.mailfrom="x; dkim=fail"@a.example; {DKIM}\n',
        f"Authentication-Results: {OURS}; spf=none smtp.mailfrom=; {DKIM}; dmarc=pass action=none header.from=a.x\n",
        f"Authentication-Results: {OURS}; dkim=pass header . d = tokio.example header.i=@sub.tokio.example\n",
        f"Authentication-Results: {OURS}; none\n{PASS}",
    ],
)
def test_a_signature_of_the_authors_domain_that_our_server_found_is_believed(head: str) -> None:
    assert vouched(head)


@pytest.mark.parametrize(
    "head",
    [
        "",
        NONE,
        FOREIGN,
        f"{FOREIGN}{PASS}",
        f"{NONE}{FORGED}",
        f"Authentication-Results: {OURS}; spf=pass\n{RECEIVED}{FORGED}",
        f"Authentication-Results: {OURS}.evil.example; dkim=pass header.d=tokio.example\n",
        f"Authentication-Results: ({OURS}) mx.evil.example; dkim=pass header.d=tokio.example\n",
        f"Authentication-Results: {OURS}; (dkim=pass header.d=tokio.example)\n",
        f"Authentication-Results: {OURS}; dkim=pass header.d=evil.example\n",
        f"Authentication-Results: {OURS}; dkim=pass header.d=kio.example\n",
        f"Authentication-Results: {OURS}; dkim=pass header.d=example\n",
        f"Authentication-Results: {OURS}; dkim=pass\n",
        f"Authentication-Results: {OURS}; dkim=fail header.d=tokio.example\n",
        f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=tokio.example; dmarc=pass header.from=tokio.example\n",
        f'Authentication-Results: {OURS}; x="; dkim=pass header.d=tokio.example"\n',
        "Authentication-Results:\n",
        "Authentication-Results: ((((\n",
        f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=x dkim=pass header.d=tokio.example\n",
        f"Authentication-Results: {OURS}; {'a' * 1_000_000}; dkim=pass header.d=tokio.example\n",
        "ARC-" + PASS,
        f"Authentication-Results: {OURS}; spf=fail reason=said {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=fail reason=not (to; be) {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=pass (of a); {DKIM} (b@evil.example) smtp.mailfrom=a); {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=pass (of a; {DKIM}\n",
        f'Authentication-Results: {OURS}; spf=pass smtp.mailfrom="a; {DKIM}\n',
        f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=a; {DKIM}@evil.example\n",
        f"Authentication-Results: {OURS}; spf=pass smtp.mailfrom=a; {DKIM} header.i=@evil.example\n",
        f"Authentication-Results: {OURS}; dkim=none; spf=pass smtp.mailfrom=a; {DKIM}; auth=pass smtp.auth=b@evil.ex\n",
        f'Authentication-Results: {OURS}; spf=pass smtp.mailfrom="x; {DKIM}; y"@evil.example\n',
        f'Authentication-Results: {OURS}; spf=pass reason="x; {DKIM}"\n',
        f"Authentication-Results: {OURS}; spf=pass ({DKIM})\n",
        f'Authentication-Results: {OURS}; spf=pass ("; {DKIM})\n',
        f"Authentication-Results: {OURS}; dkim=pass header.d=evil.example header.d=tokio.example\n",
        f"Authentication-Results: {OURS}; header.d=tokio.example dkim=pass\n",
        f"Authentication-Results: {OURS} and more; {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=softfail says {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=pass a\\; {DKIM}\n",
        f"Authentication-Results: {OURS}; spf=fail said (no\n{PASS}",
    ],
)
def test_what_anybody_else_has_written_is_not(head: str) -> None:
    assert not vouched(head)


def test_a_domain_speaks_for_what_lies_below_it_and_not_for_what_lies_above() -> None:
    assert vouched(PASS, "ana@sub.tokio.example")
    assert not vouched(PASS.replace("d=tokio", "d=sub.tokio"))
    assert not vouched(PASS, "ana@malotokio.example")


def test_without_a_name_of_our_server_nobody_is_believed() -> None:
    assert not vouched(PASS, server=None)
    assert not vouched(PASS, server="")


quoted = st.text(
    st.characters(exclude_characters="\r\n\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029", codec="utf-8"), max_size=60
)


@given(quoted)
def test_whatever_a_sender_wrote_is_no_result_where_the_server_quotes_it(said: str) -> None:
    escaped = re.sub(r'(["\\])', r"\\\1", f"{said}; {DKIM}")
    assert not vouched(f'Authentication-Results: {OURS}; spf=pass smtp.mailfrom="{escaped}"@evil.example\n')
    assert not vouched(f'Authentication-Results: {OURS}; spf=fail reason="{escaped}"\n')


@given(quoted)
def test_whatever_a_sender_wrote_is_no_result_where_the_server_puts_it_in_a_comment(said: str) -> None:
    escaped = re.sub(r"([()\\])", r"\\\1", f"{said}; {DKIM}")
    assert not vouched(f"Authentication-Results: {OURS}; spf=fail ({escaped})\n")
    assert vouched(f"Authentication-Results: {OURS}; spf=fail ({escaped}); {DKIM}\n")


@given(st.text('ab;=()"\\. @/', max_size=300))
def test_no_text_ends_the_reading(said: str) -> None:
    vouched(f"Authentication-Results: {OURS}; {said}\n")


@pytest.mark.parametrize("piece", ["(", ")", '"', "\\", "a=b ", "a.b=c ", ";", "=", "a", " ", '"a"@', "/1"])
def test_a_longer_header_is_read_in_proportion(piece: str) -> None:
    def steps(times: int) -> float:
        text = f"{OURS}; " + piece * (times // len(piece))
        began = process_time()
        for _ in range(20):
            is_vouched_for(message_from_string(f"Authentication-Results: {text}\n\n"), ANA, OURS)
        return process_time() - began

    assert min(steps(8_000) for _ in range(3)) < 12 * max(min(steps(2_000) for _ in range(3)), 0.0005)
