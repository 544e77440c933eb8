"""Whose word counts: only our own mail server says whose mail is proven (RFC 8601)."""

from __future__ import annotations

from email import message_from_string

import pytest

from scheduler.mail.incoming.authenticity import is_vouched_for
from tests.support.authenticity import ANA, FOREIGN, OURS, PASS

FORGED = PASS
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
