"""The log page of a section: each event when its time has come, with a proof; before it nothing that tells of it."""

import re

import pytest
from section_story import Story, still

from infra.kernel.canonical import read, unb64
from infra.kernel.events import Event, Opens
from infra.tlog.entry import entry
from infra.tlog.policy import parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from trading.publication.rules import may_read


@pytest.mark.parametrize(
    ("stage", "there", "absent"),
    [
        ("5 bids", ("公告已发布", "密钥组已公布"), ("投标已", "投标截止</b>", "抽取", "评委")),
        (
            "opened",
            ("投标已递交", "投标已截止", "密钥已释放", "投标已打开", "投标未能打开"),
            ("抽取", "评委已", "评分已"),
        ),
        ("failed", ("公告已发布", "投标已截止"), ("投标已递交", "投标已拒绝", "密钥已释放")),
        ("four locked", ("开标完成",), ("抽取", "评委已", "评分已锁定")),
        ("finished", ("抽取结果已揭示", "评委已签到", "评分已锁定", "评分已公开", "标段已归档"), ()),
    ],
)
def test_an_event_is_listed_when_its_time_has_come(
    story: Story, stage: str, there: tuple[str, ...], absent: tuple[str, ...]
) -> None:
    page = story.shots[stage]["/log"].text
    events = " ".join(re.findall(r'<td class="ev"><b>(.*?)</b>', page)) + "</b>"
    assert [words for words in there if words not in events] == []
    assert [words for words in absent if words in events] == []


async def test_every_listed_event_has_a_proof_under_the_policy_and_no_other_leaf_has(story: Story) -> None:
    page = story.shots["finished"]["/log"].text
    leaves = [int(leaf) for leaf in re.findall(r"/events/(\d+)\.json", page)]
    assert len(leaves) == len(set(leaves)) > 40
    async with await story.hall.client() as client:
        policy = parse_policy((await client.get("/log/policy.txt")).text)
        shown = {leaf: await client.get(f"/sections/{story.finished}/events/{leaf}.json") for leaf in leaves}
        other = await client.get(f"/sections/{story.finished}/events/{min(set(range(1000)) - set(leaves))}.json")
    for answer in shown.values():
        told = answer.json()
        leaf = entry(unb64(told["salt"], 32), read(told["event"].encode()))
        verify_proof(parse_proof(told["proof"]), leaf, policy, strict=True)
        assert told["link"]["number"]
    assert other.status_code == 404


async def test_until_its_time_an_event_is_unknown_like_any_empty_leaf_and_no_number_is_told(story: Story) -> None:
    hidden = await story.hall.lines(Event.BID_SUBMITTED, section=story.running)
    notice, *_ = await story.hall.lines(Event.NOTICE_PUBLISHED, section=story.running)
    assert len(hidden) == 5
    async with await story.hall.client() as client:
        answers = [await client.get(f"/sections/{story.running}/events/{line.leaf}.json") for line in hidden]
        empty = await client.get(f"/sections/{story.running}/events/0.json")
        open_ = await client.get(f"/sections/{story.running}/events/{notice.leaf}.json")
    assert {answer.status_code for answer in (*answers, empty)} == {404}
    told = [still(answer).replace(str(line.leaf), "0") for answer, line in zip(answers, hidden, strict=True)]
    assert [re.sub(r"\d", "", one) for one in told] == [re.sub(r"\d", "", still(empty))] * 5
    assert "link" not in open_.json()


async def test_who_bid_for_a_section_that_failed_unopened_stays_unknown(story: Story) -> None:
    [bid] = await story.hall.lines(Event.BID_SUBMITTED, section=story.failed)
    async with await story.hall.client() as client:
        answer = await client.get(f"/sections/{story.failed}/events/{bid.leaf}.json")
    assert answer.status_code == 404
    [shot] = {response.text for path, response in story.shots["failed"].items() if path == "/log"}
    assert f"/events/{bid.leaf}.json" not in shot


def test_who_may_read_what_follows_the_table_of_events() -> None:
    for event in Event:
        never = event.kind.opens is Opens.NEVER
        assert may_read(event, of_draw=False, closed=True, marked=True) is not never
        assert may_read(event, of_draw=False, closed=False, marked=False) is (event.kind.opens is Opens.AT_ONCE)
        assert not may_read(event, of_draw=True, closed=True, marked=False)
