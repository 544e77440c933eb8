"""`python -m tests.support.dead`: what nothing uses, by vulture; tests are no use. `make check` runs it.

Whatever is used where vulture cannot see it counts: names in templates, the commands that cli.py finds by their place,
the keys of files that pydantic reads. The rest stands in EXCEPTIONS, each with its reason.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from vulture import Vulture

from scheduler.cli import COMMANDS
from tests.support.checkout import ROOT

READ = ("calendars", "scheduler", "bench", "chaos")
FORMS = ("schema.py", "script.py", "choosing.py", "calling.py")  # fields are the keys of a file
EXCEPTIONS = {
    # set for, or asked by, a library
    "impl": "SQLAlchemy asks a type",
    "cache_ok": "SQLAlchemy asks a type",
    "inherit_cache": "SQLAlchemy asks a construct",
    "process_bind_param": "SQLAlchemy calls it",
    "process_result_value": "SQLAlchemy calls it",
    "isolation_level": "set on sqlite3's connection",
    "freeze_panes": "set on openpyxl's sheet",
    "data_type": "set on openpyxl's cell",
    "page_width": "set on python-docx's section",
    "page_height": "set on python-docx's section",
    "left_margin": "set on python-docx's section",
    "right_margin": "set on python-docx's section",
    "top_margin": "set on python-docx's section",
    "bottom_margin": "set on python-docx's section",
    "italic": "set on python-docx's font",
    "rgb": "set on python-docx's colour",
    "keep_with_next": "set on python-docx's paragraph",
    "space_before": "set on python-docx's paragraph",
    "preserve_quotes": "set on ruamel.yaml",
    "handle_DATA": "aiosmtpd calls it",
    "redirect_slashes": "set on Starlette's router",
    "timeout_keep_alive_handler": "uvicorn calls it",
    "keep_alive": "set on uvicorn's cycle",
    "_on_sqlite": "SQLAlchemy calls it",
    "_on_postgresql": "SQLAlchemy calls it",
    "eof_received": "asyncio calls it",
    "disconnected": "set on uvicorn's cycle",
    "display_type_rich": "set on typer's argument",
    "ASGI3Application": "uvicorn's type of an application, in quotes",
    "capture_signals": "uvicorn calls it",
    "main_loop": "uvicorn calls it",
    "collect": "prometheus_client calls it",
    # a value that is whole, though nothing asks for this part of it
    "FIXED": "the table of who announces is whole with it: a test holds both to the feasts at the sites",
    "is_moons": "likewise",
    "guard": "a page of docs/ is written from it (tests/support/state_table.py)",
    "only_claimed": "told as part of its verdict",
    "own_minutes": "what the files say themselves, beside what is counted: a test holds the two apart",
    "too_often": "told as part of its verdict",
    "astray": "told as part of its verdict",
    "outdated": "told as part of its verdict",
    "another_hour": "asked by its name, among the others (commands/answers.py: STANDING)",
}


def dead(root: Path = ROOT, read: Sequence[str] = READ) -> list[str]:
    """What nothing uses, a line each: place and name."""
    found = Vulture()
    found.scavenge([str(root / name) for name in read], exclude=["*/migrations/versions/*"])
    used = set(EXCEPTIONS) | {command.place.rpartition(".")[2] for command in COMMANDS} | set(_in_templates(root))
    return [
        f"{Path(one.filename).relative_to(root)}:{one.first_lineno}: unused {one.typ} {one.name}"
        for one in found.get_unused_code(min_confidence=60)
        if one.name not in used and Path(one.filename).name not in FORMS
    ]


def _in_templates(root: Path) -> Iterator[str]:
    for path in (root / "templates").rglob("*"):
        if path.suffix in (".html", ".txt", ".svg", ".jinja", ".j2"):
            yield from re.findall(r"[a-z_]\w*", path.read_text(encoding="utf-8"))


if __name__ == "__main__":
    lines = dead()
    print("\n".join(lines), end="\n" if lines else "")  # noqa: T201  # because `make check` shows it
    sys.exit(bool(lines))
