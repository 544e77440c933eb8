"""The roll called on the shipped agenda, and answered in every way: what comes of it is right for all 149 sites."""

from __future__ import annotations

import csv
import email
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default as modern
from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from calendars.days.off import DaysOff
from calendars.editions import Edition
from calendars.workdays import in_working_hours
from calendars.zones import to_wall
from scheduler.planning.rolls import Mailbox
from scheduler.reporting.roll_words import confirmed, proposals, site_cells
from scheduler.reporting.rolls import ClockState, Roll, SiteRoll, roll
from scheduler.store import editions
from scheduler.store.database import Database
from tests.support.checkout import CONFIG
from tests.support.command_line import agenda

PLANTED = {"lima": "America/Santiago", "roma": "Europe/London", "tokio": "Asia/Shanghai"}  # none of them is theirs
SILENT = {"berna", "atlanta", "manila"}
BOUNCING = {"bogota", "oslo"}
GONE = {"paris": "nueva.paris@sedes.example", "ottawa": "null"}
UNANSWERED = SILENT | BOUNCING
ASKED, LISTED, TOLD = "¿Coincide con su reloj?", "Sedes de su región que no han respondido", "Alguien propone"
UNNAMED = (
    "ottawa-consular: lo atiende otra persona, sin nombrarla. "
    "Para confirmar: agenda handover ottawa-consular --to CORREO. "
    "Para desechar: agenda roll-call --dismiss ottawa-consular"
)
PROPOSED = (
    "paris-consular: propone n…@sedes.example. Para confirmar: agenda handover paris-consular --proposed. "
    "Para desechar: agenda roll-call --dismiss paris-consular"
)
CALLED = datetime(2021, 10, 4, 14, tzinfo=UTC)
ANSWERED = datetime(2021, 10, 8, 23, tzinfo=UTC)
SCRIPT = """\
formato: 1
pasos:
  - cuando: 2021-10-04 09:00
    pase_de_lista: {{llamar: P7D}}
  - cuando: 2021-10-08 18:00
    pase_de_lista:
      otro_reloj:
{clocks}
      ya_no: {{{gone}}}
      rebotan: [{bouncing}]
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mailed:
    """One mail of the roll call, as its post got it."""

    site: str
    subject: str
    at: datetime
    text: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    """A roll call that is over."""

    edition: Edition
    roll: Roll
    mails: tuple[Mailed, ...]

    def of(self, subject: str) -> Iterator[Mailed]:
        return (one for one in self.mails if one.subject.startswith(subject))

    def site(self, key: str) -> SiteRoll:
        return next(one for one in self.roll.sites if one.site.id == key)


def plant() -> dict[str, str]:
    """Put wrong zones into representations.csv; returns by which zone the clocks of every site really go."""
    path = Path("config/representations.csv")
    rows = list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))
    real = {row["id"]: row["time_zone"] for row in rows}
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows({**row, "time_zone": PLANTED.get(row["id"], row["time_zone"])} for row in rows)
    return real


def write_script(real: dict[str, str]) -> None:
    """Every post that answers says what its clock shows; nobody knows which zones are wrong."""
    answering = {key: zone for key, zone in real.items() if key not in UNANSWERED}
    clocks = "\n".join(f"        {key}-consular: {zone}" for key, zone in answering.items())
    gone = ", ".join(f"{key}-consular: {address}" for key, address in GONE.items())
    bouncing = ", ".join(f"{key}-consular" for key in sorted(BOUNCING))
    Path("guion.yaml").write_text(SCRIPT.format(clocks=clocks, gone=gone, bouncing=bouncing), encoding="utf-8")


def mailed(folder: Path) -> Iterator[Mailed]:
    for path in sorted(folder.glob("*.eml")):
        message = email.message_from_bytes(path.read_bytes(), policy=modern)
        assert isinstance(message, EmailMessage)
        subject, part = str(message["Subject"]), message.get_body(("plain",))
        if part is not None and subject.startswith((ASKED, LISTED, TOLD)):
            yield Mailed(
                site=str(message["To"]).strip("<>").partition("@")[0],
                subject=subject,
                at=parsedate_to_datetime(str(message["Date"])).astimezone(UTC),
                text=" ".join(str(part.get_content()).split()),
            )


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    """Played once, in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("lista")
        patch.chdir(folder)
        Path("config").mkdir()
        for path in CONFIG.iterdir():
            (Path("config") / path.name).write_bytes(path.read_bytes())
        write_script(plant())
        days = ("--from", "2021-10-01", "--to", "2021-11-15")
        done = agenda("rehearse", *days, "--script", "guion.yaml", "--outbox", "out", "--database", "ensayo.db")
        assert done.exit_code == 0, done.output
        database = Database("sqlite:///ensayo.db")
        with database.read() as connection:
            found = editions.load(connection)
            assert found is not None
            stands = roll(connection, found.edition)
        database.close()
        return Campaign(edition=found.edition, roll=stands, mails=tuple(mailed(Path("out"))))


def test_every_site_stands_as_it_answered(campaign: Campaign) -> None:
    assert len(campaign.roll.sites) == 149
    for one in campaign.roll.sites:
        key = one.site.id
        said = ClockState.OTHER if key in PLANTED else ClockState.CONFIRMED
        clock = ClockState.UNKNOWN if key in UNANSWERED else said
        box = Mailbox.BOUNCED if key in BOUNCING else Mailbox.ACCEPTED if key in SILENT else Mailbox.OPENED
        here = None if key in UNANSWERED else key not in GONE
        assert (one.clock, one.mailbox, one.here) == (clock, box, here), key
    assert confirmed(campaign.roll, "es") == "141 de 149 sedes confirmaron su reloj y su buzón"
    assert confirmed(campaign.roll, "en") == "141 of 149 sites confirmed their clock and their mailbox"


def test_each_wrong_zone_is_found_and_no_right_one_is_suspected(campaign: Campaign) -> None:
    found = {one.site.id: one.ahead for one in campaign.roll.sites if one.clock is ClockState.OTHER}
    assert found == {"lima": (-120,), "roma": (60,), "tokio": (60,)}
    places = campaign.edition.agenda
    assert site_cells(places, campaign.site("lima"), "es")[2] == "OTRO: 2 h de retraso (America/Santiago)"
    assert site_cells(places, campaign.site("roma"), "en")[2] == "OTHER: 1 h ahead (Europe/London)"


def test_each_post_is_asked_once_and_only_the_silent_once_more(campaign: Campaign) -> None:
    counted = Counter(one.site for one in campaign.of(ASKED))
    assert {key for key, count in counted.items() if count == 2} == SILENT
    assert len(counted) == 149
    assert max(counted.values()) == 2


def test_every_mail_leaves_in_working_hours_on_a_day_that_is_certain(campaign: Campaign) -> None:
    days, sites = DaysOff.of(campaign.edition.agenda), {one.site.id: one.site for one in campaign.roll.sites}
    for one in campaign.of(ASKED):
        site = sites[one.site]
        assert in_working_hours(site, one.at, days), one
        assert days.off(site, to_wall(one.at, site.zone).date()) is None, one


def test_a_mail_names_the_clock_of_its_own_moment(campaign: Campaign) -> None:
    """What was composed is what the site's clocks show when it leaves, by the zone that the table gives it."""
    for one in campaign.of(ASKED):
        wall = to_wall(one.at, campaign.site(one.site).site.zone)
        assert f"en su sede eran las {wall:%H:%M} del " in one.text
        assert f" {wall.day}. " in one.text


def test_those_who_answer_were_asked_before(campaign: Campaign) -> None:
    firsts: dict[str, datetime] = {}
    for one in campaign.of(ASKED):
        firsts.setdefault(one.site, one.at)
    assert all(CALLED <= at < ANSWERED for at in firsts.values())


def test_one_list_a_region_names_the_silent_and_whom_no_mail_reaches(campaign: Campaign) -> None:
    lists = list(campaign.of(LISTED))
    named = {
        "Suiza": "sin respuesta a dos correos",
        "Atlanta": "sin respuesta a dos correos",
        "Filipinas": "sin respuesta a dos correos",
        "Colombia": "el correo no llega",
        "Noruega": "el correo no llega",
    }
    assert len(lists) == 4, "nobody is silent in one region, and there no list goes"
    for place, words in named.items():
        assert [one for one in lists if f"{place}: {words}" in one.text], place
    assert sum(one.text.count("correo no llega") + one.text.count("sin respuesta") for one in lists) == len(named)
    assert {one.site for one in lists} == {"respuestas"}, "the shipped agenda has no coordinators"


def test_who_is_said_to_be_gone_is_told_at_once_and_an_administrator_is_asked(campaign: Campaign) -> None:
    told = list(campaign.of(TOLD))
    assert {one.site for one in told} == set(GONE)
    assert all((one.at - ANSWERED).total_seconds() < 60 for one in told)
    assert all("No fui yo: http" in one.text for one in told)
    assert list(proposals(campaign.roll, "es")) == [UNNAMED, PROPOSED]
