"""Four sections told by the real use-cases in one hall, and what the public could read of them at every stage."""

import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
from envelopes import an_envelope, submitted
from judging import Panel, a_panel, enter_experts
from scenes import Hall, a_hall

from infra.crypto.seal_suite import SM2
from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects
from trading.publication.actions import publish_award, publish_candidates
from trading.sections.states import SectionState
from web.demo import cast

PAGES = ("", "/marks", "/log", "/draws")
FILES = ("/evaluation.json", "/marks.csv", "/result.json", "/draw-1.json", "/evidence.zip", "/report.html")
MOVING = re.compile(r"<(server-clock|count-down).*?</\1>|<b class=\"mono\">[2-9A-HJ-NP-Z]{10}</b>", re.S)
Shots = dict[str, httpx.Response]


@dataclass
class Story:
    """Sections by what became of them, and shots `stage → path → response`; a path is told without the section.

    The finished one's bids are sealed by the Chinese standards.
    """

    hall: Hall
    running: str = ""
    failed: str = ""
    opened: str = ""
    finished: str = ""
    panel: Panel | None = None
    shots: dict[str, Shots] = field(default_factory=dict)

    async def shoot(self, stage: str, section: str) -> None:
        """Note what anybody can read of a section at this moment, in both languages, and the home page."""
        async with await self.hall.client() as client:
            paths = [*PAGES, *FILES]
            found = {path: await client.get(f"/sections/{section}{path}") for path in paths}
            found |= {f"/en{path}": await client.get(f"/en/sections/{section}{path}") for path in PAGES}
            self.shots[stage] = found | {"home": await client.get("/")}


def still(answer: httpx.Response) -> str:
    """A page without what moves by itself: the clock, countdowns, the incident number of an error."""
    return MOVING.sub("", answer.text)


def plain(text: str) -> str:
    """A page's words without tags, every run of white space one blank."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))


@asynccontextmanager
async def told(postgres: EmbeddedPostgres, template: str, objects: Objects, bidders: int = 5) -> AsyncIterator[Story]:
    """The whole story; afterwards the four sections stand as their names say and the hall is open."""
    async with a_hall(postgres, template, objects, bidders=bidders) as hall:
        story = Story(hall)
        await enter_experts(hall)
        await _still_running(story)
        await _hand_in(story)
        await _open(story)
        await _evaluate(story)
        await _award(story)
        yield story


async def _still_running(story: Story) -> None:
    """The section whose deadline is far, before there is another: no clock but its own moves its pages."""
    hall = story.hall
    story.running = await hall.a_tender(1500)
    for _ in range(3):
        await hall.step()
    await story.shoot("no bid", story.running)
    for number in range(1, 6):
        await submitted(hall, story.running, f"bidder{number}")
        await hall.step()
        if number in (1, 5):
            await story.shoot(f"{number} bids", story.running)


async def _hand_in(story: Story) -> None:
    """Nothing here lets timers fall due or trustees release: a slow machine may be over a deadline when it comes to its end."""
    hall = story.hall
    story.failed, story.opened = [await hall.a_tender(9) for _ in range(2)]
    story.finished = await hall.a_tender(9, suite=SM2)
    await submitted(hall, story.failed, "bidder1")
    for number in range(1, 5):
        await submitted(hall, story.opened, f"bidder{number}")
    junk = await an_envelope(hall, story.opened, "bidder5", form=b"no form at all")
    await submitted(hall, story.opened, "bidder5", junk)
    for number in range(1, 6):
        await submitted(hall, story.finished, f"bidder{number}")


async def _open(story: Story) -> None:
    hall = story.hall
    for section in (story.failed, story.opened, story.finished):
        deadline = (await hall.section(section)).deadline
        assert deadline is not None
        await hall.wait_until(deadline)
    await hall.due()
    await story.shoot("decrypting", story.opened)
    await hall.reach(story.opened, SectionState.OPENED)
    await hall.reach(story.finished, SectionState.OPENED)
    await story.shoot("opened", story.opened)
    await story.shoot("failed", story.failed)


async def _evaluate(story: Story) -> None:
    hall = story.hall
    story.panel = panel = await a_panel(hall, story.finished)
    for number in range(1, 6):
        await panel.sign_in(number)
    for number in range(1, 6):
        await panel.lock(number, await panel.sheet(marks_of(number)))
        if number == 4:
            await hall.step()
            await story.shoot("four locked", story.finished)
    await hall.reach(story.finished, SectionState.MARKED)
    await story.shoot("marked", story.finished)
    for number in range(1, 6):
        await panel.sign(number)


def marks_of(judge: int) -> Callable[[int, dict[str, Any]], str]:
    """The cast's marks of one judge, by place of the bid and by item."""
    ids = [item["id"] for item in cast.METHOD["items"]]
    return lambda place, item: cast.mark(judge, place, ids.index(item["id"]), int(item["max"]))


async def _award(story: Story) -> None:
    hall, section = story.hall, story.finished
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    await story.shoot("publicity", section)
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.due()
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)
    await hall.until(lambda: _sealed(hall, section))
    await story.shoot("finished", section)


async def _sealed(hall: Hall, section: str) -> str | None:
    return (await hall.section(section)).evidence
