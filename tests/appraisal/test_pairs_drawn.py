"""Over many draws chance flags no expert with the agent; who is drawn every time is flagged, by the counts alone."""

import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from sqlalchemy import select

from expertpool.appraisal.counting import AGENT, BIDDER, EXPERT, Meeting, Who, count_pairs, pair_of
from expertpool.appraisal.tables import PairCount
from expertpool.draw.audit import make_request
from expertpool.draw.entries import Entry
from expertpool.draw.freezing import with_lines
from expertpool.draw.rules import Freezing, selected
from expertpool.draw.tables import Draw
from infra.auth.keys import KeyService
from infra.crypto.lottery import Row
from infra.db.work import Database
from infra.kernel.context import SYSTEM

KEYS = KeyService(bytes(32))
REGION, DRAWS, PEOPLE = "429900", 25, 40
REQUEST: dict[str, Any] = {"quota": {"A08": 5}, "alternates": 1, "avoid": [], "region": REGION}
FRIENDS = ("expert-7", "expert-9")


def a_draw(number: int, favoured: tuple[str, ...]) -> tuple[Meeting, list[Entry]]:
    """A frozen pool and whom it gave; the favoured take the places of the first drawn, as if somebody had helped."""
    dice, name = random.Random(number), f"YH-P-{number}/01/1"
    secret = dice.randbytes(32)
    freezing = Freezing(make_request(name, REQUEST), secret)
    pool = with_lines(
        freezing,
        REQUEST,
        [
            Entry(f"expert-{one}", f"resident:{one:04d}", f"91429900MA{one:07d}X", ("A0801",), REGION, 0, None)
            for one in range(PEOPLE)
        ],
        dice.randbytes,
    )
    leaves = {row.leaf: (entry.expert, row) for entry in pool for _, row in entry.listed()}
    rows = [Row(row.leaf, row.weight, row.emp) for _, row in leaves.values()]
    drawn = [pick.leaf for pick in selected(freezing.facts(), dice.randbytes(32), {"A08": rows}).out[:5]]
    helped = [leaf for leaf, (expert, _) in leaves.items() if expert in favoured and leaf not in drawn]
    for leaf in helped:
        drawn.remove(next(one for one in drawn if leaves[one][0] not in favoured))
        drawn.append(leaf)
    draw = Draw(id=name, section=name[:-2], region=REGION)
    return Meeting(draw, REQUEST["quota"], frozenset(), frozenset(drawn), "body-agent", ("body-bidder",)), pool


@pytest.mark.parametrize("favoured", [(), FRIENDS], ids=["chance alone", "two who always come"])
async def test_whoever_is_drawn_every_time_is_flagged_and_chance_flags_nobody_with_a_body(
    database: Database, favoured: tuple[str, ...]
) -> None:
    held = [a_draw(number, favoured) for number in range(DRAWS)]
    pools = {meeting.draw.id: entries for meeting, entries in held}

    async def pool(draw: Draw) -> AsyncIterator[list[Entry]]:
        for at in range(0, PEOPLE, 15):
            yield pools[draw.id][at : at + 15]

    async with database.work(SYSTEM) as work:
        await count_pairs(work, KEYS, REGION, [meeting for meeting, _ in held], pool)
    async with database.reading() as session:
        rows = (await session.execute(select(PairCount))).scalars().all()
    flagged = {pair_of(KEYS, row) for row in rows if row.flagged}
    assert all(row.draws == DRAWS for row in rows)
    for kind, body in ((AGENT, "body-agent"), (BIDDER, "body-bidder")):
        assert {pair for pair in flagged if pair.kind == kind} == {Who(kind, one, body) for one in favoured}
    assert (Who(EXPERT, *FRIENDS) in flagged) == bool(favoured)
