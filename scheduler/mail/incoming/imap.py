"""An IMAP mailbox (RFC 3501) that mail came back to, and that people read, too. By the standard library.

What was taken in bears a keyword of our own, for whether somebody has seen it says nothing: a report that a person
opened first is still taken, and what is for people stays unseen. A server that keeps no keywords (Exchange Online) is
read by the last UID.
"""

from __future__ import annotations

import imaplib
import re
import ssl
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from urllib.parse import parse_qsl, unquote, urlsplit

from calendars.catalogue import Phrase
from scheduler.base.refusal import UsageRefusal
from scheduler.mail.incoming.bounds import LARGEST
from scheduler.mail.incoming.mailboxes import Item, MailboxUnavailable

TAKEN, ASIDE = "AgendaTaken", "AgendaQuarantined"  # keywords
URL_FORM = Phrase("--imap: write imaps://user@host/INBOX")
URL_PASSWORD = Phrase("--imap: the URL carries a password: take it out, and put it into AGENDA_IMAP_PASSWORD")
URL_PLAIN = Phrase("--imap: imap:// sends the password unencrypted; use imaps://")
URL_OPTION = Phrase("--imap: the only option is auth=xoauth2")
_SECONDS = 60.0  # that the server may take to answer
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_FOREIGN = re.compile(r"[^\x20-\x7e]+")


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapPlace:
    host: str
    port: int
    user: str
    folder: str = "INBOX"
    encrypted: bool = True
    by_token: bool = False

    @property
    def name(self) -> str:
        return f"{self.user}@{self.host}:{self.port}/{self.folder}"


def parse_imap_url(url: str) -> ImapPlace:
    """`imaps://user@host/INBOX`, with `?auth=xoauth2` for a token; `imap://` to this machine only.

    Raises UsageRefusal with the way out.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise UsageRefusal(URL_FORM) from None  # urllib's own message may quote a password
    options = dict(parse_qsl(parts.query))
    if parts.scheme not in ("imaps", "imap") or not parts.hostname or not parts.username:
        raise UsageRefusal(URL_FORM)
    if parts.password is not None:
        raise UsageRefusal(URL_PASSWORD)
    if parts.scheme == "imap" and parts.hostname not in ("127.0.0.1", "::1", "localhost"):
        raise UsageRefusal(URL_PLAIN)
    if options.keys() - {"auth"} or options.get("auth", "xoauth2") != "xoauth2":
        raise UsageRefusal(URL_OPTION)
    return ImapPlace(
        host=parts.hostname,
        port=port or (993 if parts.scheme == "imaps" else 143),
        user=unquote(parts.username),
        folder=unquote(parts.path.lstrip("/")) or "INBOX",
        encrypted=parts.scheme == "imaps",
        by_token="auth" in options,
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class ImapProgress:
    """How far a mailbox was read whose server keeps no keywords."""

    known: str  # "UIDVALIDITY UID"; "" where it was never read
    keep: Callable[[str], None]

    def after(self, validity: str) -> int | None:
        """The last UID; None where there is none, or UIDs were given anew since (RFC 3501 §2.3.1.1)."""
        known, _, last = self.known.partition(" ")
        return int(last) if known == validity and last.isdecimal() else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Imap:
    """`since`: what people have seen before that day is left alone. `again`: what was set aside before."""

    place: ImapPlace
    secret: str = field(repr=False)  # password or access token
    since: date
    progress: ImapProgress
    again: bool = False

    @contextmanager
    def opened(self) -> Iterator[Iterator[Item]]:
        try:
            server = self._connected()
            try:
                self._log_in(server)
                status, found = server.select(quoted(self.place.folder))
                if status != "OK":
                    raise MailboxUnavailable(f"{self.place.host} has no folder {self.place.folder}: {_said(found)}")
                yield _Opened(self, server, _keeps_keywords(server), _said(server.response("UIDVALIDITY")[1])).items()
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
        user, secret = self.place.user, self.secret
        if self.place.by_token:
            response = f"user={user}\x01auth=Bearer {secret}\x01\x01".encode()
            server.authenticate("XOAUTH2", lambda challenge: b"" if challenge else response)
        elif (user + secret).isascii():
            server.login(user, secret)
        else:  # LOGIN carries ASCII only (RFC 3501 §6.2.3); this UTF-8 (RFC 4616)
            server.authenticate("PLAIN", lambda _: f"\0{user}\0{secret}".encode())


@dataclass(frozen=True, slots=True)
class _Opened:
    mailbox: Imap
    server: imaplib.IMAP4
    marked: bool  # the server keeps keywords
    validity: str  # of its UIDs

    def items(self) -> Iterator[Item]:
        for uid in self._found():
            _, parts = self.server.uid("FETCH", str(uid), f"(BODY.PEEK[]<0.{LARGEST}>)")
            raw = next((part[1] for part in parts if isinstance(part, tuple)), None)
            if raw is not None:  # else somebody else has removed it
                yield Item(raw=raw, done=partial(self._done, uid), quarantine=partial(self._set_aside, uid))

    def _found(self) -> list[int]:
        """UIDs, in the order of arrival."""
        since, again = self.mailbox.since, self.mailbox.again
        last = None if self.marked or again else self.mailbox.progress.after(self.validity)
        recent = f"OR UNSEEN SINCE {since.day}-{_MONTHS[since.month - 1]}-{since.year}"
        if again:
            wanted = f"KEYWORD {ASIDE}" if self.marked else "FLAGGED"
        elif self.marked:
            wanted = f"UNKEYWORD {TAKEN} {recent}"
        else:
            wanted = recent if last is None else f"UID {last + 1}:*"  # which gives the last one, too
        status, found = self.server.uid("SEARCH", f"UNDELETED {wanted}")
        if status != "OK":
            raise MailboxUnavailable(f"the IMAP server does not search {self.mailbox.place.folder}: {_said(found)}")
        uids = sorted(int(uid) for uid in (found[0] or b"").split())
        return [uid for uid in uids if last is None or uid > last]

    def _done(self, uid: int, for_people: bool) -> None:
        if self.mailbox.again:
            self._store(uid, "-FLAGS", self._aside)
        self._keep(uid, () if for_people else (r"\Seen",))

    def _set_aside(self, uid: int) -> None:
        self._keep(uid, self._aside)

    @property
    def _aside(self) -> tuple[str, ...]:
        return (r"\Flagged", ASIDE) if self.marked else (r"\Flagged",)

    def _keep(self, uid: int, flags: tuple[str, ...]) -> None:
        self._store(uid, "+FLAGS", (TAKEN, *flags) if self.marked else flags)
        if not self.marked and not self.mailbox.again:
            self.mailbox.progress.keep(f"{self.validity} {uid}")

    def _store(self, uid: int, how: str, flags: tuple[str, ...]) -> None:
        if not flags:
            return
        status, found = self.server.uid("STORE", str(uid), how, f"({' '.join(flags)})")
        if status != "OK":
            raise MailboxUnavailable(f"the IMAP server does not mark a message: {_said(found)}")


def _keeps_keywords(server: imaplib.IMAP4) -> bool:
    """Whether it takes new ones, or knows ours already (RFC 3501 §7.1, PERMANENTFLAGS)."""
    kept = {flag.casefold() for flag in _said(server.response("PERMANENTFLAGS")[1]).strip("()").split()}
    return r"\*" in kept or {TAKEN.casefold(), ASIDE.casefold()} <= kept


def quoted(folder: str) -> str:
    r"""A folder's name as it stands in a command: modified UTF-7 (RFC 3501 §5.1.3), quoted."""
    plain = _FOREIGN.sub(lambda found: f"\0{_base64(found[0])}-", folder.replace("&", "&-")).replace("\0", "&")
    return '"' + plain.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _base64(text: str) -> str:
    return b64encode(text.encode("utf-16-be")).decode("ascii").rstrip("=").replace("/", ",")


def _said(found: list[bytes | None]) -> str:
    return (found[0] or b"").decode("utf-8", "replace") if found else ""
