"""What a scene of evidence is made of: keys, an unlogged story, a log in memory, and the packed file.

Change a `Scene` as you like, then `evidence()` numbers, links, logs, co-signs, seals and packs it. So a forger here
holds the log's key and, unless `cosigners` says otherwise, all trustees.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import Any

from infra.auth.authority import Authority, found_authority
from infra.crypto import merkle
from infra.crypto.hpke import public_key
from infra.crypto.sign import ed25519_public, p256_public
from infra.kernel.canonical import b64, canonical
from infra.tlog import entry
from infra.tlog.checkpoint import Checkpoint
from infra.tlog.cosignature import cosign
from infra.tlog.note import ED25519, SignerKey, format_note
from infra.tlog.note import sign as sign_note
from infra.tlog.policy import Group, Policy, format_policy
from infra.tlog.proof import Proof, format_proof
from infra.trustee.state import State
from trading.archive.bundle import INDEX, SEAL, index_of, pack
from trading.archive.report import readable

SECTION = "YH-2026-001/S1"
START = datetime.fromisoformat("2026-11-02T01:00:00Z")
BODIES = ("agent", "centre", "supervisor")


class Stream:
    """Fixed randomness: SHA-256(label ‖ u32 counter), block after block."""

    def __init__(self, label: str) -> None:
        self._label, self._counter = label.encode(), 0

    def __call__(self, size: int) -> bytes:
        found = b""
        while len(found) < size:
            found += sha256(self._label + self._counter.to_bytes(4)).digest()
            self._counter += 1
        return found[:size]


@dataclass
class Keys:
    """Everybody's private keys. Another `label` makes a wholly different platform."""

    label: str

    def __post_init__(self) -> None:
        random = Stream(f"keys {self.label}")
        self.log = SignerKey("log.yunhu.example", ED25519, random(32))
        self.trustees = [State(f"{body}.yunhu.example", body, random(32), {"2026": random(32)}) for body in BODIES]
        self.witnesses = tuple(one.witness for one in self.trustees)
        self.authority: Authority = found_authority(new_key(f"authority {self.label}"), START, random)
        self.opening = random(32)

    @property
    def policy(self) -> Policy:
        """What the platform publishes."""
        names = tuple(one.name for one in self.trustees)
        return Policy(
            log=self.log.verifier,
            witnesses={one.name: one.witness.verifier for one in self.trustees},
            groups={"trustees": Group(2, names)},
            quorum="trustees",
            custodians={one.name: ed25519_public(one.signer) for one in self.trustees},
            authorities={"demo-ca": self.authority.public_key},
            opening=public_key(self.opening),
        )

    def certificate(self, key: bytes, subject: str, serial: str) -> bytes:
        """A certificate for a P-256 key, good for the days around the scene."""
        return self.authority.certify(
            p256_public(key),
            subject=subject.encode()[:64].decode(errors="ignore"),
            serial=serial,
            not_before=START - timedelta(days=1),
            not_after=START + timedelta(days=30),
            random=Stream(f"certificate {serial}"),
        )


class Tree:
    """The log's tree with every complete subtree at hand, so that proofs cost nothing."""

    def __init__(self) -> None:
        self.frontier, self.nodes = merkle.Frontier(), dict[tuple[int, int], bytes]()

    @property
    def size(self) -> int:
        """The number of leaves."""
        return self.frontier.size

    def append(self, data: bytes) -> None:
        """One more leaf."""
        level, index, node = 0, self.size, merkle.leaf_hash(data)
        self.frontier.append(node)
        self.nodes[level, index] = node
        while index & 1:
            node = merkle.node_hash(self.nodes[level, index - 1], node)
            level, index = level + 1, index >> 1
            self.nodes[level, index] = node

    def path(self, index: int) -> tuple[bytes, ...]:
        """The audit path of a leaf under the tree as it is now."""
        return tuple(merkle.prove_inclusion(index, self.size, lambda level, at: self.nodes[level, at]))


@dataclass
class Event:
    """An event not yet logged. `together` puts it under the next event's checkpoint; `cosigned` shifts its co-signing.

    `hidden` is logged, but its row is kept out of the file.
    """

    name: str
    subject: str
    at: datetime
    facts: dict[str, Any]
    section: str | None = SECTION
    together: bool = False
    cosigned: datetime | None = None
    hidden: bool = False

    def moved(self, seconds: float) -> None:
        """Stamp (and co-sign) it this much later, or earlier."""
        self.at += timedelta(seconds=seconds)


@dataclass
class Scene:
    """A section's events in order and what else goes into its file; `override` replaces or (None) removes members.

    `final` is the evaluation's last version, where it has several."""

    keys: Keys
    events: list[Event] = field(default_factory=list)
    bids: dict[str, dict[str, Any]] = field(default_factory=dict)
    draw: dict[str, Any] = field(default_factory=dict)
    failure: dict[str, Any] | None = None
    signers: dict[str, bytes] = field(default_factory=dict)
    override: dict[str, bytes | None] = field(default_factory=dict)
    rows: list[Callable[[list[dict[str, Any]]], None]] = field(default_factory=list)
    cosigners: int = 3
    sealed_index: bytes | None = None
    second: Any = None
    representatives: int = 0
    final: dict[str, Any] | None = None
    at: datetime = START

    def tell(self, name: str, subject: str, /, **facts: Any) -> Event:
        """The next event, ten seconds after the last."""
        self.at += timedelta(seconds=10)
        event = Event(name, subject, self.at, facts)
        self.events.append(event)
        return event

    def event(self, name: str, nth: int = 0) -> Event:
        """The nth event of a name."""
        return [one for one in self.events if one.name == name][nth]

    def drop(self, name: str, nth: int = 0) -> Event:
        """Leave an event out, as if it had never been logged."""
        event = self.event(name, nth)
        self.events.remove(event)
        return event

    def move(self, name: str, before: str, nth: int = 0) -> None:
        """Log an event earlier than it happened: just before the first event of another name, at its time."""
        event = self.drop(name, nth)
        place = next(place for place, one in enumerate(self.events) if one.name == before)
        event.at = self.events[place].at
        self.events.insert(place, event)

    def evidence(self) -> bytes:
        """The file, logged and sealed."""
        log = Log(self)
        rows = [row for row, one in [(log.add(one), one) for one in self.events] if not one.hidden]
        for change in self.rows:
            change(rows)
        members = self._members(rows)
        index = self.sealed_index or sha256(members[INDEX]).digest()
        seal = Event("section.archived", SECTION, self.events[-1].at + timedelta(seconds=10), {"index": b64(index)})
        return pack(members | {SEAL: canonical(log.add(seal))})

    def _members(self, rows: list[dict[str, Any]]) -> dict[str, bytes]:
        """Everything but the seal."""
        evaluations = [one.facts.get("evaluation") for one in self.events if one.name == "marks.published"]
        evaluation = self.final or (evaluations[-1] if evaluations else None)
        found: dict[str, bytes | None] = {
            "policy.txt": format_policy(self.keys.policy).encode(),
            "events.json": canonical(rows),
            "draw-1.json": canonical(self.draw) if self.draw else None,
            "evaluation.json": None if evaluation is None else canonical(evaluation),
            "failure.json": None if self.failure is None else canonical(self.failure),
            **{f"bids/{bid}.json": canonical(value) for bid, value in self.bids.items()},
        }
        if "report.html" not in self.override:
            title = self.event("section.created").facts["title"]
            found["report.html"] = readable(SECTION, title, rows, evaluation).encode()
        kept = {name: data for name, data in (found | self.override).items() if data is not None}
        return kept | {INDEX: index_of(kept)}


class Log:
    """The public log: each event in a batch of eight, under a checkpoint that the trustees co-sign."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self._tree, self._random = scene, Tree(), Stream("log")
        self._number, self._previous = 0, entry.NO_ENTRY
        self._waiting: list[tuple[int, dict[str, Any]]] = []

    def add(self, one: Event) -> dict[str, Any]:
        """The event's row of `events.json`; its proof comes with the checkpoint, at once unless it is `together`."""
        self._number += 1
        link_salt, salt = self._random(32), self._random(32)
        told = {
            "actor": "system",
            "at": one.at.strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            "event": one.name,
            "facts": {"subject": one.subject, **one.facts},
            "link": b64(entry.link(link_salt, self._number, self._previous)),
        }
        if one.section is not None:
            told["section"] = one.section
        link = {"salt": b64(link_salt), "number": self._number, "previous": b64(self._previous)}
        row = {"event": canonical(told).decode(), "salt": b64(salt), "link": link}
        self._previous = entry.entry(salt, told)
        self._waiting.append((self._append(self._previous), row))
        if not one.together:
            note = self._note(one.cosigned or one.at + timedelta(seconds=2))
            for place, each in self._waiting:
                each["proof"] = format_proof(Proof(place, self._tree.path(place), note))
            self._waiting = []
        return row

    def _append(self, leaf: bytes) -> int:
        place = self._tree.size + self._random(1)[0] % 8
        for at in range(self._tree.size, self._tree.size + 8):
            self._tree.append(leaf if at == place else entry.dummy(bytes(32), at))
        return place

    def _note(self, at: datetime) -> str:
        keys = self._scene.keys
        text = Checkpoint(keys.log.name, self._tree.size, self._tree.frontier.root()).text()
        return signed(text, keys.log, keys.witnesses[: self._scene.cosigners], int(at.timestamp()))


@cache
def signed(text: str, log: SignerKey, witnesses: tuple[SignerKey, ...], at: int) -> str:
    """A checkpoint's note. Scenes tell the same story up to where they are changed, and sign that part once."""
    return format_note(text, [sign_note(text, log), *(cosign(text, key, at) for key in witnesses)])


def new_key(label: str) -> bytes:
    """A P-256 private key."""
    return sha256(f"p256 {label}".encode()).digest()
