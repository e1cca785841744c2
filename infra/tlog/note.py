"""Signed notes (C2SP signed-note): a text and lines of signatures, with Ed25519 keys written as one line each."""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

ED25519 = 0x01
COSIGNATURE = 0x04
MOST_BYTES = 1_000_000
MOST_SIGNATURES = 64

_SECRET = "PRIVATE+KEY+"
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")
_NOT_IN_A_NAME = re.compile(r"[\s+\x00-\x1f]")


class Signature(NamedTuple):
    """One signature line: the key's name, its 4-byte id and the algorithm's own bytes."""

    name: str
    key_id: bytes
    signed: bytes


class Note(NamedTuple):
    """A note taken apart; `text` ends in a newline and is what the signatures are over."""

    text: str
    signatures: tuple[Signature, ...]


@dataclass(frozen=True)
class VerifierKey:
    """A public key with the name and algorithm it is used under."""

    name: str
    algorithm: int
    public: bytes

    @property
    def key_id(self) -> bytes:
        """SHA-256(name ‖ newline ‖ algorithm ‖ public key), first 4 bytes: an identifier, not a commitment."""
        return key_id(self.name, self.algorithm, self.public)

    def encode(self) -> str:
        """The vkey line `name+id+base64`."""
        return f"{self.name}+{self.key_id.hex()}+{b64(bytes((self.algorithm,)) + self.public)}"

    def verifies(self, message: bytes, signature: bytes) -> bool:
        """Whether the 64 bytes are this key's Ed25519 signature (RFC 8032) of the message.

        The latest answers are kept: a dossier shows one checkpoint beside every event of a beat.
        """
        return _holds(self.public, message, signature)


@dataclass(frozen=True)
class SignerKey:
    """A private key (32-byte Ed25519 seed) with its name and algorithm; the seed never shows in a repr."""

    name: str
    algorithm: int
    seed: bytes = field(repr=False)

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.algorithm, self._private.public_key().public_bytes_raw())

    def encode(self) -> str:
        """The skey line `PRIVATE+KEY+name+id+base64`, as golang.org/x/mod/sumdb/note writes it."""
        identifier = self.verifier.key_id.hex()
        return f"{_SECRET}{self.name}+{identifier}+{b64(bytes((self.algorithm,)) + self.seed)}"

    def sign(self, message: bytes) -> bytes:
        """64 bytes: the Ed25519 signature of the message."""
        return self._private.sign(message)

    @property
    def _private(self) -> Ed25519PrivateKey:
        return _private_key(self.seed)


@lru_cache(maxsize=64)
def _private_key(seed: bytes) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(seed)


@lru_cache(maxsize=1024)
def _holds(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except InvalidSignature:
        return False
    return True


def key_id(name: str, algorithm: int, public: bytes) -> bytes:
    """The 4 bytes by which a signature line names its key (C2SP signed-note, Signatures)."""
    return sha256(name.encode() + b"\n" + bytes((algorithm,)) + public).digest()[:4]


def parse_vkey(text: str) -> VerifierKey:
    """Read a vkey line; `note.key` unless name, id, algorithm (1 or 4) and 32 bytes agree."""
    name, identifier, algorithm, material = _key_fields(text)
    key = VerifierKey(name, algorithm, material)
    if key.key_id.hex() != identifier:
        raise Problem("note.key", why="the id does not belong to the key")
    return key


def parse_skey(text: str) -> SignerKey:
    """Read an skey line; `note.key` unless name, id, algorithm (1 or 4) and 32 bytes agree."""
    if not text.startswith(_SECRET):
        raise Problem("note.key", why="not a private key")
    name, identifier, algorithm, material = _key_fields(text.removeprefix(_SECRET))
    key = SignerKey(name, algorithm, material)
    if key.verifier.key_id.hex() != identifier:
        raise Problem("note.key", why="the id does not belong to the key")
    return key


def sign(text: str, key: SignerKey) -> Signature:
    """The key's plain Ed25519 signature line (algorithm 1) over a note text that ends in a newline."""
    if key.algorithm != ED25519:
        raise Problem("note.key", why="a cosigner's key signs no plain notes")
    return Signature(key.name, key.verifier.key_id, key.sign(text.encode()))


def format_note(text: str, signatures: Iterable[Signature]) -> str:
    """Text, blank line, signature lines; parses back or raises `note.malformed`."""
    lines = "".join(f"— {name} {b64(identifier + signed)}\n" for name, identifier, signed in signatures)
    note = f"{text}\n{lines}"
    parse_note(note)
    return note


def parse_note(data: str | bytes) -> Note:
    """Take a note apart strictly: UTF-8, no control characters but newline, at most 64 signatures; `note.malformed`."""
    note = _text(data)
    cut = note.rfind("\n\n")
    if cut < 0 or not note.endswith("\n"):
        raise Problem("note.malformed", why="no blank line, or no newline at the end")
    lines = note[cut + 2 : -1].split("\n")
    if len(lines) > MOST_SIGNATURES:
        raise Problem("note.malformed", why=f"more than {MOST_SIGNATURES} signatures")
    return Note(note[: cut + 1], tuple(_signature(line) for line in lines))


def signature_of(note: Note, key: VerifierKey) -> Signature | None:
    """The one line that names this key, or None; `log.signature-twice` where there are two. Not yet verified."""
    lines = [line for line in note.signatures if (line.name, line.key_id) == (key.name, key.key_id)]
    if len(lines) > 1:
        raise Problem("log.signature-twice", name=key.name)
    return lines[0] if lines else None


def verify_note(note: Note, key: VerifierKey) -> None:
    """`log.unsigned` where the key's line is missing, `log.signature` where it does not verify (algorithm 1)."""
    line = signature_of(note, key)
    if line is None:
        raise Problem("log.unsigned", name=key.name)
    if key.algorithm != ED25519 or not key.verifies(note.text.encode(), line.signed):
        raise Problem("log.signature", name=key.name)


def good_name(name: str) -> bool:
    """Whether a key may bear this name: not empty, no Unicode space, no plus, no control character."""
    return bool(name) and _NOT_IN_A_NAME.search(name) is None


def _key_fields(text: str) -> tuple[str, str, int, bytes]:
    name, _, rest = text.partition("+")
    identifier, _, encoded = rest.partition("+")
    try:
        material = unb64(encoded, 33)
    except Problem as problem:
        raise Problem("note.key", why="not 33 bytes of standard base64") from problem
    if not good_name(name) or material[0] not in (ED25519, COSIGNATURE):
        raise Problem("note.key", why="a bad name or an unknown algorithm")
    return name, identifier, material[0], material[1:]


def _text(data: str | bytes) -> str:
    if len(data) > MOST_BYTES:
        raise Problem("note.malformed", why=f"longer than {MOST_BYTES} bytes")
    try:
        text = data.decode() if isinstance(data, bytes) else data.encode().decode()
    except UnicodeError as error:
        raise Problem("note.malformed", why="not UTF-8") from error
    if _CONTROL.search(text):
        raise Problem("note.malformed", why="a control character")
    return text


def _signature(line: str) -> Signature:
    dash, _, rest = line.partition(" ")
    name, _, encoded = rest.partition(" ")
    if dash != "—" or not good_name(name):
        raise Problem("note.malformed", why="a line after the blank line is no signature")
    try:
        data = unb64(encoded)
    except Problem as problem:
        raise Problem("note.malformed", why="a signature is not standard base64") from problem
    if len(data) < 5:
        raise Problem("note.malformed", why="a signature is too short")
    return Signature(name, data[:4], data[4:])
