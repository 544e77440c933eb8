"""What the public calendars say, line by line, and that they say it the same way every time."""

import hashlib
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calendars.descriptions import joining
from calendars.editions import Edition
from calendars.feeds import Feed, event_attachment, feed_paths, feeds, last_modified, staff_feeds
from calendars.model.agenda import Agenda, Axis
from calendars.model.events import Assumption, Audience, Event, EventStatus
from tests.support.factories import agenda, days, drive, edition, event, real_sites, real_size_agenda, site, text, timed

TOKYO = "sites/tokio.ics"
LOCAL = "sites/tokio-local.ics"
FIRST_STAMP = datetime(2021, 10, 1, 5, tzinfo=UTC)
LATER = datetime(2021, 10, 12, 16, 30, tzinfo=UTC)


def by_path(known: Edition) -> dict[str, Feed]:
    return {feed.path: feed for feed in feeds(known)}


def lines(body: bytes) -> list[str]:
    """Unfolded content lines (RFC 5545 §3.1)."""
    return body.decode().replace("\r\n ", "").split("\r\n")[:-1]


def lines_of(*events: Event, path: str = TOKYO) -> list[str]:
    return lines(by_path(edition(agenda(events=events)))[path].body)


def value(of: list[str], name: str) -> str:
    """The value of a property that stands there once."""
    (found,) = (line for line in of if re.match(rf"{name}[:;]", line))
    return found.partition(":")[2]


def described(content: Agenda, path: str = TOKYO) -> list[str]:
    """The lines that a reader sees in DESCRIPTION."""
    raw = value(lines(by_path(edition(content))[path].body), "DESCRIPTION")
    return [re.sub(r"\\(.)", r"\1", line) for line in raw.split("\\n")]


@pytest.fixture(scope="module")
def real() -> dict[str, Feed]:
    return by_path(edition(real_size_agenda()))


def test_there_is_one_feed_for_all_one_a_region_and_two_a_site(real: dict[str, Feed]) -> None:
    paths = list(real)
    assert paths[:3] == ["all.ics", "regions/america-del-norte.ics", "regions/america-latina-y-el-caribe.ics"]
    assert paths[6:8] == ["sites/albuquerque.ics", "sites/albuquerque-local.ics"]
    assert len(paths) == 1 + 5 + 2 * 149
    assert paths == list(feed_paths(real_size_agenda()))


def test_what_is_for_coordination_stands_in_the_feed_for_all_alone(real: dict[str, Feed]) -> None:
    holding = [path for path, feed in real.items() if "Reunión de coordinación" in "\n".join(lines(feed.body))]
    assert holding == ["all.ics"]
    assert lines(real["all.ics"].body).count("BEGIN:VEVENT") == 8


def test_a_region_has_its_own_workshop_and_what_is_for_everyone(real: dict[str, Feed]) -> None:
    summaries = [line for line in lines(real["regions/europa.ics"].body) if line.startswith("SUMMARY:")]
    assert summaries == [
        "SUMMARY:Taller VMRE\\, Europa",
        "SUMMARY:Jornada extraordinaria de credencialización (por confirmar)",
        "SUMMARY:CANCELADO: Sesión de preguntas\\; dudas\\, «voto»\\\\credencial",
    ]


def test_calendars_are_named_by_city_and_by_office_where_two_share_one(real: dict[str, Feed]) -> None:
    assert real[TOKYO].name == "Tokio · Agenda VMRE 2021-2022"
    assert real[LOCAL].name == "Tokio · Agenda VMRE 2021-2022 (hora local)"
    assert real["sites/santa-sede.ics"].name == "Embajada de México ante la Santa Sede · Agenda VMRE 2021-2022"
    assert real["regions/europa.ics"].name == "Europa · Agenda VMRE 2021-2022"
    assert len({feed.name for feed in real.values()}) == len(real)


def test_every_calendar_says_its_name_and_pace_to_old_and_new_readers(real: dict[str, Feed]) -> None:
    for feed in real.values():
        found = lines(feed.body)
        assert value(found, "NAME") == value(found, "X-WR-CALNAME") == feed.name
        assert "REFRESH-INTERVAL;VALUE=DURATION:PT1H" in found
        assert "X-PUBLISHED-TTL:PT1H" in found
        assert "VERSION:2.0" in found


def test_no_public_calendar_has_a_method_a_person_or_a_parameter_on_text(real: dict[str, Feed]) -> None:
    for feed in real.values():
        for line in lines(feed.body):
            assert not line.startswith(("METHOD", "ORGANIZER", "ATTENDEE", "CONTACT", "RDATE", "BEGIN:VALARM")), line
            assert not line.startswith(("SUMMARY;", "DESCRIPTION;", "LOCATION;", "CATEGORIES;")), line


def test_lines_end_in_crlf_and_fold_at_75_octets_between_characters(real: dict[str, Feed]) -> None:
    for feed in real.values():
        assert feed.body.endswith(b"END:VCALENDAR\r\n")
        folded = feed.body.split(b"\r\n")
        assert all(len(line) <= 75 and line.decode() is not None and b"\n" not in line for line in folded)
        assert not feed.body.startswith(b"\xef\xbb\xbf")


def test_every_hour_is_in_utc_or_by_a_zone_that_the_calendar_explains(real: dict[str, Feed]) -> None:
    for path, feed in real.items():
        found = lines(feed.body)
        explained = {line.removeprefix("TZID:") for line in found if line.startswith("TZID:")}
        used = set()
        for line in found[found.index("BEGIN:VEVENT") :]:
            if not line.startswith(("DTSTART", "DTEND")) or re.fullmatch(
                r"DT\w+(:\d{8}T\d{6}Z|;VALUE=DATE:\d{8})", line
            ):
                continue
            local = re.fullmatch(r"DT\w+;TZID=([^:;]+):\d{8}T\d{6}", line)
            assert local is not None, line
            used.add(local[1])
        assert used == explained
        assert path.endswith("-local.ics") or not used


def test_a_workshop_at_18_tcm_is_at_23_utc() -> None:
    found = lines_of(event())
    assert "DTSTART:20211021T230000Z" in found
    assert "DTEND:20211022T010000Z" in found


def test_the_local_form_says_the_hour_of_the_site() -> None:
    found = lines_of(event(), path=LOCAL)
    assert "DTSTART;TZID=Asia/Tokyo:20211022T080000" in found
    assert "DTEND;TZID=Asia/Tokyo:20211022T100000" in found
    assert "TZID:Asia/Tokyo" in found


def test_the_local_form_says_utc_where_two_rules_do_not_do() -> None:
    """Mexico dropped its summer time between these two dates."""
    here = site("casa", zone="America/Mexico_City", country_code="MX")
    pair = (event("a", when=timed("2022-07-01 10:00")), event("b", when=timed("2023-07-01 10:00")))
    known = by_path(edition(agenda(representations=(here,), events=pair)))
    found = lines(known["sites/casa-local.ics"].body)
    assert "BEGIN:VTIMEZONE" not in found
    assert "DTSTART:20220701T150000Z" in found
    assert "DTSTART:20230701T160000Z" in found


def test_whole_days_are_dates_with_an_exclusive_end_in_both_forms() -> None:
    for path in (TOKYO, LOCAL):
        found = lines_of(drive(), path=path)
        assert "DTSTART;VALUE=DATE:20220201" in found
        assert "DTEND;VALUE=DATE:20220208" in found
        assert "BEGIN:VTIMEZONE" not in found


@pytest.mark.parametrize(
    ("status", "whole", "said", "transp", "busy"),
    [
        (EventStatus.CONFIRMED, False, "CONFIRMED", "OPAQUE", "BUSY"),
        (EventStatus.HELD, False, "CONFIRMED", "OPAQUE", "BUSY"),
        (EventStatus.TENTATIVE, False, "TENTATIVE", "TRANSPARENT", "TENTATIVE"),
        (EventStatus.CANCELLED, False, "CANCELLED", "TRANSPARENT", "FREE"),
        (EventStatus.CONFIRMED, True, "CONFIRMED", "TRANSPARENT", "FREE"),
        (EventStatus.TENTATIVE, True, "TENTATIVE", "TRANSPARENT", "FREE"),
    ],
)
def test_only_what_is_sure_and_has_an_hour_takes_the_readers_time(
    status: EventStatus, whole: bool, said: str, transp: str, busy: str
) -> None:
    found = lines_of(event(status=status, when=days() if whole else timed()))
    assert value(found, "STATUS") == said
    assert value(found, "TRANSP") == transp
    assert value(found, "X-MICROSOFT-CDO-BUSYSTATUS") == busy


def test_a_cancelled_event_stays_under_its_uid_and_says_so() -> None:
    before = edition(agenda())
    gone = event(status=EventStatus.CANCELLED, reason=text("huelga de transporte"))
    after = edition(agenda(events=(gone,)), before, LATER)
    was, now = (lines(by_path(known)[TOKYO].body) for known in (before, after))
    assert value(was, "UID") == value(now, "UID")
    assert (value(was, "SEQUENCE"), value(now, "SEQUENCE")) == ("0", "1")
    assert value(now, "SUMMARY") == "CANCELADO: Taller VMRE\\, Asia Pacífico"
    assert value(now, "DESCRIPTION").startswith("Cancelado.\\nMotivo: huelga de transporte.\\n")


def test_stamps_are_the_revisions_never_the_clocks() -> None:
    before = edition(agenda())
    found = lines(by_path(before)[TOKYO].body)
    assert value(found, "DTSTAMP") == value(found, "LAST-MODIFIED") == "20211001T050000Z"
    moved = edition(agenda(events=(event(when=timed("2021-10-21 19:00")),)), before, LATER)
    found = lines(by_path(moved)[TOKYO].body)
    assert value(found, "DTSTAMP") == value(found, "LAST-MODIFIED") == "20211012T163000Z"
    assert value(found, "SEQUENCE") == "1"


def test_an_undated_event_stands_in_no_feed() -> None:
    idle = event("grupos", status=EventStatus.UNSCHEDULED, when=None, assumed=())
    assert "BEGIN:VEVENT" not in lines_of(idle, path="all.ics")


def test_a_site_reads_its_own_time_first_and_mexicos_beside_it() -> None:
    assert described(agenda()) == [
        "Viernes 22 de octubre de 2021, 08:00 h, hora de Tokio.",
        "= jueves 21 de octubre de 2021, 18:00 h, tiempo del centro de México (TCM) (viernes 22 en Tokio).",
        "En México todavía será jueves 21.",
        "Término: 10:00 h (duración supuesta: 2 h, por confirmar).",
        "Fuente: Nota 04/2021.",
    ]


def test_the_same_date_needs_no_remark() -> None:
    here = site("bogota", city="Bogotá", zone="America/Bogota", country_code="CO")
    content = agenda(representations=(here,), events=(event(when=timed("2021-10-21 10:00"), assumed=()),))
    assert described(content, "sites/bogota.ics")[:3] == [
        "Jueves 21 de octubre de 2021, 10:00 h, hora de Bogotá.",
        "= jueves 21 de octubre de 2021, 10:00 h, tiempo del centro de México (TCM).",
        "Término: 12:00 h (duración: 2 h).",
    ]


def test_an_end_on_the_next_day_says_its_date() -> None:
    content = agenda(events=(event(when=timed("2021-10-21 18:00", hours=20)),))
    assert "Término: sáb 23 oct, 04:00 h (duración supuesta: 20 h, por confirmar)." in described(content)


def test_everything_known_and_supposed_is_said() -> None:
    axis = Axis(id="difusion", title=text("Difusión"), source="Nota 04/2021")
    full = event(
        status=EventStatus.TENTATIVE,
        place=text("Sala Juárez"),
        description=text("Traiga su equipo."),
        reason=text("cambio de sala"),
        axis="difusion",
        assumed=(Assumption.TIME, Assumption.PLACE),
    )
    assert described(agenda(axes=(axis,), events=(full,))) == [
        "Tentativo.",
        "Motivo: cambio de sala.",
        "Viernes 22 de octubre de 2021, 08:00 h, hora de Tokio.",
        "= jueves 21 de octubre de 2021, 18:00 h, tiempo del centro de México (TCM) (viernes 22 en Tokio).",
        "En México todavía será jueves 21.",
        "Término: 10:00 h (duración: 2 h).",
        "Hora supuesta, por confirmar.",
        "Lugar supuesto, por confirmar.",
        "Lugar: Sala Juárez.",
        "Traiga su equipo.",
        "Eje: Difusión.",
        "Fuente: Nota 04/2021.",
    ]
    found = lines_of(full)
    assert value(found, "LOCATION") == "Sala Juárez (por confirmar)"
    assert value(found, "SUMMARY") == "Taller VMRE\\, Asia Pacífico (por confirmar)"
    assert value(found, "CATEGORIES") == "Taller"


def test_a_place_that_is_sure_has_no_remark() -> None:
    assert value(lines_of(event(place=text("Sala Juárez"))), "LOCATION") == "Sala Juárez"


def test_a_supposed_date_shows_in_the_title() -> None:
    assert value(lines_of(drive()), "SUMMARY").endswith("(por confirmar)")


def test_whole_days_are_the_same_dates_everywhere() -> None:
    assert described(agenda(events=(drive(),))) == [
        "Tentativo.",
        "Del 1 al 7 de febrero de 2022: días completos, las mismas fechas en cada sede.",
        "Fechas supuestas, por confirmar.",
        "Fuente: Nota 04/2021.",
    ]
    one = drive(when=days("2021-10-06", "2021-10-06"), status=EventStatus.CONFIRMED, assumed=())
    assert described(agenda(events=(one,)), "all.ics")[0] == "El 6 de octubre de 2021: todo el día."


def test_a_region_lists_each_local_time_with_its_cities() -> None:
    content = agenda(representations=real_sites())
    assert described(content, "regions/asia-pacifico.ics") == [
        "Jueves 21 de octubre de 2021, 18:00 h, tiempo del centro de México (TCM).",
        "Término: 20:00 h (duración supuesta: 2 h, por confirmar).",
        "Hora local:",
        "vie 22 oct, 04:30 h: Nueva Delhi",
        "vie 22 oct, 06:00 h: Bangkok, Hanói y Yakarta",
        "vie 22 oct, 07:00 h: Guangzhou, Hong Kong, Kuala Lumpur, Manila, Pekín, Shanghái, Singapur y Taipéi",
        "vie 22 oct, 08:00 h: Seúl y Tokio",
        "vie 22 oct, 10:00 h: Canberra",
        "vie 22 oct, 12:00 h: Wellington",
        "Fuente: Nota 04/2021.",
    ]


def test_many_cities_of_one_hour_are_counted() -> None:
    content = agenda(representations=real_sites(), events=(event(audience=Audience(kind="all")),))
    assert any(line.endswith(" más") and line.count(",") == 7 for line in described(content, "all.ics"))
    assert not any(len(line) > 160 for line in described(content, "all.ics"))


def test_a_region_lists_only_its_own_sites_that_are_addressed() -> None:
    content = agenda(
        representations=real_sites(), events=(event(audience=Audience(kind="sites", ids=("tokio", "madrid"))),)
    )
    known = by_path(edition(content))
    assert "Madrid" not in "\n".join(described(content, "regions/asia-pacifico.ics"))
    assert "Seúl" not in "\n".join(described(content, "regions/asia-pacifico.ics"))
    holding = [path for path, feed in known.items() if b"BEGIN:VEVENT" in feed.body]
    assert holding == [
        "all.ics",
        "regions/europa.ics",
        "regions/asia-pacifico.ics",
        "sites/madrid.ics",
        "sites/madrid-local.ics",
        TOKYO,
        LOCAL,
    ]


def test_coordination_with_an_hour_lists_no_local_times() -> None:
    content = agenda(events=(event(audience=Audience(kind="coordination")),))
    assert "Hora local:" not in described(content, "all.ics")


DIGEST = """
import hashlib
from calendars.feeds import feeds
from tests.support.factories import edition, real_size_agenda
print(hashlib.sha256(b"".join(feed.body for feed in feeds(edition(real_size_agenda())))).hexdigest())
"""


def test_equal_editions_give_equal_bytes_in_any_process(real: dict[str, Feed]) -> None:
    here = hashlib.sha256(b"".join(feed.body for feed in real.values())).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LANG": "C"}
    other = subprocess.run([sys.executable, "-c", DIGEST], env=environment, check=True, capture_output=True, text=True)
    assert other.stdout.strip() == here


def test_the_first_edition_is_dated_by_the_agenda() -> None:
    """Whenever it was published: a feed exported in a rehearsal is the feed that is served."""
    known = edition(at=datetime(2026, 11, 23, tzinfo=UTC))
    assert last_modified(known) == FIRST_STAMP
    assert {feed.last_modified for feed in feeds(known)} == {FIRST_STAMP}


def test_a_feed_that_an_event_leaves_has_changed_since() -> None:
    before = edition(agenda(representations=real_sites()))
    elsewhere = event(audience=Audience(kind="regions", ids=("europa",)))
    after = edition(agenda(representations=real_sites(), events=(elsewhere,)), before, LATER)
    assert b"BEGIN:VEVENT" not in by_path(after)[TOKYO].body
    assert by_path(after)[TOKYO].last_modified > by_path(before)[TOKYO].last_modified


def test_an_emptied_agenda_is_not_older_than_a_full_one() -> None:
    before = edition(agenda())
    long_after = datetime(2022, 10, 1, tzinfo=UTC)
    empty = edition(agenda(events=()), before, long_after)
    assert by_path(empty)[TOKYO].last_modified == long_after


@given(steps=st.lists(st.tuples(st.booleans(), st.integers(0, 40)), max_size=6))
def test_the_http_date_never_goes_back(steps: list[tuple[bool, int]]) -> None:
    known, at = edition(), LATER
    for full, days_later in steps:
        at += timedelta(days=days_later, microseconds=7)
        after = edition(agenda(events=(event(),) if full else ()), known, at)
        assert last_modified(after) >= last_modified(known)
        assert last_modified(after).microsecond == 0
        known = after


def test_an_attachment_is_the_same_event_with_its_organizer() -> None:
    known = edition()
    public = lines(by_path(known)[TOKYO].body)
    mailed = lines(event_attachment(known, event(), site(), "es"))
    entry = public[public.index("BEGIN:VEVENT") :]
    assert [line for line in entry if line not in mailed] == []
    assert value(mailed, "METHOD") == "PUBLISH"
    assert value(mailed, "ORGANIZER") == "mailto:agenda@ine.example"
    assert not any(line.startswith(("ATTENDEE", "NAME", "X-WR-CALNAME")) for line in mailed)


def test_an_attachment_speaks_its_recipients_language() -> None:
    mailed = lines(event_attachment(edition(agenda(events=(drive(),))), drive(), site(), "en"))
    assert value(mailed, "SUMMARY") == "Extraordinary credentialing drive (to be confirmed)"
    assert value(mailed, "CATEGORIES") == "Drive"
    assert value(mailed, "DESCRIPTION") == (
        "Tentative.\\n1–7 February 2022: whole days\\, the same dates at every site.\\n"
        "Assumed dates\\, to be confirmed.\\nSource: Nota 04/2021."
    )


def test_english_descriptions_are_english_throughout() -> None:
    full = event(
        status=EventStatus.CANCELLED,
        place=text("Sala Juárez", "Juárez Room"),
        reason=text("huelga", "strike"),
        axis="difusion",
        when=timed("2021-10-21 18:00"),
        assumed=(Assumption.PLACE,),
    )
    axes = (Axis(id="difusion", title=text("Difusión", "Outreach"), source="Nota 04/2021"),)
    mailed = lines(event_attachment(edition(agenda(events=(full,), axes=axes)), full, site(), "en"))
    assert value(mailed, "SUMMARY") == "CANCELLED: Overseas voting workshop\\, Asia Pacific"
    assert value(mailed, "LOCATION") == "Juárez Room (to be confirmed)"
    assert value(mailed, "DESCRIPTION").replace("\\,", ",").split("\\n") == [
        "Cancelled.",
        "Reason: strike.",
        "Friday, 22 October 2021, 08:00, Tokio time.",
        "= Thursday, 21 October 2021, 18:00, Central Mexico time (TCM) (Friday 22 in Tokio).",
        "In Mexico it will still be Thursday 21.",
        "Ends: 10:00 (duration: 2 h).",
        "Assumed place, to be confirmed.",
        "Place: Juárez Room.",
        "Axis: Outreach.",
        "Source: Nota 04/2021.",
    ]


def test_an_attachment_without_a_site_lists_the_local_times() -> None:
    content = agenda(representations=real_sites(), events=(drive(when=days("2021-10-06", "2021-10-06")), event()))
    known = edition(content)
    assert "Local times:\\nFri 22 Oct\\, 04:30: Nueva Delhi" in value(
        lines(event_attachment(known, event(), None, "en")), "DESCRIPTION"
    )
    assert "6 October 2021: all day." in value(
        lines(event_attachment(known, content.events[0], None, "en")), "DESCRIPTION"
    )
    everyone = event(audience=Audience(kind="all"))
    crowd = edition(agenda(representations=real_sites(), events=(everyone,)))
    assert " more\\n" in value(lines(event_attachment(crowd, everyone, None, "en")), "DESCRIPTION")


def test_a_quote_in_the_senders_name_does_not_break_the_organizer() -> None:
    sender = replace(agenda().sender, name='Voto "desde" fuera; INE, SRE')
    mailed = lines(event_attachment(edition(agenda(sender=sender)), event(), site(), "es"))
    assert "ORGANIZER;CN=\"Voto 'desde' fuera; INE, SRE\":mailto:agenda@ine.example" in mailed


def test_an_event_without_a_date_has_no_attachment() -> None:
    idle = event("grupos", status=EventStatus.UNSCHEDULED, when=None, assumed=())
    with pytest.raises(ValueError, match="grupos has no date"):
        event_attachment(edition(agenda(events=(idle,))), idle, None, "es")


LINK = "https://videollamada.example/sala?clave=1,2;3"


def for_staff(known: Edition, links: dict[str, str] | None = None) -> dict[str, Feed]:
    chosen = {event().id: LINK} if links is None else links
    return {feed.path: feed for feed in staff_feeds(known, site(), chosen)}


def test_staff_read_the_joining_link_in_the_three_places_where_programs_look() -> None:
    for path in ("tokio.ics", "tokio-local.ics"):
        found = lines(for_staff(edition())[path].body)
        assert value(found, "URL") == LINK
        assert value(found, "LOCATION") == re.sub("([,;])", r"\\\1", LINK)
        assert f"Entrar: {LINK} (no lo reenvíe)" in re.sub(r"\\([,;])", r"\1", value(found, "DESCRIPTION"))


def test_a_place_stands_before_the_link() -> None:
    known = edition(agenda(events=(event(place=text("Sala Juárez")),)))
    found = lines(for_staff(known, {event().id: "https://sala.example"})["tokio.ics"].body)
    assert value(found, "LOCATION") == "Sala Juárez · https://sala.example"


def test_a_link_that_is_not_known_yet_is_said_where_there_is_an_hour_to_be_at() -> None:
    known = edition(agenda(events=(event(), drive(), event("fuera", status=EventStatus.CANCELLED))))
    found = lines(for_staff(known, {"fuera": LINK})["tokio.ics"].body)
    texts = [line for line in found if line.startswith("DESCRIPTION:")]
    assert ["Entrar: enlace por confirmar." in line for line in texts] == [True, False, False]
    assert not any(LINK in line or line.startswith("URL") for line in found)


def test_joining_is_said_in_english_too() -> None:
    assert joining(event(), LINK, "en") == f"Join: {LINK} (please do not forward it)"
    assert joining(event(), None, "en") == "Join: link to be confirmed."


def test_staff_and_public_calendars_hold_the_same_events() -> None:
    known = edition(real_size_agenda())
    public = by_path(known)
    for here in real_sites():
        for feed in staff_feeds(known, here, {}):
            ours, theirs = lines(feed.body), lines(public[f"sites/{feed.path}"].body)
            for name in ("UID:", "SEQUENCE:", "DTSTART", "DTEND", "SUMMARY:", "STATUS:"):
                assert [one for one in ours if one.startswith(name)] == [one for one in theirs if one.startswith(name)]
            assert feed.name == public[f"sites/{feed.path}"].name.replace("2021-2022", "2021-2022 (con enlaces)")


def test_a_new_link_reaches_programs_that_go_by_dates_though_the_public_revision_stays() -> None:
    before = edition()
    after = edition(agenda(), before, LATER)
    was, now = for_staff(before)["tokio.ics"], for_staff(after, {event().id: "https://otra.example"})["tokio.ics"]
    assert value(lines(now.body), "SEQUENCE") == value(lines(was.body), "SEQUENCE") == "0"
    stamps = [value(lines(feed.body), name) for feed in (was, now) for name in ("DTSTAMP", "LAST-MODIFIED")]
    assert stamps == ["20211001T050000Z"] * 2 + ["20211012T163000Z"] * 2
    assert was.last_modified < now.last_modified
    assert by_path(before)[TOKYO].body == by_path(after)[TOKYO].body
