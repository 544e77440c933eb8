"""Where things lie in the checkout."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CONFIG = ROOT / "config"  # the shipped one


def document(name: str) -> str:
    return (ROOT / "docs" / name).read_text(encoding="utf-8")
