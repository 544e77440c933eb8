"""What `agenda doctor` says, by check and verdict."""

from __future__ import annotations

from calendars.catalogue import Phrase

ZONE_DATA = Phrase("{version}, digest {digest}")
OWN_ZONE_DATA = Phrase(
    "{version}, digest {digest}; of PYTZ_TZDATADIR, {folder}, in place of pytz's own: keep these files newer than"
    " the package's"
)
SHIFTED = Phrase(
    "{n} {n:is another|are others} by this zone data, and their mail waits ({named}): renew the data, or `agenda "
    "publish --shifted`"
)
SAME_HOURS = Phrase("all as published, though that was with other zone data ({version})")
HOURS = Phrase("as published")
OTHER_DAYS = Phrase(
    "others by these days off ({named}), though they leave as planned: `agenda publish --shifted` moves them"
)
SAME_DAYS = Phrase("as planned, though that was with other days off")
DAYS = Phrase("as planned")
DAY = Phrase("{event}, {site}, {rule}: {promised}, now {now}")
NO_HOUR = Phrase("no hour, or two")
SHIFT = Phrase("{event}, {site}: {promised}, now {now}")
SQLITE_OLD = Phrase(
    "{version} ({module}); older than {wanted}, which can corrupt a database with several connections: install "
    "pysqlite3"
)
WRONG_DRAFT = Phrase("{n} {n:problem|problems} in {folder}: `agenda check` lists them")
DRAFT = Phrase("{events} {events:event|events}, {posts} {posts:recipient|recipients}")
WEEKENDS = Phrase(
    "missions differ there, and representations.csv does not say what is kept: write `weekend` for {asked}"
)
NO_PRIVACY = Phrase(
    "`altas:` is set without `privacidad:`: whoever signs up sees no privacy notice; write one in agenda.yaml"
)
PRIVACY = Phrase("shown to whoever signs up")
PROXY = Phrase(
    "AGENDA_BASE_URL is https, so a proxy stands in front, and AGENDA_TRUSTED_PROXIES does not name it: all "
    "clients count as one, ten sign-ups an hour in all"
)
CLIENTS = Phrase("counted for each client")
NO_DATABASE_YET = Phrase("none yet: `agenda serve` makes it")
REHEARSAL = Phrase("belongs to a rehearsal")
EDITION = Phrase("edition {number}")
NO_EDITION = Phrase("no edition yet")
MISSED = Phrase(
    "{n} {n:post|posts} chose them and {n:gets|get} none: set AGENDA_INVITATIONS=on, and run `agenda inbox`"
)
NO_WAYS = Phrase(
    "no answer counts: set AGENDA_VERP=answers, or AGENDA_AUTHSERV_ID to what your mail server calls itself"
)
NEVER_READ = Phrase("answers are not read: `agenda inbox` was never run; run it every few minutes")
UNREAD = Phrase("answers are not read: `agenda inbox` last ran on {at} UTC; run it every few minutes")
INVITATIONS = Phrase("on; {n} {n:post|posts} chose them")
NO_LIMIT = Phrase("no limit; the largest fan-out is {n} {n:message|messages}")
FAN_OUT = Phrase("{pace}: the largest fan-out, {n} {n:message|messages}, takes {minutes} min")
LATE = Phrase(
    "{pace}: the largest fan-out, {n} {n:message|messages}, takes {minutes} min; the last site hears more than an"
    " hour late: ask the relay for more, or spread the rules"
)
CLOCK_WRONG = Phrase("says {now} UTC, before {floor}, which is past: set it (NTP)")
KEY = Phrase("AGENDA_SECRET_KEY is set")
SHORT_KEY = Phrase("AGENDA_SECRET_KEY is set; a key shorter than 16 characters can be guessed")
NO_SHARED_KEY = Phrase("AGENDA_SECRET_KEY is not set, and on PostgreSQL the nodes have to share one")
OWN_KEY = Phrase("none set: one is kept beside the database (0600)")
NO_RELAY = Phrase("AGENDA_SMTP_URL is not set: no mail is sent")
RELAY = Phrase("answers, and lets us in: {server}")
REDIRECT = Phrase(
    "every mail goes to the one address of AGENDA_REDIRECT_ALL, at {domain}; its links act on the real posts"
)
AUDIT = Phrase("whole, {n} {n:row|rows}; keep its head: {head}")
AUDIT_EMPTY = Phrase("no row yet")
AUDIT_BROKEN = Phrase("NOT whole, {n} {n:flaw|flaws}: see agenda audit --verify")
POOLED = Phrase(
    "a pooler (PgBouncer) in transaction mode stands before PostgreSQL: workers end, and no node hears of an edition; "
    "name PostgreSQL itself in AGENDA_DATABASE_URL, or set pool_mode = session for it"
)
WIDE = Phrase(
    "AGENDA_TRUSTED_PROXIES trusts all of {networks}: whoever is in there may pass for any client, and open as many "
    "connections as it likes; name the proxy's own address alone"
)
NAMES = {  # as a reader has them
    "time zones": Phrase("time zones", "what is checked"),
    "hours in force": Phrase("hours in force", "what is checked"),
    "days in force": Phrase("days in force", "what is checked"),
    "draft": Phrase("draft", "what is checked"),
    "sample": Phrase("sample", "what is checked"),
    "weekends": Phrase("weekends", "what is checked"),
    "privacy notice": Phrase("privacy notice", "what is checked"),
    "sign-ups": Phrase("sign-ups", "what is checked"),
    "database": Phrase("database", "what is checked"),
    "invitations": Phrase("invitations", "what is checked"),
    "pace": Phrase("pace", "what is checked"),
    "audit": Phrase("audit", "what is checked"),
    "clock": Phrase("clock", "what is checked"),
    "secret key": Phrase("secret key", "what is checked"),
    "mail server": Phrase("mail server", "what is checked"),
    "reverse proxy": Phrase("reverse proxy", "what is checked"),
    "connections": Phrase("connections", "what is checked"),
    "redirect": Phrase("redirect", "what is checked"),
}
VERDICTS = {
    "ok": Phrase("ok", "verdict"),
    "note": Phrase("note", "verdict"),
    "BAD": Phrase("BAD", "verdict"),
}
