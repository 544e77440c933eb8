"""Where the relay is and how to speak to it, from AGENDA_SMTP_URL."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from calendars.catalogue import Phrase
from scheduler.base.settings import SettingsError
from scheduler.mail.relay.oauth import AccessTokens

Security = Literal["starttls", "tls", "none"]

_SCHEMES: dict[str, tuple[Security, int]] = {
    "smtp+starttls": ("starttls", 587),
    "smtps": ("tls", 465),
    "smtp": ("none", 25),
}
SCHEME = Phrase("AGENDA_SMTP_URL: unknown scheme: write smtp+starttls://user@host:587 or smtps://user@host:465")
PASSWORD_IN_IT = Phrase("AGENDA_SMTP_URL: it carries a password: take it out, and put it into AGENDA_SMTP_PASSWORD")
GOES_ON = Phrase(
    "AGENDA_SMTP_URL: it goes on after host and port: write smtp+starttls://user@host:587 or smtps://user@host:465"
)
PLAIN = Phrase(
    "AGENDA_SMTP_URL: smtp:// sends mail unencrypted, and its host is not this machine: use smtp+starttls://, or ask "
    "for it by name with ?plain=yes"
)
BROKEN = Phrase("AGENDA_SMTP_URL: there is a space or a line break in it: remove it")
UNREADABLE = Phrase(
    "AGENDA_SMTP_URL: it cannot be read; a port is a number up to 65535: write smtp+starttls://user@host:587 or "
    "smtps://user@host:465"
)
PORT_0 = Phrase("AGENDA_SMTP_URL: port 0 is none: leave the port out, or name one from 1 to 65535")
NO_HOST = Phrase(
    "AGENDA_SMTP_URL: it names no usable host: write smtp+starttls://user@host:587 or smtps://user@host:465"
)
HALF_XOAUTH2 = Phrase(
    "AGENDA_SMTP_URL: it asks for XOAUTH2: it has to name a user, and AGENDA_SMTP_TOKEN, AGENDA_SMTP_TOKEN_FILE or "
    "the four AGENDA_OAUTH_… variables have to say where the access token comes from"
)
NO_PASSWORD = Phrase("AGENDA_SMTP_URL: it names a user, and there is no password: set AGENDA_SMTP_PASSWORD")
NO_OPTION = Phrase("AGENDA_SMTP_URL: unknown option “{option}”: there are auth=xoauth2, ca=/path and plain=yes")
OF_AUTH = Phrase("AGENDA_SMTP_URL: the option auth takes the value xoauth2; without it, a password is used")
OF_PLAIN = Phrase("AGENDA_SMTP_URL: the option plain takes the value yes, and goes with smtp:// only")
OF_CA = Phrase("AGENDA_SMTP_URL: the option ca takes the path of a PEM file, and goes with TLS only")
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?")
_LONGEST_LABEL = 63  # RFC 1035 §2.3.4


@dataclass(frozen=True, kw_only=True, slots=True)
class SmtpSettings:
    host: str
    port: int
    security: Security
    user: str | None = None
    password: str | None = field(default=None, repr=False)
    tokens: AccessTokens | None = None  # in place of a password: XOAUTH2
    ca: Path | None = None  # a private authority's certificates, PEM; trusted in place of the system's


def parse_smtp_url(url: str, password: str | None = None, tokens: AccessTokens | None = None) -> SmtpSettings:
    """Read `smtp+starttls://user@host:587`, `smtps://user@host:465` or, to this machine only, `smtp://host:25`.

    User names are percent-decoded. `?ca=/path` names a private authority. Without TLS, a relay elsewhere has to be
    asked for by name: `?plain=yes`. With `?auth=xoauth2` the user logs in with one of `tokens`. Raises SettingsError
    with the way out; no message repeats the URL or a password.
    """
    parts, port = _split(url)
    if parts.scheme not in _SCHEMES:
        raise SettingsError(SCHEME)
    if parts.password is not None:
        raise SettingsError(PASSWORD_IN_IT)
    if parts.path not in ("", "/") or parts.fragment:
        raise SettingsError(GOES_ON)
    security, usual = _SCHEMES[parts.scheme]
    options = _options(parts.query, security)
    host = _host(parts)
    if security == "none" and "plain" not in options and not is_loopback(host):
        raise SettingsError(PLAIN)
    by_token = options.get("auth") == "xoauth2"
    user, secret = _credentials(parts, password, tokens, by_token=by_token)
    return SmtpSettings(
        host=host,
        port=port or usual,
        security=security,
        user=user,
        password=secret,
        tokens=tokens if by_token else None,
        ca=Path(options["ca"]) if "ca" in options else None,
    )


def _split(url: str) -> tuple[SplitResult, int | None]:
    if any(character <= " " for character in url):
        raise SettingsError(BROKEN)
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # urllib's own message quotes the part it stumbled on, which may be a password.
        raise SettingsError(UNREADABLE) from None
    if port == 0:
        raise SettingsError(PORT_0)
    return parts, port


def _host(parts: SplitResult) -> str:
    host = parts.hostname or ""
    if ":" in host:
        return host  # urlsplit has checked that it stood in brackets
    if not _HOST.fullmatch(host) or any(not 0 < len(label) <= _LONGEST_LABEL for label in host.split(".")):
        raise SettingsError(NO_HOST)
    return host


def _credentials(
    parts: SplitResult, password: str | None, tokens: AccessTokens | None, *, by_token: bool
) -> tuple[str | None, str | None]:
    if by_token and not (parts.username and tokens):
        raise SettingsError(HALF_XOAUTH2)
    if not parts.username:
        return None, None
    if by_token:
        return unquote(parts.username), None
    if not password:
        raise SettingsError(NO_PASSWORD)
    return unquote(parts.username), password


def _options(query: str, security: Security) -> dict[str, str]:
    options = dict(parse_qsl(query, keep_blank_values=True))
    if unknown := options.keys() - {"auth", "ca", "plain"}:
        raise SettingsError(NO_OPTION, option=min(unknown))
    if options.get("auth", "xoauth2") != "xoauth2":
        raise SettingsError(OF_AUTH)
    if options.get("plain", "yes") != "yes" or ("plain" in options and security != "none"):
        raise SettingsError(OF_PLAIN)
    if options.get("ca", "/") == "" or ("ca" in options and security == "none"):
        raise SettingsError(OF_CA)
    return options


def is_loopback(host: str) -> bool:
    """Is it this machine itself, by address or by name?"""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def ehlo_name(named: str | None, base_url: str) -> str:
    """What EHLO says (RFC 5321 §4.1.4): the name that was set, else the host of AGENDA_BASE_URL.

    Strict relays refuse a bare machine's name; a host without a dot gives this machine's address literal instead.
    """
    host = named or urlsplit(base_url).hostname or ""
    if host.startswith("["):
        return host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host if "." in host else "[127.0.0.1]"
    return f"[{address}]" if address.version == 4 else f"[IPv6:{address}]"
