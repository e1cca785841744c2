"""Whether a contract may be recorded as it is told: pure (TBL 46, TBR 57)."""

from datetime import date, datetime, time
from enum import StrEnum
from typing import NamedTuple

from infra.kernel.money import Fen, yuan
from infra.kernel.problems import Problem
from trading.regimes.china import SHANGHAI
from trading.regimes.regime import Regime, Rule


class MilestoneKind(StrEnum):
    """What of a contract's performance 履约 is told: work or delivery, acceptance 验收, payment 支付."""

    PERFORMANCE = "performance"
    ACCEPTANCE = "acceptance"
    PAYMENT = "payment"


class Standing(StrEnum):
    """How a milestone stands."""

    AHEAD = "ahead"
    OVERDUE = "overdue"
    DONE = "done"
    LATE = "late"


class Signed(NamedTuple):
    """What milestones follow: when the contract was signed and for how much."""

    signed_on: date
    amount: int


def check_contract(amount: Fen, price: Fen, signed_on: date, awarded: datetime, now: datetime) -> None:
    """`contract.amount` unless it is the winning price (TBR 57), `contract.date` before the award or after today."""
    if amount != price:
        raise Problem("contract.amount", price=yuan(price))
    if not awarded.astimezone(SHANGHAI).date() <= signed_on <= now.astimezone(SHANGHAI).date():
        raise Problem("contract.date", awarded=awarded)


def is_late(signed_on: date, due: datetime) -> bool:
    """Whether it was signed after the day on which the period ended."""
    return signed_on > last_day(due)


def after_signing(regime: Regime, signed_on: date, rule: Rule) -> datetime | None:
    """Until when something must follow the day of signing, UTC; None where the rule set has no such period.

    A purchase's contract is published within two working days (GPR 50) and filed within seven (GPL 47).
    """
    if not regime.knows(rule):
        return None
    return regime.end(datetime.combine(signed_on, time(23, 59), SHANGHAI), rule)


def check_plan(contract: Signed, kind: str, due_on: date, amount: Fen | None, promised: Fen) -> None:
    """`milestone.kind`, `milestone.date` before the contract was signed, `milestone.amount`.

    A payment tells its amount, and all payments together are no more than the contract's; nothing else has one.
    """
    if kind not in set(MilestoneKind):
        raise Problem("milestone.kind")
    if due_on < contract.signed_on:
        raise Problem("milestone.date", signed_on=contract.signed_on.isoformat())
    if kind != MilestoneKind.PAYMENT:
        if amount is not None:
            raise Problem("milestone.no-amount")
        return
    if amount is None or amount <= 0 or promised + amount > contract.amount:
        raise Problem("milestone.amount", left=yuan(Fen(contract.amount - promised)))


def check_done(signed_on: date, done_on: date, now: datetime) -> None:
    """`milestone.done-date` before the contract was signed or after today."""
    if not signed_on <= done_on <= now.astimezone(SHANGHAI).date():
        raise Problem("milestone.done-date", signed_on=signed_on.isoformat())


def standing_of(due_on: date, done_on: date | None, now: datetime) -> Standing:
    """How a milestone stands: done in time or late, still to come, or overdue since its day is over."""
    if done_on is not None:
        return Standing.LATE if done_on > due_on else Standing.DONE
    return Standing.OVERDUE if now.astimezone(SHANGHAI).date() > due_on else Standing.AHEAD


def last_day(due: datetime) -> date:
    """The last day of a period that ends at an instant; 24:00 of a day is that day's."""
    at = due.astimezone(SHANGHAI)
    return date.fromordinal(at.toordinal() - 1) if (at.hour, at.minute, at.second) == (0, 0, 0) else at.date()
