"""The rule sets this installation knows: construction tendering and government procurement, each also in short days."""

from datetime import date, timedelta

from trading.regimes.china import CALENDAR, SHANGHAI
from trading.regimes.construction import PARAMETERS
from trading.regimes.days import LegalDays, ShortDays, Unit
from trading.regimes.procurement import PARAMETERS as PROCUREMENT_PARAMETERS
from trading.regimes.regime import CONSTRUCTION as ENG
from trading.regimes.regime import DEMO, PROCUREMENT, Mark, Parameter, Regime, Regimes, Rule

CONSTRUCTION = Regime(
    id="eng-2022",
    kind=ENG,
    region="CN",
    # O1117, the youngest source of these values, has been in force since this day.
    valid_from=date(2022, 9, 1),
    parameters=PARAMETERS,
    days=LegalDays(CALENDAR, SHANGHAI),
    log_cadence=timedelta(seconds=2),
    log_by_night=timedelta(seconds=10),
)

PURCHASES = Regime(
    # 财政部令87号 with 财库〔2026〕2号, the youngest source of these values, in force since this day.
    id="gp-m87-2026",
    kind=PROCUREMENT,
    region="CN",
    valid_from=date(2026, 2, 1),
    parameters=PROCUREMENT_PARAMETERS,
    days=LegalDays(CALENDAR, SHANGHAI),
    log_cadence=timedelta(seconds=2),
    log_by_night=timedelta(seconds=10),
)

SHORT = ShortDays(timedelta(seconds=0.25))

# Minutes stay minutes: people of a demonstration read as fast as others, but wait for fewer.
SIGNING = Parameter(
    Rule.REPORT_SIGNING,
    timedelta(minutes=3) // SHORT.length,
    "TBR 53; length is policy",
    Mark.UNVERIFIED,
    Unit.WORKING_DAY,
)
CONFIRMATION = Parameter(Rule.OPENING_CONFIRMATION, 2, "TBR 44 on the spot; minutes are policy", Mark.UNVERIFIED)
LIMITS = (
    Parameter(Rule.KEY_RELEASE_LIMIT, 180, "EBM 31; seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.FACTOR_WINDOW, 120, "EBM 30-31; seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.REMEDY_WINDOW, 300, "EBM 31; seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.EXPLANATION_WINDOW, 120, "O1117 (五); seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.INQUIRY_WINDOW, 300, "TBR 52; seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.DRAW_STEP_LIMIT, 300, "draw/v1; seconds are policy", Mark.UNVERIFIED),
    Parameter(Rule.REPLY_WINDOW, 5, "TBR 46; minutes are policy", Mark.UNVERIFIED),
    Parameter(Rule.CHECK_IN_LEAD, 720, "TBR 46; minutes are policy", Mark.UNVERIFIED),
)

DEMONSTRATION = Regime(
    id=DEMO,
    kind=ENG,
    region="CN",
    valid_from=date(2022, 9, 1),
    parameters={**PARAMETERS, **{one.rule: one for one in (SIGNING, CONFIRMATION, *LIMITS)}},
    days=SHORT,
    log_cadence=timedelta(seconds=0.5),
    watermark=True,
)

PURCHASES_SHOWN = Regime(
    id="gp-demo",
    kind=PROCUREMENT,
    region="CN",
    valid_from=date(2022, 9, 1),
    parameters={**PROCUREMENT_PARAMETERS, **{one.rule: one for one in (SIGNING, CONFIRMATION, *LIMITS)}},
    days=SHORT,
    log_cadence=timedelta(seconds=0.5),
    watermark=True,
)

ALL = (CONSTRUCTION, DEMONSTRATION, PURCHASES, PURCHASES_SHOWN)
REGIMES = Regimes(ALL)
