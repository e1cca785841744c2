"""Which way a result goes on that cannot stand, on which grounds, and what the procuring entity signs: pure (TBR 54-55)."""

from collections.abc import Collection, Mapping, Sequence
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.problems import Problem
from trading.capacity.rules import INCAPABLE
from trading.regimes.regime import Regime, Rule

LABEL = "openhall way/v1"
LONGEST_REASONS = 4000
NO_AWARD = "no-award"
"""Why a section failed whose result could not stand and was not handed on to another candidate."""
UPHELD = "objection-upheld"


class Way(StrEnum):
    """What happens with a result that cannot stand: the candidate drops out, the tender is called anew, or the original
    committee evaluates again 复评.
    """

    NEXT = "next"
    RETENDER = "retender"
    REEVALUATE = "re-evaluate"


class Grounds(NamedTuple):
    """Why: one of the enumerated causes, the upheld objections it rests on, and the reasons in words."""

    cause: str
    objections: tuple[int, ...]
    reasons: str


def causes_of(
    regime: Regime, unanswered: Collection[int], way: Way = Way.NEXT, *, incapable: bool = False
) -> tuple[str, ...]:
    """The causes that are open: an upheld objection without a way on comes before everything else.

    Without one a committee evaluates again only where the supervising body directs it. `incapable`: the committee found
    that the candidate cannot perform (TBR 56); then nothing else is the cause.
    """
    if unanswered:
        return regime.words(Rule.UPHELD_CAUSES)
    if way is Way.NEXT and regime.reviewed:
        return ()  # nobody stands in publicity who could step aside for the next; the purchaser determines once (M87 68)
    if incapable and way is not Way.REEVALUATE:
        return (INCAPABLE,)
    return regime.words(Rule.REEVALUATION_CAUSES if way is Way.REEVALUATE else Rule.DROP_OUT_CAUSES)


def unanswered(upheld: Collection[int], followed: Collection[Sequence[int]]) -> tuple[int, ...]:
    """The upheld objections on which no way on rests yet, in order."""
    done = {number for numbers in followed for number in numbers}
    return tuple(sorted(set(upheld) - done))


def standing(candidates: Sequence[Mapping[str, Any]], passed: Collection[str]) -> list[Mapping[str, Any]]:
    """The candidates that are left, in their order and with the rank they were published with."""
    return [one for one in candidates if one["bid"] not in passed]


def check_next(candidates: Sequence[Mapping[str, Any]], passed: Collection[str], bid: str) -> None:
    """`way.candidate` unless the bid is still a candidate, `way.nobody-left` where it is the last of them."""
    left = [one["bid"] for one in standing(candidates, passed)]
    if bid not in left:
        raise Problem("way.candidate", bid=bid)
    if len(left) < 2:
        raise Problem("way.nobody-left", bid=bid)


def way_message(section: str, report: bytes, way: Way, bid: str | None, grounds: Grounds) -> bytes:
    """The 32 bytes the procuring entity signs; `bid` is the candidate that drops out, None where the tender ends."""
    told: dict[str, Any] = {
        "section": section,
        "report": b64(report),
        "way": way.value,
        "bid": bid,
        "cause": grounds.cause,
        "objections": list(grounds.objections),
        "reasons": grounds.reasons,
    }
    return sha256(labelled(LABEL, digest(told))).digest()
