"""What a notice of a change says, before it is a mail: now and before, why, and what to do."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from calendars.catalogue import Phrase
from calendars.changes import Kind, Notice, Standing
from calendars.descriptions import place, summary, until_line
from calendars.elsewhere import Offer
from calendars.model.agenda import Agenda
from calendars.model.places import Representation
from calendars.model.text import Language, Said
from calendars.wording import (
    clock_of,
    days_span,
    home_name,
    home_short,
    hour,
    long_date,
    night_remark,
    relative_day,
    sentence,
    short_date,
    weekday_and_day,
)
from scheduler.mail.subject import Subject
from scheduler.mail.texts.own_words import Lead, leads, with_addition
from scheduler.mail.texts.reminder import open_notes
from scheduler.wording.elsewhere import Others, others

_HEADS = {
    Kind.CANCELLED: Phrase("CANCELLED"),
    Kind.ADDED: Phrase("NEW"),
    Kind.CONFIRMED: Phrase("CONFIRMED"),
    Kind.MOVED: Phrase("CHANGE"),
    Kind.SHIFTED: Phrase("TIME CHANGE"),
    Kind.RELOCATED: Phrase("NEW PLACE"),
    Kind.LINK: Phrase("NEW LINK"),
}
_NO_LINK = Phrase("LINK WITHDRAWN")
_JOINS = Phrase("NOW FOR YOUR SITE TOO")
_LEAVES = Phrase("NO LONGER FOR YOUR SITE")
_NOW, _BEFORE = Phrase("Now"), Phrase("Was")
_MOVED = Phrase("{title} now {moment}; was {old}{home}")
_UNTIL = Phrase("{line}; was {was}.")
_PLACE = Phrase("Place")
_RULES = Phrase("The event was not moved: the time-zone rules changed, and with them the hour at your site.")
_DO = {
    Kind.CANCELLED: Phrase("no need to come; no reminders follow"),
    Kind.ADDED: Phrase("please note the time in this message"),
    Kind.CONFIRMED: Phrase("you can rely on the time in this message"),
    Kind.MOVED: Phrase("use the time in this message"),
    Kind.SHIFTED: Phrase("use the time in this message"),
    Kind.RELOCATED: Phrase("go to the place in this message"),
    Kind.LINK: Phrase("join by the link in this message; the earlier one no longer works"),
}  # fmt: skip
_DO_OF_DAYS = {
    Kind.ADDED: Phrase("please note the {n:date|dates} in this message"),
    Kind.CONFIRMED: Phrase("you can rely on the {n:date|dates} in this message"),
    Kind.MOVED: Phrase("go by the {n:date|dates} in this message"),
}  # fmt: skip
_DO_JOIN = Phrase("join by the link in this message")
_DO_WAIT = Phrase("do not use the earlier link; the new one is to be confirmed")
_VOID = Phrase("Reminders for {old} no longer hold.")
_VOID_DATE = Phrase("Reminders for the earlier date no longer hold.")
_UNREAD = Phrase("As of {now} your calendar program had not read this change.")


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeMoment:
    """One time of the event, for one site."""

    here: str  # «viernes 22 de octubre de 2021, 10:00 h, hora de Tokio»; «del 1 al 7 de febrero de 2022»
    home: str | None  # «jueves 21, 20:00 h, tiempo del centro de México (TCM)»; None of whole days


@dataclass(frozen=True, kw_only=True, slots=True)
class NoticeWords:
    """As the templates read it, under the name `n`."""

    subject: str
    preheader: str
    head: str  # «CAMBIO»
    title: str
    now: NoticeMoment | None  # None: it takes place no more, or no more for this site
    before: NoticeMoment | None  # None where it is new, or the same as now
    remark: str  # of the night and of another date in Mexico, or empty
    notes: tuple[str, ...]  # sentences: rules that changed, what is open, place
    reason: str | None
    leads: tuple[Lead, ...]  # the administrators' own words
    todo: str  # «Qué hacer: …», a sentence without its label
    void: str | None  # which reminders hold no more
    link: str | None
    link_opens: bool
    calendar: str | None  # the address of the site's; None: the post has another channel
    asks: bool  # whether the post comes
    guest: bool  # it comes to this session instead of its own
    others: Others  # sessions of other regions, offered instead of an hour that is no good


def notice(subject: Subject, told: Notice, *, calendar: str | None, offers: Sequence[Offer] = ()) -> NoticeWords:
    """The words of one change for one site, with the address of its `calendar`."""
    agenda, site, language, link = subject.edition.agenda, subject.site, subject.language, subject.link
    old, new = told.before, told.after
    shown = new or old
    assert shown is not None, "a notice is of something"
    now = None if new is None else _moment(new, agenda, site, language)
    was = None if old is None else _moment(old, agenda, site, language)
    said = leads((subject.words, subject.event.message if _is_for(told) else None), language)
    return NoticeWords(
        subject=with_addition(_subject(subject, told, shown), said, language),
        preheader=" ".join(f"{word}: {one.here}." for word, one in _compared(now, was, language)),
        head=_head(told)[language],
        title=shown.event.title[language],
        now=now,
        before=None if was == now else was,
        remark="" if new is None else _remark(new, agenda, site, language),
        notes=() if new is None else tuple(_notes(told, new, site, language)),
        reason=_reason(told, agenda, language),
        leads=said,
        todo=_todo(told)[language] + ".",
        void=None if old is None or new is None or was == now else _void(old, new, site, language),
        link=None if new is None else link,
        link_opens=link is not None and link.startswith(("https://", "http://")),
        calendar=calendar,
        asks=new is not None and new.event.asks_who_comes and not subject.guest,
        guest=subject.guest,
        others=others(agenda, offers, language, subject.today),
    )


def unread(now: datetime, language: Language) -> str:
    """That the reader's calendar program had not read the change at `now`, a wall of the site."""
    return _UNREAD.say(language, now=hour(now, language))


def _is_for(told: Notice) -> bool:
    """Is the event for the site, or was until it was cancelled? To others, its own words say nothing."""
    return told.after is not None or Kind.CANCELLED in told.kinds


def _head(told: Notice) -> Said:
    if told.after is None:
        return _HEADS[Kind.CANCELLED] if Kind.CANCELLED in told.kinds else _LEAVES
    if told.before is None:
        return _HEADS[Kind.ADDED] if Kind.ADDED in told.kinds else _JOINS
    return _NO_LINK if _link_alone(told) and told.after.link is None else _HEADS[told.kinds[0]]


def _todo(told: Notice) -> Said:
    if told.after is None:
        return _DO[Kind.CANCELLED]
    kind = Kind.ADDED if told.before is None else told.kinds[0]
    days = told.after.moment[2]
    if days is not None and kind in _DO_OF_DAYS:
        return _DO_OF_DAYS[kind].of(n=(days.last - days.first).days + 1)
    if told.before is None:
        return _DO[kind]
    if _link_alone(told) and (told.before.link is None or told.after.link is None):
        return _DO_WAIT if told.after.link is None else _DO_JOIN
    return _DO[kind]


def _link_alone(told: Notice) -> bool:
    return told.kinds[0] is Kind.LINK


def _void(old: Standing, new: Standing, site: Representation, language: Language) -> str:
    then, now = old.wall_at(site.id), new.wall_at(site.id)
    if then is None or now is None or then.date() != now.date():
        return _VOID_DATE[language]
    return _VOID.say(language, old=hour(then, language))


def _moment(one: Standing, agenda: Agenda, site: Representation, language: Language) -> NoticeMoment:
    here, home = one.wall_at(site.id), one.at_home()
    if here is None or home is None:
        days = one.moment[2]
        assert days is not None, "what is told of has a date"
        return NoticeMoment(here=days_span(days, language), home=None)
    return NoticeMoment(
        here=f"{long_date(here, language)}, {hour(here, language)}, {clock_of(site.city_in(language), language)}",
        home=f"{weekday_and_day(home, language)}, {hour(home, language)}, {home_name(agenda.zone, language)}",
    )


def _compared(
    now: NoticeMoment | None, was: NoticeMoment | None, language: Language
) -> Iterator[tuple[str, NoticeMoment]]:
    if now is not None:
        yield _NOW[language], now
    if was is not None and was != now:
        yield _BEFORE[language], was


def _subject(subject: Subject, told: Notice, shown: Standing) -> str:
    """«CAMBIO: Taller VMRE ahora vie 22 oct, 10:00 h (Tokio); antes 08:00 h · jue 21 oct, 20:00 h TCM»."""
    agenda, site, language = subject.edition.agenda, subject.site, subject.language
    title = f"{_head(told)[language]}: {summary(shown.event, language)}"
    beside = (subject.today, *_days(told.before, site), *_days(told.after, site))
    moment = _brief(shown, site, language, None, beside)
    here = shown.wall_at(site.id)
    if here is not None:
        relative = relative_day(here.date(), subject.today, language)
        moment = f"{relative} {moment}" if relative else moment
        moment = f"{moment} ({site.city_in(language)})"
    home = _home(shown, agenda, here, language, beside)
    if told.before is None or told.after is None or (told.old == told.new and not _elsewhere(told, site)):
        return f"{title}, {moment}{home}"
    old = _brief(told.before, site, language, None if here is None else here.date(), beside)
    return _MOVED.say(language, title=title, moment=moment, old=old, home=home)


def _elsewhere(told: Notice, site: Representation) -> bool:
    """Do the site's clocks show another hour, though the instant is the same?"""
    assert told.before is not None
    assert told.after is not None
    return told.before.wall_at(site.id) != told.after.wall_at(site.id)


def _days(one: Standing | None, site: Representation) -> tuple[date, ...]:
    """The date on which it begins by the site's clocks; of whole days, which are written with their year, none."""
    here = None if one is None else one.wall_at(site.id)
    return () if here is None else (here.date(),)


def _brief(one: Standing, site: Representation, language: Language, known: date | None, beside: Sequence[date]) -> str:
    """«vie 22 oct, 08:00 h»; the hour alone on a day that is `known`."""
    here = one.wall_at(site.id)
    if here is None:
        days = one.moment[2]
        assert days is not None, "what is told of has a date"
        return days_span(days, language)
    day = "" if here.date() == known else f"{short_date(here, language, *beside)}, "
    return f"{day}{hour(here, language)}"


def _home(shown: Standing, agenda: Agenda, here: datetime | None, language: Language, beside: Sequence[date]) -> str:
    """« · jue 21 oct, 20:00 h TCM»."""
    home = shown.at_home()
    if here is None or home is None:
        return ""
    day = f"{short_date(home, language, *beside)}, " if home.date() != here.date() else ""
    return f" · {day}{hour(home, language)} {home_short(agenda.zone, language)}"


def _remark(new: Standing, agenda: Agenda, site: Representation, language: Language) -> str:
    here, home = new.wall_at(site.id), new.at_home()
    return "" if here is None or home is None else night_remark(here, home, agenda.zone, language)


def _notes(told: Notice, new: Standing, site: Representation, language: Language) -> Iterator[str]:
    """What else has to be known: the end, changed rules, the place, what is still open."""
    event = new.event
    if new.start is not None and not _link_alone(told):
        yield _until(told.before, new, site, language)
    if told.kinds[0] is Kind.SHIFTED:
        yield _RULES[language]
    if event.place is not None:
        yield sentence(f"{_PLACE[language]}: {place(event, language)}")
    yield from open_notes(event, language)


def _until(old: Standing | None, new: Standing, site: Representation, language: Language) -> str:
    """«Término: 11:00 h (duración: 3 h).»; with what it was, where nothing else moved."""
    line = until_line(new.event, new.revision, site.zone, language)
    if old is None or old.end is None or old.start != new.start or old.end == new.end:
        return line
    was = hour(old.revision.wall(old.end, site.zone), language)
    return _UNTIL.say(language, line=line[:-1], was=was)


def _reason(told: Notice, agenda: Agenda, language: Language) -> str | None:
    """The reason that the file gives now, unless the post has read it with what it knew before."""
    now = next((event.reason for event in agenda.events if event.id == told.event), None)
    known = None if told.before is None else told.before.event.reason
    return None if now is None or now == known else now[language]
