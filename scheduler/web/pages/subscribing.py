"""A feed as people subscribe to it: its address, a link for each family of programs, a code for the phone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import urlencode

import segno
from markupsafe import Markup

# «Desde URL» in Google's own settings, for the day when its `cid` link, which nothing documents, is refused.
GOOGLE_BY_HAND = "https://calendar.google.com/calendar/r/settings/addbyurl"


@dataclass(frozen=True, kw_only=True, slots=True)
class Subscription:
    https: str  # to copy and paste; what every program takes
    webcal: str  # opens the calendar program of a desktop, an iPhone or an iPad; Android does not know it
    google: str
    outlook: str  # Outlook on the web, of work and school accounts
    local: str | None  # the form in local time, for programs that show "UTC"; None: there is none
    code: Markup | None  # a picture of this page's own address, which helps every phone


def subscription(
    base_url: str, path: str, name: str, *, local: str | None = None, page: str | None = None
) -> Subscription:
    """How to subscribe to the feed at `path` under /feeds/; `name` is what Outlook proposes to call it.

    `page` is the path of the page that the code leads to.
    """
    https = f"{base_url}/feeds/{path}"
    webcal = f"webcal://{https.partition('://')[2]}"
    return Subscription(
        https=https,
        webcal=webcal,
        google="https://calendar.google.com/calendar/r?" + urlencode({"cid": webcal}),  # an https one is refused
        outlook="https://outlook.office.com/calendar/0/addfromweb?" + urlencode({"url": https, "name": name}),
        local=f"{base_url}/feeds/{local}" if local else None,
        code=qr_code(base_url + page) if page else None,
    )


@lru_cache(maxsize=512)
def qr_code(address: str) -> Markup:
    """The address as a QR code (ISO/IEC 18004), as SVG: dark on its own white plate, in either theme."""
    made = segno.make(address, error="m", micro=False)
    return Markup(made.svg_inline(border=3, dark="#000", light="#fff", omitsize=True, svgclass=None, lineclass=None))  # noqa: S704  # because it holds modules, not text
