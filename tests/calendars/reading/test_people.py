"""What agenda.yaml says about people: how long an address is kept, who may sign up, what they are told."""

from __future__ import annotations

from datetime import timedelta

import pytest

from calendars.documents import agenda_from_json, agenda_to_json, draft_digest
from calendars.feeds import feeds
from calendars.model.agenda import Agenda
from calendars.model.people import Privacy, Signups
from calendars.model.text import Text
from calendars.reading.configuration import read
from calendars.reading.yaml.people import LONGEST_RETENTION, NOTICE_LENGTH
from tests.support.factories import edition, text
from tests.support.older_editions import OLD_DIGEST, OLD_DOCUMENT
from tests.support.shipped import shipped_draft
from tests.support.small_config import agenda, draft, edited, problems

PEOPLE = """\
retencion: 180 d
altas: {dominios: [sre.gob.mx, "*.ine.mx"]}
privacidad: {texto: {es: Uno., en: One.}, enlace: https://ine.example/aviso}
recordatorios:
"""


def with_keys(lines: str) -> Agenda:
    return agenda(("recordatorios:\n", f"{lines}\nrecordatorios:\n"))


def notice(block: str) -> Text | None:
    privacy = with_keys(f"privacidad:\n  texto:\n    en: One.\n    es: {block}").privacy
    assert privacy is not None
    return privacy.text


def test_nothing_is_kept_opened_or_said_unless_the_agenda_says_so() -> None:
    for silent in (agenda(), with_keys("retencion: no\naltas: NO\nprivacidad: No")):
        assert (silent.retention, silent.signups, silent.privacy) == (None, None, None)


@pytest.mark.parametrize("written", ["180 d", "180d", '"180 d"', "180 D.", "180 días", "180 dias", "180 days"])
def test_retention_is_counted_in_days(written: str) -> None:
    assert with_keys(f"retencion: {written}").retention == timedelta(days=180)


def test_retention_goes_from_a_day_to_ten_years() -> None:
    assert with_keys("retencion: 1 día").retention == timedelta(days=1)
    assert with_keys("retencion: 3650 d").retention == LONGEST_RETENTION == timedelta(days=3650)


def test_domains_are_kept_once_in_their_ascii_form() -> None:
    signups = with_keys('altas: {dominios: [SRE.gob.mx, "@sre.gob.mx", méxico.example, "*.INE.mx"]}').signups
    assert signups == Signups(domains=("sre.gob.mx", "xn--mxico-bsa.example", "*.ine.mx"))


@pytest.mark.parametrize(("written", "links"), [("sí", True), ("si", True), ("no", False), ("true", True)])
def test_who_signed_up_sees_joining_links_where_it_is_written(written: str, *, links: bool) -> None:
    signups = with_keys(f"altas: {{dominios: [ine.mx], enlaces: {written}}}").signups
    assert signups == Signups(domains=("ine.mx",), links=links)


def test_unless_it_is_written_they_do_not_and_the_stored_document_is_what_it_was() -> None:
    silent = with_keys("altas: {dominios: [ine.mx]}")
    assert silent.signups == Signups(domains=("ine.mx",), links=False)
    assert "links" not in agenda_to_json(silent).partition('"signups"')[2]
    allowed = with_keys("altas: {dominios: [ine.mx], enlaces: sí}")
    assert agenda_from_json(agenda_to_json(allowed)) == allowed
    assert draft_digest(allowed, (), {}) != draft_digest(silent, (), {})


@pytest.mark.parametrize(
    "address",
    ["ana@sre.gob.mx", "Ana@SRE.Gob.MX", "a@méxico.example", "a@MÉXICO.example", "a@xn--mxico-bsa.example"],
)
def test_an_address_at_a_listed_domain_may_sign_up(address: str) -> None:
    assert Signups(domains=("sre.gob.mx", "xn--mxico-bsa.example")).admits(address)
    assert Signups(domains=("sre.gob.mx", "xn--mxico-bsa.example")).names(address)
    assert not Signups(domains=("*.mx", "*.example")).names(address)


@pytest.mark.parametrize(
    "address",
    [
        "ana@consulmex.sre.gob.mx",
        "ana@gob.mx",
        "ana@xsre.gob.mx",
        "ana@sre.gob.mx.example",
        "ana@sre.gob.mx@evil.example",
        "ana@sre.gob.mx\n",
        "ana@sre.gob.mx.",
        "ana@.sre.gob.mx",
        "ana@" + "x" * 2000 + ".sre.gob.mx",
        "@sre.gob.mx",
        "sre.gob.mx",
        "ana@",
        "",
    ],
)
def test_a_domain_covers_itself_only(address: str) -> None:
    assert not Signups(domains=("sre.gob.mx",)).admits(address)


@pytest.mark.parametrize(
    ("address", "admitted"),
    [
        ("ana@sre.gob.mx", True),
        ("ana@Consulmex.SRE.gob.mx", True),
        ("ana@gob.mx", False),
        ("ana@xgob.mx", False),
        ("ana@.gob.mx", False),
        ("ana@sre.gob.mx.evil.example", False),
    ],
)
def test_a_star_covers_what_lies_below_a_domain_and_not_the_domain(address: str, admitted: bool) -> None:
    assert Signups(domains=("ine.mx", "*.gob.mx")).admits(address) is admitted


@pytest.mark.parametrize("sign", ["|", "|-", ">", ">-", ""])
def test_an_empty_line_separates_paragraphs_whatever_sign_begins_the_block(sign: str) -> None:
    """YAML itself keeps an empty line of `|` as two line breaks, of `>` as one, which `|` has at each line's end."""
    block = f"{sign}\n      Se guarda\n      su correo.\n\n      Cada correo\n      trae un enlace.\n\n\n      Fin."
    told = notice(block)
    assert told == text("Se guarda su correo.\n\nCada correo trae un enlace.\n\nFin.", "One.")
    assert Privacy(text=told, url=None).paragraphs("es") == (
        "Se guarda su correo.",
        "Cada correo trae un enlace.",
        "Fin.",
    )
    assert Privacy(text=told, url=None).paragraphs("en") == ("One.",)


def test_a_line_of_spaces_is_an_empty_line() -> None:
    assert notice("|\n      Uno.\n       \n      Dos.") == text("Uno.\n\nDos.", "One.")


def test_a_notice_may_be_a_text_a_link_or_both() -> None:
    url = "https://ine.example/aviso"
    assert with_keys(f"privacidad: {{enlace: {url}}}").privacy == Privacy(text=None, url=url)
    assert with_keys("privacidad: {texto: Uno.}").privacy == Privacy(text=text("Uno."), url=None)
    both = with_keys(f"privacidad: {{texto: Uno., enlace: {url}}}").privacy
    assert both == Privacy(text=text("Uno."), url=url)
    assert Privacy(text=None, url=url).paragraphs("es") == ()


def test_a_notice_has_its_length() -> None:
    assert notice("x" * NOTICE_LENGTH) == text("x" * NOTICE_LENGTH, "One.")
    [problem] = problems(read(edited(("recordatorios:\n", f"privacidad: {{texto: {'x ' * 5001}}}\nrecordatorios:\n"))))
    assert problem.startswith("agenda.yaml:35:21: «x x x")
    assert problem.endswith("son 10001 caracteres; caben 10000. Acórtelo.")


def test_an_edition_stored_before_these_keys_still_loads() -> None:
    assert agenda_from_json(OLD_DOCUMENT) == agenda()


def test_an_unchanged_draft_is_still_the_one_published_before_these_keys() -> None:
    """Its bytes and its digest are as they were, so an upgrade alone leaves nothing to publish."""
    old = draft()
    assert agenda_to_json(old.agenda) == OLD_DOCUMENT
    assert draft_digest(old.agenda, old.recipients, old.links) == OLD_DIGEST


@pytest.mark.parametrize(
    "line", ["retencion: 180 d", "altas: {dominios: [ine.mx]}", "privacidad: {enlace: https://ine.example/aviso}"]
)
def test_each_key_survives_storage_and_changes_the_draft(line: str) -> None:
    changed = draft(("recordatorios:\n", f"{line}\nrecordatorios:\n"))
    assert agenda_from_json(agenda_to_json(changed.agenda)) == changed.agenda != agenda()
    assert draft_digest(changed.agenda, changed.recipients, changed.links) != OLD_DIGEST


def test_what_concerns_people_leaves_calendars_alone() -> None:
    """No byte, UID, SEQUENCE or digest of an event: nobody's calendar program hears of it."""
    plain = edition(agenda())
    said = edition(agenda(("recordatorios:\n", PEOPLE)))
    assert said.agenda != plain.agenda
    assert said.revisions == plain.revisions
    assert [(feed.path, feed.body) for feed in feeds(said)] == [(feed.path, feed.body) for feed in feeds(plain)]
    after = edition(said.agenda, previous=plain)
    assert after.revisions == plain.revisions
    assert [feed.body for feed in feeds(after)] == [feed.body for feed in feeds(plain)]


def test_the_shipped_notice_says_that_it_is_a_sample_and_the_shipped_domain_is_reserved() -> None:
    shipped = shipped_draft().agenda
    assert shipped.retention == timedelta(days=180)
    assert shipped.signups == Signups(domains=("sedes.example",))
    assert shipped.signups.admits(shipped_draft().recipients[0].address)
    assert shipped.privacy is not None
    assert shipped.privacy.paragraphs("es")[0].startswith("Texto de ejemplo: sustitúyalo")
    assert shipped.privacy.paragraphs("en")[0].startswith("Sample text: replace it")
    assert len(shipped.privacy.paragraphs("es")) == len(shipped.privacy.paragraphs("en")) == 3
