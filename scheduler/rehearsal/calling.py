"""How a rehearsal's script plays a roll call: that it is called, and what posts answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pydantic import Field
from sqlalchemy import Connection

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.reading import values
from calendars.reading.addresses import address
from calendars.reading.problems import Position, Report, Wrong, known, shown, unknown
from calendars.reading.yaml.fields import Fields
from calendars.reading.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from calendars.reading.yaml.schema import MappingForm
from calendars.zones import is_zone, to_wall
from scheduler.base.variables import UnreadableText, parse_days
from scheduler.drafts.edits import POST, removed
from scheduler.people.handover import foreign
from scheduler.people.roll_call import answer_clock, answer_here, call_roll, plan_roll, propose
from scheduler.planning.rolls import ahead
from scheduler.rehearsal.choosing import EVERY
from scheduler.store import editions
from scheduler.store.people import bounces
from scheduler.store.people.bounces import CameBack
from scheduler.store.posts import roster

AUTHOR = "rehearsal"


class RollForm(MappingForm):
    llamar: str = Field(default="", description="se llama la lista; a los callados se insiste después de: P3D")
    si: list[str] = Field(default=[], description="su reloj coincide y siguen atendiendo: id de destinatarios, o todos")
    otro_reloj: dict[str, str] = Field(default={}, description="id: la zona por la que va su reloj, America/Bogota")
    ya_no: dict[str, str] = Field(default={}, description="id: correo de quien atiende ahora, o null")
    rebotan: list[str] = Field(default=[], description="id de destinatarios cuyo último correo vuelve")


@dataclass(frozen=True, kw_only=True, slots=True)
class RollStep:
    """What becomes of the roll call at one moment. Posts are ids, each with its place in the script."""

    again: timedelta | None = None  # it is called, and asks the silent once more so much later
    everybody: bool = False  # whoever is not named says yes
    agree: Mapping[str, Position] = field(default_factory=dict)
    clocks: Mapping[str, tuple[Position, str]] = field(default_factory=dict)  # the zones that their clocks go by
    gone: Mapping[str, tuple[Position, str]] = field(default_factory=dict)  # the address of who has it now, or ""
    bounced: Mapping[str, Position] = field(default_factory=dict)

    @property
    def named(self) -> dict[str, Position]:
        return {
            **self.agree,
            **self.bounced,
            **{key: place for given in (self.clocks, self.gone) for key, (place, _) in given.items()},
        }


def roll_step(node: Node, report: Report) -> RollStep:
    """What stands under `pase_de_lista`."""
    fields = Fields(node, RollForm, report)
    again, agree = fields.value("llamar", _delay), fields.read("si", _agreeing)
    clocks, gone = fields.read("otro_reloj", lambda part: _pairs(part, _zone)), fields.read("ya_no", _successors)
    bounced = fields.read("rebotan", _ids)
    fields.finish()
    return RollStep(
        again=again,
        everybody=EVERY in (agree or {}),
        agree={key: place for key, place in (agree or {}).items() if key != EVERY},
        clocks=clocks or {},
        gone=gone or {},
        bounced=bounced or {},
    )


def check_roll(step: RollStep | None, draft: Draft | None, report: Report) -> None:
    """Report the ids that are no post's, and the addresses that a post may not go to."""
    if step is None or draft is None:
        return
    addresses = {post.id: post.address for post in draft.recipients}
    for name, place in step.named.items():
        if name not in addresses:
            report.add(place, unknown("unknown-recipient", POST, name, tuple(addresses)))
    for name, (place, successor) in step.gone.items():
        why = foreign(successor, addresses[name], draft.agenda) if successor and name in addresses else None
        if why is not None:
            report.add(place, Wrong("foreign-domain", why, value=successor))


def play_roll(connection: Connection, step: RollStep, at: datetime) -> None:
    """Do it, by the same functions as the command and the pages."""
    found = editions.load(connection)
    assert found is not None, "a rehearsal begins with an edition"
    agenda = found.edition.agenda
    if step.again is not None:
        call_roll(connection, plan_roll(connection, found.edition, at, AUTHOR, step.again), agenda)
    for name in step.bounced:
        _bounce(connection, name, at)
    every = [one.recipient.id for one in roster.members(connection)] if step.everybody else []
    for name in dict.fromkeys((*step.agree, *(key for key in every if key not in step.named), *step.clocks)):
        post = known(roster.on_list(connection, name))
        zone = known(agenda.site(post.recipient.site)).zone
        shows = step.clocks[name][1] if name in step.clocks else zone
        answer_clock(connection, post, zone, ahead(to_wall(at, shows), at, zone), at)
        answer_here(connection, post, at)
    for name, (_, successor) in step.gone.items():
        propose(connection, known(roster.on_list(connection, name)), successor, agenda, at)


def _bounce(connection: Connection, name: str, at: datetime) -> None:
    sent = bounces.last_sent(connection, name, at)
    if sent is not None:
        report = CameBack(digest=f"rehearsal-{name}-{at.isoformat()}", kind="hard", status="5.1.1", text="no such user")
        bounces.record(connection, sent, report, now=at, blames=True, proven=True)


def _delay(text: str) -> timedelta:
    try:
        return parse_days(text)
    except UnreadableText as error:
        raise Wrong("wrong-delay", error.why, value=text) from error


def _agreeing(node: Node) -> dict[str, Position]:
    if isinstance(node, ScalarNode) and values.line(node.text) == EVERY:
        return {EVERY: node.place}
    return _ids(node)


def _ids(node: Node) -> dict[str, Position]:
    if not isinstance(node, SequenceNode):
        raise Wrong("wrong-shape", Phrase("a list of ids of recipients goes here."))
    found: dict[str, Position] = {}
    for one in node.nodes:
        if not isinstance(one, ScalarNode):
            raise Wrong("wrong-shape", Phrase("the id of a recipient goes here."), place=one.place)
        found[values.line(one.text)] = one.place
    return found


def _successors(node: Node) -> dict[str, tuple[Position, str]]:
    return _pairs(node, lambda text: address(text) if text else "")


def _pairs(node: Node, parse: Callable[[str], str]) -> dict[str, tuple[Position, str]]:
    if not isinstance(node, MappingNode):
        raise Wrong("wrong-shape", Phrase("one line for each id goes here."))
    found: dict[str, tuple[Position, str]] = {}
    for name, entry in node.entries.items():
        if not isinstance(entry.node, ScalarNode):
            raise Wrong("wrong-shape", Phrase("one line for each id goes here."), place=entry.node.place)
        try:
            found[name] = entry.place, parse("" if removed(entry.node) else entry.node.text)
        except Wrong as wrong:
            raise Wrong(wrong.rule, wrong.message, value=wrong.value, place=entry.node.place) from wrong
    return found


def _zone(text: str) -> str:
    name = values.line(text)
    if not is_zone(name):
        raise Wrong("unknown-zone", Phrase("“{name}” is no IANA time zone.").of(name=shown(name)), value=name)
    return name
