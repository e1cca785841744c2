"""The performance 履约 of a contract: milestones are planned, and told when they are reached; each is an event of the log."""

from datetime import date
from typing import NamedTuple

from infra.db.work import Work
from infra.kernel.events import Event
from infra.kernel.fields import is_written
from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.contracts.actions import LONGEST
from trading.contracts.queries import contract_of, milestones_of
from trading.contracts.rules import MilestoneKind, Signed, Standing, check_done, check_plan, standing_of
from trading.contracts.tables import Contract, Milestone
from trading.sections.actions import own_section

MOST = 50
LONGEST_TITLE = 200


class Plan(NamedTuple):
    """What is to come: its kind, what it is called, when it is due, and of a payment how much."""

    kind: str
    title: str
    due_on: date
    amount: Fen | None = None


async def plan_milestone(work: Work, section_id: str, plan: Plan) -> Milestone:
    """Plan a milestone of the recorded contract, public at once.

    `milestone.no-contract`, `milestone.too-many`, `milestone.title`, and what `check_plan` refuses.
    """
    contract = await _contract(work, section_id)
    known = await milestones_of(work.session, section_id)
    if len(known) >= MOST:
        raise Problem("milestone.too-many", most=MOST)
    if not is_written(plan.title, LONGEST_TITLE):
        raise Problem("milestone.title", most=LONGEST_TITLE)
    promised = Fen(sum(one.amount or 0 for one in known))
    check_plan(Signed(contract.signed_on, contract.amount), plan.kind, plan.due_on, plan.amount, promised)
    row = Milestone(
        section=section_id, region=contract.region, number=1 + max((one.number for one in known), default=0),
        kind=plan.kind, title=plan.title, due_on=plan.due_on, amount=plan.amount, planned_at=work.ctx.now,
    )  # fmt: skip
    work.session.add(row)
    told = {"amount": yuan(plan.amount)} if plan.amount is not None else {}
    work.record(
        Event.MILESTONE_PLANNED, section_id, section=section_id, region=contract.region, number=row.number,
        kind=plan.kind, title=plan.title, due=plan.due_on.isoformat(), **told,
    )  # fmt: skip
    return row


async def reach_milestone(work: Work, section_id: str, number: int, done_on: date, words: str) -> Milestone:
    """Tell that a milestone was reached, for good; `milestone.unknown`, `milestone.reached`, `milestone.words`, its date."""
    contract = await _contract(work, section_id)
    row = await work.session.get(Milestone, (section_id, number)) if 0 < number <= MOST else None
    if row is None:
        raise Problem("milestone.unknown", number=number)
    if row.done_on is not None:
        raise Problem("milestone.reached", number=number)
    check_done(contract.signed_on, done_on, work.ctx.now)
    if not is_written(words, LONGEST):
        raise Problem("milestone.words", most=LONGEST)
    row.done_on, row.words, row.told_at = done_on, words, work.ctx.now
    late = standing_of(row.due_on, done_on, work.ctx.now) is Standing.LATE
    work.record(
        Event.MILESTONE_DONE, section_id, section=section_id, region=row.region, number=number,
        kind=MilestoneKind(row.kind).value, done=done_on.isoformat(), late=late, words=words,
    )  # fmt: skip
    return row


async def _contract(work: Work, section_id: str) -> Contract:
    section = await own_section(work, section_id, "contract.deliver")
    contract = await contract_of(work.session, section.id)
    if contract is None:
        raise Problem("milestone.no-contract", section=section_id)
    return contract
