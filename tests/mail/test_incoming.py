"""What a message that came back means, in the words of the servers that there are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.incoming.bounds import Unreadable
from scheduler.mail.incoming.reading import AutoReply, Bounce, Incoming, Other, read
from tests.support.returned import DOMAIN, FORMS, KEY, PERSON, VACATION, returned


def said(raw: bytes) -> Incoming | Unreadable:
    try:
        return read(raw)
    except Unreadable as error:
        return error


@pytest.mark.parametrize("form", FORMS)
def test_a_bounce_tells_its_message_and_the_status(form: str) -> None:
    found = read(returned(form, status="5.1.10"))
    assert isinstance(found, Bounce)
    assert found.failed
    assert found.status == "5.1.10"
    assert (KEY, DOMAIN) in found.message_keys
    assert found.sent_to == ("agenda@ine.example",)


@pytest.mark.parametrize("form", FORMS)
def test_no_address_is_kept_of_the_diagnostic(form: str) -> None:
    found = read(returned(form))
    assert isinstance(found, Bounce)
    assert "User unknown" in found.text
    assert "uno@" not in found.text


@pytest.mark.parametrize("form", ["postfix", "exchange", "global"])
@pytest.mark.parametrize("action", ["delayed", "relayed", "delivered", "expanded"])
def test_what_was_not_given_up_is_no_failure(form: str, action: str) -> None:
    found = read(returned(form, action=action, status="4.4.1"))
    assert isinstance(found, Bounce)
    assert not found.failed


def test_the_reports_own_message_id_is_not_taken_for_ours() -> None:
    found = read(returned("postfix"))
    assert isinstance(found, Bounce)
    assert [key for key, _ in found.message_keys] == [KEY]


def test_what_a_person_or_a_vacation_program_writes_is_no_bounce() -> None:
    assert isinstance(read(VACATION.format(key=KEY).encode()), AutoReply)
    assert isinstance(read(PERSON.format(key=KEY).encode()), Other)
    assert isinstance(read(b"Precedence: auto_reply\nFrom: a@b.example\n\nout"), AutoReply)
    assert isinstance(read(b"X-Autoreply: yes\nFrom: a@b.example\n\nout"), AutoReply)


def test_a_server_that_gives_no_permanent_status_is_left_to_people() -> None:
    assert isinstance(read(returned("prose", status="4.4.7")), Other)


@given(st.binary(max_size=2000))
def test_any_octets_are_read_without_trouble(raw: bytes) -> None:
    assert isinstance(said(raw), Bounce | AutoReply | Other | Unreadable)


@given(st.sampled_from(sorted(FORMS)), st.integers(0, 3000), st.binary(max_size=20), st.integers(0, 40))
def test_a_bounce_that_was_cut_or_garbled_is_read_without_trouble(form: str, at: int, junk: bytes, cut: int) -> None:
    whole = returned(form)
    assert isinstance(said(whole[:at] + junk + whole[at + cut :]), Bounce | AutoReply | Other | Unreadable)
