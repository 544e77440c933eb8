"""What takes long to load and most commands do without: loaded by its name, here alone, when it is wanted."""

from __future__ import annotations

from importlib import import_module
from typing import Any


def load(name: str) -> Any:
    """The module of that name. Every other import stands at the top of its module; only the command line, besides,
    loads the command that was called.
    """
    return import_module(name)
