"""representations.csv -> the consular sites."""

from __future__ import annotations

from datetime import time

from calendars.catalogue import Phrase
from calendars.model.places import Representation
from calendars.reading import values
from calendars.reading.context import REGION, Context, Once, reference
from calendars.reading.places import host_country, subdivision, weekends, zone
from calendars.reading.problems import START, AlreadyReported, Report, Wrong, known
from calendars.reading.tables.rows import TableRow, check_once, fail, table

SITE_COLUMNS = ("id", "kind", "name", "city", "country", "country_code", "region", "time_zone")
SITE_EXTRAS = ("source", "weekend", "opens", "closes", "subdivision", "city_en", "name_en")
MAX_SITES = 2_000
RESERVED = "-local"  # sites/<id>-local.ics is another form of sites/<id>.ics


def representations(text: str, context: Context, report: Report) -> tuple[Representation, ...]:
    """The sites that can be read. Puts their ids and regions into the context if all have one."""
    once = Once(noun=Phrase("the site"))
    found = []
    ids: dict[str | None, str | None] = {}  # id -> region, in order of the file
    for row in table(text, report, required=SITE_COLUMNS, optional=SITE_EXTRAS, limit=MAX_SITES):
        id_ = row.value("id", _site_id)
        region = row.value("region", lambda name: reference(name, context.regions, "unknown-region", REGION))
        ids.setdefault(id_, region)
        try:
            found.append(_site(row, id_, region, once))
        except AlreadyReported:
            continue
    if not ids and not report.problems:
        report.add(START, _no_site())
    if ids and None not in ids:
        context.sites = {known(id_): known(id_) for id_ in ids}
    if ids and None not in ids.values():
        context.peopled = frozenset(known(region) for region in ids.values())
    return tuple(found)


def _no_site() -> Wrong:
    return Wrong(
        "no-sites",
        Phrase("the file has no site: only the header is left. Take it from your backup."),
    )


def _site(row: TableRow, id_: str | None, region: str | None, once: Once) -> Representation:
    kind, name, city = row.value("kind", values.line), row.value("name", values.line), row.value("city", values.line)
    country, code = row.value("country", values.line), row.value("country_code", host_country)
    own_zone, own_weekends = row.value("time_zone", zone), row.optional("weekend", weekends)
    opens, closes = row.optional("opens", values.hour) or time(9), row.optional("closes", values.hour) or time(18)
    part = row.optional("subdivision", lambda name: subdivision(code, name))
    city_en, name_en = row.optional("city_en", values.line), row.optional("name_en", values.line)
    if id_:
        check_once(row, "id", once, id_, id_)
    if not row.broken and closes <= opens:
        fail(row, "closes" if row.raw("closes") else "opens", _closed(opens, closes))
    row.finish()
    former, weekend = own_weekends or ((), None)
    return Representation(
        id=known(id_),
        kind=known(kind),
        name=known(name),
        city=known(city),
        country=known(country),
        country_code=known(code),
        region=known(region),
        zone=known(own_zone),
        weekend=weekend,
        opens=opens,
        closes=closes,
        subdivision=part,
        former_weekends=former,
        city_en=city_en,
        name_en=name_en,
    )


def _site_id(value: str) -> str:
    id_ = values.identifier(value)
    if not id_.endswith(RESERVED):
        return id_
    raise Wrong(
        "id-reserved",
        Phrase("the id “{id}” must not end in “{reserved}”: calendars in local time are named so.").of(
            id=id_, reserved=RESERVED
        ),
        value=id_,
    )


def _closed(opens: time, closes: time) -> Wrong:
    return Wrong(
        "end-before-start",
        Phrase("the site opens at {opens:%H:%M} and closes at {closes:%H:%M}. Correct “opens” or “closes”.").of(
            opens=opens, closes=closes
        ),
        value=f"{closes:%H:%M}",
    )
