"""The local part of a Message-ID: made once with the row, under the installation's key, and never reckoned anew.

A row is found by its five columns (purpose, subject, schedule, rule, recipient); what came back, by the key as stored.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import Connection

_NAMED_BY = ("purpose", "subject", "schedule", "rule", "recipient")


def keyed(connection: Connection, row: Mapping[str, object]) -> dict[str, object]:
    """A new row with its `message_key`, in a transaction that writes. Raises NoKey where no secret key is known."""
    made = connection.get_execution_options()["message_key"](*(row[name] for name in _NAMED_BY))
    return {**row, "message_key": made}
