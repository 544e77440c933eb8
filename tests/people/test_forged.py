"""An outsider with everything public, and one with true Message-IDs too: nobody is muted who should not be."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from typer.testing import CliRunner

from calendars.model.agenda import Draft
from scheduler.cli import app
from scheduler.mail import verp
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.planning.delivery import Purpose, State
from scheduler.reporting.status import status
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.people import bounces, doubts
from scheduler.store.schema import bounces as noted
from scheduler.store.schema import deliveries, recipients
from tests.support.command_line import agenda
from tests.support.editing import published
from tests.support.former_build import guessed
from tests.support.ledger import PUBLISHED, TOKENS, WEEK_BEFORE, claim, counted, draft, post, put, send
from tests.support.returned import DOMAIN, returned
from tests.support.shipped import shipped_draft

NOW = WEEK_BEFORE + timedelta(minutes=10)
_D = deliveries.c


def take(database: Database, raw: bytes, now: datetime = NOW, *, verp_on: bool = False) -> Handled:
    box = Inbox(tokens=TOKENS, verp=verp_on)
    return box.handle(database, box.read(raw), now)


def reported(database: Database, key: str, **more: str) -> bytes:
    """A report that names whoever the message went to."""
    with database.read() as connection:
        own = (
            select(recipients.c.address).join(deliveries, _D.recipient == recipients.c.id).where(_D.message_key == key)
        )
        address = connection.execute(own).scalar_one()
    return returned(key=key, address=address, **more)


def muted(database: Database) -> list[str]:
    with database.read() as connection:
        return [one.recipient for one in bounces.suppressed(connection)]


def owed(database: Database, purpose: Purpose) -> int:
    with database.read() as connection:
        return connection.execute(select(func.count()).where(_D.purpose == purpose)).scalar_one()


def waiting(database: Database) -> int:
    with database.read() as connection:
        return doubts.count(connection, NOW)


def crowd(database: Database, posts: int) -> list[str]:
    """Message keys of what went out to so many posts of one office."""
    put(database, draft(posts=[post(f"p{number:03}") for number in range(posts)]))
    sent: list[str] = []
    while claims := send(database, WEEK_BEFORE):
        sent += [one.message_key for one in claims]
    return sent


def piped(raw: bytes) -> dict[str, object]:
    done = CliRunner().invoke(app, ["inbox", "--json"], input=raw)
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found


def flood(database: Database, keys: list[str], *, verp_on: bool = False) -> list[Handled]:
    return [take(database, reported(database, key, words=f"no such user {key}"), verp_on=verp_on) for key in keys]


def public_guesses(found: Draft, uid_of: dict[str, str]) -> list[str]:
    """What whoever reads the feeds, the sites' pages and the former program can reckon: a key for each post."""
    rules = sorted({str(rule) for event in found.agenda.events for rule in found.agenda.rules_for(event)})
    return [
        guessed("reminder", uid, schedule, rule, one.id)
        for one in found.recipients
        for uid in uid_of.values()
        for schedule in (0, 1)
        for rule in rules
    ]


@pytest.mark.parametrize("verp_on", [False, True])
@pytest.mark.parametrize("all_sent", [False, True])
def test_whoever_knows_everything_public_mutes_nobody(database: Database, verp_on: bool, all_sent: bool) -> None:
    found = shipped_draft()
    put(database, found, PUBLISHED)
    if all_sent:
        with database.write() as connection:
            connection.execute(deliveries.update().values(state=State.ACCEPTED, accepted_at=WEEK_BEFORE, attempts=1))
    with database.read() as connection:
        held = editions.load(connection)
    assert held is not None
    guesses = public_guesses(found, {event: one.uid for event, one in held.edition.revisions.items()})
    assert len(found.recipients) == 149
    before = counted(database)
    domain = found.agenda.sender.domain
    for key in guesses[:: len(guesses) // 149]:
        to = f"bounces+{key}-0123456789abcdef@{domain}" if verp_on else f"agenda@{domain}"
        handled = take(database, returned(key=key, to=to, domain=domain), verp_on=verp_on)
        assert handled.meaning is Meaning.UNKNOWN
    assert muted(database) == []
    assert counted(database) == before
    assert owed(database, Purpose.ALARM) + owed(database, Purpose.DOUBT) == 0
    with database.read() as connection:
        assert not set(guesses) & set(connection.execute(select(_D.message_key)).scalars())


def test_of_true_message_ids_that_leaked_ten_count_and_the_rest_is_doubted_with_one_alarm(database: Database) -> None:
    keys = crowd(database, 60)
    handled = flood(database, keys)
    assert {one.meaning for one in handled} == {Meaning.BAD_ADDRESS}
    assert [one.doubted for one in handled] == [False] * 10 + [True] * 50
    assert len(muted(database)) == 10
    assert (owed(database, Purpose.DOUBT), owed(database, Purpose.ALARM)) == (1, 0)
    assert counted(database)[State.ACCEPTED] == 50, "what is doubted says nothing of its message either"


def test_of_many_that_went_out_a_tenth_may_come_back(database: Database) -> None:
    keys = crowd(database, 130)
    handled = flood(database, keys[:14])
    assert [one.doubted for one in handled] == [False] * 13 + [True]


def test_with_signed_addresses_a_true_message_id_alone_is_soft(database: Database) -> None:
    keys = crowd(database, 30)
    assert {one.meaning for one in flood(database, keys, verp_on=True)} == {Meaning.BOUNCED}
    assert muted(database) == []
    signed = verp.sender(keys[0], DOMAIN, TOKENS)
    raw = reported(database, keys[0], to=signed, words="to the signed address")
    assert take(database, raw, verp_on=True).meaning is Meaning.BAD_ADDRESS
    assert len(muted(database)) == 1


def test_a_report_of_what_never_left_or_left_long_ago_or_under_another_domain_is_of_nothing(database: Database) -> None:
    put(database, draft(posts=[post("p0"), post("p1")]))
    one, other = claim(database, WEEK_BEFORE)
    assert take(database, reported(database, one.message_key)).meaning is Meaning.UNKNOWN
    with database.write() as connection:
        accepted = deliveries.update().where(_D.id.in_((one.id, other.id)))
        connection.execute(accepted.values(state=State.ACCEPTED, accepted_at=WEEK_BEFORE, attempts=1))
    late = WEEK_BEFORE + timedelta(days=30, seconds=1)
    assert take(database, reported(database, one.message_key), late).meaning is Meaning.UNKNOWN
    foreign = reported(database, one.message_key, domain="evil.example")
    assert take(database, foreign).meaning is Meaning.UNKNOWN
    assert take(database, reported(database, one.message_key)).meaning is Meaning.BAD_ADDRESS
    assert take(database, reported(database, other.message_key, domain="INE.example")).meaning is Meaning.BAD_ADDRESS


def test_accepted_doubts_mute_their_posts_and_dismissed_ones_nobody(database: Database) -> None:
    flood(database, crowd(database, 30))
    with database.write() as connection:
        listed = doubts.undecided(connection, NOW)
        assert [one.status for one in listed] == ["5.1.1"] * 20
        assert doubts.accept(connection, {listed[0].recipient}, NOW) == 1
        assert doubts.dismiss(connection, {listed[1].recipient, listed[2].recipient}, NOW) == 2
    assert listed[0].recipient in muted(database)
    assert len(muted(database)) == 11
    assert waiting(database) == 17
    assert counted(database)[State.BOUNCED] == 11


def test_what_nobody_decides_about_for_a_week_counts_as_soft_and_a_new_flood_is_told_of_again(
    database: Database,
) -> None:
    keys = crowd(database, 30)
    flood(database, keys)
    week = NOW + timedelta(days=7)
    with database.write() as connection:
        assert doubts.lapse(connection, week - timedelta(seconds=1)) == 0
        assert doubts.lapse(connection, week) == 20
        kinds = list(connection.execute(select(noted.c.kind).order_by(noted.c.id)).scalars())
    assert kinds == ["hard"] * 10 + ["soft"] * 20
    assert len(muted(database)) == 10
    assert counted(database)[State.BOUNCED] == 30
    for number, key in enumerate(keys[:12]):
        take(database, reported(database, key, words=f"again {number}"), week)
    assert owed(database, Purpose.DOUBT) == 2


def test_to_lift_a_suppression_forgives_what_is_doubted_of_the_post_too(database: Database) -> None:
    keys = crowd(database, 20)
    flood(database, keys)
    flood(database, keys[:1])
    take(database, reported(database, keys[0], words="once more"))
    (first, *_) = muted(database)
    with database.write() as connection:
        about_it = [one for one in doubts.undecided(connection, NOW) if one.recipient == first]
        bounces.lift(connection, first, NOW)
        left = [one for one in doubts.undecided(connection, NOW) if one.recipient == first]
    assert (len(about_it), left) == (1, [])


def test_what_is_doubted_of_an_address_that_the_file_corrects_is_forgiven(database: Database) -> None:
    flood(database, crowd(database, 20))
    with database.read() as connection:
        first, *others = doubts.undecided(connection, NOW)
    posts = [post(f"p{number:03}") for number in range(20)]
    corrected = [replace(one, address="otra@tokio.example") if one.id == first.recipient else one for one in posts]
    put(database, draft(posts=corrected), NOW)
    with database.write() as connection:
        assert [one.recipient for one in doubts.undecided(connection, NOW)] == [one.recipient for one in others]


def test_the_status_counts_what_is_doubted_as_one_alert(database: Database) -> None:
    flood(database, crowd(database, 30))
    day = (NOW - timedelta(hours=12), NOW + timedelta(hours=12))
    with database.read() as connection:
        found = status(connection, NOW, day)
    assert found.came_back.doubted == 20


@pytest.mark.usefixtures("here")
def test_an_operator_sees_the_servers_words_and_decides_for_one_some_or_all() -> None:
    published()
    database = Database("sqlite:///agenda.db")
    with database.write() as connection:
        connection.execute(deliveries.update().values(state=State.ACCEPTED, attempts=1))
        keys = list(connection.execute(select(_D.message_key).group_by(_D.recipient)).scalars())
    raw = [reported(database, key, domain="agenda-consular.example", words=f"nobody {key}") for key in keys[:15]]
    from_pipe = [piped(one) for one in raw]
    assert [one.get("doubted", False) for one in from_pipe] == [False] * 10 + [True] * 5
    assert {one["meaning"] for one in from_pipe} == {"bad-address"}
    listed = json.loads(agenda("suppressions", "--doubted", "--json").stdout)
    assert [one["recipient"] for one in listed] == [one["recipient"] for one in from_pipe[10:]]
    assert all("nobody" in one["why"] and "…@" in one["address"] for one in listed)
    assert "agenda suppressions --doubted" in agenda("status", "--lang", "en").stdout
    assert json.loads(agenda("status", "--json").stdout)["doubted"] == 5
    first, second, third, *_ = (one["recipient"] for one in listed)
    assert agenda("suppressions", "--accept", first, "--dismiss", first).exit_code == 2
    assert agenda("suppressions", "--accept", "nadie").exit_code == 1
    assert agenda("suppressions", "--accept", first).exit_code == 0
    assert agenda("suppressions", "--dismiss", second, "--dismiss", third).exit_code == 0
    assert len(json.loads(agenda("suppressions", "--doubted", "--json").stdout)) == 2
    assert "2 avisos desechados" in agenda("suppressions", "--dismiss", "all").stdout
    assert agenda("suppressions", "--doubted").stdout == "No hay avisos en duda.\n"
    assert first in muted(database)
    database.close()
