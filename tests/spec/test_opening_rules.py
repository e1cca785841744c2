"""Who answers for a bid that does not open, as a table (sealed-bid.md, Opening and failure)."""

import pytest

from trading.opening.rules import OF_THE_BIDDER, cause_of, may_decide, too_few, verb_decided, verb_found
from trading.opening.states import Cause


@pytest.mark.parametrize("code", sorted(OF_THE_BIDDER))
def test_what_lies_in_the_signed_bytes_is_the_bidders_once_the_platforms_steps_are_logged(code: str) -> None:
    assert cause_of(code, steps_logged=True) is Cause.BIDDER
    assert cause_of(code, steps_logged=False) is Cause.UNKNOWN


@pytest.mark.parametrize("logged", [True, False])
@pytest.mark.parametrize(
    ("code", "cause"),
    [
        ("bid.damaged", Cause.PLATFORM),
        ("seal.key", Cause.CUSTODIAN),
        ("seal.too-few", Cause.CUSTODIAN),
        ("opening.fault", Cause.UNKNOWN),
        ("seal.manifest", Cause.UNKNOWN),
        ("seal.bidder", Cause.UNKNOWN),
    ],
)
def test_what_does_not_lie_in_the_signed_bytes_is_never_the_bidders(code: str, cause: Cause, logged: bool) -> None:
    assert cause_of(code, steps_logged=logged) is cause


@pytest.mark.parametrize(
    ("cause", "found", "decided"),
    [
        (Cause.BIDDER, "revoke", "revoke"),
        (Cause.CUSTODIAN, "withdraw", "withdraw"),
        (Cause.PLATFORM, "wait", "withdraw"),
        (Cause.UNKNOWN, "wait", "withdraw"),
    ],
)
def test_the_bidders_fault_revokes_and_any_other_withdraws(cause: Cause, found: str, decided: str) -> None:
    assert (verb_found(cause), verb_decided(cause)) == (found, decided)


def test_an_officer_names_a_cause_and_never_blames_the_bidder_for_lost_bytes() -> None:
    assert [cause for cause in Cause if may_decide("seal.manifest", cause)] == [
        Cause.BIDDER, Cause.PLATFORM, Cause.CUSTODIAN,
    ]  # fmt: skip
    assert [cause for cause in Cause if may_decide("bid.damaged", cause)] == [Cause.PLATFORM]


@pytest.mark.parametrize(
    ("left", "agreed", "stops"), [(3, None, False), (2, None, True), (2, 2, False), (1, 2, True), (0, None, True)]
)
def test_fewer_than_the_minimum_stop_unless_so_few_were_agreed_to(left: int, agreed: int | None, stops: bool) -> None:
    assert too_few(left, 3, agreed) is stops
