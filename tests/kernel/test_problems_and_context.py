"""Refusals carry code and facts; a context gives identifiers that tell nothing."""

from collections import Counter
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from infra.edge import random_bytes
from infra.kernel.context import SYSTEM, Context
from infra.kernel.problems import Problem

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def a_context(random: bytes | None = None) -> Context:
    return Context(SYSTEM, NOW, random_bytes if random is None else lambda size: random[:size])


def test_a_problem_is_known_by_code_reason_and_facts() -> None:
    problem = Problem("seal.too-few", have=1, need=2)
    assert (problem.code, problem.reason, problem.facts) == ("seal.too-few", "too-few", {"have": 1, "need": 2})
    assert str(problem) == "seal.too-few: have=1, need=2"
    assert str(Problem("seal.share")) == "seal.share"


def test_a_fact_may_be_called_code() -> None:
    assert Problem("project.unknown", code="YH-1").facts == {"code": "YH-1"}


@given(st.binary(min_size=13, max_size=13))
def test_an_identifier_has_twenty_letters_that_cannot_be_misread(random: bytes) -> None:
    prefix, _, rest = a_context(random).new_id("bid").partition("-")
    assert prefix == "bid" and len(rest) == 20
    assert set(rest) <= set("0123456789abcdefghjkmnpqrstvwxyz")


@given(st.binary(min_size=13, max_size=13), st.integers(0, 99))
def test_every_one_of_its_hundred_random_bits_counts(random: bytes, bit: int) -> None:
    number = int.from_bytes(random) ^ (1 << (bit + 4))
    assert a_context(random).new_id("x") != a_context(number.to_bytes(13)).new_id("x")


def test_identifiers_do_not_repeat_and_tell_no_order() -> None:
    made = [a_context().new_id("bid") for _ in range(2000)]
    assert len(set(made)) == 2000 and made != sorted(made)
    assert max(Counter(one[4] for one in made).values()) < 200


def test_a_context_does_not_show_its_source_of_chance() -> None:
    assert "random" not in repr(a_context())
