"""Who said that they come, and who came: side by side, and what nobody recorded said as such."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from calendars.catalogue import Phrase
from calendars.model.text import Language
from scheduler.printing import charts
from scheduler.printing.blocks import Block, Cell, Grid, Heading, Paragraph
from scheduler.printing.charts import Series
from scheduler.reporting.commission.figures import OVER, CommissionFigures, Reach, SiteReach, summed
from scheduler.reporting.commission.spelled import NOT_RECORDED, NOTHING, TOTAL, counted, grid, together

SECTION = Phrase("Answers and attendance")
NOT_ASKED = Phrase("No event of the agenda asks posts whether they come.")
NOT_YET_ASKED = Phrase(
    "No post has been asked yet whether it comes: the mail server has taken no mail about an event that asks."
)
NO_ANSWER = Phrase("None of the {asked:,} posts that were asked whether they come has answered.")
ONE_SILENT = Phrase("The one post that was asked whether it comes has not answered.")
ANSWERED = Phrase("{n:,} of the {asked:,} {asked:post|posts} that {asked:was|were} asked answered: {how}.")
ANSWERS = (
    ("yes", Phrase("{n:,} yes")),
    ("no", Phrase("{n:,} no")),
    ("maybe", Phrase("{n:,} maybe")),
    ("elsewhere", Phrase("{n:,} at the session of another region")),
)
NOBODY_RECORDED = Phrase("No session's attendance has been recorded: how many people came is not known.")
CAME = Phrase(
    "{n:,} {n:person|people} from {sites:,} {sites:site|sites} came to the one session whose attendance was recorded."
)
CAME_TO_SEVERAL = Phrase(
    "Counting each person once for each session, {n:,} {n:person|people} from {sites:,} {sites:site|sites} came to the "
    "{events:,} {events:session|sessions} whose attendance was recorded."
)
NOBODY_CAME = Phrase(
    "Nobody of any site came to the {events:,} {events:session|sessions} whose attendance was recorded."
)
BESIDE = (
    (
        "unmatched",
        Phrase("besides, {n:,} {n:person|people} of no known site {n:was|were} present"),
    ),
    (
        "unknown",
        Phrase("of {n:,} {n:person|people} it is not known how long they stayed; these are not counted"),
    ),
)
UNRECORDED = Phrase("The attendance of {n:,} {n:session|sessions} already past is not recorded.")
TABLE = Phrase("Answers and attendance by region")
COLUMNS = Phrase("Region|Asked|Yes|No|Maybe|Other session|Silent|Present")
BY_SITE = Phrase("Answers and attendance by site")
SITE_COLUMNS = Phrase("Site|Asked|Yes|No|Maybe|Other session|Silent|Present")
PICTURE = Phrase("Posts that said yes and people who came, by region")
SAID_YES, PRESENT = Phrase("Said yes"), Phrase("People present")
NOTE = Phrase(
    "Answers are of posts and attendance is of people, each counted once for each event: several people may come from "
    "one post."
)


def attendance(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """Answers, then who came, by region, and a picture of both."""
    yield Heading(level=1, text=SECTION[language])
    whole = found.reach()
    yield Paragraph(text=_answered(found, whole, language))
    yield Paragraph(text=" ".join(_came(found, language)))
    if whole.asked or found.recorded:
        yield _regions(found, language)
    if whole.yes or found.recorded:
        yield _pairs(found, language)


def _answered(found: CommissionFigures, whole: Reach, language: Language) -> str:
    """«Respondieron 10 de 298 puestos …: 8 que sí; 2 que no.»"""
    if not whole.asked:
        told = {one.event for one in found.reaches if one.reach.posts}
        asking = any(one.event.asks_who_comes for one in found.events if one.event.id in told)
        return (NOT_YET_ASKED if asking else NOT_ASKED)[language]
    if not whole.answered:
        return (ONE_SILENT if whole.asked == 1 else NO_ANSWER).say(language, asked=whole.asked)
    how = counted(((words, getattr(whole, name)) for name, words in ANSWERS), language)
    return ANSWERED.say(language, n=whole.answered, asked=whole.asked, how="; ".join(how))


def _came(found: CommissionFigures, language: Language) -> Iterator[str]:
    recorded = found.recorded
    over = [one for one in found.events if one.start is not None and one.standing in OVER]
    if not recorded:
        yield NOBODY_RECORDED[language]
        return
    people = sum(one.presence.people or 0 for one in recorded)
    sites = len({one.site for one in found.reaches if one.reach.present})
    words = (CAME if len(recorded) == 1 else CAME_TO_SEVERAL) if people else NOBODY_CAME
    yield words.say(language, n=people, sites=sites, events=len(recorded))
    beside = counted(
        ((words, sum(getattr(one.presence, name) for one in recorded)) for name, words in BESIDE), language
    )
    if beside:
        yield together(beside)
    if missing := sum(one.presence.people is None for one in over):
        yield UNRECORDED.say(language, n=missing)


def _cells(found: CommissionFigures, own: Sequence[SiteReach], language: Language) -> tuple[Cell, ...]:
    reach = summed(one.reach for one in own)
    present: Cell = _present(found, own)
    if present is None:
        over = {one.event.id for one in found.events if one.start is not None and one.standing in OVER}
        present = NOT_RECORDED[language] if any(one.event in over for one in own) else NOTHING
    return reach.asked, reach.yes, reach.no, reach.maybe, reach.elsewhere, reach.silent, present


def _present(found: CommissionFigures, own: Sequence[SiteReach]) -> int | None:
    """None where nobody recorded any of these sessions."""
    sessions = {one.event.id for one in found.recorded}
    recorded = [one.reach.present for one in own if one.event in sessions]
    return sum(recorded) if recorded else None


def _of_region(found: CommissionFigures, region: str) -> list[SiteReach]:
    where = found.region_of
    return [one for one in found.reaches if where.get(one.site) == region]


def _regions(found: CommissionFigures, language: Language) -> Grid:
    rows = [(region.name[language], *_cells(found, _of_region(found, region.id), language)) for region in found.regions]
    rows.append((TOTAL[language], *_cells(found, found.reaches, language)))
    return grid("asistencia-por-region", TABLE[language], COLUMNS[language], rows, note=NOTE[language], total=True)


def _pairs(found: CommissionFigures, language: Language) -> Block:
    own = [_of_region(found, region.id) for region in found.regions]
    said, came = [sum(one.reach.yes for one in rows) for rows in own], [_present(found, rows) for rows in own]
    labels = [region.name[language] for region in found.regions]
    yes = Series(name=SAID_YES[language], values=tuple(said))
    return charts.pairs(
        "asistencia", PICTURE[language], labels, yes, Series(name=PRESENT[language], values=tuple(came)), language
    )


def attendance_annex(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """By site; nothing where nobody was asked and nothing was recorded."""
    if not found.reach().asked and not found.recorded:
        return
    own: dict[str, list[SiteReach]] = {site.id: [] for site in found.sites}
    for one in found.reaches:
        own[one.site].append(one)
    rows = [(site.city[language], *_cells(found, own[site.id], language)) for site in found.sites]
    yield grid("asistencia-por-sede", BY_SITE[language], SITE_COLUMNS[language], rows, note=NOTE[language])
