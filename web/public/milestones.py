"""The milestones of a contract as its pages tell them: in words, and how each stands today."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from infra.kernel.money import Fen, yuan
from trading.contracts.rules import MilestoneKind, Standing, standing_of
from trading.contracts.tables import Milestone
from web.i18n import N_

KINDS = {
    MilestoneKind.PERFORMANCE: N_("Work or delivery"),
    MilestoneKind.ACCEPTANCE: N_("Acceptance of the work"),
    MilestoneKind.PAYMENT: N_("Payment"),
}
STANDINGS = {
    Standing.AHEAD: (N_("to come"), "info", "clock"),
    Standing.OVERDUE: (N_("past its day"), "bad", "warn"),
    Standing.DONE: (N_("reached in time"), "ok", "check"),
    Standing.LATE: (N_("reached late"), "warn", "check"),
}


class Told(NamedTuple):
    """One milestone: its row, kind, amount in yuan where it has one, and how it stands (text, tone, icon)."""

    row: Milestone
    kind: str
    amount: str | None
    standing: tuple[str, str, str]


def told_milestones(rows: Sequence[Milestone], now: datetime) -> list[Told]:
    """Each in the order given."""
    return [
        Told(
            one,
            KINDS[MilestoneKind(one.kind)],
            None if one.amount is None else yuan(Fen(one.amount)),
            STANDINGS[standing_of(one.due_on, one.done_on, now)],
        )
        for one in rows
    ]
