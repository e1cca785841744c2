"""My bids, receipts and results, in a hall where sections stand in every state."""

import re
from pathlib import Path

import httpx
import pytest
from click.testing import CliRunner
from section_story import Story, plain
from sqlalchemy import select

from trading.bidding.tables import Bid
from web.cli import group
from web.demo import cast


async def get(story: Story, path: str, login: str | None = "bidder1") -> httpx.Response:
    """One page as this login gets it."""
    async with await story.hall.client(login) as client:
        return await client.get(path)


async def own_bid(story: Story, section: str, login: str = "bidder1") -> str:
    """The id of the bid that a bidder handed in."""
    wanted = select(Bid.id).where(Bid.section == section, Bid.bidder == story.hall.bodies[login].id)
    async with story.hall.database.reading() as session:
        return (await session.execute(wanted)).scalar_one()


async def test_the_list_shows_ones_own_bids_with_state_deadline_and_what_can_be_done(story: Story) -> None:
    text = (await get(story, "/en/bids")).text
    for section in (story.running, story.failed, story.opened, story.finished):
        assert section in text
    running = text[text.index(f"/en/sections/{story.running}/bid") - 1500 :]
    assert "Stands, sealed" in text
    assert "count-down" in running
    assert "/withdrawal" in running
    assert "Withdraw" in running and "Replace" in running


@pytest.mark.parametrize(("shown", "expected"), [("standing", 4), ("unfinished", 0), ("gone", 0), ("nonsense", 4)])
async def test_the_list_is_filtered_by_its_address(story: Story, shown: str, expected: int) -> None:
    text = (await get(story, f"/en/bids?shown={shown}&order=deadline")).text
    assert len(re.findall(r'<td class="what">', text)) == expected
    assert ("None of your bids fits this filter" in text) == (expected == 0)


async def test_a_page_of_the_list_beyond_its_end_is_empty_in_words(story: Story) -> None:
    assert "None of your bids fits this filter" in (await get(story, "/en/bids?page=9")).text
    assert (await get(story, "/bids?page=x")).status_code == 200


async def test_requirement_06_a_receipt_tells_time_hash_and_number_and_its_file_is_verified_without_the_platform(
    story: Story, tmp_path: Path
) -> None:
    bid = await own_bid(story, story.running)
    shown = (await get(story, f"/en/bids/{bid}/receipt")).text
    file = await get(story, f"/bids/{bid}/receipt.json")
    policy = await get(story, "/log/policy.txt", None)
    async with story.hall.database.reading() as session:
        row = await session.get_one(Bid, bid)
    assert row.submitted_at is not None
    assert f'datetime="{row.submitted_at:%Y-%m-%dT%H:%M:%SZ}"' in shown
    assert row.digest.hex() in shown
    assert bid in shown
    assert re.search(r'<svg[^>]*viewBox="0 0 \d+ \d+"', shown)
    assert "style=" not in shown
    assert file.headers["content-disposition"] == f'attachment; filename="receipt-{bid}.json"'
    (tmp_path / "receipt.json").write_bytes(file.content)
    (tmp_path / "policy.txt").write_bytes(policy.content)
    command = ["verify", "receipt", str(tmp_path / "receipt.json"), "--policy", str(tmp_path / "policy.txt")]
    told = CliRunner().invoke(group, command)
    assert (told.exit_code, bid in told.output) == (0, True), told.output


async def test_requirement_25_a_printed_receipt_has_the_hash_at_its_foot(story: Story) -> None:
    bid = await own_bid(story, story.running)
    text = (await get(story, f"/bids/{bid}/receipt")).text
    async with story.hall.database.reading() as session:
        digest = (await session.get_one(Bid, bid)).digest
    printed = re.search(r'<p class="printed--receipt.*?</p>', text, re.S)
    assert printed is not None
    assert digest.hex() in printed[0]


async def test_a_bid_cannot_be_withdrawn_after_the_deadline(story: Story) -> None:
    bid = await own_bid(story, story.opened)
    text = (await get(story, f"/en/bids/{bid}/withdrawal")).text
    assert "This bid cannot be withdrawn" in text
    assert 'id="withdrawal"' not in text


async def test_before_the_deadline_the_results_are_sealed_and_no_price_stands_anywhere(story: Story) -> None:
    bid = await own_bid(story, story.running)
    for path in (f"/en/sections/{story.running}/mine", f"/en/bids/{bid}/receipt", "/en/bids", "/en/desk"):
        text = (await get(story, path)).text
        assert cast.BIDDERS[0].price not in text
        assert "9,850,000.00" not in text
    assert "Sealed until the deadline" in (await get(story, f"/en/sections/{story.running}/mine")).text


async def test_after_the_opening_one_sees_the_own_price_in_figures_and_words_and_waits_for_marks(story: Story) -> None:
    text = plain((await get(story, f"/en/sections/{story.opened}/mine")).text)
    assert "9,850,000.00" in text
    assert "玖佰捌拾伍万元整" in text
    assert "The committee has not finished" in text
    assert "9,620,000.00" not in text


async def test_a_bid_that_did_not_open_is_told_why_and_who_answers_for_it(story: Story) -> None:
    text = plain((await get(story, f"/en/sections/{story.opened}/mine", "bidder5")).text)
    assert "Why it did not open" in text
    assert "the cause lies with the bidder" in text


async def test_after_publication_one_sees_rank_score_and_every_judges_marks_of_the_own_bid(story: Story) -> None:
    text = (await get(story, f"/en/sections/{story.finished}/mine")).text
    assert "My rank and marks" in text
    assert text.count('class="it"') == len(cast.METHOD["items"])
    assert text.count('class="r num mk"') == 5 * len(cast.METHOD["items"])
    assert "Construction plan" in text


async def test_a_failed_section_says_why_and_that_the_bid_stays_sealed(story: Story) -> None:
    text = plain((await get(story, f"/en/sections/{story.failed}/mine")).text)
    assert "Fewer bids than the rules require" in text
    assert "it stays sealed" in text


async def test_who_has_no_bid_is_told_so(story: Story) -> None:
    text = plain((await get(story, f"/en/sections/{story.failed}/mine", "bidder2")).text)
    assert "No bid of yours stands in this section" in text
