"""What was decided about a result that could not stand, in words: who dropped out or that nobody is awarded, and why."""

from datetime import datetime
from typing import NamedTuple

from trading.capacity.rules import Request
from trading.publication.queries import Dossier
from trading.ways.rules import Way
from web.i18n import N_

CAUSES = {
    "objection-upheld": N_("an objection to the result was upheld"),
    "directive": N_("the supervising body directed it in writing"),
    "incapable": N_("the committee found that the candidate cannot perform"),
    "renounced": N_("the candidate gave the award up"),
    "force-majeure": N_("the candidate cannot perform by force majeure"),
    "no-security": N_("the candidate did not hand in the performance security"),
    "violation": N_("a violation of law that bears on the result was found"),
}


class Told(NamedTuple):
    """One decision: the way, the name of who dropped out (else empty), cause in words, objections, reasons."""

    way: Way
    name: str
    cause: str
    objections: tuple[int, ...]
    reasons: str
    at: datetime
    round: int
    """The evaluation for which it was decided, from 1."""


def ways_told(found: Dossier) -> list[Told]:
    """Every decision of a section in its order."""
    names = {entry.bid: entry.name for entry in found.opened.record} if found.opened else {}
    told, number = [], 1
    for one in found.ways:
        name, cause = names.get(one.bid or "", ""), CAUSES.get(one.cause, one.cause)
        told.append(Told(one.way, name, cause, one.objections, one.reasons, one.at, number))
        number += one.way is Way.REEVALUATE
    return told


def capacity_told(found: Dossier) -> list[tuple[Request, str, bool | None]]:
    """What was asked about the candidates' capacity to perform: the question, the bidder's name, the answer if there is one."""
    names = {entry.bid: entry.name for entry in found.opened.record} if found.opened else {}
    known = found.capacity
    return [(one, names.get(one.bid, one.bid), known.resolved.get(one.number)) for one in known.requests]
