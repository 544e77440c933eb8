"""The figures of a report as a document: an official report, in the language that is asked for."""

from __future__ import annotations

import itertools
from dataclasses import replace

from calendars.model.text import Language
from scheduler.printing.blocks import Block, Document, Heading
from scheduler.reporting.commission.axes import axes
from scheduler.reporting.commission.coverage import annex, coverage
from scheduler.reporting.commission.figures import CommissionFigures
from scheduler.reporting.commission.method import method
from scheduler.reporting.commission.news import changes, roll_call
from scheduler.reporting.commission.night import nights
from scheduler.reporting.commission.opening import REFERENCE, TITLE, opening
from scheduler.reporting.commission.presence import attendance_annex


def informe(
    found: CommissionFigures, language: Language, number: int | None = None, corrects: int | None = None
) -> Document:
    """`number`: by which one that is closed is cited; `corrects`: that of the earlier one in whose place it stands."""
    head = found.head
    return Document(
        language=language,
        title=TITLE[language],
        subtitle=head.title[language],
        author=head.issuer,
        dated=head.at.date(),
        reference="" if number is None else REFERENCE.say(language, number=number),
        blocks=numbered(
            *opening(found, corrects, language),
            *axes(found, language),
            *coverage(found, language),
            *changes(found, language),
            *roll_call(found, language),
            *nights(found, language),
            *method(found, language),
            *annex(found, language),
            *attendance_annex(found, language),
        ),
    )


def numbered(*blocks: Block) -> tuple[Block, ...]:
    """The parts of a report counted, as an official paper counts them: «1. Antecedentes»."""
    count = itertools.count(1)
    return tuple(
        replace(one, text=f"{next(count)}. {one.text}") if isinstance(one, Heading) and one.level == 1 else one
        for one in blocks
    )
