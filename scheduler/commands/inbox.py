"""`agenda inbox`: what came back, from a mail server's pipe, a Maildir or an IMAP mailbox."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import DBAPIError

from scheduler.base import loop
from scheduler.base.clock import Clock, SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.settings import Settings, SettingsError
from scheduler.commands.common import ENVIRONMENT, USAGE, Failure, LangOption, err, print_json, told
from scheduler.installation import existing_database, tokens_of
from scheduler.mail.incoming.bounds import Unreadable
from scheduler.mail.incoming.mailboxes import Imap, MailboxUnavailable, Maildir, parse_imap_url
from scheduler.mail.incoming.reading import LARGEST
from scheduler.mail.relay.oauth import access_tokens
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.store import controls
from scheduler.store.database import Database, DatabaseUnavailable, will_pass

_log = structlog.get_logger(__name__)
TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message and tries again


def inbox(
    maildir: Annotated[
        Path | None, typer.Option("--maildir", help="Take what is new in this Maildir.", metavar="DIR")
    ] = None,
    imap: Annotated[
        str | None, typer.Option("--imap", help="Take what is unseen: imaps://user@host/INBOX.", metavar="URL")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    lang: LangOption = None,
) -> None:
    """Take in what came back: bounces and answers count, automatic replies are ignored, nothing is ever answered.

    Without an option, one message on standard input, as a mail server's pipe gives it; exit code 75 asks the mail
    server to keep it. With --maildir or --imap, every new message; each is marked as seen once it was taken in.
    IMAP logs in with AGENDA_IMAP_PASSWORD, or with an access token where the URL says ?auth=xoauth2.
    """
    if maildir is not None and imap is not None:
        typer.echo("agenda: --maildir or --imap, not both", err=True)
        raise typer.Exit(USAGE)
    configure_logs()
    with told(lang) as settings:
        if maildir is None and imap is None:
            _one(settings, as_json=as_json)
            return
        with existing_database(settings) as database:
            box = _inbox(settings, database)
            try:
                source = Maildir(maildir) if maildir is not None else _imap(imap or "", settings)
                counted = _all(box, database, source, SystemClock())
                _keep_time(database, SystemClock())
            except MailboxUnavailable as error:
                raise Failure(ENVIRONMENT, str(error)) from error
    _summary(counted, as_json=as_json)


def _one(settings: Settings, *, as_json: bool) -> None:
    raw = sys.stdin.buffer.read(LARGEST + 1)
    try:
        with existing_database(settings) as database:
            found = _taken(_inbox(settings, database), database, raw, SystemClock())
            _keep_time(database, SystemClock())
    except (DatabaseUnavailable, DBAPIError) as error:
        typer.echo(f"agenda: the database does not take it now: {error}", err=True)
        raise typer.Exit(TEMPORARY) from error
    if as_json:
        said = {"meaning": found.meaning, "recipient": found.recipient, "status": found.status}
        print_json(
            said
            | ({"event": found.event, "answer": found.answer} if found.answer else {})
            | ({"proposal": True} if found.proposal else {})
        )
    else:
        words = (found.meaning, found.recipient, found.status, found.event, found.answer)
        typer.echo(" ".join(part for part in words if part))


def _inbox(settings: Settings, database: Database) -> Inbox:
    return Inbox(
        tokens=tokens_of(settings, database),
        redirected=settings.redirect_all is not None,
        authserv_id=settings.authserv_id,
    )


def _imap(url: str, settings: Settings) -> Imap:
    try:
        where = parse_imap_url(url)
    except ValueError as error:
        raise Failure(USAGE, f"--imap: {error}") from error
    if not where.by_token:
        if settings.imap_password is None:
            raise SettingsError("AGENDA_IMAP_PASSWORD is not set; or ask for a token with ?auth=xoauth2")
        return Imap(where, settings.imap_password)
    tokens = access_tokens(settings)
    if tokens is None:
        raise SettingsError("?auth=xoauth2 wants AGENDA_SMTP_TOKEN, its _FILE, or the AGENDA_OAUTH_… variables")
    return Imap(where, loop.run(tokens.token()))


def _all(box: Inbox, database: Database, source: Maildir | Imap, clock: Clock) -> Counter[Meaning]:
    """Each in a transaction of its own; one that cannot be read or applied is set aside, and the next is taken."""
    counted: Counter[Meaning] = Counter()
    with source.opened() as items, err().status("taking in what came back") as shown:
        for number, item in enumerate(items, 1):
            meaning = _taken(box, database, item.raw, clock).meaning
            counted[meaning] += 1
            (item.quarantine if meaning is Meaning.QUARANTINED else item.done)()
            shown.update(f"{number} taken in")
    return counted


def _taken(box: Inbox, database: Database, raw: bytes, clock: Clock) -> Handled:
    """Read first, with no transaction open. Raises DBAPIError where waiting may mend it."""
    try:
        message = box.read(raw)
        with database.write() as connection:
            return box.apply(connection, message, clock.now())
    except Unreadable as error:
        return _set_aside(str(error), len(raw))
    except DBAPIError as error:
        if will_pass(error):
            raise
        return _set_aside(type(error).__name__, len(raw))


def _set_aside(reason: str, size: int) -> Handled:
    _log.error("inbox_quarantined", reason=reason, octets=size)
    return Handled(meaning=Meaning.QUARANTINED)


def _keep_time(database: Database, clock: Clock) -> None:
    """For status and doctor, which tell when nobody reads what comes in."""
    with database.write() as connection:
        controls.put(connection, controls.INBOX, clock.now().isoformat(timespec="seconds"))


def _summary(counted: Counter[Meaning], *, as_json: bool) -> None:
    if as_json:
        print_json({meaning: counted[meaning] for meaning in Meaning})
        return
    listed = ", ".join(f"{count} {meaning}" for meaning, count in counted.most_common())
    typer.echo(f"{counted.total()} taken in" + (f": {listed}" if listed else ""))
