"""An event's own words for its mails: no calendar, counter or date knows of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.changes import Kind, changes, notices
from calendars.documents import (
    agenda_from_json,
    agenda_to_json,
    draft_digest,
    event_digest,
    words_from_json,
    words_to_json,
)
from calendars.editions import Edition, publish
from calendars.feeds import feeds
from calendars.losses import losses
from calendars.model.text import OwnWords
from calendars.reading.configuration import read
from calendars.reading.messages import MESSAGE_LENGTH, MESSAGE_LINES, message
from calendars.reading.problems import Wrong
from calendars.zones import zone_data
from tests.support.factories import agenda, drive, event, text
from tests.support.older_editions import OLD_DIGEST
from tests.support.small_config import edited, files

LATER = datetime(2021, 10, 11, 15, tzinfo=UTC)
SAID = st.one_of(st.none(), st.text(min_size=1, max_size=40))
WORDS = st.builds(OwnWords, es=SAID, en=SAID).filter(lambda one: bool(one.es or one.en)) | st.none()


def after(previous: Edition | None, words: OwnWords | None, at: datetime = LATER) -> Edition:
    told = agenda(events=(event(message=words), drive(message=words)))
    return publish(previous, told, at=at, author="", reason="", zone_digest=zone_data().digest).edition


@given(WORDS, WORDS)
def test_any_message_leaves_every_feed_and_every_counter_untouched(
    first: OwnWords | None, then: OwnWords | None
) -> None:
    """Bytes of all feeds, SEQUENCE, LAST-MODIFIED, schedule number, digest: of a first edition and of a later one."""
    silent = after(None, None)
    begun = after(None, first)
    changed = after(begun, then, LATER + timedelta(days=1))
    for one in (begun, changed):
        assert [(feed.path, feed.body) for feed in feeds(one)] == [(feed.path, feed.body) for feed in feeds(silent)]
        assert one.revisions == silent.revisions


@given(WORDS, WORDS)
def test_a_change_of_the_message_alone_is_a_change_that_tells_nobody(
    first: OwnWords | None, then: OwnWords | None
) -> None:
    begun = after(None, first)
    found = changes(begun, after(begun, then))
    assert {change.kinds for change in found} == (set() if first == then else {(Kind.MESSAGE,)})
    assert [notice for change in found for notice in notices(change)] == []


def test_it_is_published_though_nobody_hears_of_it() -> None:
    """Else it would never come into force: the draft's digest has it, the event's has not."""
    silent, said = event(), event(message=OwnWords(es="Traiga la lista"))
    home = agenda(events=(silent,))
    assert event_digest(home, silent) == event_digest(home, said)
    assert draft_digest(home, (), {}) != draft_digest(agenda(events=(said,)), (), {})


def test_an_agenda_without_messages_is_stored_and_compared_as_before() -> None:
    """Editions of earlier builds have the same canonical JSON and the same digest."""
    found = read(files()).draft
    assert found is not None
    assert draft_digest(found.agenda, found.recipients, found.links) == OLD_DIGEST
    assert "message" not in agenda_to_json(found.agenda)


def test_a_message_comes_back_from_the_database_as_it_was() -> None:
    for words in (OwnWords(es="a\n\nb"), OwnWords(en="x"), OwnWords(es="a", en="b")):
        home = agenda(events=(event(message=words),))
        assert agenda_from_json(agenda_to_json(home)) == home


def test_a_publication_s_message_comes_back_from_its_column_as_it_was() -> None:
    for words in (OwnWords(es="a\n\nb"), OwnWords(en="x"), OwnWords(es="«a»", en="b")):
        assert words_from_json(words_to_json(words)) == words


def test_taking_a_message_away_is_no_loss_to_be_confirmed() -> None:
    """It is for the mails of some days; a file that was cut there has lost nothing else."""
    said = agenda(events=(event(message=OwnWords(es="a", en="b")),))
    assert losses(said, agenda(events=(event(),)), {}, {}) == ()
    assert losses(agenda(events=(event(description=text("x")),)), agenda(events=(event(),)), {}, {}) != ()


def test_what_the_draft_drops_is_withdrawn_without_its_message() -> None:
    """«Traiga su lista» is of no use to whoever hears that there is no workshop."""
    begun = after(None, OwnWords(es="Traiga la lista"))
    dropped = agenda(events=(drive(),))
    gone = publish(begun, dropped, at=LATER, author="", reason="", zone_digest=zone_data().digest)
    assert gone.withdrawn == (event().id,)
    assert next(one for one in gone.edition.agenda.events if one.id == event().id).message is None


@pytest.mark.parametrize(
    ("words", "reader", "said", "written"),
    [
        (OwnWords(es="hola", en="hello"), "es", "hola", "es"),
        (OwnWords(es="hola", en="hello"), "en", "hello", "en"),
        (OwnWords(es="hola", en="hello"), "fr", "hello", "en"),
        (OwnWords(es="hola"), "en", "hola", "es"),
        (OwnWords(en="hello"), "es", "hello", "en"),
    ],
)
def test_who_reads_another_language_gets_it_as_it_was_written(
    words: OwnWords, reader: str, said: str, written: str
) -> None:
    assert (words[reader], words.written_for(reader)) == (said, written)


def written(yaml: str) -> OwnWords | None:
    found = read(edited(("    tipo: taller\n", f"    tipo: taller\n{yaml}")))
    assert found.draft is not None, [problem.message["es"] for problem in found.problems]
    return found.draft.agenda.events[0].message


def test_it_is_written_once_for_both_languages_or_in_each_or_in_one() -> None:
    assert written('    mensaje: "Traiga la lista"\n') == OwnWords(es="Traiga la lista", en="Traiga la lista")
    assert written("    mensaje: {es: hola, en: hello}\n") == OwnWords(es="hola", en="hello")
    assert written("    mensaje: {en: hello}\n") == OwnWords(en="hello")


def test_a_block_keeps_its_lines_and_its_paragraphs() -> None:
    block = "    mensaje:\n      es: |\n        Traiga:\n        -  la   lista\n\n\n        Gracias.\n"
    assert written(block) == OwnWords(es="Traiga:\n- la lista\n\nGracias.")


@pytest.mark.parametrize(
    ("said", "rule"),
    [
        ("x" * (MESSAGE_LENGTH + 1), "too-long"),
        ("a\n" * (MESSAGE_LINES + 1), "message-lines"),
        ("  \n ", "empty"),
        ("vea ftp://ine.example", "message-link"),
        ("JavaScript:alert(1)", "message-link"),
        ("mailto:a@ine.example", "message-link"),
        ("a\u200bb\x1b[31m", "control-character"),
    ],
)
def test_what_no_mail_may_hold_is_refused_with_the_rule_and_the_way_out(said: str, rule: str) -> None:
    with pytest.raises(Wrong) as refused:
        message(said)
    assert refused.value.rule == rule
    assert refused.value.message["es"] != refused.value.message["en"]


@given(st.text(max_size=700))
def test_whatever_is_accepted_is_short_and_reads_back_as_itself(value: str) -> None:
    try:
        said = message(value)
    except Wrong:
        return
    assert len(said) <= MESSAGE_LENGTH
    assert len([one for one in said.split("\n") if one]) <= MESSAGE_LINES
    assert message(said) == said
