"""What a row of the ledger is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from scheduler.planning.plan import Planned

CHUNK = 10_000


def parts(planned: Iterable[Planned]) -> Iterator[list[Planned]]:
    source = iter(planned)
    while part := list(islice(source, CHUNK)):
        yield part


def planned_row(one: Planned) -> dict[str, object]:
    return {
        "purpose": one.purpose,
        "subject": one.subject,
        "schedule": one.schedule,
        "rule": one.moment.rule,
        "recipient": one.recipient,
        "event": one.moment.event,
        "site": one.moment.site,
        "message_key": one.message_key,
        "due_at": one.moment.due,
        "expires_at": one.moment.expires,
        "moved": int(one.moment.moved),
    }
