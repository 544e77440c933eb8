"""How an installation sends."""

from __future__ import annotations

from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.mail.compose import Composer
from scheduler.mail.relay.oauth import access_tokens
from scheduler.mail.relay.smtp_url import is_loopback, parse_smtp_url
from scheduler.sending.letters import Letters
from scheduler.sending.service import Sending


def sends_for_real(settings: Settings) -> bool:
    """Would mail leave for the posts themselves: over a relay that is not this machine's own, and not redirected?

    A server on loopback is that of a trial. Raises SettingsError.
    """
    if settings.smtp_url is None or settings.redirect_all is not None:
        return False
    return not is_loopback(parse_smtp_url(settings.smtp_url, settings.smtp_password or "").host)


def letters_of(settings: Settings, tokens: Tokens) -> Letters:
    """Who writes what an installation sends, also where it has no relay yet."""
    base_url = settings.own_address
    return Letters(
        composer=Composer(base_url),
        tokens=tokens,
        base_url=base_url,
        redirect_all=settings.redirect_all,
        verp=settings.verp == "on",
        invitations=settings.invitations,
        signed_answers=settings.verp != "off",
    )


def sending_of(settings: Settings, base_url: str, tokens: Tokens) -> Sending | None:
    """How to send, or None without AGENDA_SMTP_URL. Raises SettingsError."""
    if settings.smtp_url is None:
        return None
    smtp = parse_smtp_url(settings.smtp_url, settings.smtp_password, access_tokens(settings))
    return Sending(
        smtp=smtp,
        pace=settings.pace,
        base_url=base_url,
        tokens=tokens,
        redirect_all=settings.redirect_all,
        ehlo=settings.ehlo,
        domain_per_minute=settings.domain_pace,
        verp=settings.verp == "on",
        invitations=settings.invitations,
        signed_answers=settings.verp != "off",
    )
