"""Which addresses are taken on: none that the mail path could not write to, so that nothing is planned in vain."""

from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from calendars.model.people import Signups
from calendars.reading.addresses import address
from calendars.reading.problems import Wrong
from scheduler.base.address import mailbox
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
    assert kept.isascii()


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
