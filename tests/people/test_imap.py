"""An IMAP mailbox that people read, too: real Dovecot, and a server that keeps no keywords."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.mail.incoming.imap import ASIDE, TAKEN, ImapProgress, quoted
from tests.support import dovecot
from tests.support.command_line import agenda
from tests.support.dovecot import PASSWORD, ImapServer, NoDovecot
from tests.support.imapd import plain_mailbox
from tests.support.returned import PERSON, VACATION, returned

pytestmark = pytest.mark.usefixtures("published")

SHIPPED = "agenda-consular.example"  # the domain of the shipped agenda
POISON = b"X-A: 1\n" * 3_000 + b"\nhola"  # more lines than are looked at
TNEF = """\
From: uno@tokio.example
To: agenda@ine.example
Subject: Accepted: Taller
MIME-Version: 1.0
Content-Type: application/ms-tnef; name="winmail.dat"
Content-Transfer-Encoding: base64

eJ8+IgAAAAA=
"""
COUNTER = """\
From: uno@tokio.example
To: agenda@ine.example
Subject: Propuesta: Taller
MIME-Version: 1.0
Content-Type: text/calendar; method=COUNTER; charset=utf-8

BEGIN:VCALENDAR
METHOD:COUNTER
BEGIN:VEVENT
UID:x@agenda.example
ATTENDEE;PARTSTAT=TENTATIVE:mailto:uno@tokio.example
END:VEVENT
END:VCALENDAR
"""


@contextmanager
def imap_server(messages: Sequence[bytes], password: str = PASSWORD, folder_name: str = "") -> Iterator[ImapServer]:
    try:
        with dovecot.imap_server(messages, password, folder_name) as server:
            yield server
    except NoDovecot as error:
        if os.environ.get("CI") == "true":
            raise
        pytest.skip(str(error))


def inbox(url: str, *more: str, password: str = PASSWORD) -> dict[str, int]:
    done = agenda("inbox", "--imap", url, "--json", *more, AGENDA_IMAP_PASSWORD=password)
    assert done.exit_code == 0, done.output + done.stderr
    return {meaning: count for meaning, count in json.loads(done.stdout).items() if count}


def three(key: str) -> list[bytes]:
    """A bounce, an automatic reply and a person's."""
    return [returned(key=key, domain=SHIPPED), VACATION.format(key=key).encode(), PERSON.format(key=key).encode()]


def test_what_is_taken_in_is_taken_once_and_what_is_for_people_stays_unseen(published: str) -> None:
    with imap_server(three(published)) as server:
        wrong = agenda("inbox", "--imap", server.url, AGENDA_IMAP_PASSWORD="not this one")
        assert (wrong.exit_code, "not this one" in wrong.stderr) == (3, False)
        assert inbox(server.url) == {"bad-address": 1, "automatic": 1, "other": 1}
        assert (server.found("KEYWORD", TAKEN), server.found("SEEN")) == (3, 2)
        assert server.found("UNSEEN", "SUBJECT", "Re:") == 1
        assert inbox(server.url) == {}


def test_a_bounce_that_a_person_opened_first_is_taken_in(published: str) -> None:
    with imap_server([returned(key=published, domain=SHIPPED)]) as server:
        with server.opened() as program:
            program.store("1", "+FLAGS", r"(\Seen)")
        assert inbox(server.url) == {"bad-address": 1}


def test_a_counter_proposal_and_winmail_dat_stay_unseen() -> None:
    with imap_server([TNEF.encode(), COUNTER.encode(), returned()]) as server:
        inbox(server.url)
        assert server.found("UNSEEN") == 3  # the report too: of whose message, people may know
        assert inbox(server.url) == {}


@pytest.mark.parametrize("password", ["contraseñaÑ", "una-clave"])
def test_a_password_of_any_letters_logs_in(password: str, published: str) -> None:
    with imap_server([returned(key=published, domain=SHIPPED)], password) as server:
        assert inbox(server.url, password=password) == {"bad-address": 1}


def test_a_folder_of_any_letters_is_read(published: str) -> None:
    with imap_server([returned(key=published, domain=SHIPPED)], folder_name="A&APE-o &- r&AOk-plicas") as server:
        url = server.url.removesuffix("INBOX") + "A%C3%B1o%20%26%20r%C3%A9plicas"
        assert inbox(url) == {"bad-address": 1}


def test_what_cannot_be_read_is_marked_kept_unseen_and_taken_again_when_asked(published: str) -> None:
    with imap_server([POISON, returned(key=published, domain=SHIPPED)]) as server:
        assert inbox(server.url) == {"quarantined": 1, "bad-address": 1}
        assert server.found("UNSEEN", "FLAGGED", "KEYWORD", ASIDE) == 1
        assert inbox(server.url) == {}
        assert inbox(server.url, "--again") == {"quarantined": 1}


@pytest.mark.parametrize(
    ("folder", "name"),
    [
        ("INBOX", '"INBOX"'),
        ("Año", '"A&APE-o"'),
        ("A&B", '"A&-B"'),
        ("台北/日本語", '"&U,BTFw-/&ZeVnLIqe-"'),  # RFC 3501 §5.1.3
        ('a"b\\c', '"a\\"b\\\\c"'),
    ],
)
def test_folders_are_named_in_modified_utf_7(folder: str, name: str) -> None:
    assert quoted(folder) == name


@given(st.text(max_size=30))
def test_no_folders_name_ends_the_command_that_it_stands_in(folder: str) -> None:
    try:
        name = quoted(folder)
    except UnicodeEncodeError:  # half a character
        return
    assert name.isascii()
    assert name.isprintable()


@pytest.mark.parametrize(("known", "last"), [("", None), ("7 12", 12), ("8 12", None), ("7 x", None), ("7", None)])
def test_a_mailbox_without_keywords_is_read_on_from_the_last_uid_while_uids_hold(known: str, last: int | None) -> None:
    assert ImapProgress(known=known, keep=print).after("7") == last


def test_a_server_that_keeps_no_keywords_is_read_on_from_the_last_uid(published: str) -> None:
    with plain_mailbox(returned(key=published, domain=SHIPPED), PERSON.format(key=published).encode()) as box:
        box.flags[11] = {r"\Seen"}
        assert inbox(box.url) == {"bad-address": 1, "other": 1}
        assert box.flags.get(12, set()) == set()
        assert inbox(box.url) == {}
        box.messages[13] = POISON
        assert inbox(box.url) == {"quarantined": 1}
        assert box.flags[13] == {r"\Flagged"}
        box.validity += 1  # UIDs were given anew: what was taken in before counts once
        assert inbox(box.url) == {"repeated": 1, "other": 1, "quarantined": 1}


def test_nothing_is_marked_as_seen_by_being_fetched(published: str) -> None:
    with plain_mailbox(PERSON.format(key=published).encode()) as box:
        inbox(box.url)
        (fetched,) = [command for command in box.commands if "FETCH" in command]
        assert "BODY.PEEK[]<0." in fetched
