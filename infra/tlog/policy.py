"""The policy file (C2SP tlog-policy): whose signatures make a checkpoint valid, and the other keys to be trusted."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_certificate

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from infra.tlog.checkpoint import Checkpoint, parse_checkpoint
from infra.tlog.cosignature import verify_cosignature
from infra.tlog.note import COSIGNATURE, ED25519, Note, VerifierKey, parse_note, parse_vkey, signature_of, verify_note

NONE = "none"

_COUNT = re.compile(r"[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class Group:
    """Reached where at least `needed` of its members (witnesses or earlier groups) are."""

    needed: int
    members: tuple[str, ...]


@dataclass(frozen=True)
class Policy:
    """One log, its witnesses, their quorum; Ed25519 custodians, P-256 authorities (65 bytes), X25519 opening key.

    `timestamps` holds, by name, the DER certificate at the root of each time-stamp authority (RFC 3161).
    """

    log: VerifierKey
    witnesses: Mapping[str, VerifierKey] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = NONE
    custodians: Mapping[str, bytes] = field(default_factory=dict)
    authorities: Mapping[str, bytes] = field(default_factory=dict)
    opening: bytes | None = None
    timestamps: Mapping[str, bytes] = field(default_factory=dict)

    def check(self, note: str | bytes, earliest: int | None = None, *, strict: bool = False) -> Checkpoint:
        """The checkpoint with the times of its counted cosignatures, once log and quorum have signed it.

        With `earliest` (POSIX seconds) an older cosignature does not count. `strict` refuses lines of unknown keys.
        """
        parsed = parse_note(note)
        checkpoint = parse_checkpoint(parsed.text)
        if checkpoint.origin != self.log.name:
            raise Problem("log.origin", origin=checkpoint.origin, expected=self.log.name)
        if strict:
            self._refuse_strangers(parsed)
        verify_note(parsed, self.log)
        times = {name: time for name, time in self._times(parsed).items() if earliest is None or time >= earliest}
        if not self.reached(times):
            raise Problem("log.quorum", cosigned=len(times), quorum=self.quorum)
        return replace(checkpoint, times=times)

    def reached(self, cosigned: Collection[str], name: str | None = None) -> bool:
        """Whether these witnesses together are the quorum (or the named witness or group)."""
        name = self.quorum if name is None else name
        if name == NONE:
            return True
        group = self.groups.get(name)
        if group is None:
            return name in cosigned
        return sum(self.reached(cosigned, member) for member in group.members) >= group.needed

    def _times(self, note: Note) -> dict[str, int]:
        lines = {name: signature_of(note, key) for name, key in self.witnesses.items()}
        return {
            name: verify_cosignature(note.text, line, self.witnesses[name])
            for name, line in lines.items()
            if line is not None
        }

    def _refuse_strangers(self, note: Note) -> None:
        known = {(key.name, key.key_id) for key in (self.log, *self.witnesses.values())}
        for line in note.signatures:
            if (line.name, line.key_id) not in known:
                raise Problem("log.unknown-key", name=line.name)


def parse_policy(text: str | bytes) -> Policy:
    """Read a policy file; `policy.line` names the first line that is wrong (0: something is missing altogether)."""
    draft = _Draft()
    for number, line in enumerate(_lines(text), 1):
        words = re.split(r"[ \t]+", line.strip(" \t"))
        if words == [""] or words[0].startswith("#"):
            continue
        try:
            draft.take(words)
        except (ValueError, Problem) as error:
            raise Problem("policy.line", line=number, why=str(error)) from error
    try:
        return draft.done()
    except ValueError as error:
        raise Problem("policy.line", line=0, why=str(error)) from error


def format_policy(policy: Policy) -> str:
    """The policy as a file that reads back as the same policy; `policy.line` where it would not."""
    lines = [f"log {policy.log.encode()}"]
    lines += [f"witness {name} {key.encode()}" for name, key in policy.witnesses.items()]
    lines += [f"group {name} {group.needed} {' '.join(group.members)}" for name, group in policy.groups.items()]
    lines += [f"quorum {policy.quorum}"]
    lines += [f"custodian {name} {b64(key)}" for name, key in policy.custodians.items()]
    lines += [f"authority {name} {b64(key)}" for name, key in policy.authorities.items()]
    lines += [] if policy.opening is None else [f"opening {b64(policy.opening)}"]
    lines += [f"timestamp {name} {b64(anchor)}" for name, anchor in policy.timestamps.items()]
    text = "".join(f"{line}\n" for line in lines)
    if parse_policy(text) != policy:
        raise Problem("policy.line", line=0, why="a name does not survive being written")
    return text


class _Draft:
    """A policy while its lines are read; every method refuses with ValueError, which becomes the line's reason."""

    def __init__(self) -> None:
        self.log: VerifierKey | None = None
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.quorum: str | None = None
        self.custodians: dict[str, bytes] = {}
        self.authorities: dict[str, bytes] = {}
        self.opening: bytes | None = None
        self.timestamps: dict[str, bytes] = {}
        self._members: set[str] = set()

    def take(self, words: list[str]) -> None:
        """Read one line that is neither empty nor a comment."""
        match words:
            case ["log", vkey] | ["log", vkey, _]:
                self._log(parse_vkey(vkey))
            case ["witness", name, vkey] | ["witness", name, vkey, _]:
                self._witness(name, parse_vkey(vkey))
            case ["group", name, needed, *members]:
                self._group(name, needed, members)
            case ["quorum", name]:
                self._quorum(name)
            case ["custodian", name, key]:
                _add(self.custodians, name, unb64(key, 32))
            case ["authority", name, key]:
                _add(self.authorities, name, _point(unb64(key, 65)))
            case ["opening", key]:
                _require(self.opening is None, "a second opening key")
                self.opening = unb64(key, 32)
            case ["timestamp", name, anchor]:
                _add(self.timestamps, name, _certificate(unb64(anchor)))
            case _:
                raise ValueError("not a line of a policy")

    def done(self) -> Policy:
        """The whole policy: exactly one log and one quorum line."""
        if self.log is None:
            raise ValueError("no log line")
        if self.quorum is None:
            raise ValueError("no quorum line")
        _require(self.log.public not in {key.public for key in self.witnesses.values()}, "the log witnesses itself")
        return Policy(
            self.log,
            self.witnesses,
            self.groups,
            self.quorum,
            self.custodians,
            self.authorities,
            self.opening,
            self.timestamps,
        )

    def _log(self, key: VerifierKey) -> None:
        _require(self.log is None, "a second log")
        _require(key.algorithm == ED25519, "not a log's key")
        self.log = key

    def _witness(self, name: str, key: VerifierKey) -> None:
        self._new(name)
        _require(key.algorithm == COSIGNATURE, "not a cosigner's key")
        # C2SP tlog-policy: one public key under two names would count twice.
        _require(key.public not in {known.public for known in self.witnesses.values()}, "a witness key twice")
        self.witnesses[name] = key

    def _group(self, name: str, needed: str, members: list[str]) -> None:
        self._new(name)
        _require(bool(members), "a group without members")
        for member in members:
            _require(member in self.witnesses or member in self.groups, f"{member} is not defined above")
            _require(member not in self._members, f"{member} is a member twice")
            self._members.add(member)
        counts = {"any": 1, "all": len(members)}
        _require(needed in counts or bool(_COUNT.fullmatch(needed)), "neither any, all nor a number")
        count = counts[needed] if needed in counts else int(needed)
        _require(count <= len(members), "more are needed than there are members")
        self.groups[name] = Group(count, tuple(members))

    def _quorum(self, name: str) -> None:
        _require(self.quorum is None, "a second quorum")
        _require(name == NONE or name in self.witnesses or name in self.groups, f"{name} is not defined above")
        self.quorum = name

    def _new(self, name: str) -> None:
        _require(name != NONE and name not in self.witnesses and name not in self.groups, f"{name} is taken")


def _lines(data: str | bytes) -> list[str]:
    try:
        text = data.decode() if isinstance(data, bytes) else data
    except UnicodeError as error:
        raise Problem("policy.line", line=0, why="not UTF-8") from error
    if not text.endswith("\n"):
        raise Problem("policy.line", line=text.count("\n") + 1, why="the last line does not end")
    lines = text[:-1].split("\n")
    for number, line in enumerate(lines, 1):
        if any((sign < " " and sign != "\t") or sign == "\x7f" for sign in line):
            raise Problem("policy.line", line=number, why="a control character")
    return lines


def _add(keys: dict[str, bytes], name: str, key: bytes) -> None:
    _require(name not in keys, f"{name} is taken")
    _require(key not in keys.values(), "a key twice")
    keys[name] = key


def _point(key: bytes) -> bytes:
    EllipticCurvePublicKey.from_encoded_point(SECP256R1(), key)
    return key


def _certificate(data: bytes) -> bytes:
    _require(load_der_x509_certificate(data).public_bytes(Encoding.DER) == data, "not a certificate in DER")
    return data


def _require(holds: bool, why: str) -> None:
    if not holds:
        raise ValueError(why)
