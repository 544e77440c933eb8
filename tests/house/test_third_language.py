"""A third language by files alone: what is said in it, on terminals, pages and in mails, comes from its catalogue."""

from __future__ import annotations

import email
import email.policy
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel import Locale
from babel.dates import get_day_names, get_month_names

from calendars.documents import agenda_to_json
from tests.support import words
from tests.support.checkout import ROOT
from tests.support.made_up import CODE, ENDS, made_up, spoken_copy
from tests.support.shipped import shipped_draft

WIDE = "400"  # columns: no table breaks what it shows
_WORD = re.compile(r"[A-Za-zÀ-ÿ]{2,}")
_COUNTED = re.compile(rf"(?<![\d.,:])(\d{{1,3}}) ([а-яА-Я]+[{ENDS}])\b")
_ADDRESSES = re.compile(r"https?://\S+|\S+@[\w.-]+")
_NO_WORDS = re.compile(
    r"P\d+D a las \d\d:\d\d|PT\d+[HM]|\b[a-z]+(?:-[a-z0-9]+)+\b"  # reminder rules and ids, as the files have them
    r"|\bin \d+ \w+|\b\d+ \w+ ago|Google Calendar"  # CLDR's, a name
)
# «.ics» is a file's ending, and each language is offered under its own name.
_SAME_EVERYWHERE = {"TCM", "UTC", "min", "ics", "es", "en", CODE, "Español", "English"}
_PAGES = """
import asyncio, json, sys
from datetime import UTC, datetime
from pathlib import Path
import calendars
from scheduler.base.clock import SimulatedClock
from tests.support.shipped import shipped_draft
from tests.support.webserver import serving, site_of
assert calendars.__file__.startswith(sys.argv[1]), calendars.__file__

async def pages():
    clock = SimulatedClock(datetime(2021, 10, 18, 18, tzinfo=UTC))
    with site_of(Path(sys.argv[2]), shipped_draft(), clock=clock) as site:
        async with serving(site) as client:
            return [(await client.get(path)).text for path in sys.argv[3:]]

print(json.dumps(asyncio.run(pages())))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program with the language; the post at Tokio reads it."""
    folder = spoken_copy(tmp_path_factory.mktemp("third"))
    posts = folder / "config" / "recipients.csv"
    text, changed = re.subn(
        r"^(tokio-consular,tokio,[^,]*),es,", rf"\1,{CODE},", posts.read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert changed == 1
    posts.write_text(text, encoding="utf-8")
    return folder


def run(copy: Path, code: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    path = os.pathsep.join((str(copy), str(ROOT)))  # the tests' own help is not in the copy
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AGENDA_")}
    environment = {**kept, "PYTHONPATH": path, "COLUMNS": WIDE, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)


def agenda(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "from scheduler.cli import main; main()", *arguments)


class _Shown(HTMLParser):
    """What a page or a mail shows, and what a screen reader says."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._hidden = tag in ("script", "style")
        self.parts += [value or "" for name, value in attrs if name in ("alt", "aria-label", "placeholder", "title")]

    def handle_endtag(self, tag: str) -> None:
        self._hidden = self._hidden and tag not in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def shown(html: str) -> str:
    parser = _Shown()
    parser.feed(html)
    return "\n".join(parser.parts)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from (text for one in value.values() for text in _strings(one))
    elif isinstance(value, list):
        yield from (text for one in value for text in _strings(one))


def _content() -> list[str]:
    """What administrators wrote, and what CLDR writes of dates, lists and countries: the longest first."""
    draft = shipped_draft()
    written = set(_strings(json.loads(agenda_to_json(draft.agenda))))
    written |= {part for text in written for part in text.split("\n\n")}
    written |= {one.post for one in draft.recipients}
    for width in ("wide", "abbreviated"):
        written |= {str(name) for name in get_day_names(width, locale="en").values()}
        written |= {str(name) for name in get_month_names(width, locale="en").values()}
    written |= {str(name) for name in Locale("en").territories.values()}
    return sorted((*written, "and", "Mexico City"), key=len, reverse=True)


CONTENT = re.compile("|".join(rf"(?<!\w){re.escape(one)}(?!\w)" for one in _content() if _WORD.search(one)))


def others(text: str) -> list[str]:
    """The words of another language that stand there: neither in the made-up letters, nor of the agenda's content."""
    rest = " ".join(text.split())
    for pattern in (_ADDRESSES, CONTENT, _NO_WORDS):
        rest = pattern.sub(" ", rest)
    return [word for word in _WORD.findall(rest) if word not in _SAME_EVERYWHERE]


def miscounted(text: str) -> list[str]:
    """Numbers with a word in a form that is not theirs."""
    rule = {1: ENDS[0]} | dict.fromkeys((2, 3, 4), ENDS[1])
    return [found[0] for found in _COUNTED.finditer(text) if found[2][-1] != rule.get(int(found[1]), ENDS[2])]


def test_a_word_of_another_language_and_a_wrong_form_would_be_found() -> None:
    assert others("Тхе драфт ис fine; Friday, 22 October 2021, Tokio") == ["fine"]
    assert miscounted(f"1 даь{ENDS[0]}, 1 даь{ENDS[2]}, 3 даь{ENDS[1]}, 12 даь{ENDS[1]}") == ["1 даьж", "12 даья"]


@pytest.mark.parametrize("path", sorted(words.LANGUAGES.glob("*.po")), ids=lambda path: path.stem)
def test_each_catalogue_says_how_much_it_lacks_and_lacks_nothing(path: Path) -> None:
    known = words.keys(words.catalogue(path))
    lacking = [english for english, context in words.said() if not known.get((english, context))]
    assert (path.stem, len(lacking), lacking) == (path.stem, 0, [])


def test_a_number_picks_among_three_forms(copy: Path) -> None:
    """Of the texts that count days, sites and whatever else, each."""
    asked = sorted({english for english, _ in words.said() if re.fullmatch(r"\{n\} \{n:[a-z]+\|[a-z]+\}", english)})
    assert asked
    code = (
        "import json, sys; from calendars.catalogue import Phrase; "
        "print(json.dumps([Phrase(one).say(sys.argv[1], n=n) for one in sys.argv[2:] for n in (1, 3, 7, 11)]))"
    )
    told = json.loads(run(copy, code, CODE, *asked).stdout)
    assert [one[-1] for one in told] == [*(ENDS[0], ENDS[1], ENDS[2], ENDS[2])] * len(asked)


def test_the_terminal_speaks_it(copy: Path) -> None:
    checked = agenda(copy, "check", "--lang", CODE)
    assert (checked.returncode, others(checked.stdout), checked.stderr) == (0, [], "")
    listed = agenda(copy, "show", "--site", "tokio", "--lang", CODE)
    titles = {word for event in shipped_draft().agenda.events for word in _WORD.findall(event.title.en)}  # in two lines
    assert (listed.returncode, miscounted(listed.stdout)) == (0, [])
    assert [word for word in others(listed.stdout) if word not in titles] == []
    assert made_up("duration") in listed.stdout


def test_a_refusal_speaks_it(copy: Path) -> None:
    refused = agenda(copy, "show", "--site", "nowhere", "--lang", CODE)
    assert refused.returncode == 2
    assert made_up("there is no such") in refused.stderr
    assert others(refused.stderr.replace("agenda:", "").replace("--site nowhere", "")) == []


def test_a_problem_of_the_files_speaks_it(copy: Path, tmp_path: Path) -> None:
    broken = tmp_path / "config"
    broken.mkdir()
    for one in (copy / "config").iterdir():
        text = one.read_text(encoding="utf-8")
        broken.joinpath(one.name).write_text(text.replace("fecha: 2021-10-21", "fecha: 2021-10-22"), encoding="utf-8")
    refused = agenda(copy, "check", "--config", str(broken), "--lang", CODE)
    assert refused.returncode == 1
    said = refused.stderr.partition("agenda.yaml:")[2]
    assert made_up("Correct") in said
    assert others(said.splitlines()[0].replace("jueves", "")) == []


def test_a_post_that_reads_it_is_reminded_in_it(copy: Path, tmp_path: Path) -> None:
    outbox = tmp_path / "outbox"
    done = agenda(copy, "rehearse", "--to", "2021-10-14", "--outbox", str(outbox), "--lang", CODE)
    assert (done.returncode, others(done.stdout)) == (0, []), done.stderr
    mail = next(one for one in _mails(outbox) if "tokio@" in str(one["To"]))
    plain, html = (mail.get_body((kind,)) for kind in ("plain", "html"))
    assert plain is not None
    assert html is not None
    for text in (mail["Subject"], plain.get_content(), shown(html.get_content())):
        assert (others(text), miscounted(text)) == ([], [])
    assert made_up("time") in plain.get_content()


def _mails(outbox: Path) -> Iterator[EmailMessage]:
    for path in sorted(outbox.glob("*.eml")):
        made = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
        assert isinstance(made, EmailMessage)
        yield made


def test_the_pages_speak_it(copy: Path, tmp_path: Path) -> None:
    asked = ("/", "/sites/tokio", "/events/taller-asia-pacifico-2021", "/agenda", "/nowhere")
    paths = [f"{path}?lang={CODE}" for path in asked]
    done = run(copy, _PAGES, str(copy), str(tmp_path), *paths)
    assert done.returncode == 0, done.stderr
    pages = [shown(html) for html in json.loads(done.stdout)]
    assert {path: (others(page), miscounted(page)) for path, page in zip(paths, pages, strict=True)} == {
        path: ([], []) for path in paths
    }
    assert all(re.search(r"[а-я]{3}", page) for page in pages)
