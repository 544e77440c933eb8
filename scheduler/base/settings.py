"""The environment: every `AGENDA_…` variable, each also as `AGENDA_…_FILE`; read and parsed once."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from calendars.catalogue import LANGUAGES, Phrase
from calendars.model.text import Language, Said
from scheduler.base.disk.objections import why
from scheduler.base.refusal import EnvironmentRefusal, all_of
from scheduler.base.variables import (
    Network,
    Pace,
    UnreadableText,
    Verp,
    parse_base_url,
    parse_count,
    parse_ehlo,
    parse_language,
    parse_limit,
    parse_mailbox,
    parse_networks,
    parse_pace,
    parse_port,
    parse_switch,
    parse_token_url,
    parse_verp,
)

DEFAULT_DATABASE = "sqlite:///agenda.db"
DEFAULT_PACE = Pace(per_minute=30, connections=3)  # what Exchange Online grants one mailbox
DEFAULT_ASKED_ABOVE = 20  # notices that one publication may owe without somebody confirming it
DEFAULT_WATCHERS = parse_networks("127.0.0.0/8 ::1")
DEFAULT_PORT = 8080
PREFIX = "AGENDA_"
WRONG = Phrase("{variable}: {rule}")
NO_FILE = Phrase("{variable}={path}: cannot be read ({error}); correct the path or unset it")
NO_TEXT = Phrase("that is no text in UTF-8")


class SettingsError(EnvironmentRefusal):
    """A variable says what cannot be; the message names it, the value's rule and the way out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Settings:
    """What the environment says. Absent variables have the defaults of docs/operations.md.

    The URLs of database and relay stay texts: what opens them reads them (store/database, mail/relay/smtp_url), so
    that `agenda doctor` can tell what is wrong with one and go on.
    """

    config: Path | None = None
    database_url: str | None = None
    smtp_url: str | None = None
    smtp_password: str | None = None
    smtp_token: str | None = None  # for ?auth=xoauth2
    smtp_token_file: Path | None = None  # in place of the token: read anew for each connection
    oauth_token_url: str | None = None  # or where to ask for one (RFC 6749 §4.4), and with what
    oauth_client_id: str | None = None
    oauth_client_secret: str | None = None
    oauth_scope: str | None = None
    ehlo: str | None = None  # what EHLO says to the relay; None: the host of base_url
    imap_password: str | None = None  # of `agenda inbox --imap`
    verp: Verp = "off"  # an address for each post's answers; a sender for each mail
    invitations: bool = False  # answers are read with `agenda inbox`, so invitations may leave
    authserv_id: str | None = None  # under which our own mail server says whose mail is proven (RFC 8601 §2.2)
    base_url: str | None = None
    secret_keys: tuple[str, ...] = ()  # the current one first, then older ones
    redirect_all: str | None = None
    pace: Pace = DEFAULT_PACE
    domain_pace: int | None = None  # messages a minute to any one domain
    trusted_proxies: tuple[Network, ...] = ()  # whose X-Forwarded-For is believed
    metrics_from: tuple[Network, ...] = DEFAULT_WATCHERS  # who may read /metrics
    desk: bool = False  # the administrators' desk is served
    asked_above: int = DEFAULT_ASKED_ABOVE  # notices; more want a confirmation
    author: str | None = None  # who acts at the command line; None: the login name
    host: str = "127.0.0.1"
    port: int | None = None  # None: DEFAULT_PORT, and the demo may look for a free one
    unreadable_port: Said | None = None  # what is wrong with it: that stops only what listens
    lang: Language = LANGUAGES[0]

    def port_to_listen_on(self, given: int | None) -> int | None:
        """The option's, else the variable's; None where neither names one. Raises SettingsError."""
        if given is not None:
            return given
        if self.unreadable_port is not None:
            raise SettingsError(self.unreadable_port)
        return self.port

    @property
    def own_address(self) -> str:
        """As the world sees it, or what would be listened on."""
        return self.base_url or f"http://{self.host}:{self.port or DEFAULT_PORT}"


VARIABLES = {"AGENDA_SECRET_KEY": "secret_keys"} | {
    f"{PREFIX}{field.name.upper()}": field.name
    for field in fields(Settings)
    if field.name not in ("secret_keys", "smtp_token_file", "unreadable_port")
}
_READERS: Mapping[str, Callable[[str], object]] = {  # by field; what is not here is taken as it stands
    "config": Path,
    "oauth_token_url": parse_token_url,
    "ehlo": parse_ehlo,
    "verp": parse_verp,
    "invitations": parse_switch,
    "desk": parse_switch,
    "base_url": parse_base_url,
    "secret_keys": lambda text: tuple(text.split()),
    "redirect_all": parse_mailbox,
    "pace": parse_pace,
    "domain_pace": parse_limit,
    "trusted_proxies": parse_networks,
    "metrics_from": parse_networks,
    "asked_above": parse_count,
    "port": parse_port,
    "lang": parse_language,
}


def load_settings(environment: Mapping[str, str] = os.environ) -> Settings:
    """The settings of this process's environment. Raises SettingsError, naming variable, value and rule.

    A variable that is empty counts as absent. Where `AGENDA_X_FILE` names a file that holds X, as secrets are mounted,
    a missing file is an error, not a default.
    """
    found: dict[str, Any] = {}
    problems: list[Said] = []
    for variable, name in VARIABLES.items():
        kept = _content(f"{variable}_FILE", environment)
        if not (text := environment.get(variable) or kept):
            continue
        try:
            found[name] = _READERS.get(name, str)(text)
        except UnreadableText as error:
            wrong = WRONG.of(variable=variable, rule=error.why)
            if name == "port" and text.startswith("tcp://"):  # Kubernetes sets it so for a service called «agenda»
                found["unreadable_port"] = wrong
            else:
                problems.append(wrong)
    if problems:
        raise SettingsError(all_of(problems))
    if (token := environment.get(f"{PREFIX}SMTP_TOKEN_FILE")) and not environment.get(f"{PREFIX}SMTP_TOKEN"):
        found["smtp_token_file"] = Path(token)
    return Settings(**found)


def _content(variable: str, environment: Mapping[str, str]) -> str | None:
    path = environment.get(variable)
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8-sig").strip()  # PowerShell and Notepad put a mark first
    except (OSError, UnicodeDecodeError) as error:
        reason = why(error) if isinstance(error, OSError) else NO_TEXT
        raise SettingsError(NO_FILE, variable=variable, path=path, error=reason) from error


def spoken(*wanted: str | None) -> Language:
    """The first of these that is a language of this program, even where nothing else of the environment holds."""
    return next((one for one in wanted if one in LANGUAGES), None) or LANGUAGES[0]
