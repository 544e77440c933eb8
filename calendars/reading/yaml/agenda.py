"""agenda.yaml -> the parts of an Agenda."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from calendars.catalogue import Phrase
from calendars.model.agenda import PRESENT_FROM, Agenda
from calendars.model.days import HomeHolidays, OwnDay
from calendars.model.people import Sender
from calendars.model.places import Region, Representation, slug
from calendars.model.rules import DaysBefore, Reminders
from calendars.model.text import Said, Text, verbatim
from calendars.reading import addresses, values, words
from calendars.reading.context import Context, Once
from calendars.reading.places import zone
from calendars.reading.problems import Report, Wrong, known, shown
from calendars.reading.yaml import people, work
from calendars.reading.yaml.coverage import YES_NO
from calendars.reading.yaml.events import event, rules_of
from calendars.reading.yaml.fields import Fields, scalar
from calendars.reading.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from calendars.reading.yaml.schema import (
    AgendaForm,
    KindForm,
    RegionForm,
    RemindersForm,
    SenderForm,
)
from calendars.spelling import fold

T = TypeVar("T")
FORMAT = "1"
_ASSUMED = values.one_of({name: name for name in words.AGENDA_ASSUMPTIONS}, "unknown-assumption", Phrase("assumption"))
KIND_LENGTH = 40  # characters: it heads a line of a page
_KNOWN_KIND = Phrase("“{name}” is a kind that the program knows: use it in “tipo” as it is, and delete it here.")
_THE_REGION = Phrase("the region")
_THE_KIND = Phrase("the kind")
_THE_AXIS = Phrase("the axis")
_THE_COMMITMENT = Phrase("the commitment")
_THE_ADVANCE = Phrase("the advance")
_THE_EVENT = Phrase("the event")


class AgendaFile:
    """agenda.yaml being read, in two steps: what other files refer to, then what refers to other files."""

    def __init__(self, node: Node, report: Report) -> None:
        self.report = report
        self.fields = Fields(node, AgendaForm, report)
        self.fields.value("formato", _format)
        self.zone = self.fields.value("zona", zone)
        self.regions = self._list("regiones", lambda part: _region(part, report), _THE_REGION, "es")
        self.kinds = self._list("tipos", lambda part: _kind(part, report), _THE_KIND, "es")
        self.axes = self._list("ejes", lambda part: work.axis(part, report), _THE_AXIS)

    def declared(self) -> Context:
        """What the file declares for others. Where a part is broken, nothing is said to be missing from it."""
        regions = {region.id: region.name.es for region in self.regions}
        kinds = {kind.es: kind for kind in self.kinds}
        axes = {axis.id: axis.id for axis in self.axes}
        return Context(
            zone=self.zone,
            regions=regions if len(regions) == self._written("regiones") else None,
            kinds=kinds if "tipos" not in self.fields or len(kinds) == self._written("tipos") else None,
            axes=axes if "ejes" not in self.fields or len(axes) == self._written("ejes") else None,
        )

    def event_ids(self) -> dict[str, str] | None:
        """The ids of all events, of broken ones too; None if one has no good id."""
        found = [name for name, _ in self._ids("eventos") if name and name == slug(name)]
        return {name: name for name in found} if len(found) == self._written("eventos") else None

    def event_lines(self) -> dict[str, int]:
        """The line on which each event's id stands."""
        return {name: node.place.line for name, node in self._ids("eventos") if name is not None}

    def agenda(self, context: Context, representations: tuple[Representation, ...], days: tuple[OwnDay, ...]) -> Agenda:
        """Raises AlreadyReported if anything in the file is wrong."""
        fields, report = self.fields, self.report
        id_ = fields.value("agenda", values.identifier)
        title = fields.text("titulo")
        published = fields.value("publicada", values.day)
        sender = fields.read("remitente", lambda part: _sender(part, report))
        commitments = self._list("compromisos", lambda part: work.commitment(part, report), _THE_COMMITMENT)
        advances = self._list("avances", lambda part: work.advance(part, context, report), _THE_ADVANCE)
        events = self._list("eventos", lambda part: event(part, context, report), _THE_EVENT)
        reminders = fields.read("recordatorios", lambda part: _reminders(part, report))
        quiet = fields.value("silencio", values.quiet)
        present = fields.value("asistencia", work.minutes)
        home = self._home_holidays()
        retention = fields.value("retencion", people.retention)
        signups = fields.read("altas", lambda part: people.signups(part, report))
        privacy = fields.read("privacidad", lambda part: people.privacy(part, report))
        fields.finish()
        return Agenda(
            id=known(id_),
            title=title or verbatim(known(id_)),
            published=known(published),
            zone=known(self.zone),
            sender=known(sender),
            regions=self.regions,
            representations=representations,
            axes=self.axes,
            commitments=commitments,
            advances=advances,
            events=events,
            reminders=known(reminders),
            quiet=quiet,
            retention=retention,
            signups=signups,
            privacy=privacy,
            home_holidays=home,
            own_days=days,
            present_from=present or PRESENT_FROM,
        )

    def _home_holidays(self) -> HomeHolidays | None:
        counted = self.fields.value("feriados_de_mexico", YES_NO)
        assumed = self.fields.each("supuesto", scalar(_ASSUMED))
        return HomeHolidays(assumed=bool(assumed)) if counted else None

    def _nodes(self, key: str) -> tuple[Node, ...]:
        entry = self.fields.entries.get(key)
        return entry.node.nodes if entry and isinstance(entry.node, SequenceNode) else ()

    def _written(self, key: str) -> int:
        """How many items a list has in the file, broken ones included; -1 if there is no list."""
        entry = self.fields.entries.get(key)
        return len(entry.node.nodes) if entry and isinstance(entry.node, SequenceNode) else -1

    def _list(self, key: str, parse: Callable[[Node], T], noun: Said, id_key: str = "id") -> tuple[T, ...]:
        """A list of things that have an id, each id once, in broken ones too."""
        once = Once(noun=noun, ids=id_key == "id")
        for name, node in self._ids(key, id_key):
            if name is not None:
                try:
                    once.check(slug(name), name, node.place)
                except Wrong as wrong:
                    self.fields.fail(node.place, wrong)
        return self.fields.each(key, parse)

    def _ids(self, key: str, id_key: str = "id") -> Iterator[tuple[str | None, Node]]:
        """The id of each item of a list as it is written, and where; None where it cannot be read."""
        for node in self._nodes(key):
            entry = node.entries.get(id_key) if isinstance(node, MappingNode) else None
            if entry and isinstance(entry.node, ScalarNode) and slug(entry.node.text):
                yield entry.node.text.strip(), entry.node
            else:
                yield None, node


def _format(value: str) -> str:
    if value.strip() == FORMAT:
        return FORMAT
    raise Wrong(
        "unknown-format",
        Phrase("format “{value}” is not known. This program reads “formato: {format}”.").of(
            value=shown(value), format=FORMAT
        ),
        value=value,
    )


def _region(node: Node, report: Report) -> Region:
    fields = Fields(node, RegionForm, report)
    es, en = fields.value("es", _region_name), fields.value("en", values.line)
    fields.finish()
    return Region(id=slug(known(es)), name=Text(es=known(es), en=known(en)))


def _region_name(value: str) -> str:
    plain = values.line(value)
    values.identifier(slug(plain) or plain)
    return plain


def _kind(node: Node, report: Report) -> Text:
    """One of the agenda's own, beside those that the program knows."""
    fields = Fields(node, KindForm, report)
    es, en = fields.value("es", _kind_name), fields.value("en", _kind_name)
    fields.finish()
    return Text(es=known(es), en=known(en))


def _kind_name(value: str) -> str:
    plain = values.line(value, length=KIND_LENGTH)
    if fold(plain) in map(fold, words.KINDS):
        raise Wrong("known-kind", _KNOWN_KIND.of(name=plain), value=plain)
    return plain


def _sender(node: Node, report: Report) -> Sender:
    fields = Fields(node, SenderForm, report)
    mailbox, answers = fields.value("de", addresses.mailbox), fields.value("responder_a", addresses.address)
    domain = fields.value("dominio", addresses.domain)
    fields.finish()
    name, address = known(mailbox)
    sender = Sender(name=name, address=address, reply_to=known(answers), domain=known(domain))
    if not addresses.aligned(sender):
        raise Wrong(
            "domain-not-aligned",
            Phrase("“dominio: {domain}” is not that of “de”; mail would be taken for forged. Use the same domain.").of(
                domain=sender.domain
            ),
            value=sender.domain,
            place=fields.place_of("dominio"),
        )
    return sender


def _reminders(node: Node, report: Report) -> Reminders:
    fields = Fields(node, RemindersForm, report)
    timed = rules_of(fields, "con_hora", whole_days=False)
    days = rules_of(fields, "dia_completo", whole_days=True)
    fields.finish()
    return Reminders(timed=timed, days=tuple(rule for rule in days if isinstance(rule, DaysBefore)))
