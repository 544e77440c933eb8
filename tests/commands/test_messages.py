"""Own words on the command line: what `diff`, `impact` and `publish` say of them, and what the mails shown hold."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import AHEAD, agenda, edit, into_the_future
from tests.support.editing import NAME, line_of, numbered, published

pytestmark = pytest.mark.usefixtures("here")

MOVE = (f'    fecha: {AHEAD}-10-21\n    hora: "18:00"', f'    fecha: {AHEAD}-10-21\n    hora: "20:00"')
HERE = ("--message-es", "La sala no está disponible.", "--message-en", "The room is not available.")


def say(message: str) -> None:
    edit((f"    fecha: {AHEAD}-10-21\n", f"    fecha: {AHEAD}-10-21\n    mensaje: {message}\n"))


def feeds(folder: str) -> dict[str, bytes]:
    """Every calendar as it is exported, by its path."""
    agenda("export", folder)
    return {str(path.relative_to(folder)): path.read_bytes() for path in Path(folder).rglob("*.ics")}


def test_a_message_alone_is_told_as_a_change_that_tells_nobody() -> None:
    published()
    before = feeds("before")
    say('{es: "Traiga su lista.", en: "Bring your list."}')
    said = agenda("diff").stdout
    assert f"OTRO MENSAJE  Taller VMRE, Asia Pacífico   (agenda.yaml, renglón {line_of(f'id: {NAME}')})" in said
    assert "«Traiga su lista.» encabeza los correos de este evento que faltan; por sí solo no avisa a nadie." in said
    english = agenda("diff", "--lang", "en").stdout
    assert "“Bring your list.” heads the mails about it that are to come; by itself it tells nobody." in english
    foreseen = json.loads(agenda("impact", "--json").stdout)
    assert (foreseen["notices"], foreseen["feeds"], foreseen["replaced"], foreseen["unchanged"]) == (0, [], 0, False)
    assert "por sí solo no avisa a nadie" in agenda("impact").stdout
    done = agenda("publish", "--reason", "mensaje", "--author", "M. R.")
    assert (done.exit_code, "Avisos de cambio: 0." in done.stdout) == (0, True)
    assert numbered() == [1, 2]
    assert feeds("after") == before
    assert "\nMensaje:\nTraiga su lista.\n" in agenda("impact", "--mail", "tokio", "--reminder").stdout


def test_a_message_that_goes_is_told_too_and_asks_for_nothing() -> None:
    into_the_future()
    say('{es: "Traiga su lista.", en: "Bring your list."}')
    agenda("publish", "--reason", "uno", "--author", "M. R.")
    edit(('    mensaje: {es: "Traiga su lista.", en: "Bring your list."}\n', ""))
    assert "Sus correos ya no llevan mensaje; eso no avisa a nadie." in agenda("diff").stdout
    done = agenda("publish", "--reason", "dos", "--author", "M. R.")
    assert (done.exit_code, numbered()) == (0, [1, 2])


@pytest.mark.parametrize(
    ("message", "lang", "said"),
    [
        ('{es: "Traiga su lista."}', "es", "Está solo en español"),
        ('{en: "Bring your list."}', "es", "Está solo en inglés"),
        ('{en: "Bring your list."}', "en", "It is in English only"),
    ],
)
def test_a_message_in_one_language_is_said_to_be_in_one(message: str, lang: str, said: str) -> None:
    published()
    say(message)
    for command in ("diff", "impact"):
        assert said in agenda(command, "--lang", lang).stdout


def test_the_notice_is_shown_with_the_publication_s_message_before_it_is_published() -> None:
    """The same options for both; the hour stands where it stood."""
    published()
    edit(MOVE)
    plain = agenda("impact", "--mail", "tokio").stdout
    shown = agenda("impact", "--mail", "tokio", *HERE).stdout
    assert "\nMensaje:\nLa sala no está disponible.\n" in shown
    subject, was = (next(line for line in one.split("\n") if line.startswith("Asunto: ")) for one in (shown, plain))
    assert subject == f"{was} · La sala no está disponible"
    assert "La sala no está disponible.</p>" in agenda("impact", "--mail", "tokio", "--html", *HERE).stdout
    assert "El mensaje de la publicación encabeza 16 correos." in agenda("impact", *HERE).stdout
    done = agenda("publish", "--reason", "sala", "--author", "M. R.", *HERE)
    assert "El mensaje de la publicación encabeza 16 correos." in done.stdout
    assert "\nMensaje:\nLa sala no está disponible.\n" in agenda("impact", "--mail", "tokio").stdout
    assert "La sala no" not in agenda("impact", "--mail", "tokio", "--reminder").stdout
    assert "La sala no" not in Path("config/agenda.yaml").read_text("utf-8")


def test_the_way_back_has_its_message_in_the_preview_and_in_the_mails_that_wait() -> None:
    published()
    edit(MOVE)
    agenda("publish", "--reason", "sala", "--author", "M. R.")
    done = agenda("rollback", "1", "--reason", "error", "--author", "M. R.", *HERE)
    assert done.exit_code == 0
    assert "El mensaje de la publicación no llega a nadie" in done.stdout  # nobody was told yet
    shown = agenda("impact", "--rollback", "2", "--mail", "tokio", *HERE).stdout
    assert "La sala no está disponible." in shown


def test_a_message_that_reaches_nobody_is_said_to() -> None:
    """The first edition tells nobody."""
    into_the_future()
    done = agenda("publish", "--reason", "uno", "--author", "M. R.", *HERE, "--lang", "en")
    assert (done.exit_code, "The publication's message reaches nobody" in done.stdout) == (0, True)


@pytest.mark.parametrize(
    ("arguments", "es", "en"),
    [
        (["--message-es", "vea http://x.mx"], "--message-es: «http:» no puede iniciar", "only https:// does"),
        (["--message-en", "x" * 601], "el mensaje tiene 601 caracteres, y caben 600", "601 characters, and 600 are"),
        (["--message-es", "a\n" * 9], "el mensaje tiene 9 renglones, y caben 8", "9 lines, and 8 are the most"),
        (["--message-es", ""], "--message-es: ", "--message-es: "),
        (["--message-es", "hola", "--silent"], "--silent no avisa a nadie", "--silent tells nobody"),
    ],
)
def test_what_cannot_be_said_is_refused_in_both_languages(arguments: list[str], es: str, en: str) -> None:
    published()
    edit(MOVE)
    for lang, said in (("es", es), ("en", en)):
        done = agenda("publish", "--reason", "x", "--author", "M. R.", "--lang", lang, *arguments)
        assert (done.exit_code, said in done.stderr) == (2, True), done.stderr
    assert numbered() == [1]
