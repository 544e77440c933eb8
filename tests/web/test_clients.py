"""Calendar programs as people run them, against the running server: vdirsyncer fetches, khal shows, libical reads."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from calendars.model.agenda import Draft
from scheduler.web.app import Site
from tests.support import factories, libical
from tests.support.shipped import shipped_draft
from tests.support.wanted import leave_out
from tests.support.webserver import PUBLISHED, publish, serving, site_of

SITE, ZONE = "nueva-delhi", "Asia/Kolkata"  # on a half hour, and a day ahead of Mexico when the workshop begins
WORKSHOP = "taller-asia-pacifico-2021"
STARTS = datetime(2021, 10, 21, 23, tzinfo=UTC)  # 18:00 TCM in summer
LATER = PUBLISHED + timedelta(days=3)
FORMS = pytest.mark.parametrize("form", ["", "-local"], ids=["utc", "local"])


def program(name: str) -> str:
    """Beside this Python, or a skipped test; a failed one where CI=true promises that it is there."""
    found = Path(sys.executable).with_name(name)
    if not found.exists():
        leave_out(f"{name} (beside this Python; in the dev group of pyproject.toml)")
    return str(found)


async def run(*command: str, **environment: str) -> str:
    """What a program says, on both of its outputs. It knows no proxy and no file of this machine's user."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env={"PATH": os.environ["PATH"], "LANG": "C.UTF-8", "NO_PROXY": "*", **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscriber:
    """One person's vdirsyncer and khal, in a folder of their own."""

    home: Path
    url: str

    @property
    def calendar(self) -> Path:
        return self.home / "calendar"

    async def begin(self) -> None:
        """Tell both programs where things are. vdirsyncer looks at a new pair once before it syncs."""
        self.calendar.mkdir()
        (self.home / "vdirsyncer.conf").write_text(
            f'[general]\nstatus_path = "{self.home / "status"}"\n'
            '[pair office]\na = "here"\nb = "there"\ncollections = null\n'
            f'[storage here]\ntype = "filesystem"\npath = "{self.calendar}"\nfileext = ".ics"\n'
            f'[storage there]\ntype = "http"\nurl = "{self.url}"\n'
        )
        (self.home / "khal.conf").write_text(
            f"[calendars]\n[[office]]\npath = {self.calendar}\nreadonly = True\n"
            f"[sqlite]\npath = {self.home / 'khal.db'}\n"
            f"[locale]\nlocal_timezone = {ZONE}\ndefault_timezone = {ZONE}\ntimeformat = %H:%M\n"
            "dateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
            "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n"
        )
        await self._vdirsyncer("discover")

    async def sync(self) -> str:
        return await self._vdirsyncer("sync")

    async def _vdirsyncer(self, command: str) -> str:
        config = str(self.home / "vdirsyncer.conf")
        return await run(program("vdirsyncer"), "--config", config, command, HOME=str(self.home))

    async def listed(self, first: date, last: date) -> list[str]:
        """What khal shows from the first day to the last, one line an event and day."""
        said = await run(
            program("khal"),
            *("--config", str(self.home / "khal.conf"), "list", "--day-format", ""),
            *("--format", "{start-long-full} - {end-long-full} | {title}"),
            *(str(first), str(last + timedelta(days=1))),  # khal leaves the end out
            HOME=str(self.home),
            XDG_CACHE_HOME=str(self.home),
        )
        return [line for line in said.splitlines() if line.strip()]

    def files(self) -> dict[str, tuple[int, bytes]]:
        """Each synced file: when it was written, and what it holds."""
        return {path.name: (path.stat().st_mtime_ns, path.read_bytes()) for path in self.calendar.glob("*.ics")}

    def read(self) -> list[libical.Entry]:
        """Every synced event as libical reads it, by start."""
        entries = [entry for _, body in self.files().values() for entry in libical.read(body)]
        return sorted(entries, key=lambda entry: str(entry.start))


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, shipped_draft()) as made:
        yield made


async def subscribed(home: Path, client: httpx.AsyncClient, form: str) -> Subscriber:
    """To the office's feed in one of its forms, and synced for the first time."""
    made = Subscriber(home=home, url=str(client.base_url.join(f"/feeds/sites/{SITE}{form}.ics")))
    await made.begin()
    await made.sync()
    return made


def moved(event_id: str, wall: str) -> Draft:
    """The shipped agenda with one workshop at another hour, by Mexico's clock."""
    draft = shipped_draft()
    when = factories.timed(wall)
    events = tuple(replace(event, when=when) if event.id == event_id else event for event in draft.agenda.events)
    return replace(draft, agenda=replace(draft.agenda, events=events))


@FORMS
async def test_a_subscriber_sees_every_event_at_the_local_hour(site: Site, tmp_path: Path, form: str) -> None:
    async with serving(site) as client:
        office = await subscribed(tmp_path, client, form)
        assert await office.listed(date(2021, 10, 21), date(2021, 10, 23)) == [
            "2021-10-22 04:30 - 2021-10-22 06:30 | Taller VMRE, Asia Pacífico"
        ]
        drive = await office.listed(date(2022, 1, 30), date(2022, 2, 10))
        assert len(drive) == 7
        assert all("Jornada" in line and "(por confirmar)" in line for line in drive)


async def test_syncing_again_writes_nothing_also_after_an_edition_that_leaves_the_office_alone(
    site: Site, tmp_path: Path
) -> None:
    async with serving(site) as client:
        office = await subscribed(tmp_path, client, "-local")
        before = office.files()
        assert len(before) == 2
        unchanged = await office.sync()
        site.put(publish(site.database, moved("taller-europa-2021", "2021-10-26 11:00"), at=LATER))
        assert site.number == 2
        for said in (unchanged, await office.sync()):
            assert "Copying" not in said
            assert "Deleting" not in said
        assert office.files() == before


@FORMS
async def test_a_moved_event_takes_the_place_of_the_one_that_was_synced(site: Site, tmp_path: Path, form: str) -> None:
    async with serving(site) as client:
        office = await subscribed(tmp_path, client, form)
        before = office.files()
        site.put(publish(site.database, moved(WORKSHOP, "2021-10-21 20:00"), at=LATER))
        said = await office.sync()
        assert said.count("Copying (uploading)") == said.count("Deleting item") == 1
        after = office.files()
        assert len(after) == 2
        assert len(before.items() & after.items()) == 1  # the drive was left as it lay
        assert await office.listed(date(2021, 10, 21), date(2021, 10, 23)) == [
            "2021-10-22 06:30 - 2021-10-22 08:30 | Taller VMRE, Asia Pacífico"
        ]


@FORMS
async def test_libical_reads_what_vdirsyncer_wrote(site: Site, tmp_path: Path, form: str) -> None:
    """Each event in a file of its own, with the zone that explains it."""
    libical.library()  # first, so that the test is skipped before it begins
    async with serving(site) as client:
        workshop, drive = (await subscribed(tmp_path, client, form)).read()
        assert (workshop.start, workshop.end) == (STARTS, STARTS + timedelta(hours=2))
        assert (drive.start, drive.end) == (date(2022, 2, 1), date(2022, 2, 8))
