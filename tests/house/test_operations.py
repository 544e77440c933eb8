"""The commands of docs/operations.md, as they stand there, on a machine of their own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator

import pytest

from tests.support.checkout import document
from tests.support.scratch_root import NoScratchRoot, ScratchRoot, scratch_root
from tests.support.wanted import leave_out

EXITS = {  # everything else of the page has to end with 0
    "doctor": 3,  # no mail server answers there
    "deliveries show 4711": 1,  # the page's example, which no ledger has; so are the next ones
    "suppressions lift tokio-consular": 1,
    "suppressions --accept tokio-consular": 1,
    "token --revoke 3f9ac01b7e": 1,
    "handover tokio-consular --to nueva@sedes.example --reason relevo": 1,  # asks, and nobody is there to type
}
CONFIG = "/srv/agenda-consular/config"
ENVIRONMENT = "/etc/agenda-consular/environment"
ANSWERS = "curl --silent --fail --retry 60 --retry-all-errors --retry-delay 1 http://127.0.0.1:8080/readyz"
MORE = (
    "What waits for a decision",
    "Time zones",
    "What cannot be read",
    "When somebody else takes over",
    "Staff feeds",
    "The report",
    "Staging",
)
EVERY_DAY = ("Stop everything", "Who may use the desk", *MORE, "Backup", "Restore")


def blocks(section: str) -> list[str]:
    """What a section of the page has a shell do, block by block; those of sections within it are their own."""
    page = document("operations.md")
    found = re.search(rf"^##+ {section}$(.*?)(?=^##+ |\Z)", page, re.MULTILINE | re.DOTALL)
    assert found is not None, section
    return re.findall(r"^```sh\n(.*?)^```$", found[1], re.MULTILINE | re.DOTALL)


def needs(*programs: str, package: str) -> None:
    for name in programs:
        if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None:
            leave_out(f"{name} (Debian: {package})")


def install(machine: ScratchRoot) -> None:
    """All but the wheel, for the index is out of reach there: tests/house/test_wheel.py builds and installs it."""
    [commands] = blocks("Install")
    kept = [line for line in commands.splitlines() if not re.match(r"make wheel|\S+/pip install", line)]
    assert len(kept) == len(commands.splitlines()) - 3
    machine.run("\n".join(kept))
    machine.lay_out("/opt/agenda-consular")


@pytest.fixture(scope="module")
def machine() -> Iterator[ScratchRoot]:
    """One with the program installed as the page says, and running."""
    needs("systemd-analyze", package="systemd")
    needs("curl", package="curl")
    needs("ip", package="iproute2")
    try:
        with scratch_root(EXITS) as made:
            install(made)
            set_up(made)
            yield made
    except NoScratchRoot as error:
        leave_out(str(error))


def set_up(machine: ScratchRoot) -> None:
    """The environment as the page lays it down, edited for a machine without the world around it."""
    [commands] = blocks("Run it")
    environment, secret, *rest = commands.splitlines()
    machine.run(environment)
    elsewhere = "s#^AGENDA_BASE_URL=.*#AGENDA_BASE_URL=http://127.0.0.1:8080#; s#@smtp.office365.com:#@127.0.0.1:#"
    machine.run(f"sed -i '{elsewhere}' {ENVIRONMENT}")
    machine.run(secret, "una contraseña\n")
    machine.run("\n".join(rest))
    machine.run(ANSWERS)


def modes(machine: ScratchRoot, *paths: str) -> set[str]:
    return set(machine.run(f"stat -c '%a %U %G' {' '.join(paths)}").splitlines())


def test_an_installation_made_by_the_page_runs_and_keeps_its_secrets(machine: ScratchRoot) -> None:
    """Nobody but the service reads addresses, links and passwords; by hand one sees what the service sees."""
    password, database = "/etc/agenda-consular/smtp-password", "/var/lib/agenda-consular/agenda.db"
    assert modes(machine, CONFIG) == {"2770 root agenda-editors"}
    assert modes(machine, f"{CONFIG}/*") == {"660 root agenda-editors"}
    assert modes(machine, ENVIRONMENT) == {"640 root agenda"}
    assert modes(machine, password, f"{database}*") == {"600 agenda agenda"}
    for secret in (f"{CONFIG}/recipients.csv", password, database, ENVIRONMENT):
        assert "Permission denied" in machine.run(f"! runuser -u nobody -- cat {secret}")
    assert "edición 1" in machine.run("agenda status")


def test_by_hand_a_command_is_told_of_a_folder_a_variable_and_who_calls_it(machine: ScratchRoot) -> None:
    """The environment as the unit has it, but for what was set before."""
    machine.run(f"sed -i 's/Taller VMRE, Asia/Taller VMRE: Asia/' {CONFIG}/agenda.yaml")
    said = machine.run("SUDO_USER=mrodriguez AGENDA_LANG=en agenda publish --reason prueba --yes; agenda editions")
    assert "edition 2" in said.lower()
    assert "mrodriguez" in said


def test_whoever_is_neither_root_nor_the_service_is_told_how(machine: ScratchRoot) -> None:
    said = machine.run("runuser -u nobody -- agenda status || echo $?")
    assert "sudo agenda status" in said
    assert said.endswith("3\n")


def test_an_editor_saves_from_windows_and_nobody_else_gets_in(machine: ScratchRoot) -> None:
    """Over a real share: what is saved is the group's to edit and the service's to read, also as a new file."""
    needs("smbd", "smbpasswd", "testparm", package="samba")
    needs("smbclient", package="smbclient")
    [commands] = blocks("Who edits, and from where")
    machine.run(commands, "clave\nclave\n")
    machine.run(f"cp {CONFIG}/agenda.yaml /tmp/edited.yaml; echo '# guardado' >> /tmp/edited.yaml")
    as_editor = "smbclient --user mrodriguez%clave --client-protection=encrypt //127.0.0.1/agenda -c"
    machine.run(
        f"{as_editor} 'put /tmp/edited.yaml nuevo.tmp; del agenda.yaml; rename nuevo.tmp agenda.yaml; mkdir viejos'"
    )
    assert modes(machine, f"{CONFIG}/agenda.yaml") == {"660 mrodriguez agenda-editors"}
    assert modes(machine, f"{CONFIG}/viejos") == {"2770 mrodriguez agenda-editors"}
    machine.run("agenda check")
    machine.run("useradd otra; printf 'clave\nclave\n' | smbpasswd -a otra")
    assert "ACCESS_DENIED" in machine.run("! smbclient --user otra%clave //127.0.0.1/agenda -c ls")


@pytest.mark.parametrize(
    "section", [pytest.param(one, marks=pytest.mark.long) if one in MORE else one for one in EVERY_DAY]
)
def test_what_the_page_says_of_every_day_runs(machine: ScratchRoot, section: str) -> None:
    for commands in blocks(section):
        machine.run(commands)
    assert modes(machine, "/var/lib/agenda-consular/agenda.db*") == {"600 agenda agenda"}


def test_postgresql_made_by_the_page_serves_two_halves(machine: ScratchRoot) -> None:
    """Debian's server as it comes: the role owns its database, and logs in with its password over TCP."""
    needs("pg_createcluster", "createuser", package="postgresql")
    role, secrets, first, units, moving = blocks("Several machines")
    machine.run("systemctl stop agenda-consular; echo '127.0.0.1 db.example' >> /etc/hosts")
    machine.run(
        "install -d -o postgres -g postgres /run/postgresql; version=$(ls /usr/lib/postgresql | tail -1)\n"
        "pg_createcluster --port 5432 --start $version agenda"
    )
    machine.run(role, "clave\nclave\n")
    machine.run(secrets, "db.example:5432:agenda:agenda:clave\n")
    last = "AGENDA_DATABASE_URL|PGPASSFILE|AGENDA_SECRET_KEY_FILE"
    machine.run(f"sed -i -E '/^AGENDA_DATABASE_URL/d; s/^# ({last})/\\1/' {ENVIRONMENT}")
    machine.run(first)
    machine.run(units)
    machine.run(ANSWERS)
    assert modes(machine, "/etc/agenda-consular/*") - {"640 root agenda"} == {"600 agenda agenda"}
    machine.run("systemctl stop agenda-web; systemctl stop agenda-worker@1")
    machine.run("runuser -u postgres -- dropdb agenda")
    machine.run(role.splitlines()[1])
    machine.run("systemctl start agenda-consular")
    assert "copiadas a postgresql" in machine.run(moving)


def test_no_command_of_the_page_is_left_out() -> None:
    run = {"Install", "Run it", "Who edits, and from where", "Several machines", *EVERY_DAY}
    assert sum(len(blocks(section)) for section in run) == document("operations.md").count("\n```sh\n")
