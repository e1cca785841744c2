"""The workbench: what each role has to do follows from where things stand, and tells nobody more than they may know."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from section_story import Story, plain

from expertpool.draw.states import DrawState
from expertpool.draw.tables import Draw
from infra.auth.sessions import open_seat_session
from infra.kernel.context import SYSTEM
from trading.sections.states import SectionState
from trading.sections.tables import Section
from web.demo import cast
from web.desk.of_sections import Row, for_centre, for_procurers, for_supervisors, others
from web.desk.todo import Bench, Due, Todo

NOW = datetime(2026, 11, 22, tzinfo=UTC)


async def desk(story: Story, login: str, language: str = "/en") -> httpx.Response:
    """The workbench of a login."""
    async with await story.hall.client(login) as client:
        return await client.get(f"{language}/desk")


def a_row(state: SectionState, *, keyset: str | None = None, draw: str | None = None, **changed: Any) -> Row:
    """A running section in a state."""
    section = Section(
        id="YH-1/01", title="一标段", state=state, keyset=keyset, deadline=NOW, publicity_ends=NOW,
        regime=changed.pop("regime", "demo"),
    )  # fmt: skip
    drawn = None if draw is None else Draw(state=draw, revealed_at=NOW if draw == "revealed" else None, sign_in_by=None)
    row = Row(section, False, drawn, False, 0)
    return row._replace(**changed)


@pytest.mark.parametrize(
    ("row", "text", "path"),
    [
        (a_row(SectionState.DRAFT), "Write and freeze", "/document"),
        (a_row(SectionState.READY), "Ask the trustees", "/notice"),
        (a_row(SectionState.READY, keyset="k", keyset_published=True), "The keyset is ready", "/notice"),
        (a_row(SectionState.DECRYPTING), "follow the opening", "/hall"),
        (a_row(SectionState.OPENED), "Ask for the draw", "/panel"),
        (a_row(SectionState.REPORTED), "Read the report", "/award"),
        (a_row(SectionState.DETERMINED), "Publish the award", "/award"),
        (a_row(SectionState.OPENED, regime="gp-demo"), "examine the qualification", "/qualification"),
        (a_row(SectionState.OPENED, regime="gp-demo", qualified=1), "Ask for the draw", "/panel"),
        (a_row(SectionState.REPORTED, regime="gp-demo"), "confirm the report", "/award/review"),
        (a_row(SectionState.DETERMINED, regime="gp-demo"), "experts' names", "/award"),
    ],
    ids=lambda value: value.state if isinstance(value, Row) else "",
)
def test_each_state_of_a_section_has_its_next_step_for_the_procuring_side(row: Row, text: str, path: str) -> None:
    [found] = list(for_procurers(row))
    assert isinstance(found, Todo)
    assert text in found.text
    assert found.path == f"/sections/YH-1/01{path}"


def test_an_upheld_objection_without_a_way_on_is_the_procuring_sides_next_step() -> None:
    todo, due = for_procurers(a_row(SectionState.PUBLICITY, upheld=1))
    assert isinstance(todo, Todo) and todo.path == "/sections/YH-1/01/award/way"
    assert isinstance(due, Due)


@pytest.mark.parametrize("state", [SectionState.BIDDING, SectionState.PUBLICITY])
def test_what_runs_out_is_a_deadline(state: SectionState) -> None:
    for look in (for_procurers, for_centre, for_supervisors):
        [found] = list(look(a_row(state)))
        assert isinstance(found, Due)
        assert found.at == NOW


@pytest.mark.parametrize(
    "row",
    [
        a_row(SectionState.READY, keyset="k"),
        a_row(SectionState.OPENED, draw=DrawState.FROZEN),
        a_row(SectionState.OPENED, halted=True),
        a_row(SectionState.EVALUATING),
        a_row(SectionState.MARKED),
    ],
    ids=lambda row: row.state,
)
def test_what_others_are_at_is_nothing_to_do(row: Row) -> None:
    assert list(for_procurers(row)) == []
    assert len(list(others(row))) == 1


def test_the_centre_decides_causes_and_halts_and_turns_the_draw() -> None:
    waiting = list(for_centre(a_row(SectionState.DECRYPTING, undecided=2, halted=True)))
    assert [one.path for one in waiting] == ["/sections/YH-1/01/hall"] * 3
    assert waiting[1].number == 2  # type: ignore[union-attr]
    drawing = [
        *for_centre(a_row(SectionState.OPENED, draw="requested")),
        *for_centre(a_row(SectionState.OPENED, draw="revealed")),
    ]
    assert [one.path for one in drawing] == ["/sections/YH-1/01/seats"] * 2


def test_the_supervisor_hears_of_a_failed_draw_and_of_a_halt() -> None:
    assert len(list(for_supervisors(a_row(SectionState.OPENED, draw=DrawState.FAILED, halted=True)))) == 2


def test_the_nearest_end_comes_first_and_what_has_none_last() -> None:
    bench = Bench(
        todos=[Todo("c", "", "/"), Todo("b", "", "/", NOW + timedelta(1)), Todo("a", "", "/", NOW)],
        dues=[Due(NOW + timedelta(2), "y", "", "/"), Due(NOW, "x", "", "/")],
    ).in_order()
    assert [one.text for one in bench.todos] == ["a", "b", "c"]
    assert [one.text for one in bench.dues] == ["x", "y"]


async def test_a_bidder_sees_own_bids_deadlines_and_results(story: Story) -> None:
    text = (await desk(story, "bidder1")).text
    assert "Your bid is in; opening" in text
    assert f"/en/sections/{story.opened}/mine" in text
    assert f"/en/sections/{story.failed}" not in text
    assert "First steps" not in text


async def test_who_is_new_gets_first_steps_and_worded_empty_lists(story: Story) -> None:
    hall = story.hall
    if "newcomer" not in hall.actors:
        await hall.bring("newcomer", hall.actor("bidder1").role, "新来者建设有限公司（示例）", cast.code(199))
    text = plain((await desk(story, "newcomer")).text)
    assert "First steps" in text
    assert "Nothing to do right now" in text


async def test_a_deadline_is_told_in_absolute_time_with_offset_and_countdown(story: Story) -> None:
    text = (await desk(story, "agent")).text
    deadline = (await story.hall.section(story.running)).deadline
    assert deadline is not None
    assert f'data-until="{deadline:%Y-%m-%dT%H:%M:%SZ}"' in text
    assert f'datetime="{deadline:%Y-%m-%dT%H:%M:%SZ}"' in text
    assert "UTC+8" in text


async def test_no_official_reads_a_bidder_or_a_number_of_bids_before_the_deadline(story: Story) -> None:
    bodies = [story.hall.bodies[f"bidder{number}"].name for number in range(1, 6)]
    for login in ("agent", "procurer", "centre", "supervisor"):
        text = (await desk(story, login)).text
        assert not [name for name in bodies if name in text]
        assert "bid-" not in text


async def test_a_judge_is_led_to_the_room(story: Story) -> None:
    assert story.panel is not None
    async with story.hall.database.work(SYSTEM) as work:
        token = await open_seat_session(work, story.panel.seat(1).id, cast.REGION)
    async with await story.hall.client() as client:
        answer = await client.get("/desk", headers={"authorization": f"Bearer {token}"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/judge")


async def test_a_visitor_signs_in_first(story: Story) -> None:
    async with await story.hall.client() as client:
        answer = await client.get("/desk")
    assert answer.headers["location"] == "/login?next=%2Fdesk"
