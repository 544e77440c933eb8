"""Whom an installation's mail reaches: the posts themselves, or nobody but whoever tries it out."""

from __future__ import annotations

from scheduler.base.settings import Settings
from scheduler.mail.relay.smtp_url import is_loopback, parse_smtp_url


def sends_for_real(settings: Settings) -> bool:
    """Would mail leave for the posts themselves: over a relay that is not this machine's own, and not redirected?

    A server on loopback is that of a trial. Raises SettingsError.
    """
    if settings.smtp_url is None or settings.redirect_all is not None:
        return False
    return not is_loopback(parse_smtp_url(settings.smtp_url, settings.smtp_password or "").host)
