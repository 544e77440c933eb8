"""Pages from templates: the environment, the languages, the headers that every page carries."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape
from starlette.requests import Request
from starlette.responses import HTMLResponse

from calendars.catalogue import LANGUAGES
from calendars.model.text import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.base.shipped import shipped
from scheduler.web.http.prepared import Prepared
from scheduler.wording.templates import spoken_in_html

_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",  # some addresses are capabilities; but a form of ours says whose it is
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
ASKS_OWN = {"Content-Security-Policy": f"{_POLICY}; connect-src 'self'"}
ASKS_AND_FRAMES_OWN = f"{_POLICY}; connect-src 'self'; frame-src 'self'"
FRAMES_OWN = {"Content-Security-Policy": f"{_POLICY}; frame-src 'self'"}
# A mail as its reader's program shows it: its own inline styles, no script, nothing from elsewhere, no page but ours.
MAIL_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_HYPHENATED = re.compile(r"\b\w{1,8}-\w{1,8}\b")
_RANGE = re.compile(r"\s*([a-zA-Z*]{1,8})(?:-[a-zA-Z0-9-]*)?\s*(?:;\s*[qQ]\s*=\s*([01](?:\.\d{0,3})?)\s*)?")
_STAMP = datetime(2021, 10, 1, tzinfo=UTC)  # any fixed date: style, script and icon are fetched by their digests


@dataclass(frozen=True, kw_only=True, slots=True)
class Band:
    """The demo's strip on every page: which moment it plays."""

    now: datetime  # UTC
    zone: str  # the agenda's

    def moment(self, language: Language) -> str:
        wall = to_wall(self.now, self.zone)
        return f"{short_date(wall, language)} {wall:%Y}, {hour(wall, language)} {home_short(self.zone, language)}"


@cache
def _environment(folder: Path) -> Environment:
    made = Environment(
        loader=FileSystemLoader(folder),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["unbroken"] = unbroken
    return made


def unbroken(text: str) -> Markup:
    """The text, with short hyphenated words (INE-SRE, 2021-2022) kept on one line."""
    return Markup(_HYPHENATED.sub(r'<span class="unbroken">\g<0></span>', str(escape(text))))  # noqa: S704  # because escaped


def render(template: str, language: Language, values: Mapping[str, Any]) -> str:
    """A page in one language, by the catalogue (scheduler.wording.templates)."""
    found = _environment(shipped("templates") / "pages").get_template(template)
    return found.render({**spoken_in_html(language, quoted=True), "lang": language, "digest": asset_digest, **values})


@dataclass(frozen=True, kw_only=True, slots=True)
class _Asset:
    """A file that every page asks for, put together from its parts in the order of their names."""

    parts: str  # a pattern under templates/pages
    content_type: bytes


ASSETS = {
    "style.css": _Asset(parts="styles/*.css", content_type=b"text/css; charset=utf-8"),
    "app.js": _Asset(parts="scripts/*.js", content_type=b"text/javascript; charset=utf-8"),
    "desk.css": _Asset(parts="desk/styles/*.css", content_type=b"text/css; charset=utf-8"),
    "desk.js": _Asset(parts="desk/scripts/*.js", content_type=b"text/javascript; charset=utf-8"),
    "htmx.js": _Asset(parts="vendor/htmx.min.js", content_type=b"text/javascript; charset=utf-8"),
    "icon.svg": _Asset(parts="icon.svg", content_type=b"image/svg+xml"),
}


@cache
def asset(name: str) -> str:
    parts = sorted((shipped("templates") / "pages").glob(ASSETS[name].parts))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@cache
def asset_digest(name: str) -> str:
    return sha256(asset(name).encode()).hexdigest()[:12]


def asset_response(name: str) -> Prepared:
    return Prepared(
        body=asset(name).encode(),
        content_type=ASSETS[name].content_type,
        last_modified=_STAMP,
        cache_control=b"public, max-age=31536000, immutable",  # its address holds its digest
    )


def requested_language(request: Request, default: Language | None = None) -> Language:
    """`?lang=`, else the default, else what Accept-Language prefers.

    With a default the browser is not asked: what speaks to a post speaks the post's language.
    """
    return chosen_language(request) or default or preferred_language(request)


def chosen_language(request: Request) -> Language | None:
    return language_named(request.query_params.get("lang"))


def language_named(given: str | None) -> Language | None:
    return next((known for known in LANGUAGES if known == given), None)


def preferred_language(request: Request) -> Language:
    """The best of ours by Accept-Language; Spanish where it names none of them."""
    return best_language(",".join(request.headers.getlist("accept-language")))


def best_language(accepted: str) -> Language:
    """The same, of what the header says (RFC 9110 §12.5.4)."""
    weights: dict[str, float] = {}
    for part in accepted.split(","):
        if found := _RANGE.fullmatch(part):
            weights.setdefault(found[1].lower(), float(found[2] or 1))
    others = weights.get("*", 0.0)
    return max(LANGUAGES, key=lambda known: weights.get(known, others))


def page(html: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers={**SECURITY, **(headers or {})})
