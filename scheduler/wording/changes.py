"""A change as a few lines: what it is, old and new time, local hours, audience, reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from calendars.catalogue import Phrase
from calendars.changes import Change, Kind, Standing
from calendars.editions import Edition
from calendars.model.places import Representation
from calendars.model.text import Language, OwnWords
from calendars.reading.files import AGENDA, PRIVATE, Lines
from calendars.wording import and_list, days_span, home_short, locale, short_date, status_word
from scheduler.wording.kinds import kind_words, title
from scheduler.wording.places import city_names

LINE = Phrase("line")
GONE = Phrase("gone from the file")
LOCAL = Phrase("Local time")
REASON = Phrase("Reason")
JOINING, LEAVING = Phrase("Added"), Phrase("Taken off")
UNDATED = Phrase("no date")
SPAN = Phrase("from {begin} to {end}")
MESSAGE = Phrase("“{said}” heads the mails about it that are to come; by itself it tells nobody.")
NO_MESSAGE = Phrase("Its mails have no message any more; that tells nobody.")
ONE_LANGUAGE = Phrase("It is in {name} only: those who read another language get it so, and are told which it is.")
MESSAGE_SHOWN = 60  # characters
MORE = Phrase("{n} more")
SITES_NAMED = 6  # cities of a changed audience; the rest are counted


def place(change: Change, lines: Lines | None, lang: Language) -> str:
    """Where the change was written: «   (agenda.yaml, renglón 14)»; nothing of what nobody wrote."""
    if lines is None:
        return ""
    if change.event not in lines.events:
        return f"   ({AGENDA}: {GONE[lang]})"
    if change.kinds == (Kind.LINK,):
        at = lines.links.get(change.event)
        return f"   ({PRIVATE})" if at is None else f"   ({PRIVATE}, {LINE[lang]} {at})"
    return f"   ({AGENDA}, {LINE[lang]} {lines.events[change.event]})"


def change_lines(
    change: Change, sites: dict[str, Representation], where: str, lang: Language, today: date
) -> Iterator[str]:
    """One change: what it is, old and new time, local hours, audience, reason.

    Dates have their year unless all of them are of the year of `today`.
    """
    yield f"{kind_words(change, lang)}  {title(change, lang)}{where}"
    before, after = change.before, change.after
    if Kind.RESTATED in change.kinds and before and after:
        yield f"  {status_word(before.event.status, lang)} → {status_word(after.event.status, lang)}"
    beside = (today, *days_of(before), *days_of(after))
    if moments := _moments(change, lang, beside):
        yield f"  {moments}"
    if local := local_hours(change, sites, lang, beside):
        yield f"  {LOCAL[lang]}: {local}"
    if Kind.AUDIENCE in change.kinds:
        yield from _audience(change, sites, lang)
    yield from (f"  {line}" for line in own_word_lines(change, lang))
    if after and after.event.reason and (before is None or before.event.reason != after.event.reason):
        yield f"  {REASON[lang]}: {after.event.reason[lang]}"


def own_word_lines(change: Change, lang: Language) -> Iterator[str]:
    """What another message of its own comes to: mails that are to come have it, and it makes none."""
    if Kind.MESSAGE in change.kinds and change.after is not None:
        words = change.after.event.message
        if words is None:
            yield NO_MESSAGE[lang]
        else:
            yield f"{MESSAGE.say(lang, said=_begun(words[lang]))} {one_language(words, lang)}".rstrip()


def one_language(words: OwnWords, lang: Language) -> str:
    """That others get it in a language that is not theirs; nothing where both are there."""
    if words.es and words.en:
        return ""
    return ONE_LANGUAGE.say(lang, name=locale(lang).languages[words.written_for(lang)])


def _begun(text: str) -> str:
    first = text.partition("\n")[0]
    return first if first == text and len(first) <= MESSAGE_SHOWN else first[:MESSAGE_SHOWN].rstrip() + "…"


def _moments(change: Change, lang: Language, beside: Sequence[date]) -> str:
    """«jue 21 oct 18:00 → 20:00 TCM»; nothing where the hour is the same."""
    before, after = change.before, change.after
    if before is None or after is None:
        one = after or before
        return "" if one is None else moment_of(one, lang, beside)
    if not {Kind.MOVED, Kind.SHIFTED, Kind.ADDED, Kind.CANCELLED} & set(change.kinds):
        return ""
    old, new = moment_of(before, lang, beside), moment_of(after, lang, beside)
    if before.moment == after.moment or old == new:
        return new
    return f"{old} → {_rest(before, after, new, lang, beside)}"


def moment_of(one: Standing, lang: Language, beside: Sequence[date]) -> str:
    """«jue 21 oct 18:00–20:00 TCM», by the clocks of its agenda; with its year unless all of `beside` share it."""
    if one.start is None or one.end is None:
        days = one.moment[2]
        return UNDATED[lang] if days is None else days_span(days, lang)
    start, end = one.revision.wall(one.start, one.home), one.revision.wall(one.end, one.home)
    return f"{short_date(start.date(), lang, *beside)} {start:%H:%M}–{end:%H:%M} {home_short(one.home, lang)}"


def days_of(one: Standing | None) -> tuple[date, ...]:
    """The dates on which it begins and ends, by the clocks of its agenda."""
    if one is None or one.start is None or one.end is None:
        days = None if one is None else one.moment[2]
        return () if days is None else (days.first, days.last)
    return one.revision.wall(one.start, one.home).date(), one.revision.wall(one.end, one.home).date()


def _rest(before: Standing, after: Standing, new: str, lang: Language, beside: Sequence[date]) -> str:
    """The new moment, without a date that was said just now."""
    if before.start is None or after.start is None:
        return new
    old, now = before.revision.wall(before.start, before.home), after.revision.wall(after.start, after.home)
    return new.removeprefix(f"{short_date(old.date(), lang, *beside)} ") if now.date() == old.date() else new


def local_hours(change: Change, sites: dict[str, Representation], lang: Language, beside: Sequence[date]) -> str:
    """By the clocks of its sites: from which hour to which; of what rules shifted, each that is another. Else ""."""
    if Kind.SHIFTED in change.kinds:
        return _shifted(change, sites, lang, beside)
    return _local(change, sites, lang, beside)


def _local(change: Change, sites: dict[str, Representation], lang: Language, beside: Sequence[date]) -> str:
    """«vie 22 oct, de 06:30 (Nueva Delhi) a 14:00 (Wellington)», of what has another hour or is new."""
    after = change.after
    if after is None or after.start is None or after.end is None or not after.takes_place or not after.zones:
        return ""
    if not {Kind.MOVED, Kind.ADDED} & set(change.kinds):
        return ""
    walls = {key: after.revision.wall(after.start, zone) for key, zone in after.zones.items()}
    order = sorted(walls, key=lambda key: walls[key])
    first, last, cities = order[0], order[-1], city_names(sites.values(), lang)
    begin = _hour_at(walls[first], cities[first], lang, beside)
    if walls[first] == walls[last]:
        return begin
    end = _hour_at(walls[last], cities[last], lang, beside if walls[last].date() != walls[first].date() else None)
    return SPAN.say(lang, begin=begin, end=end)


def _shifted(change: Change, sites: dict[str, Representation], lang: Language, beside: Sequence[date]) -> str:
    """«Vancouver 15:00 → 16:00, …», of every site whose clocks show another."""
    assert change.before is not None, "only what was promised can shift"
    assert change.after is not None
    moved, cities = [], city_names(sites.values(), lang)
    for key in (key for key in change.after.zones if key in change.before.zones):
        old, new = change.before.wall_at(key), change.after.wall_at(key)
        if old is not None and new is not None and old != new:
            day = "" if old.date() == new.date() else f"{short_date(new.date(), lang, *beside)} "
            moved.append(f"{cities[key]} {short_date(old.date(), lang, *beside)} {old:%H:%M} → {day}{new:%H:%M}")
    return some(moved, lang) if moved else ""


def _hour_at(wall: datetime, city: str, lang: Language, beside: Sequence[date] | None) -> str:
    """Without `beside`, on a day that was said just now."""
    day = "" if beside is None else f"{short_date(wall.date(), lang, *beside)} "
    return f"{day}{wall:%H:%M} ({city})"


def _audience(change: Change, sites: dict[str, Representation], lang: Language) -> Iterator[str]:
    for label, keys in ((JOINING, joining(change)), (LEAVING, leaving(change))):
        if keys:
            cities = city_names(sites.values(), lang)
            yield f"  {label[lang]}: {some([cities[key] for key in keys], lang)}"


def joining(change: Change) -> list[str]:
    """The sites (ids) in whose calendars it was not, and is."""
    return [key for key in change.has if key not in change.had]


def leaving(change: Change) -> list[str]:
    return [key for key in change.had if key not in change.has]


def some(names: list[str], lang: Language, most: int = SITES_NAMED) -> str:
    """The names, or the first of them and how many more."""
    if len(names) <= most:
        return and_list(names, lang)
    more = len(names) - most + 1
    return and_list([*names[: most - 1], MORE.say(lang, n=more)], lang)


def change_json(change: Change, lines: Lines | None = None) -> dict[str, object]:
    """For scripts: the kinds, the places, and both standings; no joining link."""
    known = lines or Lines()
    return {
        "id": change.event,
        "kinds": [kind.value for kind in change.kinds],
        "file": AGENDA,
        "line": known.events.get(change.event),
        "link_line": known.links.get(change.event),
        "before": _standing_json(change.before),
        "after": _standing_json(change.after),
        "had": list(change.had),
        "has": list(change.has),
    }


def _standing_json(one: Standing | None) -> dict[str, object] | None:
    if one is None:
        return None
    days = one.moment[2]
    return {
        "status": one.event.status.value,
        "start": None if one.start is None else one.start.isoformat(),
        "end": None if one.end is None else one.end.isoformat(),
        "first_day": None if days is None else days.first.isoformat(),
        "last_day": None if days is None else days.last.isoformat(),
    }


FIRST = Phrase("first edition: {n} {n:event|events}")
BESIDE = Phrase("no event: recipients, links or other parts")
SILENT = Phrase(" (told nobody)")
CALLED = Phrase(" (invited to: {events})")
NAMED = 3  # events of an edition; the rest are counted
MORE_CHANGES = Phrase("and {n} more")


def in_one_line(
    edition: Edition,
    changed: tuple[Change, ...] | None,
    lang: Language,
    *,
    silent: bool = False,
    called: Sequence[str] = (),
) -> str:
    """`changed`: None of a first edition. `silent`: nobody was told. `called`: the events that it convoked to."""
    told = _changed(edition, changed, lang) + (SILENT[lang] if silent else "")
    return told + (CALLED.say(lang, events=", ".join(called)) if called else "")


def _changed(edition: Edition, changed: tuple[Change, ...] | None, lang: Language) -> str:
    if changed is None:
        return FIRST.say(lang, n=len(edition.agenda.events))
    if not changed:
        return BESIDE[lang]
    named = [f"{kind_words(change, lang)} {title(change, lang)}" for change in changed[:NAMED]]
    rest = [MORE_CHANGES.say(lang, n=len(changed) - NAMED)] if len(changed) > NAMED else []
    return "; ".join([*named, *rest])
