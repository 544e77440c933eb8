"""Where commands listen: the options that say so, and the ports that are tried."""

from __future__ import annotations

from typing import Annotated

import typer

from scheduler.base.settings import DEFAULT_PORT, Settings

DEMO_PORTS = 10  # 8080 to 8089
HostOption = Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1.")]
PortOption = Annotated[int | None, typer.Option("--port", help="Port to listen on. Default: 8080.")]


def port_of(given: int | None, settings: Settings) -> int:
    """The port to listen on."""
    wanted = settings.port_to_listen_on(given)
    return DEFAULT_PORT if wanted is None else wanted
