"""The rule sets this installation knows: construction tendering in China, and its demonstration in short days."""

from datetime import date, timedelta

from trading.regimes.china import CALENDAR, SHANGHAI
from trading.regimes.construction import PARAMETERS
from trading.regimes.days import LegalDays, ShortDays
from trading.regimes.regime import DEMO, Regime, Regimes

CONSTRUCTION = Regime(
    id="eng-2022",
    kind="ENG",
    region="CN",
    # O1117, the youngest source of these values, has been in force since this day.
    valid_from=date(2022, 9, 1),
    parameters=PARAMETERS,
    days=LegalDays(CALENDAR, SHANGHAI),
    log_cadence=timedelta(seconds=2),
)

DEMONSTRATION = Regime(
    id=DEMO,
    kind="ENG",
    region="CN",
    valid_from=date(2022, 9, 1),
    parameters=PARAMETERS,
    days=ShortDays(timedelta(seconds=0.25)),
    log_cadence=timedelta(seconds=0.5),
    watermark=True,
)

REGIMES = Regimes((CONSTRUCTION, DEMONSTRATION))
