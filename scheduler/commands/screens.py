"""`agenda status`, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.model import Language, Text
from calendars.wording import short_date
from scheduler.delivery import State
from scheduler.status import Status

NO_ALERT, ALERTS = Text(es="SIN ALERTAS", en="NO ALERTS"), Text(es="ALERTAS {n}", en="ALERTS {n}")
EDITION = Text(es="edición {number} ({author}, {day})", en="edition {number} ({author}, {day})")
NO_EDITION = Text(es="sin edición publicada", en="nothing published yet")
DRAFTS = {
    None: Text(es="borrador CON PROBLEMAS: agenda check", en="draft HAS PROBLEMS: agenda check"),
    0: Text(es="borrador sin cambios", en="draft unchanged"),
    -1: Text(
        es="borrador con cambios de destinatarios o enlaces sin publicar",
        en="draft with unpublished changes to recipients or links",
    ),
}
DRAFT = Text(es="borrador con {n} cambios sin publicar", en="draft with {n} unpublished changes")
STOPPED = Text(es="ENVÍO DETENIDO desde {since}: agenda resume", en="SENDING STOPPED since {since}: agenda resume")
NO_RELAY = Text(
    es="Aquí no está definido AGENDA_SMTP_URL: serve no enviaría correos.",
    en="AGENDA_SMTP_URL is not set here: serve would send no mail.",
)
LATE = Text(es="Atrasado: hay correos que debieron salir desde {since} UTC", en="Late: mail was due since {since} UTC")
ZONES = Text(
    es="Las reglas de zonas horarias de este equipo no son las de la edición vigente.",
    en="The zone data of this machine is not that of the edition in force.",
)
SHIFTED = Text(
    es="Con ellas cambia la hora de: {events}. Sus correos esperan: actualice los datos o publique de nuevo.",
    en="They give another time for: {events}. Their mail waits: renew the data, or publish again.",
)
UNCOVERED = Text(es="Sin destinatario vivo: {sites}", en="Nobody left to write to: {sites}")
TODAY = Text(
    es="Hoy: {due} previstos · {accepted} entregados al servidor · {waiting} en espera",
    en="Today: {due} planned · {accepted} handed to the server · {waiting} waiting",
)
STATES = Text(
    es="Inciertos {uncertain} · retenidos {held} · próximo {next}",
    en="Uncertain {uncertain} · held {held} · next {next}",
)
LEFT = Text(
    es="Pidieron no recibir recordatorios: {posts}",
    en="Posts that asked for no reminders: {posts}",
)
POSTS = Text(
    es="Suscritos por su cuenta: {signed_up} · direcciones malas: {bad}",
    en="Signed up by themselves: {signed_up} · bad addresses: {bad}",
)


def status_lines(found: Status, draft: int | None, *, sends: bool, lang: Language) -> Iterator[str]:
    """The screen, alerts first."""
    alerts = NO_ALERT[lang] if not found.alerts else ALERTS[lang].format(n=found.alerts)
    yield " · ".join((alerts, _edition(found, lang), _draft(draft, lang), f"tz {found.zone_version}"))
    if found.stopped_since is not None:
        yield STOPPED[lang].format(since=found.stopped_since)
    if found.late_since is not None:
        yield LATE[lang].format(since=f"{found.late_since:%Y-%m-%d %H:%M}")
    if not found.zone_agrees:
        yield ZONES[lang]
    if found.shifted:
        yield SHIFTED[lang].format(events=", ".join(found.shifted))
    if found.uncovered:
        yield UNCOVERED[lang].format(sites=", ".join(found.uncovered))
    if not sends:
        yield NO_RELAY[lang]
    today = found.today
    yield TODAY[lang].format(due=today.due, accepted=today.accepted, waiting=today.waiting)
    following = "—" if found.next_at is None else f"{found.next_at:%Y-%m-%d %H:%M} UTC"
    uncertain, held = found.totals.of(State.UNCERTAIN), found.totals.of(State.HELD)
    yield STATES[lang].format(uncertain=uncertain, held=held, next=following)
    posts = found.posts
    if posts.left:
        yield LEFT[lang].format(posts=", ".join(posts.left))
    if posts.signed_up or posts.bad_addresses:
        yield POSTS[lang].format(signed_up=posts.signed_up, bad=posts.bad_addresses)


def _edition(found: Status, lang: Language) -> str:
    if found.edition is None or found.published is None:
        return NO_EDITION[lang]
    day = short_date(found.published.date(), lang)
    return EDITION[lang].format(number=found.edition, author=found.author, day=day)


def _draft(draft: int | None, lang: Language) -> str:
    return DRAFTS[draft][lang] if draft in DRAFTS else DRAFT[lang].format(n=draft)


def status_json(found: Status, draft: int | None, *, sends: bool) -> dict[str, object]:
    return {
        "alerts": found.alerts,
        "edition": found.edition,
        "author": found.author,
        "published": found.published,
        "draft": {"valid": draft is not None, "changes": draft},
        "zone_version": found.zone_version,
        "zone_agrees": found.zone_agrees,
        "shifted": list(found.shifted),
        "stopped_since": found.stopped_since,
        "smtp": sends,
        "late_since": found.late_since,
        "next_at": found.next_at,
        "today": {"due": found.today.due, "accepted": found.today.accepted, "waiting": found.today.waiting},
        "states": dict(found.totals.states),
        "uncovered": list(found.uncovered),
        "left": list(found.posts.left),
        "signed_up": found.posts.signed_up,
        "bad_addresses": found.posts.bad_addresses,
    }
