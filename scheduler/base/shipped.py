"""Where templates/ and config/ are: in a checkout beside the packages, in an installation inside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

_PACKAGE = Path(__file__).resolve().parent.parent


def shipped(name: Literal["templates", "config"]) -> Path:
    """The folder of that name that came with this program.

    The wheel's copy comes first: beside an installed package may lie a stranger's `config`.
    """
    inside = _PACKAGE / "_shipped" / name
    return inside if inside.is_dir() else _PACKAGE.parent / name
