"""What a browser posts, as fields; and whether a page of ours posted it. Bodies come whole and bounded (bodies.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from starlette.requests import Request

from scheduler.base.address import seen
from scheduler.web.http.refusals import CrossSite, TooLarge

FIELDS = 100  # of the largest form here, some ten
FORM_LIMIT = 2 * 1024 * 1024  # bytes; a text field of 256 KB, each byte of it as three or six; files come as multipart
OFF_LOOP = 16 * 1024  # bytes; what is larger is taken apart in a thread, so that the feeds do not wait for it
_URLENCODED = "application/x-www-form-urlencoded"
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """Fields by name, as they were filled in."""

    fields: Mapping[str, list[str]]

    def one(self, name: str) -> str:
        """The first value, without spaces around it; empty where there is none."""
        return next(iter(self.fields.get(name, ())), "").strip()

    def all(self, name: str) -> frozenset[str]:
        return frozenset(self.fields.get(name, ()))


async def read_form(request: Request) -> Form:
    """The body as fields; none where it is no URL-encoded form. Raises TooLarge past FIELDS of them, and FORM_LIMIT.

    It is taken apart once, whoever else asks.
    """
    kept: Form | None = getattr(request.state, "form", None)
    if kept is None:
        body = await request.body()
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != _URLENCODED:
            return Form(fields={})
        if len(body) > FORM_LIMIT:
            raise TooLarge
        kept = _fields(body) if len(body) <= OFF_LOOP else await asyncio.to_thread(_fields, body)
        request.state.form = kept
    return kept


def _fields(body: bytes) -> Form:
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=FIELDS)
    except ValueError as error:
        raise TooLarge from error
    return Form(fields={name: [seen(value, besides="\t\n\r") for value in values] for name, values in fields.items()})


def refuse_cross_site(request: Request, base_url: str) -> None:
    """Raises CrossSite where a page of another site sent this; a program that does not say is let through.

    Browsers say so by Fetch Metadata; older ones, and all of them over plain HTTP, by Origin (RFC 6454 §7), which is
    compared with the address that the world knows. `null` is nobody's: our pages let a browser say more.
    """
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    if site == "cross-site" or (site is None and origin is not None and origin_of(origin) != origin_of(base_url)):
        raise CrossSite


def origin_of(url: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port; None of what is no address."""
    try:
        parts = urlsplit(url)
        return parts.scheme, parts.hostname, parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
