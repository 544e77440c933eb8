"""What a row of the ledger is made of.

It is found by its five columns; what came back, by the key as stored.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

from sqlalchemy import Connection

from scheduler.planning.plan import Planned

CHUNK = 10_000
_NAMED_BY = ("purpose", "subject", "schedule", "rule", "recipient")


def keyed(connection: Connection, row: Mapping[str, object]) -> dict[str, object]:
    """A new row with its `message_key`, in a transaction that writes. Raises NoKey where no secret key is known.

    The key is made here, once, under the installation's secret key, and never reckoned anew.
    """
    made = connection.get_execution_options()["message_key"](*(row[name] for name in _NAMED_BY))
    return {**row, "message_key": made}


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
        "due_at": one.moment.due,
        "expires_at": one.moment.expires,
        "moved": int(one.moment.moved),
    }
