"""What lies in deploy/ fits the program: its metrics, commands and variables exist, and its tools accept it."""

from __future__ import annotations

import os
import re
import shutil
import socket
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx
import pytest
import trustme
from ruamel.yaml import YAML

from scheduler.base.settings import VARIABLES
from scheduler.cli import app
from scheduler.planning.delivery import State
from scheduler.reporting.metrics import figures
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.database import Database
from scheduler.web.watch.exposition import REASONS, exposition
from tests.support.checkout import ROOT, document
from tests.support.desk import AGENT, publish, running, shipped_folder
from tests.support.factories import edition
from tests.support.ledger import PUBLISHED, draft, put
from tests.support.wanted import leave_out
from tests.support.webserver import leave_path, serving, site_of

DEPLOY = ROOT / "deploy"
FILES = sorted(path for path in DEPLOY.rglob("*") if path.is_file())
RULES = DEPLOY / "prometheus" / "agenda.rules.yml"
DEBIAN = {"promtool": "prometheus", "nginx": "nginx-light", "systemd-analyze": "systemd"}  # the packages of tools
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


@pytest.fixture
def metrics(tmp_path: Path) -> set[str]:
    """The names of all that /metrics tells, whether there is a value of it at the moment or not."""
    database = Database(f"sqlite:///{tmp_path / 'a.db'}")
    put(database, draft())
    with database.read() as connection:
        text = exposition(figures(connection, edition(), PUBLISHED, adopted=True)).decode()
    database.close()
    return set(re.findall(r"^# TYPE (\w+)", text, re.MULTILINE))


def rules() -> list[dict[str, Any]]:
    groups = YAML(typ="safe").load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def tool(name: str) -> str:
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    if found is None:
        leave_out(f"{name} (Debian: {DEBIAN[name]})")
    return found


def test_alerts_ask_only_for_metrics_that_exist(metrics: set[str]) -> None:
    for rule in rules():
        asked = set(re.findall(r"agenda_\w+", rule["expr"]))
        assert asked <= metrics, rule["alert"]
        assert asked or "up{" in rule["expr"]


def test_alerts_ask_only_for_labels_that_exist() -> None:
    expressions = " ".join(rule["expr"] for rule in rules())
    assert set(re.findall(r'state="(\w+)"', expressions)) <= {state.value for state in State}
    assert set(re.findall(r'reason="(\w+)"', expressions)) == set(REASONS)


def test_every_alert_says_what_is_wrong_how_grave_it_is_and_what_to_do() -> None:
    for rule in rules():
        assert set(rule["annotations"]) == {"summary", "action"}, rule["alert"]
        assert rule["labels"]["severity"] in ("critical", "warning", "info")


def test_operations_lists_the_metrics_that_there_are_and_no_others(metrics: set[str]) -> None:
    assert set(re.findall(r"`(agenda_\w+)", document("operations.md"))) == metrics


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_command_and_variable_that_a_file_names_exists(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    known = {one.name for one in app.registered_commands} | {one.name for one in app.registered_groups}
    commands = set(re.findall(r"(?:bin/|env[^\n]* |[`;\"] ?|then |or |action: \")agenda ([a-z][a-z-]+)", text))
    assert commands <= known
    variables = {found.removesuffix("_FILE") for found in re.findall(r"AGENDA_[A-Z_]+", text)}
    assert variables <= set(VARIABLES)


def test_operations_names_every_file_that_is_there() -> None:
    text = document("operations.md")
    assert [path.name for path in FILES if path.relative_to(ROOT).as_posix() not in text] == []


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_accepts_the_unit(path: Path, tmp_path: Path) -> None:
    unit = tmp_path / path.name
    unit.write_text(path.read_text(encoding="utf-8").replace("/opt/agenda-consular/bin/agenda", "/bin/true"))
    done = subprocess.run(
        [tool("systemd-analyze"), "verify", "--man=no", unit], capture_output=True, text=True, check=False
    )
    assert [line for line in done.stderr.splitlines() if path.stem.rstrip("@") in line] == []


def test_prometheus_accepts_the_rules() -> None:
    done = subprocess.run([tool("promtool"), "check", "rules", RULES], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def nginx(folder: Path, service: int) -> Iterator[httpx.AsyncClient]:
    """The example site before a service on loopback, and a client of it."""
    authority, trusting = trustme.CA(), ssl.create_default_context()
    authority.configure_trust(trusting)
    own = authority.issue_cert("agenda.example", "127.0.0.1")
    own.cert_chain_pems[0].write_to_path(folder / "fullchain.pem")
    own.private_key_pem.write_to_path(folder / "privkey.pem")
    plain, tls = free_port(), free_port()
    site = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    for old, new in (
        ("127.0.0.1:8080", f"127.0.0.1:{service}"),
        ("    listen [::]:80;\n", ""),
        ("    listen [::]:443 ssl;\n", ""),
        ("listen 80;", f"listen 127.0.0.1:{plain};"),
        ("listen 443 ssl;", f"listen 127.0.0.1:{tls} ssl;"),
        ("/etc/ssl/agenda.example", str(folder)),
        ("/var/log/nginx", str(folder)),
    ):
        assert old in site, old
        site = site.replace(old, new)
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};\n" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    whose = "user root;" if os.geteuid() == 0 else ""  # the folder is its owner's alone, and large bodies go there
    (folder / "nginx.conf").write_text(
        f"{whose} daemon off; pid {folder}/pid; error_log {folder}/error.log; events {{}}\n"
        f"http {{ {temporary} {site} }}\n"
    )
    command = [tool("nginx"), "-e", f"{folder}/error.log", "-p", f"{folder}", "-c", f"{folder}/nginx.conf"]
    tried = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    running = subprocess.Popen(command)
    try:
        while not _answers(tls):
            assert running.poll() is None
        yield httpx.AsyncClient(base_url=f"https://127.0.0.1:{tls}", verify=trusting, trust_env=False)
    finally:
        running.terminate()
        running.wait()


def _answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port)).close()
    except ConnectionRefusedError:
        return False
    return True


async def test_behind_the_example_site_pages_and_feeds_are_for_all_and_figures_for_nobody(tmp_path: Path) -> None:
    everybody = (ip_network("0.0.0.0/0"),)
    with site_of(tmp_path, proxies=(ip_network("127.0.0.1"),), watchers=everybody) as site:
        async with serving(site) as direct:
            assert direct.base_url.port is not None
            with nginx(tmp_path, direct.base_url.port) as behind:
                async with behind as client:
                    for path in ("/", "/feeds/sites/tokio.ics", leave_path()):
                        found, own = await client.get(path), await direct.get(path)
                        assert (found.status_code, found.content) == (200, own.content)
                    for path in ("/metrics", "/healthz", "/readyz"):
                        assert (await client.get(path)).status_code == 404
                        assert (await direct.get(path)).status_code == 200
    assert "/leave/" not in logs(tmp_path)


async def test_behind_the_example_site_only_who_is_signed_in_at_the_desk_may_send_much(
    tmp_path: Path, database: Database
) -> None:
    """Four megabytes: taken below /desk/ from whoever is signed in; nobody else's are looked at, there or elsewhere."""
    folder, files = shipped_folder(tmp_path / "config"), tmp_path / "nginx"
    files.mkdir()
    publish(database, folder)
    much = b"x" * (4 * 1024 * 1024)
    async with running(folder, database) as desk, desk.client(DeskRole.EDIT) as own:
        with nginx(files, int(desk.url.rpartition(":")[2])) as behind:
            async with behind as client:
                headers = {"User-Agent": AGENT, "Sec-Fetch-Site": "same-origin"}
                cookie = {"Cookie": f"{desk.cookie}={own.inner.cookies[desk.cookie]}"}
                sent = [
                    (await client.post(path, content=much, headers={**headers, **key})).status_code
                    for path, key in (("/desk/files.zip", cookie), ("/desk/files.zip", {}), ("/subscribe", cookie))
                ]
    assert sent == [403, 401, 413]  # signed in, it comes as far as the question for the form's token


def logs(folder: Path) -> str:
    return "".join(path.read_text(encoding="utf-8") for path in folder.glob("*.log"))
