"""Remote seats 远程异地评标席位: which drawn expert sits where, by a rule that follows from the draw and the list of places."""

from collections.abc import Sequence
from typing import NamedTuple

from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

MOST_PLACES = 8
LONGEST_PLACE = 200


class Remote(NamedTuple):
    """Another place with so many seats: a building and a desk, never a room."""

    place: str
    seats: int


def check_places(main: str, remote: Sequence[Remote], experts: int) -> None:
    """One expert at least sits at the main place, and every further place has a name of its own and a seat.

    `meeting.place` (missing or too long), `meeting.places` (more than eight), `meeting.place-twice`,
    `meeting.place-seats` (fewer than one), `meeting.seats` (none is left for the main place).
    """
    if len(remote) > MOST_PLACES:
        raise Problem("meeting.places", most=MOST_PLACES, given=len(remote))
    names = [_spelt(main)]
    for one in remote:
        if not is_written(one.place, LONGEST_PLACE):
            raise Problem("meeting.place", most=LONGEST_PLACE)
        if one.seats < 1:
            raise Problem("meeting.place-seats", place=one.place)
        if _spelt(one.place) in names:
            raise Problem("meeting.place-twice", place=one.place)
        names.append(_spelt(one.place))
    away = sum(one.seats for one in remote)
    if away >= experts:
        raise Problem("meeting.seats", away=away, experts=experts)


def place_of(order: int, main: str, remote: Sequence[Remote]) -> str:
    """Where the expert sits who is `order`-th (from 0) of a draw by seat number: the places fill up as they are listed.

    Whoever is left sits at the main place. The numbers come from the draw, so nobody chooses who sits where.
    """
    for one in remote:
        if order < one.seats:
            return one.place
        order -= one.seats
    return main


def _spelt(place: str) -> str:
    return "".join(place.split())
