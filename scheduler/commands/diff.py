"""`agenda diff`: what the draft changes, by meaning, with the place in the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from calendars.changes import Change, Kind, Standing
from calendars.impact import session_at
from calendars.model.agenda import Agenda, Draft
from calendars.model.places import Representation
from calendars.model.text import Language, Text
from calendars.reading import AGENDA, POSTS, PRIVATE, Lines
from calendars.wording import and_list, days_span, home_short, short_date, status_word
from calendars.zones import zone_data
from scheduler.base.clock import SystemClock
from scheduler.commands.common import (
    ConfigOption,
    JsonOption,
    LangOption,
    ShiftedOption,
    existing_database,
    language,
    out,
    print_json,
    told,
)
from scheduler.commands.shifting import Source
from scheduler.publishing.in_words import missing_lines
from scheduler.publishing.prospect import Prospect
from scheduler.store.posts import hearers
from scheduler.wording.kinds import PARTS, kind_words, title

HEAD = Text(
    es="Vigente: edición {number}. Borrador: {file}. NADA se ha publicado.",
    en="In force: edition {number}. Draft: {file}. NOTHING has been published.",
)
SHIFTED_HEAD = Text(
    es="Vigente: edición {number}, con las reglas de zonas horarias de este equipo (tz {version}). "
    "NADA se ha publicado.",
    en="In force: edition {number}, by the zone data of this machine (tz {version}). NOTHING has been published.",
)
FIRST = Text(
    es="Todavía no hay edición. Publicar pone en vigor {events} eventos; la primera edición no avisa a nadie.",
    en="There is no edition yet. Publishing puts {events} events in force; the first edition tells nobody.",
)
SAME = Text(es="Sin cambios", en="No changes")
LINE = Text(es="renglón", en="line")
GONE = Text(es="ya no está en el archivo", en="gone from the file")
LOCAL = Text(es="Hora local", en="Local time")
UNTOUCHED = Text(es="SIN CAMBIO  {n} eventos", en="UNCHANGED  {n} events")
REASON = Text(es="Motivo", en="Reason")
JOINING, LEAVING = Text(es="Se agregan", en="Added"), Text(es="Se quitan", en="Taken off")
UNDATED = Text(es="sin fecha", en="no date")
PEOPLE = Text(
    es="DESTINATARIOS  {new} nuevos, {gone} quitados, {changed} corregidos   ({file})",
    en="RECIPIENTS  {new} new, {gone} removed, {changed} corrected   ({file})",
)
UNCORRECTED = Text(
    es="{file}, {post} (renglón {line}): el puesto pasó a otra persona y aquí sigue la dirección anterior. No cuenta; "
    "ponga la nueva.",
    en="{file}, {post} (line {line}): the post was handed over and the former address still stands here. It does not "
    "count; put the new one.",
)
OTHERS = Text(es="OTRAS PARTES  {parts}", en="OTHER PARTS  {parts}")
SITES_NAMED = 6  # cities of a changed audience; the rest are counted


@dataclass(frozen=True, kw_only=True, slots=True)
class Beside:
    """What the draft changes besides its events."""

    new: tuple[str, ...]  # Recipient.id
    gone: tuple[str, ...]
    changed: tuple[str, ...]  # but for those whose former address in the file does not count
    parts: tuple[str, ...]  # keys of agenda.yaml, and files

    @property
    def people(self) -> bool:
        return bool(self.new or self.gone or self.changed)


def diff(
    shifted: ShiftedOption = False, config: ConfigOption = None, lang: LangOption = None, as_json: JsonOption = False
) -> None:
    """Say what the draft changes, by meaning, with the line in the file. Nothing is written.

    Exits with 0 whether or not there are changes; scripts read --json. With --shifted: which hours in force are others
    by this machine's zone data.
    """
    with told(lang) as settings:
        source = Source(config, settings, shifted=shifted)
        with existing_database(settings) as database, database.read() as connection:
            draft = source.draft(connection)
            found = source.prospect(connection, draft, SystemClock().now())
            others = beside(connection, found, draft)
        if as_json:
            print_json(_json(found, others, draft, source.lines))
        else:
            for line in _screen(found, others, draft, source.lines, language(lang, settings)):
                out().print(line, markup=False, soft_wrap=True)


def beside(connection: Connection, found: Prospect, draft: Draft) -> Beside:
    listed = {one.id: one for one in draft.recipients}
    filed = {one.id: one for one in hearers.filed(connection)}
    was = None if found.before is None else found.before.edition.agenda
    return Beside(
        new=tuple(key for key in listed if key not in filed),
        gone=tuple(key for key in filed if key not in listed),
        changed=tuple(
            key for key, one in listed.items() if key in filed and filed[key] != one and key not in found.uncorrected
        ),
        parts=() if was is None else tuple(_parts(was, draft.agenda)),
    )


def _parts(was: Agenda, now: Agenda) -> Iterator[str]:
    return (word for name, word in PARTS.items() if getattr(was, name) != getattr(now, name))


def _screen(found: Prospect, others: Beside, draft: Draft, lines: Lines | None, lang: Language) -> Iterator[str]:
    if found.before is None:
        yield FIRST[lang].format(events=len(draft.agenda.events))
        return
    head = SHIFTED_HEAD if lines is None else HEAD
    yield head[lang].format(number=found.before.edition.number, file=AGENDA, version=zone_data().version)
    if lines is not None:
        yield from uncorrected_lines(found.uncorrected, lines, lang)
    if not (found.changes or others.people or others.parts):
        yield SAME[lang]
        return
    yield ""
    sites = all_sites(found)
    for change in found.changes:
        yield from change_lines(change, sites, place(change, lines, lang), lang)
    if others.people:
        counts = {name: len(getattr(others, name)) for name in ("new", "gone", "changed")}
        yield PEOPLE[lang].format(file=POSTS, **counts)
    if others.parts:
        yield OTHERS[lang].format(parts=", ".join(others.parts))
    yield from missing_lines(found, lang)
    listed = {event.id for event in draft.agenda.events}
    untouched = len(listed) - sum(change.event in listed for change in found.changes)
    yield UNTOUCHED[lang].format(n=untouched)


def uncorrected_lines(posts: Iterable[str], lines: Lines, lang: Language) -> Iterator[str]:
    """Where the file still has the address of somebody who handed a post over."""
    for key in posts:
        yield UNCORRECTED[lang].format(file=POSTS, line=lines.posts.get(key, "—"), post=key)


def all_sites(found: Prospect) -> dict[str, Representation]:
    """The sites of the draft, and those that it takes away."""
    before = () if found.before is None else found.before.edition.agenda.representations
    return {site.id: site for site in (*before, *found.publication.edition.agenda.representations)}


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


def change_lines(change: Change, sites: dict[str, Representation], where: str, lang: Language) -> Iterator[str]:
    """One change: what it is, old and new time, local hours, audience, reason."""
    yield f"{kind_words(change, lang)}  {title(change, lang)}{where}"
    before, after = change.before, change.after
    if Kind.RESTATED in change.kinds and before and after:
        yield f"  {status_word(before.event.status, lang)} → {status_word(after.event.status, lang)}"
    if moments := _moments(change, lang):
        yield f"  {moments}"
    if Kind.SHIFTED in change.kinds:
        yield from _shifted(change, sites, lang)
    elif local := _local(change, sites, lang):
        yield f"  {LOCAL[lang]}: {local}"
    if Kind.AUDIENCE in change.kinds:
        yield from _audience(change, sites, lang)
    if after and after.event.reason and (before is None or before.event.reason != after.event.reason):
        yield f"  {REASON[lang]}: {after.event.reason[lang]}"


def _moments(change: Change, lang: Language) -> str:
    """«jue 21 oct 18:00 → 20:00 TCM»; nothing where the hour is the same."""
    before, after = change.before, change.after
    if before is None or after is None:
        one = after or before
        return "" if one is None else _moment(one, lang)
    if not {Kind.MOVED, Kind.SHIFTED, Kind.ADDED, Kind.CANCELLED} & set(change.kinds):
        return ""
    old, new = _moment(before, lang), _moment(after, lang)
    if before.moment == after.moment or old == new:
        return new
    return f"{old} → {_rest(before, after, new, lang)}"


def _moment(one: Standing, lang: Language) -> str:
    if one.start is None or one.end is None:
        days = one.moment[2]
        return UNDATED[lang] if days is None else days_span(days, lang)
    start, end = one.revision.wall(one.start, one.home), one.revision.wall(one.end, one.home)
    return f"{short_date(start.date(), lang)} {start:%H:%M}–{end:%H:%M} {home_short(one.home, lang)}"


def _rest(before: Standing, after: Standing, new: str, lang: Language) -> str:
    """The new moment, without a date that was said just now."""
    if before.start is None or after.start is None:
        return new
    old, now = before.revision.wall(before.start, before.home), after.revision.wall(after.start, after.home)
    return new.removeprefix(f"{short_date(old.date(), lang)} ") if now.date() == old.date() else new


def _local(change: Change, sites: dict[str, Representation], lang: Language) -> str:
    """«vie 22 oct, de 06:30 (Nueva Delhi) a 14:00 (Wellington)», of what has another hour or is new."""
    after = change.after
    if after is None or after.start is None or after.end is None or not after.takes_place or not after.zones:
        return ""
    if not {Kind.MOVED, Kind.ADDED} & set(change.kinds):
        return ""
    found = sorted(
        (session_at(sites[key], after.start, after.end, after.home, after.revision.wall) for key in after.zones),
        key=lambda one: one.start,
    )
    first, last = found[0], found[-1]
    begin = _hour_at(first.start, first.site, lang, day=True)
    if first.start == last.start:
        return begin
    end = _hour_at(last.start, last.site, lang, day=last.start.date() != first.start.date())
    return f"de {begin} a {end}" if lang == "es" else f"from {begin} to {end}"


def _shifted(change: Change, sites: dict[str, Representation], lang: Language) -> Iterator[str]:
    """«Hora local: Vancouver 15:00 → 16:00, …», of every site whose clocks show another."""
    assert change.before is not None, "only what was promised can shift"
    assert change.after is not None
    moved = []
    for key in (key for key in change.after.zones if key in change.before.zones):
        old, new = change.before.wall_at(key), change.after.wall_at(key)
        if old is not None and new is not None and old != new:
            day = "" if old.date() == new.date() else f"{short_date(new.date(), lang)} "
            moved.append(f"{sites[key].city} {short_date(old.date(), lang)} {old:%H:%M} → {day}{new:%H:%M}")
    if moved:
        yield f"  {LOCAL[lang]}: {some(moved, lang)}"


def _hour_at(wall: datetime, site: Representation, lang: Language, *, day: bool) -> str:
    date = f"{short_date(wall.date(), lang)} " if day else ""
    return f"{date}{wall:%H:%M} ({site.city})"


def _audience(change: Change, sites: dict[str, Representation], lang: Language) -> Iterator[str]:
    had, has = change.had, change.has
    for label, keys in ((JOINING, [k for k in has if k not in had]), (LEAVING, [k for k in had if k not in has])):
        if keys:
            yield f"  {label[lang]}: {some([sites[key].city for key in keys], lang)}"


def some(names: list[str], lang: Language) -> str:
    """The names, or the first of them and how many more."""
    if len(names) <= SITES_NAMED:
        return and_list(names, lang)
    more = len(names) - SITES_NAMED + 1
    return and_list([*names[: SITES_NAMED - 1], f"{more} más" if lang == "es" else f"{more} more"], lang)


def _json(found: Prospect, others: Beside, draft: Draft, lines: Lines | None) -> dict[str, object]:
    posts = (lines or Lines()).posts
    return {
        "edition": None if found.before is None else found.before.edition.number,
        "events": len(draft.agenda.events),
        "changes": [change_json(change, lines) for change in found.changes],
        "recipients": {"new": list(others.new), "removed": list(others.gone), "changed": list(others.changed)},
        "parts": list(others.parts),
        "losses": [{"missing": loss.missing.value, "name": loss.name} for loss in found.losses],
        "renamed": [{"old": old, "new": new} for old, new in found.renamed],
        "handed_over": [{"recipient": key, "file": POSTS, "line": posts.get(key)} for key in found.uncorrected],
    }


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
