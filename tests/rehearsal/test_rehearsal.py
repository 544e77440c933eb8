"""The rehearsal: the real service through real SMTP, on a clock that jumps."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default as modern
from pathlib import Path

import pytest
from sqlalchemy import select

from calendars.editions import first_stamp
from scheduler.base.tokens import Tokens
from scheduler.planning.delivery import State
from scheduler.planning.plan import Member, plan
from scheduler.rehearsal.capture import Outbox, OutboxNotEmpty
from scheduler.rehearsal.run import NotARehearsal, Plan, Summary, last_moment, rehearsal_database, rehearse
from scheduler.store.database import Database
from scheduler.store.schema import deliveries
from tests.support.ledger import draft, put
from tests.support.shipped import shipped_draft, shipped_edition
from tests.support.watching import between_looks

AGENDA = [sys.executable, "-c", "from scheduler.cli import main; main()"]
TOKENS = Tokens(["a key for tests only"])
STAMP = re.compile(r"^(\d{8}T\d{6}Z)-([0-9a-f]{32})(-\d+)?\.eml$")


def shipped_plan() -> Plan:
    end = last_moment(shipped_draft().agenda)
    assert end is not None
    return Plan(
        start=first_stamp(shipped_draft().agenda),
        until=end + timedelta(days=2),
        base_url="https://agenda.example",
        tokens=TOKENS,
    )


Mails = dict[str, EmailMessage]  # the headers, by the name of the file


@pytest.fixture(scope="module")
def rehearsed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Summary, Mails]:
    folder = tmp_path_factory.mktemp("outbox")
    with rehearsal_database(None, TOKENS) as database:
        outbox = Outbox(folder, resuming=False)
        summary = asyncio.run(rehearse(database, shipped_draft(), shipped_plan(), outbox, lambda: None))
    return summary, {path.name: parse(path, headersonly=True) for path in folder.iterdir()}


def parse(path: Path, *, headersonly: bool = False) -> EmailMessage:
    with path.open("rb") as file:
        message = BytesParser(policy=modern).parse(file, headersonly=headersonly)
    assert isinstance(message, EmailMessage)
    return message


def test_the_shipped_agenda_sends_exactly_745_messages(rehearsed: tuple[Summary, Mails]) -> None:
    summary, mails = rehearsed
    assert (summary.messages, summary.repeated) == (745, 0)
    assert summary.totals.states == {State.ACCEPTED: 745}
    assert len({mail["Message-ID"] for mail in mails.values()}) == 745
    by_event = Counter[str]()
    for row in summary.rows:
        by_event[row.event] += row.count
    assert sorted(by_event.values()) == sorted([298, 51, 48, 90, 87, 171])


def test_each_mail_is_named_and_dated_by_the_instant_it_was_due(rehearsed: tuple[Summary, Mails]) -> None:
    _, mails = rehearsed
    since = first_stamp(shipped_draft().agenda)
    members = [Member(recipient=recipient, since=since) for recipient in shipped_draft().recipients]
    owed = {
        TOKENS.message_key(one.purpose, one.subject, one.schedule, one.moment.rule, one.recipient): one.moment.due
        for one in plan(shipped_edition(), members)
    }
    for name, mail in mails.items():
        named = STAMP.match(name)
        assert named is not None, name
        due = datetime.strptime(named[1], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        assert owed.pop(named[2]) == due == mail["Date"].datetime
    assert owed == {}


def test_each_site_is_written_to_for_its_own_workshop_and_the_drive(rehearsed: tuple[Summary, Mails]) -> None:
    _, mails = rehearsed
    per_address = Counter(str(mail["To"]) for mail in mails.values())
    assert len(per_address) == 149
    assert set(per_address.values()) == {5}


@pytest.mark.long  # the short suite plays a campaign in which a third of the posts have chosen them
def test_as_if_all_had_chosen_invitations_the_same_mails_bring_each_event_once_to_each_post(tmp_path: Path) -> None:
    with rehearsal_database(None, TOKENS) as database:
        outbox = Outbox(tmp_path / "out", resuming=False)
        given = replace(shipped_plan(), invitations=True)
        found = asyncio.run(rehearse(database, shipped_draft(), given, outbox, lambda: None))
    assert found.messages == 745
    invited = Counter[str]()
    for path in (tmp_path / "out").iterdir():
        mail = parse(path)
        for part in mail.walk():
            if part.get_content_type() == "text/calendar":
                assert part.get_param("method") == "REQUEST"
                invited[str(mail["To"])] += 1
    assert len(invited) == 149
    assert set(invited.values()) == {2}


def test_equal_drafts_give_equal_mails_to_the_byte_whenever_they_are_rehearsed(tmp_path: Path) -> None:
    mails = []
    for name in ("once", "again"):
        command = [*AGENDA, "rehearse", "--outbox", name, "--to", "2021-10-14"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        mails.append({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()})
    once, again = mails
    assert all(b"/leave/" in mail for mail in once.values()), "without a signed link no key could change them"
    assert len(once) > 30
    assert once == again


def test_an_outbox_that_holds_something_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("keep me")
    with pytest.raises(OutboxNotEmpty):
        Outbox(tmp_path, resuming=False)
    assert (tmp_path / "mine.txt").read_text() == "keep me"


def test_a_repeat_gets_a_name_of_its_own_and_overwrites_nothing(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "out", resuming=False)
    due = datetime(2021, 10, 12, 7, tzinfo=UTC)
    message = b"Message-ID: <abc@x.example>\r\n\r\n"
    names = [outbox.keep(message + str(number).encode(), due) for number in range(3)]
    assert names == ["20211012T070000Z-abc.eml", "20211012T070000Z-abc-2.eml", "20211012T070000Z-abc-3.eml"]
    assert (tmp_path / "out" / names[0]).read_bytes().endswith(b"0")
    assert outbox.count() == (3, 2)


def test_a_database_with_real_work_is_refused(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'agenda.db'}")
    put(database, draft())
    database.close()
    with pytest.raises(NotARehearsal), rehearsal_database(tmp_path / "agenda.db", TOKENS):
        pytest.fail("it was taken")


@pytest.mark.parametrize(
    ("until", "after", "mails"), [("2021-10-20", 20, 142), pytest.param("2022-02-08", 150, 745, marks=pytest.mark.long)]
)
def test_a_rehearsal_killed_in_the_middle_goes_on_and_loses_nothing(
    tmp_path: Path, until: str, after: int, mails: int
) -> None:
    outbox, ledger = tmp_path / "out", tmp_path / "rehearsal.db"
    command = [*AGENDA, "rehearse", "--to", until, "--outbox", str(outbox), "--database", str(ledger)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while first.poll() is None and (not outbox.exists() or sum(1 for _ in outbox.glob("*.eml")) < after):
        between_looks()
    first.send_signal(signal.SIGKILL)
    assert first.wait() == -signal.SIGKILL
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    copies = Counter(parse(path, headersonly=True)["Message-ID"] for path in outbox.glob("*.eml"))
    assert len(copies) == mails
    opened = Database(f"sqlite:///{ledger}")
    with opened.read() as connection:
        d = deliveries.c
        begun = select(d.message_key, d.state, d.uncertain_at).where(d.state != State.PLANNED)
        rows = list(connection.execute(begun))
    opened.close()
    uncertain = {row.message_key for row in rows if row.uncertain_at is not None}
    repeated = {key.strip("<>").partition("@")[0] for key, count in copies.items() if count > 1}
    assert [row.state for row in rows] == [State.ACCEPTED] * mails
    assert repeated <= uncertain
    assert len(uncertain) <= 4
