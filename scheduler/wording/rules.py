"""Reminder rules as people read and choose them."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.rules import DaysBefore, ReminderRule
from calendars.model.text import Language
from calendars.wording import spoken_duration

_SAME_DAY = Phrase("on the day")


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
    if days := re.fullmatch(r"P(\d+)D a las (\d\d:\d\d)", rule):
        return f"{_days_before(int(days[1]), language)}, {days[2]}{' h' if language == 'es' else ''}"
    if elapsed := re.fullmatch(r"PT(?:(\d+)H)?(?:(\d+)M)?", rule):
        length = spoken_duration(timedelta(hours=int(elapsed[1] or 0), minutes=int(elapsed[2] or 0)))
        return f"{length} antes" if language == "es" else f"{length} before"
    return rule


def _days_before(number: int, language: Language) -> str:
    if number == 0:
        return _SAME_DAY[language]
    if language == "es":
        return f"{number} {'día' if number == 1 else 'días'} antes"
    return f"{number} {'day' if number == 1 else 'days'} before"
