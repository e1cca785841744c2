"""Limited times of an opening: for t keys, for each bidder's factor, for a remedy; a pause of the host makes them longer."""

from datetime import datetime, timedelta

from sqlalchemy import select

from infra.auth.permissions import require
from infra.custody import duties
from infra.custody.actions import THRESHOLD
from infra.custody.tables import Keyset
from infra.db.work import Work
from infra.jobs import enqueue
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.opening.failing import leave_unopened
from trading.opening.giving import FACTOR, RELEASE, SECOND_RELEASE
from trading.opening.limits import FACTORS_END, LIMIT, await_limit, await_remedy_end, subject_of
from trading.opening.pausing import last_pause
from trading.opening.rules import verb_decided
from trading.opening.states import LIFE, UNANNOUNCED, WAITING, Cause, Stage
from trading.opening.tables import BidFactor, BidOpening, OpeningWindow, Remedy
from trading.regimes.regime import Rule
from trading.sections.actions import regime_of, stamp
from trading.sections.queries import lock_section
from trading.sections.states import SectionState
from trading.sections.tables import Section

LENGTHS = {
    RELEASE: Rule.KEY_RELEASE_LIMIT,
    FACTOR: Rule.FACTOR_WINDOW,
    SECOND_RELEASE: Rule.KEY_RELEASE_LIMIT,
}
VERBS = {RELEASE: LIMIT, FACTOR: FACTORS_END, SECOND_RELEASE: LIMIT}
RUNNING = {
    RELEASE: SectionState.DECRYPTING,
    FACTOR: SectionState.DECRYPTING,
    SECOND_RELEASE: SectionState.PRICING,
}
"""The state of a section in which a window may end."""


async def open_window(work: Work, section: Section, kind: str) -> OpeningWindow:
    """Begin a window of the length that the section's rule set gives, and let its end be looked at."""
    length = regime_of(section, work.ctx.mode).count(LENGTHS[kind])
    window = OpeningWindow(
        section=section.id, kind=kind, region=section.region, opened_at=work.ctx.now,
        until=work.ctx.now + timedelta(seconds=length),
    )  # fmt: skip
    work.session.add(window)
    await await_limit(work, VERBS[kind], section.id, window.until)
    return window


async def open_factor_window(work: Work, section_id: str) -> None:
    """Ask the bidders for their factors, once t keys stand released and the section wants them; again changes nothing."""
    section = await lock_section(work.session, section_id)
    if not section.bidder_factor or section.state != SectionState.DECRYPTING:
        return
    known = await work.session.get(OpeningWindow, (section_id, FACTOR))
    if known is not None or await _released(work, section) < THRESHOLD:
        return
    window = await open_window(work, section, FACTOR)
    work.record(
        Event.FACTOR_WINDOW_OPENED, section_id, section=section_id, region=section.region, until=stamp(window.until)
    )


async def pass_release_limit(work: Work, subject: str) -> None:
    """The effect of a limit for keys, of either envelope: with fewer than t the platform answers, and bidders may show
    what does not open.
    """
    found = await _over(work, subject, SECOND_RELEASE) or await _over(work, subject, RELEASE)
    if found is None:
        return
    section, window = found
    released = await _released(work, section)
    if released >= THRESHOLD:
        return
    window.closed_at = work.ctx.now
    work.record(
        Event.RELEASE_OVERDUE, section.id, section=section.id, region=section.region, released=released,
        needed=THRESHOLD,
    )  # fmt: skip
    await enqueue(work, job_of(section), section=section.id)


async def close_factor_window(work: Work, subject: str) -> None:
    """The effect of the factor window's end: whose factor is missing is told, and follows the section's terms."""
    found = await _over(work, subject, FACTOR)
    if found is None:
        return
    section, window = found
    given = select(BidFactor.bid).where(BidFactor.section == section.id, BidFactor.given_at.is_not(None))
    sealed = select(BidOpening.bid).where(
        BidOpening.section == section.id, BidOpening.stage.in_(UNANNOUNCED), BidOpening.bid.not_in(given)
    )
    missing = sorted((await work.session.execute(sealed)).scalars())
    window.closed_at = work.ctx.now
    work.record(Event.FACTOR_WINDOW_CLOSED, section.id, section=section.id, region=section.region, missing=missing)
    await enqueue(work, "open-section", section=section.id)


async def end_remedy(work: Work, subject: str) -> None:
    """The effect of a remedy's limit: a bid that waits by its bidder's own fault and was not shown is revoked 撤销."""
    require(work.ctx.actor, "opening.limit")
    bid_id = subject_of(subject)
    about = await work.session.get_one(BidOpening, bid_id)
    section = await lock_section(work.session, about.section)
    opening = await work.session.get_one(BidOpening, bid_id, with_for_update=True, populate_existing=True)
    shown = await work.session.get(Remedy, (bid_id, opening.part or ""))
    waits = opening.stage in WAITING and opening.cause == Cause.BIDDER and shown is None
    if not waits or opening.remedy_until is None or work.ctx.now < opening.remedy_until:
        return
    if await last_pause(work.session, section.id) is not None:
        return
    opening.stage = LIFE.move(verb_decided(Cause.BIDDER), Stage(opening.stage), work.ctx.actor.role)
    leave_unopened(await work.session.get_one(Bid, bid_id, with_for_update=True))
    work.record(Event.REMEDY_ENDED, bid_id, section=section.id, region=section.region)
    await enqueue(work, job_of(section), section=section.id)


async def extend_windows(work: Work, section_id: str, since: datetime) -> None:
    """Make every running time of an opening longer by a pause that began at `since` and ends now."""
    open_ones = select(OpeningWindow).where(OpeningWindow.section == section_id, OpeningWindow.closed_at.is_(None))
    for window in (await work.session.execute(open_ones.with_for_update())).scalars():
        if window.until > since:
            window.until += work.ctx.now - max(since, window.opened_at)
            await await_limit(work, VERBS[window.kind], section_id, window.until)
    waiting = select(BidOpening).where(BidOpening.section == section_id, BidOpening.remedy_until > since)
    for one in (await work.session.execute(waiting.with_for_update())).scalars():
        assert one.remedy_from is not None and one.remedy_until is not None
        one.remedy_until += work.ctx.now - max(since, one.remedy_from)
        await await_remedy_end(work, one.bid, one.remedy_until)


def job_of(section: Section) -> str:
    """The job that tries again what waited."""
    jobs = {SectionState.DECRYPTING: "open-section", SectionState.PRICING: "open-prices"}
    return jobs.get(SectionState(section.state), "check-files")


async def _over(work: Work, subject: str, kind: str) -> tuple[Section, OpeningWindow] | None:
    """The locked section and its window if that is over now, not yet closed, and not held open by a pause."""
    require(work.ctx.actor, "opening.limit")
    section = await lock_section(work.session, subject_of(subject))
    window = await work.session.get(OpeningWindow, (section.id, kind), with_for_update=True)
    if window is None or window.closed_at is not None or work.ctx.now < window.until:
        return None
    if section.state != RUNNING[kind] or await last_pause(work.session, section.id) is not None:
        return None
    return section, window


async def _released(work: Work, section: Section) -> int:
    """How many keys of the keyset that is due stand released."""
    due = section.second_keyset if section.state == SectionState.PRICING else section.keyset
    keyset = await work.session.get_one(Keyset, due)
    return len(await duties.answers(work.session, duties.RELEASE, keyset.id))
