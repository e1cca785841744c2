"""Signed lists of names in the evidence: whole when they were signed, by two who neither bid for the section nor judge it."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from expertpool.attendance.rules import list_message
from infra.auth.signing import Certified
from infra.kernel.canonical import unb64
from infra.kernel.problems import Problem
from trading.archive.verify_bids import Bid
from trading.archive.verify_dossier import Dossier, Logged, placed
from trading.evaluation.marks import judge_id, judge_serial

UNLOCKED = "list.unlocked"
_OF_SEATS = ("judge.signed-in", "slip.replaced", "judge.replaced", "representative.named", UNLOCKED)


class Unlocked(NamedTuple):
    """A list that was unlocked: how many judges, and whom the two certificates name, the trading centre's first."""

    judges: int
    centre: Certified
    supervisor: Certified


def check_lists(dossier: Dossier, bids: Mapping[str, Bid]) -> Iterator[Unlocked]:
    """Each list in its order; `evidence.list` names the field that is wrong, `signing.…` the signature.

    That the one is the trading centre's and the other the supervising body's no certificate says: compare the names.
    """
    seated, vacant = set[str](), set[str]()
    for event in dossier.all(*_OF_SEATS):
        if event.name == UNLOCKED:
            with placed(event.where):
                yield _check(dossier, bids, event, seated | vacant)
            continue
        judge = event.facts["judge"]
        seated.discard(judge)
        vacant.discard(judge)
        if event.name == "judge.signed-in":
            seated.add(judge)
        elif event.name == "judge.replaced" and event.facts["alternate"] is None:
            vacant.add(judge)


def _check(dossier: Dossier, bids: Mapping[str, Bid], event: Logged, accounted: set[str]) -> Unlocked:
    facts, drawn = event.facts, dossier.all("draw.revealed")
    judges = {judge_id(number) for number in range(1, min(facts["judges"], len(accounted)) + 1)}
    right = {
        "subject": event.subject in {one.subject for one in drawn if one.number < event.number},
        "judges": 0 < facts["judges"] == len(judges) and judges <= accounted,
        "signatures": len(facts["signatures"]) == 2,
    }
    _hold(right)
    message = list_message(dossier.section, bytes.fromhex(facts["digest"]))
    first, second = (
        dossier.signed(unb64(one["certificate"]), unb64(one["signature"]), message, event.at)
        for one in facts["signatures"]
    )
    parties = {bid.bidder.serial for bid in bids.values()} | {judge_serial(dossier.section, one) for one in judges}
    apart = first.serial != second.serial and first.key != second.key
    _hold({"signers": apart and not {first.serial, second.serial} & parties})
    return Unlocked(facts["judges"], first, second)


def _hold(right: Mapping[str, bool]) -> None:
    for field, holds in right.items():
        if not holds:
            raise Problem("evidence.list", field=field)
