"""`agenda doctor`: is this installation fit to run? Each check says what it found and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from calendars.days.weekends import unconfirmed
from calendars.model.agenda import Agenda, Draft
from calendars.shifts import Shift, shifts
from calendars.zones import zone_data
from scheduler.base import loop
from scheduler.base.address import domain_of
from scheduler.base.settings import DEFAULT_DATABASE, Settings, SettingsError
from scheduler.base.tokens import LEAST, NoKey, tokens_with
from scheduler.drafts.files import InvalidDraft, NoConfiguration
from scheduler.mail.relay.oauth import access_tokens
from scheduler.mail.relay.smtp import Connection, RelayUnavailable
from scheduler.mail.relay.smtp_url import SmtpSettings, ehlo_name, parse_smtp_url
from scheduler.publishing.day_shifts import DayShift, differing_days, planned_with_these
from scheduler.reporting.status import AnswerReading, answering, fan_out_time
from scheduler.reporting.waiting import largest_wave
from scheduler.store import controls, editions
from scheduler.store.database import SAFE_SQLITE, Database, DatabaseUnavailable, sqlite_module
from scheduler.store.editions import InForce

BUILT_AFTER = datetime(2026, 11, 1, tzinfo=UTC)  # a clock that says earlier is wrong: this program is younger
SHIFTS_NAMED = 4
POOLED = (
    "a pooler (PgBouncer) in transaction mode stands before PostgreSQL: workers end, and no node hears of an edition; "
    "name PostgreSQL itself in AGENDA_DATABASE_URL, or set pool_mode = session for it"
)


class Verdict(StrEnum):
    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    name: str
    verdict: Verdict
    text: str


def installation_checks(settings: Settings, now: datetime, draft: Callable[[], Draft]) -> list[Check]:
    """Every check, in the order in which an operator would want to know."""
    return [
        _zone_data(),
        _sqlite(),
        *_draft(draft, settings),
        *_database(settings, now),
        _secret(settings),
        _relay(settings),
        *_redirect(settings),
        *_proxies(settings),
    ]


def _zone_data() -> Check:
    data = zone_data()
    text = f"{data.version}, digest {data.digest[:16]}"
    if data.folder is None:
        return Check(name="time zones", verdict=Verdict.GOOD, text=text)
    text += f"; of PYTZ_TZDATADIR, {data.folder}, in place of pytz's own: keep these files newer than the package's"
    return Check(name="time zones", verdict=Verdict.NOTE, text=text)


def _hours(found: InForce) -> Check:
    """The hours in force by this machine's data."""
    shifted = shifts(found.edition)
    if shifted:
        named = "; ".join(_shift(one) for one in shifted[:SHIFTS_NAMED]) + ("; …" if shifted[SHIFTS_NAMED:] else "")
        text = f"{len(shifted)} are others by this zone data, and their mail waits ({named}): renew the data, or "
        text += "`agenda publish --shifted`"
        return Check(name="hours in force", verdict=Verdict.BAD, text=text)
    if found.edition.zone_digest != zone_data().digest:
        text = f"all as published, though that was with other zone data ({found.zone_version})"
        return Check(name="hours in force", verdict=Verdict.NOTE, text=text)
    return Check(name="hours in force", verdict=Verdict.GOOD, text="as published")


def _days(found: InForce, differing: tuple[DayShift, ...]) -> Check:
    """The days that reminders wait for, by the days off that are known here. What differs stops nothing."""
    if differing:
        named = "; ".join(_day(one) for one in differing[:SHIFTS_NAMED]) + ("; …" if differing[SHIFTS_NAMED:] else "")
        text = (
            f"others by these days off ({named}), though they leave as planned: `agenda publish --shifted` moves them"
        )
        return Check(name="days in force", verdict=Verdict.NOTE, text=text)
    if not planned_with_these(found):
        return Check(name="days in force", verdict=Verdict.GOOD, text="as planned, though that was with other days off")
    return Check(name="days in force", verdict=Verdict.GOOD, text="as planned")


def _day(one: DayShift) -> str:
    return f"{one.event}, {one.site}, {one.rule}: {one.promised}, now {one.now}"


def _shift(one: Shift) -> str:
    now = "no hour, or two" if one.now is None else f"{one.now:%Y-%m-%d %H:%M}"
    return f"{one.event}, {one.site}: {one.promised:%Y-%m-%d %H:%M}, now {now}"


def _sqlite() -> Check:
    module = sqlite_module()
    safe = module.sqlite_version_info >= SAFE_SQLITE
    wanted = ".".join(str(part) for part in SAFE_SQLITE)
    text = f"{module.sqlite_version} ({module.__name__})"
    if not safe:
        text += f"; older than {wanted}, which can corrupt a database with several connections: install pysqlite3"
    return Check(name="SQLite", verdict=Verdict.GOOD if safe else Verdict.BAD, text=text)


def _draft(draft: Callable[[], Draft], settings: Settings) -> list[Check]:
    try:
        found = draft()
    except InvalidDraft as error:
        text = f"{len(error.problems)} problems in {error.folder}: `agenda check` lists them"
        return [Check(name="draft", verdict=Verdict.BAD, text=text)]
    except NoConfiguration as error:
        return [Check(name="draft", verdict=Verdict.BAD, text=str(error))]
    text = f"{len(found.agenda.events)} events, {len(found.recipients)} recipients"
    good = Check(name="draft", verdict=Verdict.GOOD, text=text)
    return [good, *_weekends(found.agenda), *_self_service(found.agenda, settings)]


def _weekends(agenda: Agenda) -> list[Check]:
    """Nothing where every site's is known."""
    asked = ", ".join(site.id for site in unconfirmed(agenda.representations))
    text = f"missions differ there, and representations.csv does not say what is kept: write `weekend` for {asked}"
    return [Check(name="weekends", verdict=Verdict.NOTE, text=text)] if asked else []


def _self_service(agenda: Agenda, settings: Settings) -> list[Check]:
    """Nothing where nobody can sign up by the page."""
    if agenda.signups is None:
        return []
    return [_privacy(agenda), _clients(settings)]


def _privacy(agenda: Agenda) -> Check:
    if agenda.privacy is None:
        text = (
            "`altas:` is set without `privacidad:`: whoever signs up sees no privacy notice; write one in agenda.yaml"
        )
        return Check(name="privacy notice", verdict=Verdict.NOTE, text=text)
    return Check(name="privacy notice", verdict=Verdict.GOOD, text="shown to whoever signs up")


def _clients(settings: Settings) -> Check:
    """An https address means a proxy in front, for this program speaks no TLS."""
    behind_proxy = (settings.base_url or "").lower().startswith("https:")
    if behind_proxy and not settings.trusted_proxies:
        text = "AGENDA_BASE_URL is https, so a proxy stands in front, and AGENDA_TRUSTED_PROXIES does not name it: "
        text += "all clients count as one, ten sign-ups an hour in all"
        return Check(name="sign-ups", verdict=Verdict.NOTE, text=text)
    return Check(name="sign-ups", verdict=Verdict.GOOD, text="counted for each client")


def _proxies(settings: Settings) -> list[Check]:
    """Nothing where each network that is trusted is one machine."""
    wide = [str(one) for one in settings.trusted_proxies if one.num_addresses > 1 and not one.is_loopback]
    if not wide:
        return []
    text = f"AGENDA_TRUSTED_PROXIES trusts all of {', '.join(wide)}: whoever is in there may pass for any client, and "
    text += "open as many connections as it likes; name the proxy's own address alone"
    return [Check(name="reverse proxy", verdict=Verdict.NOTE, text=text)]


def _database(settings: Settings, now: datetime) -> list[Check]:
    path = Path(DEFAULT_DATABASE.removeprefix("sqlite:///"))
    if settings.database_url is None and not path.exists():
        return [
            Check(name="database", verdict=Verdict.NOTE, text="none yet: `agenda serve` makes it"),
            _clock(now, None),
        ]
    try:
        url = settings.database_url or DEFAULT_DATABASE
        database = Database(url, tokens=tokens_with(settings.secret_keys))
    except (DatabaseUnavailable, NoKey) as error:
        return [Check(name="database", verdict=Verdict.BAD, text=str(error)), _clock(now, None)]
    try:
        with database.read() as connection:
            found = editions.load(connection)
            rehearsal = controls.get(connection, controls.REHEARSAL) is not None
            biggest = largest_wave(connection, now)
            pooled = database.behind_transaction_pool()
            answers = answering(connection, on=settings.invitations)
            days = () if found is None else differing_days(connection, found, now)
    finally:
        database.close()
    verdict = Verdict.BAD if rehearsal else Verdict.GOOD
    text = "belongs to a rehearsal" if rehearsal else f"edition {found.edition.number}" if found else "no edition yet"
    return [
        Check(name="database", verdict=verdict, text=text),
        *([Check(name="connections", verdict=Verdict.BAD, text=POOLED)] if pooled else []),
        *([] if found is None else [_hours(found), _days(found, days)]),
        _fan_out(settings, biggest),
        *_invitations(answers, settings, now),
        _clock(now, found.edition.at if found else None),
    ]


def _invitations(found: AnswerReading, settings: Settings, now: datetime) -> list[Check]:
    """Nothing where they are off and nobody chose them."""
    name, ways = "invitations", settings.verp != "off" or settings.authserv_id is not None
    if found.missed:
        text = f"{found.posts} posts chose them and get none: set AGENDA_INVITATIONS=on, and run `agenda inbox`"
        return [Check(name=name, verdict=Verdict.NOTE, text=text)]
    if not found.on:
        return []
    if not ways:
        text = "no answer counts: set AGENDA_VERP=answers, or AGENDA_AUTHSERV_ID to what your mail server calls itself"
        return [Check(name=name, verdict=Verdict.BAD, text=text)]
    if found.unread(now):
        last = "was never run" if found.read_at is None else f"last ran on {found.read_at:%Y-%m-%d %H:%M} UTC"
        text = f"answers are not read: `agenda inbox` {last}; run it every few minutes"
        return [Check(name=name, verdict=Verdict.BAD, text=text)]
    return [Check(name=name, verdict=Verdict.GOOD, text=f"on; {found.posts} posts chose them")]


def _fan_out(settings: Settings, biggest: int) -> Check:
    pace = settings.pace
    duration = fan_out_time(biggest, pace)
    if duration is None:
        return Check(name="pace", verdict=Verdict.GOOD, text=f"no limit; the largest fan-out is {biggest} messages")
    text = f"{settings.pace}: the largest fan-out, {biggest} messages, takes {duration.total_seconds() / 60:.0f} min"
    late = duration.total_seconds() > 3600
    if late:
        text += "; the last site hears more than an hour late: ask the relay for more, or spread the rules"
    return Check(name="pace", verdict=Verdict.NOTE if late else Verdict.GOOD, text=text)


def _clock(now: datetime, published: datetime | None) -> Check:
    floor = max(BUILT_AFTER, published or BUILT_AFTER)
    if now < floor:
        text = f"says {now:%Y-%m-%d %H:%M} UTC, before {floor:%Y-%m-%d %H:%M}, which is past: set it (NTP)"
        return Check(name="clock", verdict=Verdict.BAD, text=text)
    return Check(name="clock", verdict=Verdict.GOOD, text=f"{now:%Y-%m-%d %H:%M} UTC")


def _secret(settings: Settings) -> Check:
    if settings.secret_keys:
        short = any(len(key) < LEAST for key in settings.secret_keys)
        text = "AGENDA_SECRET_KEY is set" + ("; a key shorter than 16 characters can be guessed" if short else "")
        return Check(name="secret key", verdict=Verdict.BAD if short else Verdict.GOOD, text=text)
    if (settings.database_url or DEFAULT_DATABASE).startswith("postgres"):
        text = "AGENDA_SECRET_KEY is not set, and on PostgreSQL the nodes have to share one"
        return Check(name="secret key", verdict=Verdict.BAD, text=text)
    return Check(name="secret key", verdict=Verdict.NOTE, text="none set: one is kept beside the database (0600)")


def _relay(settings: Settings) -> Check:
    if settings.smtp_url is None:
        return Check(name="mail server", verdict=Verdict.NOTE, text="AGENDA_SMTP_URL is not set: no mail is sent")
    try:
        smtp = parse_smtp_url(settings.smtp_url, settings.smtp_password, access_tokens(settings))
        loop.run(_greet(smtp, ehlo_name(settings.ehlo, settings.own_address)))
    except (ValueError, SettingsError, RelayUnavailable) as error:
        return Check(name="mail server", verdict=Verdict.BAD, text=str(error))
    return Check(name="mail server", verdict=Verdict.GOOD, text=f"{smtp.host}:{smtp.port} answers, and lets us in")


def _redirect(settings: Settings) -> list[Check]:
    if settings.redirect_all is None:
        return []
    domain = domain_of(settings.redirect_all)
    text = f"every mail goes to the one address of AGENDA_REDIRECT_ALL, at {domain}; its links act on the real posts"
    return [Check(name="redirect", verdict=Verdict.NOTE, text=text)]


async def _greet(smtp: SmtpSettings, name: str) -> None:
    connection = await Connection.open(smtp, local_hostname=name)
    await connection.close()
