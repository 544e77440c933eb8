"""The processes in which screens are made: bounded in time, replaced where one ends, and gone with the server."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import pytest

from scheduler.base.settings import Settings
from scheduler.web.desk import workshop
from scheduler.web.desk.asked import Answer, Asked
from scheduler.web.desk.place import Place
from scheduler.web.desk.workshop import Busy, Workshop
from scheduler.web.site import DeskHome
from tests.support.desk import asked_by, small_folder


def pid(_place: Place, _asked: Asked) -> Answer:
    return Answer(body=str(os.getpid()))


def killed(_place: Place, _asked: Asked) -> Answer:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it has ended")


def endless(_place: Place, _asked: Asked) -> Answer:
    signal.setitimer(signal.ITIMER_REAL, 0.05)  # in place of the minute that a screen is given
    while True:
        signal.pause()


@pytest.fixture
def shop(tmp_path: Path) -> Workshop:
    settings = Settings(database_url=f"sqlite:///{tmp_path / 'desk.db'}")
    return Workshop(home=DeskHome(folder=small_folder(tmp_path / "config"), settings=settings), base_url="http://x")


async def test_a_screen_is_made_beside_the_server(shop: Workshop) -> None:
    try:
        assert (await shop.make(pid, asked_by())).body != str(os.getpid())
    finally:
        shop.close()


async def test_after_a_process_was_killed_the_next_screen_comes(shop: Workshop) -> None:
    """As the kernel kills one for want of memory: whoever asked is told to try again, and then gets it."""
    try:
        with pytest.raises(Busy):
            await shop.make(killed, asked_by())
        assert (await shop.make(pid, asked_by())).status == 200
    finally:
        shop.close()


async def test_a_screen_that_takes_too_long_is_given_up_and_its_process_goes_on(shop: Workshop) -> None:
    try:
        answer = await shop.make(endless, asked_by())
        assert answer.status == 503
        assert "demasiado" in answer.body
        assert (await shop.make(pid, asked_by())).status == 200
    finally:
        shop.close()


async def test_more_than_can_be_made_is_refused_at_once(shop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workshop, "WAITING", 1)
    try:
        first = asyncio.create_task(shop.make(pid, asked_by()))
        await asyncio.sleep(0)  # no wait: the first has its turn to begin
        with pytest.raises(Busy):
            await shop.make(pid, asked_by())
        assert (await first).status == 200
    finally:
        shop.close()
