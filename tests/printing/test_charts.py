"""Pictures: drawn from their numbers, readable in grey, told in words."""

from __future__ import annotations

import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree  # type: ignore[import-untyped]  # because it ships none
from PIL import Image, ImageColor

from scheduler.printing import charts
from scheduler.printing.blocks import Picture
from scheduler.printing.charts import Series
from scheduler.printing.docx import png
from tests.support.printed import ANY_TEXT, CAME, REGIONS, TOLD

SVG = "{http://www.w3.org/2000/svg}"
LONG = "Consulados generales y secciones consulares de los Estados Unidos de América con sus agencias"


def drawing(picture: Picture) -> Any:
    return etree.fromstring(picture.svg)


def lengths(picture: Picture, shade: str) -> list[float]:
    """Of the bars in one fill, its sample beside the legend's word apart."""
    found = [one for one in drawing(picture).iter(f"{SVG}rect") if one.get("class") == f"b {shade}"]
    return [float(one.get("width")) for one in found if one.get("width") != "12"]


def words(picture: Picture) -> list[str]:
    return [one.text for one in drawing(picture).iter(f"{SVG}text")]


def test_bars_are_as_long_as_their_numbers() -> None:
    """Zero has no bar, and what is not known has neither bar nor zero."""
    picture = charts.bars("c", "Cobertura", REGIONS, (TOLD, CAME), "es")
    told, came = lengths(picture, "b1"), lengths(picture, "b3")
    assert [round(length / told[3] * 1200) for length in told] == [52, 30, 31, 1200]
    assert (len(came), round(came[0] / told[3] * 1200)) == (2, 38)
    assert [word for word in words(picture) if word not in REGIONS] == [
        "Avisadas",
        "Asistieron",
        *("52", "38", "30", "0", "31", "sin dato", "1,200", "16"),
    ]


def test_the_words_of_bars_say_their_figures() -> None:
    """Who does not see the picture loses nothing of it."""
    assert charts.bars("c", "Cobertura", REGIONS[2:], (cut(TOLD), cut(CAME)), "es").alternative == (
        "Cobertura. Europa: Avisadas 31, Asistieron sin dato. Medio Oriente y África: Avisadas 1,200, Asistieron 16."
    )
    assert charts.bars("c", "Coverage", ["Europe"], (Series(name="Told", values=(None,)),), "en").alternative == (
        "Coverage. Europe: Told no figure."
    )


def cut(series: Series) -> Series:
    return Series(name=series.name, values=series.values[2:])


def test_pairs_stand_beside_each_other() -> None:
    """Answers and attendance of a region, on one scale."""
    answers, came = Series(name="Dijeron sí", values=(40, 22)), Series(name="Asistieron", values=(20, 22))
    picture = charts.pairs("p", "Asistencia", REGIONS[:2], answers, came, "es")
    first, second = lengths(picture, "b1"), lengths(picture, "b3")
    assert (first[0] / 40, first[1]) == pytest.approx((second[0] / 20, second[1]), rel=0.01)


def test_the_hours_say_when_most_came_and_how_many_by_night() -> None:
    """24 columns, of which those without a mail are empty."""
    counts = [1] + [0] * 8 + [1200, 40] + [0] * 12 + [2]
    picture = charts.hours("h", "Horas", counts, "es")
    assert picture.alternative == (
        "Horas. En total, 1,243. El mayor número, de 09:00 a 09:59: 1,200. De noche, de 22:00 a 05:59: 3."
    )
    assert charts.hours("h", "Hours", counts, "en").alternative == (
        "Hours. In total 1,243. Most from 09:00 to 09:59: 1,200. At night, from 22:00 to 05:59: 3."
    )
    assert len(lengths(picture, "b2")) == 4
    assert words(picture)[:2] == ["noche", "1,200"]


def test_hours_without_a_mail_are_a_picture_too() -> None:
    """Before the first mail."""
    picture = charts.hours("h", "Horas", [0] * 24, "es")
    assert picture.alternative == "Horas. En total, 0."
    assert lengths(picture, "b2") == []


def test_the_fills_can_be_told_apart_in_grey_and_from_the_paper() -> None:
    """In a grey print: each fill differs from every other, and the edge of a bar from paper and fill."""
    for style, paper in ((charts._STYLE, "#ffffff"), (charts._DARK, "#14181a")):
        fills = [colour(style, f".b{shade}", "fill") for shade in range(4)]
        for number, fill in enumerate(fills):
            assert all(contrast(fill, other) > 1.35 for other in fills[number + 1 :])
        assert contrast(colour(style, ".b", "stroke"), paper) > 3
        assert contrast(colour(style, ".s", "fill"), paper) > 4.5


def colour(style: str, kind: str, property_: str) -> str:
    return style.split(f"{kind}{{{property_}:", 1)[1][:7]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(name: str) -> float:
    channels = [part / 255 for part in ImageColor.getrgb(name)[:3]]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("largest", [0, 1, 7_654_321])
def test_nothing_is_cut_off_at_the_edges(largest: int) -> None:
    """Long names of regions and large numbers: the outermost dots stay white."""
    series = tuple(Series(name=f"Serie de nombre largo {n}", values=(largest, largest // 2)) for n in range(4))
    for picture in (
        charts.bars("b", "B", [LONG, LONG.upper()], series, "es"),
        charts.hours("h", "H", [largest] + [0] * 23, "es"),
        charts.hours("h", "H", [0] * 23 + [largest], "es"),
    ):
        drawn = Image.open(io.BytesIO(png(picture.svg))).convert("L")
        edge = drawn.crop((drawn.width - 3, 40 * 3 if picture.id == "b" else 0, drawn.width, 60 * 3))
        assert picture.id != "b" or edge.getextrema() == (255, 255)
        assert drawn.height < 900 * 3


@given(ANY_TEXT, st.lists(st.integers(0, 10**9) | st.none(), min_size=1, max_size=4))
def test_a_picture_is_well_formed_whatever_its_names_and_numbers_are(text: str, numbers: list[int | None]) -> None:
    """It is drawn by three programs, none of which takes it otherwise; it runs nothing and fetches nothing."""
    series = [Series(name=text, values=(number,)) for number in numbers]
    tree = drawing(charts.bars("b", text, [text], series, "es"))
    assert {etree.QName(one).localname for one in tree.iter()} <= {"svg", "style", "text", "rect", "path"}
    assert not [one for one in tree.iter() for name in one.keys() if "href" in name or name.startswith("on")]  # noqa: SIM118  # because lxml's elements list their children
