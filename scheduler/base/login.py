"""Who is at this machine."""

from __future__ import annotations

import getpass
import os


def login_name() -> str:
    """The name by which whoever runs this process signed in to the machine."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container's user may have no name
        return f"uid {os.getuid()}"
