"""Every bench runs at a tiny size and gives the keys of its budget; how fast anything is, no test says."""

import asyncio
import importlib
import inspect
import json
import subprocess
from pathlib import Path
from typing import Any

import click
import pytest

from infra.embedded.children import openhall
from infra.embedded.objects import EmbeddedObjects
from infra.settings import DatabaseAddress
from web.bench import accept, evaluation, live, log, market, open, pool, portal
from web.bench.ground import settings_of
from web.commands.bench import NAMES, command


def ignore(_: str) -> None:
    """Progress that nobody reads."""


def bench(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(openhall("bench", *arguments), capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        ("seal --mebibytes=1 --rounds=1 --seconds=1", "ratio_to_openssl ratio_to_age"),
        pytest.param(
            "draw --listed=500 --small=400", "seconds_1m seconds_10k freeze_seconds_1m", marks=pytest.mark.soak
        ),
        pytest.param(
            "evaluation --bids=5 --judges=5 --items=2 --savers=3 --seconds=1 --megabytes=1",
            "ms save_p99_ms first_page_s",
            marks=pytest.mark.soak,
        ),
        pytest.param(
            "recorder --cameras=2 --seconds=2 --megabytes=5 --chunks=2",
            "core_percent_per_camera segments_lost verify_mb_s chunks_per_s chunk_p99_ms",
            marks=pytest.mark.soak,
        ),
    ],
)
def test_with_json_a_bench_ends_with_one_object_that_holds_its_keys(arguments: str, keys: str) -> None:
    done = bench(*arguments.split(), "--json")
    assert done.returncode == 0, done.stderr
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    assert {*keys.split(), "load", "cores"} <= figures.keys()


@pytest.mark.soak
def test_the_pool_bench_gives_its_keys(fresh_database: DatabaseAddress) -> None:
    figures = asyncio.run(pool.measure_on(ignore, fresh_database, experts=300, lines=3, rounds=20))
    assert {budget.key for budget in pool.BUDGETS} <= figures.keys()
    assert figures["import_lines_per_s"] > 0


def test_the_log_bench_leaves_no_event_without_a_checkpoint(fresh_database: DatabaseAddress) -> None:
    figures = asyncio.run(log.measure_on(ignore, fresh_database, events=600))
    assert figures["events_per_second"] > 0
    assert figures["left_over"] == 0


@pytest.mark.soak
def test_the_accept_bench_gives_its_keys(
    fresh_database: DatabaseAddress, objects_server: EmbeddedObjects, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, fresh_database, objects_server.address)
    figures = accept.measure_on(ignore, settings, bids=3, concurrent=3, grown=12, sample=2)
    assert {"ratio_to_bare_insert", "p99_ms", "cost_growth"} <= figures.keys()


@pytest.mark.soak
def test_the_open_bench_gives_its_keys(
    fresh_database: DatabaseAddress, objects_server: EmbeddedObjects, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, fresh_database, objects_server.address)
    figures = open.read_ratio(ignore, 1, 1)
    figures |= asyncio.run(open.measure_on(ignore, settings, bids=3, sections=1, bids_each=3))
    assert {"seconds_200x3", "seconds_100_sections", "read_ratio"} <= figures.keys()


@pytest.mark.soak
def test_the_portal_bench_gives_its_keys(fresh_database: DatabaseAddress, tmp_path: Path) -> None:
    figures = portal.measure_on(ignore, settings_of(tmp_path, fresh_database), notices=50, rate=20, seconds=1)
    assert {"p95_ms", "html_gz_kb"} <= figures.keys()


@pytest.mark.soak
def test_the_live_bench_gives_its_keys_and_loses_nothing(fresh_database: DatabaseAddress, tmp_path: Path) -> None:
    figures = live.measure_on(ignore, settings_of(tmp_path, fresh_database), watchers=5, rate=10, seconds=1)
    assert {"p99_ms", "ratio_to_bare"} <= figures.keys()
    assert figures["lost"] == 0


@pytest.mark.parametrize("name", NAMES)
def test_every_size_on_the_command_line_is_one_that_the_bench_takes(name: str) -> None:
    module, ctx = importlib.import_module(f"web.bench.{name}"), click.Context(command)
    found = command.get_command(ctx, name)
    assert found is not None
    sizes = {parameter.name for parameter in found.params} - {"as_json"}
    assert sizes <= inspect.signature(module.measure).parameters.keys()


def test_the_scoring_of_the_evaluation_bench_gives_its_key() -> None:
    assert evaluation.score(ignore, bids=5, judges=5, items=2)["ms"] > 0


@pytest.mark.soak
def test_without_json_the_figures_stand_beside_their_budgets() -> None:
    done = bench("evaluation", "--bids=5", "--judges=5", "--items=2", "--savers=3", "--seconds=1", "--megabytes=1")
    assert done.returncode == 0
    assert "budget ≤ 50: kept" in done.stdout


def test_the_bench_of_the_market_rates_every_agency() -> None:
    found = market.measure(ignore, agencies=20, contracts=400, rounds=2)
    assert (found["agencies"], found["largest_contracts"]) == (20, 400) and found["nightly_s"] >= 0


def test_an_unknown_bench_is_refused_with_the_names_there_are() -> None:
    done = bench("coffee")
    assert done.returncode == 2
    assert "There are: seal, draw, pool, evaluation, log, accept, open, portal, live, market, recorder." in done.stderr
