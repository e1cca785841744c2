"""`openhall verify audit`: check a regulator's audit file line by line, without server, database or trust."""

from pathlib import Path
from typing import Any

import click

from web.commands.verdicts import FILE, content, policy_in, printable, tell_steps

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
    from trading.audit.verify import verify_audit

    data, policy = content(file), None if policy_file is None else policy_in(policy_file)
    tell_steps(verify_audit(data, policy), _line, policy=policy is not None, as_json=as_json)


def _line(name: str, facts: Any) -> str:
    notes = " — DEMO rule set, no legal effect" if facts.get("demo") else ""
    notes += " — by the file's own policy" if facts.get("own") else ""
    return printable(f"✓ {STEPS[name].format_map(facts)}{notes}")
