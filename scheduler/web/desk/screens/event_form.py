"""The form in which one event is edited: beside it, while typing, its hour at all its sites and what is wrong where.

The file is the truth: the form is filled from it, and only what was changed in the form is written to it. Where
somebody else changed the same event meanwhile, nothing is written before a person has chosen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.agenda import Agenda
from calendars.model.places import slug
from calendars.model.text import Language
from calendars.reading import words
from calendars.reading.files import AGENDA, PRIVATE
from calendars.wording import kind_word, status_word
from scheduler.drafts import typed
from scheduler.drafts.encoding import agenda_text, body_of, text_of
from scheduler.drafts.form import FIELDS, event_text, with_fields, with_new
from scheduler.drafts.history import digest_of
from scheduler.drafts.patching import AsText, Events, links_of, own_kinds, with_link
from scheduler.drafts.saving import ChangedBeneath
from scheduler.drafts.typed import Typed
from scheduler.store.accounts.roles import DeskRole
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.bounds import reaches, refuse_elsewhere
from scheduler.web.desk.screens.look import EventLook, addressed, look
from scheduler.web.desk.screens.writing import write_file
from scheduler.wording.fields import HELP, LABELS

LINK = "enlace"
NEW = Phrase("New event")
NO_EVENT = Phrase("There is no event “{name}” in agenda.yaml.")
GONE = Phrase(
    "“{name}” is not in agenda.yaml any more: somebody removed it. Nothing was written. What you typed is here, and "
    "can be saved as a new event."
)
TAKEN = Phrase("An event with this identifier is there already: choose another.")
OF_ONE_EVENT = tuple(f"{key}.{language}" for key in ("motivo", "mensaje") for language in LANGUAGES)  # no copy has it
TRIES = 3  # at a file that others save in the same moment


@dataclass(frozen=True, kw_only=True, slots=True)
class FilledForm:
    """What the screen shows of an event."""

    id: str  # "" of one that is not in the file yet
    fields: Mapping[str, str]
    digest: str  # of the event's text when the form was filled from it
    look: EventLook | None = None  # None: the form cannot be read so
    typed_at: str = ""  # there is something that was typed and not saved, since then
    theirs: Mapping[str, str] | None = None  # what somebody else made of it meanwhile
    notice: str = ""


def edit(place: Place, asked: Asked) -> Answer:
    """An event's form, filled from the file."""
    key = asked.names["event"]
    files = place.files.contents()
    text = agenda_text(files)
    left = typed.kept(place.folder, asked.who, _form_of(key), asked.now)
    if left is not None and key not in Events(text).ids:
        return _orphaned(place, asked, FilledForm(id=key, fields=_all(left.fields), digest=""))
    found = _filled(text, files, key)
    if left is not None and asked.query.get("typed"):
        found = FilledForm(
            id=key, fields={**found.fields, **left.fields}, digest=left.fields.get("digest", found.digest)
        )
        left = None
    looked = _looked(files, text, found, asked.language)
    return _screen(place, asked, _with(found, look=looked, typed_at=_moment(left, place, asked)))


def blank(place: Place, asked: Asked) -> Answer:
    """The form of a new event; of a copy, with another's fields but for its identifier."""
    files = place.files.contents()
    source = asked.query.get("from", "")
    fields = dict.fromkeys((*FIELDS, LINK), "") | {"estado": "tentativo", "para.quien": "todas"}
    if source:
        fields = {
            **_filled(agenda_text(files), files, source).fields,
            **dict.fromkeys((LINK, *OF_ONE_EVENT), ""),
        }
    return _screen(place, asked, FilledForm(id="", fields=fields, digest=""))


def seen(place: Place, asked: Asked) -> Answer:
    """What is beside the form, for what is typed in it; nothing is written to the file."""
    files = place.files.contents()
    text = agenda_text(files)
    form = _posted(asked)
    if form.id:
        typed.keep(
            place.folder,
            asked.who,
            _form_of(form.id),
            Typed(at=asked.now, fields={**form.fields, "digest": form.digest}),
        )
    found = _with(form, look=_looked(files, text, form, asked.language))
    if asked.part:
        return part(asked, "desk/event-look.html", _values(place, asked, found))
    return _screen(place, asked, found)


def saved(place: Place, asked: Asked) -> Answer:
    """Write what differs; where others changed the same event, ask."""
    form = _posted(asked)
    for attempt in range(1, TRIES + 1):
        try:
            return _saved(place, asked, form)
        except ChangedBeneath:  # between our reading and our writing: read again
            if attempt == TRIES:
                raise
    raise AssertionError("the last try returns or raises")


def forgotten(place: Place, asked: Asked) -> Answer:
    """Give up what was typed and not saved."""
    typed.forget(place.folder, asked.who, _form_of(asked.names["event"]))
    return go(asked, f"/desk/events/{asked.names['event']}")


def _saved(place: Place, asked: Asked, form: FilledForm) -> Answer:
    files = place.files.contents()
    text = agenda_text(files)
    if not form.id:
        return _added(place, asked, form, files, text)
    if form.id not in Events(text).ids:
        return _orphaned(place, asked, form)
    now = event_text(Events(text), form.id)
    if form.digest != now.digest and asked.form.one("theirs") != now.digest:
        others = {**now.fields, LINK: _link(files, form.id)}
        shown = _with(form, theirs=others, look=_looked(files, text, form, asked.language))
        return _screen(place, asked, _with(shown, digest=now.digest), status=409)
    new = with_fields(Events(text), form.id, form.fields)
    _within(place, asked, files, form.id, (text, new))
    _write(place, asked, form.id, (AGENDA, files[AGENDA], new))
    _write_link(place, asked, form.id, form.fields.get(LINK, ""))
    typed.forget(place.folder, asked.who, _form_of(form.id))
    return go(asked, f"/desk/events/{form.id}", saved="1")


def _orphaned(place: Place, asked: Asked, form: FilledForm) -> Answer:
    """The event was removed beneath the form: what was typed is shown as that of a new one."""
    notice = GONE.say(asked.language, name=form.id)
    return _screen(place, asked, FilledForm(id="", fields=form.fields, digest="", notice=notice), status=409)


def _all(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: fields.get(name, "") for name in (*FIELDS, LINK)}


def _added(place: Place, asked: Asked, form: FilledForm, files: Mapping[str, bytes], text: str) -> Answer:
    key = slug(asked.form.one("id") or form.fields.get("titulo.es", ""))
    if not key or key in Events(text).ids:
        looked = _looked(files, text, form, asked.language)
        return _screen(place, asked, _with(form, look=looked, notice=TAKEN[asked.language]), status=422)
    new = with_new(text, key, form.fields)
    _within(place, asked, files, key, (new,))
    _write(place, asked, key, (AGENDA, files[AGENDA], new))
    _write_link(place, asked, key, form.fields.get(LINK, ""))
    return go(asked, f"/desk/events/{key}", saved="1")


def _write(place: Place, asked: Asked, key: str, changed: tuple[str, bytes | None, str]) -> None:
    """A file: its name, what it held when it was read, and its text now; `key`: the event that was edited in it."""
    file, before, text = changed
    body = body_of(text, before or b"")
    if body != before:
        write_file(place, asked, file, body, expected=digest_of(before), subject=key)


def _write_link(place: Place, asked: Asked, key: str, link: str) -> None:
    files = place.files.contents()
    if link != _link(files, key):
        text = text_of(PRIVATE, files[PRIVATE]) if PRIVATE in files else ""
        _write(place, asked, key, (PRIVATE, files.get(PRIVATE), with_link(text, key, link or None)))


def _within(place: Place, asked: Asked, files: Mapping[str, bytes], key: str, texts: tuple[str, ...]) -> None:
    """Raises OutOfBounds unless the event's sites lie where the person may edit: as it is, and as it would be."""
    if not asked.person.everywhere(DeskRole.EDIT) and not all(
        reaches(asked.person, addressed(files, text, key)) for text in texts
    ):
        raise refuse_elsewhere(asked.person, place.agenda())


def _editable(asked: Asked, files: Mapping[str, bytes], text: str, key: str) -> bool:
    if asked.person.everywhere(DeskRole.EDIT) or not key:
        return asked.person.may(DeskRole.EDIT)
    return reaches(asked.person, addressed(files, text, key))


def _filled(text: str, files: Mapping[str, bytes], key: str) -> FilledForm:
    events = Events(text)
    if key not in events.ids:
        raise NotThere(NO_EVENT, name=key)
    found = event_text(events, key)
    return FilledForm(id=key, fields={**found.fields, LINK: _link(files, key)}, digest=found.digest)


def _posted(asked: Asked) -> FilledForm:
    """What was filled in, with the correction that was chosen among those proposed."""
    posted = asked.form
    fields = {name: _several(posted.fields.get(name, ())) for name in (*FIELDS, LINK)}
    name, _, value = posted.one("fix").partition("=")
    if name in fields:
        fields[name] = value
    return FilledForm(id=asked.names.get("event", ""), fields=fields, digest=posted.one("digest"))


def _several(values: Any) -> str:
    """Boxes that are ticked come as values of one name."""
    return "\n".join(value.replace("\r\n", "\n").strip() for value in values if value.strip())


def _looked(files: Mapping[str, bytes], text: str, form: FilledForm, language: Language) -> EventLook | None:
    key = form.id or "nuevo-evento-sin-nombre"
    try:
        new = with_fields(Events(text), key, form.fields) if form.id else with_new(text, key, form.fields)
        return look(files, new, key, language)
    except AsText:
        return None


def _form_of(key: str) -> str:
    """What is kept of an event's form, apart from a file that may be called as the event is."""
    return f"event {key}"


def _link(files: Mapping[str, bytes], key: str) -> str:
    return links_of(text_of(PRIVATE, files[PRIVATE])).get(key, "") if PRIVATE in files else ""


def _moment(left: Typed | None, place: Place, asked: Asked) -> str:
    if left is None:
        return ""
    return moment_in(left.at, place.zone, asked.language)


def _with(form: FilledForm, **changes: Any) -> FilledForm:
    kept = {name: getattr(form, name) for name in FilledForm.__slots__}
    return FilledForm(**{**kept, **changes})


def _screen(place: Place, asked: Asked, form: FilledForm, *, status: int = 200) -> Answer:
    title = form.fields.get(f"titulo.{asked.language}") or form.id or NEW[asked.language]
    return screen(asked, "desk/event.html", title, _values(place, asked, form), status=status)


def _values(place: Place, asked: Asked, form: FilledForm) -> dict[str, Any]:
    language, files = asked.language, place.files.contents()
    text = agenda_text(files)
    return {
        "form": form,
        "look": form.look,
        "labels": {key: label[language] for key, label in LABELS.items()},
        "help": {key: text[language] for key, text in HELP.items()},
        "choices": _choices(place.agenda(), text, language),
        "editable": _editable(asked, files, text, form.id),
        "saved": bool(asked.query.get("saved")),
        "id_typed": asked.form.one("id"),
    }


def _choices(agenda: Agenda | None, text: str, language: Language) -> dict[str, list[tuple[str, str]]]:
    """By field: what can be chosen, as the file has it and as it is said."""
    return {
        "tipo": [
            *((word, kind_word(kind, language)) for word, kind in words.KINDS.items()),
            *((kind["es"], kind[language]) for kind in own_kinds(text)),
        ],
        "estado": [(word, status_word(status, language)) for word, status in words.STATUSES.items()],
        "dia": [("", "—"), *((word, word) for word in words.WEEKDAYS)],
        "pliegue": [("", "—"), *((word, word) for word in words.FOLDS)],
        "eje": [
            (words.UNASSIGNED, words.UNASSIGNED),
            *((axis.id, axis.title[language]) for axis in (agenda.axes if agenda else ())),
        ],
        "regiones": [(one.name["es"], one.name[language]) for one in (agenda.regions if agenda else ())],
        "supuesto": [(word, LABELS[word][language]) for word in words.ASSUMPTIONS],
    }


SCREENS = (
    Declared(path="/desk/events/new", need=DeskRole.EDIT, get=blank, post=saved),
    Declared(path="/desk/events/new/look", need=DeskRole.EDIT, post=seen),
    Declared(path="/desk/events/{event}", need=DeskRole.SEE, get=edit),
    Declared(path="/desk/events/{event}", need=DeskRole.EDIT, post=saved),
    Declared(path="/desk/events/{event}/look", need=DeskRole.EDIT, post=seen),
    Declared(path="/desk/events/{event}/forget", need=DeskRole.EDIT, post=forgotten),
)
