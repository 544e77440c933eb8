"""Holidays in the reader's language: from the catalogue, or as the country itself says it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from datetime import date

import holidays
import pytest

from calendars.catalogue import LANGUAGES, catalogue
from calendars.days.certainty import unlabelled
from calendars.days.listed import listed
from calendars.days.names import HOLIDAY, SEVERAL, HolidayName, bare, briefly
from calendars.days.off import DayOff, DaysOff, Ground
from calendars.model.places import Representation
from calendars.model.text import Language, verbatim
from tests.support import words
from tests.support.shipped import shipped_draft

YEARS = range(2026, 2029)


def said(country: str, day: date, language: Language) -> str:
    return listed(country, None, day.year)[day].name[language]


@pytest.mark.parametrize(
    ("country", "day", "es", "en"),
    [
        ("JP", date(2027, 11, 3), "Día de la Cultura", "Culture Day"),
        ("TH", date(2026, 4, 13), "Festival de Songkran", "Songkran Festival"),
        ("NL", date(2026, 4, 27), "Día del Rey", "King's Day"),
        ("GB", date(2022, 9, 19), "Funeral de Estado de la reina Isabel II", "State Funeral of Queen Elizabeth II"),
        ("MX", date(2026, 3, 16), "Natalicio de Benito Juárez", "Benito Juárez's birthday"),
        ("CL", date(2026, 5, 21), "Día de las Glorias Navales", "Navy Day"),
        ("PY", date(2026, 5, 1), "Día de los Trabajadores", "Workers' Day"),
    ],
)
def test_a_holiday_is_said_in_the_language_of_the_reader(country: str, day: date, es: str, en: str) -> None:
    """Where people speak Spanish, Spanish readers see what it is called there: CL has glories, not a navy's day."""
    assert (said(country, day, "es"), said(country, day, "en")) == (es, en)


def test_a_slip_of_the_library_is_not_repeated() -> None:
    assert said("CL", date(2026, 10, 12), "es") == "Día del Encuentro de Dos Mundos"
    assert said("VE", date(2026, 5, 1), "es") == "Día Internacional de los Trabajadores"
    assert "Caídos" in said("AR", date(2026, 4, 2), "es")


@pytest.mark.parametrize(
    ("english", "es", "en"),
    [
        ("Boxing Day (observed)", "Día de San Esteban (Boxing Day) (observado)", "Boxing Day (observed)"),
        ("National Labor Day (in lieu)", "Día Nacional del Trabajo (compensatorio)", "National Labor Day (in lieu)"),
        (
            "Day off (substituted from 01/30/2022)",
            "Día de descanso (en lugar del 30 de enero de 2022)",
            "Day off (in place of 30 January 2022)",
        ),
        (
            "Chinese New Year (Second Day); Federal Territory Day (observed)",
            "Año Nuevo Chino (segundo día); Día del Territorio Federal (observado)",
            "Chinese New Year (Second Day); Federal Territory Day (observed)",
        ),
        ("Holy Saturday; Easter Saturday", "Sábado Santo", "Holy Saturday; Easter Saturday"),
        ("Day of the Unheard-of", "Day of the Unheard-of", "Day of the Unheard-of"),
    ],
)
def test_what_the_library_adds_in_parentheses_is_said_with_dates_as_the_reader_writes_them(
    english: str, es: str, en: str
) -> None:
    name = HolidayName(english=english)
    assert (name["es"], name["en"]) == (es, en)


def test_days_said_together_leave_out_what_each_was_exchanged_for() -> None:
    name = HolidayName(english="Day off (substituted from 01/30/2022)")
    assert (briefly(name)["es"], briefly(name)["en"]) == ("Día de descanso", "Day off")
    own = verbatim("Día de la sede")
    assert briefly(own) is own


def test_what_is_estimated_is_told_beside_the_name_and_never_inside_it() -> None:
    """Whatever the language of the country: `DayOff.certain` says it."""
    assert unlabelled("Eid al-Fitr (estimated)") == "Eid al-Fitr"
    assert said("TR", date(2027, 3, 9), "es") == "Aíd al-Fitr (fin del Ramadán)"


def off(sites: tuple[Representation, ...]) -> Iterator[tuple[Representation, DayOff]]:
    """Every holiday that touches a weekday, with Mexico's, at each site."""
    days = DaysOff(home=True)
    for site in sites:
        for year in YEARS:
            yield from ((site, day) for day in days.year(site, year))


def test_no_holiday_on_a_weekday_at_a_shipped_site_is_left_without_its_name() -> None:
    """In each language that has a catalogue: an entry of it, or the country's own word."""
    left: dict[Language, set[str]] = {language: set() for language in LANGUAGES}
    known = {
        language: {text for text, context in words.keys(words.catalogue(path)) if context == HOLIDAY}
        for language in LANGUAGES
        if (path := words.LANGUAGES / f"{language}.po").exists()
    }
    total = 0
    for site, one in off(shipped_draft().agenda.representations):
        assert isinstance(one.name, HolidayName), (site.id, one)
        assert one.ground is not Ground.WEEKEND
        total += 1
        for name in one.name.english.split(SEVERAL):
            for language, entries in known.items():
                if one.name.own_language != language and bare(name) not in entries:
                    left[language].add(f"{site.id} {one.day}: {name}")
    sys.stdout.write(f"{total} holidays, without a name: { ({code: len(names) for code, names in left.items()}) }\n")
    assert left == {language: set() for language in LANGUAGES}
    assert total > 5_000


def test_each_shipped_country_has_its_holidays_in_english() -> None:
    """American English, or a country whose own language is English alone: the key of every catalogue, too."""
    for country in sorted({site.country_code for site in shipped_draft().agenda.representations}):
        library = holidays.country_holidays(country)
        assert "en_US" in library.supported_languages or library.default_language is None, country


def test_spanish_of_a_holiday_is_never_the_english_by_oversight() -> None:
    """What is the same in both stands here: names of feasts that Spanish takes over."""
    same = {
        text
        for (text, context), spanish in words.keys(words.catalogue(words.LANGUAGES / "es.po")).items()
        if context == HOLIDAY and text == spanish
    }
    assert same == {
        "Ashura", "Chuseok", "Corpus Christi", "Diwali", "Dussehra", "Holi", "Maha Shivaratri", "Makha Bucha",
        "Matariki", "Ram Navami", "Shavuot", "Tasua", "Thaipusam", "Visakha Bucha",
    }  # fmt: skip


def test_dates_inside_names_follow_the_language_of_the_catalogue() -> None:
    assert catalogue("es").locale == "es_MX"
    assert said("CN", date(2026, 1, 2), "es").startswith("Día de descanso (en lugar del ")
