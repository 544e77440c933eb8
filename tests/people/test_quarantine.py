"""One message can harm nothing but itself: it is read before any transaction, and set aside where that fails."""

from __future__ import annotations

import mailbox
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scheduler.cli import app
from scheduler.mail.incoming import reading
from scheduler.mail.incoming.bounds import Unreadable
from scheduler.people.incoming import Inbox
from tests.support.campaign import TOKENS
from tests.support.command_line import agenda
from tests.support.returned import returned

pytestmark = pytest.mark.usefixtures("here")


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader that fails at every message which names the word; a library may fail so at what strangers write."""

    def fails(raw: bytes, authserv_id: str | None) -> reading.Incoming:
        if b"stumble" in raw:
            raise AssertionError("a library's own words")
        return reading.Other() if authserv_id else reading.AutoReply()

    monkeypatch.setattr("scheduler.mail.incoming.reading._read", fails)


@pytest.mark.usefixtures("failing")
def test_whatever_a_library_raises_is_one_word_and_one_kind_of_error() -> None:
    with pytest.raises(Unreadable, match=r"^AssertionError$"):
        Inbox(tokens=TOKENS).read(b"Subject: stumble\n\nx")


@pytest.mark.usefixtures("failing")
def test_a_maildir_message_that_cannot_be_read_is_moved_aside_whole_and_the_next_is_taken(tmp_path: Path) -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    box = mailbox.Maildir(tmp_path / "Maildir")  # makes it
    poison = b"Subject: stumble\n\nx\x00\r\n"
    (tmp_path / "Maildir" / "new" / "1.first.host").write_bytes(poison)
    (tmp_path / "Maildir" / "new" / "2.second.host").write_bytes(returned())
    done = agenda("inbox", "--maildir", str(tmp_path / "Maildir"))
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 taken in")
    (aside,) = (tmp_path / "Maildir" / ".Quarantine" / "cur").iterdir()
    assert (aside.name, aside.read_bytes()) == ("1.first.host:2,F", poison)
    (taken,) = (tmp_path / "Maildir" / "cur").iterdir()
    assert taken.name == "2.second.host:2,S"
    assert box.list_folders() == ["Quarantine"]


@pytest.mark.usefixtures("failing")
def test_a_pipes_message_that_cannot_be_read_does_not_come_again() -> None:
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    done = CliRunner().invoke(app, ["inbox"], input=b"Subject: stumble\n\nx")
    assert (done.exit_code, done.stdout) == (0, "quarantined\n")
