"""Zone rules that change under a published agenda, with the releases of pytz from before they did.

The change of Mexico in October 2022 gives an hour of the agenda another instant; those of British Columbia and Alberta
in November 2026 give the instant another hour at two sites.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from email.message import EmailMessage
from itertools import islice
from pathlib import Path

import pytest
from icalendar import Calendar
from sqlalchemy import select

from calendars.feeds import feeds
from calendars.shifts import shifts
from scheduler.planning.delivery import Purpose, State
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import NothingToPublish
from scheduler.publishing.shifted import default_reason, publish_shifted
from scheduler.store import editions
from scheduler.store.database import Database
from scheduler.store.schema import deliveries
from tests.support import small_config
from tests.support.campaign import Campaign, mails
from tests.support.command_line import AGENDA, agenda
from tests.support.older_zones import BEFORE_CANADA, BEFORE_EDMONTON, BEFORE_MEXICO, package, zone_files
from tests.support.smtpd import scripted
from tests.support.wanted import leave_out

SITES = """\
id,kind,name,city,country,country_code,region,time_zone,source
madrid,embajada,Embajada de México en España,Madrid,España,ES,Europa,Europe/Madrid,prueba
tokio,embajada,Embajada de México en Japón,Tokio,Japón,JP,Asia Pacífico,Asia/Tokyo,prueba
calgary,consulado,Consulado de México en Calgary,Calgary,Canadá,CA,Europa,America/Edmonton,prueba
vancouver,consulado,Consulado de México en Vancouver,Vancouver,Canadá,CA,Europa,America/Vancouver,prueba
"""
PLACES = ("madrid", "tokio", "calgary", "vancouver")
POSTS = "id,sede,correo,idioma,puesto,alta\n" + "".join(
    f"{place}-consular,{place},{place}@sedes.example,es,Sección Consular,2021-10-01\n" for place in PLACES
)


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def configure(day: str, hour: str = "18:00", zone: str = "TCM") -> None:
    """A workshop for all four sites at an hour of the agenda's zone, and the small configuration's drive."""
    text = small_config.AGENDA
    for old, new in (
        ("zona: TCM", f"zona: {zone}"),
        ("fecha: 2021-10-26\n    dia: martes\n", f"fecha: {day}\n"),
        ('hora: "09:00"', f'hora: "{hour}"'),
        ("para: {region: Europa}", "para: todas"),
        ("taller-europa", "taller"),
    ):
        assert old in text, old
        text = text.replace(old, new)
    Path("config").mkdir(exist_ok=True)
    link = small_config.PRIVATE.replace("taller-europa", "taller")
    files = {"agenda.yaml": text, "representations.csv": SITES, "recipients.csv": POSTS, "privado.yaml": link}
    for name, content in files.items():
        (Path("config") / name).write_text(content, encoding="utf-8")


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a process of its own: zone data is read once in each."""
    return subprocess.run(
        [*AGENDA, *arguments], env={**os.environ, **environment}, capture_output=True, text=True, timeout=120
    )


def before(version: str) -> dict[str, str]:
    return {"PYTZ_TZDATADIR": str(zone_files(version))}


@pytest.fixture(scope="module")
def shifted_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Published for 4 December 2036 by a node that did not know of Canada's rules yet: made once, for all to copy."""
    folder = tmp_path_factory.mktemp("canada")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        configure("2036-12-04")
        done = run("publish", "--reason", "inicio", **before(BEFORE_CANADA))
    assert done.returncode == 0, done.stderr
    return folder


@pytest.fixture
def shifted(shifted_folder: Path, here: Path) -> Path:
    """The present folder, with that."""
    shutil.copytree(shifted_folder, here, dirs_exist_ok=True)
    return here


def rehearsed(start: str, end: str, version: str) -> None:
    """A node with an older release: it publishes at `start` unless that was done, and sends what is due until `end`."""
    database = ("--database", "rehearsal.db", "--outbox", f"out-{end}")
    done = run("rehearse", "--from", start, "--to", end, *database, **before(version))
    assert done.returncode == 0, done.stderr


async def sent(database: Database, start: datetime, until: datetime) -> list[EmailMessage]:
    """What this process, with today's data, sends between two instants."""
    async with scripted() as fake:
        await Campaign(database, fake).run(start, until)
        return mails(fake)


def subjects(found: list[EmailMessage]) -> dict[str, list[str]]:
    told: dict[str, list[str]] = {}
    for mail in found:
        told.setdefault(str(mail["To"]).partition("@")[0], []).append(str(mail["Subject"]))
    return told


def in_force(database: Database) -> editions.InForce:
    with database.read() as connection:
        found = editions.load(connection)
    assert found is not None
    return found


def entries(database: Database, path: str) -> dict[str, tuple[int, object]]:
    """Each entry of a public calendar: its title, SEQUENCE and start."""
    body = next(feed.body for feed in feeds(in_force(database).edition) if feed.path == path)
    found = Calendar.from_ical(body).walk("VEVENT")
    return {str(one["SUMMARY"]): (one.decoded("SEQUENCE"), one.decoded("DTSTART")) for one in found}


def states(database: Database, purpose: Purpose, event: str) -> list[tuple[int, str]]:
    """The schedule and the state of each delivery, most of the work done first."""
    d = deliveries.c
    chosen = select(d.schedule, d.state).where(d.purpose == purpose, d.event == event).distinct()
    with database.read() as connection:
        return sorted((row.schedule, row.state) for row in connection.execute(chosen))


async def test_summer_time_that_mexico_gives_up_moves_the_instant_and_each_post_hears_of_it_once(here: Path) -> None:
    """Published on 1 October 2022 for 20 April 2023; the decree is of that month, the release with it of its end."""
    configure("2023-04-20")
    rehearsed("2022-10-01", "2022-10-02", BEFORE_MEXICO)
    database = Database(f"sqlite:///{here / 'rehearsal.db'}")
    old, start = datetime(2023, 4, 20, 23, tzinfo=UTC), datetime(2023, 4, 21, tzinfo=UTC)
    assert in_force(database).edition.revisions["taller"].start == old
    found = {one.site: (one.promised, one.now) for one in shifts(in_force(database).edition)}
    assert found["madrid"] == (datetime(2023, 4, 21, 1), datetime(2023, 4, 21, 2))
    assert set(found) == set(PLACES)

    assert await sent(database, datetime(2022, 10, 2, tzinfo=UTC), old - timedelta(days=6)) == []
    at = old - timedelta(days=6)
    done = publish_shifted(database, Act(at=at, author="M. R.", reason=default_reason("es")), confirmed=True)
    assert (done.notices, done.prospect.publication.edition.number) == (4, 2)
    assert shifts(in_force(database).edition) == ()
    assert entries(database, "sites/madrid.ics") == {
        "Taller, Europa": (1, start),
        "Jornada (por confirmar)": (0, date(2022, 2, 1)),
    }
    assert states(database, Purpose.REMINDER, "taller") == [(0, State.SUPERSEDED), (1, State.PLANNED)]

    rehearsed("2022-10-01", "2023-04-20", BEFORE_MEXICO)  # an older node beside it: that hour is another to it
    assert list((here / "out-2023-04-20").iterdir()) == []
    told = subjects(await sent(database, at, start + timedelta(hours=1)))
    notice, reminder = told["madrid"]
    assert notice.startswith("CAMBIO DE HORA: Taller, Europa ahora vie 21 abr, 02:00 h (Madrid); antes 01:00 h")
    assert notice.endswith("jue 20 abr, 18:00 h TCM")
    assert "02:00 h (Madrid)" in reminder
    assert {place: len(each) for place, each in told.items()} == dict.fromkeys(PLACES, 2)
    database.close()


async def test_clocks_that_british_columbia_and_alberta_no_longer_put_back_concern_two_sites_alone(here: Path) -> None:
    """The instant stays, so SEQUENCE does; published in September 2026 for 12 November."""
    configure("2026-11-12")
    rehearsed("2026-09-01", "2026-09-02", BEFORE_CANADA)
    database = Database(f"sqlite:///{here / 'rehearsal.db'}")
    start = datetime(2026, 11, 13, tzinfo=UTC)
    found = {one.site: (one.promised.hour, one.now and one.now.hour) for one in shifts(in_force(database).edition)}
    assert found == {"calgary": (17, 18), "vancouver": (16, 17)}

    at = datetime(2026, 11, 10, tzinfo=UTC)
    before_it = subjects(await sent(database, datetime(2026, 9, 2, tzinfo=UTC), at))
    assert {place: len(each) for place, each in before_it.items()} == {"madrid": 1, "tokio": 1}  # the others wait
    done = publish_shifted(database, Act(at=at, author="M. R.", reason="reglas"), confirmed=True)
    assert done.notices == 2
    assert entries(database, "all.ics")["Taller, Europa"] == (0, start)
    told = subjects(await sent(database, at, start + timedelta(hours=1)))
    assert told["vancouver"][0].startswith(
        "CAMBIO DE HORA: Taller, Europa ahora jue 12 nov, 17:00 h (Vancouver); antes 16"
    )
    assert {place: [one.partition(":")[0] for one in each] for place, each in told.items()} == {
        "vancouver": ["CAMBIO DE HORA", "Jue 12 nov, 17", "Hoy jue 12 nov, 17"],  # a week's had waited
        "calgary": ["CAMBIO DE HORA", "Jue 12 nov, 18", "Hoy jue 12 nov, 18"],
        "madrid": ["Hoy vie 13 nov, 01"],
        "tokio": ["Hoy vie 13 nov, 09"],
    }
    with pytest.raises(NothingToPublish):
        publish_shifted(database, Act(at=start, author="M. R.", reason="reglas"), confirmed=True)
    database.close()


@pytest.mark.usefixtures("shifted")
def test_what_zone_rules_shift_is_shown_and_published_without_the_files() -> None:
    """Also while these cannot be read: what they hold is not what is published."""
    shutil.rmtree("config")
    Path("config").mkdir()
    Path("config/agenda.yaml").write_text("formato: [", encoding="utf-8")
    found = json.loads(agenda("status", "--json").stdout)
    assert [(one["event"], one["site"], one["promised"], one["now"]) for one in found["shifted"]] == [
        ("taller", "calgary", "2036-12-04 17:00:00", "2036-12-04 18:00:00"),
        ("taller", "vancouver", "2036-12-04 16:00:00", "2036-12-04 17:00:00"),
    ]
    shown = agenda("diff", "--shifted").stdout
    assert "DESPLAZADO por reglas de zona  Taller, Europa\n  jue 4 dic 18:00–20:00 TCM\n" in shown
    assert "Calgary jue 4 dic 17:00 → 18:00 y Vancouver jue 4 dic 16:00 → 17:00" in shown
    impact = json.loads(agenda("impact", "--shifted", "--json").stdout)
    assert {mail["site"]: mail["kinds"] for mail in impact["mails"]} == {
        "calgary": ["shifted"],
        "vancouver": ["shifted"],
    }
    mail = agenda("impact", "--shifted", "--mail", "vancouver").stdout
    assert "ANTES  jueves 4 de diciembre de 2036, 16:00 h, hora de Vancouver\n       = jueves 4, 18:00 h" in mail
    assert "cambiaron las reglas de horario" in mail
    refused = agenda("publish", "--shifted")
    assert (refused.exit_code, "no consta que sean más nuevas" in refused.stderr) == (
        1,
        True,
    )  # the old ones bear no name
    done = agenda("publish", "--shifted", "--yes")
    assert (done.exit_code, "Avisos de cambio: 2" in done.stdout) == (0, True), done.stderr
    published = json.loads(agenda("editions", "--json").stdout)[1]
    assert published["reason"].startswith("nuevas reglas de zonas horarias (tz ")
    again = agenda("publish", "--shifted")
    assert (again.exit_code, "no hay nada que publicar" in again.stdout) == (0, True)


@pytest.mark.usefixtures("shifted")
def test_publishing_the_files_as_they_are_puts_what_rules_shift_in_force_and_says_so() -> None:
    assert "borrador sin cambios" in agenda("status").stdout  # nobody has written what is different
    done = agenda("publish", "--reason", "reglas de Canadá", "--yes")
    assert (done.exit_code, "DESPLAZADO por reglas de zona  Taller, Europa" in done.stdout) == (0, True)
    assert json.loads(agenda("status", "--json").stdout)["shifted"] == []
    same = agenda("publish", "--reason", "otra vez")
    assert (same.exit_code, "no hay nada que publicar" in same.stdout) == (0, True)


@pytest.mark.long  # five starts of the program; other tests swap the data alone
def test_renewing_pytz_alone_is_enough(here: Path) -> None:
    """The package before it in the path is all that differs; pytz then names its own release."""
    configure("2036-12-04")
    older = {"PYTHONPATH": str(package(BEFORE_EDMONTON))}
    assert run("publish", "--reason", "inicio", **older).returncode == 0
    then = json.loads(run("status", "--json", **older).stdout)
    assert (then["zone_version"], then["zone_folder"], then["shifted"]) == ("2026b", None, [])
    now = json.loads(agenda("status", "--json").stdout)
    assert [one["site"] for one in now["shifted"]] == ["calgary"]  # Vancouver had been put right by then
    assert now["zone_digest"] != then["zone_digest"]
    done = agenda("publish", "--shifted")  # newer by name, and two posts hear of it: nothing to confirm
    assert (done.exit_code, "Avisos de cambio: 1" in done.stdout) == (0, True), done.stderr
    back = run("publish", "--reason", "de un equipo viejo", **older)
    assert (back.returncode, "no consta que sean más nuevas" in back.stderr) == (1, True)


@pytest.mark.usefixtures("shifted")
def test_other_zone_files_are_told_for_what_they_are() -> None:
    old = before(BEFORE_CANADA)
    told = {one["check"]: one for one in json.loads(run("doctor", "--json", **old).stdout)}
    assert told["time zones"]["verdict"] == "note"
    assert str(zone_files(BEFORE_CANADA)) in told["time zones"]["text"]
    assert told["hours in force"]["verdict"] == "ok"
    done = agenda("doctor", "--json")
    told = {one["check"]: one for one in json.loads(done.stdout)}
    assert (done.exit_code, told["hours in force"]["verdict"]) == (3, "BAD")
    assert "taller, vancouver: 2036-12-04 16:00, ahora 2036-12-04 17:00" in told["hours in force"]["text"]
    assert str(zone_files(BEFORE_CANADA)) in run("status", **old).stdout


def test_zone_files_that_are_missing_are_refused_and_not_taken_for_utc(here: Path) -> None:
    configure("2036-12-04")
    done = run("publish", "--reason", "inicio", PYTZ_TZDATADIR=str(here))
    assert (done.returncode, "no zone files" in done.stderr) == (3, True)


@pytest.mark.parametrize(("form", "code"), [("slim", 3), pytest.param("fat", 0, marks=pytest.mark.long)])
def test_zone_files_of_the_form_that_pytz_takes_for_utc_are_refused(here: Path, form: str, code: int) -> None:
    """What zic writes unless told otherwise."""
    zic = shutil.which("zic") or shutil.which("zic", path="/usr/sbin:/sbin")
    if zic is None:
        leave_out("zic (Debian: libc-bin)")
    rules = zone_files(BEFORE_CANADA) / "tzdata.zi"
    subprocess.run([zic, "-b", form, "-d", here / form, rules], check=True)
    configure("2036-12-04")
    done = run("check", PYTZ_TZDATADIR=str(here / form))
    assert (done.returncode, "zic -b fat" in done.stderr) == (code, bool(code))


def test_an_hour_that_rules_take_away_is_named_and_left_to_the_administrator(here: Path) -> None:
    """Egypt has summer time again since 2023, from midnight of the last Friday of April."""
    configure("2036-04-25", hour="00:30", zone="Africa/Cairo")
    assert run("publish", "--reason", "inicio", **before(BEFORE_MEXICO)).returncode == 0
    assert {one["now"] for one in json.loads(agenda("status", "--json").stdout)["shifted"]} == {None}
    for command in ("diff", "impact", "publish"):
        done = agenda(command, "--shifted")
        assert done.exit_code == 1
        assert (
            "taller: con las reglas de este equipo, las 00:30 del 25-abr-2036 no existen en Africa/Cairo" in done.stderr
        )
        assert "publique con agenda publish" in done.stderr
    assert agenda("publish", "--reason", "igual").exit_code == 1
    exported = agenda("export", "out")  # as published, though this machine has no such hour
    assert exported.exit_code == 0, exported.stderr
    assert "DTSTART:20360424T223000Z" in Path("out/all.ics").read_text(encoding="utf-8")
    configure("2036-04-25", hour="02:30", zone="Africa/Cairo")
    done = agenda("publish", "--reason", "más tarde")
    assert (done.exit_code, "MOVIDO" in done.stdout) == (0, True), done.stderr


def test_calendars_in_utc_and_pages_say_the_promised_hour_on_any_machine(shifted: Path) -> None:
    """Until the shifted edition is published; the page adds that the hour is to be confirmed."""
    assert run("export", "old", **before(BEFORE_CANADA)).returncode == 0
    assert agenda("export", "new").exit_code == 0
    for path in ("all.ics", "regions/europa.ics", "sites/vancouver.ics", "sites/madrid-local.ics"):
        assert (shifted / "old" / path).read_bytes() == (shifted / "new" / path).read_bytes()
    assert "16:00 h\\, hora de Vancouver" in (shifted / "new/sites/vancouver.ics").read_text(encoding="utf-8").replace(
        "\n ", ""
    )


@pytest.mark.parametrize("command", ["web", pytest.param("serve", marks=pytest.mark.long)])
@pytest.mark.usefixtures("shifted")
def test_a_node_that_only_serves_lists_at_its_start_what_is_another_hour_to_it(command: str) -> None:
    """`serve` without a mail server, and `web`: neither claims anything. A worker looks in the same place."""
    process = subprocess.Popen([*AGENDA, command, "--port", "0"], stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    told = list(islice((json.loads(line) for line in process.stderr if "zone data" in line), 3))
    process.terminate()
    process.wait(timeout=30)
    process.stderr.close()
    assert [(one.get("site"), one.get("promised"), one.get("now")) for one in told[:2]] == [
        ("calgary", "2036-12-04T17:00", "2036-12-04T18:00"),
        ("vancouver", "2036-12-04T16:00", "2036-12-04T17:00"),
    ]
    assert "agenda publish --shifted" in told[2]["event"]


def test_a_node_with_older_rules_says_the_promised_hour_of_an_event_wherever_it_is_read(here: Path) -> None:
    """Published with today's rules for 18:00 in Vancouver, where the older ones would make it 17:00."""
    configure("2036-12-04", zone="America/Vancouver")
    assert agenda("publish", "--reason", "inicio").exit_code == 0
    old = before(BEFORE_CANADA)
    for lang, at in (("es", "18:00 h"), ("en", "18:00")):
        said = [
            run("answers", "taller", "--lang", lang, **old).stdout,
            agenda("answers", "taller", "--lang", lang).stdout,
        ]
        assert [(at in one, "17:00" in one) for one in said] == [(True, False)] * 2, said
    configure("2036-12-04", zone="America/Vancouver", hour="20:00")
    shown = run("diff", **old).stdout
    assert ("18:00–20:00" in shown, "17:00" in shown) == (True, False), shown
