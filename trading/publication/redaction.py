"""What of a committee is published, and how: the redaction table of the rule sets, by what is asked for. Pure."""

from enum import StrEnum
from typing import NamedTuple

from trading.regimes.regime import Mark


class Fact(StrEnum):
    """What could be told of a committee or of its work."""

    MARKS = "marks"
    REASONS = "reasons"
    EXPLANATIONS = "explanations"
    REJECTIONS = "rejections"
    DISSENT = "dissent"
    JUDGE = "judge"
    IDENTITY = "identity"
    EMPLOYER = "employer"


class Shown(StrEnum):
    """How it is told: as it is, under the judge's number 评委1..n alone, or not at all."""

    WHOLE = "whole"
    NUMBERED = "numbered"
    HIDDEN = "hidden"


class Redaction(NamedTuple):
    """One cell of the table, with the article it follows from and how well that is known."""

    shown: Shown
    source: str
    mark: Mark


_ANYWHERE: dict[Fact, Redaction] = {
    Fact.MARKS: Redaction(Shown.NUMBERED, "O1117 (五); PY 18", Mark.READ),
    Fact.REASONS: Redaction(Shown.NUMBERED, "O1117 (五)", Mark.READ),
    Fact.EXPLANATIONS: Redaction(Shown.NUMBERED, "O1117 (五)", Mark.READ),
    Fact.REJECTIONS: Redaction(Shown.WHOLE, "O1117 (五); PY 18", Mark.READ),
    Fact.DISSENT: Redaction(Shown.NUMBERED, "TBR 53", Mark.READ),
    Fact.JUDGE: Redaction(Shown.NUMBERED, "TBL 37; TBL 44", Mark.READ),
    Fact.IDENTITY: Redaction(Shown.HIDDEN, "TBL 44", Mark.READ),
    Fact.EMPLOYER: Redaction(Shown.HIDDEN, "TBL 44", Mark.READ),
}
_OF_KIND: dict[str, dict[Fact, Redaction]] = {"GP": {Fact.IDENTITY: Redaction(Shown.WHOLE, "M87 69", Mark.READ)}}
"""The result notice of a government procurement names its experts; which mark is whose it does not tell."""


def redaction(kind: str, what: Fact) -> Redaction:
    """How this is published under a rule set of that kind (`Regime.kind`): marks by number, names where law has them."""
    return _OF_KIND.get(kind, {}).get(what) or _ANYWHERE[what]
