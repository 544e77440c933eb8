"""Who serves a calendar beside us: `agenda serve` itself, nginx with the exported file, Radicale with the same events.

Each runs on one core and is ended by its own process id.
"""

from __future__ import annotations

import base64
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.measure import AGENDA, ROOT
from bench.postfix import free_port, wait_for

SERVER_CORE, CLIENT_CORE = 0, 1
SITE = "tokio"
RADICALE_USER = "Basic " + base64.b64encode(b"bench:bench").decode()
FEED = f"/feeds/sites/{SITE}.ics"
_PATH = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
_INSTALL_SECONDS, _END_SECONDS = 180, 30
_NGINX = """
{user} worker_processes 1; daemon off; pid {folder}/nginx.pid; error_log stderr crit;
events {{ worker_connections 4096; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000; keepalive_timeout 65; server_tokens off;
  types {{ text/calendar ics; }} charset utf-8; charset_types text/calendar;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=2048; root {folder}; add_header Cache-Control "public, no-cache"; }}
}}
"""


def on_core(core: int, command: Sequence[str | Path]) -> Sequence[str | Path]:
    return ("taskset", "--cpu-list", str(core), *command)


def found(program: str) -> str | None:
    return shutil.which(program, path=_PATH)


def fetched(url: str) -> tuple[bytes, str]:
    """Body and entity tag of what stands at the address."""
    request = urllib.request.Request(url, headers={"Authorization": RADICALE_USER})
    with urllib.request.urlopen(request, timeout=_END_SECONDS) as answer:
        return answer.read(), answer.headers["ETag"]


_ALONE = {"AGENDA_TRUSTED_PROXIES": "127.0.0.1"}  # all that is asked here comes from one address


@contextmanager
def agenda_serving(folder: Path, **environment: str) -> Iterator[str]:
    """`agenda serve` with its files in `folder`; gives its address."""
    port = free_port()
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AGENDA_")}
    command = (*AGENDA, "serve", "--config", str(ROOT / "config"), "--port", str(port))
    with _running(command, folder, port, {**kept, "PYTHONPATH": str(ROOT), **_ALONE, **environment}):
        yield f"http://127.0.0.1:{port}"


@contextmanager
def nginx_serving(folder: Path, body: bytes) -> Iterator[str]:
    """One worker of nginx with the feed as a file, without a log; gives its address."""
    program, port = found("nginx"), free_port()
    assert program is not None
    file = folder / FEED.removeprefix("/")
    file.parent.mkdir(parents=True)
    file.write_bytes(body)
    user = "user root;" if os.geteuid() == 0 else ""
    (folder / "nginx.conf").write_text(_NGINX.format(folder=folder, port=port, user=user), encoding="ascii")
    with _running((program, "-p", str(folder), "-c", "nginx.conf", "-e", "stderr"), folder, port):
        yield f"http://127.0.0.1:{port}{FEED}"


@contextmanager
def radicale_serving(folder: Path, body: bytes) -> Iterator[str]:
    """Radicale, which believes any user and logs nothing, with the feed's events as a collection; gives its address."""
    python, port = _radicale(folder), free_port()
    command = (
        python, "-m", "radicale", "--config", "", "--hosts", f"127.0.0.1:{port}", "--auth-type", "none",
        "--logging-level", "error", "--web-type", "none", "--server-max-connections", "100",
        "--storage-filesystem-folder", folder / "collections",
    )  # fmt: skip
    with _running(command, folder, port):
        home = f"http://127.0.0.1:{port}/bench/"
        _told(home, "PROPFIND", b"")  # makes the home of a user who was never there
        _told(f"{home}{SITE}/", "PUT", body)
        yield f"{home}{SITE}/"


def _told(url: str, method: str, body: bytes) -> None:
    headers = {"Authorization": RADICALE_USER, "Content-Type": "text/calendar"}
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    urllib.request.urlopen(request, timeout=_END_SECONDS).close()


def _radicale(folder: Path) -> str:
    venv = folder / "venv"
    subprocess.run((sys.executable, "-m", "venv", venv), check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    pip = (venv / "bin" / "pip", "install", "--quiet", "--disable-pip-version-check", "radicale")
    subprocess.run(pip, check=True, capture_output=True, timeout=_INSTALL_SECONDS)
    return str(venv / "bin" / "python")


@contextmanager
def _running(
    command: Sequence[str | Path], folder: Path, port: int, environment: Mapping[str, str] | None = None
) -> Iterator[None]:
    """The command on the servers' core while the block runs, once it listens on the port."""
    pinned = on_core(SERVER_CORE, command)
    with subprocess.Popen(pinned, cwd=folder, env=environment, stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(port)
            yield
        finally:
            server.terminate()
            server.wait(timeout=_END_SECONDS)
