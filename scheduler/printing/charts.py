"""Pictures from labels and numbers, as SVG that stands alone: on a page, on grey paper, on a dark screen.

Lengths are in the picture's own units, of which it is WIDTH wide; its letters measure LETTERS. What a picture shows is
told by lengths, by figures beside them and by the order of the rows, never by colour alone. In a browser it follows
the reader's dark mode; in a file it is dark on white. `name` is the id of its block.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import NIGHT_BEGINS, NIGHT_ENDS
from scheduler.printing.blocks import Picture
from scheduler.printing.figures import printable_text, shown

WIDTH, LETTERS = 440, 12
FAMILY = "Noto Sans"  # the one that the program brings along (templates/printing/fonts)
_LETTER = 7.0  # of a common letter, and of a bold one: of the widest face that a browser may take instead of FAMILY
_BOLD = 8.2
_DIGIT = 7.7
_LINE = 16
_BAR = 13
_GAP = 3  # between the bars of a label
_APART = 14  # between labels
_PLOT, _FOOT = 150, 38  # heights of the columns of hours, and of what stands below them

NO_FIGURE = Phrase("no figure")
OF_LABEL = Phrase("{label}: {figures}.")
OF_SERIES = Phrase("{series} {figure}")
ALL_HOURS = Phrase("In total {total}.")
MOST = Phrase("Most from {start} to {end}: {count}.")
AT_NIGHT = Phrase("At night, from {start} to {end}: {count}.")
NIGHT = Phrase("night", "beside a picture's hours")

_STYLE = (
    ".m{text-anchor:middle}.t,.m{fill:#1d2327}.s{fill:#575f66}.l{stroke:#8a8578}.n{fill:#ece8de}.b{stroke:#0b4a40}"
    ".b0{fill:#ffffff}.b1{fill:#b9dcd4}.b2{fill:#4f9a8c}.b3{fill:#0b4a40}"
)
_DARK = (
    ".t,.m{fill:#e8e6e1}.s{fill:#a9b0b5}.l{stroke:#7c858a}.n{fill:#252d31}.b{stroke:#a6e5d8}"
    ".b0{fill:#14181a}.b1{fill:#2a5a51}.b2{fill:#55a596}.b3{fill:#b5ece0}"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Series:
    """What is counted, and of each label how many; None: not known, which is not 0."""

    name: str
    values: tuple[int | None, ...]


def bars(name: str, caption: str, labels: Sequence[str], series: Sequence[Series], language: Language) -> Picture:
    """Bars that lie, one for each series under each label: coverage by region.

    At most four series, as many as grey tells apart; each has a value for each label.
    """
    drawing = _Drawing(language)
    drawing.legend([one.name for one in series])
    scale = _scale([value for one in series for value in one.values], language)
    for number, label in enumerate(labels):
        drawing.group(label, [one.values[number] for one in series], scale, _shades(len(series)))
    told = (
        OF_LABEL.say(
            language,
            label=label,
            figures=", ".join(
                OF_SERIES.say(language, series=one.name, figure=_figure(one.values[number], language)) for one in series
            ),
        )
        for number, label in enumerate(labels)
    )
    return drawing.picture(name, caption, told)


def pairs(name: str, caption: str, labels: Sequence[str], first: Series, second: Series, language: Language) -> Picture:
    """Two bars under each label, to be compared: answers and attendance by region."""
    return bars(name, caption, labels, (first, second), language)


def hours(name: str, caption: str, counts: Sequence[int], language: Language) -> Picture:
    """A column for each of the 24 hours of a clock; `counts[9]` is of 09:00 to 09:59."""
    drawing = _Drawing(language)
    drawing.columns(counts)
    most = max(counts)
    at = counts.index(most)
    night = sum(count for hour, count in enumerate(counts) if hour >= NIGHT_BEGINS or hour < NIGHT_ENDS)
    told = [ALL_HOURS.say(language, total=shown(sum(counts), language))]
    if most:
        told += [
            MOST.say(language, start=f"{at:02}:00", end=f"{at:02}:59", count=shown(most, language)),
            AT_NIGHT.say(
                language,
                start=f"{NIGHT_BEGINS:02}:00",
                end=f"{NIGHT_ENDS - 1:02}:59",
                count=shown(night, language),
            ),
        ]
    return drawing.picture(name, caption, told)


def _scale(values: Sequence[int | None], language: Language) -> float:
    """How long a bar of 1 is, so that the longest has room for its figure."""
    figures = max((len(_figure(value, language)) for value in values), default=0)
    return (WIDTH - 14 - figures * _DIGIT) / max((value or 0 for value in values), default=0) if any(values) else 0.0


def _figure(value: int | None, language: Language) -> str:
    return NO_FIGURE[language] if value is None else shown(value, language)


def _shades(number: int) -> tuple[int, ...]:
    """Which of the fills: as far apart as that many can be."""
    return {1: (2,), 2: (1, 3), 3: (0, 1, 3)}.get(number, (0, 1, 2, 3))


class _Drawing:
    """A picture while it is drawn, from above to below."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.parts: list[str] = []
        self.y = 0.0

    def text(self, x: float, y: float, words: str, kind: str = "t", *, bold: bool = False) -> None:
        """A line of words on the base line `y`."""
        weight = ' font-weight="700"' if bold else ""
        self.parts.append(f'<text class="{kind}" x="{x:g}" y="{y:g}"{weight}>{escape(printable_text(words))}</text>')

    def box(self, kind: str, x: float, y: float, width: float, height: float) -> None:
        self.parts.append(f'<rect class="{kind}" x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}"/>')

    def line(self, x1: float, y1: float, x2: float, y2: float) -> None:
        self.parts.append(f'<path class="l" d="M{x1:g} {y1:g}L{x2:g} {y2:g}"/>')

    def legend(self, names: Sequence[str]) -> None:
        """What each fill means, in lines as full as they can be."""
        x = 1.0
        self.y += _LINE
        for name, shade in zip(names, _shades(len(names)), strict=True):
            width = 18 + len(name) * _LETTER + 16
            if x > 1 and x + width > WIDTH:
                x, self.y = 1.0, self.y + _LINE + 2
            self.box(f"b b{shade}", x, self.y - 10.5, 12, 12)
            self.text(x + 18, self.y, name)
            x += width
        self.y += 10

    def group(self, label: str, values: Sequence[int | None], scale: float, shades: Sequence[int]) -> None:
        """A label and its bars of `scale` a unit, each with its figure at the end."""
        for line in textwrap.wrap(label, int(WIDTH / _BOLD)) or [""]:
            self.y += _LINE
            self.text(0, self.y, line, bold=True)
        self.y += 6
        top = self.y
        for value, shade in zip(values, shades, strict=True):
            width = scale * (value or 0)
            if value:
                self.box(f"b b{shade}", 0.5, self.y + 0.5, max(round(width, 2), 1), _BAR - 1)
            self.text(width + 7, self.y + _BAR - 2.5, _figure(value, self.language), "t" if value else "s")
            self.y += _BAR + _GAP
        self.line(0.5, top - 2, 0.5, self.y - 1)
        self.y += _APART - _GAP

    def columns(self, counts: Sequence[int]) -> None:
        """The 24 columns over their hours, the night marked behind them."""
        most, step = max(counts), WIDTH / len(counts)
        top, floor = self.y + 24.0, self.y + 24.0 + _PLOT
        for start, end in ((0, NIGHT_ENDS), (NIGHT_BEGINS, 24)):
            self.box("n", round(start * step, 2), top - 22, round((end - start) * step, 2), _PLOT + 22)
        self.text(6, top - 8, NIGHT[self.language], "s")
        for hour, count in enumerate(counts):
            x, height = hour * step, round(count / most * _PLOT, 2) if most else 0
            if count:
                self.box("b b2", round(x + 2, 2), round(floor - max(height, 1), 2), round(step - 4, 2), max(height, 1))
        if most:
            at = counts.index(most)
            words = shown(most, self.language)
            half = len(words) * _DIGIT / 2
            middle = min(max((at + 0.5) * step, half), WIDTH - half)
            self.text(round(middle, 2), top - 6, words, "m", bold=True)
        self.line(0, floor, WIDTH, floor)
        for hour in range(0, 24, 3):
            self.line(round(hour * step + 0.5, 2), floor, round(hour * step + 0.5, 2), floor + 5)
            self.text(round(hour * step + 1, 2), floor + 19, f"{hour:02}:00", "s")
        self.y = floor + _FOOT - 12

    def picture(self, name: str, caption: str, told: Iterable[str]) -> Picture:
        height = round(self.y + 2)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'font-family="{FAMILY}, system-ui, sans-serif" font-size="{LETTERS}">'
            f"<style>{_STYLE}@media (prefers-color-scheme:dark){{{_DARK}}}</style>{''.join(self.parts)}</svg>"
        )
        return Picture(id=name, svg=svg, alternative=" ".join([f"{caption}.", *told]), caption=caption)
