from datetime import UTC, datetime, timedelta

import pytest

from infra.kernel.problems import Problem
from trading.clarifications.rules import asked_until
from trading.clarifications.states import QuestionKind
from trading.notices.rules import (
    REQUIRED_FIELDS,
    check_award,
    check_fields,
    check_periods,
    clarification_until,
    contract_due,
    deadline_after_clarification,
    publicity_start_due,
    publicity_window,
)
from trading.regimes.china import SHANGHAI
from trading.regimes.regime import Rule
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION, PURCHASES
from web.problems import told


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI)


PUBLISHED = shanghai("09-28 10:00")
SALE, DEADLINE = shanghai("10-09 00:00"), shanghai("10-19 09:30")
FIELDS = dict.fromkeys(REQUIRED_FIELDS, "…")


def test_a_notice_that_leaves_the_lawful_periods_passes() -> None:
    check_periods(CONSTRUCTION, PUBLISHED, SALE, DEADLINE)


@pytest.mark.parametrize(
    ("sale_ends", "deadline", "code", "short_by", "source"),
    [
        (shanghai("10-08 17:00"), DEADLINE, "notice.sale-too-short", 1, "TBR 16"),
        (shanghai("10-01 00:00"), DEADLINE, "notice.sale-too-short", 8, "TBR 16"),
        (SALE, shanghai("10-18 23:00"), "notice.deadline-too-early", 1, "TBL 24"),
        (SALE, shanghai("10-16 09:30"), "notice.deadline-too-early", 3, "TBL 24"),
    ],
)
def test_a_period_too_short_is_refused_with_the_missing_days_and_the_article(
    sale_ends: datetime, deadline: datetime, code: str, short_by: int, source: str
) -> None:
    with pytest.raises(Problem) as refused:
        check_periods(CONSTRUCTION, PUBLISHED, sale_ends, deadline)
    facts = refused.value.facts
    assert (refused.value.code, facts["short_by"], facts["source"], facts["mark"]) == (code, short_by, source, "✔")


def test_documents_are_not_sold_after_the_deadline() -> None:
    with pytest.raises(Problem, match="sale-after-deadline"):
        check_periods(CONSTRUCTION, PUBLISHED, DEADLINE + timedelta(seconds=1), DEADLINE)


def test_a_demo_tender_lasts_twenty_quarters_of_a_second() -> None:
    start = datetime(2026, 12, 31, tzinfo=UTC)
    check_periods(DEMONSTRATION, start, start + timedelta(seconds=1.25), start + timedelta(seconds=5))
    with pytest.raises(Problem) as refused:
        check_periods(DEMONSTRATION, start, start + timedelta(seconds=1.25), start + timedelta(seconds=4.3))
    assert (refused.value.code, refused.value.facts["short_by"]) == ("notice.deadline-too-early", 3)


def test_a_notice_names_every_required_field() -> None:
    check_fields(FIELDS)


def test_empty_required_fields_are_named_together() -> None:
    with pytest.raises(Problem) as refused:
        check_fields({**FIELDS, "funding": " "} | {"scope": ""})
    assert (refused.value.code, refused.value.facts["fields"]) == ("notice.field-missing", "scope, funding")


def test_a_late_clarification_moves_the_deadline() -> None:
    assert clarification_until(CONSTRUCTION, DEADLINE) == shanghai("10-05 00:00")
    assert deadline_after_clarification(CONSTRUCTION, shanghai("10-04 20:00"), DEADLINE) == DEADLINE
    moved = deadline_after_clarification(CONSTRUCTION, shanghai("10-09 11:00"), DEADLINE)
    assert moved == shanghai("10-26 00:00")


def test_documents_may_be_objected_to_until_ten_days_before_the_deadline() -> None:
    published = shanghai("09-28 10:00")
    assert asked_until(CONSTRUCTION, QuestionKind.OBJECTION, DEADLINE, published) == shanghai("10-10 00:00")


def test_a_purchase_is_challenged_within_seven_working_days_of_its_notice_period_whatever_the_deadline() -> None:
    """Five working days from 09-28, over the holidays to 10-09 … and seven more (GPR 53); 10-10 is a working Saturday."""
    published = shanghai("09-28 10:00")
    until = asked_until(PURCHASES, QuestionKind.OBJECTION, DEADLINE, published)
    assert until == asked_until(PURCHASES, QuestionKind.OBJECTION, DEADLINE + timedelta(days=9), published)
    assert until == PURCHASES.end(PURCHASES.end(published, Rule.NOTICE_PERIOD), Rule.OBJECTION_DOCUMENT)


def test_candidates_are_published_within_three_days_of_the_report() -> None:
    assert publicity_start_due(CONSTRUCTION, shanghai("10-19 17:00")) == shanghai("10-23 00:00")


def test_publicity_lasts_three_days_unless_longer_is_asked() -> None:
    start = shanghai("10-20 09:00")
    assert publicity_window(CONSTRUCTION, start).end == shanghai("10-24 00:00")
    assert publicity_window(CONSTRUCTION, start, shanghai("10-28 00:00")).end == shanghai("10-28 00:00")


def test_a_publicity_too_short_is_refused() -> None:
    with pytest.raises(Problem) as refused:
        publicity_window(CONSTRUCTION, shanghai("10-20 09:00"), shanghai("10-23 09:00"))
    assert (refused.value.code, refused.value.facts["short_by"]) == ("publicity.too-short", 1)


@pytest.mark.parametrize(
    ("now", "objections", "code"),
    [("10-23 23:59", 0, "award.publicity-running"), ("10-24 00:00", 1, "award.objection-open")],
)
def test_no_award_while_publicity_runs_or_an_objection_is_open(now: str, objections: int, code: str) -> None:
    window = publicity_window(CONSTRUCTION, shanghai("10-20 09:00"))
    with pytest.raises(Problem, match=code):
        check_award(shanghai(now), window, objections)


@pytest.mark.parametrize(("days", "said"), [(1, "too short by 1 day:"), (2, "too short by 2 days:")])
@pytest.mark.parametrize("code", ["notice.sale-too-short", "notice.deadline-too-early", "publicity.too-short"])
def test_missing_days_are_told_in_the_number_that_agrees(code: str, days: int, said: str) -> None:
    problem = Problem(code, short_by=days, needed=3, earliest="…", source="TBR 16", mark="✔")
    assert said in told(problem) and f"尚差 {days} 日" in told(problem, "zh")


def test_the_award_follows_the_publicity_and_the_contract_the_award() -> None:
    check_award(shanghai("10-24 00:00"), publicity_window(CONSTRUCTION, shanghai("10-20 09:00")), 0)
    assert contract_due(CONSTRUCTION, shanghai("10-12 09:00")) == shanghai("11-12 00:00")
