"""Whether a tender admits consortia (TBL 31, TBR 37): said in the notice, guarded at handing in and at the opening."""

import pytest
from bidding_scene import refused
from envelopes import start
from scenes import Hall
from test_consortium import a_bid, jointly

from infra.kernel.problems import Problem
from trading.bidding.consortium import AGREEMENT, record_notes, require_admitted
from trading.sections.terms import checked_joint


@pytest.mark.parametrize("bodies", [0, 11, -1])
def test_a_bid_has_one_to_ten_bodies(bodies: int) -> None:
    with pytest.raises(Problem) as told:
        checked_joint(bodies)
    assert told.value.code == "section.joint"


def test_an_agreement_is_refused_only_where_a_bid_has_but_one_body() -> None:
    require_admitted([AGREEMENT, "technical"], 2)
    require_admitted(["technical"], 1)
    with pytest.raises(Problem) as told:
        require_admitted([AGREEMENT, "technical"], 1)
    assert told.value.code == "bid.no-consortia"


def test_the_record_tells_a_consortium_that_is_not_admitted_and_one_with_too_many_bodies() -> None:
    bids = [a_bid("A", 1, 7), a_bid("B", 2, 8, 9), a_bid("C", 3)]
    assert record_notes(bids, 1) == {"A": {"joint": "not-admitted"}, "B": {"joint": "not-admitted"}}
    assert record_notes(bids, 2) == {"B": {"joint": "too-many"}}
    assert record_notes(bids, 3) == {}


async def test_a_bid_with_an_agreement_is_refused_before_anything_is_sent_where_none_are_admitted(hall: Hall) -> None:
    section = await hall.a_tender(600, joint=1, blind=("technical",))
    envelope = await jointly(hall, section, "bidder1", 7)
    assert await refused(start(hall, "bidder1", envelope)) == "bid.no-consortia"
    async with await hall.client() as public:
        told = (await public.get(f"/en/sections/{section}")).text
    assert "Consortia" in told and "not admitted" in told and "without the bidder&#39;s name" in told
    async with await hall.client("bidder1") as bidder:
        room = (await bidder.get(f"/en/sections/{section}/bid")).text
    assert 'id="no-consortia"' in room and 'id="joint"' not in room
    assert "Nothing in it may tell whose it is" in room and 'data-joint="1"' in room
