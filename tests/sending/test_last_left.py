"""When a site's last holder leaves by one click, its coordinator hears of it, with the way back."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduler.base.tokens import Link
from scheduler.planning.delivery import Purpose
from scheduler.store.database import Database
from scheduler.store.ledger import wishes
from scheduler.store.posts import roster
from scheduler.store.schema import deliveries
from tests.support.campaign import BASE, TOKENS
from tests.support.changes import sent, words
from tests.support.ledger import PUBLISHED, WEEK_BEFORE, draft, post, put

DAY = timedelta(days=1)


def leaves(database: Database, name: str = "uno", at: timedelta = timedelta()) -> None:
    with database.write() as connection:
        wishes.leave(connection, name, PUBLISHED + at)


def owed(database: Database) -> list[str]:
    d = deliveries.c
    with database.read() as connection:
        chosen = select(d.rule).where(d.purpose == Purpose.LEFT).order_by(d.id)
        return list(connection.execute(chosen).scalars())


async def test_the_coordinator_is_told_and_the_post_gets_nothing_more(database: Database) -> None:
    put(database, draft())
    leaves(database)
    mails = await sent(database, PUBLISHED, WEEK_BEFORE + DAY)
    assert [str(mail["To"]) for mail in mails] == ["agenda@ine.example"]
    text = words(mails[0])
    assert "pidió no recibir más recordatorios" in text
    assert "uno" in text
    found = re.search(rf"{re.escape(BASE)}/return/(\S+)", text)
    assert found is not None
    assert TOKENS.read(Link.LEAVE, found[1], PUBLISHED) == "uno"


async def test_the_way_back_leads_back(database: Database) -> None:
    put(database, draft())
    leaves(database)
    await sent(database, PUBLISHED, PUBLISHED + DAY)
    with database.write() as connection:
        wishes.come_back(connection, "uno", PUBLISHED + DAY)
    mails = await sent(database, PUBLISHED + DAY, WEEK_BEFORE + DAY)
    assert [str(mail["To"]) for mail in mails] == ["uno@tokio.example"]


def test_while_another_is_left_nobody_is_told(database: Database) -> None:
    put(database, draft(posts=[post(), post("dos")]))
    leaves(database)
    assert owed(database) == []
    leaves(database, "dos")
    assert owed(database) == ["dos"]


def test_leaving_twice_is_told_once_and_again_on_another_day(database: Database) -> None:
    put(database, draft())
    leaves(database)
    leaves(database)
    assert owed(database) == ["uno"]
    with database.write() as connection:
        wishes.come_back(connection, "uno", PUBLISHED + DAY)
    leaves(database, at=DAY)
    assert owed(database) == ["uno", "uno"]


@pytest.mark.parametrize("holder", [0, 1])
def test_the_way_back_is_that_of_who_holds_the_post_now(database: Database, holder: int) -> None:
    put(database, draft())
    with database.write() as connection:
        connection.exec_driver_sql(f"UPDATE recipients SET holder = {holder} WHERE id = 'uno'")
    leaves(database)
    assert owed(database) == [roster.bearer("uno", holder)]
