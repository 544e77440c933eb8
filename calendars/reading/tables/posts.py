"""recipients.csv -> the posts that reminders go to."""

from __future__ import annotations

from calendars.addresses import masked
from calendars.catalogue import Phrase
from calendars.model.people import Recipient, Role
from calendars.reading import values, words
from calendars.reading.addresses import address
from calendars.reading.context import SITE, Context, Once, reference
from calendars.reading.problems import AlreadyReported, Report, known
from calendars.reading.tables.rows import TableRow, check_once, table

POST_COLUMNS = ("id", "sede", "correo", "idioma", "puesto", "alta")
POST_EXTRAS = ("papel",)
MAX_POSTS = 200_000
_LANGUAGE = values.one_of(words.LANGUAGES, "unknown-language", Phrase("language"))
_ROLE = values.one_of(words.ROLES, "unknown-role", Phrase("role"))


def recipients(text: str, context: Context, report: Report) -> tuple[Recipient, ...]:
    """The posts that can be read: each id once, each address once at a site. Puts their lines into the context."""
    ids = Once(noun=Phrase("the id"))
    posts = Once(noun=Phrase("the address"), rule="duplicate-row", ids=False)
    found = []
    for row in table(text, report, required=POST_COLUMNS, optional=POST_EXTRAS, limit=MAX_POSTS):
        try:
            found.append(_post(row, context, ids, posts))
        except AlreadyReported:
            continue
        context.posts[found[-1].id] = row.line.start.line
    return tuple(found)


def _post(row: TableRow, context: Context, ids: Once, posts: Once) -> Recipient:
    id_ = row.value("id", values.identifier)
    site = row.value("sede", lambda name: reference(name, context.sites, "unknown-site", SITE))
    mail = row.value("correo", address)
    language, post = row.value("idioma", _LANGUAGE), row.value("puesto", values.line)
    joined, role = row.value("alta", values.day), row.optional("papel", _ROLE)
    if id_:
        check_once(row, "id", ids, id_, id_)
    if mail and site:
        check_once(row, "correo", posts, (mail.lower(), site), masked(mail))
    row.finish()
    return Recipient(
        id=known(id_),
        site=known(site),
        address=known(mail),
        language=known(language),
        post=known(post),
        joined=known(joined),
        role=role or Role.HOLDER,
    )
