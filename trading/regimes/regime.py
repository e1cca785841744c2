"""A rule set (regime): parameters with their source, a way to count days, and what marks a demonstration."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NamedTuple

from infra.kernel.problems import Problem
from trading.regimes.china import SHANGHAI
from trading.regimes.days import LegalDays, ShortDays, Unit, short_by, years_later

DEMO = "demo"
DAYS_A_YEAR = 365


class Mark(StrEnum):
    """How a value is known: read in the rule's text, read in a secondary text, or not verified."""

    READ = "✔"
    SECONDARY = "◐"
    UNVERIFIED = "○"


class Rule(StrEnum):
    """The parameters that rule sets answer: every one of them all, but for those that only one kind of procedure has."""

    DOCUMENT_SALE = "document-sale"
    SUBMISSION = "submission"
    CLARIFICATION = "clarification"
    QUESTION = "question"
    OBJECTION_DOCUMENT = "objection-document"
    OBJECTION_REPLY = "objection-reply"
    OBJECTION_SUSPENDS = "objection-suspends"
    PUBLICITY_START = "publicity-start"
    PUBLICITY = "publicity"
    CONTRACT = "contract"
    SECURITY_REFUND = "security-refund"
    RESULT_REPORT = "result-report"
    OPENING_CONFIRMATION = "opening-confirmation"
    KEY_RELEASE_LIMIT = "key-release-limit"
    FACTOR_WINDOW = "factor-window"
    REMEDY_WINDOW = "remedy-window"
    COMPLAINT = "complaint"
    COMPLAINT_ACCEPT = "complaint-accept"
    COMPLAINT_DECIDE = "complaint-decide"
    BIDS_MINIMUM = "bids-minimum"
    INVITATION_GROUNDS = "invitation-grounds"
    INVITED_MINIMUM = "invited-minimum"
    PANEL_MINIMUM = "panel-minimum"
    PANEL_ODD = "panel-odd"
    PANEL_EXPERTS = "panel-experts"
    PANEL_LARGE_BUDGET = "panel-large-budget"
    PANEL_LARGE_MINIMUM = "panel-large-minimum"
    REPRESENTATIVES_MOST = "representatives-most"
    DRAW_STATES = "draw-states"
    DRAW_LEAD = "draw-lead"
    DRAW_STEP_LIMIT = "draw-step-limit"
    REPLY_WINDOW = "reply-window"
    CHECK_IN_LEAD = "check-in-lead"
    COOLING_YEARS = "cooling-years"
    EXPERT_YEARS = "expert-years"
    EXPERT_TITLES = "expert-titles"
    VALID_BIDS_MINIMUM = "valid-bids-minimum"
    REJECTION_GROUNDS = "rejection-grounds"
    QUALIFICATION_BY = "qualification-by"
    TOO_FEW_VALID = "too-few-valid"
    REPORT_SIGNING = "report-signing"
    CANDIDATES_MAXIMUM = "candidates-maximum"
    REPORT_REVIEW = "report-review"
    REVIEW_SILENCE = "review-silence"
    CORRECTION_REASONS = "correction-reasons"
    DROP_OUT_CAUSES = "drop-out-causes"
    UPHELD_CAUSES = "upheld-causes"
    REEVALUATION_CAUSES = "re-evaluation-causes"
    AWARD_BY = "award-by"
    AWARD_AFTER = "award-after"
    NOTICE_PERIOD = "notice-period"
    CHALLENGE = "challenge"
    QUERY_REPLY = "query-reply"
    REPORT_DELIVERY = "report-delivery"
    CONTRACT_PUBLISHED = "contract-published"
    CONTRACT_FILED = "contract-filed"
    PLAN_NUMBER = "plan-number"
    BID_SECURITY = "bid-security"
    BID_SECURITY_CAP = "bid-security-cap"
    PERFORMANCE_SECURITY = "performance-security"
    COMPULSORY_WORKS = "compulsory-works"
    COMPULSORY_GOODS = "compulsory-goods"
    COMPULSORY_SERVICES = "compulsory-services"
    METHODS = "methods"
    LOTS = "lots"
    TIE = "tie"
    JUDGES_NAMED = "judges-named"
    REASON_BELOW = "reason-below"
    OUTLIER_SHARE = "outlier-share"
    EXPLANATION_WINDOW = "explanation-window"
    INQUIRY_WINDOW = "inquiry-window"
    LOW_MEAN = "low-mean"
    LOW_SECOND = "low-second"
    LOW_CEILING = "low-ceiling"
    PRICE_VARIATION = "price-variation"
    TEXT_SIMILARITY = "text-similarity"
    RETENTION_YEARS = "retention-years"
    PUBLICATION_YEARS = "publication-years"
    ARCHIVE_NOTICE = "archive-notice"
    ARCHIVE_DOCUMENT = "archive-document"
    ARCHIVE_BIDS = "archive-bids"
    ARCHIVE_OPENING = "archive-opening"
    ARCHIVE_DRAW = "archive-draw"
    ARCHIVE_INQUIRIES = "archive-inquiries"
    ARCHIVE_MARKS = "archive-marks"
    ARCHIVE_REPORT = "archive-report"
    ARCHIVE_REVIEW = "archive-review"
    ARCHIVE_CANDIDATES = "archive-candidates"
    ARCHIVE_AWARD = "archive-award"
    ARCHIVE_FAILURE = "archive-failure"
    ARCHIVE_LETTERS = "archive-letters"
    ARCHIVE_CONTRACT = "archive-contract"
    ARCHIVE_EVIDENCE = "archive-evidence"
    ARCHIVE_JOURNAL = "archive-journal"


OF_PROCUREMENT = frozenset(
    (
        Rule.NOTICE_PERIOD,
        Rule.CHALLENGE,
        Rule.QUERY_REPLY,
        Rule.REPORT_DELIVERY,
        Rule.CONTRACT_PUBLISHED,
        Rule.CONTRACT_FILED,
        Rule.PLAN_NUMBER,
    )
)
"""What only rule sets of government procurement answer."""
OF_CONSTRUCTION = frozenset(
    (
        Rule.RESULT_REPORT,
        Rule.INVITATION_GROUNDS,
        Rule.INVITED_MINIMUM,
        Rule.BID_SECURITY_CAP,
        Rule.COMPULSORY_WORKS,
        Rule.COMPULSORY_GOODS,
        Rule.COMPULSORY_SERVICES,
    )
)
"""What only rule sets of construction tendering answer."""
PROCUREMENT, CONSTRUCTION = "GP", "ENG"
"""The kinds of procedure that have rule sets."""

Value = int | Decimal | Fraction | bool | tuple[str, ...]


class Parameter(NamedTuple):
    """One value with the article it stands in and how it is known; periods also have a unit."""

    rule: Rule
    value: Value
    source: str
    mark: Mark
    unit: Unit | None = None


class Period(NamedTuple):
    """A number of days of one kind, with the article that sets it."""

    n: int
    unit: Unit
    source: str
    mark: Mark


@dataclass(frozen=True)
class Regime:
    """The rules in force from a day on, for one kind of procedure in one region (`CN`: everywhere)."""

    id: str
    kind: str
    region: str
    valid_from: date
    parameters: Mapping[Rule, Parameter]
    days: LegalDays | ShortDays
    log_cadence: timedelta
    watermark: bool = False
    log_by_night: timedelta | None = None
    log_day: tuple[time, time] = (time(7), time(21))

    def log_pace(self, at: datetime) -> timedelta:
        """The time between two checkpoints of the public log: by day, and by night (hours of Asia/Shanghai) longer."""
        rises, sets = self.log_day
        day = rises <= at.astimezone(SHANGHAI).time() < sets
        return self.log_cadence if day or self.log_by_night is None else self.log_by_night

    def knows(self, rule: Rule) -> bool:
        """Whether this kind of procedure has such a rule at all."""
        return rule in self.parameters

    @property
    def reviewed(self) -> bool:
        """Whether the procuring entity's review alone comes before the determination: no candidates in publicity (M87 68)."""
        return self.words(Rule.AWARD_AFTER) == ("review",)

    def parameter(self, rule: Rule) -> Parameter:
        """A parameter with its source and mark, as shown to whoever relies on it."""
        return self.parameters[rule]

    def period(self, rule: Rule) -> Period:
        """A parameter that is a number of days; TypeError for any other."""
        _, value, source, mark, unit = self.parameters[rule]
        if unit is None or not isinstance(value, int):
            raise TypeError(f"{rule} is not a period")
        return Period(value, unit, source, mark)

    def count(self, rule: Rule) -> int:
        """A parameter that is a whole number; TypeError for any other."""
        value = self.parameters[rule].value
        if isinstance(value, bool) or not isinstance(value, int):
            raise TypeError(f"{rule} is not a count")
        return value

    def rate(self, rule: Rule) -> Decimal:
        """A parameter that is a share of one, or an amount in yuan; TypeError for any other."""
        value = self.parameters[rule].value
        if not isinstance(value, Decimal):
            raise TypeError(f"{rule} is not a rate")
        return value

    def ratio(self, rule: Rule) -> Fraction:
        """A parameter that is an exact part of a whole, such as two thirds; TypeError for any other."""
        value = self.parameters[rule].value
        if not isinstance(value, Fraction):
            raise TypeError(f"{rule} is not a ratio")
        return value

    def words(self, rule: Rule) -> tuple[str, ...]:
        """A parameter that is a list of words; TypeError for any other."""
        value = self.parameters[rule].value
        if not isinstance(value, tuple):
            raise TypeError(f"{rule} is not a list of words")
        return value

    def allows(self, rule: Rule) -> bool:
        """A parameter that is yes or no; TypeError for any other."""
        value = self.parameters[rule].value
        if not isinstance(value, bool):
            raise TypeError(f"{rule} is not a yes or no")
        return value

    def add_days(self, start: datetime, n: int, unit: Unit = Unit.DAY) -> datetime:
        """The end of a period of n days from `start`, UTC: 24:00 of the rolled day in Asia/Shanghai."""
        return self.days.add(start, n, unit)

    def end(self, start: datetime, rule: Rule) -> datetime:
        """The end of the period `rule` from `start`, UTC."""
        period = self.period(rule)
        return self.days.add(start, period.n, period.unit)

    def years_after(self, start: datetime, rule: Rule) -> datetime:
        """The end of the same day so many years later: how long something is kept; short years in a demonstration."""
        years = self.count(rule)
        if self.watermark:
            return self.days.add(start, years * DAYS_A_YEAR, Unit.DAY)
        return years_later(start, years, SHANGHAI)

    def earliest_deadline(self, start: datetime, rule: Rule) -> datetime:
        """The earliest deadline that leaves the period `rule`: its last day has come and n × 24 hours have passed."""
        period = self.period(rule)
        return self.days.earliest(start, period.n, period.unit)

    def latest_before(self, deadline: datetime, rule: Rule) -> datetime:
        """The latest instant for what must happen the period `rule` before a deadline, UTC."""
        return self.days.before(deadline, self.period(rule).n)

    def short_by(self, given: datetime, needed: datetime) -> int:
        """By how many of this rule set's days, rounded up, `given` lies before `needed`."""
        return short_by(given, needed, self.days)


class Regimes:
    """Every rule set known; a section keeps the id of the one in force when it was published."""

    def __init__(self, regimes: Iterable[Regime]) -> None:
        self._by_id = {regime.id: regime for regime in regimes}

    def on(self, day: date | datetime, kind: str = "ENG", *, mode: str, region: str = "CN") -> Regime:
        """The rule set in force on a day, the region's own before the country's; in mode `demo` the demo's.

        `regime.none` where no rule set applies.
        """
        if isinstance(day, datetime):
            day = day.astimezone(SHANGHAI).date()
        found = [
            regime
            for regime in self._by_id.values()
            if (regime.kind, regime.watermark) == (kind, mode == DEMO)
            and regime.region in (region, "CN")
            and regime.valid_from <= day
        ]
        if not found:
            raise Problem("regime.none", kind=kind, day=day, region=region)
        return max(found, key=lambda regime: (regime.region == region, regime.valid_from))

    def get(self, regime_id: str, *, mode: str) -> Regime:
        """The rule set a record is pinned to; `regime.unknown`, or `regime.demo-only` for the demo's elsewhere."""
        regime = self._by_id.get(regime_id)
        if regime is None:
            raise Problem("regime.unknown", regime=regime_id)
        if regime.watermark and mode != DEMO:
            raise Problem("regime.demo-only", regime=regime_id, mode=mode)
        return regime
