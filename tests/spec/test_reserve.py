"""The sealed reserve price 标底: one, secret until the opening, told after the prices, a reference only (TBR 27, 50)."""

from dataclasses import replace
from typing import Any

import pytest
from bidding_scene import refused
from envelopes import an_envelope, submitted
from reserving import PRICE, Sealed, hand_over, sealed, signer_of
from scenes import Hall

from infra.crypto.manifest import Client, Manifest, PartEntry
from infra.kernel.canonical import canonical
from infra.kernel.context import Role
from infra.kernel.events import Event
from infra.kernel.money import fen
from infra.kernel.problems import Problem
from trading.bidding.consortium import AGREEMENT
from trading.reserve.queries import own_reserve, told_reserve
from trading.reserve.rules import LARGEST, PART, check_reserve, make_reserve, read_reserve
from trading.sections.states import SectionState
from web.demo import cast


def entry(part: str, size: int = 900) -> PartEntry:
    return PartEntry(part, size, bytes(32), bytes(32))


def manifest(*parts: PartEntry) -> Manifest:
    return Manifest("A/1", "1", bytes(32), parts, Client("a test", bytes(32)))


def test_what_is_sealed_is_read_back_as_an_amount() -> None:
    assert read_reserve(make_reserve(PRICE)) == fen(PRICE)


@pytest.mark.parametrize(("told", "code"), [
    ({"format": "reserve-price/v1"}, "reserve.fields"),
    ({"format": "reserve-price/v2", "price": "1.00"}, "reserve.fields"),
    ({"format": "reserve-price/v1", "price": "1.00", "floor": "yes"}, "reserve.fields"),
    (["reserve-price/v1"], "reserve.fields"),
    ({"format": "reserve-price/v1", "price": "0.00"}, "reserve.price"),
    ({"format": "reserve-price/v1", "price": "-1.00"}, "reserve.price"),
    ({"format": "reserve-price/v1", "price": "1"}, "reserve.price"),
    ({"format": "reserve-price/v1", "price": "01.00"}, "reserve.price"),
    ({"format": "reserve-price/v1", "price": "1" * 5000 + ".00"}, "reserve.price"),
    ({"format": "reserve-price/v1", "price": 5}, "reserve.price"),
])  # fmt: skip
def test_what_is_no_reserve_price_is_refused(told: Any, code: str) -> None:
    with pytest.raises(Problem) as caught:
        read_reserve(canonical(told))
    assert caught.value.code == code


@pytest.mark.parametrize(("one", "code"), [
    (manifest(entry(PART), entry("technical")), "reserve.parts"),
    (manifest(entry("technical")), "reserve.parts"),
    (manifest(entry(AGREEMENT)), "reserve.parts"),
    (manifest(entry(PART, LARGEST + 1)), "reserve.parts"),
    (replace(manifest(entry(PART)), round="2"), "seal.section"),
    (replace(manifest(entry(PART)), section="A/2"), "seal.section"),
])  # fmt: skip
def test_a_reserve_price_comes_alone_and_for_this_section_and_round(one: Manifest, code: str) -> None:
    with pytest.raises(Problem) as caught:
        check_reserve(one, "A/1", "1")
    assert caught.value.code == code


async def test_whatever_is_not_sealed_signed_and_bound_as_it_must_be_is_refused(hall: Hall) -> None:
    section = await hall.a_tender(600)
    good, signer = await sealed(hall, section), await signer_of(hall, "agent")
    bidder = hall.bodies["bidder1"].credit_code
    await hall.bring("stranger", Role.AGENT, "另一招标代理有限公司", cast.code(777))
    spoilt: list[tuple[str, Sealed, str]] = [
        ("seal.bidder", await sealed(hall, section, code=bidder), "agent"),
        ("seal.section", replace(good, container=(await sealed(hall, section, part="technical")).container), "agent"),
        ("seal.version", replace(good, container=make_reserve(PRICE)), "agent"),
        ("seal.truncated", replace(good, container=good.container[:-1]), "agent"),
        ("seal.extended", replace(good, container=good.container + b"\0"), "agent"),
        ("seal.commitment", replace(good, container=good.container[:-1] + bytes([good.container[-1] ^ 1])), "agent"),
        ("signing.bad-signature", replace(good, signature=bytes(64)), "agent"),
        (
            "signing.not-yours",
            replace(good.resigned(hall.signers["bidder1"]), certificate=_of(hall, "bidder1")),
            "agent",
        ),
        ("reserve.parts", good.resigned(signer, parts=(entry("technical"),)), "agent"),
        ("permission.denied", good, "bidder1"),
        ("permission.denied", good, "centre"),
        ("section.unknown", good, "stranger"),
    ]
    found = [await refused(hand_over(hall, section, one, login)) for _, one, login in spoilt]
    assert found == [code for code, _, _ in spoilt]
    assert await hall.lines(Event.RESERVE_SEALED) == []


async def test_nobody_seals_one_before_the_notice(hall: Hall) -> None:
    section = await hall.a_section_with_keyset(600)
    assert await refused(hand_over(hall, section, await sealed(hall, section))) == "reserve.not-open"


async def test_the_one_sealed_last_stands_and_nobody_outside_learns_that_there_is_one(hall: Hall) -> None:
    section = await hall.a_tender(600)
    async with await hall.client() as public:
        before = (await public.get(f"/en/sections/{section}/log")).text.count("<tr")
        await hand_over(hall, section, await sealed(hall, section, "procurer", plain=make_reserve("1.00")), "procurer")
        await hand_over(hall, section, await sealed(hall, section))
        for path in (f"/en/sections/{section}", f"/en/sections/{section}/log", f"/en/sections/{section}/hall"):
            told = (await public.get(path)).text
            assert "onfidential estimate" not in told, path
        assert (await public.get(f"/en/sections/{section}/log")).text.count("<tr") == before
    async with hall.database.reading() as session:
        row = await own_reserve(session, hall.actor("procurer"), section)
        assert row is not None and row.sealed_by == hall.bodies["agent"].id and row.price is None
        assert await told_reserve(session, section) is None
        assert await refused(own_reserve(session, hall.actor("bidder1"), section)) == "section.unknown"


async def opened(hall: Hall, plain: bytes | None, bids: int = 3) -> str:
    """A section whose deadline has passed, with a confidential estimate sealed."""
    section = await hall.a_tender(6)
    await hand_over(hall, section, await sealed(hall, section, plain=plain))
    for number in range(1, bids + 1):
        login = f"bidder{number}"
        await submitted(hall, section, login, await an_envelope(hall, section, login))
    late = await sealed(hall, section)
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    assert await refused(hand_over(hall, section, late)) == "reserve.late"
    await hall.reach(section, SectionState.OPENED if bids > 2 else SectionState.FAILED)
    return section


@pytest.mark.soak
async def test_it_is_told_after_every_price_and_counts_for_no_bid(hall: Hall) -> None:
    section = await opened(hall, None)
    told = (Event.BID_OPENED, Event.SECTION_CLOSED, Event.SECTION_OPENED, Event.RESERVE_OPENED)
    lines = await hall.lines(*told, section=section)
    assert [line.event for line in lines] == [
        Event.SECTION_CLOSED, *[Event.BID_OPENED] * 3, Event.SECTION_OPENED, Event.RESERVE_OPENED,
    ]  # fmt: skip
    assert len(lines[0].facts["bids"]) == 3 and lines[-1].facts["body"] == hall.bodies["agent"].credit_code
    async with await hall.client() as public:
        page = (await public.get(f"/en/sections/{section}")).text
        assert "9,123,456.00" in page and "A reference only" in page
        assert "9,123,456.00" in (await public.get(f"/en/sections/{section}/hall")).text


@pytest.mark.soak
async def test_one_that_says_nonsense_is_told_so_and_holds_up_nothing(hall: Hall) -> None:
    section = await opened(hall, b"\xff no price \x00")
    [line] = await hall.lines(Event.RESERVE_UNOPENED, section=section)
    assert line.facts["reason"] == "json.bad"
    async with await hall.client() as public:
        assert "could not be opened" in (await public.get(f"/en/sections/{section}")).text


@pytest.mark.soak
async def test_it_is_never_a_bid_and_stays_shut_where_too_few_are(hall: Hall) -> None:
    section = await opened(hall, None, bids=2)
    assert await hall.lines(Event.RESERVE_OPENED, Event.RESERVE_UNOPENED, section=section) == []
    async with await hall.client() as public:
        for path in (f"/en/sections/{section}", f"/en/sections/{section}/log"):
            assert "onfidential estimate" not in (await public.get(path)).text


def _of(hall: Hall, login: str) -> bytes:
    found = hall.signers[login].certificate
    assert found is not None
    return found
