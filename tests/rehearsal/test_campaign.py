"""The eventful campaign of tests/campaign.yaml, played through the command line and judged for all 149 sites."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from calendars.editions import first_stamp
from scheduler.drafts.files import Configuration
from scheduler.rehearsal.script import opening_channels, read_script, stages
from tests.judge.reader import Choice, judge_mails
from tests.judge.subscriber import judge_feeds
from tests.judge.truth import Truth
from tests.judge.words import Said, read_outbox
from tests.support import older_zones
from tests.support.checkout import CONFIG, ROOT
from tests.support.playing import INSTALLED, chosen, digest, truth
from tests.support.shipped import shipped_draft

pytestmark = [pytest.mark.pole, pytest.mark.long]  # all sites, for a year and a half
SCRIPT = ROOT / "tests" / "campaign.yaml"
OVER = datetime(2023, 4, 22, tzinfo=UTC)
ASIA, EUROPE = "taller-asia-pacifico-2021", "taller-europa-2021"


@dataclass(frozen=True, kw_only=True, slots=True)
class Campaign:
    truths: tuple[Truth, ...]
    choices: tuple[Choice, ...]
    mails: list[Said]
    feeds: list[Path]
    told: dict[str, object]  # what `agenda rehearse --json` printed


@pytest.fixture(scope="module")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Campaign:
    older_zones.zone_files(older_zones.BEFORE_MEXICO)
    folder = tmp_path_factory.mktemp("campaign")
    wanted = ["--script", str(SCRIPT), "--outbox", str(folder / "outbox"), "--feeds", str(folder / "feeds"), "--json"]
    command = [sys.executable, "-c", "from scheduler.cli import main; main()", "rehearse", *wanted]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    truths, choices = meant()
    return Campaign(
        truths=truths,
        choices=choices,
        mails=read_outbox(folder / "outbox"),
        feeds=[folder / "feeds" / str(number) for number in range(1, len(truths) + 1)],
        told=json.loads(done.stdout),
    )


def meant() -> tuple[tuple[Truth, ...], tuple[Choice, ...]]:
    """The editions, and the choices of posts, as the script means them."""
    files, opening = Configuration(folder=CONFIG), shipped_draft()
    script = read_script(SCRIPT, opening.agenda.zone)
    zones = script.zone_data.folder or INSTALLED
    begins, before = first_stamp(opening.agenda), opening
    found, choices = [truth(opening, begins, zones=zones)], chosen(begins, opening_channels(script, opening), opening)
    for step in stages(script, files.contents(), opening):
        if step.zone_data is not None:
            zones = step.zone_data.folder or INSTALLED
        if step.zone_data is not None or digest(step.draft) != digest(before):
            found.append(truth(step.draft, step.at, silent=step.silent, zones=zones))
        choices += chosen(step.at, step.channels, step.draft)
        before = step.draft
    return tuple(found), tuple(choices)


def test_every_person_knows_what_the_agenda_says_and_nothing_else(campaign: Campaign) -> None:
    assert judge_mails(campaign.truths, campaign.mails, OVER, campaign.choices) == []
    assert {said.to for said in campaign.mails} == {post.address for post in campaign.truths[-1].posts}
    assert len(campaign.truths[-1].sites) == 149


def test_every_version_of_every_calendar_says_what_the_agenda_says(campaign: Campaign) -> None:
    assert list(judge_feeds(campaign.truths, campaign.feeds, OVER)) == []


def test_news_go_to_those_concerned_by_each_edition_and_a_correction_in_time_to_nobody(campaign: Campaign) -> None:
    editions = campaign.told["editions"]
    assert isinstance(editions, list)
    assert {edition["number"]: edition["notices"] for edition in editions if edition["notices"]} == {
        2: 57,  # a link for North America
        6: 2,  # Tel Aviv has another workshop
        7: 31,  # Europe's workshop moved: 30 sites and Tel Aviv
        8: 29,  # Latin America's is cancelled
        9: 57,  # another link
        10: 149,  # the drive is confirmed
        11: 32,  # a new workshop
        12: 31,  # other rules: in Palestine they changed along with Mexico's, and its clocks show the same
    }
    news = Counter(said.title for said in campaign.mails if said.notice)
    assert sum(news.values()) == sum(edition["notices"] for edition in editions)
    assert news["Taller VMRE, Asia Pacífico"] == 0
    assert [edition["number"] for edition in editions if edition["silent"]] == [3]


def test_what_zone_rules_shift_is_told_with_the_hour_that_holds(campaign: Campaign) -> None:
    mail = [said for said in campaign.mails if said.to == "tokio@sedes.example" and said.sent.year > 2021]
    hours = [said.fact.when.here for said in mail if said.fact and said.title == "Taller de seguimiento"]  # type: ignore[union-attr]  # because a workshop has an hour
    assert hours == [datetime(2023, 4, 20, 8)] + [datetime(2023, 4, 20, 9)] * 4


def test_an_invitation_follows_the_rules_also_where_clocks_show_the_same_and_nothing_is_told(
    campaign: Campaign,
) -> None:
    [said] = [said for said in campaign.mails if said.to == "ramala@sedes.example" and said.invites]
    assert (said.title, f"{said.sent:%Y-%m-%d %H:%M}") == ("Taller de seguimiento", "2022-11-02 15:00")
    assert [part.method for part in said.parts] == ["REQUEST"]
