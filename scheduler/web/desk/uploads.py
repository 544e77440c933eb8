"""A form with files (multipart/form-data, RFC 7578), as fields and files."""

from __future__ import annotations

from collections.abc import Mapping
from email import message_from_bytes
from email.message import Message

from starlette.requests import Request

from scheduler.base.address import seen
from scheduler.web.http.forms import FIELDS, Form, read_form
from scheduler.web.http.refusals import TooLarge

MULTIPART = "multipart/form-data"
Files = Mapping[str, tuple[str, bytes]]  # field -> the file's name and bytes


async def read_upload(request: Request) -> tuple[Form, Files]:
    """What a form of either kind brings. Raises TooLarge past FIELDS of its parts."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != MULTIPART:
        return await read_form(request), {}
    head = b"Content-Type: " + kind.encode("latin-1", "replace") + b"\r\n\r\n"
    whole = message_from_bytes(head + await request.body())
    parts = whole.get_payload()
    if not isinstance(parts, list):
        return Form(fields={}), {}
    if len(parts) > FIELDS:
        raise TooLarge
    fields: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for one in parts:
        assert isinstance(one, Message), "what has parts has messages"
        name, body = _named(one, "name"), one.get_payload(decode=True)
        content = body if isinstance(body, bytes) else b""
        if one.get_filename() is None:
            fields.setdefault(name, []).append(seen(content.decode("utf-8", "replace"), besides="\t\n\r"))
        elif content:
            files[name] = (str(one.get_filename()), content)
    return Form(fields=fields), files


def _named(part: Message, key: str) -> str:
    found = part.get_param(key, header="content-disposition")
    return found if isinstance(found, str) else ""
