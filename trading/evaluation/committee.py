"""What the committee resolves together 评标委员会决议: what may be moved, how votes decide, what follows from it.

Subjective marks are given alone and are never resolved on (GPR 41). A common finding is settled by majority (M87 61).
"""

from collections.abc import Collection, Mapping, Sequence
from decimal import localcontext
from enum import StrEnum
from hashlib import sha256
from typing import Any, NamedTuple

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.fields import at, flag_at, is_written, members_at, object_at, text_at
from infra.kernel.problems import Problem
from trading.evaluation.reading import read_sheet, reader_of
from trading.evaluation.rules import EXACT, ItemKind, Method
from trading.regimes.regime import Regime, Rule

LABEL = "openhall resolution/v1"
DISSENT_LABEL = "openhall dissent/v1"
LONGEST_REASONS = 4000


class Kind(StrEnum):
    """What a resolution is about."""

    OBJECTIVE = "objective"
    REJECTION = "rejection"
    COMPETITION = "competition"
    REPLACEMENT = "replacement"
    CAPACITY = "capacity"


LATER = (Kind.REPLACEMENT, Kind.CAPACITY)
"""What holds up nobody's marks: that a judge shall leave, and what is asked after the report (TBR 56)."""


class Outcome(StrEnum):
    """How a resolution stands by the votes of those who hold the seats now."""

    PENDING = "pending"
    PASSED = "passed"
    DEFEATED = "defeated"


class Motion(NamedTuple):
    """A resolution with the votes of the present judges: judge → agrees."""

    number: int
    kind: Kind
    content: Mapping[str, Any]
    votes: Mapping[str, bool]


class Ground(NamedTuple):
    """What a motion is held against: the frozen method, the rule set, the bids that take part, the judges' ids."""

    method: Method
    regime: Regime
    valid: Collection[str]
    judges: Collection[str]
    asked: tuple[int, str] | None = None
    """The open question about a candidate's capacity to perform: its number and the bid."""


class Standing(NamedTuple):
    """What the committee's resolutions amount to: who is out and why, what is found, what is still open."""

    rejected: dict[str, str]
    finding: Motion | None
    competition: dict[tuple[str, ...], bool]
    leaving: dict[int, str]
    pending: list[Motion]
    capacity: dict[int, bool]
    """Whether a candidate can perform, by the number of the question."""

    @property
    def undecided(self) -> list[Motion]:
        """What must be settled before marks are locked."""
        return [motion for motion in self.pending if motion.kind not in LATER]

    def finds(self, valid: Collection[str]) -> bool:
        """Whether the common finding gives objective marks for each of these bids."""
        return self.finding is not None and set(valid) <= self.finding.content["marks"].keys()

    def objective(self, valid: Collection[str]) -> dict[str, dict[str, Any]]:
        """The found marks with their grounds, bid → item → {mark, ground}; empty where the method has no such items."""
        return {} if self.finding is None else {bid: self.finding.content["marks"][bid] for bid in valid}

    def valid(self, opened: Collection[str]) -> list[str]:
        """The opened bids that take part, by id."""
        return sorted(bid for bid in opened if bid not in self.rejected)

    def lacking(self, valid: Collection[str]) -> bool | None:
        """Whether the committee found competition lacking with just these bids; None where it has not decided."""
        return self.competition.get(tuple(sorted(valid)))


def outcome(kind: Kind, votes: Collection[bool], seats: int) -> Outcome:
    """More than half of all seats decide; under objective marks every judge's answer stands before they count."""
    agreed = sum(votes)
    if kind is Kind.OBJECTIVE and len(votes) < seats:
        return Outcome.PENDING
    if 2 * agreed > seats:
        return Outcome.PASSED
    return Outcome.DEFEATED if 2 * (len(votes) - agreed) >= seats else Outcome.PENDING


def standing(motions: Sequence[Motion], seats: int) -> Standing:
    """What follows from the motions in the order of their numbers."""
    found = Standing({}, None, {}, {}, [], {})
    for motion in motions:
        decided = outcome(motion.kind, motion.votes.values(), seats)
        content = motion.content
        if decided is Outcome.PENDING:
            found.pending.append(motion)
        elif decided is Outcome.DEFEATED:
            continue
        elif motion.kind is Kind.REJECTION:
            found.rejected[content["bid"]] = f"{content['article']}: {content['reasons']}"
        elif motion.kind is Kind.OBJECTIVE:
            found = found._replace(finding=motion)
        elif motion.kind is Kind.COMPETITION:
            found.competition[tuple(content["bids"])] = content["lacking"]
        elif motion.kind is Kind.CAPACITY:
            found.capacity[content["request"]] = content["capable"]
        else:
            found.leaving[motion.number] = content["judge"]
    return found


def resolution_message(section: str, number: int, content: Mapping[str, Any], *, agrees: bool, reasons: str) -> bytes:
    """The 32 bytes a judge signs; who moves signs with `agrees` and without reasons. `content` names its kind."""
    told = {"section": section, "number": number, "content": dict(content), "agrees": agrees, "reasons": reasons}
    return sha256(labelled(LABEL, digest(told))).digest()


def check_content(content: Any, ground: Ground) -> Kind:
    """The kind of a motion that may be moved now; its shape is docs/formats/resolutions.md.

    `finding.ground`, `rejection.bid`, `rejection.ground`, `competition.enough`, `competition.bids`,
    `replacement.judge`, `capacity.not-asked`, `resolution.reasons`, and what marks and fields are refused with.
    """
    kind = object_at(content, "$").get("kind")
    if kind == Kind.OBJECTIVE:
        _check_finding(members_at(content, "$", ("kind", "marks"))["marks"], ground)
    elif kind == Kind.REJECTION:
        _check_rejection(members_at(content, "$", ("kind", "bid", "article", "reasons")), ground)
    elif kind == Kind.COMPETITION:
        _check_competition(members_at(content, "$", ("kind", "bids", "lacking", "reasons")), ground)
    elif kind == Kind.REPLACEMENT:
        found = members_at(content, "$", ("kind", "judge", "reasons"))
        check_reasons(found["reasons"])
        if found["judge"] not in ground.judges:
            raise Problem("replacement.judge", judge=str(found["judge"])[:40])
    elif kind == Kind.CAPACITY:
        found = members_at(content, "$", ("kind", "request", "bid", "capable", "reasons"))
        check_reasons(found["reasons"])
        flag_at(found["capable"], "$.capable")
        if (found["request"], found["bid"]) != ground.asked:
            raise Problem("capacity.not-asked", request=str(found["request"])[:10])
    else:
        raise Problem("evidence.word", path="$.kind", value=str(kind)[:40], allowed=", ".join(Kind))
    return Kind(kind)


def check_reasons(reasons: Any) -> None:
    """`resolution.reasons` unless reasons are written out."""
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("resolution.reasons", most=LONGEST_REASONS)


def first_difference(given: Mapping[str, Any], found: Mapping[str, Any]) -> tuple[str, str, str, str] | None:
    """The first (bid, item, mark given, mark found) in which two findings differ, or None."""
    for bid in sorted(given["marks"]):
        for item, one in sorted(given["marks"][bid].items()):
            known = found["marks"].get(bid, {}).get(item, {}).get("mark", "")
            if one["mark"] != known:
                return bid, item, one["mark"], known
    return None


def _check_finding(value: Any, ground: Ground) -> None:
    items = ground.method.of_kind(ItemKind.OBJECTIVE)
    if not items:
        raise Problem("finding.no-items")
    marks: dict[str, dict[str, Any]] = {}
    for bid, row in object_at(value, "$.marks").items():
        path = at("$.marks", bid)
        marks[bid] = {}
        for item, one in object_at(row, path).items():
            found = members_at(one, at(path, item), ("mark", "ground"))
            if not is_written(text_at(found["ground"], at(at(path, item), "ground")), LONGEST_REASONS):
                raise Problem("finding.ground", bid=bid, item=item)
            marks[bid][item] = found["mark"]
    with localcontext(EXACT):
        read_sheet(marks, reader_of(items), ground.valid, "$.marks")


def _check_rejection(found: Mapping[str, Any], ground: Ground) -> None:
    check_reasons(found["reasons"])
    if found["bid"] not in ground.valid:
        raise Problem("rejection.bid", bid=str(found["bid"])[:64])
    allowed = ground.regime.words(Rule.REJECTION_GROUNDS)
    if found["article"] not in allowed:
        source = ground.regime.parameter(Rule.REJECTION_GROUNDS).source
        raise Problem("rejection.ground", given=str(found["article"])[:40], allowed=", ".join(allowed), source=source)


def _check_competition(found: Mapping[str, Any], ground: Ground) -> None:
    check_reasons(found["reasons"])
    lacking = flag_at(found["lacking"], "$.lacking")
    least = ground.regime.parameter(Rule.VALID_BIDS_MINIMUM)
    if len(ground.valid) >= ground.regime.count(Rule.VALID_BIDS_MINIMUM):
        raise Problem("competition.enough", valid=len(ground.valid), minimum=least.value, source=least.source)
    if found["bids"] != sorted(ground.valid) or (not ground.valid and not lacking):
        raise Problem("competition.bids", valid=", ".join(sorted(ground.valid)))


def dissent_message(report: bytes, reasons: str) -> bytes:
    """The 32 bytes a judge signs under written reasons against the report with that message."""
    return sha256(labelled(DISSENT_LABEL, digest({"report": b64(report), "reasons": reasons}))).digest()
