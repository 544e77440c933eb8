"""`agenda impact`: what publishing now would do, an event's hour at every site, and a mail as it would be sent."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.model.text import Language, OwnWords
from calendars.reading.files import Lines
from calendars.zones import to_wall
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.around import around, around_json
from scheduler.commands.common import (
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
from scheduler.commands.sample import Sample, print_sample
from scheduler.commands.screen import out, print_lines
from scheduler.commands.shifting import Source
from scheduler.installation.database import existing_database
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import Consequences, consequences
from scheduler.publishing.figures import impact_json
from scheduler.publishing.in_words import (
    all_sites,
    answer_lines,
    call_lines,
    day_lines,
    departure_lines,
    message_lines,
    missing_lines,
    moment_at_home,
    notices_line,
    people_lines,
    unheard_lines,
    unlikely_lines,
)
from scheduler.publishing.prospect import Beside, Prospect, beside
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
OF_A_MAIL = Phrase("--reminder and --raw show a mail: say of which site, --mail SITE")

EventArgument = Annotated[
    str | None, typer.Argument(help="An event: its local start at every site, and what is wrong with it.")
]
MailOption = Annotated[
    str | None, typer.Option("--mail", help="Show what this site's posts would be sent.", metavar="SITE")
]
HtmlOption = Annotated[bool, typer.Option("--html", help="With --mail: the HTML part, to look at in a browser.")]
RawOption = Annotated[
    bool, typer.Option("--raw", help="With --mail: the message whole, as it leaves: headers, both parts, enclosures.")
]
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
    raw: RawOption = False,
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
        _refuse(rollback, shifted or announce, alone=(reminder or raw) and mail is None)
        source, spoken = Source(config, settings, shifted=shifted, back=rollback), language(lang, settings)
        at, words = SystemClock().now(), own_words(message_es, message_en)
        if mail is not None:
            sample = Sample(site=mail, event=event, reminder=reminder, html=html, raw=raw, words=words)
            print_sample(settings, source, sample, at, announce or (), spoken)
        elif event is not None:
            _show_event(_draft_alone(source, settings), event, spoken, at, as_json=as_json)
        else:
            seen = _looked_at(settings, source, at, announce or (), words)
            if as_json:
                print_json(impact_json(seen.found, seen.result, seen.others, seen.lines, seen.at))
            else:
                print_lines(_screen(seen, spoken, source))


@dataclass(frozen=True, kw_only=True, slots=True)
class _Seen:
    """What publishing at the instant `at` (UTC) would do."""

    found: Prospect
    result: Consequences
    others: Beside
    lines: Lines | None  # where posts stand in the files; None where they have no part in it
    at: datetime


def _looked_at(
    settings: Settings, source: Source, at: datetime, announce: Collection[str], words: OwnWords | None
) -> _Seen:
    with existing_database(settings) as database, database.read() as connection:
        draft = source.draft(connection)
        found = source.prospect(connection, draft, at, announce, words)
        result, others = consequences(connection, found, at), beside(connection, found, draft)
    return _Seen(found=found, result=result, others=others, lines=source.lines, at=at)


def _refuse(rollback: int | None, others: object, *, alone: bool) -> None:
    """`others`: what does not go with a way back. `alone`: --reminder or --raw without --mail."""
    if rollback is not None and others:
        raise UsageRefusal(BACK_ALONE)
    if alone:
        raise UsageRefusal(OF_A_MAIL)


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


def _screen(seen: _Seen, lang: Language, source: Source) -> Iterator[str]:
    found, result, at = seen.found, seen.result, seen.at
    option = source.option + _again(found)
    if found.unchanged and not found.called:
        yield _nothing(found, source).say(lang, number=found.publication.edition.number - 1)
        return
    yield NOW.say(lang, moment=moment_at_home(at, found.publication.edition.agenda.zone, lang, at))
    if found.before is None:
        yield (FIRST_CALLING if found.called else FIRST).say(lang, feeds=len(result.feeds))
        yield from call_lines(found, result, at, lang)
        yield PUBLISH.say(lang, option=option + REASON_GIVEN)
        return
    yield from _events(found, result, at, lang)
    yield from (f"  {line}" for line in _besides(seen, lang))
    if result.mails:
        site = next(key for key in all_sites(found) if key == result.mails[0].site.id)
        yield SEE.say(lang, site=site, option=option)
    if source.back is not None:
        yield GO_BACK.say(lang, option=f"{source.back}{REASON_GIVEN}")
    else:
        yield PUBLISH.say(lang, option=option + ("" if source.shifted else REASON_GIVEN))


def _events(found: Prospect, result: Consequences, at: datetime, lang: Language) -> Iterator[str]:
    """What changes, whom it is told and when; and who is called."""
    for change in found.changes:
        mails = [one for one in result.mails if one.purpose is Purpose.NOTICE and one.notice.event == change.event]
        yield f"  {kind_words(change, lang)}  {title(change, lang)}"
        yield f"    {notices_line(mails, lang)}"
        yield from (f"      {line}" for line in departure_lines(mails, found, at, lang))
        yield from (f"    {line}" for line in answer_lines(result, change.event, found, at, lang))
        yield from (f"    {line}" for line in own_word_lines(change, lang))
    yield from call_lines(found, result, at, lang)


def _besides(seen: _Seen, lang: Language) -> Iterator[str]:
    """What follows besides: reminders, calendars, posts, days, what is missing or unlikely."""
    found, result = seen.found, seen.result
    yield from (*unheard_lines(found, lang), *message_lines(found, lang))
    yield REPLACED.say(lang, replaced=result.replaced, sent=sum(result.sent.values()))
    feeds = FEEDS_ENDED if result.ended_feeds else FEEDS
    yield feeds.say(lang, feeds=len(result.feeds), ended=len(result.ended_feeds))
    yield from people_lines(seen.others, seen.lines, lang)
    yield from day_lines(result.days, lang)
    if found.removed_posts:
        yield GONE.say(lang, posts=len(found.removed_posts), reminders=result.dropped)
    yield from (*missing_lines(found, lang), *unlikely_lines(found, lang))


def _nothing(found: Prospect, source: Source) -> Phrase:
    if source.back is not None:
        return UNCHANGED_BACK
    if source.shifted:
        return NOT_SHIFTED
    return CALLED_ALREADY if found.convocations else SAME


def _again(found: Prospect) -> str:
    """What has to be typed again for the same."""
    return "".join(f" --announce {key}" for key in dict.fromkeys(notice.event for notice in found.convocations))
