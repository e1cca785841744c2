"""`openhall verify`: check a section's evidence, a receipt or a draw; needs no server, no database and no trust."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from infra.crypto.manifest import parse_manifest
from infra.kernel.canonical import b64, read
from infra.kernel.fields import object_at
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from web.commands.verdicts import FILE, content, fail, policy_in, printable, refuse, tell_steps
from web.commands.verify_archive import archive
from web.commands.verify_audit import audit
from web.commands.verify_bundle import bundle
from web.commands.verify_log import log
from web.commands.verify_recording import recording

STEPS = {
    "zip": "one form: {members} members, {bytes} bytes",
    "index": "index: {listed} members listed, none more, none less, none changed",
    "policy": "policy: log {log}, {witnesses} witnesses",
    "log": "log: {events} events of {section} proven under co-signed checkpoints, one chain without a gap, sealed",
    "members": "members: every one belongs to an event",
    "times": "times: {tokens} time tokens over checkpoints of these events, {judged} by authorities the policy names",
    "tender": "tender: document, keyset and notice of “{title}” agree, periods kept (rule set {regime})",
    "bids": "bids: {submitted} submissions signed by certified bidders before {deadline}",
    "closing": "closing: the frozen list holds exactly the {listed} standing bids",
    "opening": "opening: keys released after the co-signed closing; {opened} bids opened as committed, {unopened} not",
    "factors": "factors: taken while their window was open, {given} given, {refused} wrong, {missing} missing at its end",
    "late-keys": "late keys: {released} of {needed} stood released at the limit, which was not told too early",
    "remedies": "remedies: {asked} bids might be shown in plain; {shown} parts as they were sealed, {differed} differed, "
    "{ended} bids ended without",
    "record": "opening record {record}: {confirmed} bidders confirmed ({signed} with a key), {silent} were silent; "
    "{answered} of {objections} objections answered",
    "reserve": "confidential estimate: sealed in time by {name}, told after the prices: {price}",
    "reserve-unopened": "confidential estimate: sealed in time by {name}, not opened ({reason})",
    "draw": "draw {draw}: three commitments, seed and {seats} seats recomputed",
    "committee": "committee: {judges} judges seated as drawn, replaced only by the next alternate; {rejected} bids rejected",
    "list": "list of {judges} judges: signed by {first} for the trading centre and {second} for the supervising body",
    "second": "price envelopes: opened after all marks were locked and co-signed; {opened} as committed, {counted} count",
    "unopened": "closing: {listed} bids stood, {minimum} are needed: the section failed, no key was released, none opened",
    "halted": "failed: {remaining} bids were left, {minimum} are needed, and an officer ended the section with reasons",
    "failed": "failed: the committee's signed votes ended the section ({reason})",
    "unqualified": "failed: the purchaser found {rejected} bids not qualified, and too few were left to evaluate",
    "marks": "marks: {judges} judges' sheets are those they signed for before any could be read",
    "blind": "blind parts: {labels} labels, committed to before the first judge marked; every sheet was signed under them",
    "evaluation": "evaluation recomputed: {order}",
    "report": "report: says what was computed; {signed} judges signed, {dissented} dissented in writing, {silent} silent",
    "tie": "tie: decided by the procuring entity as the method leaves it, signed by {signer} ({serial})",
    "invited": "invited: {invited} bidders were invited with the notice, and nobody else handed in",
    "choice": "choice: the procuring entity chose {winner}, rank {rank} of the evaluation, signed with reasons",
    "result": "result: candidates, publicity and award follow; {winner} at {price}",
    "review": "review: returned {returned} times, {corrected} marks corrected, {confirmed} confirmations, each signed",
    "capacity": "capacity to perform: {asked} signed questions of the procuring entity, each resolved by the committee first",
    "ways": "ways on: {passed} candidates dropped out by signed decisions of the procuring entity, each with a new publicity",
    "pauses": "pauses under seal: {pauses}; nothing was done while the room was sealed",
    "set-aside": "evaluation {round}: it held as well, and the procuring entity had the committee evaluate again ({cause})",
    "no-award": "failed: a signed decision of the procuring entity awards to nobody ({cause}); {passed} had dropped out before",
    "page": "report.html tells these events",
}


@click.group()
def command() -> None:
    """Check what the platform claims: everything is recomputed here, by keys you got from elsewhere.

    Exit code 0 if all holds; 1 if something does not, with one line `code: reason` on stderr; 2 for bad usage.
    """


@command.command()
@click.argument("file", type=FILE)
@click.option("--policy", "policy_file", type=FILE, help="The published policy, from elsewhere than FILE.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object on stdout instead of lines.")
def evidence(file: Path, policy_file: Path | None, as_json: bool) -> None:
    """Recompute a whole section from its evidence FILE.

    Without --policy the file is judged by the keys it brings itself: "integrity only", exit code 3.
    """
    from trading.archive.verify import verify_evidence

    data, policy = content(file), None if policy_file is None else policy_in(policy_file)
    tell_steps(verify_evidence(data, policy), line, policy=policy is not None, as_json=as_json)


@command.command()
@click.argument("file", type=FILE)
@click.option("--policy", "policy_file", type=FILE, required=True, help="The published policy.")
@click.option("--manifest", "manifest_file", type=FILE, help="The bid's manifest, to check hash and parts against.")
@click.option("--evidence", "evidence_file", type=FILE, help="The section's evidence, in which the bid must stand.")
def receipt(file: Path, policy_file: Path, manifest_file: Path | None, evidence_file: Path | None) -> None:
    """Check a bid's receipt FILE: that the log took this manifest in, and when."""
    from trading.archive.verify_receipt import verify_receipt

    data, policy = content(file), policy_in(policy_file)
    manifest, whole = (None if one is None else content(one) for one in (manifest_file, evidence_file))
    try:
        found = read(data)
        event = verify_receipt(found, policy)
        if manifest is not None:
            _check_manifest(found, event, manifest)
        listed = None if whole is None else _beside(whole, policy, found)
    except Problem as problem:
        fail(problem)
    click.echo(f"✓ {event['event']} of {found['bid']} in section {found['section']}")
    click.echo(f"✓ logged at {event['at']}, manifest {found['manifest']}")
    parts = [f"{part['part']} ({part['size']} bytes)" for part in found["parts"]] if manifest is not None else []
    click.echo(f"✓ parts {', '.join(parts)}" if parts else "  parts are not checked without --manifest")
    if listed is not None:
        click.echo("✓ the evidence lists this bid" if listed else "✓ the evidence tells it replaced or withdrawn later")


@command.command()
@click.argument("file", type=FILE)
def draw(file: Path) -> None:
    """Check a draw's or a lottery's evidence FILE: transcript, seed, list roots, and the stated result against the recomputed.

    Of a lottery also that every name and credit code stands in the frozen list, once and with the same chance.
    """
    from expertpool.draw.evidence import recompute
    from expertpool.lotteries.rules import is_lottery, recompute_lottery
    from web.commands.recompute import differences

    data = content(file)
    try:
        given = object_at(read(data), "$")
        named = is_lottery(given)
        computed = recompute_lottery(given) if named else None
        told = given["evidence"] if named else given
        for field in ("transcript", "out", "reasons"):
            if field not in told:
                raise Problem("verify.draw", field=field)
        differ = list(differences(given, computed or recompute(given)))
    except Problem as problem:
        refuse(problem)
    if differ:
        fail(Problem("verify.draw-differs", path=differ[0]))
    if named:
        click.echo(
            printable(
                f"✓ “{given['request']['subject']}”: {len(given['entries'])} take part, once each, one chance each"
            )
        )
    frozen = told["transcript"]["frozen"]
    click.echo(f"✓ draw {frozen['draw_id']}: three commitments and the seed follow from the transcript")
    click.echo(f"✓ {len(told['pool'])} leaves in {len(frozen['lists'])} lists give the frozen roots")
    click.echo(f"✓ {len(told['out'])} taken, {len(told['reasons'])} skipped, as recomputed")


def _check_manifest(found: dict[str, Any], event: Mapping[str, Any], data: bytes) -> None:
    """`receipt.malformed` unless the receipt's hash and parts are the manifest's: of two envelopes either one's."""
    manifest = parse_manifest(data)
    second = event["facts"].get("second")
    parts = [{"part": one.part, "size": one.size, "root": b64(one.root)} for one in manifest.parts]
    names = {one.part for one in manifest.parts}
    listed = [one for one in found["parts"] if second is None or one["part"] in names]
    if b64(manifest.digest) not in (found["manifest"], (second or {}).get("manifest")) or listed != parts:
        raise Problem("receipt.malformed")


def _beside(data: bytes, policy: Policy, receipt: Any) -> bool:
    """Whether the evidence, once it holds, lists the receipt's bid."""
    from trading.archive.verify import verify_evidence
    from trading.archive.verify_receipt import find_receipt

    for _ in verify_evidence(data, policy):
        pass
    return find_receipt(data, receipt)


def line(name: str, facts: Any) -> str:
    """One step in words."""
    told_ = {key: _listed(value) if isinstance(value, list) else value for key, value in facts.items()}
    notes = " — DEMO rule set, no legal effect" if facts.get("demo") else ""
    notes += " — the file's own" if facts.get("own") else ""
    notes += f" — {facts['hidden']} events about unopened bids stay hidden" if facts.get("hidden") else ""
    notes += " — not declared final: marks or failure came first" if facts.get("final") is False else ""
    return f"✓ {STEPS[name].format_map(told_)}{notes}"


def _listed(order: list[Any]) -> str:
    return " > ".join("=".join(rank) if isinstance(rank, list) else str(rank) for rank in order)


command.add_command(archive)
command.add_command(audit)
command.add_command(log)
command.add_command(bundle)
command.add_command(recording)
