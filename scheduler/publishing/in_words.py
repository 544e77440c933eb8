"""What a draft takes away, in words for whoever may not have meant it: a file cut short, an id edited by mistake."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from calendars.losses import Missing
from calendars.model.text import Language, Text
from calendars.reading import AGENDA, POSTS, PRIVATE, SITES
from calendars.wording import and_list
from scheduler.publishing.prospect import Prospect
from scheduler.wording.kinds import PARTS

REMOVES = Text(es="Quita {what} de lo vigente:", en="It takes {what} away from what is in force:")
EVENTS = Text(es="1 evento|{n} eventos", en="1 event|{n} events")
POSTS_GONE = Text(es="1 destinatario|{n} destinatarios", en="1 recipient|{n} recipients")
EVENT = Text(es="{id}, «{title}»: se cancelaría", en="{id}, “{title}”: it would be cancelled")
POST = Text(es="{id}: dejaría de recibir correos", en="{id}: would get no more mail")
LOSSES = {
    Missing.SITE: Text(es="Ya no están en representations.csv", en="No longer in representations.csv"),
    Missing.LINK: Text(es="Se quedan sin enlace para entrar", en="Left without a link to join by"),
    Missing.SHORT_LINK: Text(
        es="Su enlace para entrar es el de antes sin el final", en="Their link to join by is the former without its end"
    ),
    Missing.ENTRY: Text(es="Ya no están en agenda.yaml", en="No longer in agenda.yaml"),
    Missing.SETTING: Text(es="Falta, o falta una parte, en agenda.yaml", en="Missing, or a part of it, in agenda.yaml"),
    Missing.DETAIL: Text(es="Pierden algo de lo que decían", en="Lose something of what they said"),
}
RENAMED = Text(
    es="«{new}» es nuevo y se parece a «{old}», que se quita. Un id distinto es otro evento u otro puesto: si solo "
    "cambió el id, devuélvale el anterior.",
    en="“{new}” is new and looks like “{old}”, which goes. Another id is another event or another post: if you only "
    "changed the id, give it the former one.",
)
CUT = Text(
    es="Si usted no quitó nada de esto, el archivo puede estar cortado: recupérelo de su respaldo ({files}).",
    en="If you took none of this away, the file may have been cut short: take it from your backup ({files}).",
)
SHOWN = 20  # of one kind


def missing_lines(found: Prospect, lang: Language, *, files: bool = True) -> Iterator[str]:
    """All that goes, a heading for each kind; nothing where nothing does. `files`: one of them may have been cut."""
    if not (found.removed_events or found.removed_posts or found.losses):
        return
    if found.removed_events or found.removed_posts:
        counted = ((EVENTS, len(found.removed_events)), (POSTS_GONE, len(found.removed_posts)))
        what = [_counted(words[lang], n) for words, n in counted if n]
        yield REMOVES[lang].format(what=and_list(what, lang))
        yield from _shown(_removed(found, lang))
    for kind, heading in LOSSES.items():
        names = [_name(loss.name) for loss in found.losses if loss.missing is kind]
        if names:
            yield f"{heading[lang]}:"
            yield from _shown(names)
    for old, new in found.renamed:
        yield RENAMED[lang].format(old=old, new=new)
    if files:
        yield CUT[lang].format(files=and_list(list(_files(found)), lang))


def _counted(words: str, n: int) -> str:
    one, many = words.split("|")
    return one if n == 1 else many.format(n=n)


def _files(found: Prospect) -> Iterator[str]:
    """Where it was written."""
    missing = {loss.missing for loss in found.losses}
    if found.removed_events or missing & {Missing.ENTRY, Missing.SETTING, Missing.DETAIL}:
        yield AGENDA
    if Missing.SITE in missing:
        yield SITES
    if found.removed_posts:
        yield POSTS
    if missing & {Missing.LINK, Missing.SHORT_LINK}:
        yield PRIVATE


def _removed(found: Prospect, lang: Language) -> Iterator[str]:
    known = {} if found.before is None else {one.id: one for one in found.before.edition.agenda.events}
    yield from (EVENT[lang].format(id=key, title=known[key].title[lang]) for key in found.removed_events)
    yield from (POST[lang].format(id=key) for key in found.removed_posts)


def _name(name: str) -> str:
    """«ejes: promocion», by the words of the file."""
    field, colon, rest = name.partition(": ")
    return f"{PARTS.get(field, field)}{colon}{rest}"


def _shown(names: Iterable[str]) -> Iterator[str]:
    listed = list(names)
    yield from (f"  - {name}" for name in listed[:SHOWN])
    if len(listed) > SHOWN:
        yield "  …"
