"""A judge reads files: whole, in ranges of one opening, anew, with what proves nothing; and what is written down of it."""

from judge_hall import Story
from judge_machine import Machine
from sqlalchemy import func, select

from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.kernel.events import Event


async def read_papers(story: Story, one: Machine, bid: str) -> None:
    """Files of a bid: whole, in pieces, by one opening and by several; every wrong way."""
    paper = f"/judge/bids/{bid}/technical"
    story.answers["a paper"] = await one.client.get(paper)
    story.answers["a part of a paper"] = await one.client.get(paper, headers={"range": "bytes=2-9"})
    story.answers["the end of a paper"] = await one.client.get(paper, headers={"range": "bytes=5-"})
    story.answers["beyond a paper"] = await one.client.get(paper, headers={"range": "bytes=100000-"})
    story.answers["the price form"] = await one.client.get(f"/judge/bids/{bid}/opening-form")
    story.answers["a paper of nobody"] = await one.client.get("/judge/bids/bid-nobody/technical")
    story.answers["the viewer"] = await one.client.get(f"/judge/reading/{bid}")
    story.answers["two viewers"] = await one.client.get(f"/judge/reading/{bid}?beside={story.bids[1]}")
    story.answers["a viewer of nobody"] = await one.client.get("/judge/reading/bid-nobody")
    await story.get("a paper for the centre", paper, "centre")
    await story.get("a paper for the public", paper, None)
    token = story.answers["a paper"].headers["openhall-opening"]
    mine, other = {"opening": token}, story.machines[1].client
    story.answers["a further part"] = await one.client.get(paper, params=mine, headers={"range": "bytes=3-5"})
    for name, reader, path, brought in (
        ("further", one.client, paper, mine),
        ("anew", one.client, paper, {}),
        ("another part", one.client, f"/judge/bids/{bid}/commercial", mine),
        ("another bid", one.client, f"/judge/bids/{story.bids[1]}/technical", mine),
        ("another judge", other, paper, mine),
        ("a made-up opening", one.client, paper, {"opening": token[:-1]}),
    ):
        before = await readings(story)
        assert (await reader.get(path, params=brought, headers={"range": "bytes=0-3"})).status_code == 206
        after = await readings(story)
        story.notes[f"readings: {name}"] = (after[0] - before[0], after[1] - before[1])


async def readings(story: Story) -> tuple[int, int]:
    """How many readings stand in the journal, and how many in the access log."""
    async with story.hall.database.reading() as session:
        reads = select(func.count()).select_from(AccessLine).where(AccessLine.read == Read.BID_FILE)
        return len(await story.hall.lines(Event.BID_READ, section=story.section)), await session.scalar(reads) or 0
