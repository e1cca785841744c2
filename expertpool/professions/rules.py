"""The tree of professions: the form of a code, what stands above it, and the lines of a list that is taken in."""

import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from infra.kernel.fields import is_written
from infra.kernel.problems import Problem

CODE = re.compile(r"[ABC]([0-9]{2}){0,3}")
"""发改法规〔2018〕316号: letter, two digits of the second level, two for each below.

An installation whose list is numbered otherwise names another form (OPENHALL_PROFESSION_CODES)."""
FORM = re.compile(r"[A-Z][0-9]{0,8}")
"""What every list keeps to: a need `<profession>@<region>` of `draw/v1` has room for no more."""
LEVELS = (1, 3, 5, 7)
LONGEST_NAME = 100
SOURCE = "发改法规〔2018〕316号"
SHIPPED = (
    ("A", "工程", "Works"),
    ("B", "货物", "Goods"),
    ("C", "服务", "Services"),
    ("A01", "规划", "Planning"),
    ("A02", "投资策划与决策", "Investment decision"),
    ("A03", "勘察", "Survey"),
    ("A04", "设计", "Design"),
    ("A05", "监理", "Supervision of works"),
    ("A06", "造价", "Cost"),
    ("A07", "项目管理", "Project management"),
    ("A08", "施工", "Construction works"),
)
"""The three classes and the eight second levels that are known; deeper ones come from the list itself."""


class Branch(NamedTuple):
    """One line of a list of professions."""

    code: str
    name_zh: str
    name_en: str | None
    valid_from: date | None
    ended_at: date | None

    @property
    def parent(self) -> str | None:
        """The code above it, or None for a class."""
        return self.code[: _above(self.code)] if len(self.code) > LEVELS[0] else None


def checked_branch(line: dict[str, str], pattern: re.Pattern[str] = CODE) -> Branch:
    """A line `code,name_zh,name_en,valid_from,ended_at`; the first two must be there.

    `profession.code` for another form than `pattern`, which classes have too; `profession.name`; `profession.date` for
    what is no ISO date.
    """
    code, name = line.get("code", "").strip().upper(), line.get("name_zh", "").strip()
    if not FORM.fullmatch(code) or not pattern.fullmatch(code):
        raise Problem("profession.code", code=code[:20], form=pattern.pattern)
    if not is_written(name, LONGEST_NAME):
        raise Problem("profession.name", longest=LONGEST_NAME)
    other = line.get("name_en", "").strip()[:LONGEST_NAME]
    return Branch(code, name, other or None, _day(line.get("valid_from", "")), _day(line.get("ended_at", "")))


def ordered(branches: Iterable[Branch], known: Sequence[str]) -> list[Branch]:
    """The branches so that each comes after the one above it; `profession.parent` where that is nowhere.

    `profession.twice` for a code that stands in the list twice.
    """
    rows = sorted(branches, key=lambda one: (len(one.code), one.code))
    there = {*known}
    seen: set[str] = set()
    for one in rows:
        if one.code in seen:
            raise Problem("profession.twice", profession=one.code)
        if one.parent is not None and one.parent not in there:
            raise Problem("profession.parent", profession=one.code, parent=one.parent)
        seen.add(one.code)
        there.add(one.code)
    return rows


def _above(code: str) -> int:
    return max(level for level in LEVELS if level < len(code))


def _day(text: str) -> date | None:
    if not text.strip():
        return None
    try:
        return date.fromisoformat(text.strip())
    except ValueError as error:
        raise Problem("profession.date") from error
