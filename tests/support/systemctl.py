#!/usr/bin/env python3
"""`systemctl` where no systemd runs: starts and stops a service by what its unit says of user, folder and variables."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

UNITS = Path("/etc/systemd/system")
# Of packages, whose units are not ours to read. They tell when they are ready (sd_notify(3)), and are waited for.
DEBIAN = {"smbd": ["/usr/sbin/smbd", "--foreground", "--no-process-group"]}
PATIENCE = 60  # seconds that they may take


def read(unit: str, instance: str) -> dict[str, list[str]]:
    """The lines of its [Service] section."""
    found = defaultdict[str, list[str]](list)
    for line in (UNITS / f"{unit}.service").read_text(encoding="utf-8").splitlines():
        key, sign, value = line.partition("=")
        if sign and not line.startswith("#"):
            found[key].append(value.replace("%i", instance))
    return found


def start(name: str) -> None:
    if name in DEBIAN:
        start_and_wait(name)
        return
    unit, at, instance = name.partition("@")
    said = read(unit + at, instance)
    user, state = said["User"][0], Path("/var/lib") / said["StateDirectory"][0]
    state.mkdir(exist_ok=True)
    state.chmod(int(said["StateDirectoryMode"][0], 8))
    shutil.chown(state, user, user)
    lines = Path(said["EnvironmentFile"][0]).read_text(encoding="utf-8").splitlines()
    variables = [line for line in (*said["Environment"], *lines) if "=" in line and not line.startswith("#")]
    command = ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups", *shlex.split(said["ExecStart"][0])]
    with Path(f"/var/log/{name}").open("wb") as log:
        begun = subprocess.Popen(
            command,
            cwd=said["WorkingDirectory"][0],
            env={"PATH": "/usr/bin:/bin", **dict(line.split("=", 1) for line in variables)},
            umask=int(said["UMask"][0], 8),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=log,
            start_new_session=True,
        )
    Path(f"/run/{name}.pid").write_text(str(begun.pid), encoding="ascii")


def start_and_wait(name: str) -> None:
    """As systemd does with a unit of `Type=notify`: it is started once it says so, not once it runs."""
    quiet = subprocess.DEVNULL  # or whoever waits for the end of what it says waits for ever
    address = f"/run/{name}.notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as told:
        told.bind(address)
        told.settimeout(PATIENCE)
        variables = {**os.environ, "NOTIFY_SOCKET": address}
        subprocess.Popen(DEBIAN[name], env=variables, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
        while b"READY=1" not in told.recv(4096).split(b"\n"):
            pass
    Path(address).unlink()


def stop(name: str) -> None:
    process = int(Path(f"/run/{name}.pid").read_text(encoding="ascii"))
    os.kill(process, signal.SIGTERM)
    subprocess.run(["tail", f"--pid={process}", "-f", "/dev/null"], check=True)


def main() -> None:
    words = [word for word in sys.argv[1:] if not word.startswith("--")]
    match words:
        case ["daemon-reload"]:
            for unit in UNITS.glob("agenda-*.service"):
                subprocess.run(["systemd-analyze", "verify", "--man=no", unit], check=True)
        case ["enable" | "start" | "restart", name]:
            start(name)
        case ["stop", name]:
            stop(name)
        case _:
            sys.exit(f"systemctl {' '.join(words)}: not played here")


main()
