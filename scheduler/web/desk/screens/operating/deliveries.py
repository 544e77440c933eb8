"""Deliveries: those that wait for a decision first, each with the server's words; what a decision brings, before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calendars.catalogue import Phrase
from calendars.model.agenda import Agenda
from calendars.model.text import Language
from scheduler.base.refusal import Refusal
from scheduler.people.operating import UNKNOWN, ForeseenDecision
from scheduler.planning.delivery import Purpose, State
from scheduler.store.accounts.roles import DeskRole
from scheduler.store.ledger import deliveries
from scheduler.store.ledger.deliveries import ACTS_ON, Chosen, Listed, Order
from scheduler.web.desk.asked import Answer, Asked, NotThere
from scheduler.web.desk.declared import Declared
from scheduler.web.desk.place import Place, moment_in
from scheduler.web.desk.rendering import go, screen
from scheduler.web.desk.screens.operating.brake import event_name
from scheduler.web.desk.screens.operating.scope import operator_of, require, site_choices, sites_of
from scheduler.web.desk.screens.operating.words import BECOME, CONSEQUENCES, ORDERS, PURPOSES, STATES, TWICE
from scheduler.wording.places import city_name
from scheduler.wording.rules import rule_words

TITLE = Phrase("Deliveries")
ONE = Phrase("Delivery {id}")
NOTHING_CHOSEN = Phrase("Tick the deliveries that you mean, or choose all that fit.")
NO_REASON = Phrase("Say why: whoever looks at these deliveries later wants to know.")
NO_ORDER = Phrase("Choose what is to become of them.")
NOT_THE_NUMBER = Phrase("That is not how many they are: nothing was changed.")
HERE = "/desk/deliveries"
SHOWN = 100
DECISION = "decision"  # the filter for what waits for one
WAITING = (State.HELD, State.UNCERTAIN)
FILTERS = ("state", "site", "event", "purpose")


@dataclass(frozen=True, kw_only=True, slots=True)
class DeliveryLine:
    """One of them in the list."""

    id: int
    event: str
    purpose: str
    rule: str
    site: str
    post: str
    moment: str  # due, by the site's clock
    state: str
    attempts: int
    reply: str
    decidable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class AttemptLine:
    """One transaction with the mail server."""

    moment: str
    answer: str
    became: str
    reply: str


class NothingDecided(Refusal):
    """The form does not say what is to be decided."""


def listed(place: Place, asked: Asked) -> Answer:
    """Those that fit, as they fell due."""
    agenda = agenda_of(place)
    chosen = _filter(asked.query, sites_of(agenda, asked, DeskRole.SEE))
    with place.database.read() as connection:
        found = deliveries.listing(connection, chosen, SHOWN)
        total = deliveries.count(connection, chosen)
    values = {
        "lines": [line_of(agenda, one, asked.language) for one in found],
        "total": total,
        "saved": asked.query.get("saved", ""),
        "order": _words_of(asked.query.get("order", ""), asked.language),
        "wanted": {name: asked.query.get(name, "") for name in FILTERS} | {"state": _state(asked.query)},
        "choices": _choices(agenda, asked),
        "orders": [(one.value, ORDERS[one][asked.language], CONSEQUENCES[one][asked.language]) for one in Order],
    }
    return screen(asked, "desk/deliveries.html", TITLE[asked.language], values)


def decided(place: Place, asked: Asked) -> Answer:
    """What the decision would come to, first; done once it was seen, and above one once their number was typed."""
    agenda, form = agenda_of(place), asked.form
    order, reason = form.one("order"), form.one("reason")
    if order not in set(Order):
        raise NothingDecided(NO_ORDER)
    if not reason:
        raise NothingDecided(NO_REASON)
    chosen = _chosen(asked, sites_of(agenda, asked, DeskRole.OPERATE))
    acts = operator_of(place, asked)
    found, seen, typed = acts.foresee(Order(order), chosen), form.one("seen"), form.one("n")
    sure = found.count == 1 or typed == str(found.count)
    if not seen or not sure or not found.count:
        notice = NOT_THE_NUMBER[asked.language] if seen and found.count > 1 else ""
        return _before(asked, Order(order), found, notice)
    done = acts.decide(Order(order), chosen, reason)
    return go(asked, HERE, saved=str(done.done), order=order, **_kept(form.fields))


def one(place: Place, asked: Asked) -> Answer:
    """A delivery with all its attempts, and the server's words to each."""
    agenda, id_ = agenda_of(place), asked.names["id"]
    with place.database.read() as connection:
        found = deliveries.listing(connection, Chosen(ids=(int(id_),)), 1) if id_.isdecimal() and len(id_) < 16 else []
        tries = deliveries.attempts_of(connection, found[0].id) if found else []
    if not found:
        raise NotThere(UNKNOWN, id=id_)
    require(agenda, asked, DeskRole.SEE, found[0].site)
    zone = _zone(agenda, found[0].site)
    values = {
        "line": line_of(agenda, found[0], asked.language),
        "raw": found[0],
        "tries": [
            AttemptLine(
                moment=moment_in(attempt.ended_at, zone, asked.language),
                answer=" ".join(str(part) for part in (attempt.code, attempt.status) if part),
                became=STATES[State(attempt.state)][asked.language],
                reply=attempt.reply,
            )
            for attempt in tries
        ],
        "orders": [
            (order.value, ORDERS[order][asked.language], CONSEQUENCES[order][asked.language])
            for order in Order
            if found[0].state in ACTS_ON[order]
        ],
    }
    return screen(asked, "desk/delivery.html", ONE.say(asked.language, id=id_), values)


def _before(asked: Asked, order: Order, found: ForeseenDecision, notice: str) -> Answer:
    language = asked.language
    values = {
        "order": order.value,
        "words": ORDERS[order][language],
        "count": found.count,
        "notice": notice,
        "comes": list(_comes(found, language)),
        "consequence": CONSEQUENCES[order][language],
        "fields": [(name, value) for name, all_ in asked.form.fields.items() for value in all_ if name not in _OWN],
        "reason": asked.form.one("reason"),
    }
    status = 422 if notice else 200
    return screen(asked, "desk/deliveries-decide.html", ORDERS[order][language], values, status=status)


_OWN = ("csrf", "seen", "n")


def _comes(found: ForeseenDecision, language: Language) -> Iterator[str]:
    for state, n in found.become.items():
        yield BECOME[state].say(language, n=n) if state in BECOME else f"{n}: {STATES[state][language]}"
    if found.twice:
        yield TWICE.say(language, n=found.twice)


def _chosen(asked: Asked, among: tuple[str, ...] | None) -> Chosen:
    """The ticked ones; or all that fit the filter, which the form repeats. Raises NothingDecided."""
    if asked.form.one("all"):
        return _filter({name: asked.form.one(name) for name in FILTERS}, among)
    ids = tuple(int(one) for one in asked.form.fields.get("id", ()) if one.isdecimal() and len(one) < 16)
    if not ids:
        raise NothingDecided(NOTHING_CHOSEN)
    return Chosen(ids=ids, among=among)


def _filter(wanted: Mapping[str, str], among: tuple[str, ...] | None) -> Chosen:
    state, purpose = _state(wanted), wanted.get("purpose", "")
    return Chosen(
        states=WAITING if state == DECISION else (State(state),) if state in set(State) else (),
        site=wanted.get("site") or None,
        event=wanted.get("event") or None,
        purpose=Purpose(purpose) if purpose in set(Purpose) else None,
        among=among,
        recipient=wanted.get("post") or None,
    )


def _state(wanted: Mapping[str, str]) -> str:
    return wanted.get("state") or DECISION


def _kept(fields: Mapping[str, list[str]]) -> dict[str, str]:
    return {name: fields[name][0] for name in FILTERS if fields.get(name)}


def line_of(agenda: Agenda, one: Listed, language: Language) -> DeliveryLine:
    """A row of the ledger in words."""
    return DeliveryLine(
        id=one.id,
        event=event_name(agenda, one.event, language),
        purpose=PURPOSES[Purpose(one.purpose)][language],
        rule=rule_words(one.rule, language) if one.purpose == Purpose.REMINDER else "",
        site=city_name(agenda, one.site, language),
        post=one.recipient,
        moment=_moment(agenda, one.due_at, one.site, language),
        state=STATES[one.state][language],
        attempts=one.attempts,
        reply=one.reply,
        decidable=any(one.state in states for states in ACTS_ON.values()),
    )


def _moment(agenda: Agenda, at: datetime, site: str, language: Language) -> str:
    return moment_in(at, _zone(agenda, site), language)


def _zone(agenda: Agenda, site: str) -> str:
    found = agenda.site(site)
    return agenda.zone if found is None else found.zone


def _choices(agenda: Agenda, asked: Asked) -> dict[str, Any]:
    language = asked.language
    return {
        "states": [(one.value, STATES[one][language]) for one in State],
        "sites": site_choices(agenda, asked),
        "events": [(one.id, one.title[language]) for one in agenda.events],
        "purposes": [(one.value, PURPOSES[one][language]) for one in Purpose],
    }


def _words_of(order: str, language: Language) -> str:
    return ORDERS[Order(order)][language] if order in set(Order) else ""


def agenda_of(place: Place) -> Agenda:
    """What is in force. Raises Refusal before the first edition."""
    found = place.in_force()
    if found is None:
        raise Refusal(NOTHING_YET)
    return found.edition.agenda


NOTHING_YET = Phrase("Nothing is published yet: there are no deliveries.")

SCREENS = (
    Declared(path=HERE, need=DeskRole.SEE, get=listed),
    Declared(path=HERE, need=DeskRole.OPERATE, post=decided),
    Declared(path=f"{HERE}/{{id}}", need=DeskRole.SEE, get=one),
)
