"""Access tokens for XOAUTH2: from a file that an agent renews, or fetched with the installation's own credentials.

The client credentials grant is RFC 6749 §4.4, as Exchange Online takes it for SMTP and IMAP.
"""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from http import HTTPStatus
from http.client import HTTPException
from pathlib import Path
from typing import Protocol
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from scheduler.base.clock import monotonic
from scheduler.base.settings import Settings, SettingsError

EXCHANGE_ONLINE = "https://outlook.office365.com/.default"
_SECONDS = 30.0  # that the authority may take
_EARLY = 300.0  # seconds before its end, a token is not trusted any more


class NoAccess(Exception):
    """There is no token to log in with; the message says why, without the token and the secret.

    `fault`: waiting will not mend it.
    """

    def __init__(self, text: str, *, fault: bool) -> None:
        self.fault = fault
        super().__init__(text)


class AccessTokens(Protocol):
    async def token(self) -> str:
        """One that is good now. Raises NoAccess."""
        ...

    def refused(self) -> None:
        """The server did not take the last one, whatever its end: ask for another next time."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class GivenToken:
    """A token as the environment has it."""

    value: str = field(repr=False)

    async def token(self) -> str:
        return self.value

    def refused(self) -> None:
        """There is no other."""


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenFile:
    """A file that somebody else keeps fresh; read anew for each connection."""

    path: Path

    async def token(self) -> str:
        try:
            found = (await asyncio.to_thread(self.path.read_text, encoding="utf-8-sig")).encode("ascii").decode()
        except (OSError, UnicodeError) as error:
            raise NoAccess(f"cannot read the access token in {self.path}: {error}", fault=True) from error
        if not found.strip():
            raise NoAccess(f"{self.path} holds no access token", fault=True)
        return found.strip()

    def refused(self) -> None:
        """It is read anew in any case."""


@dataclass(kw_only=True, slots=True)
class ClientCredentials:
    """Asks the authority, and keeps its token until shortly before it ends."""

    url: str
    client_id: str
    secret: str = field(repr=False)
    scope: str = EXCHANGE_ONLINE
    _token: str = field(default="", repr=False)
    _until: float = 0.0  # monotonic seconds
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock, repr=False)  # connections that open at once ask once

    async def token(self) -> str:
        async with self._asking:
            if monotonic() >= self._until:
                self._token, lasts = await asyncio.to_thread(self._fetch)
                self._until = monotonic() + max(0.0, lasts - _EARLY)
            return self._token

    def refused(self) -> None:
        self._until = 0.0

    def _fetch(self) -> tuple[str, float]:
        asked = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.secret,
            "scope": self.scope,
        }
        request = Request(self.url, urlencode(asked).encode(), {"Accept": "application/json"})  # noqa: S310  # https or loopback: settings.py
        try:
            with urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  # likewise
                found = json.loads(answer.read(65536))
            return str(found["access_token"]), float(found.get("expires_in", 0))
        except HTTPError as error:
            with error:
                text = f"{self.url} refuses an access token: {error.code} {_reason(error)}"
            raise NoAccess(text, fault=_is_final(error.code)) from None
        except OSError as error:  # URLError is one
            raise NoAccess(f"{self.url} gives no access token: {error}", fault=False) from None
        except (HTTPException, ValueError, KeyError, TypeError) as error:
            raise NoAccess(f"{self.url} gives no access token: {type(error).__name__}", fault=True) from None


def _is_final(code: int) -> bool:
    """4xx, unless the authority is asked too often."""
    return 400 <= code < 500 and code != HTTPStatus.TOO_MANY_REQUESTS


def _reason(error: HTTPError) -> str:
    """RFC 6749 §5.2: `error` is one word of a short list; the description may quote what was sent."""
    try:
        return str(json.loads(error.read(65536))["error"])[:100]
    except (ValueError, KeyError, TypeError):
        return str(error.reason)


def access_tokens(settings: Settings) -> AccessTokens | None:
    """Where access tokens for XOAUTH2 come from, if the environment says. Raises SettingsError where it says half."""
    if (path := settings.smtp_token_file) is not None:
        return TokenFile(path=path)
    if settings.smtp_token is not None:
        return GivenToken(value=settings.smtp_token)
    url, client, secret = settings.oauth_token_url, settings.oauth_client_id, settings.oauth_client_secret
    if url is None and client is None and secret is None:
        return None
    if url is None or client is None or secret is None:
        raise SettingsError(
            "AGENDA_OAUTH_TOKEN_URL, AGENDA_OAUTH_CLIENT_ID and AGENDA_OAUTH_CLIENT_SECRET go together: set all three"
        )
    return ClientCredentials(url=url, client_id=client, secret=secret, scope=settings.oauth_scope or EXCHANGE_ONLINE)
