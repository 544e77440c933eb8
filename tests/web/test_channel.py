"""Each post chooses by itself how events get into its calendar, by the link of any mail, and may take it back."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest
from sqlalchemy import select

from scheduler.planning.channels import Channel
from scheduler.planning.delivery import Purpose, State
from scheduler.store.schema import deliveries
from scheduler.web.app import Site
from tests.support.accounts import account, known_post, link, open_draft, undo
from tests.support.webserver import serving, site_of


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    with site_of(tmp_path, open_draft(), mails=True) as made:
        made.invitations = True
        yield made


@pytest.fixture
async def client(site: Site) -> AsyncIterator[httpx.AsyncClient]:
    async with serving(site) as made:
        yield made


def owed(site: Site) -> dict[str, str]:
    """Event -> state, of the invitations."""
    d = deliveries.c
    with site.database.read() as connection:
        found = connection.execute(select(d.event, d.state).where(d.purpose == Purpose.INVITATION).order_by(d.id))
        return {row.event: row.state for row in found}


async def test_the_page_shows_the_choice_in_both_languages_and_changes_nothing(
    site: Site, client: httpx.AsyncClient
) -> None:
    for language, words in (("es", "Invitaciones por correo"), ("en", "Invitations by email")):
        page = await client.get(link("manage"), params={"lang": language})
        assert words in page.text
        assert page.text.count('name="channel"') == len(Channel)
        assert 'value="feed" checked' in page.text
    assert known_post(site).channel is Channel.FEED


async def test_choosing_invitations_owes_one_for_each_event_and_undoing_it_none(
    site: Site, client: httpx.AsyncClient
) -> None:
    page = await client.post(link("manage"), data={"do": "calendar", "channel": "invitations"})
    assert (page.status_code, "en horas hábiles" in page.text) == (200, True)
    assert known_post(site).channel is Channel.INVITATIONS
    assert set(owed(site).values()) == {State.PLANNED}
    assert len(owed(site)) == 2
    back = undo(page)
    assert back == {"do": "calendar", "channel": "feed"}
    await client.post(link("manage"), data=back)
    assert known_post(site).channel is Channel.FEED
    assert set(owed(site).values()) == {State.SUPERSEDED}


async def test_choosing_nothing_is_always_possible(site: Site, client: httpx.AsyncClient) -> None:
    site.invitations = False
    page = await client.post(link("manage"), data={"do": "calendar", "channel": "none"})
    assert page.status_code == 200
    assert known_post(site).channel is Channel.NONE


@pytest.mark.parametrize("channel", ["invitations", "", "paloma mensajera"])
async def test_what_is_not_offered_changes_nothing(site: Site, client: httpx.AsyncClient, channel: str) -> None:
    site.invitations = False
    assert 'value="invitations"' not in (await client.get(link("manage"))).text
    page = await client.post(link("manage"), data={"do": "calendar", "channel": channel})
    assert page.status_code == 422
    assert known_post(site).channel is Channel.FEED


async def test_who_chose_invitations_of_an_installation_that_sends_none_is_told(
    site: Site, client: httpx.AsyncClient
) -> None:
    await client.post(link("manage"), data={"do": "calendar", "channel": "invitations"})
    site.invitations = False
    assert "no las envía por ahora" in (await client.get(link("manage"))).text


async def test_the_choice_is_among_ones_own_data_and_ends_with_them(site: Site, client: httpx.AsyncClient) -> None:
    await client.post(link("manage"), data={"do": "calendar", "channel": "invitations"})
    kept = (await client.get(f"{account()}/export.json")).json()
    assert kept["recipient"]["channel"] == "invitations"
    assert {"invitation"} <= {one["purpose"] for one in kept["deliveries"]}
    await client.post(f"{account()}/erase")
    assert State.PLANNED not in owed(site).values()
    with site.database.read() as connection:
        chosen = connection.exec_driver_sql("SELECT channel FROM recipients").scalars().all()
    assert chosen == ["feed"]
