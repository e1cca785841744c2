"""States made, read and written: from the first one, through restarts, to files of an earlier version."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from infra.crypto.keyset import parse_keyset
from infra.edge import random_bytes, utc_now
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee import statefile
from infra.trustee.state import State

SECRET = ("identity", "epochs", "secrets", "records")
BEFORE_EPOCHS = "0000"
"""The epoch of a file from before there were epochs: its seed is the identity too."""


@dataclass(frozen=True)
class Owner:
    """Who answers for a trustee's machine, and where its keys and paper are kept: said at `init`, compared by the platform."""

    administrator: str = ""
    custody: str = ""


def create(
    path: Path,
    name: str,
    body: str,
    random: Callable[[int], bytes],
    passphrase: str | None = None,
    owner: Owner = Owner(),
) -> State:
    """A fresh state in a file that only its owner can read; `trustee.exists` rather than overwriting one.

    Without a passphrase the secrets stand open in it, which the platform accepts of demonstrations only.
    """
    now = utc_now()
    epoch = f"{now:%Y}"
    lock = None if passphrase is None else statefile.new_lock(passphrase, random)
    state = State(
        name, body, random(32), {epoch: random(32)}, {epoch: now.isoformat()}, lock=lock,
        administrator=owner.administrator, custody=owner.custody,
    )  # fmt: skip
    write_new(path, state)
    return state


def write_new(path: Path, state: State) -> None:
    """Write a state where none is; `trustee.exists`, `trustee.unwritable`."""
    if path.exists():
        raise Problem("trustee.exists", path=path)
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Problem("trustee.unwritable", path=path, why=error.strerror) from error
    save(path, state)


def load(path: Path, passphrase: str | None = None) -> State:
    """Read a state file; refusals as in `statefile.look` and `statefile.unlocked`."""
    content = statefile.look(path)
    try:
        if content["format"] == statefile.FIRST_FORMAT:
            return _of_first_format(content)
        told, secrets, lock = statefile.unlocked(path, content, passphrase)
        return _state(told, secrets, lock)
    except Problem as problem:
        if problem.code in ("trustee.passphrase", "trustee.damaged"):
            raise
        raise Problem("trustee.damaged", path=path) from problem
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Problem("trustee.damaged", path=path) from error


def save(path: Path, state: State) -> None:
    """Write the whole state to disk, at once, and only then return; `trustee.unwritable` where that fails."""
    statefile.write(path, _open_half(state), _secret_half(state), state.lock, random_bytes)


def note_authority(path: Path, state: State, pinned: dict[str, str]) -> None:
    """Keep which time authority the program is started with, empty for none, for `status` to tell; `trustee.unwritable`."""
    if state.time_authority != pinned:
        state.time_authority = pinned
        save(path, state)


def reload(path: Path, state: State) -> State:
    """The state as the disk has it, for whoever could not write a newer one."""
    told, secrets = statefile.reread(path, state.lock)
    return _state(told, secrets, state.lock)


def is_protected(path: Path) -> bool:
    """Whether a state file needs a passphrase."""
    return "box" in statefile.look(path)


def open_half(path: Path) -> dict[str, Any]:
    """What a state file tells without a passphrase, as it stands there; `trustee.damaged` for the first format."""
    content = statefile.look(path)
    if content["format"] == statefile.FIRST_FORMAT:
        return _open_half(_of_first_format(content))
    found: dict[str, Any] = content["open"]
    return found


def _open_half(state: State) -> dict[str, Any]:
    names = [one.name for one in fields(State) if one.name not in (*SECRET, "lock")]
    told = {name: getattr(state, name) for name in names}
    # A JSON object has no order of its own: the epochs' order is told by a list.
    return told | {
        "root": b64(state.root),
        "beacon": b64(state.beacon),
        "order": list(state.epochs),
        "recorded": state.recorded,
    }


def _secret_half(state: State) -> dict[str, Any]:
    seeds = {name: b64(seed) for name, seed in state.epochs.items()}
    return {"identity": b64(state.identity), "epochs": seeds, "secrets": state.secrets, "records": state.records}


def _state(told: dict[str, Any], secrets: dict[str, Any], lock: statefile.Lock | None) -> State:
    rest = {name: told[name] for name in told if name not in ("beacon", "recorded")} | {"root": unb64(told["root"])}
    epochs = {name: unb64(secrets["epochs"][name], 32) for name in rest.pop("order")}
    # A file from before there were records has none.
    kept = {"secrets": secrets["secrets"], "records": secrets.get("records", {})}
    return State(**rest, **kept, identity=unb64(secrets["identity"], 32), epochs=epochs, lock=lock)


def _of_first_format(content: dict[str, Any]) -> State:
    """One seed was identity and custody in one; keysets were kept as documents."""
    told = {name: value for name, value in content.items() if name != "format"}
    seed = unb64(told.pop("seed"), 32)
    keysets = {digest: known(parse_keyset(one.encode()), BEFORE_EPOCHS) for digest, one in told.pop("keysets").items()}
    root = unb64(told.pop("root"))
    return State(**told, identity=seed, epochs={BEFORE_EPOCHS: seed}, root=root, keysets=keysets)


def known(keyset: Any, epoch: str) -> dict[str, Any]:
    """What a state keeps of a keyset it signed."""
    return {
        "id": b64(keyset.id),
        "epoch": epoch,
        "section": keyset.section,
        "deadline": keyset.deadline,
        "released_at": "",
    }
