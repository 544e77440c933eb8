"""The words for times, dates and what is not known, as people read them."""

from datetime import date, datetime, time, timedelta

import pytest

from calendars.model.agenda import Axis
from calendars.model.events import Assumption, Days, EventKind, EventStatus
from calendars.model.text import Language
from calendars.wording import (
    HOME_NAME,
    UNASSIGNED,
    and_list,
    assumptions,
    axis_title,
    city_of_zone,
    clock_of,
    days_span,
    home_name,
    home_short,
    hour,
    is_uncertain,
    kind_word,
    long_date,
    night_remark,
    or_list,
    other_day_remark,
    relative_day,
    sentence,
    short_date,
    spoken_duration,
    status_word,
    weekday_and_day,
    zone_city,
)
from tests.support.factories import agenda, days, drive, event, text, timed

FRIDAY = date(2021, 10, 22)
MEXICO = "America/Mexico_City"


def wall(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def test_dates_are_written_as_people_write_them() -> None:
    assert long_date(FRIDAY, "es") == "viernes 22 de octubre de 2021"
    assert long_date(FRIDAY, "en") == "Friday, 22 October 2021"
    assert short_date(FRIDAY, "es") == "vie 22 oct"
    assert short_date(FRIDAY, "en") == "Fri 22 Oct"
    assert weekday_and_day(FRIDAY, "es") == "viernes 22"
    assert weekday_and_day(FRIDAY, "en") == "Friday 22"


def test_accents_stand_in_short_dates_too() -> None:
    assert short_date(date(2021, 10, 20), "es") == "mié 20 oct"
    assert short_date(date(2021, 10, 23), "es") == "sáb 23 oct"


def test_hours_are_of_24_and_have_two_digits() -> None:
    assert hour(wall("2021-10-22 04:30"), "es") == "04:30 h"
    assert hour(time(18), "en") == "18:00"


@pytest.mark.parametrize(
    ("span", "es", "en"),
    [
        (days(), "del 1 al 7 de febrero de 2022", "1–7 February 2022"),
        (days("2021-10-19", "2021-10-19"), "el 19 de octubre de 2021", "19 October 2021"),
        (days("2022-01-31", "2022-02-04"), "del 31 de enero al 4 de febrero de 2022", "31 January – 4 February 2022"),
        (
            days("2021-12-30", "2022-01-02"),
            "del 30 de diciembre de 2021 al 2 de enero de 2022",
            "30 December 2021 – 2 January 2022",
        ),
    ],
)
def test_a_span_of_days_repeats_nothing(span: Days, es: str, en: str) -> None:
    assert days_span(span, "es") == es
    assert days_span(span, "en") == en


@pytest.mark.parametrize(
    ("minutes", "spoken"), [(120, "2 h"), (90, "1 h 30 min"), (45, "45 min"), (1500, "25 h"), (0, "0 min")]
)
def test_durations_are_spoken_in_hours_and_minutes(minutes: int, spoken: str) -> None:
    assert spoken_duration(timedelta(minutes=minutes)) == spoken


def test_tomorrow_is_a_matter_of_the_day_of_sending() -> None:
    assert relative_day(FRIDAY, date(2021, 10, 21), "es") == "mañana"
    assert relative_day(FRIDAY, date(2021, 10, 22), "es") == "hoy"
    assert relative_day(FRIDAY, date(2021, 10, 21), "en") == "tomorrow"
    assert relative_day(FRIDAY, FRIDAY, "en") == "today"
    assert relative_day(FRIDAY, date(2021, 10, 19), "es") is None
    assert relative_day(FRIDAY, date(2021, 10, 23), "es") is None


def test_the_agendas_own_time_has_a_name() -> None:
    assert home_name(MEXICO, "es") == HOME_NAME["es"] == "tiempo del centro de México (TCM)"
    assert home_name(MEXICO, "en") == "Central Mexico time (TCM)"
    assert home_short(MEXICO, "es") == "TCM"


def test_an_agenda_elsewhere_names_its_city() -> None:
    assert home_name("America/Bogota", "es") == "hora de Bogotá"
    assert home_name("America/Bogota", "en") == "Bogota time"
    assert home_short("America/Bogota", "es") == "Bogotá"
    assert zone_city("America/New_York", "es") == "Nueva York"
    assert zone_city("Etc/Greenwich_Mean", "es") == "Greenwich Mean"


@pytest.mark.parametrize(
    ("former", "present", "city"),
    [
        ("Asia/Calcutta", "Asia/Kolkata", "Calcuta"),
        ("Asia/Katmandu", "Asia/Kathmandu", "Katmandú"),
        ("Europe/Kiev", "Europe/Kyiv", "Kiev"),
        ("America/Indianapolis", "America/Indiana/Indianapolis", "Indianápolis"),
        ("Asia/Saigon", "Asia/Ho_Chi_Minh", "Ciudad Ho Chi Minh"),
    ],
)
def test_a_renamed_zone_has_its_city_whichever_name_the_locale_knows(former: str, present: str, city: str) -> None:
    """Babel 2.18 lists the former names, 2.19 the present ones; what is written in the agenda may be either."""
    for zone in (former, present):
        assert zone_city(zone, "es") == city
        for known in (former, present):
            assert city_of_zone(zone, {known: {"city": city}}) == city
        assert city_of_zone(zone, {}) == zone.rpartition("/")[2].replace("_", " ")


def test_a_zone_that_was_merged_into_another_keeps_its_own_city() -> None:
    known = {"Europe/London": {"city": "Londres"}, "Australia/Sydney": {"city": "Sídney"}}
    assert city_of_zone("Europe/Belfast", known) == "Belfast"
    assert city_of_zone("Australia/Canberra", known) == "Canberra"


def test_another_date_at_the_site_is_remarked() -> None:
    tokyo, home = wall("2021-10-22 08:00"), wall("2021-10-21 18:00")
    assert other_day_remark(tokyo, home, "Tokio", "es") == "(viernes 22 en Tokio)"
    assert other_day_remark(tokyo, home, "Tokyo", "en") == "(Friday 22 in Tokyo)"
    assert other_day_remark(home, home, "Tokio", "es") == ""


@pytest.mark.parametrize(
    ("site", "home", "language", "remark"),
    [
        (
            "2021-10-22 04:30",
            "2021-10-21 18:00",
            "es",
            "Es de madrugada en su sede; en México todavía será jueves 21.",
        ),
        (
            "2021-10-22 04:30",
            "2021-10-21 18:00",
            "en",
            "This is in the small hours at your site; in Mexico it will still be Thursday 21.",
        ),
        ("2021-10-22 08:00", "2021-10-21 18:00", "es", "En México todavía será jueves 21."),
        ("2021-10-21 22:30", "2021-10-22 00:30", "es", "Es de noche en su sede; en México ya será viernes 22."),
        (
            "2021-10-21 22:30",
            "2021-10-22 00:30",
            "en",
            "This is at night at your site; in Mexico it will already be Friday 22.",
        ),
        ("2021-10-21 05:59", "2021-10-21 06:59", "es", "Es de madrugada en su sede."),
        ("2021-10-21 10:00", "2021-10-21 10:00", "es", ""),
    ],
)
def test_night_and_another_date_are_said_plainly(site: str, home: str, language: Language, remark: str) -> None:
    assert night_remark(wall(site), wall(home), MEXICO, language) == remark


def test_home_is_not_always_mexico() -> None:
    site, home = wall("2021-10-22 08:00"), wall("2021-10-21 18:00")
    assert night_remark(site, home, "America/Bogota", "es") == "En Bogotá todavía será jueves 21."
    assert night_remark(site, home, "America/Bogota", "en") == "In Bogota it will still be Thursday 21."


def test_every_assumption_is_said_as_one() -> None:
    supposed = event(when=timed(hours=1.5), assumed=(Assumption.PLACE, Assumption.DURATION, Assumption.DATE))
    assert assumptions(supposed, "es") == (
        "fecha supuesta, por confirmar",
        "duración supuesta: 1 h 30 min, por confirmar",
        "lugar supuesto, por confirmar",
    )
    assert assumptions(event(assumed=tuple(Assumption)), "en") == (
        "assumed date, to be confirmed",
        "assumed time, to be confirmed",
        "assumed duration: 2 h, to be confirmed",
        "assumed place, to be confirmed",
    )
    assert assumptions(event(assumed=()), "es") == ()


def test_whole_days_have_assumptions_of_their_own() -> None:
    assert assumptions(drive(), "es") == ("fechas supuestas, por confirmar",)
    assert assumptions(drive(), "en") == ("assumed dates, to be confirmed",)
    meeting = drive(when=days("2021-10-06", "2021-10-06"), assumed=tuple(Assumption)[:3])
    assert assumptions(meeting, "es") == (
        "fecha supuesta, por confirmar",
        "hora por confirmar",
        "duración supuesta, por confirmar",
    )


def test_what_has_been_held_moves_no_more() -> None:
    assert not is_uncertain(event(status=EventStatus.HELD, assumed=(Assumption.TIME,)))


def test_what_may_still_move_is_uncertain() -> None:
    assert is_uncertain(drive(assumed=()))
    assert is_uncertain(event(assumed=(Assumption.TIME,)))
    assert not is_uncertain(event(assumed=(Assumption.DURATION, Assumption.PLACE)))


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_kind_and_status_has_a_word(language: Language) -> None:
    assert len({kind_word(kind, language) for kind in EventKind}) == len(EventKind)
    assert len({status_word(status, language) for status in EventStatus}) == len(EventStatus)


def test_words_are_those_of_the_configuration() -> None:
    assert [status_word(status, "es") for status in EventStatus] == [
        "tentativo",
        "confirmado",
        "cancelado",
        "realizado",
        "sin fecha",
    ]
    assert kind_word(EventKind.WORKSHOP, "es") == "taller"


def test_an_event_without_axis_is_unassigned() -> None:
    known = agenda(axes=(Axis(id="difusion", title=text("Difusión", "Outreach"), source="Nota 04/2021"),))
    assert axis_title(known, None, "es") == UNASSIGNED["es"] == "sin asignar"
    assert axis_title(known, None, "en") == "unassigned"
    assert axis_title(known, "difusion", "es") == "Difusión"


def test_names_are_listed_as_spoken() -> None:
    assert and_list(["Tokio"], "es") == "Tokio"
    assert and_list(["Tokio", "Seúl", "Pekín"], "es") == "Tokio, Seúl y Pekín"
    assert and_list(["Atlanta", "Boston", "Indianápolis"], "es") == "Atlanta, Boston e Indianápolis"
    assert and_list(["Bangkok", "Yakarta"], "es") == "Bangkok y Yakarta"
    assert and_list(["Indianápolis"], "es") == "Indianápolis"
    assert and_list(["Tokio", "Seúl"], "en") == "Tokio and Seúl"


@pytest.mark.parametrize(
    ("names", "es"),
    [
        (["Tokio"], "Tokio"),
        (["Oslo"], "Oslo"),
        (["Tokio", "Seúl", "Pekín"], "Tokio, Seúl o Pekín"),
        (["Lisboa", "Oslo"], "Lisboa u Oslo"),
        (["Oslo", "Lisboa"], "Oslo o Lisboa"),
        (["Atlanta", "Boston", "Ottawa"], "Atlanta, Boston u Ottawa"),
        (["Guatemala", "Honduras"], "Guatemala u Honduras"),
        (["Berna", "ópera"], "Berna u ópera"),
        (["Dallas", "Houston"], "Dallas o Houston"),
        (["macao", "hong-kong"], "macao o hong-kong"),
        (["7", "8"], "7 u 8"),
        (["10", "11"], "10 u 11"),
        (["10", "110"], "10 o 110"),
    ],
)
def test_alternatives_are_listed_as_spoken(names: list[str], es: str) -> None:
    """«u» before the sound of an o; where an h is sounded, it is no o that one hears."""
    assert or_list(names, "es") == es


def test_alternatives_are_listed_in_english() -> None:
    assert or_list(["Lisbon", "Oslo"], "en") == "Lisbon or Oslo"
    assert or_list(["Tokyo", "Seoul", "Oslo"], "en") == "Tokyo, Seoul, or Oslo"


def test_an_hour_is_by_the_clocks_of_a_city() -> None:
    assert clock_of("Tokio", "es") == "hora de Tokio"
    assert clock_of("Tokio", "en") == "Tokio time"


def test_a_sentence_has_a_capital_and_one_full_stop() -> None:
    assert sentence("él vino") == "Él vino."
    assert sentence("Fuente: Nota.") == "Fuente: Nota."
    assert sentence("¿y si no?") == "¿y si no?"
    assert sentence("") == ""
