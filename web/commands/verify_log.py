"""`openhall verify log`: walk a whole public log, remember what held, refuse a fork with both notes printed."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from infra.kernel.problems import Problem
from infra.tlog.auditing import Findings, audit_log
from infra.tlog.memory import Memory, read_memory
from infra.tlog.policy import Policy, parse_policy
from infra.tlog.source import PATIENCE, Source, source_at
from infra.tlog.walk import fetched
from web.commands.verdicts import FILE, HOLDS, INTEGRITY_ONLY, content, fail, policy_in, printable, refuse

UNREADABLE = ("log.source", "log.memory")


@click.command()
@click.argument("source")
@click.option("--policy", "policy_file", type=FILE, help="The published policy, from elsewhere than SOURCE.")
@click.option("--remember", "memory_file", type=FILE, help="Keep here what held; the next run goes on from it.")
@click.option(
    "--patience", type=click.FloatRange(0.1), default=PATIENCE, help="Seconds a file may take.", show_default=True
)
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of lines.")
def log(source: str, policy_file: Path | None, memory_file: Path | None, patience: float, as_json: bool) -> None:
    """Walk the log at SOURCE, an address such as https://trade.example/log or the folder of a mirror.

    Every tile is read and the root computed anew. With --remember it must extend what held the last time, and a walk
    that was broken off goes on. Without --policy SOURCE is judged by its own policy: exit code 3.
    """
    try:
        read_from = source_at(source, patience)
        policy = policy_in(policy_file) if policy_file else parse_policy(fetched(read_from, "policy.txt"))
        memory = _remembered(memory_file, policy)
        found = _audited(read_from, policy, memory, memory_file, as_json)
    except Problem as problem:
        _end(problem, as_json)
    code = HOLDS if policy_file else INTEGRITY_ONLY
    if as_json:
        click.echo(
            json.dumps({"result": "holds" if code == HOLDS else "integrity-only", **_figures(found), "problem": None})
        )
    else:
        _tell(found, policy)
        click.echo(
            "everything holds" if code == HOLDS else "integrity only: judged by the log's own policy; use --policy"
        )
    sys.exit(code)


def _audited(source: Source, policy: Policy, memory: Memory, file: Path | None, quiet: bool) -> Findings:
    def keep(reached: Memory) -> None:
        if file is not None:
            _write(file, reached.written())

    with _bar(quiet) as tell:
        found, _ = audit_log(source, policy, memory, keep, tell)
    return found


def _remembered(file: Path | None, policy: Policy) -> Memory:
    if file is None or not file.exists():
        return Memory(policy.log.encode())
    return read_memory(content(file))


def _write(file: Path, data: bytes) -> None:
    """Whole or not at all: who breaks the program off keeps what it had."""
    beside = file.with_name(f"{file.name}.new")
    try:
        beside.write_bytes(data)
        os.replace(beside, file)
    except OSError as error:
        refuse(Problem("verify.file", file=file, why=error.strerror))


@contextmanager
def _bar(quiet: bool) -> Iterator[Callable[[int, int], None]]:
    """A bar on stderr for whoever sits before it; nothing in a pipe."""
    if quiet or not sys.stderr.isatty():
        yield lambda done, size: None
        return
    with click.progressbar(length=1, label="leaves", file=sys.stderr) as bar:

        def tell(done: int, size: int) -> None:
            bar.length = size
            bar.update(done - bar.pos)

        yield tell


def _tell(found: Findings, policy: Policy) -> None:
    checkpoint, tally = found.checkpoint, found.tally
    click.echo(printable(f"✓ log {checkpoint.origin}, {checkpoint.size} leaves, root {checkpoint.root.hex()}"))
    times = ", ".join(f"{name} {_moment(time)}" for name, time in sorted(checkpoint.times.items()))
    click.echo(
        printable(f"✓ co-signed by {len(checkpoint.times)} of {len(policy.witnesses)}: {times or 'nobody is asked'}")
    )
    click.echo(f"✓ {found.walked} leaves walked, {found.tiles} tiles as they should be, root recomputed")
    if found.since:
        click.echo(f"✓ extends the checkpoint of {found.since} leaves that held before")
    click.echo(
        f"✓ {found.periods} periods opened: {tally.dummies} dummies recomputed, {tally.shown} events shown, "
        f"{tally.hidden} events that are not public; {found.waiting} leaves wait for their period's key"
    )
    for token in found.tokens:
        click.echo(printable(f"✓ {token.authority} saw {token.size} leaves at {token.at:%Y-%m-%dT%H:%M:%SZ}"))
    if not policy.timestamps:
        click.echo("  time tokens are not checked: the policy names no time-stamp authority")


def _figures(found: Findings) -> dict[str, Any]:
    checkpoint, tally = found.checkpoint, found.tally
    return {
        "log": checkpoint.origin,
        "size": checkpoint.size,
        "root": checkpoint.root.hex(),
        "cosigned": dict(sorted(checkpoint.times.items())),
        "since": found.since,
        "walked": found.walked,
        "tiles": found.tiles,
        "periods": found.periods,
        "leaves": {"dummies": tally.dummies, "shown": tally.shown, "hidden": tally.hidden, "waiting": found.waiting},
        "tokens": [{"size": one.size, "name": one.authority, "at": one.at.isoformat()} for one in found.tokens],
    }


def _end(problem: Problem, as_json: bool) -> None:
    """Both notes of a fork go to stdout whole: they are what convicts the log."""
    there = [name for name in ("kept", "shown") if name in problem.facts]
    notes: dict[str, str] = {name: printable(str(problem.facts.pop(name))) for name in there}
    unusable = problem.code in UNREADABLE
    if as_json:
        facts = {name: str(value) for name, value in problem.facts.items()}
        told: dict[str, Any] = {"code": problem.code, "facts": facts, **notes}
        result = "unusable" if unusable else "failed"
        click.echo(json.dumps({"result": result, "problem": told}))
    else:
        for name, heading in (("kept", "--- the note kept"), ("shown", "--- the note shown now")):
            if name in notes:
                click.echo(f"{heading} ---\n{notes[name]}")
    if unusable:
        refuse(problem)
    fail(problem)


def _moment(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%SZ}"
