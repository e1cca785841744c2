"""What the rule set in force asks of whoever is entered into a pool: pages show it, forms and files are held to it."""

from datetime import datetime

from expertpool.experts.rules import Admission
from expertpool.professions.rules import CODE
from trading.regimes.regime import Rule
from trading.regimes.rules import REGIMES
from web.state import Stack


def admission_on(stack: Stack, at: datetime) -> Admission:
    """Years, titles, their article and how it is known, by the rules of tendering in force at this time; the form of codes."""
    regime = REGIMES.on(at, mode=stack.settings.mode)
    years = regime.parameter(Rule.EXPERT_YEARS)
    titles = frozenset(regime.words(Rule.EXPERT_TITLES))
    codes = stack.settings.profession_codes or CODE
    return Admission(regime.count(Rule.EXPERT_YEARS), titles, years.source, years.mark, codes)
