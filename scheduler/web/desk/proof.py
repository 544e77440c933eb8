"""Whether a page of the desk's own sent a form: its origin, and a token that only this session's pages have."""

from __future__ import annotations

import hmac
from hashlib import sha256

from starlette.requests import Request

from calendars.catalogue import Phrase
from scheduler.web.desk.uploads import read_upload
from scheduler.web.http.forms import origin_of
from scheduler.web.http.refusals import CrossSite, PageRefusal

CSRF = "csrf"  # the field
CSRF_HEADER = "x-csrf-token"


class StaleForm(PageRefusal):
    """The form was made for another session: before the last sign-in, or by somebody else's page."""

    status = 403
    template = "desk-stale.html"

    def __init__(self) -> None:
        super().__init__(Phrase("This page is from before you signed in"))


def csrf_of(key: str) -> str:
    """The token of a session: from its key, which is in the browser's cookie alone, and not the other way round."""
    return hmac.new(key.encode(), b"agenda-consular.desk.csrf", sha256).hexdigest()[:32]


def refuse_foreign(request: Request, base_url: str) -> None:
    """Raises CrossSite unless the browser says that a page of this very origin sent it.

    Every browser says so, by Fetch Metadata or by Origin (RFC 6454 §7). Unlike the public forms, the desk lets nobody
    through who says neither.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site is not None:
        same = site == "same-origin"
    else:
        same = origin is not None and origin_of(origin) == origin_of(base_url) is not None
    if not same:
        raise CrossSite


async def refuse_unproven(request: Request, csrf: str) -> None:
    """Raises StaleForm unless the form, or htmx's header, has the session's token."""
    given = request.headers.get(CSRF_HEADER) or (await read_upload(request))[0].one(CSRF)
    if not hmac.compare_digest(given.encode("utf-8", "replace"), csrf.encode()):
        raise StaleForm
