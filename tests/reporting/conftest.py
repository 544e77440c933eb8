"""The rehearsed campaign that reports are made of: played once."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.reported import copied, happen, played


@pytest.fixture(scope="session")
def campaign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its database, to be copied, never changed: mails, three changes, answers, attendance, a roll call."""
    folder = tmp_path_factory.mktemp("campaign")
    file = copied(played(folder), folder)
    happen(file)
    return file
