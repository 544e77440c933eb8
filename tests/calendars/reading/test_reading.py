"""What administrators write is understood: the values, and the slips that leave only one meaning."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest

from calendars import catalogue
from calendars.model.agenda import Figure
from calendars.model.days import HomeHolidays
from calendars.model.events import Assumption, Audience, Days, EventKind, EventStatus, Timed
from calendars.model.rules import DaysBefore, Quiet, TimeBefore
from calendars.model.text import Text
from calendars.reading import values, words
from calendars.reading.configuration import read
from tests.support.small_config import SITES, agenda, draft, edited, event, files, problems

HOUR = '    hora: "09:00"\n'


def test_a_workshop_is_read_with_all_that_its_keys_say() -> None:
    workshop = event()
    assert workshop.id == "taller-europa"
    assert workshop.title == Text(es="Taller, Europa", en="Workshop, Europe")
    assert (workshop.kind, workshop.status) == (EventKind.WORKSHOP, EventStatus.CONFIRMED)
    assert workshop.when == Timed(wall=datetime(2021, 10, 26, 9), duration=timedelta(hours=2))
    assert workshop.audience == Audience(kind="regions", ids=("europa",))
    assert (workshop.axis, workshop.source) == ("promocion", "Nota")
    assert workshop.assumed == (Assumption.DURATION,)
    assert workshop.rules is None


def test_an_event_without_an_hour_is_whole_days() -> None:
    drive = agenda().events[1]
    assert drive.when == Days(first=date(2022, 2, 1), last=date(2022, 2, 7))
    assert drive.title == Text(es="Jornada", en="Jornada")
    assert drive.axis is None


def test_an_event_of_one_day_needs_no_last_day() -> None:
    assert agenda(("    hasta: 2022-02-07\n", "")).events[1].when == Days(first=date(2022, 2, 1), last=date(2022, 2, 1))


def test_the_sender_reminders_and_posts_are_read() -> None:
    small = draft()
    assert small.agenda.sender.name == "Agenda"
    assert small.agenda.sender.address == "avisos@agenda.example"
    assert small.agenda.reminders.timed == (DaysBefore(days=7, at=time(9)), TimeBefore(minutes=60))
    assert small.agenda.reminders.days == (DaysBefore(days=1, at=time(9)),)
    assert small.agenda.quiet is None
    assert [post.site for post in small.recipients] == ["madrid", "tokio"]
    assert small.recipients[0].post == "Sección Consular"
    assert small.recipients[0].joined == date(2021, 10, 1)
    assert small.links == {"taller-europa": "https://reuniones.example/j/1"}


def test_the_title_of_the_agenda_defaults_to_its_id() -> None:
    assert agenda().title == Text(es="prueba-2021", en="prueba-2021")
    assert agenda(("publicada", "titulo: {es: Prueba, en: Test}\npublicada")).title == Text(es="Prueba", en="Test")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("estado: confirmado", "estado: CONFIRMADO"),
        ("estado: confirmado", 'estado: " confirmado  "'),
        ("dia: martes", "dia: Martes"),
        ("dia: martes", "dia: mar."),
        ("dia: martes", "dia: Tuesday"),
        ("{region: Europa}", "{region: EUROPA}"),
        ("{region: Europa}", "{regiones: [europa, Europa]}"),
        ('hora: "09:00"', "hora: 9:00"),
        ('hora: "09:00"', "hora: 09:00"),
        ('hora: "09:00"', "hora: 9:00 h"),
        ('hora: "09:00"', "hora: 09:00 hrs."),
        ('hora: "09:00"', "hora: “09:00”"),
        ('hora: "09:00"', "hora: 9:00:00"),
        ("fecha: 2021-10-26", "fecha: 2021-10-26   "),
        ("duracion: 2 h", "duracion: 120 min"),
        ("duracion: 2 h", "duracion: 2h"),
        ("duracion: 2 h", "duracion: 1 h 60 min"),
        ("duracion: 2 h", "duracion: 2 horas"),
        ("supuesto: [duracion]", "supuesto: [Duración, duracion]"),
        ("supuesto: [duracion]", "supuesto:\n      - duracion"),
        ("eje: promocion", "eje: Promoción"),
        ("zona: TCM", "zona: tcm"),
        ("zona: TCM", "zona: America/Mexico_City"),
        ("zona: TCM", "zona: america/mexico_city"),
        ("P7D a las 09:00", "p7d a las 9:00 h"),
        ("tipo: taller", "tipo:\ttaller\t"),
        ("tipo: taller", "tipo: taller   # el primero"),
        ("tipo: taller", "tipo:\u00a0taller"),
        ("\neventos:", "\n\t\n  \t# comentario\neventos:"),
        ("ayuda@agenda.example", " ayuda@AGENDA.example "),
        ("Agenda <avisos", "Agenda  <avisos"),
        ("formato: 1", "%YAML 1.2\n---\nformato: 1"),
    ],
)
def test_a_slip_with_one_meaning_changes_nothing(old: str, new: str) -> None:
    assert draft((old, new)) == draft()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("es,Sección", "Español,Sección"),
        ("tokio-consular,tokio,tokio@", "tokio-consular,Tokio,tokio@"),
        ("Asia Pacífico,Asia/Tokyo", "ASIA PACIFICO,Asia/Tokyo"),
        ("Asia/Tokyo", " asia/tokyo "),
        ("JP", "jp"),
        (",2021-10-01\ntokio", ",2021-10-1\ntokio"),
        ("id,sede,correo,idioma,puesto,alta", "ID,Sede, Correo ,IDIOMA,puesto,alta"),
        ("id,sede,correo,idioma,puesto,alta", '"id","sede","correo","idioma","puesto","alta"'),
        ("madrid-consular,madrid,", '"madrid-consular" , "madrid",'),
        ("id,sede", "\n\nid,sede"),
        ("\ntokio-consular", "\n,,,,,\n\n  \ntokio-consular"),
    ],
)
def test_a_slip_in_a_table_with_one_meaning_changes_nothing(old: str, new: str) -> None:
    assert draft((old, new)) == draft()


def test_a_quoted_cell_may_hold_the_separator_and_quotes() -> None:
    assert (
        draft(("Sección Consular", '"Sección Consular, ""norte"""')).recipients[0].post == 'Sección Consular, "norte"'
    )
    assert draft(("Sección Consular", 'Sección "Consular"')).recipients[0].post == 'Sección "Consular"'


def test_columns_may_come_in_any_order_and_empty_ones_at_the_end_do_no_harm() -> None:
    text = "sede,id,alta,puesto,idioma,correo,,\ntokio,a,2021-10-01,Cónsul,en,a@b.example,,\n,,,,,,,\n"
    reading = read(files(recipients=text))
    assert reading.draft is not None, problems(reading)
    [post] = reading.draft.recipients
    assert (post.id, post.site, post.language, post.post) == ("a", "tokio", "en", "Cónsul")


@pytest.mark.parametrize(
    ("written", "days"),
    [("vie sáb", (4, 5)), ("Fri-Sat", (4, 5)), ("viernes/sábado", (4, 5)), ("domingo", (6,)), ("dom y lun", (0, 6))],
)
def test_a_site_may_have_its_own_weekend_and_hours(written: str, days: tuple[int, ...]) -> None:
    site = agenda(
        ("time_zone,source", "time_zone,weekend,opens,closes"),
        ("Europe/Madrid,prueba", f"Europe/Madrid,{written},8:30,15:00"),
        ("Asia/Tokyo,prueba", "Asia/Tokyo,,,"),
    ).representations
    assert (site[0].weekend, site[0].opens, site[0].closes) == (days, time(8, 30), time(15))
    assert (site[1].weekend, site[1].opens, site[1].closes) == (None, time(9), time(18))


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (
            "todos,,",
            "84: día «todos» no existe. Puede ser: lunes, martes, miércoles, jueves, viernes, sábado, domingo.",
        ),
        (
            "lun mar mié jue vie sáb dom,,",
            "84: el fin de semana debe nombrar de uno a seis días, por ejemplo «vie sáb».",
        ),
        (",18:00,09:00", "91: la sede abre a las 18:00 y cierra a las 09:00. Corrija «opens» o «closes»."),
        (",19:00,", "85: la sede abre a las 19:00 y cierra a las 18:00. Corrija «opens» o «closes»."),
    ],
)
def test_a_weekend_or_hours_that_cannot_be_are_refused(cells: str, expected: str) -> None:
    edits = (
        ("time_zone,source", "time_zone,weekend,opens,closes"),
        ("Europe/Madrid,prueba", f"Europe/Madrid,{cells}"),
        ("Asia/Tokyo,prueba", "Asia/Tokyo,,,"),
    )
    assert problems(read(edited(*edits))) == [f"representations.csv:2:{expected}"]


@pytest.mark.parametrize(
    ("written", "audience"),
    [
        ("todas", Audience(kind="all")),
        ("Coordinación", Audience(kind="coordination")),
        ("{regiones: [Europa, Asia Pacífico]}", Audience(kind="regions", ids=("europa", "asia-pacifico"))),
        ("{sedes: [tokio, Madrid]}", Audience(kind="sites", ids=("tokio", "madrid"))),
    ],
)
def test_every_audience_can_be_named(written: str, audience: Audience) -> None:
    assert event(("{region: Europa}", written)).audience == audience


@pytest.mark.parametrize("zone", ["Europe/Kyiv", "Asia/Kolkata", "America/Ciudad_Juarez", "US/Pacific"])
def test_any_name_of_the_time_zone_database_serves(zone: str) -> None:
    """CLDR, which the suggestions come from, lacks some of them."""
    assert agenda(("zona: TCM", f"zona: {zone}")).zone == zone


def test_an_event_may_be_undated_until_it_is_known() -> None:
    undated = agenda(
        ("estado: tentativo\n    fecha: 2022-02-01\n    hasta: 2022-02-07\n", "estado: Sin Fecha\n")
    ).events[1]
    assert undated.status is EventStatus.UNSCHEDULED
    assert undated.when is None


def test_a_cancelled_event_keeps_its_date_and_says_why() -> None:
    cancelled = event(("estado: confirmado", 'estado: cancelado\n    motivo: "Se pospone."'))
    assert cancelled.status is EventStatus.CANCELLED
    assert isinstance(cancelled.when, Timed)
    assert cancelled.reason == Text(es="Se pospone.", en="Se pospone.")


def test_an_event_may_have_place_description_and_rules_of_its_own() -> None:
    own = event(
        (HOUR, HOUR + "    lugar: {es: Virtual, en: Online}\n    recordatorios: [P0D a las 8:00, PT1H30M]\n"),
        ("    fuente: Nota\n", "    fuente: Nota\n    descripcion: >\n      Uno\n      y dos\n"),
    )
    assert own.place == Text(es="Virtual", en="Online")
    assert own.description == Text(es="Uno y dos", en="Uno y dos")
    assert own.rules == (DaysBefore(days=0, at=time(8)), TimeBefore(minutes=90))
    assert event((HOUR, HOUR + "    recordatorios: []\n")).rules == ()


def test_quiet_hours_are_read_or_declined() -> None:
    assert agenda(("recordatorios:", "silencio: 22:00–6:00\nrecordatorios:")).quiet == Quiet(
        start=time(22), end=time(6)
    )
    assert agenda(("recordatorios:", "silencio: NO\nrecordatorios:")).quiet is None


COMMITMENT_AND_ADVANCE = """\
compromisos:
  - {id: c-1, titulo: Uno, sesion: Primera, fecha: 2021-9-28, informe: COVE, fuente: n}
avances:
  - id: dos
    titulo: Dos
    eje: sin asignar
    cifras:
      - {valor: 275000, unidad: {es: dípticos, en: leaflets}, aproximado: sí}
      - {valor: 145, unidad: sedes}
    fuente: n
recordatorios:
"""


def test_commitments_and_advances_are_read() -> None:
    parts = agenda(("recordatorios:\n", COMMITMENT_AND_ADVANCE))
    [commitment], [advance] = parts.commitments, parts.advances
    assert (commitment.date, commitment.report) == (date(2021, 9, 28), Text(es="COVE", en="COVE"))
    assert advance.axis is None
    assert advance.figures == (
        Figure(value=275000, unit=Text(es="dípticos", en="leaflets"), approximate=True),
        Figure(value=145, unit=Text(es="sedes", en="sedes"), approximate=False),
    )


def test_a_domain_with_accents_is_kept_in_its_ascii_form() -> None:
    assert draft(("tokio@sedes.example", "tokio@méxico.example")).recipients[1].address == "tokio@xn--mxico-bsa.example"


def test_an_agenda_may_have_no_axes_and_no_events_yet() -> None:
    text = files()["agenda.yaml"].decode()
    start, end = text.index("ejes:"), text.index("recordatorios:")
    reading = read(files(agenda=text[:start] + "eventos: []\n" + text[end:], privado="# nada\n"))
    assert reading.draft is not None, problems(reading)
    assert reading.draft.agenda.events == ()


@pytest.mark.parametrize("text", ["", "# solo comentarios\n", "enlaces:\n", "enlaces: {}\n"])
def test_privado_may_hold_no_link(text: str) -> None:
    reading = read(files(privado=text))
    assert reading.draft is not None, problems(reading)
    assert reading.draft.links == {}


def test_accents_typed_as_two_characters_become_one() -> None:
    """Some systems write é as e and an accent; a feed that compared bytes would see two regions."""
    assert draft(("Asia Pacífico,Asia", "Asia Paci\u0301fico,Asia")) == draft()
    assert event(("Taller, Europa", "Capacitacio\u0301n")).title.es == "Capacitación"


def test_a_day_without_an_hour_may_say_that_its_hour_is_open_and_a_span_may_not() -> None:
    hour = ('    hora: "09:00"\n    duracion: 2 h\n    supuesto: [duracion]\n', "    supuesto: [hora]\n")
    assert event(hour).assumed == (Assumption.TIME,)
    span = (hour[0], "    hasta: 2021-10-27\n    supuesto: [hora]\n")
    (problem,) = problems(read(edited(span)))
    assert "«supuesto» nombra «hora», que el evento no lleva" in problem


def test_a_draft_knows_the_lines_of_its_events_and_links() -> None:
    written = edited()
    lines = read(written).lines
    rows = written["agenda.yaml"].decode().splitlines()
    assert {name: rows[line - 1] for name, line in lines.events.items()} == {
        "taller-europa": "  - id: taller-europa",
        "jornada": "  - id: jornada",
    }
    assert lines.links == {"taller-europa": 2}
    assert read(files(agenda="")).lines.events == {}


def test_a_list_of_sites_of_which_only_the_header_is_left_is_refused() -> None:
    header = SITES.splitlines()[0] + "\n"
    found = read(files(representations=header))
    assert [one.rule for one in found.problems if one.file == "representations.csv"] == ["no-sites"]


@pytest.mark.parametrize(
    ("written", "former", "days"),
    [
        ("vie sáb hasta 2021-12-31; sáb dom", [((4, 5), date(2021, 12, 31))], (5, 6)),
        ("Fri-Sat UNTIL 2021-12-31;Sat-Sun;", [((4, 5), date(2021, 12, 31))], (5, 6)),
        ("dom hasta 2021-1-1; vie hasta 2022-1-1; sáb", [((6,), date(2021, 1, 1)), ((4,), date(2022, 1, 1))], (5,)),
        ("vie sáb hasta 2021-12-31", [((4, 5), date(2021, 12, 31))], None),
    ],
)
def test_a_weekend_may_have_dates(written: str, former: list[tuple[object, date]], days: object) -> None:
    site = agenda(
        ("time_zone,source", "time_zone,source,weekend"),
        ("Europe/Madrid,prueba", f"Europe/Madrid,prueba,{written}"),
    ).representations[0]
    assert [(one.days, one.until) for one in site.former_weekends] == former
    assert site.weekend == days


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (
            "vie sáb; sáb dom",
            "«vie sáb; sáb dom»: solo el último va sin fecha. Escriba «vie sáb hasta 2021-12-31; sáb dom».",
        ),
        (
            "vie hasta 2022-01-01; sáb hasta 2021-01-01; dom",
            "«vie hasta 2022-01-01; sáb hasta 2021-01-01; dom»: las fechas de «hasta» deben ir de la menor a la mayor.",
        ),
        ("vie hasta ayer; dom", "fecha «ayer» no se entiende. Escriba año-mes-día, por ejemplo 2021-10-06."),
        (
            "nada hasta 2021-12-31",
            "día «nada» no existe. Puede ser: lunes, martes, miércoles, jueves, viernes, sábado, domingo.",
        ),
    ],
)
def test_a_weekend_with_dates_that_cannot_be_is_refused(written: str, expected: str) -> None:
    edits = (
        ("time_zone,source", "time_zone,source,weekend"),
        ("Europe/Madrid,prueba", f"Europe/Madrid,prueba,{written}"),
    )
    assert problems(read(edited(*edits))) == [f"representations.csv:2:91: {expected}"]


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("XX", "subdivisión «XX» no se conoce en ES. Revise cómo se escribe."),
        ("Barcelon", "subdivisión «Barcelon» no se conoce en ES. ¿Quiso decir «Barcelona»?"),
    ],
)
def test_a_subdivision_that_is_not_known_is_refused(written: str, expected: str) -> None:
    edits = (
        ("time_zone,source", "time_zone,source,subdivision"),
        ("Europe/Madrid,prueba", f"Europe/Madrid,prueba,{written}"),
    )
    assert problems(read(edited(*edits))) == [f"representations.csv:2:91: {expected}"]


def test_a_country_whose_holidays_are_one_list_takes_no_subdivision() -> None:
    edits = (
        ("time_zone,source", "time_zone,source,subdivision"),
        ("Asia/Tokyo,prueba", "Asia/Tokyo,prueba,JP-13"),
    )
    [found] = problems(read(edited(*edits)))
    assert found.startswith("representations.csv:3:91: en JP no se distinguen feriados por región. Deje vacía esta")


def test_a_subdivision_waits_for_its_country_to_be_readable() -> None:
    """Only the country is said to be wrong."""
    edits = (
        ("time_zone,source", "time_zone,source,subdivision"),
        ("España,ES,Europa,Europe/Madrid,prueba", "España,XX,Europa,Europe/Madrid,prueba,MD"),
    )
    assert [one.rule for one in read(edited(*edits)).problems] == ["unknown-country"]


def test_a_site_has_its_part_of_the_country() -> None:
    sites = agenda(
        ("time_zone,source", "time_zone,source,subdivision"),
        ("Europe/Madrid,prueba", "Europe/Madrid,prueba,ES-MD"),
    ).representations
    assert [site.subdivision for site in sites] == ["MD", None]


def test_a_site_may_have_english_names_for_who_reads_english() -> None:
    sites = agenda(
        ("time_zone,source", "time_zone,source,city_en,name_en"),
        ("Europe/Madrid,prueba", "Europe/Madrid,prueba,Madrid (Spain),Embassy of Mexico in Spain"),
    ).representations
    first, second = sites[0], sites[1]
    assert (first.city_in("en"), first.name_in("en")) == ("Madrid (Spain)", "Embassy of Mexico in Spain")
    assert (first.city_in("es"), first.name_in("es")) == (first.city, first.name)
    assert (second.city_in("en"), second.name_in("en")) == (second.city, second.name)


def test_mexicos_holidays_may_be_days_off_and_a_supposition() -> None:
    assert agenda().home_holidays is None
    assert agenda(("publicada", "feriados_de_mexico: no\npublicada")).home_holidays is None
    said = agenda(("publicada", "feriados_de_mexico: sí\npublicada")).home_holidays
    assert said == HomeHolidays(assumed=False)
    supposed = "feriados_de_mexico: si\nsupuesto: [feriados_de_mexico]\npublicada"
    assert agenda(("publicada", supposed)).home_holidays == HomeHolidays(assumed=True)


def test_only_a_key_of_the_agenda_is_a_supposition_there() -> None:
    found = read(edited(("publicada", "supuesto: [feriados]\npublicada")))
    assert [one.rule for one in found.problems] == ["unknown-assumption"]


@pytest.mark.parametrize("code", catalogue.LANGUAGES)
def test_a_post_may_read_each_language_that_has_a_catalogue(code: str) -> None:
    assert words.LANGUAGES[code] == code


@pytest.mark.parametrize("written", ["viernes", "Vie", "vie.", "Friday", "fri"])
def test_a_weekday_is_read_by_its_name_in_each_language(written: str) -> None:
    assert values.weekday(written) == 4
