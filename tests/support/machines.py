"""Where a state machine of a test keeps its database: mixed in before the machine, a new one for each run."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import ClassVar

from hypothesis.stateful import RuleBasedStateMachine

from scheduler.store.database import Database
from tests.support.ledger import TOKENS
from tests.support.postgres import Cluster
from tests.support.sqlite import migrated_at


class InAFile(RuleBasedStateMachine):
    """SQLite."""

    folder: tempfile.TemporaryDirectory[str]

    def open(self) -> Database:
        self.folder = tempfile.TemporaryDirectory()
        return Database(migrated_at(Path(self.folder.name) / "agenda.db"))

    def teardown(self) -> None:
        super().teardown()
        self.folder.cleanup()


class InACluster(RuleBasedStateMachine):
    """PostgreSQL: a database of `server`, as `template` is."""

    server: ClassVar[Cluster]
    template: ClassVar[str]
    url: str

    def open(self) -> Database:
        self.url = self.server.create(self.template)
        return Database(self.url, tokens=TOKENS)

    def teardown(self) -> None:
        super().teardown()
        self.server.drop(self.url)
