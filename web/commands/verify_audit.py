"""`openhall verify audit`: check a regulator's audit file line by line, without server, database or trust."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from infra.kernel.problems import Problem
from web.commands.verdicts import FAILED, FILE, HOLDS, INTEGRITY_ONLY, content, policy_in, printable, say

STEPS = {
    "form": "form: {lines} lines, exported at {made}",
    "seal": "seal: signed by {log}, not a byte changed since",
    "checkpoint": "checkpoint: {size} leaves, co-signed by {cosigned} witnesses",
    "events": "events: {event} proven in the log, {sealed} still sealed, {pending} not logged yet, {inner} internal",
    "chain": "chain: {events} events of {section}, numbered without a gap, each linked to the one before",
    "reads": "reads: {rooted} stand in {hours} logged hours, {waiting} wait for theirs",
}


@click.command(name="audit")
@click.argument("file", type=FILE)
@click.option("--policy", "policy_file", type=FILE, help="The published policy, from elsewhere than FILE.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of lines.")
def audit(file: Path, policy_file: Path | None, as_json: bool) -> None:
    """Recompute every line of an audit FILE exported from the audit view.

    Without --policy the file is judged by the keys it brings itself: "integrity only", exit code 3.
    """
    from trading.audit.verify import Step, verify_audit

    data, policy = content(file), None if policy_file is None else policy_in(policy_file)
    steps: list[Step] = []
    problem: Problem | None = None
    try:
        for step in verify_audit(data, policy):
            steps.append(step)
            if not as_json:
                click.echo(_line(step.name, step.facts))
    except Problem as caught:
        problem = caught
    code = FAILED if problem else HOLDS if policy else INTEGRITY_ONLY
    if as_json:
        click.echo(_machine(steps, problem, code))
    elif problem is None:
        click.echo(
            "everything holds" if policy else "integrity only: judged by the keys in the file itself; use --policy"
        )
    if problem is not None:
        say(problem)
    sys.exit(code)


def _line(name: str, facts: Any) -> str:
    notes = " — DEMO rule set, no legal effect" if facts.get("demo") else ""
    notes += " — by the file's own policy" if facts.get("own") else ""
    return printable(f"✓ {STEPS[name].format_map(facts)}{notes}")


def _machine(steps: Any, problem: Problem | None, code: int) -> str:
    found: dict[str, Any] = {
        "result": {HOLDS: "holds", FAILED: "failed", INTEGRITY_ONLY: "integrity-only"}[code],
        "steps": [{"step": step.name, **step.facts} for step in steps],
        "problem": None,
    }
    if problem is not None:
        facts = {name: str(value) for name, value in problem.facts.items()}
        found["problem"] = {"code": problem.code, "where": facts.pop("where", None), "facts": facts}
    return json.dumps(found, ensure_ascii=False)
