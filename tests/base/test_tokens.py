"""Signed links: those of mails sent long ago stay good, and nobody makes one without the key."""

from __future__ import annotations

import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from itsdangerous import URLSafeSerializer

from scheduler.base.tokens import Link, NoKey, Tokens
from scheduler.store.database import Database

KEY = "a key of the tests"
NOW = datetime(2021, 10, 20, 15, tzinfo=UTC)
POSTS = ("tokio", "consulado-general-en-nueva-york-2", "ñandú", "x" * 200)


@pytest.mark.parametrize(
    ("token", "post"),
    [
        ("InRva2lvIg.smH_sUnxiDwGm6D0RA5cLbClE5Q", "tokio"),
        (".eJxTqhgmQAkASYteBQ.cpuhFqtaitP8zVaga2AtmiiP3T0", "x" * 200),
    ],
    ids=["plain", "compressed"],
)
def test_a_link_in_a_mail_sent_by_an_earlier_version_is_good(token: str, post: str) -> None:
    assert Tokens([KEY]).read(Link.LEAVE, token, NOW) == post


@pytest.mark.parametrize("post", POSTS)
def test_what_is_signed_is_what_the_library_would_take(post: str) -> None:
    library = URLSafeSerializer(KEY, salt="agenda-consular.leave")
    assert library.loads(Tokens([KEY]).sign(Link.LEAVE, post)) == post


@pytest.mark.parametrize("post", POSTS[:3])
def test_a_link_is_the_same_each_time_it_is_made(post: str) -> None:
    library = URLSafeSerializer(KEY, salt="agenda-consular.leave")
    assert Tokens([KEY]).sign(Link.LEAVE, post) == Tokens([KEY]).sign(Link.LEAVE, post) == library.dumps(post)


@pytest.mark.parametrize("post", POSTS)
@pytest.mark.parametrize("link", list(Link))
def test_a_link_is_good_for_its_own_purpose_until_its_time(link: Link, post: str) -> None:
    tokens = Tokens([KEY])
    token = tokens.sign(link, post, NOW)
    assert tokens.read(link, token, NOW) == post
    assert tokens.read(link, token, NOW + timedelta(seconds=1)) is None
    assert all(tokens.read(other, token, NOW) is None for other in Link if other is not link)


def test_the_current_key_signs_and_older_ones_are_still_read() -> None:
    before, after = Tokens([KEY]), Tokens(["a newer key", KEY])
    assert after.read(Link.LEAVE, before.sign(Link.LEAVE, "tokio"), NOW) == "tokio"
    assert after.sign(Link.LEAVE, "tokio") == Tokens(["a newer key"]).sign(Link.LEAVE, "tokio")
    assert before.read(Link.LEAVE, after.sign(Link.LEAVE, "tokio"), NOW) is None


@pytest.mark.parametrize("place", [0, 5, -1])
def test_a_link_that_was_tampered_with_is_good_for_nothing(place: int) -> None:
    token = Tokens([KEY]).sign(Link.LEAVE, "tokio")
    spoilt = list(token)
    spoilt[place] = "A" if spoilt[place] != "A" else "B"
    assert Tokens([KEY]).read(Link.LEAVE, "".join(spoilt), NOW) is None


@pytest.mark.parametrize("post", POSTS)
def test_an_answer_is_for_one_post_and_one_event_and_opens_nothing_else(post: str) -> None:
    tokens = Tokens([KEY])
    token = tokens.sign_answer(post, "taller")
    assert tokens.read_answer(token) == (post, "taller")
    assert [tokens.read(link, token, NOW) for link in Link] == [None] * len(Link)
    assert tokens.read_answer(tokens.sign(Link.LEAVE, post)) is None
    assert tokens.read_answer(tokens.sign(Link.ANSWER, post)) is None
    assert tokens.read_answer(token[:-1] + ("A" if token[-1] != "A" else "B") + "x") is None


def test_an_answer_signed_under_an_older_key_is_read() -> None:
    token = Tokens(["old"]).sign_answer("tokio", "taller")
    assert Tokens(["new", "old"]).read_answer(token) == ("tokio", "taller")
    assert Tokens(["new"]).read_answer(token) is None


def test_a_new_database_is_not_begun_under_a_key_that_can_be_guessed(tmp_path: Path) -> None:
    with pytest.raises(NoKey, match="fewer than 16 characters"):
        Database(f"sqlite:///{tmp_path / 'agenda.db'}", tokens=Tokens(["x" * 15]))
    Database(f"sqlite:///{tmp_path / 'agenda.db'}", tokens=Tokens(["x" * 16, "older"])).close()
    Database(f"sqlite:///{tmp_path / 'agenda.db'}", tokens=Tokens(["x" * 15])).close()  # what is there goes on


@given(st.text(max_size=20), st.text(max_size=90))
def test_the_key_of_a_message_is_the_hmac_of_its_names(secret: str, subject: str) -> None:
    """RFC 2104, as the standard library reckons it: keys of rows that were stored long ago are found again."""
    key = hashlib.sha256(f"agenda-consular.message{secret}".encode()).digest()
    named = "\x1f".join(("reminder", subject, "3", "PT1H", "uno")).encode()
    expected = hmac.new(key, named, "sha256").hexdigest()[:32]
    assert Tokens([secret]).message_key("reminder", subject, 3, "PT1H", "uno") == expected
