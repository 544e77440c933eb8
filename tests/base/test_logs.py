"""What a log line shows, and what it never does."""

from __future__ import annotations

import json
import logging

import pytest
import structlog

from scheduler.base.logs import configure_logs


def test_a_traceback_is_told_to_its_end_without_addresses(capsys: pytest.CaptureFixture[str]) -> None:
    """The error stands in its last line: cut at the front, a log would say where and never what."""

    def fail(depth: int) -> None:
        if depth:
            fail(depth - 1)
        raise ValueError("no room for uno@tokio.example here")

    configure_logs()
    try:
        fail(9)
    except ValueError:
        structlog.get_logger("test").exception("cannot compose", site="dos@tokio.example")
    finally:
        logging.getLogger().handlers.clear()
        structlog.reset_defaults()
    line = capsys.readouterr().err
    assert json.loads(line)["exception"].endswith("ValueError: no room for …@… here")
    assert "tokio.example" not in line
