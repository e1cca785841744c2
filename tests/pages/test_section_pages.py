"""A section's pages at every stage: what they tell, what they must not tell, what can be taken away and recomputed."""

import csv
import gzip
import io
import json
import re
from datetime import timedelta
from hashlib import sha256
from html import unescape
from itertools import chain

import pytest
from section_story import FILES, PAGES, Story, plain, still

from expertpool.draw.evidence import recompute as recompute_draw
from infra.kernel.problems import Problem
from trading.archive.bundle import unpack
from trading.evaluation.evidence import recompute
from trading.notices.kinds import NoticeKind
from trading.publication.queries import dossier
from trading.publication.rules import public_path
from web.demo import cast
from web.i18n import Language
from web.problems import explain
from web.public.openings import openings_today
from web.public.section_view import PHASES

STAGES = ("no bid", "decrypting", "opened", "failed", "four locked", "marked", "publicity", "finished")
NAMES = [one.body.name for one in cast.BIDDERS[:5]]
PRICES = ["9,850,000.00", "9,620,000.00", "9,480,000.00", "9,730,000.00", "9,310,000.00"]


# ---- before the opening -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [*PAGES, *(f"/en{path}" for path in PAGES), *FILES, "home"])
def test_until_the_deadline_an_answer_is_the_same_with_no_bid_one_and_five(story: Story, path: str) -> None:
    without = story.shots["no bid"][path]
    for stage in ("1 bids", "5 bids"):
        answer = story.shots[stage][path]
        assert answer.status_code == without.status_code
        if path != "home":
            assert still(answer) == still(without)
    home = [
        re.sub(r"<dl class=\"kv\">.*?</dl>", "", still(story.shots[stage]["home"]), flags=re.S)
        for stage in ("no bid", "5 bids")
    ]
    assert home[0] == home[1]


@pytest.mark.parametrize("stage", ["5 bids", "decrypting"])
def test_before_the_opening_no_bidder_is_named_and_no_price_told(story: Story, stage: str) -> None:
    seen = "".join(answer.text for answer in story.shots[stage].values())
    prices = [one.price for one in cast.BIDDERS[:5]]
    assert [name for name in (*NAMES, *PRICES, *prices) if name in seen] == []


def test_a_running_section_says_that_its_bidders_are_secret_and_who_holds_the_keys(story: Story) -> None:
    text = plain(story.shots["5 bids"][""].text)
    assert "投标人的名称和数量不向任何人公布" in text
    assert "3 把中 2 把可开" in text
    for body, name in (("招标代理", "agent"), ("交易中心", "centre"), ("监督部门", "supervisor")):
        assert f"{body} {name}.trustee.example" in text


async def test_a_running_section_shows_the_hashes_that_notice_and_log_state(story: Story) -> None:
    async with story.hall.database.reading() as session:
        found = await dossier(session, story.running)
    page = unescape(story.shots["5 bids"][""].text)
    [notice] = found.notices
    assert all(fact in page for fact in (notice.facts["keyset"], notice.facts["document"], notice.content_hash.hex()))


def test_the_deadline_stands_to_the_second_with_offset_and_countdown(story: Story) -> None:
    page = story.shots["no bid"][""].text
    assert re.search(r"<time[^>]+>\d{4}-\d\d-\d\d 周. \d\d:\d\d:\d\d UTC\+8</time>", page)
    assert re.search(r'<count-down[^>]+data-until="[^"]+Z"[^>]*>\d+ 分 \d+ 秒</count-down>', page)


def test_the_rules_stand_with_value_source_and_the_mark_of_the_demonstration(story: Story) -> None:
    text = plain(story.shots["no bid"]["/en"].text)
    assert "From notice to deadline, at least 20 days Tendering and Bidding Law, art. 24 ✔ read in the text" in text
    assert "Bids needed to open 3 Implementing Regulations of the Tendering and Bidding Law, art. 44" in text
    assert "a day of the law lasts 0.25 seconds here" in text
    assert text.count("DEMO") >= 3


def test_the_method_is_told_in_words(story: Story) -> None:
    text = plain(story.shots["no bid"]["/en"].text)
    assert "Price 50 points of 100, by benchmark price." in text
    assert "the highest (1) and the lowest (1) prices are left out of the mean" in text
    assert "The benchmark is the mean less 2 %. Points lost for each per cent above it: 1, below it: 0.5." in text
    assert "the lower price, then the higher technical score, then the procuring entity decides" in text


# ---- phases ---------------------------------------------------------------------------------------------------------


def test_the_phase_line_follows_the_life_of_a_section() -> None:
    assert tuple(chain.from_iterable(states for _, states in PHASES)) == public_path()


@pytest.mark.parametrize(
    ("stage", "statuses"),
    [
        ("no bid", "done now todo todo todo todo todo"),
        ("decrypting", "done done now todo todo todo todo"),
        ("opened", "done done done now todo todo todo"),
        ("four locked", "done done done now todo todo todo"),
        ("marked", "done done done done now todo todo"),
        ("publicity", "done done done done done now todo"),
        ("finished", "done done done done done done done"),
        ("failed", "done done bad"),
    ],
)
def test_the_phase_line_tells_what_is_done_and_what_comes(story: Story, stage: str, statuses: str) -> None:
    assert re.findall(r'<li data-s="(\w+)"', story.shots[stage][""].text) == statuses.split()


def test_while_the_keys_are_awaited_the_count_stands_and_no_key_is_released(story: Story) -> None:
    text = plain(story.shots["decrypting"][""].text)
    assert "截止时的投标份数 5" in text
    assert text.count("密钥未释放") == 3


def test_a_failed_section_tells_the_reason_and_nothing_of_its_bidder(story: Story) -> None:
    text = plain(story.shots["failed"][""].text)
    assert "依法不予开标" in text
    assert "截止时的投标份数 1 开标所需份数 3 依据：《招标投标法实施条例》第 44 条" in text
    assert NAMES[0] not in text
    assert "没有评标" in plain(story.shots["failed"]["/marks"].text)


# ---- opening record ---------------------------------------------------------------------------------------------------


def test_the_opening_record_shows_name_code_price_duration_and_leader(story: Story) -> None:
    text = plain(story.shots["opened"][""].text)
    for number in range(1, 5):
        row = f"{NAMES[number - 1]} {cast.code(100 + number)} {PRICES[number - 1]} 300 天 合格 负责人{number} 已唱标"
        assert row in text


def test_a_bid_that_did_not_open_stands_in_the_record_with_the_reason(story: Story) -> None:
    text = plain(story.shots["opened"][""].text)
    assert re.search(f"{NAMES[4]} {cast.code(105)} 原因： [^ ]+.* 未能打开", text)
    assert "None" not in text


def test_the_chart_sets_prices_against_the_ceiling_first_and_the_benchmark_later(story: Story) -> None:
    before, after = story.shots["opened"][""].text, story.shots["finished"][""].text
    assert "−3.80 %" in before
    assert ">最高投标限价</text>" in before
    assert ">评标基准价</text>" in after
    assert "<title" in after[after.index('class="prices"') :]


# ---- marks ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", ["opened", "four locked"])
def test_no_mark_and_no_file_of_the_evaluation_is_there_before_all_have_locked(story: Story, stage: str) -> None:
    shots = story.shots[stage]
    assert {shots[path].status_code for path in FILES} == {404}
    assert "matrix" not in shots["/marks"].text
    assert "一次性公布" in shots["/marks"].text
    assert "评分尚未公布" in plain(shots["/evaluation.json"].text)


async def test_every_mark_of_every_judge_stands_in_the_matrix_and_in_the_table(story: Story) -> None:
    async with story.hall.database.reading() as session:
        found = await dossier(session, story.finished)
    assert found.evaluation
    marks, page = found.evaluation.evidence["marks"], story.shots["finished"]["/marks"].text
    shown = re.findall(r'class="r num mk" data-l="评委(\d)">(?:<a [^>]*>)?(?:<s>)?([\d.]+)', page)
    order = found.evaluation.evidence["out"]["order"]
    items = [item["id"] for item in cast.METHOD["items"]]
    assert shown == [
        (str(judge), marks[f"J{judge}"][bid][item]) for bid in order for item in items for judge in range(1, 6)
    ]
    rows = list(csv.DictReader(io.StringIO(story.shots["finished"]["/marks.csv"].text.removeprefix("\ufeff"))))
    assert {(row["评委"], row["投标编号"], row["评分项"]): row["评分"] for row in rows} == {
        (judge, bid, item): mark
        for judge, sheet in marks.items()
        for bid, line in sheet.items()
        for item, mark in line.items()
    }
    assert {row["规则集"] for row in rows} == {"demo"}


def test_one_highest_and_one_lowest_mark_are_struck_and_named_as_such(story: Story) -> None:
    page = story.shots["finished"]["/marks"].text
    cells = 5 * len(cast.METHOD["items"])
    assert len(re.findall(r"<s>[\d.]+</s><small>最高</small>", page)) == cells
    assert len(re.findall(r"<s>[\d.]+</s><small>最低</small>", page)) == cells


def test_the_ranking_shows_the_parts_of_every_total(story: Story) -> None:
    out = json.loads(story.shots["finished"]["/evaluation.json"].content)["out"]
    text = plain(story.shots["finished"]["/marks"].text)
    for bid in out["order"]:
        assert f"价格分 {out['price'][bid]} + 评委评分 {out['subjective'][bid]} = {out['total'][bid]}" in text


def test_candidates_stand_with_their_publicity_clock_and_the_winner_afterwards(story: Story) -> None:
    during, after = story.shots["publicity"][""].text, story.shots["finished"][""].text
    assert during.count('class="podium__rank') == 3
    assert "公示截止" in during
    assert re.search(r'<h2 class="h2" id="result-title">中标人</h2>', after)
    assert after.count('class="podium__rank') == 1


# ---- what can be taken away -------------------------------------------------------------------------------------------


def test_the_evaluation_and_the_draw_recompute_from_the_files_alone(story: Story) -> None:
    evaluation = json.loads(story.shots["marked"]["/evaluation.json"].content)
    assert recompute(evaluation) == evaluation
    draw = json.loads(story.shots["marked"]["/draw-1.json"].content)
    assert recompute_draw(draw) == draw


def test_the_page_states_the_digest_of_the_evidence_file_and_the_commands_that_check_it(story: Story) -> None:
    data, page = story.shots["finished"]["/evidence.zip"].content, story.shots["finished"]["/marks"].text
    assert sha256(data).hexdigest() in page
    assert unpack(data)["evaluation.json"] == story.shots["finished"]["/evaluation.json"].content
    assert unpack(data)["report.html"] == story.shots["finished"]["/report.html"].content
    for command in (
        "openhall recompute evaluation evaluation.json",
        "openhall recompute draw draw-1.json",
        "openhall verify evidence evidence.zip --policy policy.txt",
    ):
        assert command in plain(page)


def test_what_is_taken_away_is_saved_and_never_shown_by_the_browser(story: Story) -> None:
    for path in FILES:
        answer = story.shots["finished"][path]
        assert answer.status_code == 200
        assert answer.headers["content-disposition"].startswith("attachment")
    early = story.shots["publicity"]["/evidence.zip"]
    _, happened, _ = explain(Problem("section.no-evidence", section=story.finished), Language.ZH)
    assert early.status_code == 404 and happened in unescape(early.text)


# ---- everywhere ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("stage", STAGES)
def test_every_page_is_whole_light_and_without_inline_style_or_script(story: Story, stage: str) -> None:
    for path in [*PAGES, *(f"/en{path}" for path in PAGES)]:
        answer = story.shots[stage][path]
        assert answer.status_code == 200
        assert len(gzip.compress(answer.content)) <= 60_000
        assert not re.search(r"\sstyle=|\son\w+=|<style|<script(?![^>]*\ssrc=)", answer.text)
        assert "None" not in plain(answer.text)
        assert "demo-band" in answer.text


@pytest.mark.parametrize(
    "path",
    [
        "/sections/YH-NO/01",
        "/sections/YH-NO/01/marks",
        "/sections/YH-NO/01/log",
        "/sections/YH-NO/01/evaluation.json",
        "/sections/YH-NO/01/events/1.json",
        "/sections/%00/01",
        "{section}/events/99999999999999999999.json",
        "{section}/events/x.json",
        "{section}/draw-0.json",
        "{section}/draw-2.json",
        "{section}/nothing",
    ],
)
async def test_what_is_not_there_is_a_worded_404(story: Story, path: str) -> None:
    async with await story.hall.client() as client:
        answer = await client.get(path.format(section=f"/sections/{story.finished}"))
    assert answer.status_code == 404
    assert "<html" in answer.text


async def test_a_draft_is_unknown_to_the_public(story: Story) -> None:
    draft = await story.hall.a_draft()
    async with await story.hall.client() as client:
        answer = await client.get(f"/sections/{draft}")
    assert answer.status_code == 404
    assert "section.unknown" in answer.text


async def test_notices_lead_to_their_section_and_back(story: Story) -> None:
    async with story.hall.database.reading() as session:
        found = await dossier(session, story.finished)
    assert [notice.kind for notice in found.notices] == [NoticeKind.TENDER, NoticeKind.CANDIDATES, NoticeKind.AWARD]
    async with await story.hall.client() as client:
        for notice in found.notices:
            assert f'href="/notices/{notice.id}"' in story.shots["finished"][""].text
            assert f'href="/sections/{story.finished}"' in (await client.get(f"/notices/{notice.id}")).text


async def test_the_home_page_tells_an_opening_with_its_state_and_once_over_with_the_number_of_bids(
    story: Story,
) -> None:
    told = {}
    for section in (story.running, story.failed, story.opened, story.finished):
        deadline = (await story.hall.section(section)).deadline
        assert deadline
        moment = deadline + timedelta(seconds=-1 if section == story.running else 1)
        async with story.hall.database.reading() as session:
            today = (await openings_today(session, moment)).today
        [told[section]] = [
            (one.state, one.bidders, one.by)
            for one in today
            if f"/sections/{section}" in (one.path, one.path.removesuffix("/hall"))
        ]
    by = cast.PROCURER.name
    assert told == {
        story.running: ("Open for bids", "", by),
        story.failed: ("Failed", "1", by),
        story.opened: ("Bids opened", "4 / 5", by),
        story.finished: ("Award notified", "5", by),
    }


async def test_the_home_page_shows_a_root_that_a_quorum_has_co_signed(story: Story) -> None:
    async with await story.hall.client() as client:
        text = plain((await client.get("/")).text)
    assert re.search(r"最新根 [0-9a-f]{4} [0-9a-f]{4} [0-9a-f]{4} … [0-9a-f]{4} 条目 [\d,]+", text)
    assert len(re.findall(r"(?:agent|centre|supervisor)\.trustee\.example", text[text.index("联署方") :])) >= 2
