"""`agenda doctor`: is this installation fit to run? Each check says what it found and what to do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection as DatabaseConnection

from calendars.days.weekends import unconfirmed
from calendars.model.agenda import Agenda, Draft
from calendars.model.text import Said, Spoken, verbatim
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
from scheduler.publishing.unready import unready
from scheduler.reporting.findings import (
    AUDIT,
    AUDIT_BROKEN,
    AUDIT_EMPTY,
    CLIENTS,
    CLOCK_WRONG,
    DAY,
    DAYS,
    DRAFT,
    EDITION,
    FAN_OUT,
    HOURS,
    INVITATIONS,
    KEY,
    LATE,
    MISSED,
    NEVER_READ,
    NO_DATABASE_YET,
    NO_EDITION,
    NO_HOUR,
    NO_LIMIT,
    NO_PRIVACY,
    NO_RELAY,
    NO_SHARED_KEY,
    NO_WAYS,
    OTHER_DAYS,
    OWN_KEY,
    OWN_ZONE_DATA,
    POOLED,
    PRIVACY,
    PROXY,
    REDIRECT,
    REHEARSAL,
    RELAY,
    SAME_DAYS,
    SAME_HOURS,
    SHIFT,
    SHIFTED,
    SHORT_KEY,
    SQLITE_OLD,
    UNREAD,
    WEEKENDS,
    WIDE,
    WRONG_DRAFT,
    ZONE_DATA,
)
from scheduler.reporting.status import AnswerReading, answering, fan_out_time
from scheduler.reporting.waiting import largest_wave
from scheduler.store import controls, editions
from scheduler.store.audit.verifying import verify
from scheduler.store.database import SAFE_SQLITE, Database, DatabaseUnavailable, sqlite_module
from scheduler.store.editions import InForce

BUILT_AFTER = datetime(2026, 11, 1, tzinfo=UTC)  # a clock that says earlier is wrong: this program is younger
SHIFTS_NAMED = 4


class Verdict(StrEnum):
    GOOD = "ok"
    NOTE = "note"
    BAD = "BAD"


@dataclass(frozen=True, kw_only=True, slots=True)
class Check:
    name: str  # in English, for scripts; a reader has it from findings.NAMES
    verdict: Verdict
    text: Said


def installation_checks(settings: Settings, now: datetime, draft: Callable[[], Draft]) -> list[Check]:
    """Every check, in the order in which an operator would want to know."""
    return [
        _zone_data(),
        _sqlite(),
        *_draft(draft, settings, now),
        *_database(settings, now),
        _secret(settings),
        _relay(settings),
        *_redirect(settings),
        *_proxies(settings),
    ]


def _zone_data() -> Check:
    data = zone_data()
    said, verdict = (ZONE_DATA, Verdict.GOOD) if data.folder is None else (OWN_ZONE_DATA, Verdict.NOTE)
    text = said.of(version=data.version, digest=data.digest[:16], folder=data.folder)
    return Check(name="time zones", verdict=verdict, text=text)


def _hours(found: InForce) -> Check:
    """The hours in force by this machine's data."""
    shifted = shifts(found.edition)
    if shifted:
        named = _named([_shift(one) for one in shifted])
        text = SHIFTED.of(n=len(shifted), named=named)
        return Check(name="hours in force", verdict=Verdict.BAD, text=text)
    if found.edition.zone_digest != zone_data().digest:
        text = SAME_HOURS.of(version=found.zone_version)
        return Check(name="hours in force", verdict=Verdict.NOTE, text=text)
    return Check(name="hours in force", verdict=Verdict.GOOD, text=HOURS)


def _days(found: InForce, differing: tuple[DayShift, ...]) -> Check:
    """The days that reminders wait for, by the days off that are known here. What differs stops nothing."""
    if differing:
        text = OTHER_DAYS.of(named=_named([_day(one) for one in differing]))
        return Check(name="days in force", verdict=Verdict.NOTE, text=text)
    if not planned_with_these(found):
        return Check(name="days in force", verdict=Verdict.GOOD, text=SAME_DAYS)
    return Check(name="days in force", verdict=Verdict.GOOD, text=DAYS)


def _named(parts: Sequence[Said]) -> Said:
    """The first of them, and that there are more."""
    more = "; …" if len(parts) > SHIFTS_NAMED else ""
    return Spoken(lambda language: "; ".join(one[language] for one in parts[:SHIFTS_NAMED]) + more)


def _day(one: DayShift) -> Said:
    return DAY.of(event=one.event, site=one.site, rule=one.rule, promised=one.promised, now=one.now)


def _shift(one: Shift) -> Said:
    now = NO_HOUR if one.now is None else f"{one.now:%Y-%m-%d %H:%M}"
    return SHIFT.of(event=one.event, site=one.site, promised=f"{one.promised:%Y-%m-%d %H:%M}", now=now)


def _sqlite() -> Check:
    module = sqlite_module()
    safe = module.sqlite_version_info >= SAFE_SQLITE
    wanted = ".".join(str(part) for part in SAFE_SQLITE)
    found = f"{module.sqlite_version} ({module.__name__})"
    old = SQLITE_OLD.of(version=module.sqlite_version, module=module.__name__, wanted=wanted)
    text = verbatim(found) if safe else old
    return Check(name="SQLite", verdict=Verdict.GOOD if safe else Verdict.BAD, text=text)


def _draft(draft: Callable[[], Draft], settings: Settings, now: datetime) -> list[Check]:
    try:
        found = draft()
    except InvalidDraft as error:
        text: Said = WRONG_DRAFT.of(n=len(error.problems), folder=error.folder)
        return [Check(name="draft", verdict=Verdict.BAD, text=text)]
    except NoConfiguration as error:
        return [Check(name="draft", verdict=Verdict.BAD, text=error.why)]
    text = DRAFT.of(events=len(found.agenda.events), posts=len(found.recipients))
    good = Check(name="draft", verdict=Verdict.GOOD, text=text)
    forgotten = [Check(name="sample", verdict=Verdict.NOTE, text=one) for one in unready(found.agenda, now)]
    return [good, *forgotten, *_weekends(found.agenda), *_self_service(found.agenda, settings)]


def _weekends(agenda: Agenda) -> list[Check]:
    """Nothing where every site's is known."""
    asked = ", ".join(site.id for site in unconfirmed(agenda.representations))
    return [Check(name="weekends", verdict=Verdict.NOTE, text=WEEKENDS.of(asked=asked))] if asked else []


def _self_service(agenda: Agenda, settings: Settings) -> list[Check]:
    """Nothing where nobody can sign up by the page."""
    if agenda.signups is None:
        return []
    return [_privacy(agenda), _clients(settings)]


def _privacy(agenda: Agenda) -> Check:
    if agenda.privacy is None:
        return Check(name="privacy notice", verdict=Verdict.NOTE, text=NO_PRIVACY)
    return Check(name="privacy notice", verdict=Verdict.GOOD, text=PRIVACY)


def _clients(settings: Settings) -> Check:
    """An https address means a proxy in front, for this program speaks no TLS."""
    behind_proxy = (settings.base_url or "").lower().startswith("https:")
    if behind_proxy and not settings.trusted_proxies:
        return Check(name="sign-ups", verdict=Verdict.NOTE, text=PROXY)
    return Check(name="sign-ups", verdict=Verdict.GOOD, text=CLIENTS)


def _proxies(settings: Settings) -> list[Check]:
    """Nothing where each network that is trusted is one machine."""
    wide = [str(one) for one in settings.trusted_proxies if one.num_addresses > 1 and not one.is_loopback]
    if not wide:
        return []
    text = WIDE.of(networks=", ".join(wide))
    return [Check(name="reverse proxy", verdict=Verdict.NOTE, text=text)]


def _database(settings: Settings, now: datetime) -> list[Check]:
    path = Path(DEFAULT_DATABASE.removeprefix("sqlite:///"))
    if settings.database_url is None and not path.exists():
        return [
            Check(name="database", verdict=Verdict.NOTE, text=NO_DATABASE_YET),
            _clock(now, None),
        ]
    try:
        url = settings.database_url or DEFAULT_DATABASE
        database = Database(url, tokens=tokens_with(settings.secret_keys))
    except (DatabaseUnavailable, NoKey) as error:
        return [Check(name="database", verdict=Verdict.BAD, text=error.why), _clock(now, None)]
    try:
        with database.read() as connection:
            found = editions.load(connection)
            rehearsal = controls.get(connection, controls.REHEARSAL) is not None
            biggest = largest_wave(connection, now)
            pooled = database.behind_transaction_pool()
            answers = answering(connection, on=settings.invitations)
            days = () if found is None else differing_days(connection, found, now)
            audit = _audit(connection, database)
    finally:
        database.close()
    verdict = Verdict.BAD if rehearsal else Verdict.GOOD
    standing: Said = NO_EDITION if found is None else EDITION.of(number=found.edition.number)
    text = REHEARSAL if rehearsal else standing
    return [
        Check(name="database", verdict=verdict, text=text),
        *audit,
        *([Check(name="connections", verdict=Verdict.BAD, text=POOLED)] if pooled else []),
        *([] if found is None else [_hours(found), _days(found, days)]),
        _fan_out(settings, biggest),
        *_invitations(answers, settings, now),
        _clock(now, found.edition.at if found else None),
    ]


def _audit(connection: DatabaseConnection, database: Database) -> list[Check]:
    """Nothing where there is no key to reckon it with: that is told of the key."""
    if not database.has_tokens:
        return []
    found = verify(connection, database.tokens.chain_keys)
    if found.flaws:
        return [Check(name="audit", verdict=Verdict.BAD, text=AUDIT_BROKEN.of(n=len(found.flaws)))]
    text = AUDIT_EMPTY if found.head is None else AUDIT.of(n=found.rows, head=found.head)
    return [Check(name="audit", verdict=Verdict.GOOD, text=text)]


def _invitations(found: AnswerReading, settings: Settings, now: datetime) -> list[Check]:
    """Nothing where they are off and nobody chose them."""
    name, ways = "invitations", settings.verp != "off" or settings.authserv_id is not None
    if found.missed:
        return [Check(name=name, verdict=Verdict.NOTE, text=MISSED.of(n=found.posts))]
    if not found.on:
        return []
    if not ways:
        return [Check(name=name, verdict=Verdict.BAD, text=NO_WAYS)]
    if found.unread(now):
        text = NEVER_READ if found.read_at is None else UNREAD.of(at=f"{found.read_at:%Y-%m-%d %H:%M}")
        return [Check(name=name, verdict=Verdict.BAD, text=text)]
    return [Check(name=name, verdict=Verdict.GOOD, text=INVITATIONS.of(n=found.posts))]


def _fan_out(settings: Settings, biggest: int) -> Check:
    pace = settings.pace
    duration = fan_out_time(biggest, pace)
    if duration is None:
        return Check(name="pace", verdict=Verdict.GOOD, text=NO_LIMIT.of(n=biggest))
    late = duration.total_seconds() > 3600
    minutes = f"{duration.total_seconds() / 60:.0f}"
    text = (LATE if late else FAN_OUT).of(pace=settings.pace, n=biggest, minutes=minutes)
    return Check(name="pace", verdict=Verdict.NOTE if late else Verdict.GOOD, text=text)


def _clock(now: datetime, published: datetime | None) -> Check:
    floor = max(BUILT_AFTER, published or BUILT_AFTER)
    if now < floor:
        text = CLOCK_WRONG.of(now=f"{now:%Y-%m-%d %H:%M}", floor=f"{floor:%Y-%m-%d %H:%M}")
        return Check(name="clock", verdict=Verdict.BAD, text=text)
    return Check(name="clock", verdict=Verdict.GOOD, text=verbatim(f"{now:%Y-%m-%d %H:%M} UTC"))


def _secret(settings: Settings) -> Check:
    if settings.secret_keys:
        short = any(len(key) < LEAST for key in settings.secret_keys)
        verdict = Verdict.BAD if short else Verdict.GOOD
        return Check(name="secret key", verdict=verdict, text=SHORT_KEY if short else KEY)
    if (settings.database_url or DEFAULT_DATABASE).startswith("postgres"):
        return Check(name="secret key", verdict=Verdict.BAD, text=NO_SHARED_KEY)
    return Check(name="secret key", verdict=Verdict.NOTE, text=OWN_KEY)


def _relay(settings: Settings) -> Check:
    if settings.smtp_url is None:
        return Check(name="mail server", verdict=Verdict.NOTE, text=NO_RELAY)
    try:
        smtp = parse_smtp_url(settings.smtp_url, settings.smtp_password, access_tokens(settings))
        loop.run(_greet(smtp, ehlo_name(settings.ehlo, settings.own_address)))
    except (SettingsError, RelayUnavailable) as error:
        return Check(name="mail server", verdict=Verdict.BAD, text=error.why)
    return Check(name="mail server", verdict=Verdict.GOOD, text=RELAY.of(server=f"{smtp.host}:{smtp.port}"))


def _redirect(settings: Settings) -> list[Check]:
    if settings.redirect_all is None:
        return []
    domain = domain_of(settings.redirect_all)
    return [Check(name="redirect", verdict=Verdict.NOTE, text=REDIRECT.of(domain=domain))]


async def _greet(smtp: SmtpSettings, name: str) -> None:
    connection = await Connection.open(smtp, local_hostname=name)
    await connection.close()
