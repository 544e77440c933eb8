"""How the roll call stands, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from calendars.wording import hour, short_date
from calendars.zones import to_wall
from scheduler.planning.rolls import Mailbox
from scheduler.reporting.rolls import ClockState, Roll, SiteRoll
from scheduler.wording.clocks import ahead_words
from scheduler.wording.places import city_name
from scheduler.wording.posts import masked

CONFIRMED = Phrase("{n} of {of} {of:site|sites} confirmed {of:its clock and its mailbox|their clock and their mailbox}")
NEVER = Phrase("The roll has not been called yet: agenda roll-call")
CALLED = Phrase("Roll call {number}: {day}, {hour}, by {author}; ends on {end}")
REGION = Phrase("{region}: {n} of {of} confirmed")
HEADINGS = Phrase("Site|Mailbox|Clock|Private calendar|Person")
NOTHING = "—"
MAILBOXES = {
    Mailbox.OPENED: Phrase("opened", "mailbox"),
    Mailbox.ACCEPTED: Phrase("accepted", "mailbox"),
    Mailbox.BOUNCED: Phrase("BOUNCED", "mailbox"),
}
ALSO_BOUNCED = Phrase("{mailbox}, {n} bounced")
AGREES = Phrase("agrees", "clock")
OTHER, DISPUTED = Phrase("OTHER: {ahead} ({zone})"), Phrase("DISPUTED: {ahead} ({zone})")
READ, NOT_KNOWN = Phrase("read", "calendar"), Phrase("not known", "calendar")
SAME_PERSON, ANOTHER = Phrase("the same", "person"), Phrase("ANOTHER ({posts})")
PROPOSED = Phrase(
    "{post}: proposed {address}. To confirm: agenda handover {post} --proposed. To dismiss: agenda roll-call --dismiss "
    "{post}"
)
UNNAMED = Phrase(
    "{post}: somebody else has it, and named nobody. To confirm: agenda handover {post} --to ADDRESS. To dismiss: "
    "agenda roll-call --dismiss {post}"
)


def confirmed(found: Roll, lang: Language) -> str:
    """«148 de 149 sedes confirmaron su reloj y su buzón»."""
    return CONFIRMED.say(lang, n=found.proven, of=len(found.sites))


def called(found: Roll, agenda: Agenda, lang: Language) -> str:
    """When the last one was called, by whom, and until when it goes on, by the agenda's clocks."""
    if found.call is None:
        return NEVER[lang]
    at, end = to_wall(found.call.at, agenda.zone), to_wall(found.call.ends_at, agenda.zone)
    return CALLED.say(
        lang,
        number=found.call.number,
        day=short_date(at.date(), lang),
        hour=hour(at, lang),
        author=found.call.author,
        end=short_date(end.date(), lang),
    )


def by_region(found: Roll, agenda: Agenda) -> Iterator[tuple[str, Sequence[SiteRoll]]]:
    """The sites of each region (its id), in order of the agenda's regions."""
    order = [region.id for region in agenda.regions]
    listed = sorted(found.sites, key=lambda one: order.index(one.site.region))
    for region, sites in groupby(listed, key=lambda one: one.site.region):
        yield region, list(sites)


def region_line(agenda: Agenda, region: str, sites: Sequence[SiteRoll], lang: Language) -> str:
    name = next(one.name[lang] for one in agenda.regions if one.id == region)
    return REGION.say(lang, region=name, n=sum(one.proven for one in sites), of=len(sites))


def site_cells(agenda: Agenda, one: SiteRoll, lang: Language) -> tuple[str, ...]:
    """A site's line, under HEADINGS."""
    mailbox, bounced = _mailbox(one.mailbox, lang), sum(post.mailbox is Mailbox.BOUNCED for post in one.posts)
    if bounced and one.mailbox is not Mailbox.BOUNCED:
        mailbox = ALSO_BOUNCED.say(lang, mailbox=mailbox, n=bounced)
    calendar = (READ if one.subscribed else NOT_KNOWN)[lang]
    return city_name(agenda, one.site.id, lang), mailbox, _clock(one, lang), calendar, _person(one, lang)


def proposals(found: Roll, lang: Language) -> Iterator[str]:
    """What an administrator has to decide."""
    for site in found.sites:
        for post in site.posts:
            if post.here is False and post.successor:
                yield PROPOSED.say(lang, post=post.id, address=masked(post.successor))
            elif post.here is False:
                yield UNNAMED.say(lang, post=post.id)


def _mailbox(found: Mailbox, lang: Language) -> str:
    return MAILBOXES[found][lang] if found in MAILBOXES else NOTHING


def _clock(one: SiteRoll, lang: Language) -> str:
    match one.clock:
        case ClockState.CONFIRMED:
            return AGREES[lang]
        case ClockState.UNKNOWN:
            return NOTHING
    says = OTHER if one.clock is ClockState.OTHER else DISPUTED
    return says.say(lang, ahead=" / ".join(ahead_words(each, lang) for each in one.ahead), zone=one.site.zone)


def _person(one: SiteRoll, lang: Language) -> str:
    if one.here is None:
        return NOTHING
    others = ", ".join(post.id for post in one.posts if post.here is False)
    return ANOTHER.say(lang, posts=others) if others else SAME_PERSON[lang]


def roll_json(found: Roll, agenda: Agenda) -> dict[str, object]:
    """For scripts. No address stands here but masked ones."""
    return {
        "call": None if found.call is None else found.call.number,
        "called": None if found.call is None else found.call.at,
        "ends": None if found.call is None else found.call.ends_at,
        "confirmed": found.proven,
        "sites": len(found.sites),
        "regions": [
            {
                "id": region,
                "confirmed": sum(one.proven for one in sites),
                "sites": [_site_json(one) for one in sites],
            }
            for region, sites in by_region(found, agenda)
        ],
    }


def _site_json(one: SiteRoll) -> dict[str, object]:
    return {
        "id": one.site.id,
        "zone": one.site.zone,
        "confirmed": one.proven,
        "mailbox": one.mailbox,
        "clock": one.clock,
        "minutes_ahead": list(one.ahead),
        "private_calendar_read": one.subscribed,
        "person": one.here,
        "posts": [
            {
                "id": post.id,
                "mailbox": post.mailbox,
                "minutes_ahead": post.ahead,
                "person": post.here,
                "proposed": masked(post.successor) if post.successor else None,
            }
            for post in one.posts
        ],
    }
