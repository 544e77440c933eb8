"""Putting an offer in force: what was shown is what is published, or it is shown again."""

from __future__ import annotations

from dataclasses import dataclass

from calendars.catalogue import Phrase
from calendars.model.text import OwnWords, Said
from calendars.reading.messages import message
from calendars.reading.problems import Wrong
from calendars.wording import sentence
from scheduler.base.login import login_name
from scheduler.mail.relay.reach import sends_for_real
from scheduler.publishing.prospect import Act, Seen, beside
from scheduler.publishing.publish import NothingToPublish, Published, SeenOtherwise, Unconfirmed
from scheduler.publishing.shifted import default_reason, hours_shift
from scheduler.publishing.unready import unready
from scheduler.store.audit.deeds import Via
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.rendering import go, part, screen
from scheduler.web.desk.screens.publishing.foreseen import foreseen
from scheduler.web.desk.screens.publishing.offers import Candidate, CandidateSource, offer, silent
from scheduler.web.desk.screens.publishing.regions import refuse_beyond

TITLES = {
    CandidateSource.FILES: Phrase("What would happen"),
    CandidateSource.RULES: Phrase("By the rules of today"),
    CandidateSource.BACK: Phrase("Put edition {number} in force again"),
}
PATHS = {
    CandidateSource.FILES: "/desk/changes",
    CandidateSource.RULES: "/desk/rules",
    CandidateSource.BACK: "/desk/editions/{number}/back",
}
CHANGED = Phrase(
    "What is to be published has changed since you looked at it. Nothing was published; here it is as it stands now."
)
WHY = Phrase("Write the reason: whoever reads the editions later wants to know.")
TYPE = Phrase("Type the number of people that it concerns.")
MISTYPED = Phrase("{typed} is not the number of people. Nothing was published.")
ANYWAY = Phrase("Mail would really leave: tick that you want to publish all the same.")
NOTHING = Phrase("There is nothing to publish: what is in force says the same.")
MOST = 300  # characters of a reason


@dataclass(frozen=True, kw_only=True, slots=True)
class Refused:
    """Why it was not published, and the field at which a person mends it ("" where there is none)."""

    text: str
    field: str = ""


def shown(
    place: Place, asked: Asked, offered: Candidate, *, problem: Refused | None = None, status: int = 200
) -> Answer:
    """What it would do, and the form that does it: the part of a screen, or a screen of its own."""
    number, lang = offered.number, asked.language
    values = {
        "source": offered.source.value,
        "title": TITLES[offered.source].say(lang, number=number),
        "path": PATHS[offered.source].format(number=number),
        "found": foreseen(place, asked, offered),
        "seal": offered.seal,
        "silent": silent(asked),
        "notes": [one.message[lang] for one in offered.notes],
        "forgotten": [sentence(one[lang]) for one in _forgotten(offered, asked)],
        "anyway": sends_for_real(place.settings),
        "reason": asked.form.one("reason") if asked.form.fields else _default_reason(place, asked, offered),
        "message": {one: asked.form.one(f"message.{one}") for one in ("es", "en")},
        "problem": problem,
        "number": number,
    }
    if asked.part:
        return part(asked, "desk/consequences.html", values, status=status)
    return screen(asked, "desk/consequences.html", str(values["title"]), values, status=status)


def put(place: Place, asked: Asked, source: CandidateSource) -> Answer:
    """Publish what was shown. What is not so any more, or lacks something, is shown again, and nothing is published."""
    offered = offer(place, asked, source)
    try:
        found = _lacks(place, asked, offered) or _put(place, asked, offered)
    except Wrong as wrong:
        found = Refused(text=wrong.message[asked.language], field="message")
    if isinstance(found, Published):
        return _done(asked, found)
    return shown(place, asked, offered, problem=found, status=409 if not found.field else 422)


def author(asked: Asked) -> str:
    """Who publishes; of whoever has the machine, the name there."""
    return asked.person.name or login_name()


def _lacks(place: Place, asked: Asked, offered: Candidate) -> Refused | None:
    form, lang = asked.form, asked.language
    if form.one("seal") != offered.seal:
        return Refused(text=CHANGED[lang])
    if not form.one("reason").strip():
        return Refused(text=WHY[lang], field="reason")
    if _forgotten(offered, asked) and sends_for_real(place.settings) and not form.one("anyway"):
        return Refused(text=ANYWAY[lang], field="anyway")
    return None


def _forgotten(offered: Candidate, asked: Asked) -> tuple[Said, ...]:
    """What files that are to be published in earnest still have of the sample."""
    return unready(offered.draft.agenda, asked.now) if offered.source is CandidateSource.FILES else ()


def _put(place: Place, asked: Asked, offered: Candidate) -> Published | Refused:
    """Raises BeyondRegion, and what the offer's own publishing raises."""
    lang, typed = asked.language, asked.form.one("people").strip()
    act = Act(
        at=asked.now,
        author=author(asked),
        via=Via.DESK,
        by=asked.person.id or "",
        reason=asked.form.one("reason").strip()[:MOST],
        silent=silent(asked),
        message=None if silent(asked) else _words(asked),
        files=offered.files,
        seen=Seen(edition=offered.in_force, people=int(typed) if typed.isdecimal() and len(typed) < 9 else None),
    )
    with place.database.read() as connection:
        seen = offered.prospect(place, connection, act)
        refuse_beyond(connection, asked.person, offered, seen, beside(connection, seen, offered.draft))
    try:
        return offered.put(place, act)
    except Unconfirmed:
        text = MISTYPED.say(lang, typed=typed) if typed else TYPE[lang]
        return Refused(text=text, field="people")
    except SeenOtherwise:
        return Refused(text=CHANGED[lang])
    except NothingToPublish:
        return Refused(text=NOTHING[lang])


def _words(asked: Asked) -> OwnWords | None:
    """What goes at the head of its mails; None where nothing was written. Raises Wrong for what no mail may hold."""
    es, en = (next(iter(asked.form.fields.get(f"message.{one}", ())), "").strip() for one in ("es", "en"))
    if not es and not en:
        return None
    return OwnWords(es=message(es) if es else None, en=message(en) if en else None)


def _done(asked: Asked, done: Published) -> Answer:
    number = done.prospect.publication.edition.number
    return go(
        asked,
        f"/desk/editions/{number}",
        done="1",
        notices=str(done.notices),
        replaced=str(done.ledger.followed + done.ledger.ended),
        away=",".join(done.kept_away[:20]),
    )


def _default_reason(place: Place, asked: Asked, offered: Candidate) -> str:
    if offered.source is not CandidateSource.RULES:
        return ""
    with place.database.read() as connection:
        return default_reason(asked.language, hours=hours_shift(connection))
