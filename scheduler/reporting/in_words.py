"""`agenda status`, in the words of whoever reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

from calendars.model.text import Language, Text
from calendars.shifts import Shift
from calendars.wording import Count, and_list, short_date
from calendars.zones import ZoneData, to_wall
from scheduler.base.settings import Pace
from scheduler.planning.delivery import State
from scheduler.publishing.prospect import Unpublished
from scheduler.reporting.acceptances import Acceptances
from scheduler.reporting.feasts import OpenFeast
from scheduler.reporting.status import Status
from scheduler.store.nodes import Node
from scheduler.wording.events import sites_count

NO_ALERT, ALERTS = Text(es="SIN ALERTAS", en="NO ALERTS"), Text(es="ALERTAS {n}", en="ALERTS {n}")
EDITION = Text(es="edición {number} ({author}, {day})", en="edition {number} ({author}, {day})")
NO_EDITION = Text(es="sin edición publicada", en="nothing published yet")
DRAFT_WRONG = Text(es="borrador CON PROBLEMAS: agenda check", en="draft HAS PROBLEMS: agenda check")
DRAFT_SAME = Text(es="borrador sin cambios", en="draft unchanged")
DRAFT_BESIDE = Text(es="borrador con cambios sin publicar", en="draft with unpublished changes")
BESIDE = Text(es=", y además {parts}", en=", and besides {parts}")
DRAFT = Text(es="borrador con {n} {n:cambio|cambios} sin publicar", en="draft with {n} unpublished {n:change|changes}")
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
    es="Con ellas es otra la hora de {n} {n:sesión|sesiones} (evento y sede). Sus correos esperan. Si "
    "este equipo tiene las "
    "reglas nuevas: agenda impact --shifted, y agenda publish --shifted; si no, actualícelas aquí.",
    en="They give another hour for {n} {n:session|sessions} (event and site). Their mail waits. If this "
    "machine has the newer "
    "rules: agenda impact --shifted, then agenda publish --shifted; if not, renew them here.",
)
SHIFT = Text(
    es="  {event}, {site}: se publicó {promised}, ahora da {now}",
    en="  {event}, {site}: published {promised}, now {now}",
)
NO_HOUR = Text(es="ninguna hora, o dos", en="no hour, or two")
SHIFTS_NAMED = 12
UNCOVERED = Text(es="Sin destinatario vivo: {sites}", en="Nobody left to write to: {sites}")
ENDINGS = {
    "bounced": Text(es="rebote {day}", en="bounced {day}"),
    "refused": Text(es="dirección rechazada {day}", en="address refused {day}"),
    "left": Text(es="pidió no recibir {day}", en="asked for none {day}"),
    "removed": Text(es="sin puesto desde {day}", en="no post since {day}"),
}
LACKING = Text(
    es="Sin quien asista: {event}, {sites} ({day}){coordination}: agenda answers {id}",
    en="Nobody to come: {event}, {sites} ({day}){coordination}: agenda answers {id}",
)
UNCOORDINATED = Text(es="; regiones sin coordinación: {n}", en="; regions without a coordinator: {n}")
NOT_ADOPTED = Text(
    es="Base copiada o restaurada: no se envía nada hasta «agenda adopt».",
    en="This database was copied or restored: nothing is sent until `agenda adopt`.",
)
FAULT = Text(
    es="El servidor de correo rechaza esta instalación ({node}): {reason}. Próximo intento {until} UTC.",
    en="The mail server refuses this installation ({node}): {reason}. Next try {until} UTC.",
)
AWAY = Text(
    es="El servidor de correo no responde a {node}: {reason}. Próximo intento {until} UTC.",
    en="The mail server does not answer {node}: {reason}. Next try {until} UTC.",
)
DIFFERING = Text(
    es="Nodos con otras reglas de zonas horarias que la edición: {nodes}",
    en="Nodes with other zone data than the edition: {nodes}",
)
DOUBTED = Text(
    es="Avisos de direcciones malas, en duda: {n}. Llegaron demasiados y no se hace caso de ninguno sin una decisión: "
    "agenda suppressions --doubted",
    en="Reports of bad addresses, in doubt: {n}. Too many came at once, and none counts until somebody decides: "
    "agenda suppressions --doubted",
)
BLAMED = Text(
    es="Vuelve correo de {n} {n:puesto|puestos} por causa de esta instalación (listas negras, políticas, remitente o "
    "contenido), no de sus direcciones: {why}",
    en="Mail to {n} {n:post|posts} comes back for a fault of this installation (block lists, policy, sender or "
    "content), not of their addresses: {why}",
)
LOST = Text(
    es="Avisos de correo devuelto que no se sabe de quién son (30 días): {n}, de ellos con la dirección de un puesto: "
    "{naming}. No cuentan para nadie; véase «What comes back» en docs/operations.md.",
    en="Reports of returned mail that cannot be told whose (30 days): {n}, of which with the address of a post: "
    '{naming}. They count for nobody; see "What comes back" in docs/operations.md.',
)
UNREAD = Text(
    es="Salen invitaciones y nadie lee las respuestas: «agenda inbox» {since}.",
    en="Invitations leave and nobody reads the answers: `agenda inbox` {since}.",
)
NEVER = Text(es="no se ha ejecutado nunca", en="was never run")
LAST_RUN = Text(es="se ejecutó por última vez el {at} UTC", en="last ran on {at} UTC")
MISSED = Text(
    es="{n} {n:puesto eligió|puestos eligieron} invitaciones y no las {n:recibe|reciben}: "
    "AGENDA_INVITATIONS está apagado.",
    en="{n} {n:post|posts} chose invitations and {n:gets|get} none: AGENDA_INVITATIONS is off.",
)
TODAY = Text(
    es="Hoy: {due} previstos · {accepted} entregados al servidor · {waiting} en espera{pace}",
    en="Today: {due} planned · {accepted} handed to the server · {waiting} waiting{pace}",
)
PACE = Text(es=" (límite {rate}/min, fin {end})", en=" (limit {rate}/min, done {end})")
STATES = Text(
    es="Inciertos {uncertain} · retenidos {held} · próximo {next} · nodos que envían {nodes}",
    en="Uncertain {uncertain} · held {held} · next {next} · nodes that send {nodes}",
)
HELD = Text(
    es='Ver los retenidos: agenda deliveries --state held. Enviarlos: agenda deliveries release --all --reason "…"',
    en='See what is held: agenda deliveries --state held. Send it: agenda deliveries release --all --reason "…"',
)
QUARANTINED = Text(
    es="Correos entrantes que no se pudieron leer, en 30 días: {n}. Verlos: agenda quarantine",
    en="Incoming messages that could not be read, in 30 days: {n}. See them: agenda quarantine",
)
FEAST = Text(
    es="Feriado por confirmar: {day}, {name} ({where}): {n} {n:recordatorio|recordatorios} y {events} "
    "{events:evento|eventos} ese día. Confírmelo, o quítelo, con un renglón en festivos.csv.",
    en="Holiday to be confirmed: {day}, {name} ({where}): {n} {n:reminder|reminders} and {events} "
    "{events:event|events} on that day. Confirm it, or take it away, by a row in festivos.csv.",
)
FEASTS_NAMED = 12
LEFT = Text(
    es="Pidieron no recibir recordatorios: {posts}",
    en="Posts that asked for no reminders: {posts}",
)
POSTS = Text(
    es="Suscritos por su cuenta: {signed_up} · direcciones malas: {bad}",
    en="Signed up by themselves: {signed_up} · bad addresses: {bad}",
)


def status_lines(found: Status, draft: Unpublished | None, *, pace: Pace | None, lang: Language) -> Iterator[str]:
    """The screen, alerts first. `pace` is that of this environment; None where it sends no mail."""
    alerts = NO_ALERT[lang] if not found.alerts else ALERTS[lang].format(n=found.alerts)
    yield " · ".join((alerts, _edition(found, lang), _draft(draft, lang), f"tz {_data(found.zone_data)}"))
    yield from _alarms(found, lang)
    if pace is None:
        yield NO_RELAY[lang]
    today = found.today
    yield TODAY[lang].format(
        due=today.due, accepted=today.accepted, waiting=today.waiting, pace=_paced(found, pace, lang)
    )
    following = "—" if found.next_at is None else f"{_utc(found.next_at)} UTC"
    uncertain, held = found.totals.of(State.UNCERTAIN), found.totals.of(State.HELD)
    yield STATES[lang].format(uncertain=uncertain, held=held, next=following, nodes=len(found.nodes))
    if held:
        yield HELD[lang]
    if found.quarantined:
        yield QUARANTINED[lang].format(n=found.quarantined)
    yield from (_feast(one, lang) for one in found.feasts[:FEASTS_NAMED])
    if len(found.feasts) > FEASTS_NAMED:
        yield "  …"
    posts = found.posts
    if posts.left:
        yield LEFT[lang].format(posts=", ".join(posts.left))
    if posts.signed_up or posts.bad_addresses:
        yield POSTS[lang].format(signed_up=posts.signed_up, bad=posts.bad_addresses)
    if found.lost.count:
        yield LOST[lang].format(n=found.lost.count, naming=found.lost.naming)


def _alarms(found: Status, lang: Language) -> Iterator[str]:
    """What wants somebody to act, the worst first."""
    if found.stopped_since is not None:
        yield STOPPED[lang].format(since=found.stopped_since)
    if not found.adopted:
        yield NOT_ADOPTED[lang]
    for node in found.paused:
        until = "—" if node.relay.paused_until is None else _utc(node.relay.paused_until)
        says = FAULT if node.relay.fault else AWAY
        yield says[lang].format(node=node.owner, reason=node.relay.reason, until=until)
    if found.late_since is not None:
        yield LATE[lang].format(since=_utc(found.late_since))
    if not found.zone_agrees:
        yield ZONES[lang]
    if found.shifted:
        yield SHIFTED[lang].format(n=Count(len(found.shifted)))
        yield from (_shift(one, lang) for one in found.shifted[:SHIFTS_NAMED])
        if len(found.shifted) > SHIFTS_NAMED:
            yield "  …"
    if found.differing:
        yield DIFFERING[lang].format(nodes=", ".join(found.differing))
    yield from _answering(found, lang)
    if found.blamed.alarming:
        yield BLAMED[lang].format(n=Count(found.blamed.posts), why=found.blamed.why)
    if found.doubted:
        yield DOUBTED[lang].format(n=found.doubted)
    if found.uncovered:
        yield UNCOVERED[lang].format(sites=", ".join(_lost(found, lang)))
    yield from (_lacking(one, found, lang) for one in found.lacking)


def _lacking(one: Acceptances, found: Status, lang: Language) -> str:
    assert found.agenda is not None, "an event is of an agenda"
    day = short_date(to_wall(one.begins, found.agenda.zone).date(), lang)
    regions = UNCOORDINATED[lang].format(n=len(one.uncoordinated)) if one.uncoordinated else ""
    return LACKING[lang].format(
        event=one.event.title[lang],
        sites=sites_count(len(one.lacking), lang),
        day=day,
        coordination=regions,
        id=one.event.id,
    )


def _data(used: ZoneData) -> str:
    """Its version, and where it lies if it is not pytz's own."""
    return used.version if used.folder is None else f"{used.version}, {used.folder}"


def _answering(found: Status, lang: Language) -> Iterator[str]:
    stands = found.answering
    if stands.unread(found.at):
        run = NEVER[lang] if stands.read_at is None else LAST_RUN[lang].format(at=_utc(stands.read_at))
        yield UNREAD[lang].format(since=run)
    if stands.missed:
        yield MISSED[lang].format(n=Count(stands.posts))


def _shift(one: Shift, lang: Language) -> str:
    now = NO_HOUR[lang] if one.now is None else f"{one.now:%Y-%m-%d %H:%M}"
    return SHIFT[lang].format(event=one.event, site=one.site, promised=f"{one.promised:%Y-%m-%d %H:%M}", now=now)


def _feast(one: OpenFeast, lang: Language) -> str:
    return FEAST[lang].format(
        day=short_date(one.day, lang),
        name=one.name[lang],
        where=one.country,
        n=Count(one.reminders),
        events=Count(len(one.events)),
    )


def _lost(found: Status, lang: Language) -> Iterator[str]:
    """Each site with nobody left, by its city, with what happened and on which day of its own."""
    known = {} if found.agenda is None else {site.id: site for site in found.agenda.representations}
    for one in found.uncovered:
        site = known.get(one.site)
        day = one.since.date() if site is None else to_wall(one.since, site.zone).date()
        name = one.site if site is None else site.city
        yield f"{name} ({ENDINGS[one.reason][lang].format(day=short_date(day, lang))})"


def _paced(found: Status, pace: Pace | None, lang: Language) -> str:
    """The limit and by when, on the clocks of the agenda's zone, it lets through what waits."""
    done = None if pace is None else found.done_by(pace)
    if pace is None or done is None or found.agenda is None:
        return ""
    wall, today = to_wall(done, found.agenda.zone), to_wall(found.at, found.agenda.zone).date()
    day = "" if wall.date() == today else f"{short_date(wall.date(), lang)} "
    return PACE[lang].format(rate=pace.per_minute, end=f"{day}{wall:%H:%M}")


def _utc(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _edition(found: Status, lang: Language) -> str:
    if found.edition is None or found.published is None:
        return NO_EDITION[lang]
    day = short_date(found.published.date(), lang)
    return EDITION[lang].format(number=found.edition, author=found.author, day=day)


def _draft(draft: Unpublished | None, lang: Language) -> str:
    if draft is None:
        return DRAFT_WRONG[lang]
    if not draft.unequal:
        return DRAFT_SAME[lang]
    beside = and_list(draft.beside, lang)
    if draft.events:
        return DRAFT[lang].format(n=Count(draft.events)) + (BESIDE[lang].format(parts=beside) if beside else "")
    return DRAFT_BESIDE[lang] + (f": {beside}" if beside else "")


def _node_json(node: Node, found: Status) -> dict[str, object]:
    return {
        "node": node.owner,
        "since": node.started_at,
        "zone_agrees": node.owner not in found.differing,
        "relay": asdict(node.relay),
    }


def _draft_json(draft: Unpublished | None) -> dict[str, object]:
    if draft is None:
        return {"valid": False, "changes": None, "beside": []}
    return {"valid": True, "changes": draft.changes, "beside": list(draft.beside)}


def status_json(found: Status, draft: Unpublished | None, *, pace: Pace | None) -> dict[str, object]:
    return {
        "alerts": found.alerts,
        "edition": found.edition,
        "author": found.author,
        "published": found.published,
        "draft": _draft_json(draft),
        "zone_version": found.zone_data.version,
        "zone_digest": found.zone_data.digest,
        "zone_folder": found.zone_data.folder,
        "zone_agrees": found.zone_agrees,
        "shifted": [
            {"event": one.event, "site": one.site, "promised": one.promised, "now": one.now} for one in found.shifted
        ],
        "stopped_since": found.stopped_since,
        "smtp": pace is not None,
        "late_since": found.late_since,
        "next_at": found.next_at,
        "today": {"due": found.today.due, "accepted": found.today.accepted, "waiting": found.today.waiting},
        "done_by": None if pace is None else found.done_by(pace),
        "states": dict(found.totals.states),
        "uncovered": [one.site for one in found.uncovered],
        "uncovered_since": {one.site: {"reason": one.reason, "since": one.since} for one in found.uncovered},
        "lacking": {one.event.id: [tally.site.id for tally in one.lacking] for one in found.lacking},
        "adopted": found.adopted,
        "nodes": [_node_json(node, found) for node in found.nodes],
        "left": list(found.posts.left),
        "signed_up": found.posts.signed_up,
        "bad_addresses": found.posts.bad_addresses,
        "quarantined": found.quarantined,
        "doubted": found.doubted,
        "blamed": asdict(found.blamed),
        "lost_reports": asdict(found.lost),
        "unconfirmed_holidays": [{**asdict(one), "day": one.day.isoformat()} for one in found.feasts],
        "invitations": {"on": found.answering.on, "posts": found.answering.posts, "inbox": found.answering.read_at},
    }
