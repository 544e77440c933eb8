"""`agenda inbox`: what came back, from a mail server's pipe, a Maildir or an IMAP mailbox."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Annotated

import structlog
import typer
from sqlalchemy.exc import DBAPIError

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base import loop
from scheduler.base.clock import Clock, SystemClock
from scheduler.base.logs import configure_logs
from scheduler.base.refusal import EnvironmentRefusal, UsageRefusal
from scheduler.base.settings import Settings, SettingsError, spoken
from scheduler.commands.common import LangOption, language, print_json, told
from scheduler.commands.screen import err
from scheduler.installation.database import existing_database
from scheduler.mail.incoming.bounds import LARGEST, Unreadable
from scheduler.mail.incoming.imap import Imap, ImapPlace, ImapProgress, parse_imap_url
from scheduler.mail.incoming.mailboxes import Maildir
from scheduler.mail.relay.oauth import access_tokens
from scheduler.people.incoming import Handled, Inbox, Meaning
from scheduler.store import controls
from scheduler.store.database import Database, will_pass
from scheduler.store.instance import Instance
from scheduler.store.people import doubts, quarantine

_log = structlog.get_logger(__name__)
RECENT = timedelta(days=40)  # what people saw before that in an IMAP mailbox is not taken in when it is first read
TEMPORARY = 75  # EX_TEMPFAIL of sysexits.h: the mail server keeps the message and tries again
NOT_ADOPTED = Phrase(
    "--imap: this database was copied or restored, and would take what belongs to the original: `agenda adopt` first"
)
NO_PASSWORD = Phrase("AGENDA_IMAP_PASSWORD is not set; set it, or ask for a token with ?auth=xoauth2")
ONE_MAILBOX = Phrase("--maildir or --imap, not both")
KEEP_IT = Phrase("the message is not taken in now: {error}")
TAKING = Phrase("taking in what came back")
TAKEN = Phrase("{n} {n:message taken in|messages taken in}")
DOUBTED = Phrase("doubted", "a report")
ANSWERS = {"yes": Phrase("yes", "an answer"), "no": Phrase("no", "an answer"), "maybe": Phrase("maybe", "an answer")}
MEANINGS = {
    Meaning.BAD_ADDRESS: Phrase("{n:bad address|bad addresses}"),
    Meaning.BOUNCED: Phrase("{n:returned message|returned messages}"),
    Meaning.REPEATED: Phrase("{n:repeated report|repeated reports}"),
    Meaning.DELAYED: Phrase("{n:delayed message|delayed messages}"),
    Meaning.RELAYED: Phrase("{n:relayed message|relayed messages}"),
    Meaning.DELIVERED: Phrase("{n:delivered message|delivered messages}"),
    Meaning.UNKNOWN: Phrase("{n:report|reports} of nothing that was sent from here"),
    Meaning.ANSWERED: Phrase("{n:answer|answers} taken"),
    Meaning.STALE: Phrase("{n:answer that no longer counts|answers that no longer count}"),
    Meaning.UNPROVEN: Phrase("{n:answer|answers} that nobody vouches for"),
    Meaning.AUTOMATIC: Phrase("automatic {n:reply|replies}"),
    Meaning.OTHER: Phrase("{n:message|messages} for people to read"),
    Meaning.QUARANTINED: Phrase("{n:message|messages} set aside"),
}
NO_TOKEN = Phrase("?auth=xoauth2 wants AGENDA_SMTP_TOKEN, its _FILE, or the AGENDA_OAUTH_… variables")


def inbox(
    maildir: Annotated[
        Path | None, typer.Option("--maildir", help="Take what is new in this Maildir.", metavar="DIR")
    ] = None,
    imap: Annotated[
        str | None, typer.Option("--imap", help="Take what is unseen: imaps://user@host/INBOX.", metavar="URL")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Take what was set aside before, after an upgrade.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")] = False,
    lang: LangOption = None,
) -> None:
    """Take in what came back: bounces and answers count, automatic replies are ignored, nothing is ever answered.

    Without an option, one message on standard input, as a mail server's pipe gives it; exit code 75 asks the mail
    server to keep it. With --maildir or --imap, every new message; each is marked as seen once it was taken in.
    IMAP logs in with AGENDA_IMAP_PASSWORD, or with an access token where the URL says ?auth=xoauth2.
    """
    if maildir is not None and imap is not None:
        with told(lang):
            raise UsageRefusal(ONE_MAILBOX)
    configure_logs()
    if maildir is None and imap is None:
        with _asking_to_keep_it(lang):
            _piped(again=again, as_json=as_json, lang=lang)
        return
    with told(lang) as settings, existing_database(settings) as database:
        source: quarantine.Source = "imap" if maildir is None else "maildir"
        spoken_here = language(lang, settings)
        taking = _Taking(_inbox(settings, database), database, source, again, spoken_here)
        counted = taking.all(_mailbox(maildir, imap, settings, database, again))
        taking.keep_time()
    _summary(counted, spoken_here, as_json=as_json)


@contextmanager
def _asking_to_keep_it(lang: str | None) -> Iterator[None]:
    """To a mail server every other code means that the message is refused for good."""
    try:
        yield
    except typer.Exit as ended:
        raise typer.Exit(TEMPORARY if ended.exit_code else 0) from ended
    except Exception as error:
        spoken_here = spoken(lang, os.environ.get("AGENDA_LANG"))
        typer.echo(f"agenda: {KEEP_IT.say(spoken_here, error=type(error).__name__)}", err=True)
        raise typer.Exit(TEMPORARY) from error


def _piped(*, again: bool, as_json: bool, lang: str | None) -> None:
    """The one message on standard input; `again`: those that were kept."""
    raw = b"" if again else sys.stdin.buffer.read(LARGEST)
    while not again and sys.stdin.buffer.read(LARGEST):  # a server whose pipe breaks sends the message back
        pass
    with told(lang) as settings, existing_database(settings) as database:
        taking = _Taking(_inbox(settings, database), database, "pipe", again, language(lang, settings))
        if again:
            _summary(taking.kept(), language(lang, settings), as_json=as_json)
            return
        found = taking.one(raw)
        taking.keep_time()
    if as_json:
        said: dict[str, object] = {"meaning": found.meaning, "recipient": found.recipient, "status": found.status}
        said |= {"about": found.about} if found.about else {}
        said |= {"event": found.event, "answer": found.answer} if found.answer else {}
        said |= {"proposal": True} if found.proposal else {}
        print_json(said | ({"doubted": True} if found.doubted else {}))
    else:
        said_in = language(lang, settings)
        answer = ANSWERS[found.answer][said_in] if found.answer else ""
        doubt = DOUBTED[said_in] if found.doubted else ""
        meaning = MEANINGS[found.meaning].say(said_in, n=1)
        words = (meaning, found.recipient, found.status, found.about, found.event, answer, doubt)
        typer.echo(" ".join(part for part in words if part))


def _inbox(settings: Settings, database: Database) -> Inbox:
    return Inbox(
        tokens=database.tokens,
        redirected=settings.redirect_all is not None,
        authserv_id=settings.authserv_id,
        verp=settings.verp == "on",
    )


def _mailbox(
    maildir: Path | None, imap: str | None, settings: Settings, database: Database, again: bool
) -> Maildir | Imap:
    return Maildir(maildir, again) if maildir is not None else _imap(imap or "", settings, database, again)


def _imap(url: str, settings: Settings, database: Database, again: bool) -> Imap:
    where = parse_imap_url(url)
    since = (SystemClock().now() - RECENT).date()
    with database.read() as connection:
        if not Instance(database).is_own(connection):
            raise EnvironmentRefusal(NOT_ADOPTED)
    progress = _progress(database, f"{controls.IMAP} {where.name}")
    return Imap(place=where, secret=_secret(where, settings), since=since, progress=progress, again=again)


def _secret(where: ImapPlace, settings: Settings) -> str:
    if not where.by_token:
        if settings.imap_password is None:
            raise SettingsError(NO_PASSWORD)
        return settings.imap_password
    tokens = access_tokens(settings)
    if tokens is None:
        raise SettingsError(NO_TOKEN)
    return loop.run(tokens.token())


def _progress(database: Database, name: str) -> ImapProgress:
    def keep(value: str) -> None:
        with database.write() as connection:
            controls.put(connection, name, value)

    with database.read() as connection:
        return ImapProgress(known=controls.get(connection, name) or "", keep=keep)


@dataclass(frozen=True, slots=True)
class _Taking:
    """Each message is read with no transaction open, then handled in one of its own.

    One that cannot be read or handled is set aside, and the next is taken. Raises DBAPIError where waiting may mend it.
    """

    box: Inbox
    database: Database
    source: quarantine.Source
    again: bool
    lang: Language
    clock: Clock = field(default_factory=SystemClock)

    def all(self, mailbox: Maildir | Imap) -> Counter[Meaning]:
        counted: Counter[Meaning] = Counter()
        with mailbox.opened() as items, err().status(TAKING[self.lang]) as shown:
            for number, item in enumerate(items, 1):
                handled = self.one(item.raw)
                counted[handled.meaning] += 1
                if handled.meaning is Meaning.QUARANTINED:
                    item.quarantine()
                else:
                    item.done(handled.for_people)
                shown.update(TAKEN.say(self.lang, n=number))
        return counted

    def kept(self) -> Counter[Meaning]:
        """What a pipe brought and is kept in the database."""
        with self.database.read() as connection:
            found = [quarantine.message(connection, one.digest) for one in quarantine.listed(connection) if one.kept]
        return Counter(self.one(raw).meaning for raw in found if raw is not None)

    def one(self, raw: bytes) -> Handled:
        try:
            handled = self.box.handle(self.database, self.box.read(raw), self.clock.now())
        except Unreadable as error:
            return self._set_aside(raw, str(error))
        except Exception as error:  # whatever is wrong with one message is told, and the rest go on
            if isinstance(error, DBAPIError) and will_pass(error):
                raise
            return self._set_aside(raw, type(error).__name__)
        if self.again:
            with self.database.write() as connection:
                quarantine.forget(connection, sha256(raw).hexdigest())
        return handled

    def _set_aside(self, raw: bytes, reason: str) -> Handled:
        digest = sha256(raw).hexdigest()
        _log.error("inbox_quarantined", reason=reason, octets=len(raw), digest=digest[:16], source=self.source)
        one = quarantine.Quarantined(
            digest=digest,
            at=self.clock.now(),
            source=self.source,
            reason=reason,
            octets=len(raw),
            kept=self.source == "pipe",
        )
        with self.database.write() as connection:
            quarantine.put(connection, one, raw if one.kept else None)
        return Handled(meaning=Meaning.QUARANTINED)

    def keep_time(self) -> None:
        """For status and doctor, which tell when nobody reads what comes in; what is doubted does not wait for ever."""
        now = self.clock.now()
        with self.database.write() as connection:
            controls.put(connection, controls.INBOX, now.isoformat(timespec="seconds"))
            doubts.lapse(connection, now)


def _summary(counted: Counter[Meaning], lang: Language, *, as_json: bool) -> None:
    if as_json:
        print_json({meaning: counted[meaning] for meaning in Meaning})
        return
    listed = ", ".join(f"{n} {MEANINGS[meaning].say(lang, n=n)}" for meaning, n in counted.most_common())
    typer.echo(TAKEN.say(lang, n=counted.total()) + (f": {listed}" if listed else ""))
