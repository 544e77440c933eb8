"""A file cut short, emptied, or with an id edited: refused, or told and asked about; it never publishes a loss."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from calendars.losses import losses
from calendars.model.agenda import Draft
from calendars.reading.configuration import read
from calendars.reading.files import FILES
from scheduler.publishing.prospect import Act, Prospect
from scheduler.publishing.prospect import prospect as prospect_of
from scheduler.publishing.publish import Published, publish_draft
from scheduler.store.database import Database
from tests.support import small_config
from tests.support.checkout import CONFIG
from tests.support.command_line import agenda, edit
from tests.support.editing import NAME, line_of, numbered, published, replace
from tests.support.ledger import PUBLISHED
from tests.support.shipped import shipped_draft
from tests.support.small_config import AGENDA, POSTS, SITES, files
from tests.support.sqlite import migrated_at

pytestmark = pytest.mark.usefixtures("here")

LATER = PUBLISHED + timedelta(hours=1)
HEAD, EVENTS = AGENDA.split("eventos:\n")
EVENTS, RULES = EVENTS.split("recordatorios:\n")
FIRST = f"{HEAD}recordatorios:\n{RULES}eventos:\n{EVENTS}"  # the events last, as the shipped agenda has them
ADVANCES = """\
avances:
  - {id: uno, titulo: Uno, eje: promocion, fuente: Nota}
  - id: dos
    titulo: Dos avances
    eje: promocion
    fuente: Nota de prensa
"""
PEOPLE = """\
retencion: 180 d
altas:
  dominios:
    - sedes.example
    - otras.example
privacidad:
  texto: Guardamos su correo hasta que el puesto termina
  enlace: https://agenda.example/aviso
"""
REASON = """\
    motivo: Choca con un feriado
    recordatorios:
      - P7D a las 09:00
      - P1D a las 09:00
"""
LINKS = small_config.PRIVATE + "  jornada: https://reuniones.example/j/23456\n"
CONFIGURATIONS = {  # and which of the files is cut
    "the events last": ("agenda.yaml", files(agenda=FIRST)),
    "the reminders last": ("agenda.yaml", files()),
    "the advances last": ("agenda.yaml", files(agenda=FIRST + ADVANCES)),
    "people last": ("agenda.yaml", files(agenda=FIRST + PEOPLE)),
    "an event's details last": ("agenda.yaml", files(agenda=FIRST + REASON)),
    "no post at a site": ("representations.csv", files(recipients="\n".join(POSTS.splitlines()[:2]) + "\n")),
    "cells that Excel quotes": ("representations.csv", files(representations=SITES.replace(",prueba", ',"prueba"'))),
    "the posts": ("recipients.csv", files()),
    "two links": ("privado.yaml", files(privado=LINKS)),
}


def draft_of(contents: Mapping[str, bytes]) -> Draft | None:
    return read(contents).draft


def cuts(name: str, contents: Mapping[str, bytes], step: int, last: int) -> Iterator[tuple[str, Draft]]:
    """Beginnings of a file that can still be read: one of every `step` bytes, and each that ends in its last ones."""
    whole = contents[name]
    for end in (*range(0, len(whole) - last, step), *range(max(0, len(whole) - last), len(whole))):
        found = draft_of({**contents, name: whole[:end]})
        if found is not None:
            yield f"{name} cut after {end} bytes", found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Database]:
    database = Database(migrated_at(tmp_path / "agenda.db"))
    yield database
    database.close()


def put(database: Database, content: Draft) -> Published:
    return publish_draft(database, content, Act(at=PUBLISHED, author="M. R.", reason="prueba"), confirmed=True)


def prospect(database: Database, content: Draft) -> Prospect:
    with database.read() as connection:
        return prospect_of(connection, content, Act(at=LATER))


@pytest.mark.parametrize(("step", "last"), [(41, 40), pytest.param(13, 120, marks=pytest.mark.long)])
@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_no_cut_of_any_file_publishes_a_loss_unasked(opened: Database, name: str, step: int, last: int) -> None:
    file, contents = CONFIGURATIONS[name]
    whole = draft_of(contents)
    assert whole is not None
    put(opened, whole)
    for what, left in cuts(file, contents, step, last):
        if left != whole:
            assert prospect(opened, left).wants_confirmation(20), what


SHIPPED = {name: (CONFIG / name).read_bytes() for name in FILES}


@settings(max_examples=12)
@given(name=st.sampled_from(FILES), share=st.floats(0, 1, exclude_max=True))
def test_nor_does_a_cut_of_the_shipped_files(name: str, share: float) -> None:
    contents = {**SHIPPED, name: SHIPPED[name][: int(share * len(SHIPPED[name]))]}
    left, whole = draft_of(contents), shipped_draft()
    if left is not None and left != whole:
        gone = len(left.recipients) < len(whole.recipients) or len(left.agenda.events) < len(whole.agenda.events)
        assert gone or losses(whole.agenda, left.agenda, whole.links, left.links)


def refused(*arguments: str) -> str:
    """Publishing as it stands does nothing, and says this."""
    states = json.loads(agenda("status", "--json").stdout)["states"]
    done = agenda("publish", "--reason", "descuido", *arguments)
    assert done.exit_code == 1
    assert "No se publicó nada" in done.stderr
    assert numbered() == [1]
    assert json.loads(agenda("status", "--json").stdout)["states"] == states
    return " ".join(done.stderr.split())


def test_a_file_cut_short_publishes_nothing_wherever_the_cut_is() -> None:
    published()
    for name in ("agenda.yaml", "representations.csv", "recipients.csv"):
        path = Path("config") / name
        whole = path.read_bytes()
        for share in (0, 0.3, 0.7, 0.97):
            path.write_bytes(whole[: int(len(whole) * share)])
            done = agenda("publish", "--reason", "descuido")
            assert (done.exit_code, "No se publicó nada" in done.stderr, name in done.stderr) == (1, True, True)
        path.write_bytes(whole)
    assert numbered() == [1]


def test_a_cut_at_the_end_of_an_event_says_which_would_be_cancelled() -> None:
    published()
    text = Path("config/agenda.yaml").read_text(encoding="utf-8")
    Path("config/agenda.yaml").write_text(text[: text.index(f"  - id: {NAME}")], encoding="utf-8")
    for told in (refused(), " ".join(agenda("diff").stdout.split()), " ".join(agenda("impact").stdout.split())):
        assert f"{NAME}, «Taller VMRE, Asia Pacífico»: se cancelaría" in told
        assert "el archivo puede estar cortado: recupérelo de su respaldo" in told


@pytest.mark.parametrize("left", ["", "\n", "id,sede,correo,idioma,puesto,alta\n"])
def test_an_emptied_list_of_recipients_is_refused_or_asked_about(left: str) -> None:
    published()
    Path("config/recipients.csv").write_text(left, encoding="utf-8")
    told = refused()
    if left.strip():
        assert "Quita 149 destinatarios de lo vigente" in told
        assert "149 quitados" in agenda("diff").stdout
        waiting = json.loads(agenda("impact", "--json").stdout)["dropped"]
        assert waiting > 0
        goes = f"Puestos que dejan la lista: 149; recordatorios que ya no reciben: {waiting}"
        assert goes in " ".join(agenda("impact").stdout.split())
    else:
        assert "recipients.csv:1:1:" in told


def test_sites_of_which_only_the_header_is_left_are_refused() -> None:
    published()
    path = Path("config/representations.csv")
    path.write_text(path.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8")
    assert "representations.csv:1:1: el archivo no tiene ninguna sede" in refused()


def test_sites_cut_off_that_no_post_is_at_are_asked_about() -> None:
    lines = Path("config/recipients.csv").read_text(encoding="utf-8").splitlines()
    last = Path("config/representations.csv").read_text(encoding="utf-8-sig").splitlines()[-1].partition(",")[0]
    kept = [line for line in lines if f",{last}," not in line]
    Path("config/recipients.csv").write_text("\n".join(kept) + "\n", encoding="utf-8")
    published()
    path = Path("config/representations.csv")
    path.write_text("\n".join(path.read_text(encoding="utf-8-sig").splitlines()[:-1]) + "\n", encoding="utf-8")
    assert f"Ya no están en representations.csv: - {last}" in refused()


def test_an_event_whose_id_was_edited_is_one_that_goes_and_one_that_is_new() -> None:
    published()
    edit((f"id: {NAME}", "id: taller-asia-2021"))
    line = line_of("id: taller-asia-2021")
    shown = " ".join(agenda("diff").stdout.split())
    assert f"NUEVO Taller VMRE, Asia Pacífico (agenda.yaml, renglón {line})" in shown
    assert "CANCELADO Taller VMRE, Asia Pacífico (agenda.yaml: ya no está en el archivo)" in shown
    hint = f"«taller-asia-2021» es nuevo y se parece a «{NAME}», que se quita."
    assert hint in shown
    assert hint in refused()
    assert json.loads(agenda("diff", "--json").stdout)["renamed"] == [{"old": NAME, "new": "taller-asia-2021"}]


def test_a_post_whose_id_was_edited_is_one_that_goes_and_one_that_is_new() -> None:
    published()
    edit(("tokio-consular,", "tokio-secc-consular,"), file="recipients.csv")
    told = refused()
    assert "tokio-consular: dejaría de recibir correos" in told
    assert "«tokio-secc-consular» es nuevo y se parece a «tokio-consular», que se quita." in told
    assert "1 nuevo, 1 quitado" in agenda("diff").stdout


def test_a_link_that_is_gone_or_lost_its_end_is_asked_about_and_not_shown() -> None:
    private = Path("config/privado.yaml")
    private.write_text(f"enlaces:\n  {NAME}: https://salas.example/secreta\n", encoding="utf-8")
    published()
    private.write_text(f"enlaces:\n  {NAME}: https://salas.example/secr\n", encoding="utf-8")
    assert f"Su enlace para entrar es el de antes sin el final: - {NAME}" in refused()
    private.write_text("enlaces:\n", encoding="utf-8")
    told = refused() + agenda("diff").stdout
    assert f"Se quedan sin enlace para entrar: - {NAME}" in told
    assert "salas.example" not in told


def test_with_yes_what_goes_goes() -> None:
    published()
    replace(rf"  - id: {NAME}.*?(?=\n  - id:)", "  # quitado a propósito")
    assert agenda("publish", "--reason", "a propósito", "--yes").exit_code == 0
    assert numbered() == [1, 2]
