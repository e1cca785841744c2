"""`openhall verify archive`: check a handed-over archive, every file of it and the evidence inside."""

from pathlib import Path

import click

from infra.kernel.problems import Problem
from web.commands.verdicts import FILE, content, policy_in, refuse, tell_steps

STEPS = {
    "archive-form": "archive: one form, {members} members, {bytes} bytes, SHA-256 {sha256}",
    "archive-index": "index of {section}: {listed} members listed, none more, none less, none changed",
    "archive-list": "list: {there} items there; kept {years} years ({source}), until {until}",
    "archive-logged": "handed over: the log has this file's hash, leaf {leaf}, {at}",
    "archive-agrees": "beside the evidence: {notices} notices, {files} files of the document, {events} events as logged",
}


@click.command()
@click.argument("file", type=FILE)
@click.option("--policy", "policy_file", type=FILE, help="The published policy, from elsewhere than FILE.")
@click.option("--event", "event_file", type=FILE, help="The log's event of this hand-over; needs --policy.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of lines.")
def archive(file: Path, policy_file: Path | None, event_file: Path | None, as_json: bool) -> None:
    """Check the archive FILE that a section was handed over in, say what is missing, and recompute the evidence inside.

    Without --policy the evidence is judged by the keys it brings itself: "integrity only", exit code 3.
    """
    from trading.archive.verify_handover import verify_handover

    if event_file is not None and policy_file is None:
        raise click.UsageError("--event needs --policy")
    policy = None if policy_file is None else policy_in(policy_file)
    event = None if event_file is None else content(event_file)
    try:
        opened = file.open("rb")
    except OSError as error:
        refuse(Problem("verify.file", file=file, why=error.strerror))
    with opened:
        tell_steps(verify_handover(opened, policy, event), line, policy=policy is not None, as_json=as_json)


def line(name: str, facts: object) -> str:
    """One step in words; what the archive lacks is said aloud."""
    from web.commands.verify import line as of_evidence

    if name not in STEPS or not isinstance(facts, dict):
        return of_evidence(name, facts)
    notes = ""
    for told, field in (("MISSING", "missing"), ("not due yet", "waiting")):
        if facts.get(field):
            notes += f" — {told}: {', '.join(facts[field])}"
    return f"✓ {STEPS[name].format_map(facts)}{notes}"
