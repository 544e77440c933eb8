"""What every message goes through twice: the intent to send it, and what became of it.

Many senders' rows in one statement each, since one row at a time the interpreter would be busy with little else: the
rows travel as one JSON document, which both databases take apart.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.planning.delivery import Decision, Outcome, State
from scheduler.store import upsert
from scheduler.store.controls import STOPPED
from scheduler.store.ledger import alarms, states
from scheduler.store.ledger.claiming import Claim
from scheduler.store.nodes import PRESENT
from scheduler.store.posts import hearers
from scheduler.store.schema import microseconds


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """What goes on record just before a message leaves, under the fence of its claim."""

    id: int  # of the claim
    fence: int
    edition: int | None  # the one that it tells of; of service mail none
    method: str  # of the calendar part that it carries (RFC 6047 §2.4); "": none


@dataclass(frozen=True, kw_only=True, slots=True)
class Settlement:
    """What became of an attempt, to be written under the fence of its claim."""

    claim: Claim
    decision: Decision
    outcome: Outcome  # its text is scrubbed
    began_at: datetime  # the intent
    at: datetime

    @property
    def reply(self) -> str:
        """The server's words with its code, as they are kept."""
        return " ".join(str(part) for part in (self.outcome.code, self.outcome.text) if part)[:500]


# Each dialect's own words, for the driver itself: a batch is one value, and the library has nothing to bind in it.
_GIVEN = {"sqlite": ":{}", "postgresql": "%({})s"}
_ROWS = {
    "sqlite": "(SELECT value AS row FROM json_each({})) AS given",
    "postgresql": "(SELECT value AS row FROM jsonb_array_elements(CAST({} AS jsonb))) AS given",
}
_NUMBER = {"sqlite": "row ->> {}", "postgresql": "CAST(row ->> {} AS BIGINT)"}
_NUMBERS = frozenset(
    {"of", "under", "edition", "at_next", "refused", "accepted", "uncertain", "began", "ended", "code"},
)
_INTENT = ("of", "under", "edition", "method")  # as `_intended` puts them
_SETTLEMENT = (  # as `_settled` does
    "of", "under", "into", "at_next", "refused", "accepted", "uncertain", "words", "began", "ended", "stage", "code",
    "status",
)  # fmt: skip
_UNDER_ITS_FENCE = "deliveries.id = of_ AND deliveries.fence = under_"
# A node that was taken for dead knows better than `uncertain`, if nobody has claimed since. (A CASE, lest SQLite look
# the states up in their index instead of each row by its number.)
_OWN_ATTEMPT = f"""{_UNDER_ITS_FENCE} AND CASE deliveries.state
    WHEN '{State.SENDING}' THEN deliveries.owner = {{by}} WHEN '{State.UNCERTAIN}' THEN TRUE ELSE FALSE END"""


def _statement(kind: str, columns: Sequence[str], sql: str) -> str:
    """`sql` over the rows of a batch, whose columns it names with an underscore behind."""
    taken = [
        f"{(_NUMBER[kind] if name in _NUMBERS else 'row ->> {}').format(place)} AS {name}_"
        for place, name in enumerate(columns)
    ]
    given = {name: _GIVEN[kind].format(name) for name in ("rows", "by", "at")}
    batch = f"SELECT {', '.join(taken)} FROM {_ROWS[kind].format(given['rows'])}"  # noqa: S608  # because all of it is ours
    return f"WITH batch AS ({batch}) {sql.format(**given)}"


_INTEND = {
    kind: _statement(
        kind,
        _INTENT,
        f"""
        UPDATE deliveries SET state = '{State.SENDING}', attempts = deliveries.attempts + 1, next_at = NULL,
            edition = edition_, method = method_
        FROM batch
        WHERE {_UNDER_ITS_FENCE}
            AND CASE deliveries.state WHEN '{State.CLAIMED}' THEN deliveries.owner = {{by}} ELSE FALSE END
            AND deliveries.expires_at + 0 > {{at}}
            AND NOT EXISTS (SELECT 1 FROM controls WHERE name = '{STOPPED}')
            AND EXISTS (SELECT 1 FROM nodes
                WHERE owner = {{by}} AND (leased_until IS NULL OR leased_until > {PRESENT[kind]}))
        RETURNING deliveries.id""",  # noqa: S608  # likewise
    )
    for kind in _ROWS
}
_RECORD = {
    kind: _statement(
        kind,
        _SETTLEMENT,
        f"""
        INSERT INTO attempts (delivery, fence, owner, began_at, ended_at, state, stage, code, status, reply)
        SELECT of_, under_, {{by}}, began_, ended_, into_, stage_, code_, status_, words_
        FROM batch, deliveries WHERE {_OWN_ATTEMPT}
        ON CONFLICT DO NOTHING""",  # noqa: S608  # likewise
    )
    for kind in _ROWS
}
_SETTLE = {
    kind: _statement(
        kind,
        _SETTLEMENT,
        f"""
        UPDATE deliveries SET
            state = into_, next_at = at_next_, refusals = deliveries.refusals + refused_, accepted_at = accepted_,
            uncertain_at = coalesce(uncertain_, deliveries.uncertain_at), reply = words_, owner = NULL
        FROM batch WHERE {_OWN_ATTEMPT}""",  # noqa: S608  # likewise
    )
    for kind in _ROWS
}


def intend_if_still_claimed(connection: Connection, owner: str, intents: Sequence[Intent], now: datetime) -> set[int]:
    """Commit the intent to send, just before MAIL FROM. Returns the ids that may go.

    Left out: what expired, was superseded, cancelled or suppressed since the claim; everything while stopped, and
    everything of a node whose lease ran out while it stood still: its claims may be another's.
    """
    given = {"rows": json.dumps([_intended(one) for one in intents]), "by": owner, "at": microseconds(now)}
    return {number for (number,) in upsert.run(connection, _INTEND[connection.dialect.name], given)}


def retract(connection: Connection, owner: str, intents: Sequence[Intent]) -> None:
    """Give back what was never sent though its intent may have been committed: the database's answer was lost."""
    states.give_back(connection, owner, ((one.id, one.fence, None) for one in intents), held=State.SENDING)


def settle_if_still_sending(connection: Connection, owner: str, settlements: Sequence[Settlement]) -> None:
    """Write what became of attempts, and keep a bad address from being written to again."""
    if not settlements:
        return
    given = {"rows": json.dumps([_settled(one) for one in settlements]), "by": owner}
    upsert.run(connection, _RECORD[connection.dialect.name], given)
    upsert.run(connection, _SETTLE[connection.dialect.name], given)
    for one in settlements:
        if one.decision.suppress and not hearers.happened_since(connection, one.claim.recipient, one.began_at):
            alarms.suppress(connection, one.claim.recipient, one.at, one.reply)


def _intended(one: Intent) -> tuple[object, ...]:
    return one.id, one.fence, one.edition, one.method


def _settled(one: Settlement) -> tuple[object, ...]:
    decision, outcome, ended = one.decision, one.outcome, microseconds(one.at)
    return (
        one.claim.id,
        one.claim.fence,
        decision.state,
        None if decision.next_at is None else microseconds(decision.next_at),
        int(decision.refused),
        ended if decision.state is State.ACCEPTED else None,
        ended if decision.state is State.UNCERTAIN else None,
        one.reply,
        microseconds(one.began_at),
        ended,
        outcome.stage,
        outcome.code,
        outcome.status,
    )
