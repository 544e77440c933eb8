"""How a rehearsal's script says which posts chose which channel: at its beginning, or on the way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import Field

from calendars.catalogue import Phrase
from calendars.model.people import Recipient
from calendars.reading import values
from calendars.reading.problems import Position, Report, Wrong, unknown
from calendars.reading.yaml.fields import Fields, rows
from calendars.reading.yaml.nodes import Node, ScalarNode
from calendars.reading.yaml.schema import MappingForm
from scheduler.drafts.edits import POST
from scheduler.planning.channels import Channel

EVERY = "todos"  # the posts that are not named


class ChannelsForm(MappingForm):
    calendario: list[str] = Field(default=[], description="id de destinatarios, o todos")
    invitaciones: list[str] = Field(default=[], description="id de destinatarios, o todos")
    ninguno: list[str] = Field(default=[], description="id de destinatarios, o todos")


_CHANNELS = {"calendario": Channel.FEED, "invitaciones": Channel.INVITATIONS, "ninguno": Channel.NONE}


@dataclass(frozen=True, kw_only=True, slots=True)
class ChannelChoice:
    """A post, and what it chose."""

    place: Position  # of its id, in the script
    post: str | None  # Recipient.id; None: every one that is not named
    channel: Channel


def choices(node: Node, report: Report) -> tuple[ChannelChoice, ...]:
    """What stands under `canales`."""
    fields = Fields(node, ChannelsForm, report)
    found: list[ChannelChoice] = []
    for key, channel in _CHANNELS.items():
        for place, name in fields.read(key, _names) or ():
            post = None if name == EVERY else name
            if any(one.post == post for one in found):
                fields.fail(place, _twice(name))
            found.append(ChannelChoice(place=place, post=post, channel=channel))
    fields.finish()
    return tuple(found)


def chosen(found: Sequence[ChannelChoice], posts: Sequence[Recipient], report: Report) -> Mapping[str, Channel]:
    """The channel of each post that chooses, by id. An id that is no post's is reported."""
    known = tuple(post.id for post in posts)
    named = {one.post: one for one in found}
    for name, one in named.items():
        if name is not None and name not in known:
            report.add(one.place, unknown("unknown-recipient", POST, name, known))
    chooses = {post: named.get(post, named.get(None)) for post in known}
    return {post: one.channel for post, one in chooses.items() if one is not None}


def _names(node: Node) -> tuple[tuple[Position, str], ...]:
    if isinstance(node, ScalarNode) and values.line(node.text) == EVERY:
        return ((node.place, EVERY),)
    return tuple(_name(one) for one in rows(node))


def _name(node: Node) -> tuple[Position, str]:
    if isinstance(node, ScalarNode):
        return node.place, values.line(node.text)
    raise Wrong("wrong-shape", Phrase("the id of a recipient goes here."), place=node.place)


def _twice(name: str) -> Wrong:
    return Wrong(
        "two-channels",
        Phrase("“{name}” is in this key “canales” already. Leave one: each post has one channel.").of(name=name),
        value=name,
    )
