"""Pages as bytes, of what is shown in one minute, in a bounded room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from starlette.types import Scope, Send

from scheduler.web.http.prepared import Header
from scheduler.web.kept.asked import PageAsked

ROOM = 16 * 1024 * 1024  # bytes of bodies
BESIDE = 1024  # bytes that a page's headers and its name take, about


@dataclass(frozen=True, kw_only=True, slots=True)
class RenderedPage:
    """An answer, ready to be sent to everybody who asks for it."""

    status: int
    headers: Sequence[Header]
    body: bytes

    async def send(self, scope: Scope, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else self.body})


class PageMemory:
    """The pages that were asked for last, as many as there is room for."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._pages: OrderedDict[PageAsked, RenderedPage] = OrderedDict()
        self.size = 0  # bytes

    def get(self, asked: PageAsked) -> RenderedPage | None:
        found = self._pages.get(asked)
        if found is not None:
            self._pages.move_to_end(asked)
        return found

    def put(self, asked: PageAsked, page: RenderedPage) -> None:
        """In place of those that nobody has asked for the longest; not at all where it takes more than all the room."""
        taken = len(page.body) + BESIDE
        if taken > self._room or asked in self._pages:
            return
        self._pages[asked] = page
        self.size += taken
        while self.size > self._room:
            _, gone = self._pages.popitem(last=False)
            self.size -= len(gone.body) + BESIDE

    def clear(self) -> None:
        self._pages.clear()
        self.size = 0
