"""How certain a listed feast is: its country fixes the calendar in advance, or announces what the moon shows.

The library's label «(estimated)» does not tell: where it has a list of past years it leaves the label out, and for some
countries it has none at all.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_MOON = re.compile(r"\b(?:eid|arafah|islamic new year|prophet|muhammad|ashura|tasua|isra'|shaqq)", re.IGNORECASE)
_FAST_BREAKING = re.compile(r"\beid[ -](?:al|ul)-fitr\b", re.IGNORECASE)
_LABEL = re.compile(r" \((?:(observed), )?estimated\)")

# Who announces, some days or hours ahead, by the sighting of the moon or by decree: country -> the feasts concerned.
ANNOUNCED: Mapping[str, re.Pattern[str]] = {
    "AE": _MOON,  # the moon-sighting committee; private and public sector are told by separate circulars
    "DZ": _MOON,  # the ministry of religious affairs: in 2021 the Prophet's birthday a day after the computed one
    "EG": _MOON,  # Dar al-Ifta; the prime minister then moves feasts to a Thursday by decree
    "ET": _MOON,  # the Islamic affairs supreme council
    "GH": _MOON,  # the national chief imam; the interior ministry gazettes it
    "GY": _MOON,  # the minister's order names the date once the Islamic bodies have
    "IN": _MOON,  # the list of the personnel ministry (DoPT), which moves Delhi's feasts by a late order
    "IR": _FAST_BREAKING,  # the calendar council of Tehran's university fixes all but the end of Ramadan
    "JO": _MOON,  # a circular of the prime minister: in 2021 the Prophet's birthday on the 19th
    "KE": _MOON,  # the interior cabinet secretary, by the Kadhi
    "KW": _MOON,  # the civil service commission, which moves feasts to a Thursday
    "LB": _MOON,  # Dar al-Fatwa; the prime minister's memorandum closes offices
    "MA": _MOON,  # the ministry of Habous: in 2021 the Prophet's birthday on the 19th and the 20th
    "NG": _MOON,  # the interior ministry declares it, by the Sultan of Sokoto
    "PH": _MOON,  # a proclamation of the president on the word of the commission on Muslim Filipinos
    "PS": _MOON,  # the Mufti; the council of ministers closes offices
    "QA": _MOON,  # the moon-sighting committee; the Amiri Diwan says how many days
    "SA": _MOON,  # the supreme court, in spite of the Umm al-Qura calendar
    "TT": _MOON,  # the government, on the word of the Islamic bodies
}
# Who has feasts by the moon and fixes them in advance: computed, or gazetted with the list of the year.
FIXED = frozenset({
    "AZ",  # the cabinet's calendar of working days, each December
    "ID",  # the joint decree of three ministers, the year before
    "MY",  # the gazetted list of federal holidays
    "SG",  # the manpower ministry's list, by the council's (MUIS) computed calendar
    "TR",  # computed by the presidency of religious affairs (Diyanet), years ahead
})  # fmt: skip


def is_moons(name: str) -> bool:
    """Is a feast, by its English name, one that follows the moon and Islam's calendar?"""
    return _MOON.search(name) is not None


def is_certain(country: str, names: str) -> bool:
    """Is the date of these feasts (their English names, joined by «; ») known? One that is makes the day certain."""
    return not all(_estimated(country, name) for name in names.split("; "))


def unlabelled(name: str) -> str:
    """The name without «(estimated)»: how certain it is, is said by whoever shows it."""
    return _LABEL.sub(lambda found: f" ({found[1]})" if found[1] else "", name)


def _estimated(country: str, name: str) -> bool:
    """Also what the library itself is not sure of, wherever: it has no list of the authorities for that year."""
    announced = ANNOUNCED.get(country)
    return _LABEL.search(name) is not None or (announced is not None and announced.search(name) is not None)
