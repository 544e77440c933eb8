"""A form with files (multipart/form-data, RFC 7578), as fields and files; parsed once a request, and off the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from email import message_from_string
from email.message import Message
from functools import partial

from starlette.requests import Request

from scheduler.base.address import seen
from scheduler.web.http.forms import FIELDS, Form, read_form
from scheduler.web.http.refusals import TooLarge

MULTIPART = "multipart/form-data"
HEAD = 4096  # bytes of what a part says of itself
LARGEST = 5 * 1024 * 1024  # bytes of what somebody at the desk may send: an archive of all files
MOST_OF_A_FILE = LARGEST - 64 * 1024  # the form around it has the rest
Files = Mapping[str, tuple[str, bytes]]  # field -> the file's name and bytes


async def read_upload(request: Request) -> tuple[Form, Files]:
    """What a form of either kind brings. Raises TooLarge past FIELDS of its parts."""
    kind = request.headers.get("content-type", "")
    if kind.partition(";")[0].strip().lower() != MULTIPART:
        return await read_form(request), {}
    kept: tuple[Form, Files] | None = getattr(request.state, "upload", None)
    if kept is None:
        kept = await asyncio.to_thread(partial(_read, kind, await request.body()))
        request.state.upload = kept
    return kept


def _read(kind: str, body: bytes) -> tuple[Form, Files]:
    fields: dict[str, list[str]] = {}
    files: dict[str, tuple[str, bytes]] = {}
    for head, content in _parts(kind, body):
        name = _param(head, "name", "content-disposition")
        if head.get_filename() is None:
            fields.setdefault(name, []).append(seen(content.decode("utf-8", "replace"), besides="\t\n\r"))
        elif content or head.get_filename():  # a field without a file is sent with neither
            files[name] = (seen(str(head.get_filename())), content)
    return Form(fields=fields), files


def _parts(kind: str, body: bytes) -> Iterator[tuple[Message, bytes]]:
    """Each part's head and content, cut where the boundary stands and nowhere else.

    A parser of mail would take the content apart line by line, and what is nested in it: seconds for what may be sent.
    """
    boundary = _param(_head(b"Content-Type: " + kind.encode("latin-1", "replace")), "boundary", "content-type")
    if not boundary:
        return
    pieces = (b"\r\n" + body).split(b"\r\n--" + boundary.encode("latin-1", "replace"), FIELDS + 2)
    if len(pieces) > FIELDS + 2:  # before the first and behind the last there is one, too
        raise TooLarge
    for piece in pieces[1:]:
        head, found, content = piece.partition(b"\r\n\r\n")
        if piece.startswith(b"--") or not found or len(head) > HEAD:
            continue
        yield _head(head.strip()), content


def _head(lines: bytes) -> Message:
    """Names of files are UTF-8 as it is (HTML §4.10.22.8): a parser of a mail's bytes would take accents for errors."""
    return message_from_string(lines.decode("utf-8", "replace") + "\r\n\r\n")


def _param(part: Message, key: str, header: str) -> str:
    found = part.get_param(key, header=header)
    return found if isinstance(found, str) else ""
