"""`agenda publish`: the draft in force, once its losses and its mails are confirmed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from typing import Annotated

import typer

from calendars.model.text import Language, OwnWords
from calendars.reading.configuration import Reading
from calendars.reading.problems import known
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import UsageRefusal
from scheduler.base.settings import Settings
from scheduler.commands.common import (
    NOT_PUBLISHED,
    AuthorOption,
    ConfigOption,
    LangOption,
    ShiftedOption,
    author_of,
    language,
    told,
)
from scheduler.commands.confirming import (
    SHIFTED_OR_ANNOUNCE,
    SILENT_OR_ANNOUNCE,
    AnnounceOption,
    ReasonOption,
    YesOption,
    go_on_as_it_is,
    once_confirmed,
    refuse_empty,
)
from scheduler.commands.own_words import SILENT, MessageEnOption, MessageEsOption, own_words
from scheduler.commands.publication import print_publication
from scheduler.commands.screen import out
from scheduler.commands.shifting import publish_what_shifted
from scheduler.drafts.files import Configuration, InvalidDraft, configuration
from scheduler.drafts.strays import NEWER_BESIDE
from scheduler.installation.database import real_database
from scheduler.mail.relay.reach import sends_for_real
from scheduler.publishing.in_words import uncorrected_lines
from scheduler.publishing.prospect import Act
from scheduler.publishing.publish import Published, publish_draft
from scheduler.publishing.unready import unready
from scheduler.store.people import handovers


def publish_command(
    reason: ReasonOption = "",
    author: AuthorOption = None,
    yes: YesOption = False,
    silent: Annotated[bool, typer.Option("--silent", help="Tell nobody of the changes; that is recorded.")] = False,
    shifted: ShiftedOption = False,
    announce: AnnounceOption = None,
    message_es: MessageEsOption = None,
    message_en: MessageEnOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Put the draft in force: a new edition, its feeds and its reminders.

    An edition that takes something away, sends more than AGENDA_ASKED_ABOVE notices and convocations, or moves or adds
    an event into the past or over 30 months ahead, asks at a terminal for the number of people, or for --yes. `agenda
    impact` shows beforehand what it would do.

    What is still the sample's is told: a sender that is nobody's, the sample privacy notice, an agenda that is over.
    Where mail would really leave, it asks.

    --announce sends each post that EVENT concerns one convocation to it, also with a first edition or with an otherwise
    unchanged draft; who was called to that hour before, or is told of it by a notice now, gets none.

    --message-es and --message-en go at the head of the notices and convocations that this publication sends, and of
    nothing else; `agenda impact` shows them with the same options.

    With --shifted the files are left alone: what is in force is published anew with the hours that this machine's zone
    data gives, where they are others. --reason then says so by itself.
    """
    with told(lang) as settings:
        spoken, message = language(lang, settings), own_words(message_es, message_en)
        _refuse(announce, message, silent=silent, shifted=shifted)
        act = partial(Act, silent=silent, message=message, announce=announce or ())
        if shifted:
            publish_what_shifted(settings, spoken, act, reason=reason, author=author, yes=yes)
            return
        refuse_empty(reason)
        found, files = _read(configuration(config, settings), spoken)
        _publish(settings, spoken, found, partial(act, reason=reason, files=files), author, yes=yes)


def _refuse(announce: Collection[str] | None, message: OwnWords | None, *, silent: bool, shifted: bool) -> None:
    """Two things that exclude each other."""
    if announce and (silent or shifted):
        raise UsageRefusal(SILENT_OR_ANNOUNCE if silent else SHIFTED_OR_ANNOUNCE)
    if message and silent:
        raise UsageRefusal(SILENT)


def _publish(
    settings: Settings, lang: Language, found: Reading, act: Callable[..., Act], author: str | None, *, yes: bool
) -> None:
    draft = known(found.draft)
    forgotten = unready(draft.agenda, SystemClock().now())
    go_on_as_it_is(forgotten, lang, asks=sends_for_real(settings), yes=yes)
    act = partial(act, author=author_of(author, lang))
    with real_database(settings) as database:
        tokens = database.tokens

        def put(*, confirmed: bool) -> Published:
            now, most = SystemClock().now(), settings.asked_above
            return publish_draft(database, draft, act(at=now), confirmed=confirmed, tokens=tokens, asked_above=most)

        done = once_confirmed(put, lang, yes=yes)
        with database.read() as connection:
            handed = handovers.uncorrected(connection, draft.recipients)
    if done is not None:
        print_publication(out(), done, lang)
    for line in uncorrected_lines(handed, found.lines, lang):
        typer.echo(line)


def _read(folder: Configuration, lang: Language) -> tuple[Reading, dict[str, bytes]]:
    """The files, and those that an edition keeps; what was saved beside them later is told. Raises InvalidDraft."""
    try:
        found, files = folder.saved()
        for note in found.notes:
            if note.rule == NEWER_BESIDE:
                typer.echo(folder.note(note, lang), err=True)
        return found, files
    except InvalidDraft:
        typer.echo(NOT_PUBLISHED[lang], err=True)
        raise
