"""Deliveries as people read them: what each is, how it stands, and what deciding about it brings."""

from __future__ import annotations

from collections.abc import Mapping

from calendars.catalogue import Phrase
from scheduler.planning.delivery import Purpose, State
from scheduler.store.ledger.deliveries import Order
from scheduler.wording import kinds

PURPOSES: Mapping[Purpose, Phrase] = {
    **kinds.PURPOSES,  # as the terminal has them, where a screen needs no more words
    Purpose.REMINDER: Phrase("reminder", "mail"),
    Purpose.ESCALATION: Phrase("request for cover", "mail"),
    Purpose.NOTICE: Phrase("notice of a change", "mail"),
    Purpose.INVITATION: Phrase("calendar invitation", "mail"),
    Purpose.CONVOCATION: Phrase("convocation", "mail"),
    Purpose.QUESTION: Phrase("question whether it comes", "mail"),
    Purpose.FOLLOW_UP: Phrase("follow-up of a session", "mail"),
    Purpose.CONFIRMATION: Phrase("confirmation of a sign-up", "mail"),
    Purpose.KNOWN: Phrase("answer to a second sign-up", "mail"),
    Purpose.ALARM: Phrase("alarm: a site with nobody", "mail"),
    Purpose.LEFT: Phrase("alarm: a site's last post left", "mail"),
    Purpose.DOUBT: Phrase("alarm: doubted reports", "mail"),
    Purpose.WELCOME: Phrase("welcome to a successor", "mail"),
    Purpose.FAREWELL: Phrase("farewell to a former holder", "mail"),
    Purpose.HANDOVER: Phrase("word of a handover", "mail"),
    Purpose.PROPOSAL: Phrase("proposal of another hour", "mail"),
    Purpose.ACCESS: Phrase("access link", "mail"),
}
STATES: Mapping[State, Phrase] = {
    State.PLANNED: Phrase("planned", "of a mail"),
    State.CLAIMED: Phrase("about to go", "of a mail"),
    State.SENDING: Phrase("on its way to the server", "of a mail"),
    State.DEFERRED: Phrase("to be tried again", "of a mail"),
    State.UNCERTAIN: Phrase("uncertain: it may have arrived", "of a mail"),
    State.HELD: Phrase("held: waits for a decision", "of a mail"),
    State.ACCEPTED: Phrase("handed to the server", "of a mail"),
    State.REJECTED: Phrase("refused: bad address", "of a mail"),
    State.BOUNCED: Phrase("came back", "of a mail"),
    State.SUPERSEDED: Phrase("replaced", "of a mail"),
    State.CANCELLED: Phrase("dropped", "of a mail"),
    State.SUPPRESSED: Phrase("not sent: its post gets no mail", "of a mail"),
    State.EXPIRED: Phrase("past its use, not sent", "of a mail"),
}
ORDERS: Mapping[Order, Phrase] = {
    Order.HOLD: Phrase("Hold", "a mail"),
    Order.RELEASE: Phrase("Release", "a mail"),
    Order.RETRY: Phrase("Try again", "a mail"),
    Order.DROP: Phrase("Drop", "a mail"),
}
CONSEQUENCES: Mapping[Order, Phrase] = {
    Order.HOLD: Phrase("They stay here until somebody releases or drops them."),
    Order.RELEASE: Phrase("What is due goes now, what is not goes when it is, and what is past its use ends unsent."),
    Order.RETRY: Phrase("They are tried now. What is uncertain may have arrived, and may then arrive twice."),
    Order.DROP: Phrase("They never go, and no publication plans them again."),
}
BECOME: Mapping[State, Phrase] = {
    State.HELD: Phrase("{n} {n:waits|wait} here, held"),
    State.DEFERRED: Phrase("{n} {n:goes|go}: now, or when due"),
    State.EXPIRED: Phrase("{n} {n:is|are} past use and {n:ends|end} unsent"),
    State.SUPPRESSED: Phrase("{n} {n:is|are} not sent: the post gets no mail"),
    State.CANCELLED: Phrase("{n} {n:never goes|never go}"),
}
TWICE = Phrase("{n} of them may have arrived already, and may arrive twice")
