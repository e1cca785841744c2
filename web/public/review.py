"""What the procuring entity said to the report and which marks were corrected after locking, in words."""

from datetime import datetime
from typing import NamedTuple

from infra.kernel.events import Event
from trading.publication.queries import Dossier
from trading.review.rules import Correction
from web.i18n import N_

REASONS = {
    "sum-error": N_("the sums are wrong"),
    "out-of-range": N_("a mark lies outside its range"),
    "objective-differs": N_("objective marks differ between judges"),
    "extreme-mark": N_("a mark lies far above or below the others"),
}


class Step(NamedTuple):
    """One step: `confirmed`, `returned` or `corrected`, when, why, and of a correction the bidder's name and the whole."""

    kind: str
    at: datetime
    reason: str
    words: str
    name: str = ""
    correction: Correction | None = None


KINDS = {
    Event.REPORT_CONFIRMED: "confirmed",
    Event.REPORT_RETURNED: "returned",
    Event.MARK_CORRECTED: "corrected",
}


def review_told(found: Dossier) -> list[Step]:
    """Every step in its order."""
    names = {entry.bid: entry.name for entry in found.opened.record} if found.opened else {}
    return [
        Step(
            KINDS[one.event],
            one.at,
            REASONS.get(one.reason, one.reason),
            one.reasons,
            names.get(one.correction.bid, "") if one.correction else "",
            one.correction,
        )
        for one in found.review.steps
    ]
