"""docs/days-off.md: what `agenda show --days` says of every shipped site, as one document to be reviewed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby

from calendars.days.listed import SOURCE
from calendars.days.off import DayOff, home_holiday
from calendars.model.agenda import Agenda
from calendars.wording import short_date
from scheduler.commands.agenda import home_line
from scheduler.commands.days import headings, row_of
from scheduler.wording.days import GROUNDS, TO_CONFIRM, SiteDays, site_days
from tests.support.checkout import ROOT
from tests.support.shipped import shipped_draft

YEARS = range(2026, 2029)
PATH = ROOT / "docs" / "days-off.md"
HEAD = """\
# Los días de descanso de cada sede

Hecho con `make days-table` a partir de `config/` y de {source}; lo mismo dice `agenda show --days`, y de una sede,
`agenda show --days tokio`. Para que lo revise quien conoce las sedes: lo que no sea así se corrige en
`config/festivos.csv` (días) y en `config/representations.csv` (fin de semana y región).

{home}. En cada año, los días de descanso en días hábiles: sin los feriados de México / con ellos. «Por confirmar» son
fiestas cuya fecha se anuncia pocos días antes; no adelantan ningún recordatorio.
"""


def document(agenda: Agenda) -> str:
    found = [site_days(agenda, site, YEARS) for site in agenda.representations]
    return "\n".join([
        HEAD.format(source=SOURCE, home=home_line(agenda, "es")),
        *_table(found),
        "\n## De México\n",
        *_years(list(_of_mexico())),
        *_lists(found),
        "",
    ])  # fmt: skip


def _table(found: Iterable[SiteDays]) -> Iterator[str]:
    columns = headings(YEARS, "es")
    yield f"| {' | '.join(columns)} |"
    yield "| --- " * len(columns) + "|"
    yield from (f"| {' | '.join(row_of(one, YEARS, 'es'))} |" for one in found)


def _lists(found: Iterable[SiteDays]) -> Iterator[str]:
    """Once for all sites that keep the same days."""
    groups: dict[tuple[DayOff, ...], list[SiteDays]] = {}
    for one in found:
        groups.setdefault(one.local, []).append(one)
    for days, sites in groups.items():
        yield f"\n## {', '.join(one.site.id for one in sites)}\n"
        yield from _years(days)


def _years(days: Sequence[DayOff]) -> Iterator[str]:
    for year, group in groupby(days, key=lambda one: one.day.year):
        yield f"- **{year}**: {'; '.join(map(_said, group))}."


def _said(one: DayOff) -> str:
    marks = [] if one.certain else [TO_CONFIRM["es"]]
    if one.ground.value in ("region", "own"):
        marks.append(GROUNDS[one.ground]["es"])
    return f"{short_date(one.day, 'es')} {one.name['es']}" + (f" ({', '.join(marks)})" if marks else "")


def _of_mexico() -> Iterator[DayOff]:
    day = date(YEARS[0], 1, 1)
    while day.year in YEARS:
        feast = home_holiday(day)
        if feast is not None and day.weekday() < 5:
            yield feast
        day += timedelta(days=1)


if __name__ == "__main__":
    PATH.write_text(document(shipped_draft().agenda), encoding="utf-8")
