"""The fields of an event's form: what each is called and what is written in it, as docs/configuration.md says it."""

from __future__ import annotations

from collections.abc import Mapping

from calendars.catalogue import Phrase

LABELS: Mapping[str, Phrase] = {
    "id": Phrase("Identifier"),
    "titulo": Phrase("Title"),
    "tipo": Phrase("Kind"),
    "estado": Phrase("Status"),
    "fecha": Phrase("Date"),
    "dia": Phrase("Weekday"),
    "hora": Phrase("Hour", "of a form"),
    "duracion": Phrase("Duration"),
    "hasta": Phrase("Last day"),
    "pliegue": Phrase("Which of the two hours"),
    "para": Phrase("For whom"),
    "supuesto": Phrase("What the source does not say"),
    "eje": Phrase("Axis"),
    "lugar": Phrase("Place"),
    "descripcion": Phrase("Description"),
    "motivo": Phrase("Reason for the change"),
    "mensaje": Phrase("Message of your own"),
    "fuente": Phrase("Source"),
    "recordatorios": Phrase("Reminders of its own"),
    "cobertura": Phrase("Coverage"),
    "otras_sesiones": Phrase("Sessions of other regions"),
    "seguimiento": Phrase("Follow-up mail"),
    "enlace": Phrase("Link to join by"),
}
HELP: Mapping[str, Phrase] = {
    "id": Phrase("lower case, figures and hyphens; it never changes"),
    "titulo": Phrase("a text for both languages, or one for each"),
    "tipo": Phrase("what kind of event it is"),
    "estado": Phrase("tentative, confirmed, cancelled, held or undated"),
    "fecha": Phrase("the day, in the agenda’s zone, from 2000 to 2037"),
    "dia": Phrase("the day of the week; if it does not match the date, you are told"),
    "hora": Phrase("in the agenda’s zone; without it, the event is of whole days"),
    "duracion": Phrase("with an hour: 2 h, 90 min, 1 h 30 min; up to 24 h"),
    "hasta": Phrase("without an hour: the last day, included"),
    "pliegue": Phrase(
        "first or second, only if that hour comes twice (when summer time ends); the program asks for it"
    ),
    "para": Phrase("everybody, the coordination, regions, or single sites"),
    "supuesto": Phrase("what the source does not say and you put in; it is shown as assumed"),
    "eje": Phrase("the axis of work that it belongs to"),
    "lugar": Phrase("where it takes place; or that it is online"),
    "descripcion": Phrase("what will be done"),
    "motivo": Phrase("of a change or a cancellation; it stands in the mail"),
    "mensaje": Phrase("your words, at the head of the event’s mails; one language is enough"),
    "fuente": Phrase("where the information comes from"),
    "recordatorios": Phrase("rules for this event alone, one a line: P7D a las 09:00, PT1H"),
    "cobertura": Phrase("how many of each site have to come; without it, nobody counts them"),
    "otras_sesiones": Phrase(
        "yes: who cannot come at this hour may join the session of another region of the same kind; only with an hour"
    ),
    "seguimiento": Phrase(
        "yes: once it is recorded who came, a mail thanks the sites that did and asks those that did not; "
        "only with an hour"
    ),
    "enlace": Phrase("https://…; it goes into mails and private calendars only, never onto a page"),
}
