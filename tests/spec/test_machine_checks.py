"""Machine checks 清标 of real files in a tender with a blind part: found by a job, shown as advice, nobody unblinded."""

import re
from typing import Any

import pytest
import pytest_asyncio
from leaks import found_in, whole_database, whole_store
from machine_story import AUTHOR, BILLS, Told, a_line, tell
from onlookers import walk
from scenes import Hall
from sqlalchemy import select

from infra.access.rules import Read
from infra.access.tables import AccessLine
from infra.kernel.events import Event
from trading.bidding.uploads import BUCKET
from trading.checks.actions import check_bids
from trading.sections.states import SectionState

pytestmark = pytest.mark.soak


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def told(hall: Hall) -> Told:
    found = await tell(hall)
    await _look(found)
    await _lock(found)
    return found


async def _look(told: Told) -> None:
    one, two = sorted(told.labels[told.bids[login]] for login in ("bidder1", "bidder2"))
    async with told.judge(1) as judge:
        told.pages["judge"] = (await judge.get("/en/judge/checks")).text
        for name, keys in {
            "beside": (one, two),
            "turned": (two, one),
            "by bids": tuple(sorted(told.bids.values()))[:2],
        }.items():
            answer = await judge.get(told.beside("technical", *keys))
            told.pages[name] = f"{answer.status_code} {answer.text}"
    for login in ("centre", "supervisor"):
        async with await told.hall.client(login) as client:
            told.pages[login] = (await client.get(f"/en/sections/{told.section}/checks")).text
    for login in ("agent", "bidder1", None):
        async with await told.hall.client(login) as client:
            told.pages[f"status {login}"] = str((await client.get(f"/en/sections/{told.section}/checks")).status_code)


async def _lock(told: Told) -> None:
    """Four of five lock; what each onlooker and the fifth judge can read then, and the same page after the marks."""
    panel, hall = told.panel, told.hall
    sheets = {
        number: _keyed(told, await panel.sheet(lambda place, item, n=number: _mark(n, place, item)))
        for number in range(1, 6)
    }
    for number in range(1, 5):
        await panel.lock(number, sheets[number])
    for _ in range(3):
        await hall.step()
    for login in (None, "agent", "centre", "supervisor", "bidder1"):
        pages = await walk(hall, told.section, login, bid=told.bids["bidder1"], part="technical", one="x", other="y")
        told.pages |= {f"locked {login} {path}": page for path, page in pages.items()}
    async with told.judge(5) as judge:
        for path in JUDGES_PAGES:
            told.pages[f"locked judge {path}"] = (await judge.get(path)).text
    await panel.lock(5, sheets[5])
    await hall.reach(told.section, SectionState.MARKED)
    async with told.judge(1) as judge:
        told.pages["marked"] = (await judge.get("/en/judge/checks")).text
    async with await hall.client("supervisor") as client:
        told.pages["marked supervisor"] = (await client.get(f"/en/sections/{told.section}/checks")).text


JUDGES_PAGES = (
    *("/judge", "/judge/leader", "/judge/checks", "/judge/committee", "/judge/inquiries", "/judge/marks"),
    *("/judge/marks/state", "/judge/explanations", "/judge/lock", "/judge/report", "/judge/examination"),
)


def _mark(judge: int, place: int, item: dict[str, Any]) -> str:
    """Marks that stand nowhere else: 7.13, 7.26 … 11.39, each judge's another for each bid."""
    return f"{6 + judge}.{13 * (place + 1):02d}"


def _keyed(told: Told, sheet: dict[str, dict[str, str]]) -> dict[str, dict[str, str]]:
    """Blind items under their labels."""
    found: dict[str, dict[str, str]] = {}
    for bid, row in sheet.items():
        found[bid] = {"c1": row["c1"]}
        found[told.labels[bid]] = {"t1": row["t1"]}
    return found


def plain(page: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


async def test_the_job_reads_every_file_once_and_keeps_only_findings_wrapped(told: Told) -> None:
    run = await told.found()
    assert (run.done, run.total) == (9, 9)
    [line] = await told.hall.lines(Event.BIDS_COMPARED, section=told.section)
    await check_bids(told.hall.database, told.hall.objects, told.hall.keys.service, told.section)
    assert [line.id] == [one.id for one in await told.hall.lines(Event.BIDS_COMPARED, section=told.section)]
    assert line.salt is None


async def test_no_line_of_a_bid_stands_in_the_database_or_the_store(told: Told) -> None:
    quoted = [a_line(3).encode(), AUTHOR.encode(), "铺设球墨铸铁管".encode()]
    assert found_in(await whole_database(told.hall), quoted) == []
    assert found_in(await whole_store(told.hall.objects, BUCKET), quoted) == []


async def test_nothing_of_files_is_shown_before_the_committee_may_read(told: Told) -> None:
    page = plain(told.pages["before anybody is seated"])
    assert "What files of several bids share" not in page


async def test_the_committee_sees_corrections_and_errors_that_two_bills_share(told: Told) -> None:
    page = plain(told.pages["judge"])
    assert "A-17" in page and "10240.00" in page and "10200.00" in page
    after = page.partition("error shared")[2].partition("Line")[0]
    shown = {login for login in BILLS if told.hall.bodies[login].name in after}
    assert shown == {"bidder1", "bidder2"}


async def test_a_bill_without_figures_is_said_to_be_unread_in_words(told: Told) -> None:
    assert "The priced bill lacks the columns 数量 quantity, 单价 unit price, 合价 total." in plain(told.pages["judge"])
    assert "The file is cut off or damaged inside." in plain(told.pages["judge"])


async def test_authors_of_open_parts_are_told_and_those_of_blind_parts_are_not(told: Told) -> None:
    page = plain(told.pages["judge"])
    assert "王工" in page and AUTHOR not in page


async def test_texts_of_blind_parts_stand_side_by_side_under_labels_alone(told: Told) -> None:
    page = told.pages["beside"]
    assert page.startswith("200") and a_line(3) in page
    assert [name for name in (told.hall.bodies[login].name for login in BILLS) if name in page] == []
    assert told.bids["bidder1"] not in page


async def test_a_pair_that_was_not_found_is_unknown_whoever_is_named(told: Told) -> None:
    assert told.pages["turned"].startswith("404") and "There is no comparison of these two." in told.pages["turned"]
    assert told.pages["by bids"].startswith("404")


async def test_centre_and_supervisor_see_figures_but_no_line_of_a_bid_and_nothing_of_blind_parts(told: Told) -> None:
    for login in ("centre", "supervisor"):
        page = told.pages[login]
        assert "1 error shared" in plain(page)
        assert a_line(3) not in page and AUTHOR not in page and "Side by side" not in page
        assert [label for label in told.labels.values() if label in page] == []


async def test_nobody_else_has_such_a_page(told: Told) -> None:
    assert [told.pages[f"status {login}"] for login in ("agent", "bidder1", None)] == ["403", "403", "303"]


async def test_once_the_marks_are_out_blind_parts_stand_under_their_bidders(told: Told) -> None:
    for page in (told.pages["marked"], told.pages["marked supervisor"]):
        assert AUTHOR in page


async def test_each_look_is_recorded(told: Told) -> None:
    async with told.hall.database.reading() as session:
        wanted = select(AccessLine).where(AccessLine.read == Read.MACHINE_CHECKS, AccessLine.section == told.section)
        roles = [line.role for line in await session.scalars(wanted)]
    assert {"judge", "centre", "supervisor"} <= set(roles)


async def test_with_all_but_one_judge_locked_no_response_holds_a_mark(told: Told) -> None:
    """Marks, their sums and their means, on every address of the permission table and on the last judge's pages."""
    pages = {path: page for path, page in told.pages.items() if path.startswith("locked")}
    assert len(pages) > 200
    sheets = [[float(_mark(judge, place, {})) for judge in range(1, 5)] for place in range(3)]
    told_marks = {f"{mark:.2f}" for row in sheets for mark in row}
    told_marks |= {f"{sum(row) / 4:.{digits}f}" for row in sheets for digits in (2, 3, 4)}
    told_marks |= {f"{sum(row):.2f}" for row in sheets}
    pattern = re.compile("|".join(rf"(?<![\d.]){re.escape(mark)}(?![\d.])" for mark in sorted(told_marks)))
    assert {path: pattern.findall(plain(page)) for path, page in pages.items() if pattern.search(plain(page))} == {}


async def test_the_walk_covered_the_pages_of_inquiries_mandates_checks_and_explanations(told: Told) -> None:
    paths = " ".join(path for path in told.pages if path.startswith("locked"))
    for page in (
        "/inquiries",
        f"/sections/{told.section}/mandates",
        f"/sections/{told.section}/checks",
        "/judge/explanations",
    ):
        assert page in paths
