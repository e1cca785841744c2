"""The rounds of a section's evaluation 复评: each judged by what stood when it was set aside, the last by what stands."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from infra.kernel.problems import Problem
from trading.archive.verify_dossier import Dossier, Logged
from trading.archive.verify_tender import Tender

REOPENED, RAISED = "evaluation.reopened", "result-objection.raised"
OF_A_ROUND = frozenset(
    (
        "marks.locked", "consolidation.begun", "marks.explained", "marks.published",
        "report.signed", "report.dissented", "report.settled", "report.returned", "report.confirmed", "mark.corrected",
        "tie.decided", "candidates.published", "winner.determined",
        "capacity.asked", "publicity.ended", "candidate.passed-over", "winner.chosen",
        RAISED, "result-objection.answered", "result-objection.withdrawn",
    )
)  # fmt: skip
"""What is said of one evaluation and not of the next."""


class Round(NamedTuple):
    """One evaluation: what is said of it alone (`own`), all that had happened before its end (`whole`), what ended it."""

    own: Dossier
    whole: Dossier
    ended: Logged | None


def rounds(dossier: Dossier) -> list[Round]:
    """Every evaluation in order, the last of them in force; a section that was never evaluated again has one."""
    bounds: Sequence[Logged | None] = [None, *dossier.all(REOPENED), None]
    found = []
    for begun, ended in pairwise(bounds):
        whole = [one for one in dossier.events if ended is None or one.number < ended.number]
        own = [
            one
            for one in whole
            if not (begun is not None and one.number < begun.number and one.name in OF_A_ROUND) and one.name != REOPENED
        ]
        own += [] if ended is None else [ended]
        before = sum(one.name == RAISED for one in whole) - sum(one.name == RAISED for one in own)
        alone = replace(dossier, events=tuple(own), objections_before=before)
        found.append(Round(alone, replace(dossier, events=tuple(whole)), ended))
    return found


def check_reopenable(dossier: Dossier, tender: Tender) -> None:
    """Nothing that judges must not have known is known when they mark anew; `evidence.way`.

    Where parts are blind or prices come second, the first marks have opened them: such a tender is called anew.
    """
    for event in dossier.all(REOPENED):
        if tender.blind or tender.second is not None:
            raise Problem("evidence.way", field="known", where=event.where)
