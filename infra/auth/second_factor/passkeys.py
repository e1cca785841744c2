"""Passkeys (W3C Web Authentication): what the browser is asked, and what its answers prove. Pure."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from infra.kernel.problems import Problem

LONGEST_ANSWER = 16 * 1024
NAME = "Openhall"
_LOOPBACK = ("127.0.0.1", "[::1]", "localhost")
_UNREADABLE = (WebAuthnException, ValueError, KeyError, TypeError, IndexError)


class Party(NamedTuple):
    """The site a passkey belongs to: its host name, and the origin browsers must name."""

    host: str
    origin: str


class Made(NamedTuple):
    """A passkey that proved itself: its credential id, its public key (COSE) and its signature count."""

    credential: bytes
    public_key: bytes
    counter: int


def party_of(origin: str, host: str) -> Party | None:
    """The party under which a browser at `host` may use passkeys; None at a bare address, where browsers allow none.

    It is the configured origin's, and on a developer's machine also `localhost`; no other host is believed.
    """
    configured = urlsplit(origin)
    name = configured.hostname or ""
    if host == configured.netloc and not _is_address(name):
        return Party(name, origin)
    asked = urlsplit(f"//{host}").hostname or ""
    if asked == "localhost" and (name in _LOOPBACK or name == "::1"):
        return Party("localhost", f"{configured.scheme}://{host}")
    return None


def creation_options(
    party: Party, account: str, login: str, challenge: bytes, known: Sequence[bytes]
) -> dict[str, Any]:
    """What `navigator.credentials.create` is given."""
    options = webauthn.generate_registration_options(
        rp_id=party.host,
        rp_name=NAME,
        user_name=login,
        user_id=account.encode(),
        challenge=challenge,
        exclude_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.PREFERRED
        ),
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def request_options(party: Party, challenge: bytes, known: Sequence[bytes]) -> dict[str, Any]:
    """What `navigator.credentials.get` is given."""
    options = webauthn.generate_authentication_options(
        rp_id=party.host,
        challenge=challenge,
        allow_credentials=[PublicKeyCredentialDescriptor(id=one) for one in known],
        user_verification=UserVerificationRequirement.PREFERRED,
    )
    return dict(json.loads(webauthn.options_to_json(options)))


def read_creation(party: Party, challenge: bytes, answer: str) -> Made:
    """The passkey a browser has made for this party and challenge; `second-factor.passkey`."""
    try:
        proven = webauthn.verify_registration_response(
            credential=_bounded(answer),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
        )
    except _UNREADABLE as error:
        raise Problem("second-factor.passkey") from error
    return Made(proven.credential_id, proven.credential_public_key, proven.sign_count)


def credential_of(answer: str) -> bytes:
    """Which passkey an answer claims to come from; `second-factor.passkey`."""
    try:
        return webauthn.base64url_to_bytes(json.loads(_bounded(answer))["rawId"])
    except _UNREADABLE as error:
        raise Problem("second-factor.passkey") from error


def read_answer(party: Party, challenge: bytes, answer: str, public_key: bytes, counter: int) -> int:
    """The new signature count of a passkey that has signed this challenge; `second-factor.passkey`."""
    try:
        proven = webauthn.verify_authentication_response(
            credential=_bounded(answer),
            expected_challenge=challenge,
            expected_rp_id=party.host,
            expected_origin=party.origin,
            credential_public_key=public_key,
            credential_current_sign_count=counter,
        )
    except _UNREADABLE as error:
        raise Problem("second-factor.passkey") from error
    return int(proven.new_sign_count)


def _bounded(answer: str) -> str:
    if len(answer) > LONGEST_ANSWER:
        raise ValueError("longer than any passkey's answer")
    return answer


def _is_address(name: str) -> bool:
    return ":" in name or name.replace(".", "").isdecimal()
