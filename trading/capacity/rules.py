"""What is asked about a candidate's capacity to perform, what is signed, and what bars an award: pure (TBR 56)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import NamedTuple

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest

LABEL = "openhall capacity/v1"
LONGEST_REASONS = 4000
INCAPABLE = "incapable"
"""The cause for which a candidate drops out whom the committee found unable to perform."""


class Request(NamedTuple):
    """One question to the committee: its number in the section, the candidate's bid, why it is asked, when."""

    number: int
    bid: str
    reasons: str
    at: datetime


@dataclass(frozen=True)
class Capacity:
    """What was asked of the committee in force, and what it resolved: number of the request → able to perform."""

    requests: Sequence[Request] = ()
    resolved: Mapping[int, bool] = field(default_factory=dict)

    @property
    def open(self) -> Request | None:
        """The question that waits for the committee."""
        return next((one for one in self.requests if one.number not in self.resolved), None)

    @property
    def incapable(self) -> frozenset[str]:
        """The bids whose last answer says that they cannot perform."""
        last = {one.bid: self.resolved[one.number] for one in self.requests if one.number in self.resolved}
        return frozenset(bid for bid, able in last.items() if not able)


def capacity_message(section: str, report: bytes, number: int, bid: str, reasons: str) -> bytes:
    """The 32 bytes the procuring entity signs when it asks."""
    told = {"section": section, "report": b64(report), "number": number, "bid": bid, "reasons": reasons}
    return sha256(labelled(LABEL, digest(told))).digest()
