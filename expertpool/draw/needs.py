"""What a draw needs of one profession in one region, as one word of `draw/v1`."""

import re
from collections.abc import Collection
from typing import NamedTuple

from infra.kernel.problems import Problem

_CODE = re.compile(r"([A-Z][0-9]{0,8})@([0-9]{2}|[0-9]{4}|[0-9]{6})", re.ASCII)
LONGEST = 16


class Need(NamedTuple):
    """A profession code and a region code, each the beginning of what an expert must have."""

    profession: str
    region: str

    @property
    def code(self) -> str:
        """`<profession>@<region>`, at most 16 ASCII characters: the specialty of the draw."""
        return f"{self.profession}@{self.region}"


def parse_need(code: str) -> Need:
    """The need of a code; `draw.need` for what is none."""
    found = _CODE.fullmatch(code)
    if found is None or len(code) > LONGEST:
        raise Problem("draw.need", need=code)
    return Need(*found.groups())


def fits(need: Need, professions: Collection[str], region: str) -> bool:
    """Whether somebody with these professions, registered in this region, may be drawn for the need."""
    return region.startswith(need.region) and any(one.startswith(need.profession) for one in professions)
