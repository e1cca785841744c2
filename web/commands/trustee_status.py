"""`openhall trustee status`, and waiting for the passphrase that a started program has not been given yet."""

import asyncio
import json
import sys
import threading
from pathlib import Path
from typing import Any

import click

from infra.kernel.problems import Problem
from infra.trustee import keeping
from infra.trustee.confirming import waiting
from infra.trustee.locked import report_locked
from infra.trustee.readiness import this_host
from infra.trustee.state import State
from infra.trustee.statefile import held
from web.commands.trustee_options import STATE, given_passphrase, refusals

FORKED = 4
LOOK = 1.0
FACTS = (
    "name", "body", "administrator", "custody", "protected", "running", "epoch", "epochs", "paper", "policy_hash", "size",
    "keysets", "unreleased", "draws", "waiting", "records", "misfits", "time_authority", "backed_up_at",
    "rehearsed_at", "restored_at", "forks",
)  # fmt: skip


@click.command()
@STATE
@click.option("--json", "as_json", is_flag=True, help="One JSON object.")
@click.option("--checkpoint", is_flag=True, help="Only the last co-signed checkpoint, for a body that must begin anew.")
def status(path: Path, as_json: bool, checkpoint: bool) -> None:
    """What this trustee has pinned and signed; asks for no passphrase and prints no secret. Exit 4 after a contradiction.

    That is a fork of the log, or another custodian's released key that does not fit (`misfits`).
    """
    with refusals():
        told = keeping.open_half(path)
        if checkpoint:
            click.echo(told["note"], nl=False)
            return
        facts = _facts(path, told)
    click.echo(json.dumps(facts, ensure_ascii=False) if as_json else _lines(facts))
    if facts["forks"] or facts["misfits"]:
        sys.exit(FORKED)


async def unlocked(path: Path, platform: str, given: dict[str, Any], stop: asyncio.Event) -> State | None:
    """The state, as soon as its passphrase is there; meanwhile the platform is told that it is locked.

    A passphrase file that does not exist yet is waited for; without any other source the terminal is asked. None at `stop`.
    """
    source, descriptor = given["source"], given["descriptor"]
    missing = source is not None and not source.exists()
    asked = source is None and descriptor is None and given_passphrase(None, None) is None
    if not keeping.is_protected(path) or not (missing or asked):
        return keeping.load(path, given_passphrase(source, descriptor))
    done = asyncio.Event()
    saying = asyncio.create_task(report_locked(path, platform, this_host(), done))
    try:
        passphrase = await (_typed(stop) if asked else _appeared(source, stop))
        return None if passphrase is None else keeping.load(path, passphrase)
    finally:
        done.set()
        saying.cancel()
        await asyncio.wait({saying})


COMMANDS = (status,)


async def _appeared(source: Path, stop: asyncio.Event) -> str | None:
    while not stop.is_set():
        if source.exists():
            return given_passphrase(source, None)
        try:
            await asyncio.wait_for(stop.wait(), LOOK)
        except TimeoutError:
            continue
    return None


async def _typed(stop: asyncio.Event) -> str | None:
    if not sys.stdin.isatty():
        raise Problem("trustee.passphrase", path="stdin")
    loop = asyncio.get_running_loop()
    typing: asyncio.Future[str] = loop.create_future()
    threading.Thread(target=_prompt, args=(loop, typing), daemon=True).start()
    stopped = asyncio.ensure_future(stop.wait())
    either: set[asyncio.Future[Any]] = {typing, stopped}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    return typing.result() if typing.done() else None


def _prompt(loop: asyncio.AbstractEventLoop, typing: "asyncio.Future[str]") -> None:
    """In a thread of its own that ends with the program: a terminal cannot be read in any other way."""
    answer: str = click.prompt("Passphrase of this trustee", hide_input=True, err=True)
    loop.call_soon_threadsafe(typing.set_result, answer)


def _facts(path: Path, told: dict[str, Any]) -> dict[str, Any]:
    keysets, backup = told["keysets"].values(), told["backup"]
    counted = {
        "protected": keeping.is_protected(path),
        "running": _is_running(path),
        "epoch": told["order"][-1],
        "epochs": told["order"],
        "keysets": len(keysets),
        "unreleased": sum(not one["released_at"] for one in keysets),
        "draws": sum(told["draws"].values()),
        "time_authority": told.get("time_authority", {}),
        "waiting": len(waiting(path)),
        "records": told.get("recorded", {"count": 0, "last": ""}),
        "misfits": [f"{one['section']} {one['custodian']} {one['code']}" for one in told.get("misfits", ())],
        "backed_up_at": backup["at"] if backup and backup["epochs"] == told["order"] else "",
    }
    return {name: counted[name] if name in counted else told[name] for name in FACTS}


def _is_running(path: Path) -> bool:
    try:
        with held(path):
            return False
    except Problem as problem:
        return problem.code == "trustee.running"


def _lines(facts: dict[str, Any]) -> str:
    return "\n".join(f"{name.replace('_', ' '):14} {_told(value)}" for name, value in facts.items())


def _told(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict) and "count" in value:
        return f"{value['count']} (last {value['last'] or 'none yet'})"
    if isinstance(value, dict):
        return f"{value['url']} (root SHA-256 {value['root_sha256']})" if value else "none"
    if isinstance(value, list):
        return ", ".join(value) or "none"
    return "none yet" if value == "" else str(value)
