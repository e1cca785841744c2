"""A custodian's ground made by pure functions: a log, its trustees, a keyset, and evidence true or forged."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from infra.crypto import merkle
from infra.crypto.hpke import public_key
from infra.crypto.keyset import Custodian, Keyset, Release, custodian_private_key
from infra.crypto.keyset import public_key as keyset_key
from infra.crypto.sign import ed25519_public
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical
from infra.kernel.context import Actor, Context, Role
from infra.tlog import entry
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import ED25519, SignerKey, format_note, sign
from infra.tlog.policy import Group, Policy, format_policy
from infra.tlog.proof import Proof, format_proof
from infra.trustee.duties import BODIES
from infra.trustee.keeping import create
from infra.trustee.state import State

DEADLINE = datetime(2026, 12, 1, 1, 30, tzinfo=UTC)
SECTION = "YH-1/01"


@dataclass
class Ground:
    """Three trustees, a log and a keyset `open section.closed, at least three`."""

    states: dict[str, State]
    log: SignerKey
    opening: bytes = field(default_factory=lambda: random_bytes(32))
    nonce: bytes = field(default_factory=lambda: random_bytes(32))

    @property
    def policy(self) -> Policy:
        names = tuple(sorted(state.name for state in self.states.values()))
        by_name = {state.name: state for state in self.states.values()}
        return Policy(
            log=self.log.verifier,
            witnesses={name: by_name[name].witness.verifier for name in names},
            groups={"trustees": Group(2, names)},
            quorum="trustees",
            custodians={name: ed25519_public(by_name[name].signer) for name in names},
            opening=public_key(self.opening),
        )

    def keyset(self, **changed: Any) -> Keyset:
        """The keyset the platform asks them to sign; every field may be changed."""
        given: dict[str, Any] = {
            "id": self.nonce,
            "section": SECTION,
            "round": "1",
            "deadline": DEADLINE.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "suite": "X25519-AES256GCM-SHA512",
            "threshold": 2,
            "release": Release("section.closed", 3),
        } | changed
        people = tuple(
            Custodian(
                state.name,
                keyset_key(custodian_private_key(state.seed, given["id"], given["section"], given["round"])),
                ed25519_public(state.signer),
            )
            for state in sorted(self.states.values(), key=lambda one: one.name)
        )
        return Keyset(**({"custodians": people} | given))

    def evidence(
        self, event: dict[str, Any], *, at: datetime = DEADLINE, signers: tuple[str, ...] = BODIES[:2], **forged: Any
    ) -> dict[str, Any]:
        """A proof that an event stands in a checkpoint co-signed at a time; `forged` changes what is handed over."""
        salt = random_bytes(32)
        leaves = [merkle.leaf_hash(random_bytes(32)), merkle.leaf_hash(entry.entry(salt, event))]
        text = Checkpoint(self.log.name, 2, merkle.root(leaves)).text()
        lines = [sign(text, forged.get("log", self.log))]
        lines += [cosign(text, self.states[body].witness, int(at.timestamp())) for body in signers]
        proof = Proof(1, tuple(merkle.inclusion_proof(1, leaves)), format_note(text, lines))
        shown = forged.get("shown", event)
        return {"event": canonical(shown).decode(), "salt": b64(salt), "proof": format_proof(proof)}


def a_ground(folder: Path) -> Ground:
    """Fresh trustees with the policy pinned."""
    states = {body: create(folder / f"{body}.json", f"{body}.trustee.example", body, random_bytes) for body in BODIES}
    ground = Ground(states, SignerKey("log.example/log", ED25519, random_bytes(32)))
    for state in states.values():
        state.policy = format_policy(ground.policy)
    return ground


def closed(keyset: Keyset, bids: int = 3, **changed: Any) -> dict[str, Any]:
    """The releasing event of a keyset."""
    facts = {
        "subject": keyset.section,
        "keyset": b64(keyset.digest),
        "outcome": "open",
        "minimum": 3,
        "deadline": keyset.deadline,
        "bids": [{"bid": f"bid-{number}", "manifest": b64(bytes(32))} for number in range(bids)],
    } | changed.pop("facts", {})
    return {
        "actor": "system",
        "at": "2026-12-01T01:30:00.010000Z",
        "event": "section.closed",
        "facts": facts,
        "link": b64(bytes(32)),
        "section": keyset.section,
    } | changed


def clock(after: timedelta = timedelta(seconds=1)) -> Context:
    """A trustee's own clock, so long after the deadline."""
    return Context(Actor("agent.trustee.example", Role.TRUSTEE), DEADLINE + after, random_bytes)
