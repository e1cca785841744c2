"""What a bidder is told of the result of its bid."""

import pytest

from trading.letters.rules import Outcome, digest_of, outcome_of, rank_of, written


@pytest.mark.parametrize(("bid", "rank"), [("a", 1), ("b", 2), ("c", 2), ("d", 4), ("x", None)])
def test_tied_bids_share_the_best_of_their_ranks(bid: str, rank: int | None) -> None:
    assert rank_of(["a", ["b", "c"], "d"], bid) == rank


@pytest.mark.parametrize(
    ("bid", "outcome"),
    [
        ("w", Outcome.WON),
        ("p", Outcome.PASSED_OVER),
        ("r", Outcome.REJECTED),
        ("o", Outcome.OUTRANKED),
        ("u", Outcome.UNOPENED),
    ],
)
def test_each_bidder_is_told_its_own_outcome(bid: str, outcome: Outcome) -> None:
    rank = rank_of(["p", "w", "o"], bid)
    assert outcome_of(bid, "w", {"p": "放弃中标"}, {"r": "未响应"}, rank) is outcome


def test_the_same_words_under_another_salt_have_another_hash() -> None:
    letter = {"bid": "a", "outcome": "rejected"}
    assert digest_of(written(bytes(32), letter)) != digest_of(written(bytes([1] * 32), letter))
