"""How much disk and bandwidth the recording of a centre's rooms needs: pure arithmetic, exact until it is shown."""

from decimal import Decimal
from typing import NamedTuple

from infra.kernel.problems import Problem

GB_AN_HOUR = Decimal("0.45")
"""Gigabytes in an hour of one megabit a second (3600 s / 8 bit / 1000)."""
SOUND = Decimal("0.064")
"""Megabits a second of the sound beside a camera's picture."""
MOST = {"rooms": 500, "cameras": 50, "hours": 24, "days": 366, "years": 100}
FASTEST = Decimal(100)


class Need(NamedTuple):
    """Hours of cameras a year, gigabytes an hour of one, terabytes a year and for the term, megabits a second at once."""

    camera_hours: int
    gigabytes_an_hour: Decimal
    terabytes_a_year: Decimal
    terabytes_kept: Decimal
    megabits: Decimal


def need(rooms: int, cameras: int, rate: Decimal, hours: int, days: int, years: int) -> Need:
    """What is needed; `rate` in megabits a second of one camera's picture. `sizing.number` outside of what can be."""
    for name, value in (("rooms", rooms), ("cameras", cameras), ("hours", hours), ("days", days), ("years", years)):
        if not 0 < value <= MOST[name]:
            raise Problem("sizing.number", name=name, most=MOST[name])
    if not 0 < rate <= FASTEST:
        raise Problem("sizing.number", name="rate", most=str(FASTEST))
    camera_hours = rooms * cameras * hours * days
    an_hour = (rate + SOUND) * GB_AN_HOUR
    a_year = an_hour * camera_hours / 1000
    return Need(camera_hours, an_hour, a_year, a_year * years, (rate + SOUND) * rooms * cameras)
