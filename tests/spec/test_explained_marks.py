"""Marks far from the others' are explained by their judge alone, before all are published; none changes (V4, O1117)."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import pytest_asyncio
from judging import enter_experts
from judging_room import Room, a_room, award, opened, verified
from leaks import found_in, whole_database
from onlookers import walk
from scenes import Hall
from sqlalchemy import select

from infra.crypto.sign import new_p256, sign_p256
from infra.edge import random_bytes
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from trading.evaluation.actions import publish_marks
from trading.evaluation.consolidating import asked_of, explain_marks
from trading.evaluation.marks import judge_id
from trading.evaluation.outliers import explanation_message
from trading.evaluation.tables import Consolidation, Explanation
from trading.regimes.regime import Parameter, Rule
from trading.regimes.rules import DEMONSTRATION
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak
WHY = "施工方案第 28 页缺少深基坑支护计算书，按优良档下限给分"


@pytest.fixture(scope="module")
def short_window() -> Iterator[None]:
    """A rule set in which the time to explain is a few seconds."""
    known: Parameter = DEMONSTRATION.parameters[Rule.EXPLANATION_WINDOW]
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(DEMONSTRATION.parameters, Rule.EXPLANATION_WINDOW, known._replace(value=8))  # type: ignore[arg-type]
        yield


async def explain(room: Room, judge: int, texts: Any, key: bytes | None = None) -> None:
    """One judge's signed reasons."""
    panel = room.panel
    message = explanation_message(room.section, judge_id(judge), texts)
    async with room.hall.database.work(panel.actor(judge)) as work:
        await explain_marks(
            work, room.hall.authority, room.hall.keys.service, panel.seat(judge).id, texts,
            sign_p256(key or panel.keys[judge], message),
        )  # fmt: skip


async def asked(room: Room, judge: int) -> dict[str, list[str]] | None:
    async with room.hall.database.reading() as session:
        found = await asked_of(session, room.hall.keys.service, room.panel.seat(judge).id)
    return None if found is None else found.marks


async def begun(room: Room) -> Consolidation | None:
    async with room.hall.database.reading() as session:
        return await session.get(Consolidation, room.section)


async def publish(room: Room) -> None:
    async with room.hall.database.work(SYSTEM) as work:
        await publish_marks(work, room.hall.keys.service, room.section)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall, short_window: None) -> dict[str, Any]:
    """V1's room, in which judges 4 and 5 each mark one bid far below the others; 5 explains, 4 says nothing."""
    await enter_experts(hall)
    room = await a_room(hall, (await opened(hall, 1))[0])
    await room.panel.resolve(room.finding(), (1, 2, 3))
    for judge in (4, 5):
        await room.panel.vote(judge, 1)
    low, bid = room.bids["bidder1"], room.bids["bidder2"]
    sheets = {judge: room.sheet(judge) for judge in range(1, 6)}
    sheets[4][low], sheets[5][bid] = {"t1": "20"}, {"t1": "19"}
    texts = {bid: {"t1": WHY}}
    await room.refuse("before anybody is asked", explain(room, 5, texts))
    for judge, sheet in sheets.items():
        await room.panel.lock(judge, sheet)
    await hall.until(lambda: begun(room))
    facts: dict[str, Any] = {
        "room": room,
        "low": low,
        "bid": bid,
        "asked": {n: await asked(room, n) for n in range(1, 6)},
    }
    async with hall.database.reading() as session:
        rows = (await session.execute(select(Explanation).where(Explanation.section == room.section))).scalars()
        facts["lengths"] = [len(row.sealed_asked) for row in rows]
    for _ in range(2):
        await publish(room)
    facts["state while it runs"] = (await hall.section(room.section)).state
    await room.refuse("who is not asked", explain(room, 1, texts))
    await room.refuse("no words", explain(room, 5, {bid: {"t1": "  "}}))
    await room.refuse("too many words", explain(room, 5, {bid: {"t1": "字" * 1001}}))
    await room.refuse("another bid", explain(room, 5, {low: {"t1": WHY}}))
    await room.refuse("another's key", explain(room, 5, texts, new_p256(random_bytes)))
    await explain(room, 5, texts)
    await room.refuse("a second time", explain(room, 5, texts))
    facts["readable"] = {
        f"{login or 'public'} {path}": page.encode()
        for login in (None, "agent", "centre", "supervisor", "bidder1")
        for path, page in (await walk(hall, room.section, login)).items()
    }
    facts["database"] = found_in(await whole_database(hall), [WHY.encode()])
    found = await begun(room)
    assert found is not None
    await hall.wait_until(found.ends_at)
    await room.refuse("after the window", explain(room, 4, texts))
    await hall.reach(room.section, SectionState.MARKED)
    for judge in sheets:
        await room.panel.sign(judge)
    await award(room)
    return facts


REFUSED = {
    "before anybody is asked": "explanation.none",
    "who is not asked": "explanation.none",
    "no words": "explanation.texts",
    "too many words": "explanation.texts",
    "another bid": "explanation.texts",
    "another's key": "signing.bad-signature",
    "a second time": "explanation.given",
    "after the window": "explanation.time-over",
}


@pytest.mark.parametrize("what", sorted(REFUSED))
async def test_what_is_refused_of_explanations(told: dict[str, Any], what: str) -> None:
    assert told["room"].refusals[what].code == REFUSED[what]


async def test_only_judges_far_from_the_others_are_asked_about_just_those_marks(told: dict[str, Any]) -> None:
    assert told["asked"] == {1: None, 2: None, 3: None, 4: {told["low"]: ["t1"]}, 5: {told["bid"]: ["t1"]}}


async def test_what_is_kept_has_one_length_for_every_judge(told: dict[str, Any]) -> None:
    assert len(told["lengths"]) == 5
    assert len(set(told["lengths"])) == 1


async def test_marks_wait_while_a_judge_may_explain_however_often_the_job_comes(told: dict[str, Any]) -> None:
    assert told["state while it runs"] == SectionState.EVALUATING
    assert len(await told["room"].hall.lines(Event.CONSOLIDATION_BEGUN, section=told["room"].section)) == 1


async def test_before_the_marks_are_published_nobody_reads_who_is_asked(told: dict[str, Any]) -> None:
    # What can be asked for in a search of the journal is always the same list.
    read = re.sub(rb"<option.*?</option>", b"", b"\n".join(told["readable"].values()), flags=re.DOTALL)
    words = [WHY, "/judge/explanations", "consolidation.begun", "marks.explained", "评分汇总开始", "评分书面说明"]
    assert found_in(read, [word.encode() for word in words]) == []


async def test_before_the_marks_are_published_no_reason_stands_in_clear_but_in_the_journal(
    told: dict[str, Any],
) -> None:
    assert told["database"] == [WHY.encode()]  # what is logged is hidden by the log until the marks are published
    assert Event.MARKS_EXPLAINED.kind == Event.MARKS_LOCKED.kind


async def test_explanations_stand_beside_the_sheets_and_silence_as_such(told: dict[str, Any]) -> None:
    room = told["room"]
    [published] = await room.hall.lines(Event.MARKS_PUBLISHED, section=room.section)
    expected = {"J4": {told["low"]: {"t1": ""}}, "J5": {told["bid"]: {"t1": WHY}}}
    assert published.facts["explanations"] == published.facts["report"]["explanations"] == expected


async def test_no_mark_has_changed(told: dict[str, Any]) -> None:
    evidence = (await told["room"].panel.evaluation()).evidence
    assert [evidence["marks"][one][told[bid]]["t1"] for one, bid in (("J4", "low"), ("J5", "bid"))] == ["20", "19"]


async def test_the_evidence_of_such_an_evaluation_verifies(told: dict[str, Any]) -> None:
    assert "report" in await verified(told["room"])
