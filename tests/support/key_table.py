"""The table of the keys of agenda.yaml in `docs/configuration.md`, from their form; `make docs` writes it there."""

from __future__ import annotations

import re

from calendars.reading.yaml.schema import AgendaForm
from tests.support.checkout import ROOT

PAGE = ROOT / "docs" / "configuration.md"
_BETWEEN = re.compile(r"(?<=<!-- claves -->\n).*(?=<!-- fin -->)", re.DOTALL)


def written(page: str) -> str:
    """The page with the table as it has to stand there."""
    return _BETWEEN.sub(lambda _: table(), page)


def table() -> str:
    lines = [
        f"| `{key}` | {info.description}{'. Obligatoria' if info.is_required() else ''} |\n"
        for key, info in AgendaForm.model_fields.items()
    ]
    return "".join(["| clave | qué dice |\n", "| --- | --- |\n", *lines])


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
