"""Which way a result goes on that cannot stand: causes by rule set, the candidates who are left, what is signed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.kernel.context import Role
from infra.kernel.problems import Problem
from trading.publication.rules import public_path
from trading.regimes.rules import CONSTRUCTION
from trading.sections.states import LIFE, SectionState
from trading.ways.rules import Grounds, Way, causes_of, check_next, standing, unanswered, way_message

CANDIDATES = [{"rank": rank, "bid": bid} for rank, bid in enumerate(("a", "b", "c"), 1)]
GROUNDS = Grounds("renounced", (), "书面放弃")


def test_article_55_lists_the_causes_for_which_a_candidate_drops_out() -> None:
    assert causes_of(CONSTRUCTION, ()) == ("renounced", "force-majeure", "no-security", "violation")


def test_an_upheld_objection_comes_before_every_other_cause() -> None:
    assert causes_of(CONSTRUCTION, (2,)) == ("objection-upheld",)


@pytest.mark.parametrize(
    ("upheld", "followed", "left"),
    [([], [], ()), ([2, 1], [], (1, 2)), ([1, 2], [(1,)], (2,)), ([1, 2], [(1,), (2,)], ()), ([3], [()], (3,))],
)
def test_an_upheld_objection_waits_until_a_decision_rests_on_it(
    upheld: list[int], followed: list[tuple[int, ...]], left: tuple[int, ...]
) -> None:
    assert unanswered(upheld, followed) == left


@given(passed=st.sets(st.sampled_from("abc")))
def test_who_is_left_keeps_order_and_published_rank(passed: set[str]) -> None:
    assert standing(CANDIDATES, passed) == [one for one in CANDIDATES if one["bid"] not in passed]


@pytest.mark.parametrize(
    ("passed", "bid", "code"),
    [
        ((), "d", "way.candidate"),
        (("a",), "a", "way.candidate"),
        (("a", "b"), "c", "way.nobody-left"),
        (("b", "c"), "a", "way.nobody-left"),
    ],
)
def test_only_a_candidate_with_another_beside_it_makes_way_for_the_next(
    passed: tuple[str, ...], bid: str, code: str
) -> None:
    with pytest.raises(Problem) as refused:
        check_next(CANDIDATES, passed, bid)
    assert refused.value.code == code


@pytest.mark.parametrize(("passed", "bid"), [((), "a"), ((), "c"), (("a",), "b")])
def test_any_candidate_may_drop_out_while_another_is_left(passed: tuple[str, ...], bid: str) -> None:
    check_next(CANDIDATES, passed, bid)


def test_the_signed_bytes_of_a_way_on_differ_with_everything_in_it() -> None:
    told = [
        way_message("T/1", bytes(32), Way.NEXT, "a", GROUNDS),
        way_message("T/2", bytes(32), Way.NEXT, "a", GROUNDS),
        way_message("T/1", b"1" * 32, Way.NEXT, "a", GROUNDS),
        way_message("T/1", bytes(32), Way.RETENDER, "a", GROUNDS),
        way_message("T/1", bytes(32), Way.NEXT, None, GROUNDS),
        way_message("T/1", bytes(32), Way.NEXT, "b", GROUNDS),
        way_message("T/1", bytes(32), Way.NEXT, "a", GROUNDS._replace(cause="violation")),
        way_message("T/1", bytes(32), Way.NEXT, "a", GROUNDS._replace(objections=(1,))),
        way_message("T/1", bytes(32), Way.NEXT, "a", GROUNDS._replace(reasons="另一理由")),
    ]
    assert len({one.hex() for one in told}) == len(told)


@pytest.mark.parametrize("state", [SectionState.PUBLICITY, SectionState.DETERMINED])
def test_a_candidate_drops_out_into_a_new_publicity_or_the_tender_ends(state: SectionState) -> None:
    assert LIFE.move("pass-over", state, Role.PROCURING) is SectionState.PUBLICITY
    assert LIFE.move("fail", state, Role.PROCURING) is SectionState.FAILED


@pytest.mark.parametrize("role", [Role.AGENT, Role.CENTRE, Role.SYSTEM, Role.JUDGE])
def test_nobody_but_the_procuring_entity_passes_a_candidate_over(role: Role) -> None:
    with pytest.raises(Problem) as refused:
        LIFE.move("pass-over", SectionState.DETERMINED, role)
    assert refused.value.code == "workflow.not-yours"


@pytest.mark.parametrize("state", [SectionState.REPORTED, SectionState.NOTIFIED, SectionState.FAILED])
def test_no_candidate_drops_out_before_the_publication_nor_after_the_award(state: SectionState) -> None:
    with pytest.raises(Problem) as refused:
        LIFE.move("pass-over", state, Role.PROCURING)
    assert refused.value.code == "workflow.not-now"


def test_the_only_way_forward_of_a_section_is_still_one_line() -> None:
    assert public_path()[-3:] == (SectionState.PUBLICITY, SectionState.DETERMINED, SectionState.NOTIFIED)
