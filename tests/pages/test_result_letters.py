"""Letters on the result: everybody whose bid stood gets one, and nobody reads another's (TBL 45, O1117)."""

import re
from hashlib import sha256

import httpx
import pytest
from section_story import Story, plain
from sqlalchemy import select

from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.kernel.canonical import b64, parse
from infra.kernel.events import Event
from trading.bidding.tables import Bid
from trading.letters.tables import ResultLetter


async def get(story: Story, path: str, login: str | None = "bidder1") -> httpx.Response:
    """One page of the finished section as this login gets it."""
    async with await story.hall.client(login) as client:
        return await client.get(path.replace("SECTION", story.finished))


async def letters(story: Story) -> list[ResultLetter]:
    async with story.hall.database.reading() as session:
        wanted = select(ResultLetter).where(ResultLetter.section == story.finished).order_by(ResultLetter.bid)
        return list((await session.execute(wanted)).scalars())


async def test_every_bid_that_stood_at_the_deadline_gets_a_letter_and_its_hash_is_logged(story: Story) -> None:
    async with story.hall.database.reading() as session:
        bids = set((await session.execute(select(Bid.id).where(Bid.section == story.finished))).scalars())
    award = (await story.hall.lines(Event.AWARD_PUBLISHED, section=story.finished))[0]
    found = await letters(story)
    assert {row.bid for row in found} == bids
    assert award.facts["letters"] == {row.bid: b64(sha256(row.letter).digest()) for row in found}


async def test_one_bidder_is_told_that_it_won_and_the_others_where_they_stand(story: Story) -> None:
    told = [parse(row.letter)["letter"] for row in await letters(story)]
    assert sorted(one["rank"] for one in told) == list(range(1, len(told) + 1))
    assert [one["outcome"] for one in sorted(told, key=lambda one: one["rank"])] == ["won"] + ["outranked"] * 4
    assert len({one["winner"]["bidder"] for one in told}) == 1


@pytest.mark.parametrize("login", [f"bidder{number}" for number in range(1, 6)])
async def test_a_bidder_reads_its_own_letter_and_no_word_of_anothers(story: Story, login: str) -> None:
    page, file = (
        await get(story, "/sections/SECTION/letter", login),
        await get(story, "/sections/SECTION/letter.json", login),
    )
    letter = parse(file.content)["letter"]
    assert (page.status_code, letter["bidder"]) == (200, story.hall.bodies[login].name)
    assert sha256(file.content).hexdigest() in page.text
    others = {body.name for name, body in story.hall.bodies.items() if name.startswith("bidder") and name != login}
    assert {one for one in others if one in page.text} <= {letter["winner"]["bidder"]}


@pytest.mark.parametrize("tail", ["", ".json", ".pdf"])
async def test_who_has_no_letter_gets_none(story: Story, tail: str) -> None:
    path = f"/sections/SECTION/letter{tail}"
    assert (await get(story, path, "agent")).status_code == 403
    assert (await get(story, path.replace("SECTION", story.running))).status_code == 404
    assert (await get(story, path.replace("SECTION", "YH-NONE/01"))).status_code == 404
    assert (await get(story, path, None)).status_code in (302, 303)


async def test_a_bidder_without_a_letter_is_told_why(story: Story) -> None:
    page = plain((await get(story, f"/en/sections/{story.opened}/letter")).text)
    assert "There is no letter on the result" in page and "made with the award notice" in page


async def test_each_reading_of_a_letter_is_recorded(story: Story) -> None:
    before = await readings(story)
    for tail in ("", ".json", ".pdf"):
        await get(story, f"/sections/SECTION/letter{tail}", "bidder3")
    assert [line.outcome for line in (await readings(story))[len(before) :]] == ["granted"] * 3


async def readings(story: Story) -> list[AccessLine]:
    """The access lines of letters of the finished section, oldest first."""
    async with story.hall.database.reading() as session:
        wanted = select(AccessLine).where(AccessLine.read == Read.RESULT_LETTER, AccessLine.section == story.finished)
        return list((await session.execute(wanted.order_by(AccessLine.id))).scalars())


async def test_the_letters_paper_has_its_hash_and_a_code(story: Story) -> None:
    answer = await get(story, "/sections/SECTION/letter.pdf", "bidder2")
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF") and re.search(rb"/Title", answer.content)


async def test_ones_own_results_lead_to_the_letter(story: Story) -> None:
    assert f"/sections/{story.finished}/letter" in (await get(story, "/sections/SECTION/mine")).text
    assert f"/sections/{story.opened}/letter" not in (await get(story, f"/sections/{story.opened}/mine")).text
