"""A trustee's one state file: seeds, pinned policy, what it has signed; always written whole before anything is answered."""

import json
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from infra.crypto.hpke import public_key
from infra.crypto.sign import ed25519_public
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.tlog.note import COSIGNATURE, SignerKey

FORMAT = "trustee-state/v1"


@dataclass
class State:
    """What the program knows. `seed` is the master seed; every other key is derived from it under its own label."""

    name: str
    body: str
    seed: bytes = field(repr=False)
    policy: str = ""
    size: int = 0
    root: bytes = b""
    keysets: dict[str, str] = field(default_factory=dict)
    draws: dict[str, int] = field(default_factory=dict)
    audits: dict[str, str] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def signer(self) -> bytes:
        """The long-term Ed25519 key that signs keysets and releases."""
        return self._derived("signer")

    @property
    def sealing(self) -> bytes:
        """The X25519 private key for what is sent to this trustee alone."""
        return self._derived("sealing")

    @property
    def witness(self) -> SignerKey:
        """The key that co-signs checkpoints."""
        return SignerKey(self.name, COSIGNATURE, self._derived("witness"))

    def enrolment(self) -> dict[str, str]:
        """The public half, to be enrolled by the platform: name, body, signer, sealing key, vkey."""
        return {
            "name": self.name,
            "body": self.body,
            "signer": b64(ed25519_public(self.signer)),
            "sealing": b64(public_key(self.sealing)),
            "vkey": self.witness.verifier.encode(),
        }

    def _derived(self, label: str) -> bytes:
        return HKDF(SHA256(), 32, b"openhall trustee/v1", label.encode()).derive(self.seed)


def create(path: Path, name: str, body: str, random: Callable[[int], bytes]) -> State:
    """A fresh state file, readable by its owner only; `trustee.exists` rather than overwriting one."""
    if path.exists():
        raise Problem("trustee.exists", path=path)
    state = State(name, body, random(32))
    path.parent.mkdir(parents=True, exist_ok=True)
    save(path, state)
    return state


def load(path: Path) -> State:
    """Read a state file; `trustee.no-state` or `trustee.damaged`."""
    try:
        told: dict[str, Any] = json.loads(path.read_bytes())
        if told.pop("format") != FORMAT:
            raise ValueError("format")
        return State(**{**told, "seed": unb64(told["seed"], 32), "root": unb64(told["root"])})
    except FileNotFoundError as error:
        raise Problem("trustee.no-state", path=path) from error
    except (ValueError, TypeError, KeyError, Problem) as error:
        raise Problem("trustee.damaged", path=path) from error


def save(path: Path, state: State) -> None:
    """Write the whole state to disk, atomically, and only then return."""
    told = {"format": FORMAT, **vars(state), "seed": b64(state.seed), "root": b64(state.root)}
    partial = path.with_suffix(".partial")
    handle = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file, indent=1, sort_keys=True)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)
