"""Preliminary examination 初步评审, decided purely: who answers what, what a judge commits to, what a majority settles.

Every judge answers every item of every bid alone: `pass`, or a failure with its reason and the pages that show it.
More than half of all seats decide (M87 61); what differs without that majority passes (docs/formats/examination.md).
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any

from infra.kernel.canonical import canonical
from infra.kernel.fields import array_at, at, count_at, is_written, members_at, object_at
from infra.kernel.problems import Problem
from trading.evaluation.criteria import Criterion, Stage, criteria_of

LABEL = b"examination/v1\n"
FORMAT = "examination/v1"
PASS = "pass"
LONGEST_REASON = 500
MOST_PAGES = 5
LAST_PAGE = 9999
LONGEST_PART = 40

Items = Mapping[str, Criterion]
Answers = Mapping[str, Mapping[str, Any]]
"""bid → item → `pass` or {reason, pages: [{part, page}]}."""


class Party(StrEnum):
    """Who examines: the committee 评标委员会, or in government procurement, for qualification, the purchaser (M87 44)."""

    COMMITTEE = "committee"
    PURCHASER = "purchaser"


def items_of(examination: Sequence[Mapping[str, Any]]) -> dict[str, Criterion]:
    """The frozen items by id, in their order."""
    return {one.id: one for one in criteria_of([dict(one) for one in examination])}


def items_for(party: Party, items: Items, qualification_by: Collection[str]) -> dict[str, Criterion]:
    """What this party examines; `qualification_by` is the rule set's answer to who examines qualification."""
    own = {Stage.QUALIFICATION: party in qualification_by}
    return {name: one for name, one in items.items() if own.get(one.stage, party is Party.COMMITTEE)}


def check_answer(answer: Any, path: str = "$") -> Any:
    """The answer, if it is one; `examination.reason` for a failure without reasons, `examination.pages`, `evidence.…`."""
    if answer == PASS:
        return answer
    told = members_at(answer, path, ("reason", "pages"))
    if not is_written(told["reason"], LONGEST_REASON):
        raise Problem("examination.reason", path=at(path, "reason"), most=LONGEST_REASON)
    pages = array_at(told["pages"], at(path, "pages"))
    if len(pages) > MOST_PAGES:
        raise Problem("examination.pages", path=at(path, "pages"), most=MOST_PAGES)
    for place, one in enumerate(pages):
        here = at(at(path, "pages"), place)
        shown = members_at(one, here, ("part", "page"))
        if not is_written(shown["part"], LONGEST_PART):
            raise Problem("examination.pages", path=at(here, "part"), most=MOST_PAGES)
        count_at(shown["page"], at(here, "page"), 1, LAST_PAGE)
    return answer


def check_answers(answers: Any, items: Collection[str], bids: Collection[str], path: str = "$.answers") -> None:
    """Every item of every bid is answered and nothing else; `examination.missing`, `examination.unknown`."""
    rows = object_at(answers, path)
    for bid, row in rows.items():
        if bid not in bids:
            raise Problem("examination.unknown", path=at(path, bid), bid=bid, item="")
        for item, answer in object_at(row, at(path, bid)).items():
            here = at(at(path, bid), item)
            if item not in items:
                raise Problem("examination.unknown", path=here, bid=bid, item=item)
            check_answer(answer, here)
    left = missing(rows, items, bids)
    if left:
        bid, item = left[0]
        raise Problem("examination.missing", path=at(at(path, bid), item), bid=bid, item=item, left=len(left))


def missing(answers: Answers, items: Collection[str], bids: Iterable[str]) -> list[tuple[str, str]]:
    """What is not answered yet, as (bid, item)."""
    return [(bid, item) for bid in bids for item in items if item not in answers.get(bid, {})]


def commitment(salt: bytes, section: str, judge: str, answers: Answers) -> bytes:
    """SHA-256("examination/v1" ‖ LF ‖ salt32 ‖ canonical {answers, judge, section}): what the judge signs, the log keeps."""
    if len(salt) != 32:
        raise Problem("marks.salt")
    return sha256(LABEL + salt + canonical({"answers": dict(answers), "judge": judge, "section": section})).digest()


def examine(items: Items, answers: Mapping[str, Answers], seats: int) -> dict[str, Any]:
    """The result: every item that somebody failed, by whom and why, and the bids that more than half of all seats reject."""
    bids = sorted({bid for sheet in answers.values() for bid in sheet})
    findings: dict[str, dict[str, Any]] = {}
    for bid in bids:
        row = {item: _finding(bid, item, answers, seats) for item in items}
        if kept := {item: one for item, one in row.items() if one["failed"]}:
            findings[bid] = kept
    return {
        "format": FORMAT,
        "items": [{**one._asdict(), "stage": str(one.stage)} for one in items.values()],
        "findings": findings,
        "rejected": {bid: why for bid, row in findings.items() if (why := _why(items, row))},
    }


def grounds(result: Mapping[str, Any] | None) -> dict[str, str]:
    """Who is out by a result and why; nobody where there is none."""
    return {} if result is None else dict(result["rejected"])


class Few(StrEnum):
    """What a rule set says where fewer valid bids are left than its minimum."""

    COMPETITION = "competition"
    NO_EVALUATION = "no-evaluation"


class Next(StrEnum):
    """How it goes on after the examination."""

    MARKS = "marks"
    COMPETITION = "competition"
    FAILED = "failed"


def goes_on(valid: int, minimum: int, few: Collection[str]) -> Next:
    """Marking; or the committee says whether competition is lacking (O1117 (十三)); or nothing is evaluated (M87 44)."""
    if valid >= minimum:
        return Next.MARKS
    return Next.COMPETITION if valid and Few.COMPETITION in few else Next.FAILED


def _finding(bid: str, item: str, answers: Mapping[str, Answers], seats: int) -> dict[str, Any]:
    given = {judge: answers[judge][bid][item] for judge in sorted(answers)}
    failed = {judge: answer for judge, answer in given.items() if answer != PASS}
    passed = [judge for judge in given if judge not in failed]
    return {"failed": failed, "passed": passed, "rejects": 2 * len(failed) > seats}


def _why(items: Items, row: Mapping[str, Any]) -> str:
    """`article: clause name: reasons` of each item that rejects."""
    told = []
    for item, one in row.items():
        if one["rejects"]:
            reasons = " / ".join(answer["reason"] for answer in one["failed"].values())
            told.append(f"{items[item].ground}: {items[item].clause} {items[item].zh}: {reasons}")
    return "; ".join(told)
