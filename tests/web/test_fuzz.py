"""Whatever is asked gets a clean answer: any path, query, header and form body, over a real socket."""

from __future__ import annotations

import asyncio
import gzip
import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from ipaddress import ip_network
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest
import pytest_asyncio
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.applications import Starlette
from starlette.routing import Route

from calendars.catalogue import LANGUAGES
from scheduler.base.shipped import shipped
from scheduler.base.tokens import Link
from scheduler.store.posts.answers import Reply
from scheduler.web.app import Site, build_app
from tests.support.shipped import shipped_draft
from tests.support.webserver import PUBLISHED, TOKENS, serving, site_of

CASES = 10_000 if settings.get_current_profile_name() == "long" else 500
MARK = "<script>x"
MAIL = b"From: a@b.example\r\nTo: c@d.example\r\nSubject: =?utf-8?b?w7E=?= <b>\r\n\r\nhello <script>x\r\n"
FEEDS = (
    "/feeds/{id}",
    "/feeds/all.ics",
    "/feeds/sites/{id}.ics",
    "/feeds/sites/{id}-local.ics",
    "/feeds/regions/{id}.ics",
    "/feeds/private/{token}/{id}.ics",
)
NASTY = (
    *("", ".", "..", "%2e%2e", "%2f", "%5c", "//", "/./", "..%2f..%2f..%2fetc%2fpasswd", "%252e%252e%252f"),
    *("%00", "x%00.ics", "%0a", "%0d%0aX-Injected:%201", "%09", "%7f", "%", "%zz", "%u0041", "+", "%20"),
    *("%c0%ae", "%ff%fe", "%ed%a0%80", "%f4%90%80%80", "%e2%80%ae", "%cc%81", "%c4%b0", "%f0%9f%98%80", "ñ", "\xff"),
    *(quote(MARK), "%22%3E" + quote(MARK), MARK.replace(" ", "+"), "'", '"', ";", "{{7*7}}", "${x}", "%25s%25n"),
    *("-local", ".ics", "~", "*", "nul", "-1", "0", "00", "9" * 25, "1e9", "NaN", "true", "null", "__class__"),
    *("2021-13", "2021-00", "0000-01", "9999-12", "10000-01", "2021-10", "-001-01", "2021-10-99", "٢٠٢١-١٠"),
    *("es", "en", "xx", "ES", "en-US", "a" * 300, "%c3%b1" * 400, "/" * 300, "x" * 8000),
)
HEADER_VALUES = (
    *("", "*", "x", "0", "-1", "é", "\xff\xfe", ",,,;;;", "a" * 3000, "../..", MARK, "%0d%0a", '"', "bytes=0-1,5-"),
    *("es;q=x", "en;q=1e999", "*;q=0", "de-DE,fr;q=0.9", "en;q=0.5,es;q=0.4", "-", "zh-Hant-TW-x-private" * 9),
    *("Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 99 Foo 99999 99:99:99 +9999", "Sun Nov  6 08:49:37 1994", 'W/"x"'),
    *(
        "gzip",
        "br;q=1.0, *;q=0.1",
        "identity;q=0",
        "text/html",
        "application/json",
        "evil.example:99999",
        "192.0.2.7, 10.0.0.1",
        "2001:db8::1, [::1]:80",
    ),
    *("multipart/form-data", "multipart/form-data; boundary=", "application/x-www-form-urlencoded; charset=utf-7"),
)
HEADERS = (
    *("Accept", "Accept-Language", "Accept-Encoding", "If-None-Match", "If-Modified-Since", "If-Match", "If-Range"),
    *("Range", "Host", "Cookie", "Origin", "Referer", "User-Agent", "Authorization", "X-Forwarded-For", "Forwarded"),
    *("X-Forwarded-Host", "X-Forwarded-Proto", "X-HTTP-Method-Override", "Access-Control-Request-Method", "X-Odd"),
)
FORM, MULTIPART = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
TYPES = (FORM, FORM, MULTIPART, "text/plain", "application/json", "multipart/form-data", "x", "")


WITHOUT_CONTENT = (204, 304)


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""

    def like_a_browser(self) -> Asked:
        return replace(self, headers=[*self.headers, ("Accept-Encoding", "gzip, deflate, br")])

    def to_bytes(self) -> bytes:
        lines = [f"{self.method} {self.target} HTTP/1.1", "Connection: close"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if not any(name == "Host" for name, _ in self.headers):
            lines.append("Host: agenda.example")
        if self.body or self.method in ("POST", "PUT", "PATCH"):
            lines.append(f"Content-Length: {len(self.body)}")
        return "\r\n".join([*lines, "", ""]).encode("latin-1", "replace") + self.body


@dataclass(frozen=True, kw_only=True, slots=True)
class Answer:
    status: int
    headers: Sequence[tuple[str, str]]
    body: bytes

    @classmethod
    def from_bytes(cls, raw: bytes) -> Answer:
        head, _, body = raw.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        pairs = [line.partition(":")[::2] for line in lines]
        return cls(status=int(first.split()[1]), headers=[(n.lower(), v.strip()) for n, v in pairs], body=body)

    def all(self, name: str) -> list[str]:
        return [value for given, value in self.headers if given == name]

    def one(self, name: str) -> str:
        values = self.all(name)
        assert len(values) <= 1, f"{name} stands there {len(values)} times"
        return values[0] if values else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Installation:
    """The running site, what it can be asked for, and what it has complained of."""

    port: int
    paths: Sequence[tuple[str, str]]  # a method, and a path as Starlette writes them: /sites/{id}
    ids: Sequence[str]  # of events, regions, sites, a captured mail
    links: Sequence[str]  # good tokens of each kind
    meant: Mapping[str, Sequence[str]]  # fields of forms and queries, with values that mean something
    complaints: list[str] = field(default_factory=list)

    async def ask(self, asked: Asked) -> Answer:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(asked.to_bytes())
        answer = await reader.read()
        writer.close()
        return Answer.from_bytes(answer)


class Complaints(logging.Handler):
    """Every log line about an error, and every one with a traceback."""

    def __init__(self, kept: list[str]) -> None:
        super().__init__()
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        if record.levelno >= logging.ERROR or record.exc_info:
            self._kept.append(logging.Formatter().format(record))


def routes_of(app: Any) -> list[Route]:
    """The routes of the Starlette application that stands somewhere behind this one."""
    if isinstance(app, Starlette):
        return [route for route in app.routes if isinstance(route, Route)]
    cells = [cell.cell_contents for cell in getattr(app, "__closure__", None) or ()]
    inner = (value for value in (*getattr(app, "__dict__", {}).values(), *cells) if callable(value))
    return next((found for value in inner if (found := routes_of(value))), [])


def asked_of(app: Any) -> list[tuple[str, str]]:
    """Each method that a route takes, with its path."""
    return [(method, route.path) for route in routes_of(app) for method in sorted(route.methods or {"GET"})]


def fields(site: Site) -> dict[str, Sequence[str]]:
    """What queries and the pages' forms carry, each with values that mean something."""
    pages = [page.read_text("utf-8") for page in (shipped("templates") / "pages").glob("*.html")]
    names = {name for page in pages for name in re.findall(r'name="(\w+)"', page)} | {"month", "view", "page", "x"}
    acts = {act for page in pages for act in re.findall(r'(?:"do": |name="do" value=)"(\w+)"', page)}
    agenda = site.in_force.edition.agenda
    known = {
        "do": sorted(acts),
        "lang": LANGUAGES,
        "language": LANGUAGES,
        "site": [place.id for place in agenda.representations[:5]],
        "event": [event.id for event in agenda.events],
        "rule": [str(rule) for rule in agenda.reminders.timed],
        "address": ["ana@sedes.example", "ANA@Sedes.Example", "ñ@sedes.example", "ana@elsewhere.example"],
        "until": ["2021-10-20", "2021-02-30", "2022-10-02", "9999-12-31"],
        "span": ["week", "month"],
        "month": ["2021-10", "2022-02"],
        "view": ["list", "month"],
        "r": list(Reply),
        "instead": [event.id for event in agenda.events],
    }
    return {name: known.get(name, ["x", "1", ""]) for name in sorted(names | set(known))}


def good_links(site: Site) -> list[str]:
    """For a few posts, a link of each kind, and one of each that ends tomorrow."""
    ends = (None, site.present() + timedelta(days=1))
    posts = [recipient.id for recipient in shipped_draft().recipients[:4]]
    about = [event.id for event in shipped_draft().agenda.events]
    answering = [TOKENS.sign_answer(post, event) for post in posts for event in about]
    return [TOKENS.sign(link, post, until) for link in Link for post in posts for until in ends] + answering


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def installation(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Installation]:
    folder = tmp_path_factory.mktemp("fuzz")
    outbox = folder / "outbox"
    outbox.mkdir()
    (outbox / "a.eml").write_bytes(MAIL)
    here = {"mails": True, "proxies": (ip_network("127.0.0.0/8"),), "now": PUBLISHED, "outbox": outbox}
    with site_of(folder, shipped_draft(), **here) as site:
        async with serving(site) as client:
            made = running(client, site)
            watching = Complaints(made.complaints)
            logging.getLogger().addHandler(watching)
            yield made
            logging.getLogger().removeHandler(watching)


def running(client: httpx.AsyncClient, site: Site) -> Installation:
    assert client.base_url.port is not None
    agenda, meant = site.in_force.edition.agenda, fields(site)
    return Installation(
        port=client.base_url.port,
        paths=[*asked_of(build_app(site)), *(("GET", path) for path in FEEDS)],
        ids=[*meant["event"], *meant["site"], *(region.id for region in agenda.regions), "a.eml"],
        links=good_links(site),
        meant=meant,
    )


odd_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
nasty = st.one_of(st.sampled_from(NASTY), odd_text.map(lambda text: quote(text, safe="")))


def filling(of: Installation, name: str) -> st.SearchStrategy[str]:
    """What stands in braces: mostly something that leads somewhere."""
    good = st.sampled_from(of.links if name == "token" else of.ids)
    return st.one_of(good, good, nasty)


@st.composite
def targets(draw: st.DrawFn, of: Installation, path: str) -> str:
    """A route with something in its braces, or after its end, and a query."""
    path = re.sub(r"\{(\w+)[^}]*\}", lambda found: draw(filling(of, found[1])), path)
    match draw(st.integers(0, 9)):
        case 0:
            path = f"/{draw(nasty)}"
        case 1:
            path += draw(nasty)
        case 2:
            path += "/"
    asked = draw(st.lists(pairs(of, nasty), max_size=3))
    query = "&".join(f"{name}={value}" for name, value in asked)
    target = f"{path}?{query}" if query else path
    return re.sub(r"[\x00-\x20\x7f]", "", target.encode("utf-8", "replace").decode("latin-1"))


@st.composite
def pairs(draw: st.DrawFn, of: Installation, odd: st.SearchStrategy[str]) -> tuple[str, str]:
    """A field with a value that means something, or with an odd one."""
    name = draw(st.sampled_from(sorted(of.meant)))
    return name, draw(st.one_of(st.sampled_from(of.meant[name]), st.sampled_from(of.meant[name]), odd))


@st.composite
def bodies(draw: st.DrawFn, of: Installation, kind: str) -> bytes:
    """A form that means something, or bytes that mean nothing; of the kind that its header says, or not."""
    filled = draw(st.lists(pairs(of, odd_text), max_size=6))
    sound = multipart(filled) if kind == MULTIPART else urlencode(filled).encode()
    odd = st.one_of(st.binary(max_size=200), st.sampled_from([b"%", b"a" * 20_000, b"&=&=" * 500, b"--edge--", b"{}"]))
    return sound if draw(st.integers(0, 3)) else draw(odd)


def multipart(filled: Sequence[tuple[str, str]]) -> bytes:
    parts = (f'--edge\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in filled)
    return "".join([*parts, "--edge--\r\n"]).encode()


@st.composite
def requests(draw: st.DrawFn, of: Installation) -> Asked:
    method, path = draw(st.sampled_from(of.paths))
    if draw(st.integers(0, 9)) == 0:
        method = draw(st.sampled_from(["GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH"]))
    values = st.one_of(st.sampled_from(HEADER_VALUES), odd_text.map(lambda text: re.sub(r"[\x00-\x1f\x7f]", "", text)))
    headers = draw(st.lists(st.tuples(st.sampled_from(HEADERS), values), max_size=4))
    kind = draw(st.sampled_from(TYPES))
    return Asked(
        method=method,
        target=draw(targets(of, path)),
        headers=[*headers, ("Content-Type", kind)],
        body=draw(bodies(of, kind)) if method in ("POST", "PUT", "PATCH") else b"",
    )


def check(asked: Asked, answer: Answer) -> None:
    """What holds for every answer that there is."""
    assert 200 <= answer.status < 500
    assert not answer.all("set-cookie") or asked.target.partition("?")[0] == "/my-site"  # by a button that says so
    assert not answer.all("x-injected")
    assert answer.all("connection") in ([], ["close"])
    if asked.method != "HEAD" and answer.status not in WITHOUT_CONTENT:
        assert answer.all("transfer-encoding") or answer.one("content-length") == str(len(answer.body))
    if asked.target.startswith("/feeds/"):
        assert answer.status not in (*range(300, 304), *range(305, 400))
        assert not answer.all("content-encoding")
    if answer.body.startswith(b"Invalid HTTP request"):  # refused by the server, before there was a request to answer
        return
    if answer.status not in WITHOUT_CONTENT:
        assert answer.one("x-content-type-options") == "nosniff"
    if answer.one("content-type").startswith("text/html"):
        check_page(answer)


def check_page(answer: Answer) -> None:
    policy = answer.one("content-security-policy")
    body = gzip.decompress(answer.body) if answer.body and answer.one("content-encoding") == "gzip" else answer.body
    assert policy.startswith("default-src 'none'")
    assert "script-src 'unsafe" not in policy
    if "; sandbox" not in policy:  # a captured mail is shown as it came
        assert MARK.encode() not in body


@pytest.mark.asyncio(loop_scope="module")
@settings(max_examples=CASES)
@given(data=st.data())
async def test_anything_asked_gets_a_clean_answer(installation: Installation, data: st.DataObject) -> None:
    asked = data.draw(requests(installation))
    await check_both_ways(installation, asked)


@pytest.mark.asyncio(loop_scope="module")
async def test_every_route_gets_a_clean_answer(installation: Installation) -> None:
    """And every route is among those that are asked."""
    assert {("GET", "/"), ("POST", "/leave/{token:path}"), ("GET", "/outbox/{name}/html")} <= set(installation.paths)
    for method, path in installation.paths:
        await check_both_ways(installation, Asked(method=method, target=re.sub(r"\{[^}]*\}", "x", path)))


async def check_both_ways(installation: Installation, asked: Asked) -> None:
    """As asked, and as a browser would, which takes compressed answers; the server logs no error over it."""
    installation.complaints.clear()
    for each in (asked, asked.like_a_browser()):
        check(each, await installation.ask(each))
    assert installation.complaints == []
