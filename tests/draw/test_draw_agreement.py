"""Two implementations of draw/v1 agree: the platform's, and a second one written from the design page."""

import json
import random
import subprocess
from pathlib import Path

import pytest
from draw_cases import Document, a_case, a_drawn_case, broken, hidden
from second_draw import Refused, second_draw

from expertpool.draw.evidence import recompute
from infra.embedded.children import openhall
from infra.kernel.problems import Problem


def ours(document: Document) -> object:
    try:
        found = recompute(document)
    except Problem:
        return "refused"
    return found["out"], found["reasons"]


def theirs(document: Document) -> object:
    try:
        return second_draw(document)
    except Refused:
        return "refused"


@pytest.mark.soak
def test_both_implementations_agree_on_a_thousand_random_files() -> None:
    results = []
    for seed in range(1000):
        document = a_case(seed)
        assert ours(document) == theirs(document), seed
        results.append(ours(document))
    assert 100 < results.count("refused") < 700


def test_both_agree_where_employers_of_leaves_never_walked_are_not_told() -> None:
    told = 0
    for seed in range(300):
        document = a_case(seed)
        if (sound := ours(document)) == "refused":
            continue
        found = recompute(document)
        walked = {line[0] for line in found["out"] + found["reasons"]}
        order = list(dict.fromkeys(line[1] for line in found["out"]))
        less = hidden(document, walked, order)
        assert ours(less) == theirs(less) == sound
        less = hidden(document, walked - {found["out"][0][0]}, order)
        assert ours(less) == theirs(less) == "refused"
        told += 1
    assert told > 100


@pytest.mark.soak
def test_both_agree_on_draws_with_transcripts() -> None:
    documents = [found for seed in range(150) if (found := a_drawn_case(seed))]
    assert len(documents) > 100
    for document in documents:
        assert ours(document) == theirs(document) == (document["out"], document["reasons"])


@pytest.mark.soak
def test_both_agree_on_files_broken_in_one_place() -> None:
    dice, results = random.Random(7), []
    sound = [found for seed in range(60) if ours(found := a_case(seed)) != "refused"]
    sound += [found for seed in range(40) if (found := a_drawn_case(seed))]
    for _ in range(1000):
        document = broken(dice.choice(sound), dice)
        assert ours(document) == theirs(document), document
        results.append(ours(document))
    assert results.count("refused") > 500


def commanded(document: Document, file: Path) -> object:
    """What `openhall recompute draw FILE` prints and ends with, in a process of its own."""
    file.write_text(json.dumps(document), "utf-8")
    done = subprocess.run(openhall("recompute", "draw", str(file)), capture_output=True, check=False, timeout=120)
    if done.returncode == 2:
        assert done.stdout == b"" and done.stderr.startswith(b"draw.")
        return "refused"
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    assert {**printed, **document} == printed
    return printed["out"], printed["reasons"]


def agrees(seeds: range, tmp_path: Path) -> list[object]:
    results = []
    for seed in seeds:
        document = a_case(seed)
        results.append(commanded(document, tmp_path / "evidence.json"))
        assert json.loads(json.dumps(theirs(document))) == json.loads(json.dumps(results[-1])), seed
    return results


def test_the_command_prints_what_the_second_implementation_finds(tmp_path: Path) -> None:
    results = agrees(range(6, 9), tmp_path)
    assert results.count("refused") == 2


@pytest.mark.soak
def test_the_command_agrees_with_the_second_implementation_on_sixty_random_files(tmp_path: Path) -> None:
    results = agrees(range(100, 160), tmp_path)
    assert 5 < results.count("refused") < 45


def test_the_command_says_with_its_exit_code_that_a_stated_result_is_another(tmp_path: Path) -> None:
    document = next(found for seed in range(20) if (found := a_drawn_case(seed)))
    assert commanded(document, tmp_path / "evidence.json") == theirs(document)
    document["out"] = document["out"][::-1]
    file = tmp_path / "evidence.json"
    file.write_text(json.dumps(document), "utf-8")
    done = subprocess.run(openhall("recompute", "draw", str(file)), capture_output=True, check=False, timeout=120)
    assert done.returncode == 1 and b"$.out" in done.stderr
