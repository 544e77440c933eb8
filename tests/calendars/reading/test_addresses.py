"""Which addresses are taken on: none that the mail path could not write to, so that nothing is planned in vain."""

from __future__ import annotations

from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calendars.addresses import NotAnAddress, checked, fault
from calendars.model.people import Signups
from calendars.reading.addresses import address
from calendars.reading.problems import Wrong
from scheduler.base.address import mailbox
from scheduler.mail.mime import address_field
from scheduler.web.http.forms import Form
from scheduler.web.people.signup import read
from tests.support import factories

ACCENTED = "ñandú@sedes.example"
LONGEST = "x" * 64 + "@" + ".".join(["a" * 60] * 3) + ".example"
SIGNUPS = Signups(domains=("sedes.example",))


@given(st.from_regex(r"[ -~áñ漢]{1,70}@[a-zñ0-9.-]{1,250}", fullmatch=True) | st.emails() | st.text(max_size=40))
@example(LONGEST)
@example("a@" + "a" * 63 + ".example")
@example("ana@m\u00e9xico.example")
def test_whatever_is_taken_on_can_be_written_to_without_smtputf8(typed: str) -> None:
    try:
        kept = address(typed)
    except Wrong:
        return
    assert mailbox(kept) == kept
    assert address(kept) == kept
    assert kept.isascii()


@given(st.from_regex(r"[ -~]{1,70}@[a-zA-Z0-9.-]{1,250}", fullmatch=True) | st.emails() | st.text(max_size=40))
@example("ops@-x")
@example("ops@localhost")
@example("uno@192.0.2.1")
@example(LONGEST)
def test_the_grammar_is_one_and_what_it_takes_stands_in_a_header(typed: str) -> None:
    """What may be kept as it stands, reading takes too, but for the case of its domain; and it composes and parses."""
    try:
        kept = mailbox(typed)
    except NotAnAddress:
        assert as_read(typed) != typed  # reading takes it, if at all, in another form: trimmed, its domain in ASCII
        return
    local, _, host = kept.rpartition("@")
    assert address(kept) == f"{local}@{host.lower()}"
    header = address_field("To", "Consulado", kept).decode().replace("\r\n ", " ").removeprefix("To: ").strip()
    assert parseaddr(header) == ("Consulado", kept)


@given(st.from_regex(r"[ -~]{1,70}@[a-zA-Z0-9.-]{1,250}", fullmatch=True) | st.emails() | st.text(max_size=40))
@example("ana@" + ".".join(["a" * 60] * 2) + ".es")
@example("ana.maria@-x.example")
@example("a@a." + "1" * 3)
def test_a_usual_address_is_let_through_by_no_other_rule_than_the_rest(typed: str) -> None:
    assert (fault(typed) is None) == (passes(typed) == typed)


def passes(typed: str) -> str | None:
    try:
        return checked(typed)
    except NotAnAddress:
        return None


@pytest.mark.parametrize("typed", ["ops@-x", "ana maria@sedes.example", "ana@sedes", "x" * 65 + "@sedes.example"])
def test_what_is_refused_is_shown_without_all_that_stands_before_the_at_sign(typed: str) -> None:
    with pytest.raises(NotAnAddress, match=r"name@example\.org") as told:
        mailbox(typed)
    assert typed not in str(told.value)
    assert typed[:1] + "…@" in str(told.value)
    assert told.value.why["es"].startswith(f"«{typed[:1]}…@")


def as_read(typed: str) -> str | None:
    try:
        return address(typed)
    except Wrong:
        return None


def test_an_address_that_no_envelope_can_hold_is_refused_with_its_length() -> None:
    with pytest.raises(Wrong, match="254") as told:
        address(LONGEST)
    assert "x" * 64 not in str(told.value)
    assert address(LONGEST.replace("x" * 64, "x" * 61)).endswith(".example")


def test_an_address_outside_ascii_is_refused_in_the_file_and_in_the_form() -> None:
    with pytest.raises(Wrong, match="accents") as told:
        address(ACCENTED)
    assert "ñandú" not in str(told.value)
    form = Form(fields={"address": [ACCENTED], "site": [factories.site().id]})
    filled = read(form, factories.agenda(), SIGNUPS, "en")
    assert "accents" in filled.problems["address"]
