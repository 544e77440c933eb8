"""What a draft takes away, in words for whoever may not have meant it: a file cut short, an id edited by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime

from calendars.catalogue import Phrase
from calendars.losses import Missing
from calendars.model.people import Role
from calendars.model.places import Representation
from calendars.model.text import Language
from calendars.reading.files import AGENDA, DAYS, POSTS, PRIVATE, SITES, Lines
from calendars.wording import and_list, home_short, hour, long_date, short_date
from calendars.zones import to_wall
from scheduler.planning.delivery import Purpose
from scheduler.publishing.consequences import Consequences, ForeseenMail
from scheduler.publishing.day_shifts import DayShift
from scheduler.publishing.prospect import Beside, Prospect
from scheduler.publishing.set_aside import MovedAnswers
from scheduler.wording.changes import one_language, some
from scheduler.wording.kinds import PARTS
from scheduler.wording.places import city_name, city_names

REMOVES = Phrase("It takes {what} away from what is in force:")
EVENTS = Phrase("{n} {n:event|events}")
POSTS_GONE = Phrase("{n} {n:recipient|recipients}")
EVENT = Phrase("{id}, “{title}”: it would be cancelled")
POST = Phrase("{id}: would get no more mail")
LOSSES = {
    Missing.SITE: Phrase("No longer in representations.csv"),
    Missing.SITE_DETAIL: Phrase("Lose something of their days in representations.csv"),
    Missing.LINK: Phrase("Left without a link to join by"),
    Missing.SHORT_LINK: Phrase("Their link to join by is the former without its end"),
    Missing.DAY: Phrase("No longer so in festivos.csv, or shorter there"),
    Missing.ENTRY: Phrase("No longer in agenda.yaml"),
    Missing.SETTING: Phrase("Missing, or a part of it, in agenda.yaml"),
    Missing.DETAIL: Phrase("Lose something of what they said"),
}
RENAMED = Phrase(
    "“{new}” is new and looks like “{old}”, which goes. Another id is another event or another "
    "post: if you only changed the id, give it the former one."
)
CUT = Phrase("If you took none of this away, the file may have been cut short: take it from your backup ({files}).")
SHOWN = 20  # of one kind


def missing_lines(found: Prospect, lang: Language, *, files: bool = True) -> Iterator[str]:
    """All that goes, a heading for each kind; nothing where nothing does. `files`: one of them may have been cut."""
    if not (found.removed_events or found.removed_posts or found.losses):
        return
    if found.removed_events or found.removed_posts:
        counted = ((EVENTS, len(found.removed_events)), (POSTS_GONE, len(found.removed_posts)))
        what = [words.say(lang, n=n) for words, n in counted if n]
        yield REMOVES.say(lang, what=and_list(what, lang))
        yield from _shown(_removed(found, lang))
    for kind, heading in LOSSES.items():
        names = [_name(loss.name) for loss in found.losses if loss.missing is kind]
        if names:
            yield f"{heading[lang]}:"
            yield from _shown(names)
    for old, new in found.renamed:
        yield RENAMED.say(lang, old=old, new=new)
    if files:
        yield CUT.say(lang, files=and_list(list(_files(found)), lang))


def _files(found: Prospect) -> Iterator[str]:
    """Where it was written."""
    missing = {loss.missing for loss in found.losses}
    if found.removed_events or missing & {Missing.ENTRY, Missing.SETTING, Missing.DETAIL}:
        yield AGENDA
    if missing & {Missing.SITE, Missing.SITE_DETAIL}:
        yield SITES
    if found.removed_posts:
        yield POSTS
    if Missing.DAY in missing:
        yield DAYS
    if missing & {Missing.LINK, Missing.SHORT_LINK}:
        yield PRIVATE


def _removed(found: Prospect, lang: Language) -> Iterator[str]:
    known = {} if found.before is None else {one.id: one for one in found.before.edition.agenda.events}
    yield from (EVENT.say(lang, id=key, title=known[key].title[lang]) for key in found.removed_events)
    yield from (POST.say(lang, id=key) for key in found.removed_posts)


def _name(name: str) -> str:
    """«ejes: promocion», by the words of the file."""
    field, colon, rest = name.partition(": ")
    return f"{PARTS.get(field, field)}{colon}{rest}"


def _shown(names: Iterable[str]) -> Iterator[str]:
    listed = list(names)
    yield from (f"  - {name}" for name in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield "  …"


UNLIKELY = Phrase("Dates that may be a slip:")
PAST = Phrase("{id}, “{title}”: {day}, which has passed")
FAR = Phrase("{id}, “{title}”: {day}, over 30 months ahead")


def unlikely_lines(found: Prospect, lang: Language) -> Iterator[str]:
    """The events that were moved or added to a date that few mean; nothing where none was."""
    if found.unlikely:
        yield UNLIKELY[lang]
        titles = {event.id: event.title[lang] for event in found.publication.edition.agenda.events}
        for one in found.unlikely:
            words = PAST if one.past else FAR
            yield "  - " + words.say(lang, id=one.event, title=titles[one.event], day=long_date(one.day, lang))


UNCORRECTED = Phrase(
    "{file}, {post} (line {line}): the post was handed over and the former address still stands "
    "here. It does not count; put the new one."
)


def uncorrected_lines(posts: Iterable[str], lines: Lines, lang: Language) -> Iterator[str]:
    """Where the file still has the address of somebody who handed a post over."""
    for key in posts:
        yield UNCORRECTED.say(lang, file=POSTS, line=lines.posts.get(key, "—"), post=key)


def all_sites(found: Prospect) -> dict[str, Representation]:
    """The sites of the draft, and those that it takes away."""
    before = () if found.before is None else found.before.edition.agenda.representations
    return {site.id: site for site in (*before, *found.publication.edition.agenda.representations)}


NOTICES = Phrase("{people} {people:notice|notices} to {people} {people:post|posts} at {sites} {sites:site|sites}")
NO_NOTICES = Phrase("No notices")
CALL = Phrase("INVITATION")
CALLS = Phrase("{mails} {mails:invitation|invitations} at {sites} {sites:site|sites}")
SETTLED = Phrase("{n} on {moment}")
SETTLED_AT = Phrase("{n} on {moment}: {sites}")
LATER = Phrase("{n} on {moment} (local time)")
LATER_AT = Phrase("{n} on {moment} (local time): {sites}")
CITIES = 4  # named of those that wait for another day
Departure = tuple[bool, str]  # at the opening of each site; and the moment, in words
Group = tuple[Departure, list[ForeseenMail]]


def call_lines(found: Prospect, result: Consequences, at: datetime, lang: Language) -> Iterator[str]:
    """Each event that is announced, with how many are called to it and when."""
    titles = {event.id: event.title[lang] for event in found.publication.edition.agenda.events}
    for key in dict.fromkeys(notice.event for notice in found.convocations):
        mails = [one for one in result.mails if one.purpose is Purpose.CONVOCATION and one.notice.event == key]
        yield f"  {CALL[lang]}  {titles[key]}"
        yield "    " + CALLS.say(lang, mails=sum(mail.people for mail in mails), sites=len(mails))
        yield from (f"      {line}" for line in departure_lines(mails, found, at, lang))


def notices_line(mails: list[ForeseenMail], lang: Language) -> str:
    if not mails:
        return NO_NOTICES[lang]
    people = sum(mail.people for mail in mails)
    return NOTICES.say(lang, people=people, sites=len({mail.site.id for mail in mails}))


def departure_lines(mails: list[ForeseenMail], found: Prospect, at: datetime, lang: Language) -> Iterator[str]:
    """«14 el mar 19 oct, 09:00 h (hora local)»; the fewer, the more their cities are of interest."""
    agenda = found.publication.edition.agenda
    groups: dict[Departure, list[ForeseenMail]] = {}
    for mail in mails:
        groups.setdefault(_departure(mail, at, agenda.zone, lang), []).append(mail)
    for number, ((opening, moment), group) in enumerate(sorted(groups.items(), key=_by_size)):
        people = sum(mail.people for mail in group)
        if number == 0 and len(group) > CITIES:
            yield (LATER if opening else SETTLED).say(lang, n=people, moment=moment)
        else:
            cities = some([city_name(agenda, mail.site.id, lang) for mail in group], lang, CITIES)
            yield (LATER_AT if opening else SETTLED_AT).say(lang, n=people, moment=moment, sites=cities)


def _by_size(group: Group) -> tuple[int, datetime]:
    return -len(group[1]), group[1][0].leaves


def _departure(mail: ForeseenMail, at: datetime, home: str, lang: Language) -> Departure:
    """The moment itself where it goes as soon as it is settled."""
    wall = to_wall(mail.leaves, mail.site.zone)
    if wall.time() == mail.site.opens and mail.leaves > at:
        return True, f"{short_date(wall.date(), lang, to_wall(at, mail.site.zone))}, {hour(wall, lang)}"
    return False, moment_at_home(mail.leaves, home, lang, at)


def moment_at_home(moment: datetime, home: str, lang: Language, now: datetime) -> str:
    """An instant by the agenda's clock, with its year unless it is that of `now`."""
    wall = to_wall(moment, home)
    return f"{short_date(wall.date(), lang, to_wall(now, home))}, {hour(wall, lang)} {home_short(home, lang)}"


def mail_json(mail: ForeseenMail) -> dict[str, object]:
    return {
        "event": mail.notice.event,
        "site": mail.site.id,
        "purpose": mail.purpose.value,
        "kinds": [kind.value for kind in mail.notice.kinds],
        "people": mail.people,
        "leaves": mail.leaves.isoformat(),
        "leaves_local": local_departure(mail),
    }


def local_departure(mail: ForeseenMail) -> str:
    return to_wall(mail.leaves, mail.site.zone).isoformat(timespec="minutes")


UNHEARD = Phrase("No notice to {n} {n:post|posts}: nothing was told there yet of what is taken back")
CORRECTED = Phrase("{n} {n:post|posts} heard of it meanwhile, by a notice or a reminder: the mail corrects it")
EXPOSED = Phrase(
    "Public calendars have shown edition {number} since {moment}: whoever read them meanwhile sees it change "
    "again there, without a mail"
)
PRIVATELY = Phrase("{n} of these posts read it in {n:its|their} own calendar")


def unheard_lines(found: Prospect, lang: Language) -> Iterator[str]:
    """To whom a way back is no news, who is corrected, and what calendars have shown; nothing where all hear."""
    spared = found.unheard
    if not spared.posts or found.before is None:
        return
    events = {event for event, _, _ in spared.posts}
    yield UNHEARD.say(lang, n=len(spared.everybody))
    corrected = frozenset().union(*(found.hearing(one) for one in found.notices if one.event in events))
    if corrected:
        yield CORRECTED.say(lang, n=len(corrected))
    yield exposed_line(found, lang)
    if spared.read:
        yield PRIVATELY.say(lang, n=len(spared.read))


def exposed_line(found: Prospect, lang: Language) -> str:
    """Since when public calendars have shown what is in force."""
    assert found.before is not None, "what goes back has an edition before it"
    before, now = found.before.edition, found.publication.edition.at
    return EXPOSED.say(lang, number=before.number, moment=moment_at_home(before.at, before.agenda.zone, lang, now))


HEADED = Phrase("The publication's message heads {n} {n:mail|mails}. {said}")
NO_MAIL = Phrase("The publication's message reaches nobody: no notice and no convocation is owed")


def message_lines(found: Prospect, lang: Language) -> Iterator[str]:
    """How many mails the publication's own words go with; nothing where it has none."""
    if found.message is not None:
        said = HEADED.say(lang, n=found.mails, said=one_language(found.message, lang)).rstrip()
        yield said if found.mails else NO_MAIL[lang]


PEOPLE = Phrase("RECIPIENTS  {new} new, {gone} removed, {changed} corrected   ({file})")
NEW_POST = Phrase(
    "  NEW        {post} (line {line}): gets the reminders that are still ahead, and no notice of what was before"
)
GONE_POST = Phrase("  REMOVED    {post}: gets nothing more, and its reminders that wait end")
CORRECTED_POST = Phrase("  CORRECTED  {post} (line {line}): from now on as the file says, the mails that wait included")


def people_lines(others: Beside, lines: Lines | None, lang: Language) -> Iterator[str]:
    """The posts that are new, leave or are corrected, with their lines, and what each gets; nothing where none is.

    `lines`: None where the files have no part in it.
    """
    if others.people:
        counts = {name: len(getattr(others, name)) for name in ("new", "gone", "changed")}
        yield PEOPLE.say(lang, file=POSTS, **counts)
        yield from _post_lines(others, lines or Lines(), lang)


def people_json(others: Beside, lines: Lines | None) -> dict[str, object]:
    """The same for scripts: id and line of each; None of what stands in no file."""
    places = (lines or Lines()).posts
    listed = (("new", others.new), ("removed", others.gone), ("corrected", others.changed))
    return {name: [{"recipient": key, "line": places.get(key)} for key in posts] for name, posts in listed}


def _post_lines(others: Beside, lines: Lines, lang: Language) -> Iterator[str]:
    for words, posts in ((NEW_POST, others.new), (CORRECTED_POST, others.changed), (GONE_POST, others.gone)):
        for post in posts[:SHOWN]:
            yield words.say(lang, post=post, line=lines.posts.get(post, "—"))
        if len(posts) > SHOWN:
            yield "  …"


OTHER_DAYS = Phrase("{n} {n:reminder goes|reminders go} on another day:")
OTHER_DAY = Phrase("  {event}, {site}, {rule}: {promised} → {now}")
DAYS_NAMED = 12


def day_lines(found: Sequence[DayShift], lang: Language) -> Iterator[str]:
    """The reminders that go on another day, each with its site and both days; nothing where none does."""
    if found:
        yield OTHER_DAYS.say(lang, n=sum(one.reminders for one in found))
    for one in found[:DAYS_NAMED]:
        promised, now = short_date(one.promised, lang), short_date(one.now, lang)
        yield OTHER_DAY.say(lang, event=one.event, site=one.site, rule=one.rule, promised=promised, now=now)
    if len(found) > DAYS_NAMED:
        yield "  …"


def days_json(found: Sequence[DayShift]) -> list[dict[str, object]]:
    return [{**asdict(one), "promised": one.promised.isoformat(), "now": one.now.isoformat()} for one in found]


SET_ASIDE = Phrase("{n} {n:answer is set aside until it is said again|answers are set aside until they are said again}")
BACK = Phrase("{n} {n:answer that was set aside counts|answers that were set aside count} again")
SHORT = Phrase("Coverage: it would be short at {n}: {sites}")
ASKED = {
    Role.DEPUTY: Phrase("{n} {n:deputy|deputies} would be asked, from {moment} on"),
    Role.COORDINATOR: Phrase("{n} {n:coordinator|coordinators} would hear of it, from {moment} on"),
}


def answer_lines(result: Consequences, event: str, found: Prospect, at: datetime, lang: Language) -> Iterator[str]:
    """What becomes of the answers to an event (its id), and who would be asked for that."""
    agenda = found.publication.edition.agenda
    cities = city_names(agenda.representations, lang)
    for one in result.answers:
        if one.event != event:
            continue
        told = ((SET_ASIDE, one.set_aside), (BACK, one.back))
        yield "; ".join(words.say(lang, n=n) for words, n in told if n)
        if one.lacking:
            named = ", ".join(cities[site] for site in one.lacking)
            yield SHORT.say(lang, n=len(one.lacking), sites=named)
        for role, words in ASKED.items():
            calls = [call for call in one.calls if call.role is role]
            if calls:
                moment = moment_at_home(calls[0].due, agenda.zone, lang, at)
                yield "  " + words.say(lang, n=len(calls), moment=moment)


def answers_json(one: MovedAnswers) -> dict[str, object]:
    return {
        "event": one.event,
        "set_aside": one.set_aside,
        "counting_again": one.back,
        "lacking": list(one.lacking),
        "escalations": [
            {"role": call.role.value, "site": call.site, "due": call.due.isoformat()} for call in one.calls
        ],
    }
