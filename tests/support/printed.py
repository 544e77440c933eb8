"""Documents to print: a report as the program makes them, and any text in any block."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from scheduler.printing import charts
from scheduler.printing.blocks import Block, Column, Document, Grid, Heading, Items, Paragraph
from scheduler.printing.charts import Series

REGIONS = ("América del Norte", "Centroamérica, Sudamérica y el Caribe", "Europa", "Medio Oriente y África")
TOLD = Series(name="Avisadas", values=(52, 30, 31, 1200))
CAME = Series(name="Asistieron", values=(38, 0, None, 16))
MARKS = "<b>&amp; #let $x$ *a* _b_ @c =1+1 \\n `d` [e] {f} ~ // \" ' — _x0041_"  # of one format or another


def report(rows: int = 3, columns: int = 6) -> Document:
    """A report in Spanish, with a table of so many rows besides its sum."""
    return document(
        Heading(level=1, text="Qué se hizo"),
        Paragraph(text=f"Se avisó a 149 sedes. {MARKS}"),
        Heading(level=2, text="Por sede"),
        Items(items=("Taller, Asia Pacífico", MARKS)),
        grid(rows, columns),
        Heading(level=1, text="Imágenes"),
        charts.bars("cobertura", "Cobertura por región", REGIONS, (TOLD, CAME), "es"),
        charts.hours("horas", "Horas de llegada", [0] * 8 + [3, 20, 7] + [0] * 13, "es"),
    )


def document(*blocks: Block, language: str = "es", title: str = "Informe a la comisión") -> Document:
    return Document(
        language=language,
        title=title,
        subtitle="Agenda de trabajo 2021-2022",
        author="Instituto Nacional Electoral",
        dated=date(2022, 3, 1),
        reference="Informe 3",
        blocks=blocks,
    )


def grid(rows: int, columns: int = 6) -> Grid:
    heads = ("Sede", "Primera sesión", "Avisos", "Minutos", "Observación", *(f"Sesión {n}" for n in range(6, 30)))
    lines = [(f"Sede {n}", date(2021, 10, 21), n * 37, n + 0.5, MARKS if n % 2 else None) for n in range(rows)]
    sums = ("Todas", None, sum(line[2] for line in lines), None, "")
    more = (7,) * (columns - 5)
    return Grid(
        id="sedes",
        caption="Avisos por sede",
        columns=tuple(Column(title=head, numeric=n not in (0, 1, 4)) for n, head in enumerate(heads[:columns])),
        rows=tuple((*line, *more) for line in (*lines, sums)),
        total=True,
        note="Aceptado por el servidor no quiere decir leído.",
    )


def everywhere(text: str) -> Document:
    """The text, behind a letter, in every place that a document has for one."""
    text = f"A{text}"
    table = Grid(id="uno", caption=text, columns=(Column(title=text),), rows=((text,), (7,)), note=text)
    picture = charts.bars("dos", text, [text], [Series(name=text, values=(1,))], "es")
    blocks = (Heading(level=1, text=text), Paragraph(text=text), Items(items=(text,)), table, picture)
    return document(*blocks, title=text)


# Whatever may stand in a name or be pasted into one: signs of every format, controls, writing of all kinds.
SIGNS = st.sampled_from("<>#$*@=\\_`~/[]{}&\"'-+|^%; \t\n\r\x00\x0b\x1b\x7f\x85\u2028\ufffe0aé")
ANY_TEXT = st.text(st.one_of(SIGNS, st.characters(codec="utf-8")), min_size=1, max_size=40)
