"""Where mail that came back lies: a Maildir, or an IMAP mailbox (RFC 3501). Read with the standard library."""

from __future__ import annotations

import imaplib
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

QUARANTINE = ".Quarantine"  # beside new/ and cur/ of a Maildir
_SECONDS = 60.0  # that the server may take to answer


class MailboxUnavailable(Exception):
    """There is no such Maildir, or the IMAP server cannot be used; the message says why, without secrets."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Item:
    raw: bytes
    done: Callable[[], None]  # mark it as taken in
    quarantine: Callable[[], None]  # mark it as one that could not be, and keep it


@dataclass(frozen=True, slots=True)
class Maildir:
    """What lies in `new/` goes to `cur/` with the flag S, once it is done; what cannot be read, to a folder beside it.

    A message is renamed, never rewritten: what it holds is of no concern here.
    """

    folder: Path

    @contextmanager
    def opened(self) -> Iterator[Iterator[Item]]:
        missing = [name for name in ("new", "cur", "tmp") if not (self.folder / name).is_dir()]
        if missing:
            raise MailboxUnavailable(f"{self.folder} is no Maildir: it has no folder {missing[0]}/")
        yield self._items()

    def _items(self) -> Iterator[Item]:
        for path in sorted((self.folder / "new").iterdir()):
            yield Item(
                raw=path.read_bytes(),
                done=partial(self._moved, path, self.folder / "cur", "S"),
                quarantine=partial(self._set_aside, path),
            )

    def _set_aside(self, path: Path) -> None:
        """Into a folder that mail programs show, too (Maildir++)."""
        aside = self.folder / QUARANTINE
        for name in ("new", "cur", "tmp"):
            (aside / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        (aside / "maildirfolder").touch()
        self._moved(path, aside / "cur", "F")

    def _moved(self, path: Path, to: Path, flags: str) -> None:
        path.rename(to / f"{path.name.partition(':')[0]}:2,{flags}")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapPlace:
    host: str
    port: int
    user: str
    folder: str = "INBOX"
    encrypted: bool = True
    by_token: bool = False


def parse_imap_url(url: str) -> ImapPlace:
    """`imaps://user@host/INBOX`, with `?auth=xoauth2` for a token; `imap://` to this machine only.

    Raises ValueError with the way out.
    """
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise ValueError("write imaps://user@host/INBOX")
    if parts.password is not None:
        raise ValueError("the URL carries a password: take it out, and put it into AGENDA_IMAP_PASSWORD")
    if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise ValueError("imap:// sends the password unencrypted; use imaps://")
    if options.keys() - {"auth"} or options.get("auth", "xoauth2") != "xoauth2":
        raise ValueError("the only option is auth=xoauth2")
    return ImapPlace(
        host=parts.hostname,
        port=parts.port or (993 if parts.scheme == "imaps" else 143),
        user=unquote(parts.username),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        encrypted=parts.scheme == "imaps",
        by_token="auth" in options,
    )


@dataclass(frozen=True, slots=True)
class Imap:
    """What is unseen is marked as seen, once it is done."""

    place: ImapPlace
    secret: str = field(repr=False)  # password or access token

    @contextmanager
    def opened(self) -> Iterator[Iterator[Item]]:
        try:
            server = self._connected()
            try:
                self._log_in(server)
                status, found = server.select(f'"{self.place.folder}"')
                if status != "OK":
                    raise MailboxUnavailable(f"{self.place.host} has no folder {self.place.folder}: {_said(found)}")
                yield self._items(server)
            finally:
                server.logout()
        except (imaplib.IMAP4.error, OSError) as error:
            raise MailboxUnavailable(f"{self.place.host}:{self.place.port}: {error}") from None

    def _connected(self) -> imaplib.IMAP4:
        if not self.place.encrypted:
            return imaplib.IMAP4(self.place.host, self.place.port, timeout=_SECONDS)
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(self.place.host, self.place.port, ssl_context=context, timeout=_SECONDS)

    def _log_in(self, server: imaplib.IMAP4) -> None:
        if self.place.by_token:
            response = f"user={self.place.user}\x01auth=Bearer {self.secret}\x01\x01".encode()
            server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else response)
        else:
            server.login(self.place.user, self.secret)

    def _items(self, server: imaplib.IMAP4) -> Iterator[Item]:
        _, found = server.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split():
            number = uid.decode("ascii")
            _, parts = server.uid("FETCH", number, "(BODY.PEEK[])")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:
                yield Item(
                    raw=raw,
                    done=partial(self._flagged, server, number, r"(\Seen)"),
                    quarantine=partial(self._flagged, server, number, r"(\Seen \Flagged)"),
                )

    def _flagged(self, server: imaplib.IMAP4, number: str, flags: str) -> None:
        server.uid("STORE", number, "+FLAGS", flags)


def _said(found: list[bytes | None]) -> str:
    return (found[0] or b"").decode("utf-8", "replace") if found else ""
