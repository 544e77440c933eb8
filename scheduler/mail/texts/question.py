"""What a question says, before it is a mail: that nobody knows yet whether the post comes, and the hour."""

from __future__ import annotations

from dataclasses import dataclass, replace

from calendars.catalogue import Phrase
from scheduler.mail.subject import Subject
from scheduler.mail.texts.reminder import Reminder, inside, reminder

_MISSING = Phrase("Your answer is missing")
_UNKNOWN = Phrase("We do not know yet whether you will come. Saying so takes a moment, and helps us to prepare.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Question:
    """As the template reads it, under the name `q`; what it shares with a reminder, under `r`."""

    subject: str
    lead: str  # why it is written
    event: Reminder

    @property
    def preheader(self) -> str:
        return self.lead


def question(subject: Subject) -> Question:
    """The words for the posts of a site that have not answered. Short: what the event is about they have read."""
    words, language = replace(reminder(subject, calendar=None), description=None, place=None), subject.language
    return Question(
        subject=f"{_MISSING[language]}: {inside(words.subject, language)}", lead=_UNKNOWN[language], event=words
    )
