"""The opening calendar: every bid opening of a day or a week, with its state once the deadline has been acted on."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from litestar import Response, get
from litestar.di import NamedDependency

from trading.notices.queries import openings
from web.i18n import N_, ZONE
from web.public.desk import Desk
from web.public.forms import Link
from web.public.kept import KEPT
from web.public.openings import told_openings
from web.render import PageResponse, page
from web.state import Opening, Stack
from web.visit import Visit

MOST = 500
WEEK, DAY = "week", "day"


@dataclass(frozen=True)
class Shown:
    """One day of the calendar with its openings in order of time."""

    day: date
    today: bool
    openings: tuple[Opening, ...]


@dataclass(frozen=True)
class Span:
    """What the address asks for: `days` from `starts`, and the day in question."""

    view: str
    day: date

    @property
    def starts(self) -> date:
        """The first day shown: of a week its Monday."""
        return self.day - timedelta(days=self.day.weekday()) if self.view == WEEK else self.day

    @property
    def days(self) -> int:
        """How many days are shown."""
        return 7 if self.view == WEEK else 1


@get("/openings", opt=KEPT)
async def calendar(desk: NamedDependency[Desk]) -> Response[bytes]:
    """Openings by day or week: `?view=week|day&day=YYYY-MM-DD`; nonsense shows this week."""
    span = read_span(dict(desk.request.query_params), desk.visit.now)
    standard = span.view == WEEK and span.day == desk.visit.now.astimezone(ZONE).date()
    desk = desk.asking(**({} if standard else {"view": span.view, "day": span.day.isoformat()}))
    visit, stack = desk.visit, desk.stack

    async def make(_: Any) -> PageResponse:
        return _page(visit, stack, span, await shown_days(stack, span, visit.now))

    return await desk.kept.page(desk.request, visit, make)


def read_span(query: dict[str, str], now: datetime) -> Span:
    """The span that a query asks for."""
    try:
        wanted = date.fromisoformat(query.get("day", ""))
    except ValueError:
        wanted = now.astimezone(ZONE).date()
    if not 2000 <= wanted.year < 2200:
        wanted = now.astimezone(ZONE).date()
    return Span(DAY if query.get("view") == DAY else WEEK, wanted)


async def shown_days(stack: Stack, span: Span, now: datetime) -> list[Shown]:
    """The days of a span with at most 500 openings in all."""
    begins = datetime.combine(span.starts, time(), ZONE)
    async with stack.database.reading() as session:
        found = await openings(session, begins, begins + timedelta(days=span.days), MOST)
        told = await told_openings(session, found, now)
    today = now.astimezone(ZONE).date()
    days = [span.starts + timedelta(days=number) for number in range(span.days)]
    return [
        Shown(one, one == today, tuple(opening for opening in told if opening.at.astimezone(ZONE).date() == one))
        for one in days
    ]


def _page(visit: Visit, stack: Stack, span: Span, days: list[Shown]) -> PageResponse:
    def at(view: str, day: date) -> str:
        return visit.url("/openings", {"view": view, "day": day.isoformat()})

    step = timedelta(days=span.days)
    return page(
        visit,
        "public/calendar.html",
        demo=stack.demo,
        span=span,
        days=days,
        total=sum(len(day.openings) for day in days),
        views=[
            Link(N_("Week"), at(WEEK, span.day), span.view == WEEK),
            Link(N_("Day"), at(DAY, span.day), span.view == DAY),
        ],
        earlier=at(span.view, span.day - step),
        later=at(span.view, span.day + step),
        now_path=visit.url("/openings"),
    )


HANDLERS = [calendar]
