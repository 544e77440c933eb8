from __future__ import annotations

import email
import email.policy
import importlib.util
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from calendars.editions import Edition
from calendars.feeds import feeds
from calendars.model.events import Assumption, Event, EventStatus
from calendars.model.places import Representation
from calendars.model.text import Language
from scheduler.base.address import mailbox
from scheduler.base.shipped import shipped
from scheduler.mail.compose import KEPT, Composer
from scheduler.mail.mime import address_field, field, filling, quoted_printable, slot, text_part, worded_field
from scheduler.mail.prepared import Personal, PreparedMail
from scheduler.mail.relay.smtp import Connection, SmtpSettings
from scheduler.mail.subject import Enclosure, Subject
from tests.support.checkout import ROOT
from tests.support.factories import agenda, days, drive, edition, event, real_sites, text, timed
from tests.support.sampled import SAMPLED
from tests.support.smtpd import aiosmtpd_server

BASE = "https://agenda.example"
LINK = "https://reunion.example/j/123?pwd=abc"
STOP = (
    f"{BASE}/leave/Imphcm9u.token-with_every.sort~of%20character-and-long-enough-to-need-two-or-three-lines-of-a-body"
)
MANAGE = f"{BASE}/manage/abc.def"
ANSWER = f"{BASE}/answer/ghi.jkl"
DAY_BEFORE = datetime(2021, 10, 21, 3, 30, tzinfo=UTC)  # 09:00 in New Delhi, the day before its workshop
BEFORE_DRIVE = datetime(2022, 1, 31, 3, 30, tzinfo=UTC)
PRINTABLE_TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=90)
DELHI = next(known for known in real_sites() if known.id == "nueva-delhi")


def published(*events: Event, where: Representation = DELHI, **changes: object) -> Edition:
    return edition(agenda(representations=(where,), events=events or (event(), drive()), **changes))


@pytest.fixture(scope="module")
def composer() -> Composer:
    return Composer(BASE)


def personal(**changes: object) -> Personal:
    known = Personal(
        to="consular.delhi@sre.example",
        office="Sección Consular, Embajada de México en la India",
        message_id="5f2b1c@ine.example",
        sent_at=DAY_BEFORE,
        unsubscribe_url=STOP,
        manage_url=MANAGE,
        answer_url=ANSWER,
    )
    return replace(known, **changes)  # type: ignore[arg-type]  # because each test names the fields it changes


def prepare(
    composer: Composer,
    content: Edition,
    language: Language = "es",
    sent_at: datetime = DAY_BEFORE,
    *,
    index: int = 0,
    link: str | None = None,
    attach: bool = False,
) -> PreparedMail:
    one, where = content.agenda.events[index], content.agenda.representations[0]
    enclosed = Enclosure(method="PUBLISH" if attach else "")
    subject = Subject(
        edition=content, event=one, site=where, language=language, sent_at=sent_at, link=link, enclosed=enclosed
    )
    return composer.reminder(subject)


def parsed(message: bytes) -> EmailMessage:
    return email.message_from_bytes(message, policy=email.policy.default)


def part(message: EmailMessage, subtype: str) -> str:
    body = message.get_body((subtype,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def mail(composer: Composer, content: Edition | None = None, **how: object) -> EmailMessage:
    """One reminder, as a reader's program sees it."""
    sent_at = how.get("sent_at", DAY_BEFORE)
    prepared = prepare(composer, content or published(), **how)  # type: ignore[arg-type]  # because each test names what it changes
    return parsed(prepared.personalize(personal(sent_at=sent_at)))


# What it says


def test_the_text_of_the_new_delhi_reminder(composer: Composer) -> None:
    assert part(mail(composer, link=LINK, attach=True), "plain") == (
        "Mañana, viernes 22 de octubre de 2021\n"
        "04:30 h, hora de Nueva Delhi\n"
        "= jueves 21, 18:00 h, tiempo del centro de México (TCM)\n"
        "\n"
        "Taller VMRE, Asia Pacífico\n"
        "Es de madrugada en su sede; en México todavía será jueves 21.\n"
        "Término: 06:30 h (duración supuesta: 2 h, por confirmar).\n"
        "\n"
        f"Entrar: {LINK}  (no lo reenvíe)\n"
        "Calendario de su sede: https://agenda.example/feeds/sites/nueva-delhi.ics\n"
        "Adjunto va el evento (.ics), por si no usa ese calendario.\n"
        "\n"
        "¿Asistirá?\n"
        f"Sí: {ANSWER}?r=yes\n"
        f"No: {ANSWER}?r=no\n"
        f"Tal vez: {ANSWER}?r=maybe\n"
        "\n"
        "Enviado a la Sección Consular, Embajada de México en la India.\n"
        f"Dejar de recibir recordatorios: {STOP}\n"
        f"Pausar, cambiar de idioma o de calendario: {MANAGE}\n"
        "Nunca pedimos contraseñas."
    )


def test_the_same_in_english(composer: Composer) -> None:
    assert part(mail(composer, language="en"), "plain") == (
        "Tomorrow, Friday, 22 October 2021\n"
        "04:30, New Delhi time\n"
        "= Thursday 21, 18:00, Central Mexico time (TCM)\n"
        "\n"
        "Overseas voting workshop, Asia Pacific\n"
        "This is in the small hours at your site; in Mexico it will still be Thursday\n"
        "21.\n"
        "Ends: 06:30 (assumed duration: 2 h, to be confirmed).\n"
        "\n"
        "Join: link to be confirmed\n"
        "Your site's calendar: https://agenda.example/feeds/sites/nueva-delhi.ics\n"
        "\n"
        "Will you come?\n"
        f"Yes: {ANSWER}?r=yes\n"
        f"No: {ANSWER}?r=no\n"
        f"Maybe: {ANSWER}?r=maybe\n"
        "\n"
        "Sent to Sección Consular, Embajada de México en la India.\n"
        f"Stop these reminders: {STOP}\n"
        f"Pause, or change language or calendar: {MANAGE}\n"
        "We never ask for passwords."
    )


def test_yes_no_and_maybe_are_links_of_the_html_part_and_only_of_what_has_an_hour(composer: Composer) -> None:
    for language, words in (("es", ("Sí", "No", "Tal vez")), ("en", ("Yes", "No", "Maybe"))):
        rich = part(mail(composer, language=language), "html")
        found = re.findall(r'<a class="reply" href="([^"]+)"[^>]*>([^<]+)</a>', rich)
        assert found == [(f"{ANSWER}?r={r}", word) for r, word in zip(("yes", "no", "maybe"), words, strict=True)]
    assert "/answer/" not in part(mail(composer, index=1, sent_at=BEFORE_DRIVE), "html")


def test_the_answers_are_cells_with_borders_which_outlook_for_windows_draws(composer: Composer) -> None:
    """Word's engine knows neither padding on a link nor max-width: the cell pads, and a table is the page."""
    rich = part(mail(composer), "html")
    cells = re.findall(r'<td class="choice" style="([^"]*)"><a class="reply"', rich)
    assert len(cells) == 3
    for style in cells:
        assert "border: 1px solid #0b5345" in style
        assert "mso-padding-alt: 8px 16px" in style
    assert '<table role="presentation" width="600"' in rich
    assert rich.count('role="presentation"') == rich.count("<table")


def test_mail_that_asks_is_not_written_without_the_page_to_answer_at(composer: Composer) -> None:
    with pytest.raises(ValueError, match="answer"):
        prepare(composer, published()).personalize(personal(answer_url=""))
    prepare(composer, published(), sent_at=BEFORE_DRIVE, index=1).personalize(
        personal(answer_url="", sent_at=BEFORE_DRIVE)
    )


def test_the_text_of_the_drive_names_no_hour_and_says_what_is_supposed(composer: Composer) -> None:
    message = mail(composer, index=1, sent_at=BEFORE_DRIVE)
    assert message["Subject"] == (
        "Mañana mar 1 feb, hasta lun 7 feb: Jornada extraordinaria de credencialización (por confirmar)"
    )
    assert part(message, "plain").startswith(
        "Mañana, martes 1 de febrero de 2022 (fecha por confirmar)\n"
        "hasta el lunes 7 de febrero de 2022\n"
        "Días completos, las mismas fechas en cada sede\n"
        "\n"
        "Jornada extraordinaria de credencialización\n"
        "Tentativo.\n"
        "Fechas supuestas, por confirmar.\n"
        "\n"
        "Calendario de su sede: "
    )


def test_the_drive_in_english(composer: Composer) -> None:
    message = mail(composer, index=1, sent_at=BEFORE_DRIVE, language="en")
    assert message["Subject"] == (
        "Tomorrow Tue 1 Feb, until Mon 7 Feb: Extraordinary credentialing drive (to be confirmed)"
    )
    assert part(message, "plain").startswith(
        "Tomorrow, Tuesday, 1 February 2022 (date to be confirmed)\n"
        "until Monday, 7 February 2022\n"
        "Whole days, the same dates at every site\n"
    )


@pytest.mark.parametrize(("language", "words"), [("es", "Todo el día"), ("en", "All day")])
def test_a_single_whole_day_is_all_day(composer: Composer, language: Language, words: str) -> None:
    content = published(drive(when=days("2022-02-01", "2022-02-01"), status=EventStatus.CONFIRMED, assumed=()))
    said = part(mail(composer, content, language=language), "plain")
    assert f"\n{words}\n" in said
    assert "hasta" not in said
    assert "confirm" not in said


@pytest.mark.parametrize(
    ("sent_at", "beginning"),
    [
        (datetime(2021, 10, 15, 3, 30, tzinfo=UTC), "Vie 22 oct, 04:30 h (Nueva Delhi): Taller VMRE, Asia Pacífico"),
        (datetime(2021, 10, 20, 3, 30, tzinfo=UTC), "Vie 22 oct, 04:30 h"),
        (datetime(2021, 10, 20, 18, 30, tzinfo=UTC), "Mañana vie 22 oct, 04:30 h (Nueva Delhi): Taller VMRE"),
        (datetime(2021, 10, 21, 18, 29, 59, tzinfo=UTC), "Mañana vie 22 oct, 04:30 h"),
        (datetime(2021, 10, 21, 18, 30, tzinfo=UTC), "Hoy vie 22 oct, 04:30 h"),
        (datetime(2021, 10, 21, 22, 0, tzinfo=UTC), "Hoy vie 22 oct, 04:30 h"),
    ],
)
def test_relative_words_follow_the_sites_date_when_it_is_sent(
    composer: Composer, sent_at: datetime, beginning: str
) -> None:
    message = mail(composer, sent_at=sent_at)
    assert message["Subject"].startswith(beginning)
    first_line = part(message, "plain").partition("\n")[0]
    assert first_line.partition(", ")[0] == {"H": "Hoy", "M": "Mañana"}.get(
        beginning[0], "Viernes 22 de octubre de 2021"
    )


@pytest.mark.parametrize(
    ("site_id", "wall", "subject", "line", "remark"),
    [
        (
            "tokio",
            "2021-10-21 18:00",
            "Vie 22 oct, 08:00 h (Tokio): Taller VMRE, Asia Pacífico · jue 21 oct, 18:00 h TCM",
            "08:00 h, hora de Tokio",
            "En México todavía será jueves 21.",
        ),
        (
            "wellington",
            "2021-10-21 18:00",
            "Vie 22 oct, 12:00 h (Wellington): Taller VMRE, Asia Pacífico · jue 21 oct, 18:00 h TCM",
            "12:00 h, hora de Wellington",
            "En México todavía será jueves 21.",
        ),
        (
            "teheran",
            "2021-10-19 09:00",
            "Mar 19 oct, 17:30 h (Teherán): Taller VMRE, Asia Pacífico · 09:00 h TCM",
            "17:30 h, hora de Teherán",
            "",
        ),
        (
            "phoenix",
            "2021-10-28 12:00",
            "Jue 28 oct, 10:00 h (Phoenix): Taller VMRE, Asia Pacífico · 12:00 h TCM",
            "10:00 h, hora de Phoenix",
            "",
        ),
    ],
)
def test_subject_and_text_name_site_time_and_mexicos(
    composer: Composer, site_id: str, wall: str, subject: str, line: str, remark: str
) -> None:
    where = next(known for known in real_sites() if known.id == site_id)
    content = published(event(when=timed(wall)), where=where)
    message = mail(composer, content, sent_at=datetime(2021, 10, 10, 12, tzinfo=UTC))
    assert message["Subject"] == subject
    lines = part(message, "plain").split("\n")
    assert line in lines
    assert any(re.fullmatch(r"= \w+ \d+, \d\d:\d\d h, tiempo del centro de México \(TCM\)", found) for found in lines)
    assert ("En México todavía" in "\n".join(lines)) is bool(remark)
    assert not remark or remark in lines


def test_an_agenda_that_lives_elsewhere_says_its_own_time(composer: Composer) -> None:
    message = mail(composer, published(zone="America/Bogota"))
    assert message["Subject"].endswith("18:00 h Bogotá")
    assert "hora de Bogotá" in part(message, "plain")
    assert "TCM" not in part(message, "plain")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": EventStatus.TENTATIVE}, ("(fecha por confirmar)", "\nTentativo.\n")),
        ({"assumed": (Assumption.TIME,)}, ("(hora por confirmar)", "\nHora supuesta, por confirmar.\n")),
        ({"place": text("Virtual"), "assumed": (Assumption.PLACE,)}, ("Lugar: Virtual (por confirmar)",)),
        ({"place": text("Virtual")}, ("\nLugar: Virtual\n",)),
        ({"assumed": ()}, ("Término: 06:30 h (duración: 2 h).",)),
        ({"reason": text("cambio de sala")}, ("\nMotivo: cambio de sala.\n",)),
        ({"description": text("Puntos relevantes.")}, ("\n\nPuntos relevantes.\n",)),
    ],
)
def test_what_is_open_is_said_as_open(composer: Composer, changes: dict[str, Any], said: tuple[str, ...]) -> None:
    message = mail(composer, published(event(**changes)))
    for words in said:
        assert words in part(message, "plain")
        assert words.strip() in re.sub(r"<[^>]+>", "", part(message, "html"))


def test_an_event_without_a_date_has_no_reminder(composer: Composer) -> None:
    content = published(event(status=EventStatus.UNSCHEDULED, when=None))
    with pytest.raises(ValueError, match="no date"):
        prepare(composer, content)


@pytest.mark.parametrize(
    ("office", "language", "said"),
    [
        ("Sección Consular, Embajada de México en Japón", "es", "Enviado a la Sección Consular, Embajada"),
        ("Titular, Consulado de México en Boise", "es", "Enviado a: Titular, Consulado"),
        ("Consular Section, Tokyo", "en", "Sent to Consular Section, Tokyo."),
    ],
)
def test_it_names_the_post_that_it_was_sent_to(composer: Composer, office: str, language: Language, said: str) -> None:
    message = parsed(prepare(composer, published(), language).personalize(personal(office=office)))
    assert said in part(message, "plain")
    assert said in part(message, "html")


def test_a_meeting_number_is_no_link(composer: Composer) -> None:
    html = part(mail(composer, link="Webex 123 456"), "html")
    assert "Webex 123 456" in html
    assert 'href="Webex' not in html


def test_a_joining_link_stands_in_the_bodies_and_nowhere_else(composer: Composer) -> None:
    prepared = prepare(composer, published(), link=LINK, attach=True)
    message = parsed(prepared.personalize(personal()))
    assert f'href="{LINK.replace("&", "&amp;")}"' in part(message, "html")
    assert not any("reunion.example" in str(value) for value in message.values())
    assert "reunion.example" not in part(message, "html").partition("</div>")[0]
    [attachment] = message.iter_attachments()
    assert b"reunion.example" not in cast("bytes", attachment.get_payload(decode=True))


# How it is built


def test_headers_say_who_what_and_how_to_leave(composer: Composer) -> None:
    message = mail(composer)
    assert message["From"] == "Agenda Consular <agenda@ine.example>"
    assert str(message["Reply-To"]) == "agenda@ine.example"
    assert str(message["To"]) == "consular.delhi@sre.example"
    assert message["Message-ID"] == "<5f2b1c@ine.example>"
    assert message["Date"] == "Thu, 21 Oct 2021 09:00:00 +0530"
    assert message["Date"].datetime == DAY_BEFORE
    assert message["MIME-Version"] == "1.0"
    assert message["Content-Language"] == "es"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["List-Id"] == "<vmre-2021-2022.ine.example>"
    assert message["List-Unsubscribe"] == f"<{STOP}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert len(message.keys()) == len({name.lower() for name in message.keys()})  # noqa: SIM118  # because a message is no dict


def test_a_reminder_is_text_then_html(composer: Composer) -> None:
    message = mail(composer)
    assert message.get_content_type() == "multipart/alternative"
    assert [one.get_content_type() for one in message.iter_parts()] == ["text/plain", "text/html"]
    assert not message.defects


def test_the_first_one_of_a_schedule_carries_the_event_as_in_the_feed(composer: Composer) -> None:
    content = published()
    message = mail(composer, content, attach=True)
    assert message.get_content_type() == "multipart/mixed"
    bodies, attachment = cast("list[EmailMessage]", list(message.iter_parts()))
    assert bodies.get_content_type() == "multipart/alternative"
    assert attachment.get_content_type() == "text/calendar"
    assert attachment.get_content_charset() == "utf-8"
    assert attachment.get_content_disposition() == "attachment"
    assert attachment.get_filename() == "taller-asia-pacifico-2021.ics"
    sent = Calendar.from_ical(cast("bytes", attachment.get_payload(decode=True)))
    assert sent["METHOD"] == attachment.get_param("method") == "PUBLISH"
    feed = next(feed for feed in feeds(content) if feed.path == "sites/nueva-delhi.ics")
    shown = Calendar.from_ical(feed.body).walk("VEVENT")[0]
    [entry] = sent.walk("VEVENT")
    for name in ("UID", "SEQUENCE", "DTSTART", "DTEND", "DTSTAMP", "SUMMARY"):
        assert entry[name].to_ical() == shown[name].to_ical()


def assert_safe_on_the_wire(message: bytes) -> None:
    assert message.isascii()
    assert b"\0" not in message
    assert message.count(b"\r\n") == message.count(b"\r") == message.count(b"\n")
    assert message.endswith(b"\r\n")
    head, _, body = message.partition(b"\r\n\r\n")
    assert max(map(len, body.split(b"\r\n"))) <= 76
    assert all(len(line) <= 78 for line in head.split(b"\r\n") if not line.startswith((b"List-Unsubscribe:", b"To:")))


@SAMPLED
@pytest.mark.parametrize("language", ["es", "en"])
def test_every_site_gets_well_formed_mail(composer: Composer, language: Language, each: int) -> None:
    """The 149 sites, the workshop with its file and the drive without."""
    content = edition(agenda(representations=real_sites(), events=(event(), drive())))
    for where in real_sites()[::each]:
        for index, sent_at in enumerate((DAY_BEFORE, BEFORE_DRIVE)):
            one, enclosed = content.agenda.events[index], Enclosure(method="" if index else "PUBLISH")
            subject = Subject(
                edition=content, event=one, site=where, language=language, sent_at=sent_at, link=LINK, enclosed=enclosed
            )
            prepared = composer.reminder(subject)
            message = prepared.personalize(personal(office=f"Sección Consular, {where.name}", sent_at=sent_at))
            assert_safe_on_the_wire(message)
            read = parsed(message)
            assert read["Subject"] == prepared.subject
            assert where.city_in(language) in str(read["Subject"]) or index == 1
            assert read["Date"].datetime == sent_at
            assert where.name in " ".join(part(read, "plain").split())
            assert f"/feeds/sites/{where.id}.ics" in part(read, "html")


@given(words=PRINTABLE_TEXT)
def test_any_title_comes_through_whole(composer: Composer, words: str) -> None:
    title = f"x{words}x"
    content = published(event(title=text(title, title)))
    message = prepare(composer, content).personalize(personal())
    assert_safe_on_the_wire(message)
    read = parsed(message)
    assert title in str(make_header(decode_header(raw_header(message, "Subject"))))
    assert title in part(read, "plain")


def raw_header(message: bytes, name: str) -> str:
    found = email.message_from_bytes(message, policy=email.policy.compat32)[name]
    return re.sub(r"\r\n(?=[ \t])", "", str(found))


@given(words=st.text(max_size=200))
def test_any_text_comes_through_quoted_printable_in_short_lines(words: str) -> None:
    encoded = quoted_printable(words)
    assert max(map(len, encoded.split(b"\r\n"))) <= 76
    message = (
        b"Content-Transfer-Encoding: quoted-printable\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n" + encoded
    )
    decoded = cast("bytes", email.message_from_bytes(message).get_payload(decode=True)).decode()
    assert decoded.replace("\r\n", "\n") == words.replace("\r\n", "\n").replace("\r", "\n")


@pytest.mark.parametrize("length", range(70, 80))
def test_pieces_that_fill_a_line_leave_a_place_for_the_break(length: int) -> None:
    for end in ("x", " ", ".", "é", "="):
        one = text_part("plain", f"{'a' * length}{end}{slot('office')}z")
        message = one.joined({"plain.office": filling("b" * length + end)})
        assert max(map(len, message.split(b"\r\n"))) <= 76
        assert parsed(message).get_content() == f"{'a' * length}{end}{'b' * length}{end}z"


@given(
    pieces=st.tuples(PRINTABLE_TEXT, PRINTABLE_TEXT, PRINTABLE_TEXT),
    own=PRINTABLE_TEXT,
)
def test_what_fills_a_slot_joins_what_surrounds_it(pieces: tuple[str, str, str], own: str) -> None:
    before, middle, after = pieces
    one = text_part("plain", f"{before}{slot('office')}{middle}\n{slot('stop')}{after}")
    message = one.joined({"plain.office": filling(own), "plain.stop": filling("stop")})
    assert max(map(len, message.split(b"\r\n"))) <= 76
    assert (
        str(parsed(message).get_content()).replace("\r\n", "\n").rstrip("\n") == f"{before}{own}{middle}\nstop{after}"
    )


@pytest.mark.parametrize(
    "title", ["Taller — Renovación: ñandú", "Sesión «x» · y", "=?utf-8?q?=61?=", "A" * 300, "a  b"]
)
def test_a_subject_comes_back_as_it_was_written(composer: Composer, title: str) -> None:
    message = prepare(composer, published(event(title=text(title)))).personalize(personal())
    assert_safe_on_the_wire(message)
    assert f": {title} · " in str(parsed(message)["Subject"])


@pytest.mark.parametrize("name", ["Agenda Consular", "Comité del Voto — Exterior", 'INE, "Agenda" (VMRE)', "Ñ" * 60])
def test_a_senders_name_comes_back_as_it_was_written(name: str) -> None:
    line = address_field("From", name, "agenda@ine.example")
    words, address = parseaddr(raw_header(line + b"\r\n", "From"))
    assert str(make_header(decode_header(words))) == name
    assert address == "agenda@ine.example"
    assert all(len(one) <= 78 for one in line.split(b"\r\n"))


@pytest.mark.parametrize("evil", ["a\r\nBcc: x@x.example", "a\nb", "a\rb", "a\0b", "a\x85b", "a\u2028b"])
def test_no_line_break_reaches_a_header(composer: Composer, evil: str) -> None:
    for write in (field, worded_field):
        with pytest.raises(ValueError, match="line break"):
            write("X-Any", evil)
    with pytest.raises(ValueError, match="line break"):
        address_field("From", evil, "agenda@ine.example")
    with pytest.raises(ValueError, match="line break"):
        prepare(composer, published(event(title=text(evil))))
    prepared = prepare(composer, published())
    for changes in ({"to": evil}, {"message_id": evil}, {"unsubscribe_url": f"https://x.example/{evil}"}):
        with pytest.raises(ValueError, match="address"):
            prepared.personalize(personal(**changes))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://x.example",
        "javascript:alert(1)",
        'https://x.example/">',
        "https://ñ.example/",
        "https://x.example/" + "a" * 1000,
    ],
)
def test_a_stop_link_that_a_header_cannot_carry_is_refused(composer: Composer, url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        prepare(composer, published()).personalize(personal(unsubscribe_url=url))


def test_what_people_wrote_is_escaped_in_html(composer: Composer) -> None:
    content = published(event(title=text("<b>Taller & más</b>"), place=text("<script>")))
    message = parsed(
        prepare(composer, content, link='https://x.example/"><i>').personalize(personal(office="<i>A&B</i>"))
    )
    html = part(message, "html")
    assert "<b>" not in html
    assert "<script" not in html
    assert "<i>" not in html
    assert "&lt;i&gt;A&amp;B&lt;/i&gt;" in html
    assert "<i>A&B</i>" in part(message, "plain")


def test_two_posts_of_a_site_get_the_same_but_for_what_is_theirs(composer: Composer) -> None:
    prepared = prepare(composer, published(), attach=True)
    own = {
        "to": "titular@sre.example",
        "message_id": "77@ine.example",
        "unsubscribe_url": f"{BASE}/leave/2",
        "office": "Titular, Roma",
    }
    first, second = prepared.personalize(personal()), prepared.personalize(personal(**own))
    assert not re.search(rb"consular\.delhi@|Imphcm9u|5f2b1c|India", second)
    seen, told = parsed(first), parsed(second)
    assert {name for name in seen.keys() if seen[name] != told[name]} == {"To", "Message-ID", "List-Unsubscribe"}  # noqa: SIM118  # because a message is no dict
    for subtype in ("plain", "html"):
        there = part(told, subtype).replace("a: Titular, Roma", "a la " + personal().office)
        assert there.replace(f"{BASE}/leave/2", STOP) == part(seen, subtype)
    assert [one.get_payload() for one in seen.iter_attachments()] == [
        one.get_payload() for one in told.iter_attachments()
    ]


def test_equal_input_gives_equal_bytes() -> None:
    messages = {prepare(Composer(BASE), published(), attach=True).personalize(personal()) for _ in range(2)}
    assert len(messages) == 1


async def test_a_message_that_a_server_took_is_the_one_composed(composer: Composer) -> None:
    message = prepare(composer, published(), attach=True).personalize(personal())
    async with aiosmtpd_server() as inbox:
        settings = SmtpSettings(host="127.0.0.1", port=inbox.port, security="none")
        connection = await Connection.open(settings, "agenda.example")
        await connection.send("agenda@ine.example", "consular.delhi@sre.example", message)
        await connection.close()
    assert inbox.envelopes[0].original_content == message


# What is kept


def test_what_is_shared_is_composed_once(composer: Composer) -> None:
    content = published()
    assert prepare(composer, content) is prepare(composer, content, sent_at=DAY_BEFORE + timedelta(hours=2))


def test_another_day_language_link_or_file_is_another_message(composer: Composer) -> None:
    content = published()
    others = [
        prepare(composer, content),
        prepare(composer, content, sent_at=DAY_BEFORE + timedelta(days=1)),
        prepare(composer, content, "en"),
        prepare(composer, content, link=LINK),
        prepare(composer, content, attach=True),
        prepare(composer, content, index=1),
    ]
    assert len({id(one) for one in others}) == len(others)


def test_a_new_edition_is_never_told_in_the_words_of_the_old(composer: Composer) -> None:
    old = published()
    assert "04:30 h" in prepare(composer, old).subject
    moved = edition(replace(old.agenda, events=(event(when=timed("2021-10-21 20:00")),)), previous=old)
    assert "06:30 h" in prepare(composer, moved).subject


def test_no_more_are_kept_than_a_fan_out_needs() -> None:
    composer, content = Composer(BASE), published()
    first = prepare(composer, content)
    for number in range(KEPT):
        prepare(composer, content, link=f"https://x.example/{number}")
    assert prepare(composer, content) is not first


# How it looks


def test_html_names_its_language_and_hides_its_preheader(composer: Composer) -> None:
    for language in ("es", "en"):
        html = part(mail(composer, language=language), "html")
        assert f'<html lang="{language}">' in html
        hidden = re.search(r'<div class="preheader" style="display: none;">([^<]*)</div>', html)
        assert hidden is not None
        assert "04:30" in hidden[1]
        assert "TCM" in hidden[1]


def test_styles_are_inline_and_dark_mode_is_kept(composer: Composer) -> None:
    html = part(mail(composer), "html")
    assert '<meta name="color-scheme" content="light dark">' in html
    assert "@media (prefers-color-scheme: dark)" in html
    assert re.search(r'<p class="hour" style="[^"]*font-size: 30px', html)
    assert "{{" not in html
    assert "{%" not in html


def colours(css: str) -> dict[str, dict[str, str]]:
    rules = re.findall(r"([^{}]+)\{([^{}]*)\}", css)
    return {
        selector.strip(): dict(re.findall(r"(?<![\w-])(color|background-color):\s*(#[0-9a-f]{6})", body))
        for selectors, body in rules
        for selector in selectors.split(",")
    }


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("mode", ["light", "dark"])
def test_text_stands_out_in_both_modes(mode: str) -> None:
    """WCAG 2.2 §1.4.3: 4.5 to 1."""
    layout = (shipped("templates") / "mail" / "layout.html").read_text(encoding="utf-8")
    light, _, dark = layout.partition("<style>")[2].partition("</style>")[0].partition("@media")
    rules = colours(light if mode == "light" else dark.partition("{")[2])
    paper = rules[".page"]["background-color"]
    for selector in (".page", ".hour", ".remark", "a", ".foot"):
        ink = rules[selector]["color"]
        behind = rules[selector].get("background-color", paper)
        low, high = sorted((luminance(ink), luminance(behind)))
        assert (high + 0.05) / (low + 0.05) >= 4.5, (selector, ink, behind)


# The test mail, and where the templates are


@pytest.mark.parametrize(("language", "words"), [("es", "Esto es una prueba"), ("en", "This is a test")])
def test_a_test_mail_says_that_it_is_one(composer: Composer, language: Language, words: str) -> None:
    message = composer.test_mail(agenda(), to="ana@sre.example", sent_at=DAY_BEFORE, language=language)
    assert_safe_on_the_wire(message)
    read = parsed(message)
    assert part(read, "plain").startswith(words)
    assert str(read["To"]) == "ana@sre.example"
    assert read["Date"].datetime == DAY_BEFORE
    assert read["Auto-Submitted"] == "auto-generated"
    assert read["List-Unsubscribe"] is None
    assert mailbox(str(read["Message-ID"]).strip("<>")).endswith("@ine.example")
    assert "agenda send-test" in part(read, "html")


def test_templates_and_configuration_come_with_the_checkout() -> None:
    assert (shipped("templates") / "mail" / "layout.html").is_file()
    assert (shipped("config") / "representations.csv").is_file()


def test_in_an_installation_they_lie_inside_the_package(tmp_path: Path) -> None:
    """A stranger's `config` beside the package is not taken for ours."""
    package = tmp_path / "scheduler"
    inside = package / "_shipped" / "config"
    inside.mkdir(parents=True)
    (tmp_path / "config").mkdir()
    code = ROOT / "scheduler" / "base" / "shipped.py"
    (package / "base").mkdir()
    (package / "base" / "shipped.py").write_bytes(code.read_bytes())
    spec = importlib.util.spec_from_file_location("installed_shipped", package / "base" / "shipped.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.shipped("config") == inside


@pytest.mark.parametrize("language", ["es", "en"])
def test_a_day_whose_hour_is_open_is_not_said_to_last_all_day(composer: Composer, language: Language) -> None:
    one = drive(when=days("2022-02-01", "2022-02-01"), status=EventStatus.CONFIRMED)
    for assumed, said in (((), True), ((Assumption.TIME,), False)):
        content = published(replace(one, assumed=assumed))
        message = mail(composer, content, sent_at=BEFORE_DRIVE, language=language)
        for subtype in ("plain", "html"):
            assert ({"es": "Todo el día", "en": "All day"}[language] in part(message, subtype)) is said
