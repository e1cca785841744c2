"""A passkey in software for tests: what an authenticator answers (W3C Web Authentication), over a fresh P-256 key."""

import json
import os
from base64 import urlsafe_b64encode
from hashlib import sha256

import cbor2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from infra.auth.second_factor.passkeys import Party

PRESENT, VERIFIED, ATTESTED = 0x01, 0x04, 0x40


def told(data: bytes) -> str:
    return urlsafe_b64encode(data).decode().rstrip("=")


class VirtualPasskey:
    """One credential of one site."""

    def __init__(self, party: Party) -> None:
        self.party = party
        self.id = os.urandom(16)
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.counter = 0

    def create(self, challenge: bytes) -> str:
        """The answer to `navigator.credentials.create`."""
        numbers = self.key.public_key().public_numbers()
        cose = cbor2.dumps({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32), -3: numbers.y.to_bytes(32)})
        attested = bytes(16) + len(self.id).to_bytes(2) + self.id + cose
        data = self._head(PRESENT | VERIFIED | ATTESTED) + attested
        attestation = cbor2.dumps({"fmt": "none", "attStmt": {}, "authData": data})
        client = self._client("webauthn.create", challenge, self.party.origin)
        return self._answer({"clientDataJSON": told(client), "attestationObject": told(attestation)})

    def get(self, challenge: bytes, origin: str | None = None, *, spoiled: bool = False) -> str:
        """The answer to `navigator.credentials.get`; `spoiled` breaks the signature."""
        self.counter += 1
        data = self._head(PRESENT | VERIFIED)
        client = self._client("webauthn.get", challenge, origin or self.party.origin)
        signed = data + sha256(client).digest() + (b"!" if spoiled else b"")
        signature = self.key.sign(signed, ec.ECDSA(SHA256()))
        return self._answer(
            {"clientDataJSON": told(client), "authenticatorData": told(data), "signature": told(signature)}
        )

    def _head(self, flags: int) -> bytes:
        return sha256(self.party.host.encode()).digest() + bytes([flags]) + self.counter.to_bytes(4)

    def _client(self, kind: str, challenge: bytes, origin: str) -> bytes:
        return json.dumps({"type": kind, "challenge": told(challenge), "origin": origin}).encode()

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps(
            {
                "id": told(self.id),
                "rawId": told(self.id),
                "type": "public-key",
                "response": response,
                "clientExtensionResults": {},
            }
        )
