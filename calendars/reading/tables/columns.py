"""The columns of each table: those that it must have, and those that it may have."""

from __future__ import annotations

from calendars.reading.files import DAYS, POSTS, SITES
from calendars.reading.tables.days import DAY_COLUMNS
from calendars.reading.tables.posts import POST_COLUMNS, POST_EXTRAS
from calendars.reading.tables.sites import SITE_COLUMNS, SITE_EXTRAS

COLUMNS = {SITES: (SITE_COLUMNS, SITE_EXTRAS), POSTS: (POST_COLUMNS, POST_EXTRAS), DAYS: (DAY_COLUMNS, ())}
