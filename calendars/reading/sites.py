"""representations.csv and recipients.csv -> the sites, and the posts that reminders go to."""

from __future__ import annotations

import re
from datetime import time
from functools import lru_cache

from babel import Locale
from babel.core import UnknownLocaleError

from calendars.model import Recipient, Representation, Role, Text
from calendars.reading import values, words
from calendars.reading.addresses import address, masked
from calendars.reading.agenda import zone
from calendars.reading.context import REGION, SITE, Context, Once, reference
from calendars.reading.fields import known
from calendars.reading.problems import START, AlreadyReported, Report, Wrong
from calendars.reading.tables import Row, table

SITE_COLUMNS = ("id", "kind", "name", "city", "country", "country_code", "region", "time_zone")
SITE_EXTRAS = ("source", "weekend", "opens", "closes")
POST_COLUMNS = ("id", "sede", "correo", "idioma", "puesto", "alta")
POST_EXTRAS = ("papel",)
MAX_SITES = 2_000
MAX_POSTS = 200_000
RESERVED = "-local"  # sites/<id>-local.ics is another form of sites/<id>.ics
_LANGUAGE = values.one_of(words.LANGUAGES, "unknown-language", Text(es="idioma", en="language"))
_ROLE = values.one_of(words.ROLES, "unknown-role", Text(es="papel", en="role"))


def representations(text: str, context: Context, report: Report) -> tuple[Representation, ...]:
    """The sites that can be read. Puts their ids and regions into the context if all have one."""
    once = Once(noun=Text(es="la sede", en="the site"))
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
        "el archivo no tiene ninguna sede: solo quedó el encabezado. Recupérelo de su respaldo.",
        "the file has no site: only the header is left. Take it from your backup.",
    )


def _site(row: Row, id_: str | None, region: str | None, once: Once) -> Representation:
    kind, name, city = row.value("kind", values.line), row.value("name", values.line), row.value("city", values.line)
    country, code = row.value("country", values.line), row.value("country_code", country_code)
    own_zone, weekend = row.value("time_zone", zone), row.optional("weekend", weekend_days)
    opens, closes = row.optional("opens", values.hour) or time(9), row.optional("closes", values.hour) or time(18)
    if id_:
        _check_once(row, "id", once, id_, id_)
    if not row.broken and closes <= opens:
        _fail(row, "closes" if row.raw("closes") else "opens", _closed(opens, closes))
    row.finish()
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
    )


def recipients(text: str, context: Context, report: Report) -> tuple[Recipient, ...]:
    """The posts that can be read: each id once, each address once at a site. Puts their lines into the context."""
    ids = Once(noun=Text(es="el id", en="the id"))
    posts = Once(noun=Text(es="la dirección", en="the address"), rule="duplicate-row")
    found = []
    for row in table(text, report, required=POST_COLUMNS, optional=POST_EXTRAS, limit=MAX_POSTS):
        try:
            found.append(_post(row, context, ids, posts))
        except AlreadyReported:
            continue
        context.posts[found[-1].id] = row.line.start.line
    return tuple(found)


def _post(row: Row, context: Context, ids: Once, posts: Once) -> Recipient:
    id_ = row.value("id", values.identifier)
    site = row.value("sede", lambda name: reference(name, context.sites, "unknown-site", SITE))
    mail = row.value("correo", address)
    language, post = row.value("idioma", _LANGUAGE), row.value("puesto", values.line)
    joined, role = row.value("alta", values.day), row.optional("papel", _ROLE)
    if id_:
        _check_once(row, "id", ids, id_, id_)
    if mail and site:
        _check_once(row, "correo", posts, (mail.lower(), site), masked(mail))
    row.finish()
    return Recipient(
        id=known(id_),
        site=known(site),
        address=known(mail),
        language=known(language),
        post=known(post),
        joined=known(joined),
        role=role or Role.HOLDER,
    )


@lru_cache(maxsize=1024)
def country_code(value: str) -> str:
    """ISO 3166-1 alpha-2, of a country whose weekend CLDR knows."""
    code = values.line(value).upper()
    try:
        Locale.parse(f"und_{code}")
    except (UnknownLocaleError, ValueError):
        known_code = False
    else:
        known_code = re.fullmatch(r"[A-Z]{2}", code) is not None
    if known_code and code != "ZZ":
        return code
    raise Wrong(
        "unknown-country",
        f"país «{code}» no existe. Escriba el código de dos letras (ISO 3166), por ejemplo MX.",
        f"country “{code}” does not exist. Write the code of two letters (ISO 3166), for instance MX.",
        value=code,
    )


def weekend_days(value: str) -> tuple[int, ...]:
    """`vie sáb`, `Fri-Sat`, `viernes/sábado`: the days off; a site works on one day at least."""
    names = [name for name in re.split(r"[\s,/-]+", values.line(value)) if name not in {"", "y", "and"}]
    days = tuple(sorted({values.weekday(name) for name in names}))
    if 0 < len(days) < 7:
        return days
    raise Wrong(
        "weekend",
        "el fin de semana debe nombrar de uno a seis días, por ejemplo «vie sáb».",
        "the weekend must name one to six days, for instance “vie sáb”.",
        value=value,
    )


def _site_id(value: str) -> str:
    id_ = values.identifier(value)
    if not id_.endswith(RESERVED):
        return id_
    raise Wrong(
        "id-reserved",
        f"el id «{id_}» no puede terminar en «{RESERVED}»: así se llaman los calendarios en hora local.",
        f"the id “{id_}” must not end in “{RESERVED}”: calendars in local time are named so.",
        value=id_,
    )


def _check_once(row: Row, column: str, once: Once, key: object, name: str) -> None:
    try:
        once.check(key, name, row.place(column))
    except Wrong as wrong:
        _fail(row, column, wrong)


def _fail(row: Row, column: str, wrong: Wrong) -> None:
    row.report.add(row.place(column), wrong)
    row.broken = True


def _closed(opens: time, closes: time) -> Wrong:
    return Wrong(
        "end-before-start",
        f"la sede abre a las {opens:%H:%M} y cierra a las {closes:%H:%M}. Corrija «opens» o «closes».",
        f"the site opens at {opens:%H:%M} and closes at {closes:%H:%M}. Correct “opens” or “closes”.",
        value=f"{closes:%H:%M}",
    )
