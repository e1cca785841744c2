"""The result for machines says what the page of marks says: every mark with its reason, and nothing that the page hides."""

import json
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from section_story import Story, plain
from test_section_methods import LOWEST_FIRST, evaluated, visit

from infra.kernel.canonical import canonical
from trading.publication.given import Given, Pin
from trading.publication.opened import Entry, Opened
from trading.publication.queries import Answers, Dossier
from web.demo import cast
from web.public.result_file import result_of
from web.public.results import results
from web.public.sections import marks_page

SCENE: dict[str, Any] = {
    "method": LOWEST_FIRST,
    "bids": {"a": {"price": "100.00", "objective": {"o1": "18"}}, "b": {"price": "101.00", "objective": {"o1": "2"}}},
    "marks": {f"J{judge}": {"a": {"t1": "40"}, "b": {"t1": "11"}} for judge in (1, 2, 3)},
    "rejected": {"c": "TBR 51(1): 未见签章"},
}
NAMES = {"a": "甲公司", "b": "乙公司", "c": "丙公司"}
GIVEN = Given(
    reasons={("J1", "a", "t1"): "支护计算完整"},
    pins={("J1", "a", "t1"): (Pin("technical", 28, "支护计算书"),)},
    explanations={("J2", "b", "t1"): "见第 31 页", ("J3", "b", "t1"): ""},
)


async def a_scene(story: Story) -> Dossier:
    """The finished section as if this had been its evaluation: a third bid was rejected, one judge dissented."""
    found = await evaluated(story.hall, story.finished, SCENE, {bid: NAMES[bid] for bid in SCENE["bids"]})
    assert found.opened is not None
    third = Entry(
        "c", "91429900MA00000009", NAMES["c"], {"price": "99.00", "duration": "1", "quality": "", "leader": ""}
    )
    record = (*found.opened.record, third)
    answers = Answers(("J1",), {"J2": "扣分依据不足"}, ("J3",))
    return replace(found, opened=Opened(3, 3, record), answers=answers)


def file_of(found: Dossier, given: Given = GIVEN) -> dict[str, Any]:
    told = results(found)
    assert told is not None
    value = result_of(found, told, given, [])
    again: dict[str, Any] = json.loads(canonical(value))
    return again


def words_in(value: Any, name: str = "") -> Iterator[str]:
    """Every text that a person wrote or is called by: codes, hashes and times aside."""
    if isinstance(value, dict):
        for field, item in value.items():
            yield from words_in(item, field)
    elif isinstance(value, list):
        for item in value:
            yield from words_in(item, name)
    elif isinstance(value, str) and any("\u4e00" <= one <= "\u9fff" for one in value):
        yield value


async def read_json(story: Story, section: str, prefix: str = "") -> Any:
    async with await story.hall.client() as client:
        return await client.get(f"{prefix}/sections/{section}/result.json")


async def test_the_file_has_every_single_mark_with_its_reason(story: Story) -> None:
    told = (await read_json(story, story.finished)).json()
    items = len(cast.METHOD["items"])
    marks = [mark for bid in told["ranking"] for item in bid["items"] for mark in item["marks"]]
    assert told["format"] == "result/v1" and len(marks) == 5 * 5 * items
    assert all(mark["reason"] and mark["judge"] in {f"J{n}" for n in range(1, 6)} for mark in marks)
    assert [one["answer"] for one in told["committee"]] == ["signed"] * 5


async def test_every_word_of_the_file_stands_on_a_public_page_of_the_section(story: Story) -> None:
    told = (await read_json(story, story.finished)).json()
    pages = []
    async with await story.hall.client() as client:
        for tail in ("", "/marks", "/tender-document", "/inquiries", "/contract"):
            pages.append((await client.get(f"/sections/{story.finished}{tail}")).text)
    # The rule set's sources are written out on pages: 《…》第 … 条.
    told.pop("redaction")
    shown = unescape(plain(" ".join(pages)))
    assert len(list(words_in(told))) > 100
    assert [one for one in words_in(told) if one not in shown] == []


async def test_no_judge_is_named_in_the_file_where_the_rule_set_keeps_names_secret(story: Story) -> None:
    answer = await read_json(story, story.finished)
    assert answer.json()["redaction"]["identity"]["shown"] == "hidden"
    assert [one.name for one in cast.EXPERTS if one.name in answer.text] == []
    assert [one.identity for one in cast.EXPERTS if one.identity in answer.text] == []


@pytest.mark.parametrize("which", ["running", "opened", "failed"])
async def test_before_the_marks_are_public_there_is_no_file(story: Story, which: str) -> None:
    answer = await read_json(story, getattr(story, which), "/en")
    assert answer.status_code == 404 and "criteria" not in answer.text
    assert "are not public yet" in answer.text


async def test_reasons_pins_explanations_and_silence_are_told_as_the_page_tells_them(story: Story) -> None:
    found = await a_scene(story)
    told = file_of(found)
    marks = {
        (bid["bid"], item["item"], mark["judge"]): mark
        for bid in told["ranking"]
        for item in bid["items"]
        for mark in item["marks"]
    }
    assert marks["a", "t1", "J1"]["reason"] == "支护计算完整"
    assert marks["a", "t1", "J1"]["pins"] == [{"part": "technical", "page": 28, "text": "支护计算书"}]
    assert [marks["b", "t1", judge]["explanation"] for judge in ("J1", "J2", "J3")] == [None, "见第 31 页", ""]
    objective = next(item for item in told["ranking"][0]["items"] if item["item"] == "o1")
    assert (objective["marks"], objective["score"]) == ([], "18")
    page = plain(
        str(marks_page(visit(f"/sections/{found.section.id}/marks"), True, found, [], None, None, GIVEN).content)
    )
    names = {*NAMES.values(), "支护计算完整", "支护计算书", "见第 31 页", "扣分依据不足"}
    assert [word for word in names if word not in page] == []
    assert names <= set(words_in(told))


async def test_rejected_bids_come_with_their_reasons_and_judges_with_what_they_answered(story: Story) -> None:
    told = file_of(await a_scene(story))
    assert told["rejected"] == [
        {"bid": "c", "bidder": "91429900MA00000009", "name": "丙公司", "reason": "TBR 51(1): 未见签章"}
    ]
    assert [(one["judge"], one["answer"], one["reasons"]) for one in told["committee"]] == [
        ("J1", "signed", None),
        ("J2", "dissented", "扣分依据不足"),
        ("J3", "silent", None),
    ]


async def test_a_judge_that_has_not_answered_yet_is_told_with_null(story: Story) -> None:
    told = file_of(replace(await a_scene(story), answers=Answers(("J1",))))
    assert [one["answer"] for one in told["committee"]] == ["signed", None, None]
