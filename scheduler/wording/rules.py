"""Reminder rules as people read and choose them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import time, timedelta

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.rules import DaysBefore, ReminderRule
from calendars.model.text import Language
from calendars.wording import hour, spoken_duration

_SAME_DAY = Phrase("on the day")
_DAYS_BEFORE = Phrase("{n} {n:day|days} before")
_BEFORE = Phrase("{length} before")
_DAYS = re.compile(r"P(\d+)D a las ((?:[01]\d|2[0-3]):[0-5]\d)")
_ELAPSED = re.compile(r"PT(?:(\d+)H)?(?:(\d+)M)?")


@dataclass(frozen=True, kw_only=True, slots=True)
class RuleChoice:
    """One rule in a form."""

    rule: str  # its text, as the ledger and a post's wishes know it
    words: str
    chosen: bool


def choices(agenda: Agenda, declined: Collection[str], language: Language) -> tuple[RuleChoice, ...]:
    """Each rule by which the agenda reminds of anything, the earliest first; chosen unless declined."""
    return tuple(
        RuleChoice(rule=rule, words=rule_words(rule, language), chosen=rule not in declined)
        for rule in rules_of(agenda)
    )


def rules_of(agenda: Agenda) -> tuple[str, ...]:
    """The texts of the rules in use, the earliest first."""
    found = {rule for event in agenda.events for rule in agenda.rules_for(event)}
    found.update(agenda.reminders.timed, agenda.reminders.days)
    return tuple(str(rule) for rule in sorted(found, key=_earliest_first))


def _earliest_first(rule: ReminderRule) -> tuple[int, int, str]:
    days, minutes = (rule.days, 0) if isinstance(rule, DaysBefore) else (-1, rule.minutes)
    return -days, -minutes, str(rule)


def rule_words(rule: str, language: Language) -> str:
    """«7 días antes, 09:00 h», «1 h antes»; a rule of another make stands as it is."""
    if days := _DAYS.fullmatch(rule):
        return f"{_days_before(int(days[1]), language)}, {hour(time.fromisoformat(days[2]), language)}"
    if elapsed := _ELAPSED.fullmatch(rule):
        length = spoken_duration(timedelta(hours=int(elapsed[1] or 0), minutes=int(elapsed[2] or 0)))
        return _BEFORE.say(language, length=length)
    return rule


def _days_before(number: int, language: Language) -> str:
    return _SAME_DAY[language] if number == 0 else _DAYS_BEFORE.say(language, n=number)
