from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest

from infra.kernel.problems import Problem
from trading.regimes.china import SHANGHAI
from trading.regimes.days import Unit
from trading.regimes.regime import OF_CONSTRUCTION, OF_PROCUREMENT, Mark, Regime, Regimes, Rule
from trading.regimes.rules import ALL, CONSTRUCTION, DEMONSTRATION, PURCHASES, REGIMES


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


START = shanghai("2026-09-28 10:00")


@pytest.mark.parametrize("regime", ALL, ids=lambda regime: regime.id)
@pytest.mark.parametrize("rule", list(Rule))
def test_every_rule_has_a_value_a_source_and_a_mark(regime: Regime, rule: Rule) -> None:
    if rule in (OF_CONSTRUCTION if regime.kind == "GP" else OF_PROCUREMENT):
        assert not regime.knows(rule)
        return
    parameter = regime.parameter(rule)
    assert parameter.rule is rule
    assert parameter.source
    assert parameter.mark in Mark


@pytest.mark.parametrize(
    ("rule", "n", "source"),
    [
        (Rule.DOCUMENT_SALE, 5, "TBR 16"),
        (Rule.SUBMISSION, 20, "TBL 24"),
        (Rule.CLARIFICATION, 15, "TBR 21"),
        (Rule.OBJECTION_DOCUMENT, 10, "TBR 22"),
        (Rule.OBJECTION_REPLY, 3, "TBR 22, 54"),
        (Rule.PUBLICITY, 3, "TBR 54"),
        (Rule.CONTRACT, 30, "TBL 46"),
    ],
)
def test_construction_periods_are_those_of_the_law(rule: Rule, n: int, source: str) -> None:
    assert CONSTRUCTION.period(rule) == (n, Unit.DAY, source, Mark.READ)


@pytest.mark.parametrize(
    ("rule", "n", "unit", "source"),
    [
        (Rule.NOTICE_PERIOD, 5, Unit.WORKING_DAY, "M87 16"),
        (Rule.DOCUMENT_SALE, 5, Unit.WORKING_DAY, "M87 18"),
        (Rule.SUBMISSION, 20, Unit.DAY, "GPL 35"),
        (Rule.CLARIFICATION, 15, Unit.DAY, "M87 27"),
        (Rule.REPORT_DELIVERY, 2, Unit.WORKING_DAY, "M87 68"),
        (Rule.REPORT_REVIEW, 5, Unit.WORKING_DAY, "M87 68"),
        (Rule.PUBLICITY_START, 2, Unit.WORKING_DAY, "M87 69"),
        (Rule.PUBLICITY, 1, Unit.WORKING_DAY, "M87 69"),
        (Rule.CHALLENGE, 7, Unit.WORKING_DAY, "GPL 52; GPR 53"),
        (Rule.OBJECTION_REPLY, 7, Unit.WORKING_DAY, "GPL 53"),
        (Rule.COMPLAINT, 15, Unit.WORKING_DAY, "GPL 55"),
        (Rule.CONTRACT, 30, Unit.DAY, "M87 71"),
        (Rule.CONTRACT_PUBLISHED, 2, Unit.WORKING_DAY, "GPR 50"),
        (Rule.CONTRACT_FILED, 7, Unit.WORKING_DAY, "GPL 47"),
        (Rule.SECURITY_REFUND, 5, Unit.WORKING_DAY, "M87 38"),
    ],
)
def test_procurement_periods_are_those_of_the_law(rule: Rule, n: int, unit: Unit, source: str) -> None:
    assert PURCHASES.period(rule) == (n, unit, source, Mark.READ)


def test_procurement_limits_are_those_of_the_law() -> None:
    assert (PURCHASES.count(Rule.BIDS_MINIMUM), PURCHASES.count(Rule.PANEL_MINIMUM)) == (3, 5)
    assert PURCHASES.count(Rule.PANEL_LARGE_MINIMUM) == 7
    assert PURCHASES.words(Rule.QUALIFICATION_BY) == ("purchaser",)
    assert PURCHASES.words(Rule.TOO_FEW_VALID) == ("no-evaluation",)
    assert PURCHASES.words(Rule.REVIEW_SILENCE) == ("confirmed",)
    assert PURCHASES.rate(Rule.BID_SECURITY) == Decimal("0.02")
    assert PURCHASES.rate(Rule.LOW_CEILING) == Decimal("0.45")
    assert PURCHASES.count(Rule.RETENTION_YEARS) == 15
    assert PURCHASES.allows(Rule.JUDGES_NAMED)


def test_the_rule_set_of_a_purchase_is_found_by_its_kind() -> None:
    assert REGIMES.on(date(2026, 9, 28), kind="GP", mode="real") is PURCHASES
    assert REGIMES.on(date(2026, 9, 28), kind="GP", mode="demo").id == "gp-demo"


def test_construction_limits_are_those_of_the_law() -> None:
    assert CONSTRUCTION.count(Rule.BIDS_MINIMUM) == 3
    assert CONSTRUCTION.count(Rule.PANEL_MINIMUM) == 5
    assert CONSTRUCTION.ratio(Rule.PANEL_EXPERTS) == Fraction(2, 3)
    assert CONSTRUCTION.rate(Rule.BID_SECURITY) == Decimal("0.02")
    assert CONSTRUCTION.words(Rule.TIE) == ("price", "technical", "procuring_entity")
    assert not CONSTRUCTION.allows(Rule.LOTS)
    assert not CONSTRUCTION.allows(Rule.JUDGES_NAMED)


def test_a_parameter_is_read_only_as_what_it_is() -> None:
    for read, rule in (
        (CONSTRUCTION.period, Rule.BIDS_MINIMUM),
        (CONSTRUCTION.count, Rule.LOTS),
        (CONSTRUCTION.rate, Rule.LOTS),
        (CONSTRUCTION.ratio, Rule.BID_SECURITY),
        (CONSTRUCTION.words, Rule.LOTS),
        (CONSTRUCTION.allows, Rule.TIE),
    ):
        with pytest.raises(TypeError):
            read(rule)


def test_a_legal_period_ends_at_midnight_of_its_rolled_last_day() -> None:
    assert CONSTRUCTION.add_days(START, 20) == shanghai("2026-10-20 00:00")
    assert CONSTRUCTION.add_days(START, 20).tzinfo is UTC
    assert CONSTRUCTION.add_days(shanghai("2026-09-29 23:59"), 5, Unit.WORKING_DAY) == shanghai("2026-10-13 00:00")


def test_days_are_counted_in_shanghai_whatever_the_zone_of_the_time() -> None:
    late = datetime(2026, 9, 27, 16, 30, tzinfo=UTC)  # 00:30 on the 28th
    assert CONSTRUCTION.add_days(late, 20) == CONSTRUCTION.add_days(START, 20)


def test_a_deadline_may_stand_on_the_last_day_once_as_many_times_24_hours_have_passed() -> None:
    assert CONSTRUCTION.earliest_deadline(START, Rule.SUBMISSION) == shanghai("2026-10-19 00:00")
    unrolled = shanghai("2026-09-24 10:00")
    assert CONSTRUCTION.earliest_deadline(unrolled, Rule.SUBMISSION) == shanghai("2026-10-14 10:00")


def test_a_backward_limit_is_the_end_of_its_day() -> None:
    deadline = shanghai("2026-10-19 09:30")
    assert CONSTRUCTION.latest_before(deadline, Rule.OBJECTION_DOCUMENT) == shanghai("2026-10-10 00:00")
    assert CONSTRUCTION.latest_before(deadline, Rule.CLARIFICATION) == shanghai("2026-10-05 00:00")


def test_a_time_without_zone_is_a_bug() -> None:
    with pytest.raises(ValueError, match="zone"):
        CONSTRUCTION.add_days(datetime(2026, 9, 28), 1)


def test_a_demo_day_is_a_quarter_of_a_second_on_any_day_of_the_year_and_judges_have_three_minutes_to_sign() -> None:
    eve = datetime(2031, 12, 31, 23, 59, tzinfo=UTC)
    assert DEMONSTRATION.add_days(eve, 20) - eve == timedelta(seconds=5)
    assert DEMONSTRATION.end(eve, Rule.COMPLAINT_ACCEPT) - eve == timedelta(seconds=0.75)
    assert DEMONSTRATION.end(eve, Rule.REPORT_SIGNING) - eve == timedelta(minutes=3)
    assert DEMONSTRATION.earliest_deadline(eve, Rule.SUBMISSION) - eve == timedelta(seconds=5)
    assert eve - DEMONSTRATION.latest_before(eve, Rule.CLARIFICATION) == timedelta(seconds=3.75)
    assert DEMONSTRATION.log_cadence == timedelta(seconds=0.5)


def test_the_demo_rule_set_keeps_every_value_of_the_law_and_carries_a_watermark() -> None:
    # Lengths of our own policy: people sign and confirm, but in a hurry.
    longer = {
        Rule.REPORT_SIGNING, Rule.OPENING_CONFIRMATION, Rule.KEY_RELEASE_LIMIT, Rule.FACTOR_WINDOW, Rule.REMEDY_WINDOW,
        Rule.DRAW_STEP_LIMIT, Rule.REPLY_WINDOW, Rule.CHECK_IN_LEAD, Rule.EXPLANATION_WINDOW,
        Rule.INQUIRY_WINDOW,
    }  # fmt: skip
    kept = {rule: one for rule, one in CONSTRUCTION.parameters.items() if rule not in longer}
    assert {rule: one for rule, one in DEMONSTRATION.parameters.items() if rule not in longer} == kept
    assert DEMONSTRATION.watermark
    assert not CONSTRUCTION.watermark


def test_the_mode_chooses_between_law_and_demonstration() -> None:
    assert REGIMES.on(date(2026, 9, 28), kind="ENG", mode="real") is CONSTRUCTION
    assert REGIMES.on(START, kind="ENG", mode="demo") is DEMONSTRATION


def test_the_demo_rule_set_is_refused_outside_mode_demo() -> None:
    assert REGIMES.get("demo", mode="demo") is DEMONSTRATION
    assert refusal(lambda: REGIMES.get("demo", mode="production")) == "regime.demo-only"


def test_an_unknown_rule_set_or_time_is_refused() -> None:
    assert refusal(lambda: REGIMES.get("eng-1900", mode="real")) == "regime.unknown"
    assert refusal(lambda: REGIMES.on(date(1999, 1, 1), mode="real")) == "regime.none"
    assert refusal(lambda: REGIMES.on(date(2026, 1, 1), kind="LAND", mode="real")) == "regime.none"


def test_the_rules_of_the_day_and_of_the_region_apply() -> None:
    def a_regime(name: str, region: str, year: int) -> Regime:
        return Regime(
            name, "ENG", region, date(year, 1, 1), CONSTRUCTION.parameters, CONSTRUCTION.days, CONSTRUCTION.log_cadence
        )

    regimes = Regimes([a_regime("old", "CN", 2020), a_regime("new", "CN", 2024), a_regime("cq", "500000", 2022)])
    assert regimes.on(date(2023, 12, 31), mode="real").id == "old"
    assert regimes.on(date(2024, 1, 1), mode="real").id == "new"
    assert regimes.on(date(2024, 1, 1), mode="real", region="500000").id == "cq"
    assert regimes.on(datetime(2023, 12, 31, 16, tzinfo=UTC), mode="real").id == "new"


def refusal(call: object) -> str:
    with pytest.raises(Problem) as refused:
        call()  # type: ignore[operator]
    return refused.value.code
