"""Tokens of staff feeds in the database: shown once, ended one by one, and the last poll of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import insert, select

from scheduler.store.database import Database
from scheduler.store.posts import feed_tokens
from scheduler.store.posts.feed_tokens import Poll
from scheduler.store.schema import feed_tokens as feed_tokens_table
from scheduler.store.schema import recipients

pytestmark = pytest.mark.conformance

NOW = datetime(2021, 10, 12, 16, tzinfo=UTC)
HOUR = timedelta(hours=1)


def issue(database: Database, site: str = "tokio", label: str = "", recipient: str | None = None) -> str:
    with database.write() as connection:
        return feed_tokens.issue(connection, site, NOW, label=label, recipient=recipient)


def test_a_token_is_long_random_and_fits_into_an_address(database: Database) -> None:
    made = {issue(database) for _ in range(50)}
    assert len(made) == 50
    assert all(len(token) == 32 and token.replace("-", "").replace("_", "").isalnum() for token in made)


def test_the_database_holds_no_token_in_clear(database: Database) -> None:
    token = issue(database, label="portátil")
    with database.read() as connection:
        assert token not in repr([feed_tokens.listed(connection), feed_tokens.access(connection)])
        kept = repr(connection.execute(select(feed_tokens_table)).all())
    assert "portátil" in kept
    assert token not in kept


def test_access_is_found_by_the_digest_of_what_was_shown(database: Database) -> None:
    token = issue(database)
    with database.read() as connection:
        known = feed_tokens.access(connection)
    opened = known[feed_tokens.digest_of(token)]
    assert (opened.site, opened.revoked, opened.id) == ("tokio", False, feed_tokens.id_of(token))
    assert feed_tokens.digest_of(token + "x") not in known


def test_tokens_end_one_by_one_and_keep_the_hour_at_which_they_did(database: Database) -> None:
    first, second = feed_tokens.id_of(issue(database)), feed_tokens.id_of(issue(database))
    with database.write() as connection:
        assert feed_tokens.revoke(connection, first, NOW + HOUR)
        assert not feed_tokens.revoke(connection, first, NOW + 2 * HOUR)
        assert not feed_tokens.revoke(connection, "nobody", NOW)
        ended, lives = feed_tokens.find(connection, first), feed_tokens.find(connection, second)
        revoked = {opened.id for opened in feed_tokens.access(connection).values() if opened.revoked}
    assert ended is not None
    assert lives is not None
    assert (ended.revoked_at, lives.revoked_at) == (NOW + HOUR, None)
    assert revoked == {first}


def test_lists_go_by_site_and_a_posts_own_are_found(database: Database) -> None:
    post = {"id": "tokio-1", "site": "tokio", "address": "a@b.example", "language": "es", "post": "Consular"}
    with database.write() as connection:
        connection.execute(insert(recipients).values(**post, joined="2021-10-01", since=NOW))
    issue(database, "tokio", "tableta", recipient="tokio-1")
    issue(database, "madrid", "oficina")
    with database.read() as connection:
        assert [token.site for token in feed_tokens.listed(connection)] == ["madrid", "tokio"]
        assert [token.label for token in feed_tokens.of_recipient(connection, "tokio-1")] == ["tableta"]
        assert feed_tokens.find(connection, "nobody") is None


@pytest.mark.parametrize("later_first", [False, True])
def test_of_polls_the_last_one_is_known_in_whatever_order_they_are_noted(database: Database, later_first: bool) -> None:
    id_ = feed_tokens.id_of(issue(database))
    early, late = Poll(at=NOW, client="Google"), Poll(at=NOW + HOUR, client="Apple")
    with database.write() as connection:
        for poll in (late, early) if later_first else (early, late):
            feed_tokens.record_polls(connection, {id_: poll, "gone": poll})
        known = feed_tokens.find(connection, id_)
    assert known is not None
    assert (known.polled_at, known.client) == (NOW + HOUR, "Apple")


def test_nothing_polled_is_nothing_written(database: Database) -> None:
    with database.read() as connection:
        feed_tokens.record_polls(connection, {})
