"""The threat table says by which test each prevented attempt is tried, and those tests are there."""

import re
from pathlib import Path

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs/threats.md").read_text()
_NAMED = re.compile(r"`(?:tests/)?([a-z]+/test_[a-z_]+\.py)`")


def rows(title: str) -> list[list[str]]:
    """The cells of a section's table, without its head."""
    part = PAGE.partition(f"## {title}\n")[2].partition("\n## ")[0]
    return [line.strip("| ").split(" | ") for line in part.splitlines() if line.startswith("| ")][1:]


def test_every_prevented_attempt_names_a_test() -> None:
    prevented = rows("Prevented")
    assert len(prevented) >= 9
    assert [row[0] for row in prevented if not _NAMED.search(row[-1])] == []


def test_every_test_that_the_table_names_is_there() -> None:
    named = set(_NAMED.findall(PAGE))
    assert len(named) > 15
    assert sorted(one for one in named if not (TESTS / one).is_file()) == []


def test_what_is_not_prevented_says_who_can_and_what_helps() -> None:
    told = rows("Not prevented")
    assert len(told) >= 15
    assert [row[0] for row in told if len(row) != 3 or not all(cell.strip() for cell in row)] == []
