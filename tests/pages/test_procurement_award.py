"""Award and publicity as the procuring side sees them: before there is anything, after the award, after a failure."""

import pytest
from section_story import Story, plain


@pytest.mark.parametrize(
    ("which", "told", "silent"),
    [
        ("running", "尚无评标报告", "发布中标候选人公示 发布后"),
        ("opened", "尚无评标报告", "发布中标结果 发布后"),
        ("failed", "本标段已流标", "发布后不能撤回"),
        ("finished", "中标结果已于", "发布后不能撤回"),
    ],
)
async def test_the_award_page_offers_only_what_may_be_done_now(
    story: Story, which: str, told: str, silent: str
) -> None:
    section = getattr(story, which)
    async with await story.hall.client("agent") as agent:
        answer = await agent.get(f"/sections/{section}/award")
    assert answer.status_code == 200
    words = plain(answer.text)
    assert told in words and silent not in words


async def test_the_finished_sections_page_shows_report_ranking_and_publicity(story: Story) -> None:
    async with await story.hall.client("agent") as agent:
        words = plain((await agent.get(f"/sections/{story.finished}/award")).text)
        tree = plain((await agent.get(f"/projects?q={story.finished.split('/')[0]}")).text)
    assert "评标报告" in words and "公示" in words
    assert "已完成" in tree or "完成" in tree


async def test_nothing_of_the_ranking_is_shown_before_the_marks_are_public(story: Story) -> None:
    async with await story.hall.client("agent") as agent:
        words = plain((await agent.get(f"/sections/{story.opened}/award")).text)
    assert "评标报告 " not in words and "第一中标候选人" not in words
