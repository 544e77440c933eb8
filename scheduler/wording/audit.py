"""A row of the audit as people read it: who, by which way, and what in one sentence."""

from __future__ import annotations

from collections.abc import Mapping

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.store.audit.deeds import Via, What
from scheduler.store.audit.listing import AuditRow

DEEDS = {
    What.PUBLISHED: Phrase("published edition {subject} ({notices} {notices:notice|notices})"),
    What.ROLLED_BACK: Phrase("put edition {of} in force again, as edition {subject}"),
    What.STOPPED: Phrase("stopped all sending"),
    What.RESUMED: Phrase("let sending go on"),
    What.TOKEN_MADE: Phrase("made the private calendar {subject} of {site}"),
    What.TOKEN_ENDED: Phrase("ended the private calendar {subject} of {site}"),
    What.HANDED_OVER: Phrase("handed the post {subject} over"),
    What.ROLL_CALLED: Phrase("called the roll ({n} {n:mail|mails})"),
    What.PROPOSAL_DROPPED: Phrase("dropped what {subject} proposed"),
    What.SILENT_ASKED: Phrase("asked {n} {n:post|posts} once more whether they come to {subject}"),
    What.HELD: Phrase("held {n} {n:delivery|deliveries}"),
    What.RELEASED: Phrase("released {n} {n:delivery|deliveries}"),
    What.RETRIED: Phrase("had {n} {n:delivery|deliveries} tried again"),
    What.DROPPED: Phrase("dropped {n} {n:delivery|deliveries}"),
    What.SUPPRESSED: Phrase("writes to {subject} ({site}) no more: the address is bad"),
    What.LIFTED: Phrase("had {subject} written to again"),
    What.REPORTS_DECIDED: Phrase(
        "decided on {n} doubted {n:report|reports}: {believed} accepted, {rejected} dismissed"
    ),
    What.MESSAGES_SAVED: Phrase("saved {saved} {saved:message|messages} of the quarantine to a folder"),
    What.MESSAGES_FORGOTTEN: Phrase("dropped {n} {n:message|messages} of the quarantine"),
    What.REPORT_CLOSED: Phrase("closed report {subject}, of edition {edition}"),
    What.TESTED: Phrase("sent a test mail to an address at {domain}"),
    What.MIGRATED: Phrase("brought the tables of the database from {before} to {now}"),
    What.COPIED: Phrase("filled this database from another one ({kind})"),
    What.BACKED_UP: Phrase("made a backup"),
    What.RESTORED: Phrase("put a backup in the place of the database"),
    What.ADOPTED: Phrase("adopted the database; {n} {n:delivery|deliveries} held"),
    What.EVIDENCE_MADE: Phrase("made a pack of evidence ({files} {files:file|files}), {subject}"),
    What.ERASED: Phrase("asked for its data to be erased"),
    What.RETENTION_ENDED: Phrase(
        "erased what is over: {addresses} {addresses:address|addresses}, {texts} {texts:text|texts} of this list"
    ),
    What.RELAY_PAUSED: Phrase("left the mail server alone after a failure"),
    What.RELAY_BACK: Phrase("sends through the mail server again"),
    What.HOURS_WAIT: Phrase(
        "holds the mail of {n} {n:session|sessions} of edition {subject}: this zone data ({zones}) gives other hours"
    ),
    What.DAYS_DIFFER: Phrase(
        "found {n} {n:reminder|reminders} of edition {subject} on another day than today's days off give"
    ),
    What.SIGNED_IN: Phrase("signed in"),
    What.SIGNED_OUT: Phrase("signed out"),
    What.REFUSED: Phrase("was refused at signing in: {n} {n:time|times} within the hour"),
    What.SESSION_ENDED: Phrase("ended a session of {subject}"),
    What.INVITED: Phrase("invited {subject}"),
    What.PASSWORD_SET: Phrase("set a password for {subject}"),
    What.ACCOUNT_MADE: Phrase("made the account {subject}"),
    What.ACCOUNT_CHANGED: Phrase("changed the account {subject}"),
    What.ACCOUNT_ENDED: Phrase("ended the account {subject}"),
    What.EDITED: Phrase("edited {subject}"),
    What.ATTENDANCE_READ: Phrase(
        "recorded who came to {subject}: {files} {files:file|files}, {n} {n:person|people} present at "
        "{sites} {sites:site|sites}"
    ),
    What.ATTENDANCE_ASSIGNED: Phrase("assigned {n} {n:person|people} of {subject} to their sites"),
    What.ATTENDANCE_TYPED: Phrase("typed who came to {subject}: {n} {n:person|people} at {sites} {sites:site|sites}"),
    What.ATTENDANCE_FORGOTTEN: Phrase("took back {named} of the attendance of {subject}"),
    What.ATTENDANCE_ENDED: Phrase("left only figures by site of who came to {n} {n:session|sessions}"),
    What.SESSION_HELD: Phrase("marked {subject} as held"),
    What.SESSION_NOT_HELD: Phrase("marked {subject} as not held"),
}
KINDS = {  # as a filter names them
    What.PUBLISHED: Phrase("Published", "kind of act"),
    What.ROLLED_BACK: Phrase("Put an edition in force again", "kind of act"),
    What.STOPPED: Phrase("Stopped all sending", "kind of act"),
    What.RESUMED: Phrase("Let sending go on", "kind of act"),
    What.TOKEN_MADE: Phrase("Private calendar made", "kind of act"),
    What.TOKEN_ENDED: Phrase("Private calendar ended", "kind of act"),
    What.HANDED_OVER: Phrase("Post handed over", "kind of act"),
    What.ROLL_CALLED: Phrase("Roll called", "kind of act"),
    What.PROPOSAL_DROPPED: Phrase("Proposal dropped", "kind of act"),
    What.SILENT_ASKED: Phrase("Silent asked", "kind of act"),
    What.HELD: Phrase("Deliveries held", "kind of act"),
    What.RELEASED: Phrase("Deliveries released", "kind of act"),
    What.RETRIED: Phrase("Deliveries tried again", "kind of act"),
    What.DROPPED: Phrase("Deliveries dropped", "kind of act"),
    What.SUPPRESSED: Phrase("Bad address", "kind of act"),
    What.LIFTED: Phrase("Written to again", "kind of act"),
    What.REPORTS_DECIDED: Phrase("Doubted reports decided", "kind of act"),
    What.MESSAGES_SAVED: Phrase("Quarantine saved", "kind of act"),
    What.MESSAGES_FORGOTTEN: Phrase("Quarantine dropped", "kind of act"),
    What.REPORT_CLOSED: Phrase("Report closed", "kind of act"),
    What.TESTED: Phrase("Test mail", "kind of act"),
    What.MIGRATED: Phrase("Tables of the database changed", "kind of act"),
    What.COPIED: Phrase("Database filled from another", "kind of act"),
    What.BACKED_UP: Phrase("Backup", "kind of act"),
    What.RESTORED: Phrase("Backup restored", "kind of act"),
    What.ADOPTED: Phrase("Database adopted", "kind of act"),
    What.EVIDENCE_MADE: Phrase("Evidence made", "kind of act"),
    What.ERASED: Phrase("Erasure", "kind of act"),
    What.RETENTION_ENDED: Phrase("Retention ended", "kind of act"),
    What.RELAY_PAUSED: Phrase("Mail server left alone", "kind of act"),
    What.RELAY_BACK: Phrase("Mail server again", "kind of act"),
    What.HOURS_WAIT: Phrase("Hours that differ", "kind of act"),
    What.DAYS_DIFFER: Phrase("Days off that differ", "kind of act"),
    What.SIGNED_IN: Phrase("Signed in", "kind of act"),
    What.SIGNED_OUT: Phrase("Signed out", "kind of act"),
    What.REFUSED: Phrase("Refused at signing in", "kind of act"),
    What.SESSION_ENDED: Phrase("Session ended", "kind of act"),
    What.INVITED: Phrase("Invited", "kind of act"),
    What.PASSWORD_SET: Phrase("Password set", "kind of act"),
    What.ACCOUNT_MADE: Phrase("Account made", "kind of act"),
    What.ACCOUNT_CHANGED: Phrase("Account changed", "kind of act"),
    What.ACCOUNT_ENDED: Phrase("Account ended", "kind of act"),
    What.EDITED: Phrase("Edited", "kind of act"),
    What.ATTENDANCE_READ: Phrase("Attendance read", "kind of act"),
    What.ATTENDANCE_ASSIGNED: Phrase("People assigned to sites", "kind of act"),
    What.ATTENDANCE_TYPED: Phrase("Attendance typed", "kind of act"),
    What.ATTENDANCE_FORGOTTEN: Phrase("Attendance taken back", "kind of act"),
    What.ATTENDANCE_ENDED: Phrase("People of sessions ended", "kind of act"),
    What.SESSION_HELD: Phrase("Session held", "kind of act"),
    What.SESSION_NOT_HELD: Phrase("Session not held", "kind of act"),
}
WAYS = {
    Via.COMMAND: Phrase("command", "which way"),
    Via.DESK: Phrase("desk", "which way"),
    Via.PAGE: Phrase("its own page", "which way"),
    Via.SERVICE: Phrase("the service by itself", "which way"),
}
PARTS = {
    "agenda serve": Phrase("first edition", "part of the service"),
    "bounces": Phrase("returned mail", "part of the service"),
    "relay": Phrase("mail server", "part of the service"),
    "retencion": Phrase("end of retention", "part of the service"),
    "zone data": Phrase("zone data", "part of the service"),
    "days off": Phrase("days off", "part of the service"),
}
THE_SERVICE = Phrase("the service ({part})")
THE_POST = Phrase("the post {post}")
NOBODY_KNOWN = Phrase("an unknown account")
OTHERWISE = Phrase("{what} {subject}", "an act of another version")
CHANGED = Phrase("{name}: {before} → {after}", "one field, before and now")
FORGOTTEN = Phrase("(text erased)")
NOBODYS: Mapping[str, str] = {}


def deed_words(row: AuditRow, lang: Language, names: Mapping[str, str] = NOBODYS) -> str:
    """What was done; `names` are those of accounts, by their ids.

    Of an act that this version does not know, or whose figures were tampered with, its name.
    """
    values = {**row.details, "subject": names.get(row.subject, row.subject)}
    try:
        return DEEDS[What(row.what)].say(lang, **values)
    except (KeyError, ValueError):
        return OTHERWISE.say(lang, what=row.what, subject=row.subject).strip()


def who_words(row: AuditRow, lang: Language, names: Mapping[str, str] = NOBODYS) -> str:
    if row.via == Via.SERVICE:
        return THE_SERVICE.say(lang, part=PARTS.get(row.who, row.who))
    if row.via == Via.PAGE:
        return THE_POST.say(lang, post=row.who)
    return names.get(row.who, row.who) or NOBODY_KNOWN[lang]


def way_words(row: AuditRow, lang: Language) -> str:
    return WAYS[Via(row.via)][lang] if row.via in WAYS else row.via


def why_words(row: AuditRow, lang: Language) -> str:
    """The reason, and what changed; of a text that was erased, that it was."""
    if row.forgotten:
        return FORGOTTEN[lang]
    changes = [
        CHANGED.say(lang, name=name, before=before or "—", after=after or "—")
        for name, (before, after) in row.changed.items()
    ]
    return "; ".join(part for part in (row.reason, *changes) if part)
