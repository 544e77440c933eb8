"""The pages while they are served: with what works beside them, and what is written down of the polls."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from scheduler.store.database import Database
from scheduler.web.app import build_app, ready_of
from scheduler.web.feeds.private import polls_recorded
from scheduler.web.http.server import DEFAULTS, serve_http
from scheduler.web.site import Site


@asynccontextmanager
async def served(
    site: Site, database: Database, listener: socket.socket, stopped: asyncio.Event
) -> AsyncIterator[None]:
    """Until `stopped` is set; then whoever is being answered is, and the helpers end."""
    limits, app = replace(DEFAULTS, spared=site.proxies), build_app(site)
    try:
        for helper in site.helpers:
            helper.open()
        async with polls_recorded(site.staff, database), asyncio.TaskGroup() as group:
            group.create_task(serve_http(app, listener, stopped, limits, ready_of(site)))
            yield
    finally:
        for helper in site.helpers:
            helper.close()
