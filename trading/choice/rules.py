"""Choosing the winner among the candidates where the notice leaves it to the procuring entity: what it signs; pure."""

from hashlib import sha256

from infra.crypto.sign import labelled
from infra.kernel.canonical import b64, digest
from infra.kernel.problems import Problem
from trading.regimes.regime import Regime, Rule

LABEL = "openhall choice/v1"
LONGEST_REASONS = 4000
BY_CHOICE = "choice"
"""One of the ways to the winner that a rule set lists: the procuring entity chooses, instead of the first in the ranking."""


def check_by_choice(regime: Regime) -> None:
    """`section.by-choice` where the rule set gives the award to the first in the ranking alone."""
    if BY_CHOICE not in regime.words(Rule.AWARD_BY):
        source = regime.parameter(Rule.AWARD_BY)
        raise Problem("section.by-choice", source=source.source, mark=source.mark)


def choice_message(section: str, report: bytes, bid: str, reasons: str) -> bytes:
    """The 32 bytes the procuring entity signs: its winner, on which report, and why."""
    told = {"section": section, "report": b64(report), "bid": bid, "reasons": reasons}
    return sha256(labelled(LABEL, digest(told))).digest()
