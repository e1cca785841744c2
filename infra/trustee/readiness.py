"""What a trustee says of itself in each exchange, so that a missing, locked or misset one is seen hours before a deadline."""

from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from infra.kernel.canonical import b64
from infra.kernel.context import Context
from infra.trustee.state import State

FORMAT = "readiness/v1"
VERSION = "0.1.0"
MACHINE = (Path("/etc/machine-id"), Path("/var/lib/dbus/machine-id"))
BOOT = Path("/proc/sys/kernel/random/boot_id")
Report = dict[str, Any]


class Host(NamedTuple):
    """Fingerprints of the machine: `machine` stays, `boot` is of this start and shared by every container on it."""

    machine: str | None
    boot: str | None


def this_host(machine: tuple[Path, ...] = MACHINE, boot: Path = BOOT) -> Host:
    """The fingerprints of the machine this runs on; None for what it does not tell."""
    return Host(next((found for found in map(_fingerprint, machine) if found), None), _fingerprint(boot))


def readiness(state: State, host: Host, offset: int | None, confirming: bool, waiting: int) -> Report:
    """The report; no secret is in it.

    `offset` is this clock less the platform's at the last answer, in milliseconds; `waiting` counts the releases that
    wait for a person.
    """
    return _report(host, state.epoch, state.paper, state.forks, vars(state)) | {
        "unlocked": True,
        "protected": state.lock is not None,
        "confirming": confirming,
        "waiting": waiting,
        "offset": offset,
        "records": state.recorded["count"],
        "backed_up_at": state.backup["at"] if state.backed_up else "",
    }


def locked_readiness(told: dict[str, Any], host: Host) -> Report:
    """The report of a program that waits for its passphrase, from the open half of its state."""
    return _report(host, told["order"][-1], told["paper"], told["forks"], told) | {
        "unlocked": False,
        "protected": True,
        "confirming": False,
        "waiting": 0,
        "offset": None,
        "records": told.get("recorded", {}).get("count", 0),
        "backed_up_at": "",
    }


def clock_offset(reply_at: Any, ctx: Context) -> int | None:
    """This clock less the platform's, in milliseconds; None where the reply tells no time."""
    if not isinstance(reply_at, str):
        return None
    return round((ctx.now - datetime.fromisoformat(reply_at)).total_seconds() * 1000)


def _report(host: Host, epoch: str, paper: list[str], forks: list[str], told: dict[str, Any]) -> Report:
    names = ("administrator", "custody", "rehearsed_at", "restored_at")
    return {name: told[name] for name in names} | {
        "format": FORMAT,
        "version": VERSION,
        "machine": host.machine,
        "boot": host.boot,
        "epoch": epoch,
        "paper": epoch in paper,
        "forks": len(forks),
        "misfits": len(told.get("misfits", ())),
    }


def _fingerprint(path: Path) -> str | None:
    """A hash of what the file says: the identifier itself is nobody else's business."""
    try:
        told = path.read_text("ascii").strip()
    except (OSError, UnicodeError):
        return None
    return b64(sha256(b"openhall trustee host/v1\0" + told.encode()).digest()) if told else None
