"""The remedy 补救: where the document permits it, a bid that does not open is shown in plain, and held to what was sealed
(requirement 10; EBM 31)."""

from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from bidding_scene import blocks_of
from envelopes import plaintexts
from rescue_story import FIVE, Rescue
from rescuing import (
    short_windows,
    stored_blocks,
    stored_rows,
)
from scenes import Hall
from sqlalchemy import select

from infra.kernel.events import Event
from trading.bidding.tables import BidPart
from trading.bidding.uploads import BUCKET, block_key
from trading.evaluation.papers import paper_of, read_paper
from trading.opening.form import FORM
from trading.opening.remedies import retain_remedies
from trading.opening.rules import MOST_REMEDIES
from trading.opening.states import Cause, Stage
from trading.opening.tables import Remedy
from trading.sections.states import SectionState


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(rescue: Rescue) -> AsyncIterator[Hall]:
    """The hall in which the story was told, under the same rule set."""
    with short_windows():
        yield rescue.hall


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("remedy too early", "remedy.not-asked"),
        ("differs", "remedy.differs"),
        ("differs again", "remedy.differs"),
        ("too often", "remedy.tries"),
        ("two at a time", "remedy.under-way"),
        ("too large", "remedy.too-large"),
        ("no such part", "bid.part"),
        ("of an open bid", "remedy.not-asked"),
        ("another's bid", "bid.unknown"),
        ("shown twice", "remedy.given"),
        ("shown too late", "remedy.closed"),
        ("not permitted", "remedy.not-asked"),
    ],
)
async def test_what_may_not_be_shown_as_a_remedy_is_refused_with_its_code(rescue: Rescue, name: str, code: str) -> None:
    assert rescue.refusals[name].code == code


async def test_requirement_10_a_bid_that_waits_for_its_remedy_tells_until_when_and_nothing_is_to_be_decided(
    rescue: Rescue,
) -> None:
    for page in ("remedy, public", "remedy, host", "remedy, own"):
        assert "投标人未在规定时间内提供投标人密钥因子" in rescue.text(page)
        assert "原因在投标人" in rescue.text(page) and "投标人可提交明文补救，截止" in rescue.text(page)
    assert "/host/causes/" not in rescue.pages["remedy, host"].text
    assert "/hall/remedy" in rescue.pages["remedy, own"].text
    assert 'data-part="technical"' in rescue.pages["remedy page"].text
    assert "没有需要提交的内容" in rescue.text("remedy page of an open bid")


async def test_a_missing_factor_is_the_bidders_fault_and_waits_for_the_remedy_that_the_document_permits(
    hall: Hall, rescue: Rescue
) -> None:
    one = rescue.stages["ended"]["bidder3"]
    assert (one.stage, one.reason, one.cause) == (Stage.FORM_WAITS, "factor.missing", Cause.BIDDER)
    assert one.remedy_from is not None and one.remedy_until is not None
    lines = await hall.lines(Event.BID_UNOPENED, section=rescue.mild)
    assert all("remedy" in line.facts for line in lines) and len(lines) == 3


async def test_what_was_shown_is_retained_like_the_sealed_bids(hall: Hall, rescue: Rescue) -> None:
    await retain_remedies(hall.database, hall.objects, rescue.mild)
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        shown = await session.get_one(Remedy, (bid, "technical"))
    version = shown.blocks[0]["version"]
    assert await hall.objects.retained_until(BUCKET, block_key(bid, "technical", 0), version) is not None


async def test_a_bid_shown_in_plain_as_it_was_sealed_is_read_out(hall: Hall, rescue: Rescue) -> None:
    assert rescue.told("shown")["bidder3"] is Stage.ANNOUNCED
    [line] = [
        one for one in await hall.lines(Event.BID_OPENED, section=rescue.mild) if one.subject == rescue.bids["bidder3"]
    ]
    assert line.facts["form"].encode() == plaintexts("bidder3")[FORM]


async def test_another_file_is_refused_and_both_hashes_are_logged(hall: Hall, rescue: Rescue) -> None:
    line, *others = await hall.lines(Event.REMEDY_REFUSED, section=rescue.mild)
    assert [one.facts["part"] for one in others] == ["commercial"] * MOST_REMEDIES
    entry = rescue.envelopes["bidder4"].manifest.entry("technical")
    facts = rescue.refusals["differs"].facts
    assert facts["promised"] == entry.commit.hex() and facts["found"] != facts["promised"]
    assert line.facts["promised"] != line.facts["found"]


async def test_who_shows_nothing_by_the_limit_is_revoked_and_who_did_is_not(hall: Hall, rescue: Rescue) -> None:
    found = rescue.told("over")
    assert (found["bidder3"], found["bidder4"], found["bidder5"]) == (Stage.ANNOUNCED, Stage.REVOKED, Stage.REVOKED)
    ended = {one.subject for one in await hall.lines(Event.REMEDY_ENDED, section=rescue.mild)}
    assert ended == {rescue.bids["bidder4"], rescue.bids["bidder5"]}
    assert rescue.states["over"] is SectionState.OPENED


async def test_files_shown_in_plain_pass_the_check_and_are_read_like_all_others(hall: Hall, rescue: Rescue) -> None:
    assert rescue.told("checked")["bidder3"] is Stage.CHECKED
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        part = await session.get_one(BidPart, (bid, "technical"))
        paper = await paper_of(session, hall.keys.service, part, rescue.mild)
    assert (
        b"".join([piece async for piece in read_paper(hall.objects, paper, 0, paper.size)])
        == (plaintexts("bidder3")["technical"])
    )


async def test_the_sealed_original_stays_beside_what_was_shown(hall: Hall, rescue: Rescue) -> None:
    bid = rescue.bids["bidder3"]
    async with hall.database.reading() as session:
        shown = {one.part: one for one in await session.scalars(select(Remedy).where(Remedy.bid == bid))}
    assert set(shown) == {"commercial", FORM, "technical"}
    [was] = [one for one in await blocks_of(hall, bid) if one.part == "technical"]
    key = block_key(bid, "technical", 0)
    assert await hall.objects.get(BUCKET, key, was.version) == rescue.envelopes["bidder3"].containers["technical"]
    now = await hall.objects.get(BUCKET, key, shown["technical"].blocks[0]["version"])
    assert now.startswith(b"sealed-bid/v1\n") and plaintexts("bidder3")["technical"][:40] not in now


async def test_reading_and_remedies_leave_no_plaintext_but_the_announced_form(hall: Hall, rescue: Rescue) -> None:
    """Every row of every table, every version of every block, and the platform's folder are searched for the files."""
    secret = [plaintexts(login)[part] for login in FIVE[:3] for part in ("commercial", "technical")]
    rows = await stored_rows(hall)
    assert not [word for word in secret if word.decode() in rows or word.hex() in rows]
    assert "负责人3" in rows, "the announced form stands there"
    kept = await stored_blocks(hall, [rescue.bids[login] for login in FIVE[:3]])
    assert not [word for word in (*secret, plaintexts("bidder3")[FORM]) if word in kept]
    files = b"".join(path.read_bytes() for path in hall.folder.rglob("*") if path.is_file())
    assert not [word for word in secret if word in files]
