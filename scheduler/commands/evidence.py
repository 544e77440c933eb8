"""`agenda evidence`: what an auditor needs, as files; whether they are what they were; and without what is personal."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from string import hexdigits
from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.base.refusal import PROBLEMS, UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    AuthorOption,
    JsonOption,
    LangOption,
    WhyOption,
    author_of,
    language,
    print_json,
    told,
)
from scheduler.commands.confirming import HEED
from scheduler.commands.packing import asked_for, packed
from scheduler.evidence.against import Proof, compare
from scheduler.evidence.manifest import LEAST_DIGITS
from scheduler.evidence.pack import Pack, is_pack, redact
from scheduler.evidence.verifying import Flaw, PackVerdict, verify
from scheduler.installation.database import existing_database

MADE = Phrase(
    "{folder}: {files} {files:file|files}, {rows} {rows:row|rows}. It is complete, addresses and all: keep it closed."
)
SHORTENED = Phrase("{folder}: the same without addresses, names and links.")
HEAD = Phrase("Head: {head}")
HEAD_OF = Phrase("Head of the redacted one: {head}")
KEEP = Phrase("Keep the head elsewhere (the minutes, a mail): with it anybody can tell later that this is that pack.")
WHOLE = Phrase("{folder} is whole: {n} {n:file|files}, {octets} {octets:byte|bytes}.")
IS_THAT = Phrase("It is the pack of the head {head}.")
NO_HEAD = Phrase("Whether it is the very pack that was made, its head says: --head and what was printed then.")
BROKEN = Phrase("{n} {n:flaw|flaws}: this is NOT what it was.")
FLAW = Phrase("{file}: {what}", "one flaw of a pack")
SAME = Phrase(
    "Both are the same: {n} {n:file|files}, and {opened} {opened:replaced text opens|replaced texts open} to what the "
    "full pack has."
)
NOT_THE_SAME = Phrase("{n} {n:flaw|flaws}: the redacted pack does NOT prove to be that of the full one.")
WRONG_HEAD = Phrase(
    "--head {head}: not a head; copy it as `agenda evidence` printed it: at least {least} of its digits, "
    "0 to 9 and a to f"
)
ONLY_VERIFYING = Phrase("--{option}: only with --verify")
NOT_VERIFYING = Phrase("--redact makes a pack, and --verify looks at one: not both")
SAME_FOLDER = Phrase("--redact {folder}: name another folder than that of the full pack")
WITHIN = Phrase(
    "--redact {folder}: one of the two folders lies within the other; name one beside that of the full pack"
)

FOLDER = Annotated[Path, typer.Argument(help="Folder of the pack: a new one, or an empty one.", metavar="DIR")]
RedactOption = Annotated[
    Path | None,
    typer.Option(
        "--redact",
        help="Also a second pack without addresses, names and links, to hand over; of a full pack that is in DIR "
        "already, only this.",
        metavar="DIR2",
    ),
]
VerifyOption = Annotated[
    bool, typer.Option("--verify", help="Write nothing; say whether the pack in DIR is still what it was.")
]
HeadOption = Annotated[
    str | None,
    typer.Option(
        "--head", help="With --verify: the head that was printed when it was made, must be its head.", metavar="HEX"
    ),
]
AgainstOption = Annotated[
    Path | None,
    typer.Option("--against", help="With --verify: is this the redacted pack of the full one in DIR?", metavar="DIR2"),
]


def evidence(
    folder: FOLDER,
    redact_to: RedactOption = None,
    verifying: VerifyOption = False,
    head: HeadOption = None,
    against: AgainstOption = None,
    reason: WhyOption = "",
    author: AuthorOption = None,
    as_json: JsonOption = False,
    lang: LangOption = None,
) -> None:
    """Write what an auditor needs to a folder: editions, notices, attempts, answers, audit, with a manifest.

    For example: agenda evidence evidencia-2022 --redact evidencia-2022-publica --reason "auditoría"

    Lists open in Excel; README.txt says what each file is. The head of the manifest is printed and kept in the audit;
    --verify finds one changed byte. The redacted pack can be handed over: it has a sealed mark in the place of each
    address, name and link, and --verify DIR --against DIR2 proves that it is of the full one.
    """
    with told(lang) as settings:
        spoken = language(lang, settings)
        _refuse_mixed(folder, redact_to, head, against, verifying=verifying)
        if not verifying:
            made = _made(settings, folder, redact_to, author, reason, spoken)
            _print_made(made, folder, redact_to, spoken, as_json=as_json)
        elif against is None:
            _print_verdict(verify(folder, head or ""), folder, head or "", spoken, as_json=as_json)
        else:
            proof = compare(folder, verify(folder, head or ""), against, verify(against))
            _print_proof(proof, spoken, as_json=as_json)


def _refuse_mixed(
    folder: Path, redact_to: Path | None, head: str | None, against: Path | None, *, verifying: bool
) -> None:
    for option, given in (("head", head), ("against", against)):
        if given is not None and not verifying:
            raise UsageRefusal(ONLY_VERIFYING, option=option)
    if verifying and redact_to is not None:
        raise UsageRefusal(NOT_VERIFYING)
    if redact_to is not None:
        _refuse_within(folder.resolve(), redact_to.resolve(), redact_to)
    if head is not None and (len(head) < LEAST_DIGITS or not set(head.lower()) <= set(hexdigits)):
        raise UsageRefusal(WRONG_HEAD, head=head, least=LEAST_DIGITS)


def _refuse_within(full: Path, redacted: Path, named: Path) -> None:
    """One within the other would be a file too many in it; and who hands over the outer one hands over both."""
    if redacted == full:
        raise UsageRefusal(SAME_FOLDER, folder=named)
    if redacted.is_relative_to(full) or full.is_relative_to(redacted):
        raise UsageRefusal(WITHIN, folder=named)


def _made(
    settings: Settings, folder: Path, redact_to: Path | None, author: str | None, reason: str, lang: Language
) -> Pack:
    if redact_to is not None and is_pack(folder):
        return redact(folder, redact_to)

    with existing_database(settings) as database:
        return packed(database, settings, folder, asked_for(author_of(author), reason), lang, redact_to)


def _print_made(made: Pack, folder: Path, redact_to: Path | None, lang: Language, *, as_json: bool) -> None:
    if as_json:
        print_json({"head": made.head, "files": made.files, "rows": made.rows, "redacted": made.redacted or None})
        return
    lines = [MADE.say(lang, folder=folder, files=made.files, rows=made.rows), HEAD.say(lang, head=made.head)]
    if redact_to is not None:
        lines += [SHORTENED.say(lang, folder=redact_to), HEAD_OF.say(lang, head=made.redacted)]
    for line in (*lines, KEEP[lang]):
        typer.echo(line)


def _print_verdict(found: PackVerdict, folder: Path, head: str, lang: Language, *, as_json: bool) -> None:
    files = len(found.manifest.entries)
    if as_json:
        print_json({"whole": not found.flaws, "head": found.head, "files": files, "flaws": _json(found.flaws, lang)})
    elif not found.flaws:
        typer.echo(WHOLE.say(lang, folder=folder, n=files, octets=found.octets))
        typer.echo(IS_THAT.say(lang, head=found.head) if head else HEAD.say(lang, head=found.head))
        if not head:
            typer.echo(NO_HEAD[lang])
    else:
        _print_flaws(found.flaws, BROKEN, lang)
    _end(found.flaws)


def _print_proof(found: Proof, lang: Language, *, as_json: bool) -> None:
    if as_json:
        flaws = _json(found.flaws, lang)
        print_json({"same": not flaws, "files": found.files, "opened": found.opened, "flaws": flaws})
    elif not found.flaws:
        typer.echo(SAME.say(lang, n=found.files, opened=found.opened))
    else:
        _print_flaws(found.flaws, NOT_THE_SAME, lang)
    _end(found.flaws)


def _print_flaws(flaws: Sequence[Flaw], sum_: Phrase, lang: Language) -> None:
    for one in flaws:
        typer.echo(f"{HEED[lang]}: {FLAW.say(lang, file=one.file, what=one.what)}")
    typer.echo(sum_.say(lang, n=len(flaws)))


def _json(flaws: Sequence[Flaw], lang: Language) -> list[dict[str, str]]:
    return [{"file": one.file, "what": one.what[lang]} for one in flaws]


def _end(flaws: Sequence[Flaw]) -> None:
    if flaws:
        raise typer.Exit(PROBLEMS)
