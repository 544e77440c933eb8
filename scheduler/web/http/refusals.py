"""What a browser asked for and does not get: each says its status; some have a page of their own.

Whoever finds it raises it; one handler answers (`scheduler.web.pages.pages`), as it does for any other Refusal.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from calendars.catalogue import Phrase
from scheduler.base.refusal import Refusal


class PageRefusal(Refusal):
    """A refusal that only a browser meets."""

    template: ClassVar[str]  # in templates/pages

    @property
    def values(self) -> Mapping[str, object]:
        """What its template is given besides the reason."""
        return {}


class UnknownLink(PageRefusal):
    """The link of a mail was not signed here, was cut short, or its post has gone to somebody else."""

    status = 404
    template = "leave-unknown.html"

    def __init__(self) -> None:
        super().__init__(Phrase("We do not recognise this link"))


class ExpiredLink(PageRefusal):
    """The link of a mail that opens a page for a while only."""

    status = 404
    template = "people-expired.html"

    def __init__(self, kind: str) -> None:
        super().__init__(Phrase("This link is no longer valid"))
        self.kind = kind

    @property
    def values(self) -> Mapping[str, object]:
        return {"kind": self.kind}


class CrossSite(PageRefusal):
    """A page of another site sent the form."""

    status = 403
    template = "people-refused.html"

    def __init__(self) -> None:
        super().__init__(Phrase("Nothing was done"))


class NoSignups(PageRefusal):
    """The agenda takes no sign-ups, or this installation sends no mail."""

    status = 403
    template = "people-closed.html"

    def __init__(self) -> None:
        super().__init__(Phrase("There is no sign-up on this page for now"))


class TooLarge(Refusal):
    """A form has more fields than any of ours."""

    status = 413

    def __init__(self) -> None:
        super().__init__(TOO_LARGE)


TOO_LARGE = Phrase("The request is too large.")
