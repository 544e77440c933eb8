"""`agenda send-test`: one real mail, to one address only."""

from __future__ import annotations

from typing import Annotated

import typer

from calendars.catalogue import Phrase
from calendars.model.agenda import Draft
from calendars.model.text import Language
from scheduler.base import loop
from scheduler.base.address import domain_of
from scheduler.base.clock import SystemClock
from scheduler.base.refusal import EnvironmentRefusal, Refusal, UsageRefusal
from scheduler.base.settings import WRONG, Settings, SettingsError
from scheduler.base.tokens import Tokens
from scheduler.base.variables import UnreadableText, parse_mailbox
from scheduler.commands.common import AuthorOption, ConfigOption, LangOption, author_of, language, told
from scheduler.drafts.files import configuration
from scheduler.installation.database import database_is_there, real_database
from scheduler.installation.mail import sending_of
from scheduler.mail.compose import Composer
from scheduler.mail.relay.smtp import Connection, RelayUnavailable
from scheduler.planning.delivery import Outcome
from scheduler.sending.service import Sending
from scheduler.store import controls
from scheduler.store.audit import chain
from scheduler.store.audit.deeds import Deed, What

NO_RELAY_TO_TEST = Phrase("AGENDA_SMTP_URL is not set; smtp+starttls://user@host:587 is one")
TAKEN = Phrase("taken by the relay: {answer}")
NOT_TAKEN = Phrase("the relay did not take it: {answer}")
UNUSABLE = Phrase("the relay cannot be used: {error}")
STOPPED = Phrase("sending is stopped since {since}; `agenda resume` lets it go on")


def send_test(
    address: Annotated[str, typer.Argument(help="Where to send it.", metavar="ADDRESS")],
    author: AuthorOption = None,
    config: ConfigOption = None,
    lang: LangOption = None,
) -> None:
    """Send one real mail to this address only, through the configured relay.

    Obeys `agenda stop` and AGENDA_REDIRECT_ALL.
    """
    with told(lang) as settings:
        try:
            parse_mailbox(address)
        except UnreadableText as error:
            raise UsageRefusal(WRONG, variable=address, rule=error.why) from error
        _refuse_if_stopped(settings)
        draft = configuration(config, settings).draft()
        sending = sending_of(settings, settings.base_url or "", Tokens(["unused: a test mail has no signed link"]))
        if sending is None:
            raise SettingsError(NO_RELAY_TO_TEST)
        _on_record(settings, Deed(who=author_of(author), what=What.TESTED, details={"domain": domain_of(address)}))
        outcome = loop.run(_send_test(sending, draft, address, language(lang, settings)))
        if outcome.kind != "accepted":
            raise EnvironmentRefusal(NOT_TAKEN, answer=_answer(outcome))
        typer.echo(TAKEN.say(language(lang, settings), answer=_answer(outcome)))


def _answer(outcome: Outcome) -> str:
    return f"{outcome.code or ''} {outcome.text}".strip()


def _refuse_if_stopped(settings: Settings) -> None:
    if not database_is_there(settings):
        return
    with real_database(settings) as database, database.read() as connection:
        since = controls.get(connection, controls.STOPPED)
    if since is not None:
        raise Refusal(STOPPED, since=since)


def _on_record(settings: Settings, deed: Deed) -> None:
    """Before it leaves: what was tried is on record also where the relay does not take it."""
    if database_is_there(settings):
        with real_database(settings) as database, database.write_own_row() as connection:
            chain.record(connection, deed, SystemClock().now())


async def _send_test(sending: Sending, draft: Draft, address: str, lang: Language) -> Outcome:
    to = sending.redirect_all or address
    now = SystemClock().now()
    sender = draft.agenda.sender
    message = Composer(sending.base_url).test_mail(draft.agenda, to=to, sent_at=now, language=lang)
    try:
        connection = await Connection.open(sending.smtp, local_hostname=sending.ehlo_name)
        try:
            return await connection.send(f"{sender.address.partition('@')[0]}@{sender.domain}", to, message)
        finally:
            await connection.close()
    except RelayUnavailable as error:
        raise EnvironmentRefusal(UNUSABLE, error=error) from error
