"""The Verify page as served: small, worded, for everybody; its scripts' data and codes are the platform's own."""

import gzip
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from infra.kernel.events import Event
from trading.archive.verify_shapes import FACTS
from web.commands.verify import STEPS
from web.i18n import Language
from web.problems import sentences
from web.public.verify import NOUNS, refusals
from web.public.verify_data import FOLDER, modules
from web.public.verify_words import DETAILS, OTHERS
from web.public.verify_words import STEPS as TITLES

CODE = re.compile(r'"([a-z-]+\.[a-z0-9-]+)"')
LONGEST_SCRIPT = 400


def scripts() -> Iterator[tuple[str, str]]:
    """(name, text) of the page's own modules that people write."""
    for path in sorted(FOLDER.glob("*.js")):
        if path.name not in modules():
            yield path.name, path.read_text("utf-8")


@pytest.mark.parametrize("path", ["/verify", "/en/verify"])
async def test_the_page_is_public_and_within_its_weight(visitor: httpx.AsyncClient, path: str) -> None:
    answer = await visitor.get(path)
    assert answer.status_code == 200
    assert len(gzip.compress(answer.content)) < 60_000
    assert "openhall verify evidence evidence.zip" in answer.text


def test_the_page_itself_loads_little_and_its_worker_not_much_more() -> None:
    vendored = (FOLDER.parents[1] / "vendor/tweetnacl/nacl-fast.min.js").read_bytes()
    texts = {path.name: path.read_bytes() for path in FOLDER.glob("*.js")}
    weights = {name: len(gzip.compress(text)) for name, text in texts.items()}
    assert sum(weights[name] for name in ("page.js", "verdict.js", "words.js")) < 10_000
    assert sum(weights.values()) + len(gzip.compress(vendored)) < 160_000
    assert all(text.count(b"\n") <= LONGEST_SCRIPT for text in texts.values())


@pytest.mark.parametrize("name", ["rulesets.js", "reporttree.js"])
def test_made_modules_are_what_is_made_of_the_platforms_rules_and_template_today(name: str) -> None:
    assert Path(FOLDER, name).read_text("utf-8") == modules()[name], "run python -m web.public.verify_data"


def test_the_scripts_know_every_event_that_evidence_may_hold() -> None:
    shapes = Path(FOLDER, "shapes.js").read_text("utf-8")
    known = set(re.findall(r'^  "([a-z.-]+)":', shapes, re.MULTILINE))
    assert known == set(FACTS)


def test_every_step_of_the_command_has_its_words_on_the_page() -> None:
    assert set(STEPS) - set(TITLES) == set()
    assert set(TITLES) - set(DETAILS) == {"stopped"}


def test_every_refusal_of_the_scripts_has_its_sentence_on_the_page() -> None:
    events, worded = {str(one) for one in Event}, {code for code, _, _ in refusals(Language.ZH)}
    worded |= {name.removeprefix("happened ") for name in OTHERS if name.startswith("happened ")}
    used = {code for _, text in scripts() for code in CODE.findall(text) if not code.endswith(".js")}
    silent = {code for code in used - events - worded if code.partition(".")[0] in NOUNS | {"page"}}
    files = {code for code in silent if code.endswith((".json", ".txt", ".html", ".zip"))}
    assert silent - files == set()


def test_the_page_words_nothing_that_the_platform_does_not_say() -> None:
    assert {code.partition(".")[0] for code in sentences()} >= NOUNS


def test_no_script_speaks_by_itself() -> None:
    han = re.compile(r"[\u4e00-\u9fff]")
    spoken = [
        (name, line.strip())
        for name, text in scripts()
        for line in text.splitlines()
        if han.search(line) and not line.lstrip().startswith(("/*", "*", "//"))
    ]
    assert spoken == []
