"""The environment: every `AGENDA_…` variable, each also as `AGENDA_…_FILE`."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from scheduler.base.address import mailbox

DEFAULT_DATABASE = "sqlite:///agenda.db"
DEFAULT_PACE = "30/min,3"  # what Exchange Online grants one mailbox
DEFAULT_ASKED_ABOVE = 20  # notices that one publication may owe without somebody confirming it
DEFAULT_METRICS_FROM = "127.0.0.0/8 ::1"
PREFIX = "AGENDA_"


class SettingsError(Exception):
    """A variable says what cannot be; the message names it, the value's rule and the way out."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    per_minute: int | None  # None: no limit
    connections: int


def parse_pace(text: str) -> Pace:
    """`30/min,3` (messages a minute, connections), `30/min`, or `off`. Raises ValueError."""
    if text.strip().lower() == "off":
        return Pace(per_minute=None, connections=16)
    found = re.fullmatch(r"\s*(\d{1,6})\s*/\s*min\s*(?:,\s*(\d{1,3}))?\s*", text)
    if not found or int(found[1]) < 1 or int(found[2] or 1) < 1:
        raise ValueError(f"«{text}» is no pace; write messages a minute and connections, as in 30/min,3, or off")
    return Pace(per_minute=int(found[1]), connections=int(found[2] or 3))


def parse_networks(text: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """Addresses and networks, `127.0.0.1 10.0.0.0/8`, separated by spaces or commas. Raises ValueError."""
    return tuple(ip_network(word) for word in text.replace(",", " ").split())


class _FileVariables(PydanticBaseSettingsSource):
    """`AGENDA_X_FILE` names a file that holds X, as secrets are mounted. A missing file is an error, not a default."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        named = os.environ.get(f"{PREFIX}{field_name.upper()}_FILE")
        return (_content(field_name, named) if named else None), field_name, False

    def __call__(self) -> dict[str, Any]:
        fields = self.settings_cls.model_fields
        found = {name: self.get_field_value(field, name)[0] for name, field in fields.items()}
        return {name: value for name, value in found.items() if value is not None}


def _content(field_name: str, path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        variable = f"{PREFIX}{field_name.upper()}_FILE"
        raise SettingsError(f"{variable}={path}: cannot be read ({error}); correct the path or unset it") from error


class Settings(BaseSettings):
    """What the environment says. Absent variables have the defaults of docs/operations.md."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="ignore", frozen=True)

    config: Path | None = None
    database_url: str | None = None
    smtp_url: str | None = None
    smtp_password: str | None = None
    smtp_token: str | None = None  # for ?auth=xoauth2; as a file, it is read anew for each connection
    oauth_token_url: str | None = None  # or where to ask for one (RFC 6749 §4.4), and with what
    oauth_client_id: str | None = None
    oauth_client_secret: str | None = None
    oauth_scope: str | None = None
    imap_password: str | None = None  # of `agenda inbox --imap`
    verp: Literal["off", "answers", "on"] = "off"  # an address for each post's answers; a sender for each mail
    invitations: Literal["off", "on"] = "off"  # answers are read with `agenda inbox`, so invitations may leave
    authserv_id: str | None = None  # under which our own mail server says whose mail is proven (RFC 8601 §2.2)
    base_url: str | None = None
    secret_key: str | None = None  # the current key and older ones, separated by spaces
    redirect_all: str | None = None
    pace: str = DEFAULT_PACE
    domain_pace: str | None = None  # messages a minute to any one domain
    trusted_proxies: str = ""  # whose X-Forwarded-For is believed; addresses and networks
    metrics_from: str = DEFAULT_METRICS_FROM  # who may read /metrics; addresses and networks
    asked_above: int = Field(default=DEFAULT_ASKED_ABOVE, ge=0)  # notices; more want a confirmation
    host: str = "127.0.0.1"
    port: int = 8080
    lang: Literal["es", "en"] = "es"

    @field_validator("pace")
    @classmethod
    def _pace_parses(cls, text: str) -> str:
        parse_pace(text)
        return text

    @field_validator("domain_pace")
    @classmethod
    def _domain_pace_parses(cls, text: str | None) -> str | None:
        if text is not None and parse_pace(text).per_minute is None:
            raise ValueError("there is no limit to a domain unless one is written, as in 20/min")
        return text

    @field_validator("oauth_token_url")
    @classmethod
    def _tokens_are_asked_for_over_tls(cls, text: str | None) -> str | None:
        if text is not None and not re.match(r"https://|http://(127\.0\.0\.1|localhost|\[::1\])[:/]", text):
            raise ValueError(f"«{text}» must begin with https://: a secret is sent there")
        return text

    @field_validator("trusted_proxies", "metrics_from")
    @classmethod
    def _networks_parse(cls, text: str) -> str:
        parse_networks(text)
        return text

    @field_validator("base_url")
    @classmethod
    def _base_url_is_a_url(cls, text: str | None) -> str | None:
        if text is not None and not re.fullmatch(r"https?://[^\s/?#]+(/[^\s?#]*)?", text):
            raise ValueError(f"«{text}» is no address of a site; write it as https://agenda.example")
        return text.rstrip("/") if text else None

    @field_validator("redirect_all")
    @classmethod
    def _redirect_is_an_address(cls, text: str | None) -> str | None:
        """By the grammar that composing uses: what passes here can be written to."""
        return text if text is None else mailbox(text)

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, _FileVariables(settings_cls)

    def file_of(self, name: str) -> Path | None:
        """The file that `AGENDA_…_FILE` names for a variable, where the variable itself is not set."""
        variable = f"{PREFIX}{name.upper()}"
        named = os.environ.get(f"{variable}_FILE")
        return Path(named) if named and not os.environ.get(variable) else None

    @property
    def secret_keys(self) -> tuple[str, ...]:
        """The current key first."""
        return tuple((self.secret_key or "").split())


def load_settings() -> Settings:
    """The settings of this process's environment. Raises SettingsError, naming variable, value and rule."""
    try:
        return Settings()
    except ValidationError as error:
        lines = []
        for problem in error.errors():
            name = PREFIX + str(problem["loc"][0]).upper()
            lines.append(f"{name}: {problem['msg'].removeprefix('Value error, ')}")
        raise SettingsError("; ".join(lines)) from error
