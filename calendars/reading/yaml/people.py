"""What agenda.yaml says about people and their data: `retencion`, `altas`, `privacidad`. `no` is none of it."""

from __future__ import annotations

import re
import unicodedata
from datetime import timedelta

from calendars.addresses import masked
from calendars.catalogue import Phrase
from calendars.model.people import Privacy, Signups
from calendars.model.text import Said
from calendars.reading import addresses
from calendars.reading.problems import MEANT, Report, Wrong, shown
from calendars.reading.values import line, link
from calendars.reading.yaml.coverage import YES_NO
from calendars.reading.yaml.fields import Fields, scalar
from calendars.reading.yaml.nodes import Node, ScalarNode
from calendars.reading.yaml.schema import PrivacyForm, SignupsForm
from calendars.spelling import fold

LONGEST_RETENTION = timedelta(days=3650)
NOTICE_LENGTH = 10_000  # characters in each language

_DAYS = re.compile(r"([0-9]{1,4}) ?(?:d|dias?|days?)\.?")
_OTHER = re.compile(r"p?([0-9]{1,3}) ?(d|semanas?|mes(?:es)?|anos?)?\.?")
_IN_DAYS = {"semana": 7, "mes": 30, "ano": 365}


def retention(value: str) -> timedelta | None:
    """`180 d`, `180 días`, up to LONGEST_RETENTION; `no` for none. A month or a year may be two numbers of days."""
    plain = line(value)
    if fold(plain) == "no":
        return None
    match = _DAYS.fullmatch(fold(plain))
    length = timedelta(days=int(match[1])) if match else timedelta()
    if timedelta() < length <= LONGEST_RETENTION:
        return length
    way: Said = Phrase("Write for instance “180 d”, or no.")
    if meant := _meant_days(plain):
        way = MEANT.of(meant=f"{meant} d")
    message = Phrase("retention “{value}” is not valid: it is counted in days, from 1 d to {most} d. {way}").of(
        value=shown(plain), most=LONGEST_RETENTION.days, way=way
    )
    raise Wrong("retention-format", message, value=plain)


def _meant_days(plain: str) -> int | None:
    """The days in `6 meses`, `2 años`, `180`, `P180D`; None if that is not it, or not in the range."""
    match = _OTHER.fullmatch(fold(plain))
    if not match:
        return None
    unit = next((days for name, days in _IN_DAYS.items() if (match[2] or "").startswith(name)), 1)
    days = int(match[1]) * unit
    return days if 0 < days <= LONGEST_RETENTION.days else None


def signups(node: Node, report: Report) -> Signups | None:
    if _declined(node):
        return None
    fields = Fields(node, SignupsForm, report)
    domains, links = fields.each("dominios", scalar(_signup_domain)), fields.value("enlaces", YES_NO)
    fields.finish()
    if not domains:
        raise Wrong(
            "empty-domains",
            Phrase("the list of domains is empty. Write a domain, or close sign-up: “altas: no”."),
            place=fields.place_of("dominios"),
        )
    return Signups(domains=tuple(dict.fromkeys(domains)), links=links or False)


def _signup_domain(value: str) -> str:
    """`sre.gob.mx`, also `@sre.gob.mx`; or `*.gob.mx`."""
    plain = line(value).removeprefix("@")
    if "@" in plain:
        host = plain.rpartition("@")[2]
        raise Wrong(
            "domain-format",
            Phrase("a domain goes here, not an address: what follows the @. Did you mean “{host}”?").of(
                host=shown(host)
            ),
            value=masked(plain),
        )
    below = "*." if plain.startswith("*.") else ""
    return below + addresses.domain(plain.removeprefix(below))


def privacy(node: Node, report: Report) -> Privacy | None:
    if _declined(node):
        return None
    fields = Fields(node, PrivacyForm, report)
    text, url = fields.worded("texto", _paragraphs), fields.value("enlace", link)
    fields.finish()
    if text is None and url is None:
        raise Wrong(
            "missing-key",
            Phrase("the notice is missing. Write “texto”, “enlace” or both; if there is none: “privacidad: no”."),
            value="texto",
        )
    return Privacy(text=text, url=url)


def _paragraphs(node: Node) -> str:
    """Said whose paragraphs stand apart by an empty line in the file, whichever way it was written.

    YAML keeps such a line in a block `|` only; folding, as in `>`, leaves one line break of it and none of the others.
    """
    text = scalar(str)(node)
    ends = r"\n[ \t]*\n" if isinstance(node, ScalarNode) and node.literal else r"\n"
    found = [paragraph for part in re.split(ends, text) if (paragraph := " ".join(part.split()))]
    line(" ".join(found), length=NOTICE_LENGTH)
    return unicodedata.normalize("NFC", "\n\n".join(found))


def _declined(node: Node) -> bool:
    return isinstance(node, ScalarNode) and fold(node.text) == "no"
