"""Texts of notices composed again are those that were sent, but for what was each reader's own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import update

from calendars.model.events import EventStatus
from calendars.model.text import OwnWords
from scheduler.evidence.composing import written_by_hand
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import publish_draft
from scheduler.store.database import Database
from scheduler.store.schema import recipients, revisions
from tests.support.changes import AS_IT_WAS, LINK, MONDAY, MOVED, SETTLED, begin, change, sent, with_event, words
from tests.support.evidence import LATER, listed, packed
from tests.support.factories import event, text, timed
from tests.support.ledger import post
from tests.support.smtpd import Drop

pytestmark = pytest.mark.conformance

OWN_LINK = re.compile(r"https://agenda\.example/(?:leave|manage|answer)/[\w.~-]+")
CANCELLED = with_event(event(status=EventStatus.CANCELLED, reason=text("No hay ponentes")))


def as_sent(mail: EmailMessage) -> list[str]:
    """Subject and words, with what is each reader's own taken out."""
    said = OWN_LINK.sub("[enlace propio de quien lo recibió]", words(mail))
    said = " ".join(said.split()).replace("a la Sección Consular, Embajada de México en Japón", "a: [puesto]")
    return [str(mail["Subject"]), said]


def in_pack(folder: Path) -> list[list[str]]:
    """Subject and words of each notice, by delivery."""
    texts: dict[str, list[str]] = {}
    for row in listed(folder, "texts.csv"):
        texts.setdefault(row["text"], []).append(row["words"].removeprefix("'"))
    told = [texts[row["text"]] for row in listed(folder, "notices.csv")]
    return [[one[0], " ".join(" ".join(one[1:]).split())] for one in told]


def same(mails: Sequence[EmailMessage], folder: Path) -> None:
    assert in_pack(folder) == [as_sent(mail) for mail in mails]


async def test_a_move_its_correction_and_a_cancellation_read_as_they_were_sent(
    database: Database, tmp_path: Path
) -> None:
    """Each against what its post was last told; the first two with a link that is still today's."""
    await begin(database)
    change(database, MOVED, MONDAY)
    mails = await sent(database, MONDAY, SETTLED)
    change(database, AS_IT_WAS, SETTLED)
    mails += await sent(database, SETTLED, LATER)
    change(database, CANCELLED, LATER)
    mails += await sent(database, LATER, LATER + (SETTLED - MONDAY))
    packs = packed(database, tmp_path)
    assert len(mails) == 3
    same(mails, packs.full)
    rows = listed(packs.full, "notices.csv")
    assert [(row["edition"], row["since"], row["missing"]) for row in rows] == [
        ("2", "1", ""),
        ("3", "2", ""),
        ("4", "3", ""),
    ]
    [by_hand] = [row for row in listed(packs.full, "texts.csv") if row["by_hand"] == "1"]
    assert by_hand["words"] == "Motivo: No hay ponentes"


async def test_a_notice_whose_fate_was_unknown_counts_as_it_did_then(database: Database, tmp_path: Path) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, SETTLED, BODY=[Drop()])
    change(database, AS_IT_WAS, SETTLED)
    [mail] = await sent(database, SETTLED, LATER)
    folder = packed(database, tmp_path).full
    assert in_pack(folder)[-1] == as_sent(mail)
    assert "antes 10:00 h" in in_pack(folder)[-1][0]


async def test_a_convocation_has_its_publication_s_own_words_and_every_line_of_them_is_known(
    database: Database, tmp_path: Path
) -> None:
    said = OwnWords(es="Traigan su lista de asistentes, por favor, y lleguen diez minutos antes de la hora.\nGracias.")
    await begin(database)
    act = Act(at=MONDAY, author="M. R.", reason="convocar", announce=(event().id,), message=said)
    publish_draft(database, AS_IT_WAS, act, confirmed=True)
    mails = await sent(database, MONDAY, LATER)
    folder = packed(database, tmp_path).full
    same(mails, folder)
    own = " ".join(row["words"] for row in listed(folder, "texts.csv") if row["by_hand"] == "1")
    assert " ".join(own.split()) == " ".join(str(said["es"]).split())


async def test_posts_that_signed_up_get_no_link_in_the_pack_either_and_english_is_english(
    database: Database, tmp_path: Path
) -> None:
    await begin(database, with_event(event(), posts=[post("uno"), post("dos")]))
    change(database, with_event(event(when=timed("2021-10-21 20:00")), posts=[post("uno"), post("dos")]), MONDAY)
    with database.write() as connection:
        changed = update(recipients).where(recipients.c.id == "dos")
        connection.execute(changed.values(origin="self", chosen_language="en"))
    mails = await sent(database, MONDAY, LATER)
    texts = in_pack(packed(database, tmp_path).full)
    assert [LINK in said for _, said in texts] == [LINK in words(mail) for mail in mails]
    assert sorted(subject for subject, _ in texts) == sorted(str(mail["Subject"]) for mail in mails)
    assert ["[the reader's own link]" in said for _, said in texts].count(True) == 1
    assert [LINK in said for _, said in texts].count(True) == 1


async def test_a_link_that_is_another_today_is_not_shown_as_that_of_then(database: Database, tmp_path: Path) -> None:
    await begin(database)
    change(database, MOVED, MONDAY)
    [mail] = await sent(database, MONDAY, SETTLED)
    change(database, with_event(MOVED.agenda.events[0], link="https://salas.example/2"), SETTLED)
    [[subject, said], *_] = in_pack(packed(database, tmp_path).full)
    assert (subject, LINK in words(mail)) == (str(mail["Subject"]), True)
    assert "[el enlace de entonces para entrar, que no se guarda]" in said
    assert "salas.example" not in said


async def test_what_can_not_be_composed_again_is_told_with_what_is_missing(database: Database, tmp_path: Path) -> None:
    """An edition whose event somebody took out of the database by hand."""
    await begin(database)
    change(database, MOVED, MONDAY)
    await sent(database, MONDAY, SETTLED)
    with database.write() as connection:
        connection.execute(update(recipients).values(since=LATER))
        connection.execute(update(revisions).values(link_digest=None))
    folder = packed(database, tmp_path).full
    [row] = listed(folder, "notices.csv")
    assert (row["text"], row["missing"]) == ("", "a difference between the editions 2 and 2")
    assert listed(folder, "texts.csv") == []


@given(
    words=st.lists(st.sampled_from(["uno", "dos", "tres", "cuatro"]), min_size=1, max_size=30),
    chosen=st.tuples(st.integers(0, 29), st.integers(1, 30)),
    ends=st.lists(st.integers(0, 29)),
)
@example(words=["uno", "dos"], chosen=(0, 2), ends=[0])  # two paragraphs, with a line between them that is empty
def test_a_text_is_found_however_its_lines_were_broken(
    words: list[str], chosen: tuple[int, int], ends: list[int]
) -> None:
    """Each line that has a word of it; lines without any word have none."""
    marked = [f"{word}{number}" for number, word in enumerate(words)]
    first, last = chosen[0], chosen[0] + chosen[1]
    lines = [[]]  # type: list[list[str]]
    for number, word in enumerate(marked):
        lines[-1].append(word)
        if number in ends:
            lines += [[], []]
    own = set(marked[first:last])
    expected = {number for number, line in enumerate(lines) if own & set(line)}
    found = written_by_hand([" ".join(line) for line in lines], [" ".join(marked[first:last])])
    assert {number for number in found if lines[number]} == expected
