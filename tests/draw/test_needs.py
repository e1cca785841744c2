"""A need names a profession and a region, and whoever has the beginning of both fits."""

import pytest

from expertpool.draw.needs import Need, fits, parse_need
from infra.kernel.problems import Problem


@pytest.mark.parametrize("code", ["A@42", "A08@4299", "A0804@429901", "B070203@4299"])
def test_a_need_is_read_as_it_is_written(code: str) -> None:
    assert parse_need(code).code == code


@pytest.mark.parametrize(
    "code", ["", "A08", "@42", "A08@", "a08@42", "A08@4", "A08@42990", "A0804020301@429901", "A08@42 "]
)
def test_what_is_no_need_is_refused(code: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_need(code)
    assert refused.value.code == "draw.need"


@pytest.mark.parametrize(
    ("professions", "region", "expected"),
    [
        (["A0804"], "429901", True),
        (["A08"], "429900", True),
        (["A09", "A080401"], "420000", False),
        (["A07"], "429901", False),
    ],
)
def test_whoever_has_the_beginning_of_both_fits(professions: list[str], region: str, expected: bool) -> None:
    assert fits(Need("A08", "4299"), professions, region) is expected
