"""The files of a configuration: their names, how large each may be, and where things stand in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

KB = 1024
AGENDA, SITES, POSTS, PRIVATE = "agenda.yaml", "representations.csv", "recipients.csv", "privado.yaml"
DAYS = "festivos.csv"
REQUIRED = (AGENDA, SITES, POSTS)
FILES = (*REQUIRED, PRIVATE, DAYS)
# Bytes. ruamel reads about 100 KB a second at worst: more than this would hold up a publish, or a watcher.
LIMITS = {AGENDA: 128 * KB, PRIVATE: 128 * KB, SITES: 1024 * KB, POSTS: 32 * 1024 * KB, DAYS: 1024 * KB}


@dataclass(frozen=True, kw_only=True, slots=True)
class Lines:
    """Where things stand in the files, for whoever has to find them again: by Event.id, if not said otherwise.

    Lines count from 1.
    """

    events: Mapping[str, int] = field(default_factory=dict)  # in AGENDA: the line of the id
    links: Mapping[str, int] = field(default_factory=dict)  # in PRIVATE
    posts: Mapping[str, int] = field(default_factory=dict)  # in POSTS, by Recipient.id
