"""Releases with a record for the supervising body, made by pure functions: true ones, and ones that do not fit."""

from hashlib import sha256
from typing import Any

from forging import Ground, clock, closed

from infra.crypto.hpke import public_key, seal_to
from infra.crypto.keyset import Keyset
from infra.crypto.sign import labelled, sign_ed25519
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.trustee import checking, duties, records, releasing
from infra.trustee.duties import RELEASE_LABEL, release_info
from infra.trustee.records import record_info, record_message
from infra.trustee.state import State

Answer = dict[str, Any]


def signed_by_all(ground: Ground, **changed: Any) -> Keyset:
    """A keyset that every trustee has signed; all know the supervising body's record key."""
    keyset = ground.keyset(**changed)
    for state in ground.states.values():
        duties.sign_keyset(state, {"document": keyset.encode().decode()})
        records.pin_record_key(state, offered(ground), ground.policy)
    return keyset


def offered(ground: Ground, body: str = "supervisor", **changed: Any) -> dict[str, str]:
    """The record key as the platform shows it."""
    state = ground.states[body]
    signature = records.give_record_key(state)["signature"] if body == "supervisor" else b64(bytes(64))
    return {"name": state.name, "key": b64(public_key(state.sealing)), "signature": signature} | changed


def about(keyset: Keyset) -> dict[str, str]:
    """What a duty says of its keyset."""
    return {"keyset": b64(keyset.digest), "document": keyset.encode().decode()}


def released(ground: Ground, keyset: Keyset, body: str = "agent") -> Answer:
    """That body's release, after the closing."""
    return releasing.release(
        ground.states[body], about(keyset), [ground.evidence(closed(keyset))], ground.policy, clock()
    )


def forged(state: State, keyset: Keyset, opening: bytes, content: bytes, recorded: bytes) -> Answer:
    """A release that says one thing to the opening service and another to the supervising body, all duly signed."""
    info, salted = release_info(keyset.digest, state.name), sha256(content).digest()
    to_supervisor = record_info(keyset.digest, state.name)
    sealed = seal_to(unb64(state.record_key["key"], 32), recorded, to_supervisor, random_bytes)
    signature = sign_ed25519(state.signer, record_message(to_supervisor, salted, sealed))
    return {
        "hash": b64(salted),
        "sealed": b64(seal_to(public_key(opening), content, info, random_bytes)),
        "signature": b64(sign_ed25519(state.signer, labelled(RELEASE_LABEL, sha256(info + salted).digest()))),
        "record": {"sealed": b64(sealed), "signature": b64(signature)},
    }


def logged(keyset: Keyset, answer: Answer, custodian: str, changed: dict[str, Any]) -> dict[str, Any]:
    """The event that the platform logs of a release."""
    facts = {"subject": "keyset-1", "keyset": b64(keyset.digest), "custodian": custodian}
    facts |= {"hash": answer["hash"], "signature": answer["signature"]}
    if "record" in answer:
        facts["record"] = b64(sha256(unb64(answer["record"]["sealed"])).digest())
    return {
        "actor": custodian, "at": "2026-12-01T01:30:02.010000Z", "event": "key.released", "facts": facts | changed,
        "link": b64(bytes(32)), "section": keyset.section,
    }  # fmt: skip


def checked(
    ground: Ground, keyset: Keyset, answer: Answer, body: str = "supervisor", by: str = "agent", **changed: Any
) -> str:
    """The verdict of a body's trustee on a release of another; `changed` in the duty's payload, `facts` in the event."""
    name = ground.states[by].name
    event = logged(keyset, answer, name, changed.pop("facts", {}))
    shown = {"record": answer["record"]} if body == "supervisor" and "record" in answer else {}
    payload = about(keyset) | {"custodian": name} | shown | changed
    try:
        verdict = checking.check_release(ground.states[body], payload, [ground.evidence(event)], ground.policy, clock())
    except Problem as problem:
        return problem.code
    return str(verdict["verdict"])
