"""Our feeds as other people's programs read them: libical (C) and vobject (Python, with dateutil's zones)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st
from vobject import icalendar as vobject_icalendar

from calendars.editions import Edition
from calendars.feeds import Feed, event_attachment, feeds
from calendars.model.events import Audience, Days, Event, EventStatus, Timed
from tests.support import libical
from tests.support.factories import WALLS, agenda, drive, edition, event, real_sites, real_size_agenda, site, text
from tests.support.sampled import SAMPLED

# Mexico City kept summer time, UTC-5, on all five days of the workshops: said here by hand.
STARTS = [(datetime.fromisoformat(wall) + timedelta(hours=5)).replace(tzinfo=UTC) for wall in WALLS]


@pytest.fixture
def _no_zones_remembered() -> Iterator[None]:
    """Without what vobject keeps for the whole process: each TZID that it has ever seen."""
    remembered = vars(vobject_icalendar)["__tzidMap"]
    before = dict(remembered)
    remembered.clear()
    yield
    remembered.clear()
    remembered.update(before)


def read_by_vobject(body: bytes) -> list[libical.Entry]:
    calendar = vobject.readOne(body.decode())
    return [
        libical.Entry(
            uid=entry.uid.value,
            summary=entry.summary.value,
            description=entry.description.value,
            status=entry.status.value,
            sequence=int(entry.sequence.value),
            start=in_utc(entry.dtstart.value),
            end=in_utc(entry.dtend.value),
        )
        for entry in calendar.contents.get("vevent", [])
    ]


def in_utc(value: datetime | date) -> datetime | date:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


def facts(entry: libical.Entry) -> tuple[str, str, datetime | date, datetime | date]:
    return entry.summary, entry.status, entry.start, entry.end


@pytest.fixture(scope="module")
def real() -> Edition:
    return edition(real_size_agenda())


@pytest.fixture(scope="module")
def everyone() -> Edition:
    return edition(real_size_agenda(Audience(kind="all")))


def expected(known: Edition, where: str | None) -> list[tuple[str, str, datetime | date, datetime | date]]:
    """What a region, a site or (None) everyone should find, worked out from the agenda alone."""
    content = known.agenda
    found = []
    for entry in content.events:
        places = {place.id for place in content.addressed(entry)} | {place.region for place in content.addressed(entry)}
        if where is None or where in places:
            found.append(expected_facts(entry))
    return found


def expected_facts(entry: Event) -> tuple[str, str, datetime | date, datetime | date]:
    if entry.status is EventStatus.CANCELLED:
        start = datetime(2021, 11, 9, 23, 30, tzinfo=UTC)  # 17:30 TCM, in winter
        return f"CANCELADO: {entry.title.es}", "CANCELLED", start, start + timedelta(minutes=90)
    if isinstance(entry.when, Days):
        tentative = entry.status is EventStatus.TENTATIVE
        summary = entry.title.es + (" (por confirmar)" if tentative else "")
        status = "TENTATIVE" if tentative else "CONFIRMED"
        return summary, status, entry.when.first, entry.when.last + timedelta(days=1)
    assert entry.when is not None
    start = STARTS[WALLS.index(f"{entry.when.wall:%Y-%m-%d %H:%M}")]
    return entry.title.es, "CONFIRMED", start, start + timedelta(hours=2)


def subject(feed: Feed) -> str | None:
    """The region's or site's id, from the path."""
    name = feed.path.rpartition("/")[2].removesuffix(".ics").removesuffix("-local")
    return None if name == "all" else name


@pytest.fixture(scope="module")
def real_feeds(real: Edition) -> list[Feed]:
    return list(feeds(real))


@pytest.fixture(scope="module")
def everyones_feeds(everyone: Edition) -> dict[str, bytes]:
    return {feed.path: feed.body for feed in feeds(everyone)}


@SAMPLED
def test_libical_reads_every_feed_of_the_real_agenda(real: Edition, real_feeds: list[Feed], each: int) -> None:
    for feed in real_feeds[::each]:
        assert [facts(entry) for entry in libical.read(feed.body)] == expected(real, subject(feed)), feed.path


@pytest.mark.usefixtures("_no_zones_remembered")
@SAMPLED
def test_vobject_reads_every_feed_of_the_real_agenda(real: Edition, real_feeds: list[Feed], each: int) -> None:
    for feed in real_feeds[::each]:
        vars(vobject_icalendar)["__tzidMap"].clear()  # the next site's rules may differ, under the same name
        assert [facts(entry) for entry in read_by_vobject(feed.body)] == expected(real, subject(feed)), feed.path


@SAMPLED
@pytest.mark.parametrize("suffix", [".ics", "-local.ics"])
def test_libical_finds_five_workshops_at_149_sites_in_both_forms(
    everyone: Edition, everyones_feeds: dict[str, bytes], suffix: str, each: int
) -> None:
    for place in real_sites()[::each]:
        entries = libical.read(everyones_feeds[f"sites/{place.id}{suffix}"])
        assert [entry.start for entry in entries[:5]] == STARTS, place.id
        assert [facts(entry) for entry in entries] == expected(everyone, place.id)


@pytest.mark.usefixtures("_no_zones_remembered")
@SAMPLED
@pytest.mark.parametrize("suffix", [".ics", "-local.ics"])
def test_vobject_finds_five_workshops_at_149_sites_in_both_forms(
    everyone: Edition, everyones_feeds: dict[str, bytes], suffix: str, each: int
) -> None:
    for place in real_sites()[::each]:
        entries = read_by_vobject(everyones_feeds[f"sites/{place.id}{suffix}"])
        assert [entry.start for entry in entries[:5]] == STARTS, place.id
        assert [facts(entry) for entry in entries] == expected(everyone, place.id)


def test_all_but_a_few_local_forms_are_local(everyones_feeds: dict[str, bytes]) -> None:
    """Palestine sets its clocks by decree; where no plain rule is true, the local form says UTC."""
    silent = {place.zone for place in real_sites() if b"TZID=" not in everyones_feeds[f"sites/{place.id}-local.ics"]}
    assert silent == {"Asia/Hebron"}


def test_every_local_form_is_local_where_each_site_has_its_own_workshop() -> None:
    content = real_size_agenda()
    known = edition(agenda(representations=real_sites(), events=content.events[:6]))
    for feed in feeds(known):
        if feed.path.endswith("-local.ics"):
            assert b"DTSTART;TZID=" in feed.body, feed.path


def test_a_move_and_a_cancellation_reach_both_readers_under_the_same_uid(real: Edition) -> None:
    first, *others = real.agenda.events
    gone = real_size_agenda().events[0]
    changed = (event(gone.id, title=gone.title, status=EventStatus.CANCELLED, audience=gone.audience), *others)
    after = edition(agenda(representations=real_sites(), events=changed), real, datetime(2021, 10, 5, 9, tzinfo=UTC))
    was, now = ({f.path: f.body for f in feeds(known)}["sites/toronto.ics"] for known in (real, after))
    for read in (libical.read, read_by_vobject):
        before, later = read(was)[0], read(now)[0]
        assert before.uid == later.uid == real.revisions[first.id].uid
        assert (before.sequence, later.sequence) == (0, 1)
        assert (before.status, later.status) == ("CONFIRMED", "CANCELLED")
        assert later.summary == "CANCELADO: Taller VMRE, América del Norte"


def test_an_attachment_is_read_like_the_feed(real: Edition) -> None:
    for entry in real.agenda.events[:6]:
        body = event_attachment(real, entry, real_sites()[0], "es")
        assert [facts(found) for found in libical.read(body)] == [expected_facts(entry)]
        assert [facts(found) for found in read_by_vobject(body)] == [expected_facts(entry)]


def test_accents_and_line_breaks_arrive_as_written() -> None:
    known = edition(agenda(events=(event(title=text("Sesión ñandú; «voto», \\credencial\\ 日本")),)))
    body = next(feeds(known)).body
    for entry in (libical.read(body)[0], read_by_vobject(body)[0]):
        assert entry.summary == "Sesión ñandú; «voto», \\credencial\\ 日本"
        assert entry.description.split("\n")[0] == (
            "Jueves 21 de octubre de 2021, 18:00 h, tiempo del centro de México (TCM)."
        )


# What the configuration refuses, no feed has to carry: control characters, and what Unicode calls line breaks.
printable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=120).filter(
    lambda said: said.strip() == said
)


@given(title=printable, source=printable, description=st.lists(printable, min_size=1, max_size=4).map("\n".join))
def test_folding_and_escaping_of_any_text_survive_both_readers(title: str, source: str, description: str) -> None:
    said = drive(title=text(title), source=f"{source}.", description=text(description), status=EventStatus.CONFIRMED)
    body = event_attachment(edition(agenda(events=(said,))), said, site(), "es")
    assert all(len(line) <= 75 and line.decode() is not None for line in body.split(b"\r\n"))
    for entry in (libical.read(body)[0], read_by_vobject(body)[0]):
        assert entry.summary == f"{title} (por confirmar)"
        assert entry.description.endswith(f"{description}\nFuente: {source}.")


@pytest.mark.parametrize("id_", ["dublin", "rabat", "teheran", "santiago", "wellington"])
@given(day=st.integers(0, 17 * 365 - 1), minute=st.integers(0, 1439))
def test_libical_reads_any_local_form_right_until_2037(id_: str, day: int, minute: int) -> None:
    place = next(known for known in real_sites() if known.id == id_)
    moment = datetime(2021, 1, 1) + timedelta(days=day, minutes=minute)
    when = Timed(wall=moment, duration=timedelta(hours=2))
    content = agenda(zone="UTC", representations=(place,), events=(event(when=when, audience=Audience(kind="all")),))
    local = {feed.path: feed.body for feed in feeds(edition(content))}[f"sites/{id_}-local.ics"]
    assert libical.read(local)[0].start == moment.replace(tzinfo=UTC)


def test_the_reader_itself_refuses_a_zone_that_the_feed_does_not_explain() -> None:
    """Else it might know the zone from elsewhere, and every local form would look right."""
    body = {feed.path: feed.body for feed in feeds(edition())}["sites/tokio-local.ics"]
    start, end = body.index(b"BEGIN:VTIMEZONE"), body.index(b"BEGIN:VEVENT")
    with pytest.raises(AssertionError, match="floating"):
        libical.read(body[:start] + body[end:])
