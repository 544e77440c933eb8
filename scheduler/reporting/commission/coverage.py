"""Who was told, answered and came: in sentences, by event, by region and, at the end, by site."""

from __future__ import annotations

from collections.abc import Iterator

from calendars.catalogue import Phrase
from calendars.model.text import Language
from calendars.wording import and_list, sentence
from scheduler.planning.delivery import Purpose
from scheduler.planning.outcome import EventStanding
from scheduler.printing import charts
from scheduler.printing.blocks import Block, Cell, Grid, Heading, Paragraph
from scheduler.printing.charts import Series
from scheduler.reporting.commission.figures import CommissionFigures, Reach, summed
from scheduler.reporting.commission.presence import attendance
from scheduler.reporting.commission.spelled import TOTAL, grid, together
from scheduler.wording.kinds import PURPOSES

SECTION = Phrase("Coverage")
NOBODY = Phrase("No dated event is for posts on the list: there was nobody to tell.")
TO_TELL = Phrase(
    "Counting each post once for each event that concerns it, there {posts:was|were} {posts:,} "
    "{posts:post|posts} to tell at {sites:,} {sites:site|sites}."
)
ALL_TOLD = Phrase("{n:It is|All are} known to have been told.")
SOME_TOLD = Phrase("{told:,} {told:is|are} known to have been told; of {missing:,} it is not known.")
NONE_TOLD = Phrase("{n:It is not|None is} known to have been told.")
CLAUSES = (
    (
        "accepted",
        Phrase("the mail server accepted {n:,}"),
    ),
    ("bounced", Phrase("{n:,} bounced")),
    (
        "uncertain",
        Phrase("of {n:,} it is not known whether {n:it|they} arrived"),
    ),
    ("planned", Phrase("{n:,} {n:is|are} still to leave")),
    ("unsent", Phrase("of {n:,} no message left")),
)
NO_TROUBLE = Phrase("none bounced and none is uncertain")
READ = Phrase(
    "Since the latest news of each event {read:,} of {all:,} private {all:calendar|calendars} {read:was|were} read."
)
NONE_READ = Phrase("Since the latest news of each event none of the {all:,} private calendars was read.")
ONE_UNREAD = Phrase("Since the latest news of each event the one private calendar was not read.")
NO_CALENDARS = Phrase("No site has a private calendar.")
DEAF = Phrase("At {n} {n:site|sites} nobody is known to have been told: {sites}.")
MANY_DEAF = Phrase("At {n:,} of these {all:,} {all:site|sites} nobody is known to have been told; the annex has each.")
EMPTY_SITES = Phrase("{n:One site has|Several sites have} no post on the list: {sites}.")
MANY_EMPTY = Phrase("{n:,} {n:site has|sites have} no post on the list; the annex has each.")
NAMED = 12  # sites that a sentence names; of more it says how many
BY_REGION = Phrase("Notices by region")
BY_EVENT = Phrase("Notices by event")
BY_SITE = Phrase("Notices by site")
COLUMNS = Phrase("Sites|To tell|Told|Accepted|Bounced|Uncertain|To leave|No mail|Calendars|Read")
REGION, EVENT, SITE = Phrase("Region"), Phrase("Event"), Phrase("Site")
NOTE = Phrase(
    "Each post and each calendar counts once for each event that concerns it. Accepted by the mail server is not read."
)
MAILS = Phrase("Mails by reason")
MAIL_COLUMNS = Phrase("Reason|Accepted|Bounced|Uncertain")
NO_MAILS = Phrase("No mail has left yet.")
PICTURE = Phrase("Posts to tell and told, by region")
TOLD, DUE = Phrase("Told"), Phrase("To tell")
HOURS = Phrase("Hours at which the server accepted the mails, by each site's clock")
ANNEX = Phrase("Annex: coverage by site")


def coverage(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """Sentences, tables by region and by event, pictures."""
    yield Heading(level=1, text=SECTION[language])
    whole = found.reach()
    if not whole.posts:
        yield Paragraph(text=NOBODY[language])
    else:
        yield Paragraph(text=" ".join(_told(found, whole, language)))
        yield _regions(found, whole, language)
        yield _bars(found, language)
        yield _events(found, language)
    yield from _mails(found, language)
    yield from attendance(found, language)


def annex(found: CommissionFigures, language: Language) -> Iterator[Block]:
    """By site; nothing where there is none."""
    reached = found.reach_of_sites()
    if found.sites:
        yield Heading(level=1, text=ANNEX[language])
        columns = f"{SITE[language]}|{COLUMNS[language].partition('|')[2]}"
        rows = [(site.city[language], *_cells(reached[site.id])) for site in found.sites]
        yield grid("avisos-por-sede", BY_SITE[language], columns, rows, note=NOTE[language])


def _told(found: CommissionFigures, whole: Reach, language: Language) -> Iterator[str]:
    sites = len({one.site for one in found.reaches if one.reach.posts})
    yield TO_TELL.say(language, posts=whole.posts, sites=sites)
    if whole.told == whole.posts:
        yield ALL_TOLD.say(language, n=whole.posts)
    elif whole.told:
        yield SOME_TOLD.say(language, told=whole.told, missing=whole.posts - whole.told)
    else:
        yield NONE_TOLD.say(language, n=whole.posts)
    parts = [words.say(language, n=n) for name, words in CLAUSES if (n := getattr(whole, name))]
    if not whole.bounced and not whole.uncertain:
        parts.append(NO_TROUBLE[language])
    yield together(parts)
    yield _calendars(whole, language)
    yield from _silent_places(found, language)


def _calendars(whole: Reach, language: Language) -> str:
    if not whole.calendars:
        return NO_CALENDARS[language]
    if not whole.read:
        return (ONE_UNREAD if whole.calendars == 1 else NONE_READ).say(language, all=whole.calendars)
    return READ.say(language, read=whole.read, all=whole.calendars)


def _silent_places(found: CommissionFigures, language: Language) -> Iterator[str]:
    """The sites where nobody was told though somebody had to be, and those that have nobody to tell.

    Where nobody at all was told, that has been said of all of them.
    """
    reached, concerned = found.reach_of_sites(), {one.site for one in found.reaches}
    due = [site for site in found.sites if reached[site.id].posts]
    deaf = [site.city[language] for site in due if not reached[site.id].told]
    empty = [site.city[language] for site in found.sites if site.id in concerned and not reached[site.id].posts]
    if deaf and len(deaf) < len(due):
        words = DEAF if len(deaf) <= NAMED else MANY_DEAF
        yield words.say(language, n=len(deaf), all=len(due), sites=and_list(deaf, language))
    if empty:
        words = EMPTY_SITES if len(empty) <= NAMED else MANY_EMPTY
        yield words.say(language, n=len(empty), sites=and_list(empty, language))


def _cells(reach: Reach) -> tuple[Cell, ...]:
    return (
        reach.posts,
        reach.told,
        reach.accepted,
        reach.bounced,
        reach.uncertain,
        reach.planned,
        reach.unsent,
        reach.calendars,
        reach.read,
    )


def by_region(found: CommissionFigures) -> list[tuple[str, Reach, int]]:
    """Region.id, its sum, and how many sites of it have a post; in order of the agenda."""
    where = found.region_of
    rows = []
    for region in found.regions:
        own = [one for one in found.reaches if where.get(one.site) == region.id]
        rows.append((region.id, summed(one.reach for one in own), len({one.site for one in own if one.reach.posts})))
    return rows


def _regions(found: CommissionFigures, whole: Reach, language: Language) -> Grid:
    names = {region.id: region.name[language] for region in found.regions}
    own = by_region(found)
    rows = [(names[key], sites, *_cells(reach)) for key, reach, sites in own]
    rows.append((TOTAL[language], sum(sites for _, _, sites in own), *_cells(whole)))
    columns = f"{REGION[language]}|{COLUMNS[language]}"
    return grid("avisos-por-region", BY_REGION[language], columns, rows, note=NOTE[language], total=True)


def _bars(found: CommissionFigures, language: Language) -> Block:
    names = {region.id: region.name[language] for region in found.regions}
    own = by_region(found)
    series = (
        Series(name=DUE[language], values=tuple(reach.posts for _, reach, _ in own)),
        Series(name=TOLD[language], values=tuple(reach.told for _, reach, _ in own)),
    )
    return charts.bars("cobertura", PICTURE[language], [names[key] for key, _, _ in own], series, language)


def _events(found: CommissionFigures, language: Language) -> Grid:
    rows: list[tuple[Cell, ...]] = []
    for event in found.events:
        own = [one for one in found.reaches if one.event == event.event.id]
        if own and event.standing is not EventStanding.CANCELLED:
            sites = len({one.site for one in own if one.reach.posts})
            rows.append((event.event.title[language], sites, *_cells(summed(one.reach for one in own))))
    columns = f"{EVENT[language]}|{COLUMNS[language]}"
    return grid("avisos-por-evento", BY_EVENT[language], columns, rows)


def _mails(found: CommissionFigures, language: Language) -> Iterator[Block]:
    if not found.mails:
        yield Paragraph(text=NO_MAILS[language])
        return
    rows: list[tuple[Cell, ...]] = [
        (sentence(PURPOSES[Purpose(one.purpose)][language]).rstrip("."), one.accepted, one.failed, one.uncertain)
        for one in found.mails
    ]
    sums = (sum(one.accepted for one in found.mails), sum(one.failed for one in found.mails))
    rows.append((TOTAL[language], *sums, sum(one.uncertain for one in found.mails)))
    yield grid("correos-por-motivo", MAILS[language], MAIL_COLUMNS[language], rows, total=True)
    if any(found.arrivals):
        yield charts.hours("horas", HOURS[language], found.arrivals, language)
