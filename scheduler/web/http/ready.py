"""Answers that lie ready, given by the protocol itself in one write: no task and no check of headers for each.

A feed is polled far more often than anything else is asked for. Its answer is the same to the byte as that of the
application, which gives it wherever a request is more than a plain GET: to another method, with a body, as the last one
on its connection, behind an answer that is still owed, or to a reader who is slow to take the one before.
"""

from __future__ import annotations

from typing import Protocol

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from scheduler.web.http.prepared import Prepared, field_lines

_OF_BODIES = frozenset((b"content-length", b"transfer-encoding", b"expect"))


class Ready(Protocol):
    """What lies ready."""

    def at(self, target: bytes) -> Prepared | None:
        """The answer to a GET of `target`, as the request line has it; None where the application is to be asked."""


class ReadyProtocol(HttpToolsProtocol):
    """uvicorn's HTTP/1.1 protocol, which asks the application only for what does not lie `ready`."""

    ready: Ready | None
    _found: Prepared | None = None  # the answer to the request whose header has just come

    def on_headers_complete(self) -> None:
        self._found = self._at_hand()
        if self._found is None:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        if self._found is None:
            super().on_message_complete()
            return
        found, self._found = self._found, None
        self.transport.writelines(found.on_the_wire(field_lines(self.server_state.default_headers), self.headers))
        self.on_response_complete()

    def _at_hand(self) -> Prepared | None:
        found = None if self.ready is None else self.ready.at(self.url)
        return found if found is not None and self._is_free() and self._is_plain() else None

    def _is_free(self) -> bool:
        """Whether all that was asked before is answered, and taken."""
        return self._owed() is None and not self.flow.write_paused

    def _is_plain(self) -> bool:
        """Whether it is a GET without a body, after which the connection stays as it is."""
        return (
            self.parser.get_method() == b"GET"
            and self.parser.get_http_version() == "1.1"
            and self.parser.should_keep_alive()
            and not self.parser.should_upgrade()
            and _OF_BODIES.isdisjoint([name for name, _ in self.headers])
        )

    def _owed(self) -> RequestResponseCycle | None:
        """The answer to the latest request whose header was whole, if it is not given yet."""
        latest: RequestResponseCycle | None = self.cycle  # None before the first, whatever its type says
        return None if latest is None or latest.response_complete else latest
