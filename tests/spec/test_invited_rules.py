"""When a tender may invite its bidders instead of being open, and how many at least (TBR 8, TBL 17): pure."""

import pytest

from infra.kernel.events import Event, Opens
from infra.kernel.problems import Problem
from trading.audit.rules import BEFORE_CLOSING
from trading.invited.rules import MOST, check_ground, check_number, read_codes
from trading.messages.rules import AUDIENCES, Audience
from trading.publication.rules import OF_DOCUMENT, may_read
from trading.regimes.regime import Rule
from trading.regimes.rules import CONSTRUCTION, DEMONSTRATION, PURCHASES
from web.labels import INVITED


def code_of(call: object, *given: object) -> str:
    with pytest.raises(Problem) as caught:
        call(*given)  # type: ignore[operator]
    return caught.value.code


@pytest.mark.parametrize("ground", ["TBR 8(1)", "TBR 8(2)"])
def test_both_grounds_of_article_8_let_a_tender_invite(ground: str) -> None:
    check_ground(CONSTRUCTION, ground, "岩溶区隧道")


@pytest.mark.parametrize(
    ("ground", "reasons", "code"),
    [
        ("TBR 9", "岩溶区隧道", "invited.ground"),
        ("", "岩溶区隧道", "invited.ground"),
        ("TBR 8(1)", "  ", "invited.reasons"),
        ("TBR 8(1)", "字" * 2001, "invited.reasons"),
    ],
)
def test_no_other_ground_and_no_ground_without_reasons_does(ground: str, reasons: str, code: str) -> None:
    assert code_of(check_ground, CONSTRUCTION, ground, reasons) == code


def test_the_rule_set_of_government_procurement_knows_no_such_tender() -> None:
    assert code_of(check_ground, PURCHASES, "TBR 8(1)", "岩溶区隧道") == "invited.not-here"


def test_three_are_enough_two_are_not_and_the_article_is_named() -> None:
    check_number(CONSTRUCTION, 3)
    with pytest.raises(Problem) as caught:
        check_number(CONSTRUCTION, 2)
    assert (caught.value.code, caught.value.facts["source"], caught.value.facts["mark"]) == (
        "invited.too-few",
        "TBL 17",
        "✔",
    )


def test_no_more_are_invited_than_a_page_holds() -> None:
    check_number(CONSTRUCTION, MOST)
    assert code_of(check_number, CONSTRUCTION, MOST + 1) == "invited.too-many"


def test_codes_may_stand_a_line_each_or_apart_by_commas_in_any_order_and_twice() -> None:
    assert read_codes("b2, a1\n\nA1；c3 、b2") == ["A1", "B2", "C3"]
    assert read_codes(" \n ") == []


def test_every_ground_of_every_rule_set_has_its_words() -> None:
    for regime in (CONSTRUCTION, DEMONSTRATION):
        assert set(regime.words(Rule.INVITATION_GROUNDS)) == set(INVITED)


def test_the_list_is_logged_and_read_by_nobody_before_the_closing_nor_ever_where_too_few_bid() -> None:
    kind = Event.BIDDERS_INVITED.kind
    assert (kind.leaf, kind.opens) == (True, Opens.SECTION_CLOSED)
    assert not may_read(Event.BIDDERS_INVITED, of_draw=False, closed=False, marked=False)
    assert may_read(Event.BIDDERS_INVITED, of_draw=False, closed=True, marked=False)
    assert Event.BIDDERS_INVITED not in BEFORE_CLOSING


def test_only_those_invited_are_told_of_their_invitation() -> None:
    assert AUDIENCES[Event.BIDDERS_INVITED] == (Audience.INVITED,)


def test_what_the_log_tells_of_a_document_is_named_once() -> None:
    assert set(OF_DOCUMENT) == {Event.DOCUMENT_FROZEN, Event.ADDENDUM_PUBLISHED, Event.CLARIFICATION_PUBLISHED}
