"""`agenda quarantine`: the messages that came in and could not be read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.clock import SystemClock
from scheduler.commands.common import AuthorOption, JsonOption, LangOption, author_of, language, print_json, told
from scheduler.commands.screen import out
from scheduler.installation.database import existing_database
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, What
from scheduler.store.people import quarantine as kept
from scheduler.store.people.quarantine import Quarantined

NONE = Phrase("Nothing was set aside.")
HEADINGS = Phrase("Message|When (UTC)|From|Why|Bytes|Kept here")
KEPT = Phrase("yes", "kept here")


def quarantine(
    save: Annotated[
        Path | None, typer.Option("--save", help="Write those that are kept here into this folder.", metavar="DIR")
    ] = None,
    forget: Annotated[bool, typer.Option("--forget", help="Drop the list, and what is kept here.")] = False,
    author: AuthorOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """The messages of the last month that `agenda inbox` set aside: when, from where, why, how large.

    Those of a Maildir lie in its folder .Quarantine, those of an IMAP mailbox in it, flagged; those of a mail server's
    pipe are kept in the database. `agenda inbox --again` takes them once more, after an upgrade.
    """
    with told(lang) as settings, existing_database(settings) as database:
        with database.read() as connection:
            found = kept.listed(connection)
            held = {one.digest: kept.message(connection, one.digest) for one in found if save is not None}
        mails = {digest: raw for digest, raw in held.items() if raw is not None}
        if save is not None:
            _save(save, mails)
        if save is not None or forget:
            with database.write() as connection:
                for one in found if forget else ():
                    kept.forget(connection, one.digest)
                what = What.MESSAGES_FORGOTTEN if forget else What.MESSAGES_SAVED
                deed = Deed(who=author_of(author), what=what, details={"n": len(found), "saved": len(mails)})
                chain.record(connection, deed, SystemClock().now())
        if as_json:
            print_json([_json(one) for one in found])
        elif found:
            out().print(_table(found, language(lang, settings)))
        else:
            typer.echo(NONE[language(lang, settings)])


def _save(folder: Path, mails: Mapping[str, bytes]) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    for digest, raw in mails.items():
        kept_as = folder / f"{digest[:16]}.eml"
        kept_as.touch(mode=0o600)
        kept_as.write_bytes(raw)


def _json(one: Quarantined) -> dict[str, object]:
    return {
        "digest": one.digest,
        "at": one.at.isoformat(timespec="seconds"),
        "source": one.source,
        "reason": one.reason,
        "octets": one.octets,
        "kept": one.kept,
    }


def _table(found: list[Quarantined], lang: Language) -> Table:
    table = Table(*HEADINGS[lang].split("|"))
    for one in found:
        row = (one.digest[:16], f"{one.at:%Y-%m-%d %H:%M}", one.source, one.reason, str(one.octets))
        table.add_row(*row, KEPT[lang] if one.kept else "")
    return table
