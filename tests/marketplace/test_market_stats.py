"""Numbers that people compare agencies by, on the rule-book's examples and on few cases."""

from fractions import Fraction

import pytest

from marketplace.agencies.stats import at_least, box, concentration, saving


@pytest.mark.parametrize(
    ("good", "all_", "percent"), [(48, 50, "86.5"), (2, 2, "34.2"), (0, 0, "0.0"), (0, 5, "0.0"), (50, 50, "92.9")]
)
def test_a_share_is_told_by_what_one_can_rely_on(good: int, all_: int, percent: str) -> None:
    assert f"{100 * at_least(good, all_):.1f}" == percent


def test_a_distribution_is_told_of_five_at_least() -> None:
    assert box([1, 2, 3, 4]) is None
    found = box([5, 1, 3, 2, 4])
    assert found is not None and tuple(found) == (1, 2, 3, 4, 5, 5)
    even = box([1, 2, 3, 4, 5, 6])
    assert even is not None and (even.lower, even.median, even.upper) == (
        Fraction(9, 4),
        Fraction(7, 2),
        Fraction(19, 4),
    )


def test_concentration_is_one_with_one_agency_and_a_quarter_with_four_alike() -> None:
    assert concentration({"a": 7}) == 1 and concentration({}) == 0
    assert concentration(dict.fromkeys("abcd", 100)) == Fraction(1, 4)


def test_saving_is_told_against_references_only() -> None:
    assert saving([(100, 80), (300, 300)]) == Fraction(1, 20) and saving([]) is None
