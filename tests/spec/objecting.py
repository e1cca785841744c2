"""Two bidders object to a result in its publicity; one takes it back, the other is answered after the publicity's time."""

import httpx
from bidding_scene import refused
from scenes import Hall

from trading.objections.actions import answer_objection, object_to_result, withdraw_objection
from trading.objections.queries import objections_of
from trading.objections.tables import ResultObjection
from trading.publication.actions import publish_award
from trading.sections.states import SectionState

WORDS = "第一中标候选人的项目经理有在建工程"
ANSWER = "经查，该项目经理的在建工程已于投标截止前竣工验收"


async def raised(hall: Hall, section: str, login: str, text: str = WORDS) -> ResultObjection:
    async with hall.database.work(hall.actor(login)) as work:
        return await object_to_result(work, section, text)


async def answered(hall: Hall, section: str, number: int, login: str = "agent", *, text: str = ANSWER) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await answer_objection(work, section, number, text, upheld=False)


async def taken_back(hall: Hall, section: str, number: int, login: str) -> None:
    async with hall.database.work(hall.actor(login)) as work:
        await withdraw_objection(work, section, number)


async def in_the_publicity(hall: Hall, section: str, other: str) -> dict[str, str]:
    """What is raised and refused while objections are taken: a few instants in a demonstration's short days."""
    await raised(hall, section, "bidder1")
    return {
        "an objection beside an open one": await refused(raised(hall, section, "bidder1")),
        "an objection without words": await refused(raised(hall, section, "bidder2", " \n")),
        "a second bidder's": str((await raised(hall, section, "bidder2")).number),
        "an objection by a stranger": await refused(raised(hall, other, "bidder7")),
        "an objection by the agent": await refused(raised(hall, section, "agent")),
    }


async def when_its_time_is_over(
    hall: Hall, section: str, other: str
) -> tuple[dict[str, str], dict[str, httpx.Response]]:
    """The publicity does not end before the answer; then it does by itself."""
    path, pages = f"/sections/{section}/objections", {}
    refusals = {
        "an objection too late": await refused(raised(hall, section, "bidder3")),
        "an award over an open objection": await refused(awarded(hall, section)),
        "another's objection taken back": await refused(taken_back(hall, section, 2, "bidder1")),
        "no such objection": await refused(answered(hall, section, 9)),
        "an answer without words": await refused(answered(hall, section, 1, text=" ")),
        "an answer by a bidder": await refused(answered(hall, section, 1, "bidder1")),
    }
    refusals["the state meanwhile"] = (await hall.section(section)).state
    async with await hall.client("bidder2") as two, await hall.client("agent") as agent, await hall.client() as anybody:
        pages["waiting, to the public"] = await anybody.get(path)
        pages["waiting, to the agent"] = await agent.get(f"{path}/desk")
        pages["taken back"] = await two.post(f"{path}/2/withdrawal")
        pages["answered without an outcome"] = await agent.post(f"{path}/1/answer", data={"text-1": ANSWER})
        pages["answered"] = await agent.post(f"{path}/1/answer", data={"text-1": ANSWER, "outcome": "dismissed"})
        pages["answered again"] = await agent.post(f"{path}/1/answer", data={"text-1": ANSWER, "outcome": "upheld"})
        pages["to the public"] = await anybody.get(path)
        pages["to another bidder"] = await two.get(f"{path}/own")
    async with await hall.client("bidder1") as one, await hall.client("bidder7") as stranger:
        pages["to whoever objected"] = await one.get(f"{path}/own")
        pages["sent too late"] = await one.post(f"{path}/own", data={"text": WORDS})
        pages["to a stranger"] = await stranger.get(f"/sections/{other}/objections/own")
    await hall.due()
    refusals["the state afterwards"] = (await hall.section(section)).state
    return refusals, pages


async def awarded(hall: Hall, section: str) -> None:
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)


async def rows(hall: Hall, section: str) -> list[ResultObjection]:
    async with hall.database.reading() as session:
        return await objections_of(session, section)


EXPECTED = {
    "an objection beside an open one": "result-objection.waiting",
    "an objection without words": "result-objection.text",
    "a second bidder's": "2",
    "an objection by a stranger": "section.unknown",
    "an objection by the agent": "permission.denied",
    "an objection too late": "result-objection.closed",
    "an award over an open objection": "award.objection-open",
    "another's objection taken back": "result-objection.unknown",
    "no such objection": "result-objection.unknown",
    "an answer without words": "result-objection.answer",
    "an answer by a bidder": "permission.denied",
    "the state meanwhile": SectionState.PUBLICITY,
    "the state afterwards": SectionState.DETERMINED,
}
