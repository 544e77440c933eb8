"""The notices and convocations of a pack, each with the text that its post got; equal texts stand there once."""

from __future__ import annotations

from sqlalchemy import Connection

from calendars.catalogue import LANGUAGES, Phrase
from scheduler.evidence.composing import NotComposed, TextsOfNews
from scheduler.evidence.folder import PackFolder
from scheduler.evidence.lists import Hidden, PackList
from scheduler.evidence.people import People, SealedWhen
from scheduler.evidence.tables import Progress
from scheduler.evidence.told import sent_news

NOTICES, TEXTS = "notices.csv", "texts.csv"
COMPOSED = Phrase(
    "composed again when the pack was made, from the editions that are compared, as when it was sent; [ ] stands for "
    "what was each reader's own"
)
_OF_NOTICES = ("delivery", "purpose", "event", "site", "language", "edition", "since", "sent_at", "text", "missing")
_OF_TEXTS = ("text", "line", "words", "by_hand")
_TOLD_EVERY = 1000


def write_notices(
    connection: Connection, folder: PackFolder, people: People, texts: TextsOfNews, progress: Progress
) -> None:
    """`notices.csv` names for each delivery its text; `texts.csv` has the texts line by line, line 0 the subject."""
    hidden = {"words": Hidden(people.test(SealedWhen.WRITTEN), "by_hand")}
    said = PackList(folder, TEXTS, _OF_TEXTS, hidden, " / ".join(COMPOSED[language] for language in LANGUAGES))
    sent = PackList(folder, NOTICES, _OF_NOTICES, {})
    numbers: dict[object, tuple[int, int]] = {}  # text and the edition that it compares with
    for count, one in enumerate(sent_news(connection), start=1):
        missing, known = "", None
        try:
            key = texts.key(one)
            if (known := numbers.get(key)) is None:
                found = texts.text(one)
                known = numbers[key] = len(numbers) + 1, found.since
                for line, words in enumerate((found.subject, *found.lines)):
                    said.add((known[0], line, words, int(line in found.by_hand)))
        except NotComposed as error:
            missing = str(error)
        text, since = known or (None, None)
        named = one.id, one.purpose.value, one.event, one.site, one.language, one.edition
        sent.add((*named, since, one.sent_at, text, missing))
        if count % _TOLD_EVERY == 0:
            progress(NOTICES, count)
    said.close()
    progress(NOTICES, sent.close())
