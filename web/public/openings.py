"""Today's openings for the home page, from the tender notices and the sections they announce."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncSession

from trading.notices.queries import openings
from trading.notices.tables import Notice
from trading.publication.queries import Standing, standings
from trading.sections.states import SectionState
from trading.venues.queries import bookings_of
from trading.venues.states import BookingState
from trading.venues.tables import RoomKind
from web.i18n import N_, ZONE
from web.labels import SECTION_STATES
from web.state import Opening, Openings

AHEAD = timedelta(days=90)
SECTION = N_("See section")
SUSPENDED = N_("Suspended: an objection waits for its answer")
_IN_THE_HALL = (SectionState.BIDDING, SectionState.OPENED)
_TONES = {
    SectionState.BIDDING: "info",
    SectionState.DECRYPTING: "live",
    SectionState.FAILED: "bad",
}


async def openings_today(session: AsyncSession, now: datetime) -> Openings:
    """Today's openings as the tender notices announce them, and the next later one; a deadline is the opening (TBL 34).

    A section of this platform is told with its state, and with the number of its bids once the deadline is over.
    """
    midnight = now.astimezone(ZONE).replace(hour=0, minute=0, second=0, microsecond=0)
    tomorrow = midnight + timedelta(days=1)
    today = await openings(session, midnight, tomorrow)
    later = await openings(session, tomorrow, tomorrow + AHEAD, 1)
    told = await told_openings(session, (*today, *later), now)
    return Openings(told[: len(today)], told[-1] if later else None)


async def told_openings(session: AsyncSession, notices: Sequence[Notice], now: datetime) -> list[Opening]:
    """Tender notices as openings, with the hall that the centre has confirmed for the hour."""
    sections = [notice.section for notice in notices if notice.section]
    known, held = await standings(session, sections), await bookings_of(session, sections)
    halls = {
        booking.section: room.name
        for booking, room in held
        if booking.purpose == RoomKind.OPENING and booking.state == BookingState.CONFIRMED
    }
    return [
        as_opening(notice, known.get(notice.section or ""), now, halls.get(notice.section or "", ""))
        for notice in notices
    ]


def as_opening(notice: Notice, standing: Standing | None, now: datetime, place: str = "") -> Opening:
    """A tender notice as an opening; `openings` gives only notices that have a deadline."""
    assert notice.closes_at is not None
    state, closed = standing.state if standing else None, notice.closes_at <= now
    return Opening(
        at=notice.closes_at,
        category=notice.category,
        code=notice.section or "",
        title=notice.title.removesuffix("招标公告") if standing else notice.title,
        by=standing.procuring_entity if standing else "",
        state=_state(standing, closed),
        tone="warn"
        if standing and standing.suspended
        else _TONES.get(state, "ok")
        if state
        else ""
        if closed
        else "info",
        bidders=_bids(standing),
        place=place,
        path=_path(notice, standing, now),
        action=N_("See notice") if not standing else N_("Opening hall") if _is_on(standing, notice, now) else SECTION,
    )


def _is_on(standing: Standing, notice: Notice, now: datetime) -> bool:
    """Whether there is something to watch: the opening is today or tomorrow, or it goes on."""
    soon = notice.closes_at is not None and notice.closes_at - now < timedelta(days=1)
    return standing.state is SectionState.DECRYPTING or (soon and standing.state in _IN_THE_HALL)


def _path(notice: Notice, standing: Standing | None, now: datetime) -> str:
    if standing is None:
        return f"/notices/{notice.id}"
    section = f"/sections/{notice.section}"
    return f"{section}/hall" if _is_on(standing, notice, now) else section


def _state(standing: Standing | None, closed: bool) -> str:
    """The msgid of how an opening stands; a section past its deadline is no longer open for bids."""
    if standing is not None and standing.suspended:
        return SUSPENDED
    if standing is None or (closed and standing.state is SectionState.BIDDING):
        return N_("Deadline passed") if closed else N_("Open for bids")
    return SECTION_STATES[standing.state]


def _bids(standing: Standing | None) -> str:
    """How many bids opened, of how many where some did not; nothing before the deadline."""
    if standing is None or standing.bids is None:
        return ""
    if standing.state in (SectionState.DECRYPTING, SectionState.FAILED) or standing.opened == standing.bids:
        return str(standing.bids)
    return f"{standing.opened} / {standing.bids}"
