"""The traps of partial updates: whatever wants eval or inline code is silently never sent under our policy."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from tests.support.checkout import ROOT

PAGES = ROOT / "templates/pages"
DESK = sorted([*PAGES.glob("desk/*.html"), *PAGES.glob("desk-*.html")])
HTMX = "a0abb04f2f45a1f89d1d4844023245537e5e6014c87b144553e0607b4cc32130"  # SHA-256 of htmx 4.0.1's htmx.min.js
TRAPS = {
    "hx-on runs its value as code": r"hx-on",
    "js: and javascript: are evaluated": r"=[\"'](?:js|javascript):",
    "a filter of a trigger is evaluated": r"hx-trigger=\"[^\"]*\[",
    "our htmx knows data-hx- alone": r"(?<!data-)hx-(?:get|post|put|delete|trigger|target|swap|sync|vals)\b",
    "an inline style is refused": r"\sstyle=|<style",
    "an inline script is refused": r"<script(?![^>]*\ssrc=)",
    "an inline handler is refused": r"\son(?:click|change|input|submit|load|key\w+|focus|blur)=",
}


@pytest.mark.parametrize("path", DESK, ids=lambda path: path.name)
@pytest.mark.parametrize("trap", TRAPS)
def test_no_template_of_the_desk_walks_into_a_trap(trap: str, path: Path) -> None:
    assert re.search(TRAPS[trap], path.read_text(encoding="utf-8")) is None


@pytest.mark.parametrize(
    ("trap", "text"),
    [
        ("hx-on runs its value as code", '<b data-hx-on:click="x()">'),
        ("js: and javascript: are evaluated", "<b data-hx-vals='js:{a: 1}'>"),
        ("a filter of a trigger is evaluated", '<b data-hx-trigger="keyup[key==1]">'),
        ("our htmx knows data-hx- alone", '<b hx-get="/x">'),
        ("an inline style is refused", '<b style="x">'),
        ("an inline script is refused", "<script>x()</script>"),
        ("an inline handler is refused", '<b onclick="x()">'),
    ],
)
def test_each_trap_is_seen(trap: str, text: str) -> None:
    assert re.search(TRAPS[trap], text) is not None
    assert re.search(TRAPS[trap], '<b data-hx-get="/x" data-hx-trigger="input delay:300ms" class="style=">') is None


def test_htmx_is_the_file_that_was_looked_at_with_its_licence() -> None:
    """Another release is another file to look at, and another line in docs/decisions.md."""
    assert sha256((PAGES / "vendor/htmx.min.js").read_bytes()).hexdigest() == HTMX
    assert "Zero-Clause BSD" in (PAGES / "vendor/htmx.LICENSE").read_text(encoding="utf-8")
