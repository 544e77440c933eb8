"""Small valid values to build tests from, and the real sites. Every argument has a default that a test may replace."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from calendars.days.off import DaysOff
from calendars.editions import Edition, publish
from calendars.model.agenda import Agenda
from calendars.model.days import OwnDay
from calendars.model.events import Assumption, Audience, Days, Event, EventKind, EventStatus, Timed
from calendars.model.people import Sender
from calendars.model.places import Region, Representation, slug
from calendars.model.rules import DaysBefore, Reminders, TimeBefore
from calendars.model.text import Text
from calendars.zones import zone_data
from tests.support.checkout import CONFIG

AT_NINE = time(9)
NO_WORD = DaysOff()  # of any administrator: what the lists say


def text(es: str, en: str | None = None) -> Text:
    return Text(es=es, en=en or es)


def site(id: str = "tokio", **changes: Any) -> Representation:  # noqa: A002  # because the field is called so
    """The embassy in Tokyo, or what the changes make of it."""
    known = Representation(
        id=id,
        kind="embajada",
        name="Embajada de México en Japón",
        city="Tokio",
        country="Japón",
        country_code="JP",
        region="asia-pacifico",
        zone="Asia/Tokyo",
    )
    return replace(known, **changes)


@cache
def real_sites() -> tuple[Representation, ...]:
    """The 149 sites of config/representations.csv."""
    with (CONFIG / "representations.csv").open(encoding="utf-8-sig", newline="") as file:
        return tuple(
            Representation(
                id=row["id"],
                kind=row["kind"],
                name=row["name"],
                city=row["city"],
                country=row["country"],
                country_code=row["country_code"],
                region=slug(row["region"]),
                zone=row["time_zone"],
                subdivision=row["subdivision"] or None,
                city_en=row["city_en"] or None,
                name_en=row["name_en"] or None,
            )
            for row in csv.DictReader(file)
        )


def real_zones() -> list[str]:
    """The 93 time zones of the real sites."""
    return sorted({known.zone for known in real_sites()})


def timed(wall: str = "2021-10-21 18:00", hours: float = 2, fold: Any = None) -> Timed:
    return Timed(wall=datetime.fromisoformat(wall), duration=timedelta(hours=hours), fold=fold)


def days(first: str = "2022-02-01", last: str = "2022-02-07") -> Days:
    return Days(first=date.fromisoformat(first), last=date.fromisoformat(last))


def event(id: str = "taller-asia-pacifico-2021", **changes: Any) -> Event:  # noqa: A002  # because the field is called so
    """The workshop of 21 October 2021 at 18:00 TCM for Asia-Pacific, its duration supposed."""
    known = Event(
        id=id,
        title=text("Taller VMRE, Asia Pacífico", "Overseas voting workshop, Asia Pacific"),
        kind=EventKind.WORKSHOP,
        status=EventStatus.CONFIRMED,
        when=timed(),
        audience=Audience(kind="regions", ids=("asia-pacifico",)),
        axis=None,
        source="Nota 04/2021",
        assumed=(Assumption.DURATION,),
    )
    return replace(known, **changes)


def drive(id: str = "jornada-2022", **changes: Any) -> Event:  # noqa: A002  # because the field is called so
    """The tentative drive of the first week of February 2022, for every site."""
    known = event(
        id,
        title=text("Jornada extraordinaria de credencialización", "Extraordinary credentialing drive"),
        kind=EventKind.DRIVE,
        status=EventStatus.TENTATIVE,
        when=days(),
        audience=Audience(kind="all"),
        assumed=(Assumption.DATE,),
    )
    return replace(known, **changes)


def own_day(where: str = "tokio", first: date = date(2021, 10, 19), **changes: Any) -> OwnDay:
    """A row of festivos.csv: a feast on Tuesday 19 October 2021, of one day if nothing else is said."""
    known = OwnDay(first=first, last=first, where=where, name=text("Fiesta", "Feast"), works=False, source="Gaceta")
    return replace(known, **changes)


REGIONS = tuple(
    Region(id=slug(es), name=text(es, en))
    for es, en in (
        ("América del Norte", "North America"),
        ("América Latina y el Caribe", "Latin America and the Caribbean"),
        ("Europa", "Europe"),
        ("Asia Pacífico", "Asia Pacific"),
        ("Medio Oriente y África", "Middle East and Africa"),
    )
)


def agenda(**changes: Any) -> Agenda:
    """One site, one workshop; the five regions."""
    known = Agenda(
        id="vmre-2021-2022",
        title=text("Agenda VMRE 2021-2022"),
        published=date(2021, 10, 1),
        zone="America/Mexico_City",
        sender=Sender(
            name="Agenda Consular",
            address="agenda@ine.example",
            reply_to="agenda@ine.example",
            domain="ine.example",
        ),
        regions=REGIONS,
        representations=(site(),),
        axes=(),
        commitments=(),
        advances=(),
        events=(event(),),
        reminders=Reminders(
            timed=(DaysBefore(days=7, at=AT_NINE), DaysBefore(days=1, at=AT_NINE), TimeBefore(minutes=60)),
            days=(DaysBefore(days=7, at=AT_NINE), DaysBefore(days=1, at=AT_NINE)),
        ),
    )
    return replace(known, **changes)


WALLS = ("2021-10-14 10:00", "2021-10-15 12:00", "2021-10-18 09:00", "2021-10-21 18:00", "2021-10-26 08:00")


def real_size_agenda(audience: Audience | None = None, **changes: Any) -> Agenda:
    """The 149 sites; a workshop for each region, or all five for `audience`; the drive; a meeting; one cancelled."""
    workshops = tuple(
        event(
            f"taller-{region.id}",
            title=text(f"Taller VMRE, {region.name.es}", f"Overseas voting workshop, {region.name.en}"),
            when=timed(wall),
            audience=audience or Audience(kind="regions", ids=(region.id,)),
        )
        for region, wall in zip(REGIONS, WALLS, strict=True)
    )
    meeting = event(
        "reunion",
        title=text("Reunión de coordinación INE-SRE"),
        kind=EventKind.MEETING,
        when=days("2021-10-06", "2021-10-06"),
        audience=Audience(kind="coordination"),
        assumed=(),
    )
    cancelled = event(
        "sesion-cancelada",
        title=text("Sesión de preguntas; dudas, «voto»\\credencial"),
        status=EventStatus.CANCELLED,
        when=timed("2021-11-09 17:30", hours=1.5),
        audience=Audience(kind="all"),
        reason=text("se une al taller"),
    )
    return agenda(representations=real_sites(), events=(*workshops, drive(), meeting, cancelled), **changes)


def edition(content: Agenda | None = None, previous: Edition | None = None, at: datetime | None = None) -> Edition:
    """The agenda as published: a first edition, or the one after `previous`."""
    publication = publish(
        previous,
        content or agenda(),
        at=at or datetime(2021, 10, 1, 15, tzinfo=UTC),
        author="Prueba",
        reason="Prueba",
        zone_digest=zone_data().digest,
    )
    return publication.edition
