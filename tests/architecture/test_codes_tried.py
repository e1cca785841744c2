"""Every code with which the sealed bid, the log and the trustees refuse is named by a test that tries it."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGES = (
    *("infra/crypto", "infra/custody", "infra/tlog", "infra/trustee", "trading/bidding", "trading/opening"),
    *("trading/archive", "trading/audit", "trading/clarifications", "trading/sections"),
)
PAGE = ROOT / "docs/formats/sealed-bid.md"
_CODE = re.compile(r"[a-z-]+\.[a-z-]+")
_ROW = re.compile(r"^\| ((?:`[a-z0-9-]+` ?)+)\|")
_SAID = re.compile(r"""["'|]((?:[a-z-]+\\?\.)?[a-z0-9-]+)["'|]""")


def raised(source: str) -> set[str]:
    """The codes of `Problem("…")` in a module."""
    calls = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call) and node.args)
    problems = (node.args[0] for node in calls if isinstance(node.func, ast.Name) and node.func.id == "Problem")
    said = (one.value for one in problems if isinstance(one, ast.Constant) and isinstance(one.value, str))
    return {one for one in said if _CODE.fullmatch(one)}


def tried() -> set[str]:
    """Whatever a test quotes, with or without the backslash of a pattern."""
    own = Path(__file__).name
    files = (path for path in (ROOT / "tests").rglob("*.py") if path.name != own)
    return {one.replace("\\", "") for path in files for one in _SAID.findall(path.read_text())}


def test_every_code_of_sealing_log_and_trustees_is_named_by_a_test() -> None:
    modules = (path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
    codes = set().union(*(raised(path.read_text()) for path in modules))
    known = tried()
    assert len(codes) > 100
    assert sorted(one for one in codes - known if one.removeprefix("seal.") not in known) == []


def test_every_code_of_the_sealed_bids_page_is_named_by_a_test() -> None:
    page = PAGE.read_text().partition("### Refusals")[2].partition("\n#")[0]
    rows = (_ROW.match(line) for line in page.splitlines())
    codes = {code for row in rows if row for code in re.findall(r"`([a-z0-9-]+)`", row[1])}
    assert len(codes) >= 20
    known = tried()
    assert sorted(code for code in codes if not {code, f"seal.{code}"} & known) == []
