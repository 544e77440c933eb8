"""Attendance files of invented people, in the forms in which meeting programs write them.

A report is rows of texts, moments (on the clock of whoever downloads it) and durations; a form then makes bytes of it,
as the program does or as a spreadsheet saves it again.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import openpyxl

from calendars.zones import to_wall

MEXICO = "America/Mexico_City"

Cell = str | int | datetime | timedelta
Rows = list[list[Cell]]
Stay = tuple[datetime, datetime]  # UTC, aware


@dataclass(frozen=True, kw_only=True)
class Came:
    """An invented person, and when they were there: `stays` as the program sees them, UTC."""

    name: str
    address: str = ""
    upn: str = ""
    stays: tuple[Stay, ...] = ()

    @property
    def seconds(self) -> int:
        return int(sum((end - begin).total_seconds() for begin, end in self.stays))


def english(moment: datetime, *, year: str = "%Y", space: str = " ", day_first: bool = False, comma: str = ",") -> str:
    """`10/21/2021, 6:02:11 PM`, without leading zeros before the minutes."""
    parts = (moment.day, moment.month) if day_first else (moment.month, moment.day)
    hour = moment.hour % 12 or 12
    half = "PM" if moment.hour >= 12 else "AM"
    return f"{parts[0]}/{parts[1]}/{moment.strftime(year)}{comma} {hour}:{moment:%M:%S}{space}{half}"


# How a client writes a moment; the language of its columns is another matter.
CLOCKS: dict[str, Callable[[datetime], str]] = {
    "en-US": english,
    "en-US short": lambda moment: english(moment, year="%y"),
    "en-US narrow": lambda moment: english(moment, year="%y", space="\u202f"),
    "en-GB": lambda moment: f"{moment:%d/%m/%y, %H:%M:%S}",
    "es": lambda moment: f"{moment.day}/{moment.month}/{moment:%Y} {moment.hour}:{moment:%M:%S}",
    "es AM/PM": lambda moment: english(moment, day_first=True),
    "es a. m.": lambda moment: english(moment, day_first=True).replace("AM", "a.\u00a0m.").replace("PM", "p.\u00a0m."),
    "pt": lambda moment: f"{moment:%d/%m/%Y %H:%M:%S}",
    "zoom": lambda moment: f"{moment:%m/%d/%Y %I:%M:%S %p}",
    "zoom es": lambda moment: f"{moment:%d/%m/%Y %I:%M:%S %p}",
    "zoom month": lambda moment: f"{moment:%b} {moment.day}, {moment.year} {moment.hour % 12 or 12}:{moment:%M %p}",
    "zoom month 24": lambda moment: f"{moment:%b} {moment.day}, {moment:%Y %H:%M:%S}",
    "iso": lambda moment: f"{moment:%Y-%m-%dT%H:%M:%SZ}",
    "time": lambda moment: f"{moment:%I:%M %p}",
    "time 24": lambda moment: f"{moment:%H:%M}",
    "excel": lambda moment: f"{moment:%d/%m/%Y %H:%M}",
}


def _pieces(length: timedelta) -> tuple[int, int, int]:
    minutes, seconds = divmod(int(length.total_seconds()), 60)
    return minutes // 60, minutes % 60, seconds


def short_length(length: timedelta) -> str:
    """`1h 30m 51s`."""
    return " ".join(f"{n}{unit}" for n, unit in zip(_pieces(length), "hms", strict=True) if n) or "0s"


def spanish_length(length: timedelta) -> str:
    """`1 h 5 min 30 s`."""
    named = zip(_pieces(length), ("h", "min", "s"), strict=True)
    return " ".join(f"{n} {unit}" for n, unit in named if n) or "0 s"


def clock_length(length: timedelta) -> str:
    """`1:00:00`."""
    hours, minutes, seconds = _pieces(length)
    return f"{hours}:{minutes:02}:{seconds:02}"


def rounded(length: timedelta) -> str:
    """`47`, as Zoom counts."""
    return str(max(1, round(length.total_seconds() / 60)))


LENGTHS: dict[str, Callable[[timedelta], str]] = {
    "short": short_length,
    "spanish": spanish_length,
    "clock": clock_length,
    "minutes": rounded,
    "mins": lambda length: f"{rounded(length)} mins",
    "hr min": lambda length: " ".join(f"{n} {u}" for n, u in zip(_pieces(length), ("hr", "min"), strict=False) if n),
}


# ---- the reports -----------------------------------------------------------------------------------------------------


def teams_1(people: Iterable[Came], *, language: str = "es", zone: str = MEXICO, before: Sequence[str] = ()) -> Rows:
    """`meetingAttendanceList.csv`: a row for each coming and going. Who is named in `before` was there already."""
    words = {
        "es": ("Nombre completo", "Acción del usuario", "Marca de tiempo", "Unido", "Abandonó", "Se unió antes"),
        "en": ("Full Name", "User Action", "Timestamp", "Joined", "Left", "Joined before"),
    }[language]
    steps: list[tuple[datetime, list[Cell]]] = []
    for one in people:
        for begin, end in one.stays:
            came = words[5] if one.name in before and begin == one.stays[0][0] else words[3]
            steps.append((begin, [one.name, came, to_wall(begin, zone)]))
            if end > begin:
                steps.append((end, [one.name, words[4], to_wall(end, zone)]))
    return [list(words[:3]), *(row for _, row in sorted(steps, key=lambda step: step[0]))]


def teams_2(people: Sequence[Came], *, title: str = "Taller", zone: str = MEXICO, lower: bool = False) -> Rows:
    """`meetingAttendanceReport.csv`: a summary, then a row for each time that somebody came in."""
    heads = ["Full Name", "Join Time", "Leave Time", "Duration", "Email", "Role", "Participant ID (UPN)"]
    if lower:
        heads = ["Full Name", "Join time", "Leave time", "In-meeting Duration", *heads[4:]]
    rows = [_row(one, stay, zone) for one in people for stay in one.stays]
    first = min(stay[0] for one in people for stay in one.stays)
    return [
        ["Meeting Summary"],
        ["Total Number of Participants", str(len(people))],
        ["Meeting Title", title],
        ["Meeting Start Time", to_wall(first, zone)],
        ["Meeting Id", "0b7c2f00-invented"],
        [],
        list(heads),
        *([*row[:5], "Attendee", one_upn] for row, one_upn in rows),
    ]


def _row(one: Came, stay: Stay, zone: str) -> tuple[list[Cell], str]:
    begin, end = stay
    return [one.name, to_wall(begin, zone), to_wall(end, zone), end - begin, one.address], one.upn or one.address


TEAMS_3 = {
    "en": (
        ("1. Summary", "Meeting title", "Attended participants", "Start time", "Meeting duration"),
        ("2. Participants", "Name", "First Join", "Last Leave", "In-Meeting Duration", "Email", "Participant ID (UPN)"),
        ("3. In-Meeting Activities", "Name", "Join Time", "Leave Time", "Duration", "Email", "Role"),
    ),
    "en 2022": (
        ("1. Summary", "Meeting title", "Attended participants", "Start time", "Meeting duration"),
        ("2. Participants", "Name", "First join", "Last leave", "In-meeting duration", "Email", "Participant ID (UPN)"),
        ("3. In-Meeting activities", "Name", "Join time", "Leave time", "Duration", "Email", "Role"),
    ),
}


def teams_3(people: Sequence[Came], *, words: str = "en", title: str = "Taller", zone: str = MEXICO) -> Rows:
    """Summary, participants, activities that repeat them; what is under «Role» is not looked at."""
    summary, participants, activities = TEAMS_3[words]
    return [
        [summary[0]],
        [summary[1], title],
        [summary[2], str(len(people))],
        [summary[3], to_wall(min(one.stays[0][0] for one in people), zone)],
        [summary[4], timedelta(hours=2)],
        [],
        [participants[0]],
        [*participants[1:], "Role"],
        *(_participant(one, zone) for one in people),
        [],
        [activities[0]],
        list(activities[1:]),
        *([*_row(one, stay, zone)[0], "Attendee"] for one in people for stay in one.stays),
    ]


def _participant(one: Came, zone: str) -> list[Cell]:
    first, last = to_wall(one.stays[0][0], zone), to_wall(one.stays[-1][1], zone)
    return [one.name, first, last, timedelta(seconds=one.seconds), one.address, one.upn or one.address, "Attendee"]


def teams_3_spanish(people: Sequence[Came], *, length: str = "Duración de la reunión", zone: str = MEXICO) -> Rows:
    """The columns whose Spanish words are known; those of section 3 are not."""
    return [
        ["1. Resumen"],
        ["Título de la reunión", "Taller"],
        ["Hora de inicio", to_wall(min(one.stays[0][0] for one in people), zone)],
        ["Duración de la reunión", timedelta(hours=2)],
        [],
        ["2. Participantes"],
        ["Nombre", "Primera entrada", length, "Id. de participante (UPN)"],
        *([row[0], row[1], row[3], row[5]] for row in (_participant(one, zone) for one in people)),
    ]


def teams_4(people: Iterable[Came], *, spaced: bool = True) -> Rows:
    """The engagement report of a live event: its clock is UTC."""
    heads = ["Session Id", "Participant Id", "Full Name", "UserAgent", "UTC Event Timestamp", "Action", "Role"]
    steps: list[tuple[datetime, list[Cell]]] = []
    for number, one in enumerate(people):
        for stay in one.stays:
            for moment, action in zip(stay, ("Joined", "Left"), strict=True):
                at = moment.replace(tzinfo=None)
                steps.append((moment, ["s1", f"p{number}", one.name, "Edge", at, action, "Attendee"]))
    body = [row for _, row in sorted(steps, key=lambda step: step[0])]
    return [[head if spaced else head.replace(" ", "") for head in heads], *body]


ZOOM_1 = {
    "en": "Name (Original Name)|User Email|Join Time|Leave Time|Duration (Minutes)|Guest|In Waiting Room",
    "en 2023": "Name (original name)|Email|Join time|Leave time|Duration (minutes)|Guest|In waiting room",
    "es": "Nombre (nombre original)|E-mail del usuario|Hora para unirse|Hora para salir|Duración (minutos)|Invitado",
    "es 2023": "Nombre de usuario|Correo electrónico|Hora de entrada|Hora de salida|Duración (minutos)|Invitado",
}


def zoom_1(people: Sequence[Came], *, words: str = "en", block: bool = False, zone: str = MEXICO) -> Rows:
    """A row for each time that somebody came in; `block`: the rows about the meeting stand before."""
    heads = ZOOM_1[words].split("|")
    more = ["Yes", "No"][: len(heads) - 5]
    rows: Rows = [[*_row(one, stay, zone)[0], *more] for one in people for stay in one.stays]
    for row in rows:
        row[1:5] = [row[4], row[1], row[2], row[3]]
    about: Rows = [
        ["Topic", "Meeting ID", "User Name", "User Email", "Start Time", "Duration (Minutes)", "Participants"],
        [
            "Taller",
            "812 0000 0000",
            "Organiza",
            "organiza@ine.example",
            rows[0][2],
            timedelta(hours=2),
            str(len(people)),
        ],
        [],
    ]
    return [*(about if block else []), list(heads), *rows]


def zoom_2(people: Iterable[Came], *, language: str = "en") -> Rows:
    """Totals alone: «show unique users»."""
    heads = {
        "en": ["Name (Original Name)", "User Email", "Total Duration (Minutes)", "Guest"],
        "es": ["Nombre (nombre original)", "E-mail del usuario", "Duración total (minutos)", "Invitado"],
    }[language]
    rows: Rows = [[one.name, one.address, timedelta(seconds=one.seconds), "Yes"] for one in people]
    return [list(heads), *rows]


def zoom_3(
    people: Sequence[Came],
    *,
    hosts: Sequence[Came] = (),
    absent: Sequence[Came] = (),
    phones: Sequence[Came] = (),
    zone: str = MEXICO,
) -> Rows:
    """A webinar: sections, each with its own header; who had registered and did not come has a row, too."""
    heads = ["Attended", "User Name (Original Name)", "Email", "Join Time", "Leave Time", "Time in Session (minutes)"]
    registered = to_wall(datetime.fromisoformat("2021-09-15T17:00:00+00:00"), zone)

    def rows(some: Sequence[Came], *, more: bool) -> Rows:
        made: Rows = []
        for one in some:
            for name, begin, end, length, address in (_row(one, stay, zone)[0] for stay in one.stays):
                head: list[Cell] = ["Yes", name, *(["Ana", "Ejemplo"] if more else []), address]
                made.append([*head, *([registered] if more else []), begin, end, length, "Yes"])
        return made

    missing: Rows = [["No", one.name, "Ana", "Ejemplo", one.address, registered, *["--"] * 4] for one in absent]
    others: Rows = [["Other Attended"], ["User Name", "Join Time", "Leave Time", "Time in Session (minutes)"]]
    attendees: list[Cell] = [
        *heads[:2],
        "First Name",
        "Last Name",
        "Email",
        "Registration Time",
        *heads[3:],
        "Is Guest",
    ]
    return [
        ["Attendee Report"],
        ["Report Generated:", "10/23/2021 9:00"],
        ["Topic", "Webinar ID", "Actual Start Time", "Actual Duration (minutes)", "Unique Viewers", "Total Users"],
        ["Taller", "812 0000 0000", registered, "120", str(len(people)), str(len(people) + len(hosts))],
        ["Host Details"],
        [*heads, "Is Guest"],
        *rows(hosts, more=False),
        ["Attendee Details"],
        list(attendees),
        *rows(people, more=True),
        *missing,
        *(others if phones else []),
        *([one.name, *_row(one, one.stays[0], zone)[0][1:4]] for one in phones),
    ]


def zoom_3_spanish(people: Sequence[Came], *, zone: str = MEXICO) -> Rows:
    """As one export was seen: «Puesto de trabajo» stands over the moments of arrival."""
    heads = "Asistió|Nombre de usuario (nombre original)|Nombre|Apellido|Correo electrónico|Puesto de trabajo"
    return [
        ["Tema", "Espectadores exclusivos", "Usuarios totales"],
        ["Taller", str(len(people)), str(len(people))],
        ["Detalles del asistente"],
        [*heads.split("|"), "Hora de salida", "Tiempo en la sesión (minutos)", "Nombre de país/región"],
        *(
            ["Sí", row[0], "Ana", "Ejemplo", row[4], row[1], row[2], row[3], "México"]
            for row in (_row(one, stay, zone)[0] for one in people for stay in one.stays)
        ),
    ]


def webex(people: Iterable[Came], *, language: str = "en", zone: str = MEXICO) -> Rows:
    heads = {
        "en": "Meeting Name|Meeting Start Time|Display Name|Role|Attendee Email|Join Time|Leave Time|"
        "Attendance Duration",
        "pt": "Nome da reunião|Data de início da reunião|Nome de exibição|Função|E-mail do convidado|Hora da entrada|"
        "Hora da saída|Attendance Duration",
    }[language].split("|")
    rows = (_row(one, stay, zone)[0] for one in people for stay in one.stays)
    return [list(heads), *(["Taller", row[1], row[0], "Attendee", row[4], row[1], row[2], row[3]] for row in rows)]


def meet(people: Iterable[Came], *, parted: bool = True, zone: str = MEXICO) -> Rows:
    """Times without a date; the name in two columns, or in one."""
    heads = ["First name", "Last name"] if parted else ["Name"]
    made: Rows = [[*heads, "Email", "Duration", "Time joined", "Time exited"]]
    for one in people:
        first, _, last = one.name.partition(" ")
        for begin, end in one.stays:
            name: list[Cell] = [first, last] if parted else [one.name]
            made.append([*name, one.address, end - begin, to_wall(begin, zone), to_wall(end, zone)])
    return made


# ---- the forms -------------------------------------------------------------------------------------------------------


def texts(rows: Rows, *, clock: str = "en-US", length: str = "short") -> list[list[str]]:
    def text(cell: Cell) -> str:
        if isinstance(cell, datetime):
            return CLOCKS[clock](cell)
        return LENGTHS[length](cell) if isinstance(cell, timedelta) else str(cell)

    return [[text(cell) for cell in row] for row in rows]


def separated(rows: list[list[str]], delimiter: str, *, end: str = "\r\n") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter, lineterminator=end).writerows(rows)
    return written.getvalue()


ENCODINGS: dict[str, Callable[[str], bytes]] = {
    "utf-16-le": lambda text: codecs.BOM_UTF16_LE + text.encode("utf-16-le"),
    "utf-16-be": lambda text: codecs.BOM_UTF16_BE + text.encode("utf-16-be"),
    "utf-16-le unmarked": lambda text: text.encode("utf-16-le"),
    "utf-16-be unmarked": lambda text: text.encode("utf-16-be"),
    "utf-8": lambda text: text.encode(),
    "utf-8 marked": lambda text: codecs.BOM_UTF8 + text.encode(),
    "cp1252": lambda text: text.encode("cp1252"),
}


def by_teams(rows: Rows, *, clock: str = "en-US", length: str = "short", encoding: str = "utf-16-le") -> bytes:
    return ENCODINGS[encoding](separated(texts(rows, clock=clock, length=length), "\t"))


def by_zoom(rows: Rows, *, clock: str = "zoom", length: str = "minutes", encoding: str = "utf-8 marked") -> bytes:
    return ENCODINGS[encoding](separated(texts(rows, clock=clock, length=length), ","))


def by_excel(rows: Rows, *, length: str = "minutes", encoding: str = "cp1252") -> bytes:
    """Opened and saved in Spanish: semicolons, `dd/mm/aaaa hh:mm`, each row as wide as the widest."""
    wide = max(map(len, rows))
    padded = [row + [""] * (wide - len(row)) for row in texts(rows, clock="excel", length=length)]
    return ENCODINGS[encoding](separated(padded, ";"))


def by_libreoffice(rows: Rows, *, clock: str = "pt", length: str = "short") -> bytes:
    """Saved as «Text CSV»: commas, UTF-8 without a mark, line feeds; each row as wide as the widest."""
    wide = max(map(len, rows))
    padded = [row + [""] * (wide - len(row)) for row in texts(rows, clock=clock, length=length)]
    return separated(padded, ",", end="\n").encode()


def workbook(rows: Rows, *, clock: str = "", length: str = "", above: int = 0, sheet: str = "Asistencia") -> bytes:
    """As .xlsx; with a clock and a length moments and durations are texts, else Excel's own."""
    book = openpyxl.Workbook()
    page = book.active
    page.title = sheet
    for _ in range(above):
        page.append([])
    for row in rows:
        page.append([_typed(cell, clock, length) for cell in row])
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _typed(cell: Cell, clock: str, length: str) -> Cell | None:
    if isinstance(cell, datetime) and clock:
        return CLOCKS[clock](cell)
    if isinstance(cell, timedelta) and length:
        return LENGTHS[length](cell)
    return None if cell == "" else cell
