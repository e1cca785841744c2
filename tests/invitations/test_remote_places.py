"""Who sits where when a committee meets at several places: a rule that follows from the draw and the list of places."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expertpool.attendance.lists import Named
from expertpool.invitations.places import MOST_PLACES, Remote, check_places, place_of
from infra.kernel.problems import Problem
from web.centre.name_list import ON_A_SHEET, sheets_of

MAIN = "云湖政务中心一楼签到台"
NORTH, SOUTH = Remote("北岸政务中心二楼签到台", 2), Remote("南岸交易分中心签到台", 1)


def test_places_fill_up_as_they_are_listed_and_the_rest_sits_at_the_main_place() -> None:
    sat = [place_of(order, MAIN, (NORTH, SOUTH)) for order in range(5)]
    assert sat == [NORTH.place, NORTH.place, SOUTH.place, MAIN, MAIN]


@given(st.lists(st.integers(1, 9), max_size=MOST_PLACES), st.integers(1, 60))
def test_every_place_gets_its_seats_and_nobody_two_places(seats: list[int], spare: int) -> None:
    remote = [Remote(f"place {number}", one) for number, one in enumerate(seats)]
    sat = [place_of(order, MAIN, remote) for order in range(sum(seats) + spare)]
    assert [sat.count(one.place) for one in remote] == seats
    assert sat.count(MAIN) == spare


@pytest.mark.parametrize(
    ("remote", "experts", "code"),
    [
        ([NORTH, SOUTH], 3, "meeting.seats"),
        ([NORTH], 2, "meeting.seats"),
        ([NORTH, Remote(" 北岸政务中心 二楼签到台", 1)], 9, "meeting.place-twice"),
        ([Remote(f" {MAIN} ", 1)], 9, "meeting.place-twice"),
        ([Remote("东岸", 0)], 9, "meeting.place-seats"),
        ([Remote(" ", 1)], 9, "meeting.place"),
        ([Remote("长" * 201, 1)], 9, "meeting.place"),
        ([Remote(f"第{number}处", 1) for number in range(MOST_PLACES + 1)], 99, "meeting.places"),
    ],
    ids=["none left", "all away", "spelt otherwise", "the main place", "no seat", "no name", "too long", "too many"],
)
def test_places_that_cannot_be_sat_at_are_refused(remote: list[Remote], experts: int, code: str) -> None:
    with pytest.raises(Problem) as told:
        check_places(MAIN, remote, experts)
    assert told.value.code == code


def test_places_that_leave_one_expert_at_the_main_place_are_taken() -> None:
    check_places(MAIN, [NORTH, SOUTH], 4)


def test_each_place_has_sheets_of_its_own_to_sign() -> None:
    names = [Named(number, "A08", f"专家{number}", "") for number in range(1, 6)]
    places = {1: NORTH.place, 2: NORTH.place, 3: SOUTH.place, 4: MAIN, 5: MAIN}
    sheets = [(place, [one.number for one in sheet]) for place, sheet in sheets_of(names, places)]
    assert sheets == [(NORTH.place, [1, 2]), (SOUTH.place, [3]), (MAIN, [4, 5])]


def test_a_long_list_at_one_place_goes_on_overleaf() -> None:
    names = [Named(number, "A08", f"专家{number}", "") for number in range(1, ON_A_SHEET + 2)]
    assert [(place, len(sheet)) for place, sheet in sheets_of(names, {})] == [("", ON_A_SHEET), ("", 1)]
