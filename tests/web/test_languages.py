"""The pages in each language that has a catalogue, and in one that comes by a file alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from markupsafe import Markup

from calendars.catalogue import LANGUAGES
from scheduler.base.tokens import Link
from scheduler.web.app import build_app
from scheduler.wording.languages import each_in_itself, named_for
from scheduler.wording.templates import spoken_in_html
from tests.support import words
from tests.support.checkout import ROOT
from tests.support.shipped import shipped_draft
from tests.support.webserver import POST, TOKENS, asking, site_of

# What the process with the third language looks at: pages, a form and what the form led to.
LOOK = """
import asyncio, tempfile
from pathlib import Path
from scheduler.base.tokens import Link
from scheduler.web.app import build_app
from tests.support.webserver import POST, TOKENS, asking, site_of

async def look(browser):
    home = await browser.get("/", headers={"accept-language": "fr-CA, es;q=0.5"})
    assert home.headers["content-language"] == "fr", home.headers
    assert '<html lang="fr"' in home.text
    for language, name in (("es", "Español"), ("en", "English")):
        assert f'lang={language}" lang="{language}" hreflang="{language}">{name}</a>' in home.text, name
    assert 'lang="fr" hreflang="fr">Français</a>' in (await browser.get("/?lang=es")).text
    assert "octobre de 2021" in (await browser.get("/calendar?lang=fr")).text, "its dates are CLDR's"
    manage = "/manage/" + TOKENS.sign(Link.LEAVE, POST)
    assert "Cambiar a francés (français)" in (await browser.get(manage)).text
    spoken = {"do": "language", "language": "fr"}
    assert '<html lang="fr"' in (await browser.post(manage, data=spoken)).text
    assert '<html lang="fr"' in (await browser.get(manage)).text

with tempfile.TemporaryDirectory() as folder, site_of(Path(folder)) as site:
    asyncio.run(look(asking(build_app(site))))
"""


def test_a_language_that_comes_by_a_file_alone_is_offered_and_spoken(tmp_path: Path) -> None:
    """Its catalogue is the Spanish one under another name."""
    package = tmp_path / "calendars"
    shutil.copytree(ROOT / "calendars", package, ignore=shutil.ignore_patterns("__pycache__"))
    file = package / "languages" / "fr.po"
    spanish = (words.LANGUAGES / "es.po").read_text(encoding="utf-8").replace("Language: es_MX", "Language: fr")
    file.write_text(spanish, encoding="utf-8")
    known = words.catalogue(file)
    name = known.get("English", context="name of this language")
    assert name is not None
    name.string = "français"
    file.with_suffix(".mo").write_bytes(words.compiled(known))
    path = f"{tmp_path}:{ROOT}"
    command, given = [sys.executable, "-c", LOOK], {"PYTHONPATH": path}
    done = subprocess.run(command, cwd=tmp_path, env=given, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_every_language_goes_by_its_own_name() -> None:
    assert each_in_itself() == [("es", "Español"), ("en", "English")]
    assert [named_for(one, reader) for reader in LANGUAGES for one in LANGUAGES] == [
        "español",
        "inglés (English)",
        "Spanish (español)",
        "English",
    ]


async def test_a_post_is_offered_each_language_but_its_own(tmp_path: Path) -> None:
    with site_of(tmp_path) as site:
        page = (await asking(build_app(site)).get(f"/manage/{TOKENS.sign(Link.LEAVE, POST)}")).text
    assert "Cambiar a inglés (English)" in page
    assert "Cambiar a español" not in page


@pytest.mark.parametrize(("language", "said"), [("es", ">1 sede<"), ("en", ">1 site<")])
async def test_a_region_of_one_site_has_one_site(tmp_path: Path, language: str, said: str) -> None:
    draft = shipped_draft()
    only = next(site for site in draft.agenda.representations if site.id == "tokio")
    agenda = replace(draft.agenda, representations=(only,))
    with site_of(tmp_path, replace(draft, agenda=agenda, recipients=())) as site:
        page = (await asking(build_app(site)).get(f"/regions/{only.region}?lang={language}")).text
        assert said in page


def test_a_value_that_is_markup_stands_in_its_sentence_and_whatever_else_is_escaped() -> None:
    say, text = spoken_in_html("es", quoted=True)["_"], "{n} {n:site|sites} for {query}"
    assert say(text, n=1, query="<b>") == "1 sede para &lt;b&gt;"
    assert say(text, n=2, query=Markup("<q>a</q>")) == "2 sedes para <q>a</q>"
    assert say("made on {day}; last read on {moment}", day="<", moment=Markup("<b>")).startswith("creado el &lt;;")
