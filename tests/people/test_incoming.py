"""What comes back, and whom it mutes; and that a site with nobody left to write to is told of at once."""

from __future__ import annotations

import json
import mailbox
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from typer.testing import CliRunner

from scheduler.cli import app
from scheduler.mail import verp
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.planning.delivery import Decision, Purpose, State
from scheduler.store.database import Database
from scheduler.store.ledger.claiming import Claim
from scheduler.store.ledger.servicemail import COORDINATOR
from scheduler.store.people import bounces
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries, recipients
from tests.support.campaign import TOKENS, UNKNOWN_USER, Campaign, mails
from tests.support.command_line import agenda
from tests.support.ledger import DAY_BEFORE, PUBLISHED, WEEK_BEFORE, counted, draft, post, put, send
from tests.support.returned import PERSON, VACATION, from_tokyo, returned
from tests.support.smtpd import scripted

pytestmark = pytest.mark.usefixtures("here")

NOW = WEEK_BEFORE + timedelta(minutes=10)
FULL = "5.2.2"


def sent(database: Database, posts: int = 2) -> list[Claim]:
    put(database, draft(posts=[post(f"p{number}") for number in range(posts)]))
    return send(database, WEEK_BEFORE)


def take(database: Database, raw: bytes, now: datetime = NOW, *, redirected: bool = False) -> Handled:
    box = Inbox(tokens=TOKENS, redirected=redirected)
    return box.handle(database, box.read(raw), now)


def suppressed(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.recipient for one in bounces.suppressed(connection)]


def alarms(database: Database) -> list[str]:
    d = deliveries.c
    with database.read() as connection:
        return list(connection.execute(select(d.site).where(d.purpose == Purpose.ALARM)).scalars())


def test_a_bad_address_bounces_its_message_and_mutes_its_post(database: Database) -> None:
    one, other = sent(database)
    assert take(database, returned(key=one.message_key, address=one.address)) == Handled(
        meaning=Meaning.BAD_ADDRESS, recipient=one.recipient, status="5.1.1"
    )
    assert suppressed(database) == [one.recipient]
    assert counted(database) == {State.ACCEPTED: 1, State.BOUNCED: 1, State.SUPPRESSED: 2, State.PLANNED: 2}
    assert other.recipient not in suppressed(database)


def test_the_same_notification_twice_counts_once(database: Database) -> None:
    (one, _) = sent(database)
    raw = returned(key=one.message_key, address=one.address, status=FULL)
    assert [take(database, raw).meaning for _ in range(2)] == [Meaning.BOUNCED, Meaning.REPEATED]


def test_a_full_mailbox_scores_once_a_day_and_mutes_on_the_fifth(database: Database) -> None:
    (one, _) = sent(database)
    for day in range(4):
        for again in range(3):
            raw = returned(key=one.message_key, address=one.address, status=FULL, words=f"mailbox full {day} {again}")
            take(database, raw, NOW + timedelta(days=day))
    assert suppressed(database) == []
    take(
        database,
        returned(key=one.message_key, address=one.address, status=FULL, words="still full"),
        NOW + timedelta(days=4),
    )
    assert suppressed(database) == [one.recipient]


def test_scores_of_long_ago_are_forgotten(database: Database) -> None:
    (one, _) = sent(database)
    for week in range(10):
        raw = returned(key=one.message_key, address=one.address, status=FULL, words=f"mailbox full {week}")
        take(database, raw, NOW + timedelta(days=8 * week))
    assert suppressed(database) == []


@pytest.mark.parametrize(
    ("raw", "meaning"),
    [
        (returned(action="delayed", status="4.4.1"), Meaning.DELAYED),
        (returned(), Meaning.UNKNOWN),
        (VACATION.format(key="x" * 32).encode(), Meaning.AUTOMATIC),
        (PERSON.format(key="x" * 32).encode(), Meaning.OTHER),
    ],
)
def test_what_says_nothing_of_a_message_of_ours_changes_nothing(
    database: Database, raw: bytes, meaning: Meaning
) -> None:
    sent(database)
    before = counted(database)
    assert take(database, raw).meaning is meaning
    assert counted(database) == before


def test_a_bounce_is_known_by_the_address_it_came_back_to(database: Database) -> None:
    (one, _) = sent(database)
    address = verp.sender(one.message_key, "ine.example", TOKENS)
    assert take(database, returned(key="0" * 32, to=address)).recipient == one.recipient
    forged = address.replace("-", "-0", 1)[: len(address)]
    assert take(database, returned(key="0" * 32, to=forged, words="again")).meaning is Meaning.UNKNOWN


def test_a_bounce_of_redirected_mail_blames_no_post(database: Database) -> None:
    (one, _) = sent(database)
    take(database, returned(key=one.message_key, address=one.address), redirected=True)
    assert suppressed(database) == []


def test_an_uncertain_message_that_bounces_is_not_repeated(database: Database) -> None:
    put(database, draft(posts=[post("p0")]))
    (one,) = send(database, WEEK_BEFORE, Decision(state=State.UNCERTAIN, next_at=NOW + timedelta(hours=1)))
    take(database, returned(key=one.message_key, address=one.address, status=FULL))
    assert counted(database)[State.BOUNCED] == 1


def test_lifting_plans_what_lies_ahead_and_forgives(database: Database) -> None:
    (one, _) = sent(database)
    take(database, returned(key=one.message_key, address=one.address))
    with database.write() as connection:
        assert bounces.lift(connection, one.recipient, NOW) == 2
        assert bounces.lift(connection, one.recipient, NOW) is None
    assert suppressed(database) == []
    assert counted(database)[State.PLANNED] == 4


def test_a_site_that_has_somebody_left_raises_no_alarm_and_the_last_one_does_once(database: Database) -> None:
    one, other = sent(database)
    take(database, returned(key=one.message_key, address=one.address))
    assert alarms(database) == []
    take(database, returned(key=other.message_key, address=other.address))
    take(database, returned(key=other.message_key, address=other.address, words="once more"))
    assert alarms(database) == ["tokio"]
    with database.read() as connection:
        listed = [one.recipient.id for one in roster.members(connection)]
        found = connection.execute(select(recipients.c.address).where(recipients.c.id == COORDINATOR)).scalar_one()
    assert COORDINATOR not in listed
    assert found == "agenda@ine.example"


async def test_the_coordinator_is_written_to_within_minutes_of_the_servers_answer(database: Database) -> None:
    put(database, draft(posts=[post("p0")]))
    async with scripted(RCPT=[UNKNOWN_USER]) as fake:
        await Campaign(database, fake).run(PUBLISHED, WEEK_BEFORE + timedelta(minutes=5))
        (mail,) = mails(fake)
    assert mail["To"] == "agenda@ine.example"
    assert mail["Subject"] == "ALERTA: una sede se quedó sin destinatario"
    text = mail.get_body(("plain",))
    assert text is not None
    assert "Embajada de México en Japón" in text.get_content()
    assert "p0@" not in text.get_content()
    assert DAY_BEFORE > NOW


def three(key: str) -> list[bytes]:
    """A bounce, an automatic reply and a person's."""
    return [
        from_tokyo(key),
        VACATION.format(key=key).encode(),
        PERSON.format(key=key).encode(),
    ]


def test_a_mail_servers_pipe_is_read_and_told(published: str) -> None:
    done = CliRunner().invoke(app, ["inbox", "--json"], input=from_tokyo(published))
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"meaning": "bad-address", "recipient": "tokio-consular", "status": "5.1.1"}
    listed = agenda("suppressions", "--json")
    (one,) = json.loads(listed.stdout)
    assert (one["recipient"], one["site"]) == ("tokio-consular", "tokio")
    assert "…@" in one["address"]
    assert "5.1.1" in agenda("suppressions").stdout
    lifted = agenda("suppressions", "lift", "tokio-consular")
    assert (lifted.exit_code, "se le vuelve a escribir" in lifted.stdout) == (0, True)
    assert agenda("suppressions", "lift", "tokio-consular").exit_code == 1
    assert "Ninguna dirección cuenta como mala." in agenda("suppressions").stdout


def test_a_database_that_is_away_asks_the_mail_server_to_keep_the_message() -> None:
    environment = {"AGENDA_DATABASE_URL": "postgresql+psycopg://agenda@127.0.0.1:1/x", "AGENDA_SECRET_KEY": "k" * 20}
    done = CliRunner().invoke(app, ["inbox"], input=returned(), env=environment)
    assert done.exit_code == 75


def test_a_maildir_is_taken_in_once(published: str, tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    for raw in three(published):
        box.add(raw)
    done = agenda("inbox", "--maildir", str(tmp_path / "Maildir"), "--json")
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert (found["bad-address"], found["automatic"], found["other"]) == (1, 1, 1)
    assert len(list((tmp_path / "Maildir" / "cur").iterdir())) == 3
    assert agenda("inbox", "--maildir", str(tmp_path / "Maildir")).stdout == "0 mensajes recibidos\n"


def test_a_folder_that_is_no_maildir_is_named(published: str, tmp_path: Path) -> None:
    assert published
    done = agenda("inbox", "--maildir", str(tmp_path))
    assert (done.exit_code, "no es un Maildir" in done.stderr) == (3, True)


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("url", "code"),
    [("imaps://host/INBOX", 2), ("imap://u@host.example/", 2), ("imaps://u:p@host/", 2), ("imap://u@127.0.0.1:1/", 3)],
)
def test_a_mailbox_that_cannot_be_read_is_named(url: str, code: int) -> None:
    done = agenda("inbox", "--imap", url, AGENDA_IMAP_PASSWORD="s3cret")
    assert done.exit_code == code
    assert "s3cret" not in done.output + done.stderr
