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

from calendars.model import Language
from calendars.wording import home_short, hour, short_date
from calendars.zones import to_wall
from scheduler.shipped import shipped
from scheduler.web.prepared import Prepared

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
SECURITY = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "no-referrer",  # the addresses of some pages are capabilities
    "X-Content-Type-Options": "nosniff",
}
FRAMES_OWN = {"Content-Security-Policy": f"{_POLICY}; frame-src 'self'"}
PRIVATE = {"Cache-Control": "no-store", "X-Robots-Tag": "noindex"}
_HYPHENATED = re.compile(r"\b\w{1,8}-\w{1,8}\b")
STYLE_STAMP = datetime(2021, 10, 1, tzinfo=UTC)  # any fixed date: the style is fetched by its digest


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
    """A page in one language. Templates say each text as `_("español", "English")`."""

    def either(es: str, en: str) -> str:
        return es if language == "es" else en

    found = _environment(shipped("templates") / "pages").get_template(template)
    return found.render({"_": either, "lang": language, "style_digest": style_digest(), **values})


@cache
def style() -> str:
    """The one style sheet, put together from its parts in the order of their names."""
    parts = sorted((shipped("templates") / "pages" / "styles").glob("*.css"))
    return "\n".join(part.read_text(encoding="utf-8") for part in parts)


@cache
def style_digest() -> str:
    return sha256(style().encode()).hexdigest()[:12]


def style_response() -> Prepared:
    return Prepared(
        body=style().encode(),
        content_type=b"text/css; charset=utf-8",
        last_modified=STYLE_STAMP,
        cache_control=b"public, max-age=31536000, immutable",  # its address holds its digest
    )


def requested_language(request: Request, default: Language = "es") -> Language:
    """`?lang=`, or the default; never from the browser: a link must show everyone the same page."""
    match request.query_params.get("lang"):
        case "es":
            return "es"
        case "en":
            return "en"
    return default


def page(html: str, *, status: int = 200, headers: Mapping[str, str] | None = None) -> HTMLResponse:
    return HTMLResponse(html, status_code=status, headers={**SECURITY, **(headers or {})})
