"""A bid that does not open, and a section that too few are left in: recorded with the cause, held up by nobody else."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from infra.auth.tables import Organisation
from infra.db.work import Work
from infra.kernel.canonical import b64
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from trading.bidding.states import LIFE as BID_LIFE
from trading.bidding.states import BidState
from trading.bidding.tables import Bid
from trading.opening.form import FORM
from trading.opening.limits import await_remedy_end
from trading.opening.rules import cause_of, may_remedy, too_few, verb_found
from trading.opening.states import LEFT_OUT, LIFE, UNANNOUNCED, Stage
from trading.opening.tables import BidOpening, Halt
from trading.sections.actions import stamp
from trading.sections.tables import Section

Logged = Collection[tuple[str, str]]
"""(bid, manifest) of the bids for which the log holds every step that the platform owed before their opening."""


class Terms(Protocol):
    """What holds for every bid of a section that does not open: the steps logged, and the remedy its document permits."""

    @property
    def logged(self) -> Logged:
        """The bids for which every step is logged."""

    @property
    def permits_remedy(self) -> bool:
        """Whether a bidder at fault may still show its bid in plain."""

    @property
    def remedy_time(self) -> timedelta:
        """How long a remedy may be given."""


async def note_trouble(
    work: Work, bid: Bid, opening: BidOpening, body: Organisation, problem: Problem, terms: Terms
) -> None:
    """Record why a bid does not open and who answers for it; the same finding again is no news.

    The bid is left out at once where bidder or custodian answers and no remedy is left; else it waits for a remedy or
    an officer's decision.
    """
    part = str(problem.facts.get("part", FORM if opening.stage in UNANNOUNCED else ""))
    cause = cause_of(problem.code, steps_logged=(bid.id, b64(bid.digest)) in terms.logged)
    bid.trouble = {**{name: str(value) for name, value in problem.facts.items()}, "code": problem.code}
    if (opening.part, opening.reason, opening.cause) == (part, problem.code, cause):
        return
    remedy = await _remedy(work, opening, problem.code, terms)
    opening.stage = LIFE.move(verb_found(cause, remedy=bool(remedy)), Stage(opening.stage), work.ctx.actor.role)
    opening.part, opening.reason, opening.cause = part, problem.code, cause
    if opening.stage in LEFT_OUT:
        leave_unopened(bid)
    work.record(
        Event.BID_UNOPENED,
        bid.id,
        section=bid.section,
        region=bid.region,
        bidder=body.credit_code,
        name=body.name,
        part=part,
        reason=problem.code,
        cause=cause,
        manifest=b64(bid.digest),
        **remedy,
        **({"shares": problem.facts["shares"]} if "shares" in problem.facts else {}),
    )


async def _remedy(work: Work, opening: BidOpening, code: str, terms: Terms) -> dict[str, str]:
    """{remedy: until when} while the bidder may show its bid in plain, else nothing; one time for all of a bid's parts."""
    if not may_remedy(code, permitted=terms.permits_remedy):
        return {}
    if opening.remedy_until is None:
        opening.remedy_from, opening.remedy_until = work.ctx.now, work.ctx.now + terms.remedy_time
        await await_remedy_end(work, opening.bid, opening.remedy_until)
    return {"remedy": stamp(opening.remedy_until)} if work.ctx.now < opening.remedy_until else {}


def forget_trouble(bid: Bid, opening: BidOpening) -> None:
    """A bid that opened after all has no trouble any more; the journal remembers it."""
    opening.part = opening.reason = opening.cause = None
    bid.trouble = None


def leave_unopened(bid: Bid) -> None:
    """End the life of a bid that was never announced; one whose form was read out stays as it was read out."""
    if bid.state == BidState.SUBMITTED:
        bid.state = BID_LIFE.move("leave-unopened", BidState.SUBMITTED, Role.SYSTEM)


async def stops(work: Work, section: Section, left: int, minimum: int) -> bool:
    """Whether a section with so many bids left stops for a human decision; recorded once for each number (rules §3)."""
    halt = await work.session.get(Halt, section.id, with_for_update=True)
    agreed = halt.remaining if halt is not None and halt.decision is not None else None
    if not too_few(left, minimum, agreed):
        return False
    if halt is not None and (halt.remaining, halt.decision) == (left, None):
        return True
    if halt is None:
        halt = Halt(section=section.id, region=section.region, minimum=minimum)
        work.session.add(halt)
    halt.remaining, halt.halted_at = left, work.ctx.now
    halt.decision = halt.decided_by = halt.decided_at = halt.reasons = None
    work.record(
        Event.OPENING_HALTED, section.id, section=section.id, region=section.region, remaining=left, minimum=minimum
    )
    return True
