"""What a regulator reads of a running section is the same with no bid, with one and with four (TBL 22)."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from auditing import every_page
from envelopes import submitted, withdrawn
from onlookers import NOISE
from scenes import Hall, a_hall

from infra.embedded.postgres import EmbeddedPostgres
from infra.objects import Objects

OWN_READS = re.compile(r'<section class="card" aria-labelledby="seen">.*?</section>|<svg role="img".*?</svg>', re.S)
"""Who read what of the section: the regulator's own looks; and the strip, which grows with the hours."""
HEAD = re.compile(rb'^\{"audit".*?\n|\{"end".*?\n|\{[^\n]*"kind":"read"[^\n]*\n', re.M)
PROOF = re.compile(r'"path":\[[^\]]*\]|"sha256":"[^"]*"')


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def hall(postgres: EmbeddedPostgres, template: str, objects: Objects) -> AsyncIterator[Hall]:
    async with a_hall(postgres, template, objects, bidders=5) as opened:
        yield opened


async def looked(hall: Hall, section: str, client: httpx.AsyncClient) -> dict[str, str]:
    """Every page and file about the section, once the log has caught up, without times, hashes and own looks."""
    for _ in range(3):
        await hall.step()
    pages = ["/audit", f"/audit?section={section}", f"/audit/sections/{section}", "/audit?order=at"]
    found = {path: NOISE.sub("~", OWN_READS.sub("", await every_page(client, path))) for path in pages}
    for path in (f"/audit/sections/{section}/timeline.jsonl", f"/audit/journal.jsonl?section={section}"):
        told = HEAD.sub(b"", (await client.get(path)).content).decode()
        found[path] = NOISE.sub("~", PROOF.sub("", told))
    return found


@pytest.mark.soak
async def test_a_regulator_reads_the_same_with_no_bid_with_one_and_with_four(hall: Hall) -> None:
    section = await hall.a_tender(900)
    async with await hall.client("supervisor") as client:
        before = await looked(hall, section, client)
        assert all("notice.published" in page or "招标公告" in page for page in before.values())
        bid = await submitted(hall, section, "bidder1")
        with_one = await looked(hall, section, client)
        for login in ("bidder2", "bidder3", "bidder4"):
            await submitted(hall, section, login)
        await withdrawn(hall, "bidder1", bid)
        with_four = await looked(hall, section, client)
    for path, page in before.items():
        assert with_one[path] == page, path
        assert with_four[path] == page, path
