"""The wheel carries what it needs: templates, configuration, migrations."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.checkout import ROOT
from tests.web.desk.test_partial import HTMX


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built and unpacked away from the checkout; its dependencies are those of this environment."""
    folder = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(ROOT)]
    subprocess.run([*pip, *build], check=True)
    wheel = next(folder.glob("agenda_consular-*.whl"))
    subprocess.run([*pip, "install", "--no-deps", "--target", str(folder / "site"), str(wheel)], check=True)
    return folder


def run(installed: Path, code: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(installed / "site")}
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=installed, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_no_name_but_the_two_packages_stands_at_the_top(installed: Path) -> None:
    names = {path.name for path in (installed / "site").iterdir()}
    assert {"calendars", "scheduler"} <= names
    assert not names & {"templates", "config", "tests", "bench", "docs"}


@pytest.mark.parametrize(
    ("words", "mails"), [(["--to", "2021-10-14"], 33), pytest.param([], 745, marks=pytest.mark.long, id="whole")]
)
def test_an_installation_away_from_the_checkout_rehearses_what_it_carries(
    installed: Path, tmp_path: Path, words: list[str], mails: int
) -> None:
    outbox = tmp_path / "outbox"
    code = (
        "import sys, scheduler; from scheduler.cli import main; "
        "assert scheduler.__file__.startswith(sys.path[1]), scheduler.__file__; "
        f"sys.argv = ['agenda', 'rehearse', *{words}, '--outbox', '{outbox}', '--json']; main()"
    )
    assert json.loads(run(installed, code))["messages"] == mails
    assert len(list(outbox.glob("*.eml"))) == mails


def test_the_desks_script_stands_in_the_wheel_with_its_licence(installed: Path) -> None:
    """By its digest: the very file that tests/web/desk/test_partial.py looked at."""
    vendor = next((installed / "site").rglob("htmx.min.js")).parent
    assert sha256((vendor / "htmx.min.js").read_bytes()).hexdigest() == HTMX
    assert (vendor / "htmx.LICENSE").read_bytes() == (ROOT / "templates/pages/vendor/htmx.LICENSE").read_bytes()
