"""`agenda evidence`: made, verified, redacted; what it says in Spanish and English, and what it refuses."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import agenda
from tests.support.editing import first_edition
from tests.support.evidence import files_in
from tests.support.postgres import Cluster

LINK = "https://salas.example/secreta-123"


@pytest.fixture
def published(here: Path) -> Path:
    """The shipped agenda, with a joining link."""
    private = Path("config") / "privado.yaml"
    private.write_text(f'enlaces:\n  taller-asia-pacifico-2021: "{LINK}"\n', encoding="utf-8")
    first_edition("--reason", "inicio", "--yes", "--author", "Ana Núñez")
    return here


def made(*more: str) -> str:
    done = agenda("evidence", "completo", *more, "--json", "--author", "Ana Núñez")
    assert done.exit_code == 0, done.output
    return str(json.loads(done.stdout)["head"])


@pytest.mark.usefixtures("published")
def test_a_pack_is_made_and_verified_and_its_head_is_in_the_audit() -> None:
    done = agenda("evidence", "completo", "--redact", "publica", "--reason", "auditoría")
    head = done.stdout.partition("Huella final: ")[2].partition("\n")[0]
    assert (done.exit_code, len(head)) == (0, 64)
    assert "Está completo, con direcciones de correo: guárdelo bajo llave." in done.stdout
    assert "publica: versión pública, sin direcciones, nombres ni enlaces." in done.stdout
    assert f"hizo un expediente de evidencia ({len(files_in(Path('completo'))) - 1} archivos), {head}" in " ".join(
        agenda("audit", "--json").stdout.split()
    )
    whole = agenda("evidence", "--verify", "completo", "--head", head)
    assert (whole.exit_code, "completo está íntegro: " in whole.stdout) == (0, True)
    assert f"Es el expediente de la huella final {head}." in whole.stdout
    same = agenda("evidence", "--verify", "completo", "--against", "publica", "--lang", "en")
    assert (same.exit_code, same.stdout.startswith("Both are the same: ")) == (0, True)
    assert "escribió entonces" in agenda("evidence", "completo", "--verify").stdout
    assert agenda("audit", "--verify").exit_code == 0


@pytest.mark.usefixtures("published")
def test_the_redacted_pack_of_the_shipped_agenda_has_no_address_link_or_token() -> None:
    """The list of tests/commands/test_cli.py: all of recipients.csv, the link, the key; and who published."""
    made("--redact", "publica")
    rows = (Path("config") / "recipients.csv").read_text(encoding="utf-8").splitlines()[1:]
    secrets = [row.split(",")[2].encode() for row in rows]
    secrets += [LINK.encode(), b"https://", b"Ana N\xc3\xba\xc3\xb1ez", Path("agenda.db.key").read_bytes().strip()]
    everything = b"\n".join((Path("publica") / name).read_bytes() for name in files_in(Path("publica")))
    full = b"\n".join((Path("completo") / name).read_bytes() for name in files_in(Path("completo")))
    assert len(everything) > 100_000
    assert [secret for secret in secrets if secret in everything] == []
    assert [secret for secret in secrets[:-1] if secret not in full] == []
    assert secrets[-1] not in full


@pytest.mark.usefixtures("published")
def test_one_changed_byte_ends_with_1_and_the_file_is_named() -> None:
    head = made("--redact", "publica")
    path = Path("completo") / "recipients.csv"
    octets = bytearray(path.read_bytes())
    octets[100] ^= 1
    path.write_bytes(octets)
    broken = agenda("evidence", "--verify", "completo")
    assert broken.exit_code == 1
    assert "ATENCIÓN: recipients.csv: el archivo fue cambiado; se esperaba SHA-256 " in broken.stdout
    assert "1 falla: NO es lo que era." in broken.stdout
    said = json.loads(agenda("evidence", "--verify", "completo", "--json", "--lang", "en").stdout)
    assert (said["whole"], said["head"], said["flaws"][0]["file"]) == (False, head, "recipients.csv")
    assert said["flaws"][0]["what"].startswith("the file was changed; SHA-256 expected ")
    proof = agenda("evidence", "--verify", "completo", "--against", "publica")
    assert (proof.exit_code, "NO se prueba que la versión pública" in proof.stdout) == (1, True)
    other = agenda("evidence", "--verify", "publica", "--head", head, "--json")
    assert (other.exit_code, json.loads(other.stdout)["whole"]) == (1, False)
    as_json = agenda("evidence", "--verify", "completo", "--against", "publica", "--json")
    assert (as_json.exit_code, json.loads(as_json.stdout)["same"]) == (1, False)


@pytest.mark.usefixtures("published")
def test_a_redacted_pack_is_made_later_of_a_full_one_without_an_act() -> None:
    head = made()
    later = agenda("evidence", "completo", "--redact", "publica", "--json")
    assert (later.exit_code, json.loads(later.stdout)["head"]) == (0, head)
    assert agenda("evidence", "--verify", "completo", "--against", "publica").exit_code == 0
    assert len(json.loads(agenda("audit", "--what", "evidence-made", "--json").stdout)) == 1


@pytest.mark.usefixtures("published")
@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["config"], 1, "ya existe y no está vacía; nombre una carpeta nueva. No se escribió nada"),
        (["nada/aquí"], 1, "no existe esa carpeta; hágala primero"),
        (["nuevo", "--redact", "nuevo"], 2, "--redact nuevo: nombre una carpeta distinta"),
        (
            ["nuevo", "--redact", "nuevo/publica"],
            2,
            "nuevo/publica: una de las dos carpetas está dentro de la otra",
        ),
        (["nuevo/completo", "--redact", "nuevo"], 2, "--redact nuevo: una de las dos carpetas está dentro de la otra"),
        (["nuevo", "--redact", "config"], 1, "config ya existe y no está vacía"),
        (["nuevo", "--head", "0" * 64], 2, "--head: solo con --verify"),
        (["nuevo", "--against", "otra"], 2, "--against: solo con --verify"),
        (["nuevo", "--verify", "--redact", "otra"], 2, "no los dos"),
        (["nuevo", "--verify", "--head", "12-3f"], 2, "--head 12-3f: no es una huella final"),
        (["nuevo", "--verify", "--head", "g" * 64], 2, "no es una huella final"),
        (["nuevo", "--verify", "--head", ""], 2, "no es una huella final"),
        (["nuevo", "--head", ""], 2, "--head: solo con --verify"),
        (["config", "--verify"], 1, "aquí no hay un expediente; nombre la carpeta que tiene manifest.csv"),
    ],
)
def test_what_can_not_be_is_refused_with_the_way_out(options: list[str], code: int, said: str) -> None:
    refused = agenda("evidence", *options)
    assert (refused.exit_code, said in refused.stderr) == (code, True), refused.output
    assert not Path("nuevo").exists()


@pytest.mark.usefixtures("here")
def test_without_a_database_nothing_is_made() -> None:
    refused = agenda("evidence", "completo")
    assert (refused.exit_code, "`agenda publish`" in refused.stderr) == (1, True)
    assert not Path("completo").exists()


def test_on_postgresql_without_a_key_there_is_neither_a_pack_nor_a_row(
    postgres: Cluster, postgres_template: str, tmp_path: Path
) -> None:
    """No act without its row in the audit."""
    url = postgres.create(postgres_template)
    try:
        refused = agenda("evidence", str(tmp_path / "completo"), AGENDA_DATABASE_URL=url)
        assert (refused.exit_code, "AGENDA_SECRET_KEY" in refused.stderr) == (3, True)
        assert list(tmp_path.iterdir()) == []
        key = "una clave de prueba, larga"
        done = agenda("evidence", str(tmp_path / "completo"), AGENDA_DATABASE_URL=url, AGENDA_SECRET_KEY=key)
        assert done.exit_code == 0, done.output
    finally:
        postgres.drop(url)
