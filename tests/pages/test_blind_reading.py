"""A blind part 暗标 before the committee: read and marked under labels alone; who is behind them opens with the marks."""

import re
from collections.abc import AsyncIterator, Awaitable, Mapping
from typing import Any

import httpx
import pytest
import pytest_asyncio
from envelopes import CLIENT, certificate_of, plaintexts, seal, submitted
from judge_machine import Machine
from judging import Panel, a_panel, enter_experts
from scenes import Hall, a_hall

from infra.crypto.manifest import Manifest, bidder_line
from infra.crypto.seal import seal_bytes
from infra.custody.policy import published_policy
from infra.edge import random_bytes
from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.events import Event
from infra.kernel.problems import Problem
from infra.objects import Objects
from infra.tlog.policy import Policy, parse_policy
from trading.archive.actions import evidence_file
from trading.archive.verify import verify_evidence
from trading.blind.queries import labels_of
from trading.blind.rules import order_for
from trading.evaluation.papers import read_paper, take_paper
from trading.evaluation.saving import save_mark
from trading.publication.actions import publish_award, publish_candidates
from trading.reserve.actions import seal_reserve
from trading.reserve.rules import PART, make_reserve
from trading.sections.actions import change_section, freeze_document
from trading.sections.states import SectionState
from web.wiring import LOG_NAME

METHOD: Mapping[str, Any] = {
    "price": {"kind": "lowest_price_first", "weight": "30"},
    "items": [
        {"id": "t1", "group": "technical", "kind": "subjective", "max": "50"},
        {"id": "c1", "group": "commercial", "kind": "subjective", "max": "20"},
    ],
    "judges": {"trim_from": None},
    "tie": ["price"],
    "places": 2,
}
"""One item of the blind part, one of an open one."""
MAKER = b"%PDF-1.7\n1 0 obj\n<< /Author (SECRET MAKER) /Producer (W) >>\nendobj\nstream\nthe plan\nendstream\n"


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects) as opened:
        yield opened


async def refused(call: Awaitable[object]) -> str:
    """The code with which a call is refused."""
    with pytest.raises(Problem) as told:
        await call
    return told.value.code


async def a_committee(hall: Hall) -> tuple[Panel, Machine]:
    """A section with a blind technical part: three bids opened, five judges seated, the first in a browser."""
    await enter_experts(hall)
    section = await hall.a_tender(4, METHOD, blind=("technical",))
    await seal_estimate(hall, section)
    for login in ("bidder1", "bidder2", "bidder3"):
        plain = {**plaintexts(login), "technical": MAKER}
        code = hall.bodies[login].credit_code
        await submitted(
            hall, section, login, seal(await hall.keyset(section), section, code, hall.signers[login], plain)
        )
    deadline = (await hall.section(section)).deadline
    assert deadline is not None
    await hall.wait_until(deadline)
    await hall.reach(section, SectionState.OPENED)
    panel = await a_panel(hall, section)
    transport = httpx.ASGITransport(app=hall.app, raise_app_exceptions=False)
    machine = Machine(httpx.AsyncClient(transport=transport, base_url=hall.stack.settings.origin))
    await machine.take(panel.slip(1))
    panel.keys[1] = machine.key
    for number in range(2, 6):
        await panel.sign_in(number)

    async def labelled() -> bool:
        return bool([line for line in await hall.lines(Event.BLIND_LABELLED, section=section) if line.leaf is not None])

    await hall.until(labelled)
    for _ in range(3):
        await hall.step()
    return panel, machine


async def labels(panel: Panel) -> dict[str, str]:
    async with panel.hall.database.reading() as session:
        found = await labels_of(session, panel.hall.keys.service, panel.section)
    assert found is not None
    return dict(found.labels)


async def read(panel: Panel, number: int, key: str, part: str) -> bytes:
    """What a judge reads."""
    async with panel.hall.database.work(panel.actor(number)) as work:
        paper = await take_paper(work, panel.hall.keys.service, panel.seat(number).id, key, part)
    return b"".join([piece async for piece in read_paper(panel.hall.objects, paper, 0, paper.size)])


async def save(panel: Panel, number: int, key: str, item: str, mark: str) -> None:
    await save_mark(panel.hall.database, panel.hall.keys.service, panel.actor(number), key, item, mark, 0)


async def test_an_item_found_bidder_by_bidder_cannot_be_frozen_into_a_blind_part(hall: Hall) -> None:
    section = await hall.a_draft(blind=("technical",))
    found = {"id": "t1", "group": "technical", "kind": "objective", "max": "50"}
    async with hall.database.work(hall.actor("agent")) as work:
        freezing = freeze_document(
            work, section, method={**METHOD, "items": [found, METHOD["items"][1]]}, labels={}, files=[]
        )
        assert await refused(freezing) == "method.blind-objective"
    async with hall.database.work(hall.actor("agent")) as work:
        changing = change_section(work, section, "一标段", None, ("commercial", "opening-form"))
        assert await refused(changing) == "section.blind"


@pytest.mark.soak
async def test_judges_read_and_mark_a_blind_part_under_labels_alone(hall: Hall) -> None:
    panel, machine = await a_committee(hall)
    found = await labels(panel)
    bids = sorted(found.values())
    # Reading: by label only, the open part by bid only.
    label, bid = next(iter(found.items()))
    assert await read(panel, 1, label, "technical") == MAKER
    assert (await read(panel, 1, bid, "commercial")).startswith("%PDF-1.7 商务标 bidder".encode())
    for key, part in ((bid, "technical"), (label, "commercial"), ("ZZZZ", "technical"), (label, "opening-form")):
        assert await refused(read(panel, 1, key, part)) == "paper.unknown"
    # Marking: the same.
    await save(panel, 1, label, "t1", "40")
    await save(panel, 1, bid, "c1", "15")
    for key, item in ((bid, "t1"), (label, "c1"), ("ZZZZ", "t1")):
        assert await refused(save(panel, 1, key, item, "1")) == "evaluation.bid-unknown"
    # What is written down of it names labels.
    told = await hall.lines(Event.BID_READ, Event.MARK_DRAFTED, section=panel.section)
    blind = [line for line in told if label in line.subject or line.facts.get("bid") == label]
    assert len(blind) == 2 and all(bid not in str((line.subject, line.facts)) for line in blind)
    # The judge's pages: labels in an order of the own, no bidder beside them, no size, no properties.
    judge = machine.client
    page = (await judge.get("/judge/marks")).text
    shown = [page.index(f'data-bid="{one}"') for one in order_for("J1", await _salt(panel), found)]
    assert shown == sorted(shown)
    part = page[page.index(f'data-bid="{label}"') :]
    part = part[: part.index("</section>")]
    assert all(hall.bodies[login].name not in part for login in ("bidder1", "bidder2", "bidder3"))
    assert "KB" not in part and "CNY" not in part and bid not in part
    answer = await judge.get(f"/judge/bids/{label}/technical")
    assert answer.status_code == 200 and len(answer.content) == len(MAKER)
    assert b"SECRET" not in answer.content and b"the plan" in answer.content
    start = MAKER.index(b"SECRET")
    piece = await judge.get(f"/judge/bids/{label}/technical", headers={"range": f"bytes={start}-{start + 11}"})
    assert (piece.status_code, piece.content) == (206, b" " * 12)
    viewer = (await judge.get(f"/judge/reading/{label}?beside={bid}")).text
    # The page's own address, which the asker typed, is told again in its links; nothing else names the bid.
    assert viewer.count("<bid-papers") == 1 and viewer.count(bid) == viewer.count(f"beside%3D{bid}") + viewer.count(
        f"beside={bid}"
    )
    assert all(hall.bodies[login].name not in viewer for login in ("bidder1", "bidder2", "bidder3"))
    assert (await judge.get(f"/judge/reading/{bid}?part=technical")).text.count(f"{bid}/technical") == 0
    assert bid not in str(answer.headers) and label in answer.headers["content-disposition"]
    assert (await judge.get(f"/judge/bids/{bid}/technical")).status_code == 404
    state = (await judge.get("/judge/marks/state")).json()
    assert state["marks"] == {label: {"t1": ["40", 1, "", []]}, bid: {"c1": ["15", 1, "", []]}}
    names = [hall.bodies[login].name for login in ("bidder1", "bidder2", "bidder3")]
    # Everybody else: nothing ties a label to a bid before the marks.
    for login in ("agent", "centre", "supervisor", "bidder1", None):
        async with await hall.client(login) as client:
            for path in (
                f"/en/sections/{panel.section}",
                f"/en/sections/{panel.section}/log",
                f"/en/audit/sections/{panel.section}",
            ):
                text = (await client.get(path)).text
                for row in re.split("<tr|<li", text):
                    if any(one in row for one in found):
                        assert login == "supervisor", path
                        assert not any(one in row for one in [*bids, *names]), row
    # Locking: under the labels, and only so.
    full = {one: {"t1": "50", "c1": "20"} for one in bids}
    with pytest.raises(Problem) as told_:
        await panel.lock(1, full)
    assert told_.value.code == "evaluation.item-unknown"
    sheets = {number: _sheet(found, number) for number in range(1, 6)}
    await panel.conclude(sheets)
    document = (await panel.evaluation()).evidence
    assert document["marks"]["J2"] == {one: {"t1": str(40 + 2), "c1": "10"} for one in bids}
    [line] = await hall.lines(Event.MARKS_PUBLISHED, section=panel.section)
    assert line.facts["blind"]["labels"] == found
    # The platform's own evidence file holds, labels and confidential estimate included.
    steps = [step.name for step in verify_evidence(*await archived(panel))]
    assert "reserve" in steps and "blind" in steps and steps[-2:] == ["result", "page"]


async def archived(panel: Panel) -> tuple[bytes, Policy]:
    """The sealed evidence after report, publicity and award, and the published policy."""
    hall, section = panel.hall, panel.section
    for number in range(1, 6):
        await panel.sign(number)
    await hall.reach(section, SectionState.REPORTED)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_candidates(work, section)
    ends = (await hall.section(section)).publicity_ends
    assert ends is not None
    await hall.wait_until(ends)
    await hall.reach(section, SectionState.DETERMINED)
    async with hall.database.work(hall.actor("agent")) as work:
        await publish_award(work, section)

    async def sealed() -> str | None:
        return (await hall.section(section)).evidence

    await hall.until(sealed)
    async with hall.database.reading() as session:
        policy = parse_policy((await published_policy(session, hall.keys, LOG_NAME)).encode())
    return await evidence_file(hall.objects, await hall.section(section)), policy


async def seal_estimate(hall: Hall, section: str) -> None:
    """The agent seals a confidential estimate."""
    keyset, salt, signer = await hall.keyset(section), random_bytes(32), await hall.give_key("agent", "estimate")
    line = bidder_line(salt, hall.bodies["agent"].credit_code)
    container, measured = seal_bytes(make_reserve("9100000.00"), keyset, PART, line, None, random_bytes)
    manifest = Manifest(section, keyset.round, salt, (measured.entry(PART),), CLIENT)
    async with hall.database.work(hall.actor("agent")) as work:
        await seal_reserve(
            work,
            hall.authority,
            section,
            container,
            manifest.encode(),
            signer.sign(manifest.digest),
            certificate_of(signer),
        )


def _sheet(found: Mapping[str, str], number: int) -> dict[str, dict[str, str]]:
    return {**{label: {"t1": str(40 + number)} for label in found}, **{bid: {"c1": "10"} for bid in found.values()}}


async def _salt(panel: Panel) -> bytes:
    async with panel.hall.database.reading() as session:
        found = await labels_of(session, panel.hall.keys.service, panel.section)
    assert found is not None
    return found.salt
