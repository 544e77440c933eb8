"""What mail came back: what nobody has to do with, and what somebody has to look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from scheduler.store.people import blamed, doubts, quarantine
from scheduler.store.people.blamed import InstallationBlamed, LostReports


@dataclass(frozen=True, kw_only=True, slots=True)
class CameBack:
    quarantined: int  # messages of the last month that could not be read: no alert, for strangers can make them
    doubted: int  # reports that addresses are bad, which wait for an operator's decision
    blamed: InstallationBlamed  # what came back for a fault of this installation
    lost: LostReports  # what came back and cannot be told whose it is


def came_back(connection: Connection, now: datetime) -> CameBack:
    return CameBack(
        quarantined=quarantine.count(connection, now),
        doubted=doubts.count(connection, now),
        blamed=blamed.installation_blamed(connection, now),
        lost=blamed.lost(connection, now),
    )
