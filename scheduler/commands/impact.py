"""`agenda impact`: what publishing now would do, an event's hour at every site, and a mail as it would be sent."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated

import typer
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.model.text import Language
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.around import around, around_json
from scheduler.commands.common import (
    NO_SITE,
    ConfigOption,
    JsonOption,
    LangOption,
    ShiftedOption,
    language,
    print_json,
    told,
)
from scheduler.commands.confirming import NOT_SHIFTED, UNCHANGED_BACK, AnnounceOption
from scheduler.commands.own_words import MessageEnOption, MessageEsOption, own_words
from scheduler.commands.sample import samples, shown
from scheduler.commands.screen import out, print_lines
from scheduler.commands.shifting import Source
from scheduler.installation.database import existing_database
from scheduler.installation.mail import letters_of
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import Consequences, consequences
from scheduler.publishing.in_words import (
    all_sites,
    answer_lines,
    answers_json,
    call_lines,
    day_lines,
    days_json,
    departure_lines,
    local_departure,
    mail_json,
    message_lines,
    missing_lines,
    moment_at_home,
    notices_line,
    unheard_lines,
    unlikely_lines,
)
from scheduler.publishing.prospect import Prospect
from scheduler.sending.foresight import foreseen
from scheduler.store import editions
from scheduler.store.posts.hearers import Hearer, hearers
from scheduler.wording.changes import own_word_lines
from scheduler.wording.kinds import kind_words, title

NOW = Phrase("IF YOU PUBLISH NOW ({moment})")
SAME = Phrase("The draft equals the edition in force: publishing would do nothing.")
FIRST = Phrase("  First edition: {feeds} {feeds:calendar|calendars}, and nobody is told.")
FIRST_CALLING = Phrase(
    "  First edition: {feeds} {feeds:calendar|calendars}; nobody is told of it, and these are sent invitations:"
)
CALLED_ALREADY = Phrase(
    "The draft equals the edition in force, and everybody concerned is invited: publishing would do nothing."
)
REPLACED = Phrase("{replaced} {replaced:reminder|reminders} replaced; {sent} already sent with the earlier time")
FEEDS = Phrase("{feeds} {feeds:calendar changes|calendars change}; other sites: 0 mails")
FEEDS_ENDED = Phrase(
    "{feeds} {feeds:calendar changes|calendars change}; {ended} {ended:ends|end}; other sites: 0 mails"
)
GONE = Phrase("Posts that leave the list: {posts}; reminders that they no longer get: {reminders}")
SEE = Phrase("See a mail:  agenda impact{option} --mail {site}")
PUBLISH = Phrase("Publish:     agenda publish{option}")
GO_BACK = Phrase("Go back:     agenda rollback {option}")
BACK_ALONE = Phrase("--rollback shows an edition of its own: leave --shifted and --announce out")
REASON_GIVEN = ' --reason "…"'
NO_EVENT = Phrase("there is no event {key}; the draft has {known}")
NOTHING_PLANNED = Phrase("No such mail is planned for {site}.")
REMINDER_OF = Phrase("--reminder shows a mail: say of which site, --mail SITE")
NO_MAIL = Phrase("The posts of {site} would get no notice.")

EventArgument = Annotated[
    str | None, typer.Argument(help="An event: its local start at every site, and what is wrong with it.")
]
MailOption = Annotated[
    str | None, typer.Option("--mail", help="Show what this site's posts would be sent.", metavar="SITE")
]
HtmlOption = Annotated[bool, typer.Option("--html", help="With --mail: the HTML part, to look at in a browser.")]
ReminderOption = Annotated[
    bool, typer.Option("--reminder", help="With --mail: the next reminder as planned, whatever the draft says.")
]
RollbackOption = Annotated[
    int | None, typer.Option("--rollback", help="Not the files: what `agenda rollback N` would do.", metavar="N")
]


def impact(
    event: EventArgument = None,
    mail: MailOption = None,
    announce: AnnounceOption = None,
    reminder: ReminderOption = False,
    html: HtmlOption = False,
    shifted: ShiftedOption = False,
    rollback: RollbackOption = None,
    message_es: MessageEsOption = None,
    message_en: MessageEnOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say what publishing the draft now would do: calendars, people, mails and their local hours. Nothing is written.

    --announce, --message-es and --message-en as `agenda publish` has them. With --rollback N, what going back to that
    edition would do. --mail SITE shows the mails themselves; with nothing to publish, the next one that is planned,
    word for word. With EVENT alone: where it falls at every site, and what speaks against its hour there.
    """
    with told(lang) as settings:
        _refuse(rollback, shifted or announce, alone=reminder and mail is None)
        source, spoken = Source(config, settings, shifted=shifted, back=rollback), language(lang, settings)
        at = SystemClock().now()
        if mail is None and event is not None:
            _show_event(_draft_alone(source, settings), event, spoken, at, as_json=as_json)
            return
        with existing_database(settings) as database, database.read() as connection:
            draft = source.draft(connection)
            found = source.prospect(connection, draft, at, announce or (), own_words(message_es, message_en))
            result = consequences(connection, found, at)
            posts = _posts(connection, draft, mail)
        if mail is not None:
            planned = reminder or (found.unchanged and not found.called)
            mails = samples(found, draft, result, mail, posts, settings.own_address, event, html=html)
            if planned:
                mails = _planned(settings, mail, event, at, reminder=reminder, html=html)
            typer.echo("\n".join(mails) or (NOTHING_PLANNED if planned else NO_MAIL).say(spoken, site=mail))
        else:
            _show(found, result, at, spoken, source, as_json=as_json)


def _refuse(rollback: int | None, others: object, *, alone: bool) -> None:
    """`others`: what does not go with a way back. `alone`: --reminder without --mail."""
    if rollback is not None and others:
        raise UsageRefusal(BACK_ALONE)
    if alone:
        raise UsageRefusal(REMINDER_OF)


def _planned(
    settings: Settings, site: str, event: str | None, at: datetime, *, reminder: bool, html: bool
) -> Iterator[str]:
    """The next mail to a site by what is in force, once for each language there."""
    with existing_database(settings) as database, database.write_own_row() as connection:
        under = editions.load(connection)
        if under is not None:
            letters = letters_of(settings, database.tokens)
            for body in foreseen(connection, under, letters, site, at, of=(event, reminder)):
                yield shown(body, html=html)


def _refuse_unknown(site: str | None, draft: Draft) -> None:
    if site is not None and all(known.id != site for known in draft.agenda.representations):
        raise UsageRefusal(NO_SITE, option="mail", site=site)


def _draft_alone(source: Source, settings: Settings) -> Draft:
    """What needs no database is shown without one."""
    if source.files is not None:
        return source.files[0]
    with existing_database(settings) as database, database.read() as connection:
        return source.draft(connection)


def _show_event(draft: Draft, key: str, lang: Language, at: datetime, *, as_json: bool) -> None:
    chosen = draft.agenda.event(key)
    if chosen is None:
        known = ", ".join(one.id for one in draft.agenda.events if one.when is not None)
        raise UsageRefusal(NO_EVENT, key=key, known=known)
    if as_json:
        print_json(around_json(draft, chosen))
    else:
        out().print(around(draft, chosen, lang, to_wall(at, draft.agenda.zone).date()))


def _posts(connection: Connection, draft: Draft, site: str | None) -> list[Hearer]:
    """The holders at a site; where nobody there is known yet, the draft's posts. Refuses a site that is unknown."""
    _refuse_unknown(site, draft)
    known = [one for one in hearers(connection) if one.site == site]
    if known:
        return known
    found = (one for one in draft.recipients if one.site == site)
    return [Hearer(id=one.id, site=one.site, language=one.language, post=one.post) for one in found]


def _show(
    found: Prospect, result: Consequences, at: datetime, lang: Language, source: Source, *, as_json: bool
) -> None:
    if as_json:
        print_json(_json(found, result, at))
    else:
        print_lines(_screen(found, result, at, lang, source))


def _screen(found: Prospect, result: Consequences, at: datetime, lang: Language, source: Source) -> Iterator[str]:
    option = source.option + _again(found)
    if found.unchanged and not found.called:
        yield _nothing(found, source).say(lang, number=found.publication.edition.number - 1)
        return
    agenda = found.publication.edition.agenda
    yield NOW.say(lang, moment=moment_at_home(at, agenda.zone, lang, at))
    if found.before is None:
        yield (FIRST_CALLING if found.called else FIRST).say(lang, feeds=len(result.feeds))
        yield from call_lines(found, result, at, lang)
        yield PUBLISH.say(lang, option=option + REASON_GIVEN)
        return
    sites = all_sites(found)
    for change in found.changes:
        mails = [one for one in result.mails if one.purpose is Purpose.NOTICE and one.notice.event == change.event]
        yield f"  {kind_words(change, lang)}  {title(change, lang)}"
        yield f"    {notices_line(mails, lang)}"
        yield from (f"      {line}" for line in departure_lines(mails, found, at, lang))
        yield from (f"    {line}" for line in answer_lines(result, change.event, found, at, lang))
        yield from (f"    {line}" for line in own_word_lines(change, lang))
    yield from call_lines(found, result, at, lang)
    yield from (f"  {line}" for line in (*unheard_lines(found, lang), *message_lines(found, lang)))
    yield "  " + REPLACED.say(lang, replaced=result.replaced, sent=sum(result.sent.values()))
    feeds = FEEDS_ENDED if result.ended_feeds else FEEDS
    yield "  " + feeds.say(lang, feeds=len(result.feeds), ended=len(result.ended_feeds))
    yield from (f"  {line}" for line in day_lines(result.days, lang))
    if found.removed_posts:
        yield "  " + GONE.say(lang, posts=len(found.removed_posts), reminders=result.dropped)
    yield from (f"  {line}" for line in (*missing_lines(found, lang), *unlikely_lines(found, lang)))
    if result.mails:
        yield SEE.say(lang, site=next(key for key in sites if key == result.mails[0].site.id), option=option)
    if source.back is not None:
        yield GO_BACK.say(lang, option=f"{source.back}{REASON_GIVEN}")
    else:
        yield PUBLISH.say(lang, option=option + ("" if source.shifted else REASON_GIVEN))


def _nothing(found: Prospect, source: Source) -> Phrase:
    if source.back is not None:
        return UNCHANGED_BACK
    if source.shifted:
        return NOT_SHIFTED
    return CALLED_ALREADY if found.convocations else SAME


def _again(found: Prospect) -> str:
    """What has to be typed again for the same."""
    return "".join(f" --announce {key}" for key in dict.fromkeys(notice.event for notice in found.convocations))


def _json(found: Prospect, result: Consequences, at: datetime) -> dict[str, object]:
    return {
        "at": at.isoformat(),
        "edition": None if found.before is None else found.before.edition.number,
        "unchanged": found.unchanged,
        "notices": sum(mail.people for mail in result.mails if mail.purpose is Purpose.NOTICE),
        "convocations": sum(mail.people for mail in result.mails if mail.purpose is Purpose.CONVOCATION),
        "people": found.people,
        "no_news_to": sorted(found.unheard.everybody),
        "read_privately": sorted(found.unheard.read),
        "mails": [mail_json(mail) for mail in result.mails],
        "hours": dict(sorted(Counter(local_departure(mail) for mail in result.mails).items())),
        "replaced": result.replaced,
        "dropped": result.dropped,
        "other_days": days_json(result.days),
        "sent_with_the_earlier_time": dict(result.sent),
        "feeds": list(result.feeds),
        "answers": [answers_json(one) for one in result.answers],
        "ended_feeds": list(result.ended_feeds),
        "removed_posts": list(found.removed_posts),
        "losses": [{"missing": loss.missing.value, "name": loss.name} for loss in found.losses],
    }
