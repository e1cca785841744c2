"""Every bench runs at a tiny size and prints the keys of its budget; how fast anything is, no test says."""

import json
import subprocess
from typing import Any

import pytest

from infra.embedded.children import openhall

KEYS = {
    "seal": (("--mebibytes=1", "--rounds=1"), "ratio_to_openssl ratio_to_age"),
    "draw": (("--listed=500", "--small=100"), "seconds_1m seconds_10k freeze_seconds_1m"),
    "evaluation": (("--bids=5", "--judges=5", "--items=2"), "ms"),
    "log": (("--events=50",), "events_per_second"),
    "accept": (
        ("--bids=3", "--concurrent=3", "--grown=12", "--sample=2"),
        "ratio_to_bare_insert p99_ms cost_growth",
    ),
    "open": (
        ("--bids=3", "--sections=1", "--bids-each=3", "--mebibytes=1"),
        "seconds_200x3 seconds_100_sections read_ratio",
    ),
    "portal": (("--notices=50", "--rate=20", "--seconds=1"), "p95_ms"),
}


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(openhall("bench", *arguments), capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("name", KEYS)
def test_a_bench_ends_with_one_json_object_that_holds_its_keys(name: str) -> None:
    sizes, keys = KEYS[name]
    done = bench(name, *sizes, "--json")
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert {*keys.split(), "load", "cores"} <= figures.keys()


def test_without_json_the_figures_stand_beside_their_budgets() -> None:
    done = bench("evaluation", "--bids=5", "--judges=5", "--items=2")
    assert done.returncode == 0
    assert "budget ≤ 50: kept" in done.stdout


@pytest.mark.parametrize("name", ["live", "recorder", "market"])
def test_a_bench_whose_feature_is_not_there_is_refused_in_a_sentence(name: str) -> None:
    done = bench(name, "--json")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"bench.later: The bench “{name}” comes with its feature" in done.stderr


def test_an_unknown_bench_is_refused_with_the_names_there_are() -> None:
    done = bench("coffee")
    assert done.returncode == 2
    assert "There are: seal, draw, evaluation, log, accept, open, portal." in done.stderr
