"""What a form's fields become, whatever was typed, pasted or sent into them."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import Request
from starlette.types import Message

from scheduler.web.http.forms import Form, read_form


async def form(fields: dict[str, str]) -> Form:
    async def receive() -> Message:
        return {"type": "http.request", "body": urlencode(fields).encode(), "more_body": False}

    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    return await read_form(Request({"type": "http", "method": "POST", "headers": headers}, receive))


async def test_control_characters_are_no_part_of_a_field() -> None:
    found = await form({"correo": "uno\0@tokio.example\x1b", "notas": "una\tlínea\r\ny otra\x7f"})
    assert found.one("correo") == "uno@tokio.example"
    assert found.one("notas") == "una\tlínea\r\ny otra"
    assert found.all("correo") == {"uno@tokio.example"}


async def test_nor_are_those_that_turn_a_line_around_or_pass_unseen() -> None:
    found = await form({"label": "Outlook\u202e de\u200b Ana\ue000"})
    assert found.one("label") == "Outlook de Ana"
