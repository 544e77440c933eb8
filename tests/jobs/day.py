"""An administrator at work: files edited as in Notepad, commands typed in Spanish, a clock, and a mail server."""

from __future__ import annotations

import os
import re
from collections import Counter
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from scheduler.base.clock import SystemClock
from scheduler.store.database import Database
from tests.support.campaign import Campaign, mails
from tests.support.command_line import agenda
from tests.support.smtpd import scripted

SCREENS = Path(__file__).with_name("screens")
# Links, which hold keys, the audit's heads, and headers of a mail that are another each time.
_SECRET = re.compile(r"https?://\S+|(?<=\d-)[0-9a-f]{32}\b|^(Message-ID|Date|Fecha|List-[A-Za-z-]+): .*", re.MULTILINE)
SHOWN = 6  # subjects of a batch of mail


class Day:
    """What was typed and what came on the screen, as one text; the mails that left between."""

    def __init__(self, patch: pytest.MonkeyPatch, begins: datetime) -> None:
        self.now = begins
        self._screen: list[str] = []
        self._left: list[EmailMessage] = []
        patch.setattr(SystemClock, "now", lambda _: self.now)

    def edits(self, file: str, *changes: tuple[str, str]) -> None:
        """Replace each first text, which stands there once, by the second."""
        path = Path("config") / file
        text = path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, (text.count(old), old)
            text = text.replace(old, new)
        self.saves(file, text)

    def saves(self, file: str, text: str) -> None:
        (Path("config") / file).write_text(text, encoding="utf-8")
        self._screen.append(f"# guarda {file}")

    def types(self, *words: str, ends: int = 0) -> str:
        """A command, which ends with this exit code; a minute goes by."""
        done = agenda(*words)
        said = done.stdout + done.stderr
        assert done.exit_code == ends, said
        self.now += timedelta(minutes=1)
        self._screen.append("$ agenda " + " ".join(f'"{one}"' if " " in one else one for one in words))
        self._screen += [line.rstrip() for line in _SECRET.sub("…", said).rstrip().splitlines()]
        return said

    async def waits(self, **length: float) -> None:
        """The service works on, over real SMTP; what it sends is listed by subject."""
        until = self.now + timedelta(**length)
        database = Database("sqlite:///agenda.db")
        async with scripted() as server:
            await Campaign(database, server).run(self.now, until)
            left = mails(server)
        database.close()
        self.now, self._left = until, left
        subjects = Counter(str(mail["Subject"]) for mail in left)
        lines = [f"  {number} × {subject}" for subject, number in sorted(subjects.items())]
        more = [f"  … y {len(lines) - SHOWN} asuntos más"] if len(lines) > SHOWN else []
        self._screen += [f"# pasan {_said(length)}; correos que salieron: {len(left)}", *lines[:SHOWN], *more]

    def opens(self, address: str, lines: int) -> None:
        """The mail to this address, its first lines of text."""
        mail = next(one for one in self._left if address in str(one["To"]))
        body = mail.get_body(("plain",))
        assert body is not None
        text = str(body.get_content()).strip().splitlines()[:lines]
        self._screen += [
            f"# abre el correo a {address}: {mail['Subject']}",
            *(f"  | {_SECRET.sub('…', one)}" for one in text),
        ]

    def is_as_read(self, name: str) -> None:
        """The whole screen is the one that a person has read; SCREENS=write writes it anew, to be read again."""
        screen = "\n".join(self._screen) + "\n"
        path = SCREENS / f"{name}.txt"
        if os.environ.get("SCREENS") == "write":
            path.write_text(screen, encoding="utf-8")
        assert screen == path.read_text(encoding="utf-8")


def _said(length: dict[str, float]) -> str:
    words = {"days": "días", "hours": "horas", "minutes": "minutos"}
    return " y ".join(f"{number:g} {words[unit]}" for unit, number in length.items())
