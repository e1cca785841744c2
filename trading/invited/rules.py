"""When a tender may be by invitation, and how many must be invited: pure decisions (TBR 8, TBL 17)."""

import re

from infra.kernel.fields import is_written
from infra.kernel.problems import Problem
from trading.regimes.regime import Regime, Rule

LONGEST_REASONS = 2000
MOST = 50
_APART = re.compile(r"[\s,;，；、]+")


def check_ground(regime: Regime, ground: str, reasons: str) -> None:
    """`invited.not-here` where the rule set has no such tender, `.ground` for one it does not list, `.reasons` for none."""
    if not regime.knows(Rule.INVITATION_GROUNDS):
        raise Problem("invited.not-here", regime=regime.id)
    if ground not in regime.words(Rule.INVITATION_GROUNDS):
        source = regime.parameter(Rule.INVITATION_GROUNDS)
        raise Problem("invited.ground", source=source.source, mark=source.mark)
    if not is_written(reasons, LONGEST_REASONS):
        raise Problem("invited.reasons", longest=LONGEST_REASONS)


def check_number(regime: Regime, named: int) -> None:
    """`invited.too-few` below the rule set's minimum (TBL 17), `invited.too-many` above what one page can hold."""
    least = regime.parameter(Rule.INVITED_MINIMUM)
    if named < regime.count(Rule.INVITED_MINIMUM):
        raise Problem("invited.too-few", named=named, needed=least.value, source=least.source, mark=least.mark)
    if named > MOST:
        raise Problem("invited.too-many", most=MOST)


def read_codes(text: str) -> list[str]:
    """The credit codes typed one a line or apart by commas, each once, in order."""
    return sorted({code.upper() for code in _APART.split(text) if code})
