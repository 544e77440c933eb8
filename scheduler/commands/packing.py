"""Making a pack of evidence, for the commands that make one: with progress, and its act in the audit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.base.settings import Settings
from scheduler.commands.screen import err
from scheduler.evidence.pack import Making, Pack, make
from scheduler.evidence.tables import Progress as Told
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.database import Database

WRITING = Phrase("Evidence")


def packed(
    database: Database, settings: Settings, place: Path, deed: Deed, lang: Language, redacted: Path | None = None
) -> Pack:
    """Make a pack there, and a redacted one if a place is given. `deed`: who asked for it, and why; see `asked_for`."""

    def done(made: Pack) -> Deed:
        figures: dict[str, str | int] = {"files": made.files, "rows": made.rows, "redacted": made.redacted}
        return Deed(who=deed.who, what=deed.what, subject=made.head, details=figures, reason=deed.reason)

    with _shown(lang) as progress:
        making = Making(
            at=SystemClock().now(), base_url=settings.own_address, answered=settings.invitations, progress=progress
        )
        return make(database, place, making, done, redacted)


def asked_for(who: str, reason: str) -> Deed:
    """The act as far as it is known before the pack is there."""
    return Deed(who=who, what=What.EVIDENCE_MADE, reason=reason)


@contextmanager
def _shown(lang: Language) -> Iterator[Told]:
    """Progress on stderr."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed}"), TimeElapsedColumn())
    with Progress(*columns, console=err(), transient=True) as progress:
        task = progress.add_task(WRITING[lang], total=None)

        def tell(name: str, rows: int) -> None:
            progress.update(task, description=f"{WRITING[lang]}: {name}", completed=rows)

        yield tell
