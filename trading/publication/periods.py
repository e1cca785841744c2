"""Periods of a purchase's result: pure."""

from datetime import datetime

from trading.regimes.regime import Regime, Rule


def challenge_until(regime: Regime, notice_ends: datetime) -> datetime:
    """Until when a bidder may challenge the result 质疑: from the end of the result's notice period (GPR 53), UTC."""
    return regime.end(notice_ends, Rule.CHALLENGE)
