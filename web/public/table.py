"""A list of notices as CSV for spreadsheets."""

import csv
import io
from collections.abc import AsyncIterator
from dataclasses import replace

from trading.notices.kinds import Category, NoticeKind
from trading.notices.queries import following
from trading.notices.tables import Notice
from web.i18n import N_, day, moment
from web.labels import CATEGORIES, NOTICE_KINDS
from web.public.forms import NoticeSearch
from web.state import Stack
from web.visit import Visit

MOST_ROWS = 10_000
_AT_ONCE = 500
_COLUMNS = (
    N_("Number"),
    N_("Type"),
    N_("Category"),
    N_("Title"),
    N_("Project"),
    N_("Section"),
    N_("Published"),
    N_("Ends"),
    N_("Candidates"),
)


async def notice_rows(stack: Stack, visit: Visit, search: NoticeSearch) -> AsyncIterator[str]:
    """The filtered list line by line, UTF-8 with a byte-order mark, at most 10,000 rows."""
    yield "\ufeff" + csv_line([visit.texts.gettext(name) for name in _COLUMNS])
    last = None
    for _ in range(MOST_ROWS // _AT_ONCE):
        async with stack.database.reading() as session:
            rows = await following(session, replace(search.wanted, after=last, size=_AT_ONCE), visit.now)
        yield "".join(csv_line(_row(notice, visit)) for notice in rows)
        if len(rows) < _AT_ONCE:
            return
        last = rows[-1].id


def _row(notice: Notice, visit: Visit) -> list[str]:
    text = visit.texts.gettext
    return [
        notice.id,
        text(NOTICE_KINDS[NoticeKind(notice.kind)]),
        text(CATEGORIES[Category(notice.category)]),
        notice.title,
        notice.project,
        notice.section or "",
        day(notice.published_at, visit.language),
        moment(notice.closes_at, visit.language) if notice.closes_at else "",
        "; ".join(f"{one.get('bidder', '')}: {one.get('price_text', '')}" for one in notice.candidates),
    ]


def csv_line(values: list[str]) -> str:
    """One CSV line; a value that a spreadsheet would take for a formula gets an apostrophe in front."""
    buffer = io.StringIO()
    csv.writer(buffer).writerow(
        "'" + value if value[:1] in ("=", "+", "-", "@", "\t", "\r") else value for value in values
    )
    return buffer.getvalue()
