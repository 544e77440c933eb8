"""What administrators say in their own words: below the hour in the mail, behind it in the subject."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.changes import Notice, changes, notices
from calendars.editions import Edition, publish
from calendars.model.events import Event, EventStatus
from calendars.model.text import Language, OwnWords
from calendars.reading.messages import message
from calendars.reading.problems import Wrong
from calendars.zones import zone_data
from scheduler.mail.compose import Composer
from scheduler.mail.subject import Subject
from scheduler.mail.texts.own_words import ADDED, leads, with_addition
from scheduler.planning.notices import Telling
from tests.mail.test_compose import BASE, DAY_BEFORE, DELHI, parsed, part, personal
from tests.support.factories import agenda, days, drive, edition, event, timed

ONE_LINE = OwnWords(es="Traiga su lista.", en="Bring your list.")
LONG = OwnWords(
    es="Antes del taller, revise con su equipo la lista de las personas que acudirán, y pruebe el sonido y la cámara.\n"
    "La guía está en https://ine.example/guia?a=1&b=<2>.\n\nGracias, el equipo del INE.",
    en="Before the workshop, go over the list of those who will come, and try sound and camera.",
)
COMPOSER = Composer(BASE)


def told(one: Event) -> Edition:
    return edition(agenda(representations=(DELHI,), events=(one,)))


def subject_of(content: Edition, language: Language = "es", words: OwnWords | None = None) -> Subject:
    one = content.agenda.events[0]
    return Subject(edition=content, event=one, site=DELHI, language=language, sent_at=DAY_BEFORE, words=words)


def reminder(one: Event, language: Language = "es", words: OwnWords | None = None) -> EmailMessage:
    return parsed(COMPOSER.reminder(subject_of(told(one), language, words)).personalize(personal()))


def moved(one: Event, status: EventStatus = EventStatus.CONFIRMED) -> tuple[Edition, Notice]:
    before = told(replace(one, message=None))
    later = replace(one, when=timed("2021-10-21 20:00"), status=status)
    at = datetime(2021, 10, 11, tzinfo=UTC)
    content = agenda(representations=(DELHI,), events=(later,))
    after = publish(before, content, at=at, author="", reason="", zone_digest=zone_data().digest).edition
    [change] = changes(before, after)
    [notice] = notices(change)
    return after, notice


def notice(one: Event, language: Language = "es", words: OwnWords | None = None, **how: EventStatus) -> EmailMessage:
    content, news = moved(one, **how)
    telling = Telling(notice=news, since=1, unread=False, message=words)
    return parsed(COMPOSER.notice(subject_of(content, language, words), telling).personalize(personal()))


@pytest.mark.parametrize(
    ("language", "addition", "head"),
    [
        ("es", "Traiga su lista", "Mensaje:\nTraiga su lista.\n"),
        ("en", "Bring your list", "Message:\nBring your list.\n"),
    ],
)
def test_a_short_message_heads_the_mail_below_the_hour_and_stands_last_in_the_subject(
    language: Language, addition: str, head: str
) -> None:
    mail, plain = reminder(event(message=ONE_LINE), language), reminder(event(), language)
    assert str(mail["Subject"]) == f"{plain['Subject']} · {addition}"
    said = part(mail, "plain")
    assert said.index("04:30") < said.index(head) < said.index(event().title[language])
    assert said.replace(f"{head}\n", "") == part(plain, "plain")


def test_a_mail_without_a_message_is_what_it_was() -> None:
    assert "Mensaje" not in part(reminder(event()), "plain")
    assert 'class="words"' not in part(reminder(event()), "html")


@pytest.mark.parametrize(("language", "mark"), [("es", "con mensaje"), ("en", "with a message")])
def test_a_long_message_is_only_mentioned_in_the_subject(language: Language, mark: str) -> None:
    assert str(reminder(event(message=LONG), language)["Subject"]).endswith(f" · {mark}")


def test_the_hour_stands_in_what_a_phone_shows_of_the_subject() -> None:
    """Some 40 characters: the addition comes after the title and the agenda's own hour, wherever it is cut."""
    subject = str(reminder(event(message=ONE_LINE))["Subject"])
    assert "04:30 h (Nueva Delhi)" in subject[:40]


def test_long_lines_are_wrapped_and_paragraphs_kept_apart() -> None:
    said = part(reminder(event(message=LONG)), "plain")
    shown = said[said.index("Mensaje:") : said.index("Taller VMRE")]
    assert max(map(len, shown.split("\n"))) <= 76
    assert shown.split("\n\n")[1] == "Gracias, el equipo del INE."


def test_a_link_opens_in_html_and_everything_else_is_escaped() -> None:
    words = OwnWords(es="<b>Vea</b> (https://ine.example/guia?a=1&b=<2>), «avise» & venga")
    rich = part(reminder(event(message=words)), "html")
    assert '&lt;b&gt;Vea&lt;/b&gt; (<a href="https://ine.example/guia?a=1&amp;b=&lt;2&gt;"' in rich
    assert "</a>), «avise» &amp; venga</p>" in rich
    assert "<b>Vea" not in rich


@pytest.mark.parametrize(
    ("words", "reader", "head"),
    [
        (OwnWords(es="Traiga su lista"), "en", "Message (Spanish):\nTraiga su lista\n"),
        (OwnWords(en="Bring your list"), "es", "Mensaje (inglés):\nBring your list\n"),
    ],
)
def test_who_reads_another_language_is_told_which_it_is(words: OwnWords, reader: Language, head: str) -> None:
    """An untranslated word is better than none. The subject stays in one language."""
    mail = reminder(event(message=words), reader)
    assert head in part(mail, "plain")
    assert str(mail["Subject"]).endswith({"es": "con mensaje", "en": "with a message"}[reader])
    assert f'lang="{words.written_for(reader)}"' in part(mail, "html")


def test_a_notice_has_the_publication_s_words_before_the_event_s() -> None:
    publication = OwnWords(es="La sala cambió a última hora.", en="The room changed.")
    mail = notice(event(message=ONE_LINE), words=publication)
    said = part(mail, "plain")
    assert said.index("ANTES") < said.index("La sala cambió") < said.index("Traiga su lista") < said.index("Qué hacer")
    plain = notice(event())
    assert str(mail["Subject"]) == f"{plain['Subject']} · La sala cambió a última hora"


def test_the_same_words_of_both_are_said_once() -> None:
    assert part(notice(event(message=ONE_LINE), words=ONE_LINE), "plain").count("Traiga su lista") == 1


def test_who_is_told_that_it_is_cancelled_reads_what_the_file_says_of_it() -> None:
    """The event is in the file still: whoever wrote both meant them together."""
    gone = notice(event(message=OwnWords(es="Le avisaremos de otra fecha.")), status=EventStatus.CANCELLED)
    assert "Le avisaremos de otra fecha." in part(gone, "plain")


def test_whole_days_have_it_too() -> None:
    content = told(drive(message=ONE_LINE, when=days()))
    mail = parsed(COMPOSER.reminder(subject_of(content)).personalize(personal()))
    said = part(mail, "plain")
    assert said.index("1 de febrero") < said.index("Traiga su lista.") < said.index("Jornada extraordinaria")


def test_no_calendar_part_has_it() -> None:
    mail = reminder(event(message=ONE_LINE))
    attached = [one.get_content() for one in mail.walk() if one.get_content_subtype() in ("calendar", "ics")]
    assert all("Traiga" not in str(one) for one in attached)


@given(st.text(min_size=1, max_size=200), st.sampled_from(["es", "en"]), st.booleans())
def test_no_message_ever_moves_the_hour_in_a_subject(said: str, language: Language, news: bool) -> None:
    """The subject without it is the beginning of the one with it, and the addition is one short line."""
    try:
        words = OwnWords(es=message(said))
    except Wrong:
        return
    plain = "CAMBIO: Taller ahora vie 22 oct, 10:00 h" if news else "Vie 22 oct, 04:30 h"
    whole = with_addition(plain, leads((words,), language), language)
    assert whole.startswith(f"{plain} · ")
    assert len(whole) <= len(plain) + 3 + ADDED
    assert "\n" not in whole


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=60))
def test_whatever_is_said_reads_the_same_in_the_text_and_in_html(said: str) -> None:
    try:
        words = OwnWords(es=message(said))
    except Wrong:
        return
    mail = reminder(event(message=words))
    assert words["es"] in " ".join(part(mail, "plain").split()) or words["es"] in part(mail, "plain").replace("\n", " ")
    shown = re.sub(r"<[^>]*>", "", part(mail, "html"))
    escaped = words["es"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert escaped.replace("'", "&#39;").replace('"', "&#34;") in shown


def test_two_publications_are_not_taken_for_one() -> None:
    """Messages are kept and used again: what else they say is part of what they are known by."""
    for said in ("Primero.", "Segundo."):
        assert said in part(notice(event(), words=OwnWords(es=said)), "plain")


def test_the_day_of_sending_does_not_matter() -> None:
    late = replace(subject_of(told(event(message=ONE_LINE))), sent_at=DAY_BEFORE + timedelta(hours=5))
    assert "Traiga su lista." in part(parsed(COMPOSER.reminder(late).personalize(personal())), "plain")
