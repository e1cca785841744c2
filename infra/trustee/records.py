"""The record of a released key: sealed to the supervising body beside the opening service, so that both hold the same."""

from collections.abc import Mapping
from hashlib import sha256
from typing import Any

from infra.crypto.hpke import public_key
from infra.crypto.keyset import Keyset
from infra.crypto.sign import labelled, seal_to, sign_ed25519, verify_ed25519
from infra.kernel.canonical import b64, unb64
from infra.kernel.context import Context
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from infra.trustee.state import State

SUPERVISOR = "supervisor"
DRAW = "draw.committed"
DRAWS = (DRAW, "lottery.committed")
RECORD_KEY_LABEL = "sealed-bid/v1 record key"
RECORD_LABEL = "sealed-bid/v1 record"


def give_record_key(state: State) -> dict[str, str]:
    """The supervising body's word that records are to be sealed to its own sealing key; `trustee.unknown-duty` elsewhere.

    No other body's program says so: whoever is told of a key under this signature knows that it is the supervisor's.
    """
    if state.body != SUPERVISOR:
        raise Problem("trustee.unknown-duty", kind="record-key")
    message = record_key_message(state.name, public_key(state.sealing))
    return {"signature": b64(sign_ed25519(state.signer, message))}


def pin_record_key(state: State, offered: Mapping[str, Any], policy: Policy) -> None:
    """Take over the supervising body's record key when it is first shown, and no other one after that.

    `release.other-record-key` for one that no pinned custodian has signed, or another than the pinned one.
    """
    name, key = str(offered["name"]), unb64(offered["key"], 32)
    signer, signature = policy.custodians.get(name), unb64(offered["signature"], 64)
    told = {"name": name, "key": b64(key)}
    sound = signer is not None and verify_ed25519(signer, record_key_message(name, key), signature)
    if not sound or state.record_key not in ({}, told):
        raise Problem("release.other-record-key", name=name)
    state.record_key = told


def record_of(state: State, keyset: Keyset, content: bytes, ctx: Context) -> dict[str, Any]:
    """What a release (salt32 ‖ private key) carries for the supervising body: `record`, or nothing.

    Nothing where that body's key was never shown, in its own release, and for draws: their outcome is secret from it too.
    """
    if not state.record_key or state.record_key["name"] == state.name or keyset.release.event in DRAWS:
        return {}
    info = record_info(keyset.digest, state.name)
    sealed = seal_to(unb64(state.record_key["key"], 32), content, info, ctx.random)
    signed = record_message(info, sha256(content).digest(), sealed)
    return {"record": {"sealed": b64(sealed), "signature": b64(sign_ed25519(state.signer, signed))}}


def record_info(keyset_digest: bytes, custodian: str) -> bytes:
    """The HPKE info of a record: the keyset's digest stands for its section and round, the name for the custodian."""
    return b"sealed-bid/v1 record\n" + keyset_digest + custodian.encode()


def record_message(info: bytes, salted: bytes, sealed: bytes) -> bytes:
    """What the releasing custodian signs of its record: for whom it is, the logged salted hash, the very bytes."""
    return labelled(RECORD_LABEL, sha256(info + salted + sha256(sealed).digest()).digest())


def record_key_message(name: str, key: bytes) -> bytes:
    """What the supervising body's trustee signs of its record key (X25519, 32 bytes)."""
    return labelled(RECORD_KEY_LABEL, sha256(name.encode() + b"\0" + key).digest())
