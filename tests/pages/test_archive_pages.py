"""The archive of a section: its list for the parties, its hand-over as one file that anybody can check (CQ 38, EBM 49)."""

import io
import re
import zipfile
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from hashlib import sha256

import httpx
import pytest
import pytest_asyncio
from section_story import Story, plain, told
from sqlalchemy import update

from infra.embedded.postgres import EmbeddedPostgres
from infra.kernel.canonical import b64, read
from infra.kernel.context import SYSTEM
from infra.kernel.events import Event
from infra.objects import Objects
from infra.tlog.policy import parse_policy
from trading.archive.verify_handover import verify_handover
from trading.handover.queries import handovers_of
from trading.sections.drafting import BUCKET as DOCUMENTS
from trading.sections.drafting import file_key
from trading.sections.tables import DocumentVersion, Section

pytestmark = [pytest.mark.soak, pytest.mark.timeout(600)]
PATH = "/sections/{}/archive"
DRAWING = b"a drawing"


@dataclass
class HandedOver:
    """What the pages answered, and the file."""

    story: Story
    pages: dict[str, httpx.Response] = field(default_factory=dict)
    file: bytes = b""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def handed(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[HandedOver]:
    """A story of its own, because handing over writes into the log; the failed section too is asked for."""
    async with told(postgres, template, objects) as story:
        found, path = HandedOver(story), PATH.format(story.finished)
        async with (
            await story.hall.client("agent") as agent,
            await story.hall.client("supervisor") as supervisor,
            await story.hall.client("bidder1") as bidder,
            await story.hall.client() as anybody,
        ):
            found.pages["before"] = await agent.get(path)
            found.pages["running"] = await agent.get(PATH.format(story.running))
            found.pages["too early"] = await agent.post(PATH.format(story.running), data={})
            found.pages["by a bidder"] = await bidder.get(path)
            found.pages["by anybody"] = await anybody.get(path)
            found.pages["by the supervisor"] = await supervisor.get(path)
            found.pages["ordered by the supervisor"] = await supervisor.post(path, data={})
            found.pages["ordered"] = await agent.post(path, data={})
            found.pages["again"] = await agent.post(path, data={})
            await story.hall.until(lambda: _made(story))
            found.pages["made"] = await agent.get(path)
            found.pages["file"] = await supervisor.get(f"{path}/handover-1.zip")
            found.pages["file by a bidder"] = await bidder.get(f"{path}/handover-1.zip")
            found.pages["no such file"] = await agent.get(f"{path}/handover-7.zip")
            await _freeze_a_file(story)
            found.pages["lost"] = await agent.get(PATH.format(story.running))
            await objects.put(DOCUMENTS, file_key(sha256(DRAWING).hexdigest()), DRAWING)
            found.pages["found again"] = await agent.get(PATH.format(story.running))
        found.file = found.pages["file"].content
        yield found


async def _freeze_a_file(story: Story) -> None:
    """A file in the running section's document whose bytes the store does not have."""
    file = {"name": "图纸.pdf", "size": len(DRAWING), "sha256": sha256(DRAWING).hexdigest()}
    async with story.hall.database.work(SYSTEM) as work:
        await work.session.execute(
            update(DocumentVersion).where(DocumentVersion.section == story.running).values(files=[file])
        )


async def _made(story: Story) -> bool | None:
    async with story.hall.database.reading() as session:
        made = await handovers_of(session, story.finished)
    assert not made or made[0].state != "failed", made[0].failed_why
    return True if made and made[0].state == "made" else None


def states(answer: httpx.Response) -> dict[str, str]:
    """By item what the page says of it."""
    rows = re.findall(r'<tr id="item-([a-z]+)">.*?<td>(.*?)</td>', answer.text, re.S)
    return {item: plain(cell).strip() for item, cell in rows}


async def test_the_list_tells_what_is_there_what_is_not_due_and_by_which_article(handed: HandedOver) -> None:
    found = states(handed.pages["before"])
    # A month of the demonstration is soon over.
    assert found.pop("contract") in ("未到期", "缺失")
    none = {"inquiries", "review", "failure"}
    assert found == {item: "不适用" if item in none else "已归档" for item in found} and len(found) == 15
    words = plain(handed.pages["before"].text)
    assert "自程序结束之日起 15 年" in words and "《招标投标法》第 46 条" in words


async def test_a_running_section_lacks_nothing_and_cannot_be_handed_over(handed: HandedOver) -> None:
    assert set(states(handed.pages["running"]).values()) == {"已归档", "未到期", "不适用"}
    assert handed.pages["too early"].status_code == 409
    assert "暂不能移交" in plain(handed.pages["too early"].text)


async def test_before_the_deadline_the_list_tells_nothing_of_bids(handed: HandedOver) -> None:
    assert "bids.json" not in handed.pages["running"].text


async def test_only_the_parties_see_it_and_only_the_procuring_side_and_the_centre_hand_over(handed: HandedOver) -> None:
    answers = {name: answer.status_code for name, answer in handed.pages.items()}
    assert (answers["by a bidder"], answers["file by a bidder"]) == (403, 403)
    assert answers["by anybody"] in (303, 401, 302)
    assert (answers["by the supervisor"], answers["ordered by the supervisor"]) == (200, 403)
    assert "移交档案" not in plain(handed.pages["by the supervisor"].text)
    assert (answers["ordered"], answers["again"], answers["no such file"]) == (303, 409, 404)


async def test_the_file_holds_under_the_published_policy_with_the_evidence_inside(handed: HandedOver) -> None:
    async with await handed.story.hall.client() as client:
        policy = parse_policy((await client.get("/log/policy.txt")).content)
    steps = {step.name: step.facts for step in verify_handover(io.BytesIO(handed.file), policy)}
    assert [*steps["archive-list"]["missing"], *steps["archive-list"]["waiting"]] == ["contract"]
    assert steps["archive-agrees"]["events"] > 30 and "result" in steps


async def test_every_digest_in_the_list_for_sha256sum_is_that_of_its_file(handed: HandedOver) -> None:
    with zipfile.ZipFile(io.BytesIO(handed.file)) as file:
        rows = [line.split("  ", 1) for line in file.read("manifest.sha256").decode().splitlines()]
        assert {name for _, name in rows} == set(file.namelist()) - {"manifest.sha256"}
        assert all(sha256(file.read(name)).hexdigest() == digest for digest, name in rows)


async def test_the_letters_stand_in_the_file_by_their_hashes_alone(handed: HandedOver) -> None:
    with zipfile.ZipFile(io.BytesIO(handed.file)) as file:
        letters = read(file.read("letters.json"))
    assert len(letters) == 5
    assert b"result-letter/v1" not in handed.file


async def test_the_hand_over_is_logged_with_the_files_digest_which_the_page_shows(handed: HandedOver) -> None:
    story, digest = handed.story, sha256(handed.file)
    [line] = await story.hall.lines(Event.ARCHIVE_HANDED_OVER, section=story.finished)
    assert (line.facts["file"], line.facts["size"]) == (b64(digest.digest()), len(handed.file))
    assert digest.hexdigest() in handed.pages["made"].text


async def test_a_file_of_the_document_that_the_store_has_lost_is_missing_until_it_is_there_again(
    handed: HandedOver,
) -> None:
    assert "缺 1 项" in plain(handed.pages["lost"].text) and "图纸.pdf" not in handed.pages["lost"].text
    assert "缺失 0 项" in plain(handed.pages["found again"].text) and "图纸.pdf" in handed.pages["found again"].text


async def test_the_stored_file_is_kept_under_a_lock(handed: HandedOver) -> None:
    hall = handed.story.hall
    async with hall.database.reading() as session:
        [made] = await handovers_of(session, handed.story.finished)
        section = await session.get_one(Section, handed.story.finished)
    assert made.version is not None
    kept = await hall.stack.objects.retained_until("archive", f"{section.id}/handover-1.zip", made.version)
    assert kept is not None and kept > made.asked_at
