"""A real IMAP server of Debian's package on a loopback port, with one mailbox in a Maildir."""

from __future__ import annotations

import imaplib
import mailbox
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.watching import between_looks

PASSWORD = "s3cret"
_NOBODY = 65534
_CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
first_valid_uid = {uid}
mail_location = maildir:{folder}/Maildir
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={uid} home={folder}
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
"""


class NoDovecot(Exception):
    """Dovecot's IMAP server cannot be run here (Debian: dovecot-imapd, as root)"""


@dataclass(frozen=True, kw_only=True)
class ImapServer:
    folder: Path
    port: int
    password: str = PASSWORD

    @property
    def url(self) -> str:
        return f"imap://agenda@127.0.0.1:{self.port}/INBOX"

    @contextmanager
    def opened(self) -> Iterator[imaplib.IMAP4]:
        """As a mail program of somebody's, with the mailbox selected."""
        program = imaplib.IMAP4("127.0.0.1", self.port)
        try:
            program.authenticate("PLAIN", lambda _: f"\0agenda\0{self.password}".encode())
            program.select("INBOX")
            yield program
        finally:
            program.logout()

    def found(self, *wanted: str) -> int:
        """How many messages a mail program finds that looks so."""
        with self.opened() as program:
            return len(program.search(None, *wanted)[1][0].split())

    def flags(self) -> list[str]:
        """Of each message, in the order of arrival."""
        return [message.get_flags() for message in mailbox.Maildir(self.folder / "Maildir", create=False)]


@contextmanager
def imap_server(messages: Sequence[bytes], password: str = PASSWORD, folder_name: str = "") -> Iterator[ImapServer]:
    """While the block runs, with these messages unseen in INBOX, or in that Maildir++ folder. Raises NoDovecot."""
    program = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if program is None or os.geteuid() != 0:
        raise NoDovecot(NoDovecot.__doc__)
    folder = Path(tempfile.mkdtemp(prefix="agenda-imap-"))
    folder.chmod(0o755)  # because the mailbox's user has to get through
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = {"folder": folder, "port": port, "uid": _NOBODY, "password": password}
    (folder / "dovecot.conf").write_text(_CONFIGURATION.format(**settings))
    box = mailbox.Maildir(folder / "Maildir")
    for raw in messages:
        (box.add_folder(folder_name) if folder_name else box).add(raw)
    for path in [folder / "Maildir", *(folder / "Maildir").rglob("*")]:
        os.chown(path, _NOBODY, _NOBODY)
    server = subprocess.Popen([program, "-F", "-c", str(folder / "dovecot.conf")], stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, server)
        yield ImapServer(folder=folder, port=port, password=password)
    finally:
        server.terminate()
        server.wait()
        shutil.rmtree(folder, ignore_errors=True)


def _wait_for(port: int, server: subprocess.Popen[bytes]) -> None:
    while server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except ConnectionRefusedError:
            between_looks()
        else:
            return
    raise NoDovecot("dovecot does not start")
