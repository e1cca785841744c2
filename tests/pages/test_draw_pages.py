"""A section's draws in public, and an expert's own leaf: nothing before the marks, all that recomputes afterwards."""

import json
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from judging import frozen
from section_story import Story, plain
from sqlalchemy import select, update

from expertpool.draw.disclosing import own_leaves
from expertpool.draw.evidence import recompute
from expertpool.draw.limits import pass_limit
from expertpool.draw.reveal import EXPERT
from expertpool.draw.tables import Draw, Seat
from expertpool.experts.tables import Expert
from infra.crypto import lottery, merkle
from infra.kernel.context import SYSTEM, Actor, Role
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from web.demo import cast

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(loop_scope="session", scope="module")
async def drawn(story: Story) -> str:
    """The id of an expert who sits on the finished section's committee, with an account of the login `expert1`."""
    hall = story.hall
    hall.actors["expert1"] = Actor("account-expert1", Role.EXPERT, None, cast.REGION)
    await (await hall.client("expert1")).aclose()
    hall.actors["expert2"] = Actor("account-expert2", Role.EXPERT, None, cast.REGION)
    await (await hall.client("expert2")).aclose()
    async with hall.database.work(SYSTEM) as work:
        seat = (await work.session.execute(select(Seat).where(Seat.section == story.finished).limit(1))).scalar_one()
        expert = hall.keys.service.unwrap(EXPERT, seat.id, seat.sealed_expert).decode()
        linked = update(Expert).where(Expert.id == expert).values(account=hall.accounts["expert1"].id)
        await work.session.execute(linked)
    return expert


def test_before_the_marks_the_draws_page_tells_nothing_of_a_draw(story: Story) -> None:
    page = story.shots["four locked"]["/draws"]
    assert page.status_code == 200
    assert "暂无可公开的抽取" in plain(page.text)


def test_with_the_marks_the_page_shows_what_was_drawn_from_and_how_to_recompute_it(story: Story) -> None:
    page = story.shots["marked"]["/draws"].text
    evidence = json.loads(story.shots["marked"]["/draw-1.json"].content)
    assert evidence["seed"] in page
    assert all(one["root"] in page for one in evidence["transcript"]["frozen"]["lists"].values())
    assert f'data-recompute="/sections/{story.finished}/draw-1.json"' in page
    assert "openhall recompute draw draw-1.json" in page


async def test_the_disclosed_file_is_the_one_the_log_names(story: Story) -> None:
    [line] = await story.hall.lines(Event.DRAW_DISCLOSED, section=story.finished)
    content = story.shots["marked"]["/draw-1.json"].content
    assert line.facts["evidence"] == sha256(content).hexdigest()
    assert recompute(json.loads(content)) == json.loads(content)


async def test_an_expert_finds_the_own_leaf_with_a_proof_that_holds(story: Story, drawn: str) -> None:
    async with await story.hall.client("expert1") as client:
        page = await client.get(f"/expert/draws/{story.finished}/1")
        told = (await client.get(f"/expert/draws/{story.finished}/1/leaves.json")).json()
        listed = await client.get("/expert/draws")
    assert "你在这次抽取的名单中" in page.text and f"/expert/draws/{story.finished}/1" in listed.text
    evidence = json.loads(story.shots["marked"]["/draw-1.json"].content)
    assert told and {one["leaf"] for one in told} <= {row["leaf"] for row in evidence["pool"]}
    for one in told:
        root = bytes.fromhex(evidence["transcript"]["frozen"]["lists"][one["spec"]]["root"])
        proof = [bytes.fromhex(part) for part in one["proof"]]
        leaf = merkle.leaf_hash(bytes.fromhex(one["leaf"]))
        merkle.verify_inclusion(one["index"], one["size"], leaf, proof, root)
        assert 1 <= one["w"] <= lottery.MOST


async def own_of(story: Story, draw: Draw, expert: str) -> Any:
    async with story.hall.database.reading() as session:
        return await own_leaves(session, story.hall.objects, story.hall.keys, draw, expert)


async def test_an_expert_who_entered_later_learns_that_the_pool_did_not_hold_anybody_of_that_entry(
    story: Story,
) -> None:
    async with story.hall.database.reading() as session:
        draw = await session.get_one(Draw, f"{story.finished}/1")
    assert await own_of(story, draw, "expert-of-tomorrow") == ("unknown",)


@pytest.mark.parametrize("path", ["/expert/draws", "/expert/draws/{section}/1"])
async def test_an_account_without_an_entry_of_its_own_is_told_so(story: Story, drawn: str, path: str) -> None:
    async with await story.hall.client("expert2") as client:
        assert (await client.get(path.format(section=story.finished))).status_code == 404


async def test_a_draw_that_is_not_disclosed_is_unknown_to_its_experts(story: Story, drawn: str) -> None:
    draw = await frozen(story.hall, story.opened)
    async with await story.hall.client("expert1") as client:
        running = await client.get(f"/expert/draws/{story.opened}/1")
        nowhere = await client.get("/expert/draws/YH-NONE/01/1")
    assert running.status_code == nowhere.status_code == 404
    async with story.hall.database.reading() as session:
        found = await session.get_one(Draw, draw)
    with pytest.raises(Problem, match=r"draw\.undisclosed"):
        await own_of(story, found, drawn)


async def test_a_failed_attempt_is_public_at_once_with_the_party_it_failed_at(story: Story) -> None:
    hall, section = story.hall, story.running
    hall.absent.add("centre")
    draw = await frozen(hall, section)
    for _ in range(6):
        await hall.step()
    async with hall.database.work(SYSTEM) as work:
        await pass_limit(work, draw)
    hall.absent.discard("centre")
    async with await hall.client() as client:
        text = plain((await client.get(f"/sections/{section}/draws")).text)
    assert "第 1 次抽取" in text and "交易中心 未在规定时间内完成抽取的步骤" in text


async def test_a_download_that_broke_off_goes_on_where_it_stopped(story: Story, drawn: str) -> None:
    whole = story.shots["marked"]["/draw-1.json"].content
    size = len(whole)
    wanted = {
        "bytes=100-": (206, whole[100:], f"bytes 100-{size - 1}/{size}"),
        "bytes=0-9": (206, whole[:10], f"bytes 0-9/{size}"),
        f"bytes=10-{size * 9}": (206, whole[10:], f"bytes 10-{size - 1}/{size}"),
        f"bytes={size}-": (200, whole, None),
        "bytes=9-3": (200, whole, None),
        "bytes=-5": (200, whole, None),
        "lines=1-2": (200, whole, None),
    }
    async with await story.hall.client() as client:
        for asked, (status, content, told) in wanted.items():
            found = await client.get(f"/sections/{story.finished}/draw-1.json", headers={"Range": asked})
            assert (found.status_code, found.content, found.headers.get("content-range")) == (status, content, told)
            assert found.headers["accept-ranges"] == "bytes"
