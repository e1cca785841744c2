"""`openhall bench NAME [--json]`: what the machine at hand makes of a budget, as ratios to references of the same run."""

import importlib
import json
import os
import time
from collections.abc import Callable
from typing import Any

import click

from infra.kernel.problems import Problem
from web.bench.budgets import Figures

NAMES = {
    "seal": "sealing to nowhere, against openssl and age",
    "draw": "a draw of seven from a million listed",
    "pool": "filter, search and pages of a pool of a million experts",
    "evaluation": "scoring 100 bids × 9 judges × 50 items; 60 judges saving marks; the first page of 200 MB",
    "log": "durable events a second in the public log",
    "accept": "a bid from manifest to receipt, against one bare insert",
    "open": "opening 200 bids × 3 parts, and a hundred sections",
    "portal": "public pages at 200 requests a second",
    "live": "a thousand watchers at ten messages a second",
    "market": "rating 10,000 agencies with 500,000 contracts, and one of them after an event",
    "recorder": "sixteen cameras of 2 Mb/s, a killed recorder, verification, browsers' chunks",
}


class Benches(click.Group):
    """The benches by name; another is refused in a sentence."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in NAMES:
            raise Problem("bench.unknown", name=cmd_name, names=", ".join(NAMES))
        return super().get_command(ctx, cmd_name)


@click.group(cls=Benches)
def command() -> None:
    """Measure one thing beside a reference, on this machine, with private stores that are removed afterwards.

    Progress goes to standard error; the figures, or with --json one object as the last line, to standard output.
    """


def _bench(name: str, **sizes: tuple[int, str]) -> None:
    """Add one bench whose sizes can be given on the command line: option by option its default and what it means."""

    def run(as_json: bool, **given: Any) -> None:
        module = importlib.import_module(f"web.bench.{name}")
        began = time.monotonic()
        figures = module.measure(
            lambda text: click.echo(f"{time.monotonic() - began:6.1f} s  {text}", err=True), **given
        )
        figures |= {"cores": os.cpu_count(), "load": round(os.getloadavg()[0], 2)}
        click.echo(json.dumps(figures, ensure_ascii=False) if as_json else _table(module.BUDGETS, figures))

    options: list[Callable[[Any], Any]] = [
        click.option(
            f"--{size.replace('_', '-')}", type=click.IntRange(1), default=default, show_default=True, help=told
        )
        for size, (default, told) in sizes.items()
    ]
    options.append(click.option("--json", "as_json", is_flag=True, help="End with one line of JSON on stdout."))
    for option in reversed(options):
        run = option(run)
    command.add_command(click.command(name, help=NAMES[name].capitalize() + ".")(run))


def _table(budgets: Any, figures: Figures) -> str:
    verdicts = {budget.key: budget.verdict(figures) for budget in budgets}
    lines = [f"{key:32} {_shown(value):>14}  {verdicts.get(key, '')}".rstrip() for key, value in figures.items()]
    return "\n".join(lines)


def _shown(value: Any) -> str:
    return "–" if value is None else f"{value:,}" if isinstance(value, int | float) else str(value)


_bench(
    "seal",
    mebibytes=(1024, "How much to seal."),
    rounds=(3, "How often; the best counts."),
    seconds=(2, "How long openssl runs."),
)
_bench(
    "draw",
    listed=(1_000_000, "How many are listed."),
    small=(10_000, "How many in the short list."),
    freeze=(100_000, "How many are frozen through database and store."),
)
_bench("pool", experts=(200_000, "How many experts there are; the budget is over 1,000,000."))
_bench(
    "evaluation",
    bids=(100, "Bids."),
    judges=(9, "Judges."),
    items=(50, "Items each judge marks."),
    savers=(60, "Judges who save a mark a second."),
    seconds=(10, "How long they do."),
    megabytes=(200, "Of the bid whose first page is read."),
)
_bench("log", events=(50_000, "How many events."))
_bench(
    "accept",
    bids=(1024, "Bids for the rate."),
    concurrent=(1000, "Submissions at once."),
    grown=(5000, "Bids in the full section."),
    sample=(100, "Bids one by one, before and after."),
)
_bench(
    "open",
    bids=(200, "Bids in the large section."),
    sections=(10, "Sections measured, scaled up to a hundred."),
    bids_each=(7, "Bids in each of them."),
    mebibytes=(256, "Size of the file read by ranges."),
)
_bench(
    "portal",
    notices=(200_000, "How many notices there are; the budget is over 1,000,000."),
    rate=(200, "Requests a second."),
    seconds=(10, "For how long."),
)
_bench(
    "live",
    watchers=(1000, "How many watch."),
    rate=(10, "Messages a second."),
    seconds=(10, "For how long."),
)
_bench("market", agencies=(10_000, "Agencies."), contracts=(500_000, "Contracts of all of them."))
_bench(
    "recorder",
    cameras=(16, "How many cameras at once."),
    seconds=(20, "For how long."),
    megabytes=(400, "Of the export that is verified."),
    chunks=(60, "Chunks that each of twenty browsers sends."),
)
