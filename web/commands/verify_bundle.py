"""`openhall verify bundle`: recompute the hash of the sealing code, and find it in the co-signed log."""

import sys
from collections.abc import Callable
from pathlib import Path

import click

from infra.kernel.canonical import b64, parse, read, unb64
from infra.kernel.fields import array_at, members_at, text_at
from infra.kernel.problems import Problem
from infra.tlog import entry
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.policy import Policy, parse_policy
from infra.tlog.proof import parse_proof, verify_proof
from infra.tlog.source import Folder, Site, Source, source_at
from infra.tlog.walk import fetched
from web.bundle import Bundle, read_bundle
from web.commands.verdicts import FILE, HOLDS, INTEGRITY_ONLY, fail, policy_in, printable, refuse

ANY_VERSION = "static/asked"


@click.command()
@click.argument("source")
@click.option("--log", "log_place", help="The log, an address or a mirror's folder.  [default: /log of SOURCE's site]")
@click.option("--policy", "policy_file", type=FILE, help="The published policy, from elsewhere than SOURCE.")
def bundle(source: str, log_place: str | None, policy_file: Path | None) -> None:
    """Recompute the hash of the sealing code at SOURCE, a platform's address or a checkout's web/static folder.

    It must be one that the log has published. Without --policy, or a log to look in, exit code 3.
    """
    try:
        found = read_bundle(_reader(source))
        click.echo(printable(f"✓ {found.version}: {len(found.files)} files, bundle {found.digest.hex()}"))
        place = log_place or (f"{source.rstrip('/')}/log" if _is_site(source) else None)
        if place is None:
            click.echo("not compared: name the log by --log")
            sys.exit(INTEGRITY_ONLY)
        log = source_at(place)
        policy = policy_in(policy_file) if policy_file else parse_policy(fetched(log, "policy.txt"))
        leaf, checkpoint = _published(log, policy, found)
    except Problem as problem:
        if problem.code in ("log.source", "bundle.source"):
            refuse(problem)
        fail(problem)
    click.echo(printable(f"✓ published as leaf {leaf}, co-signed by {', '.join(sorted(checkpoint.times))}"))
    if policy_file is None:
        click.echo("integrity only: judged by the log's own policy; use --policy")
    sys.exit(HOLDS if policy_file else INTEGRITY_ONLY)


def _is_site(source: str) -> bool:
    return source.startswith(("http://", "https://"))


def _reader(source: str) -> Callable[[str], bytes | None]:
    place: Source = Site(source) if _is_site(source) else Folder(Path(source))
    return lambda name: place.fetch(f"{ANY_VERSION}/{name}" if _is_site(source) else name)


def _published(log: Source, policy: Policy, found: Bundle) -> tuple[int, Checkpoint]:
    """Leaf and checkpoint under which the log publishes this very bundle; `bundle.differs` where it does not."""
    for row in array_at(read(fetched(log, "bundles.json")), "$"):
        shown = members_at(row, "$", ("event", "salt", "proof"))
        event = parse(text_at(shown["event"], "$.event").encode())
        if event["event"] == "bundle.published" and event["facts"]["bundle"] == b64(found.digest):
            leaf = entry.entry(unb64(text_at(shown["salt"], "$.salt"), 32), event)
            proof = parse_proof(text_at(shown["proof"], "$.proof"))
            return proof.index, verify_proof(proof, leaf, policy, strict=True)
    raise Problem("bundle.differs", why=f"the log publishes no bundle {found.digest.hex()}")
