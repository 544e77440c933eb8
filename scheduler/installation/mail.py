"""How an installation sends."""

from __future__ import annotations

from scheduler.base.settings import Settings
from scheduler.base.tokens import Tokens
from scheduler.mail.relay.oauth import access_tokens
from scheduler.mail.relay.smtp_url import parse_smtp_url
from scheduler.sending.service import Sending


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
