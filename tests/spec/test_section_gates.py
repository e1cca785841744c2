"""The gates of a section's way, and the check of periods before anything is sent: pure rules."""

from datetime import UTC, datetime, timedelta

import pytest

from infra.kernel.context import Role
from trading.notices.rules import check_periods, preview_periods
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION
from trading.sections.rules import Facts, Phase, Status, gates, next_gate
from trading.sections.states import SectionState
from trading.venues.rules import misses

S = SectionState
AT = datetime(2026, 9, 28, 2, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("facts", "phase", "status", "by"),
    [
        (Facts(S.DRAFT), Phase.DOCUMENT, Status.NOW, Role.AGENT),
        (Facts(S.READY), Phase.KEYS, Status.NOW, Role.AGENT),
        (Facts(S.READY, keyset=False), Phase.KEYS, Status.WAITING, Role.TRUSTEE),
        (Facts(S.READY, keyset=True), Phase.NOTICE, Status.NOW, Role.AGENT),
        (Facts(S.BIDDING, deadline=AT, keyset=True), Phase.BIDDING, Status.WAITING, Role.BIDDER),
        (Facts(S.DECRYPTING, keyset=True), Phase.COMMITTEE, Status.NOW, Role.AGENT),
        (Facts(S.DECRYPTING, keyset=True, drawn=False), Phase.OPENING, Status.WAITING, Role.SYSTEM),
        (Facts(S.OPENED, keyset=True), Phase.COMMITTEE, Status.NOW, Role.AGENT),
        (Facts(S.OPENED, keyset=True, drawn=False), Phase.COMMITTEE, Status.WAITING, Role.CENTRE),
        (Facts(S.EVALUATING, drawn=True), Phase.EVALUATION, Status.WAITING, Role.JUDGE),
        (Facts(S.MARKED, drawn=True), Phase.EVALUATION, Status.WAITING, Role.JUDGE),
        (Facts(S.REPORTED), Phase.CANDIDATES, Status.NOW, Role.AGENT),
        (Facts(S.PUBLICITY, publicity_ends=AT), Phase.AWARD, Status.WAITING, Role.AGENT),
        (Facts(S.DETERMINED), Phase.AWARD, Status.NOW, Role.AGENT),
    ],
)
def test_the_next_gate_says_what_is_to_be_done_and_by_whom(
    facts: Facts, phase: Phase, status: Status, by: Role
) -> None:
    found = next_gate(gates(facts))
    assert found is not None and (found.phase, found.status, found.by) == (phase, status, by)


def test_a_gate_that_others_wait_at_tells_its_deadline() -> None:
    assert next_gate(gates(Facts(S.BIDDING, deadline=AT))).until == AT  # type: ignore[union-attr]
    assert next_gate(gates(Facts(S.PUBLICITY, publicity_ends=AT))).until == AT  # type: ignore[union-attr]


def test_an_awarded_section_has_passed_every_gate_and_a_failed_one_stops() -> None:
    assert {gate.status for gate in gates(Facts(S.NOTIFIED))} == {Status.DONE} and next_gate(
        gates(Facts(S.NOTIFIED))
    ) is None
    failed = gates(Facts(S.FAILED))
    assert failed[-1].status is Status.FAILED and next_gate(failed) is None


@pytest.mark.parametrize(("hall", "status"), [(None, Status.NOW), (False, Status.WAITING), (True, Status.DONE)])
def test_the_hall_is_a_gate_of_its_own_that_stops_nobody(hall: bool | None, status: Status) -> None:
    facts = Facts(S.BIDDING, deadline=AT, keyset=True, hall=hall)
    assert [gate.status for gate in gates(facts) if gate.phase is Phase.VENUE] == [status]
    assert next_gate(gates(facts)).phase is Phase.BIDDING  # type: ignore[union-attr]


@pytest.mark.parametrize("state", list(SectionState))
def test_no_gate_after_an_open_one_is_done(state: SectionState) -> None:
    way = [gate for gate in gates(Facts(state)) if gate.phase not in (Phase.VENUE, Phase.KEYS, Phase.COMMITTEE)]
    done = [gate.status is Status.DONE for gate in way]
    assert done == sorted(done, reverse=True)


def test_the_preview_tells_the_earliest_lawful_times_of_v7() -> None:
    found = preview_periods(CONSTRUCTION, AT)
    assert found.deadline_from.astimezone(CONSTRUCTION.days.zone).date().isoformat() == "2026-10-19"  # type: ignore[union-attr]
    assert found.refusals == ()


def test_the_preview_tells_both_periods_that_are_too_short_with_the_missing_days() -> None:
    found = preview_periods(CONSTRUCTION, AT, AT + DAY, AT + 10 * DAY)
    assert [one.code for one in found.refusals] == ["notice.sale-too-short", "notice.deadline-too-early"]
    assert found.refusals[1].facts["short_by"] == 11 and found.refusals[1].facts["earliest"] == found.deadline_from


def test_the_preview_tells_documents_that_are_sold_after_the_deadline() -> None:
    deadline = AT + 40 * DAY
    found = preview_periods(CONSTRUCTION, AT, deadline + DAY, deadline)
    assert [one.code for one in found.refusals] == ["notice.sale-after-deadline"]


@pytest.mark.parametrize("regime", [CONSTRUCTION, DEMONSTRATION])
def test_the_earliest_times_of_the_preview_are_taken_by_the_check(regime: object) -> None:
    assert regime in (CONSTRUCTION, DEMONSTRATION)
    known = CONSTRUCTION if regime is CONSTRUCTION else DEMONSTRATION
    found = preview_periods(known, AT)
    assert preview_periods(known, AT, found.sale_until, found.deadline_from).refusals == ()
    check_periods(known, AT, found.sale_until, found.deadline_from)


def test_a_stretch_misses_its_end_and_what_lies_outside() -> None:
    assert misses(AT, AT + DAY, AT + DAY) and misses(AT, AT + DAY, AT - DAY)
    assert not misses(AT, AT + DAY, AT) and not misses(AT, AT + DAY, None)
