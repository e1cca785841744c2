"""Gateways for short messages, calls and letters: one message at a time, with an id that makes a repetition known as one.

A gateway is told by HTTPS: `POST` of `{"id", "to", "text"}` with `Openhall-Signature: <hex>`, the HMAC-SHA-256 of the body
under the secret of its address; it answers 2xx with `{"ref": "…"}` and tells the delivery by the same signature.
"""

import hmac
import json
from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple, Protocol

import httpx

from infra.mail import Letter, MailRefusedError, Post
from infra.settings import GatewayAddress

TIMEOUT = 20.0
SIGNATURE = "openhall-signature"
BUSY = frozenset({408, 425, 429})
LONGEST_REF = 120


class Outcome(StrEnum):
    """What became of one try: taken, kept here because nothing leaves, refused for good, or to be tried again."""

    SENT = "sent"
    KEPT = "kept"
    REFUSED = "refused"
    AWAY = "away"


class Parcel(NamedTuple):
    """One message: its id, the number or address it goes to, its subject where it is a letter, its text."""

    id: str
    to: str
    subject: str
    text: str


class Handed(NamedTuple):
    """The outcome of a try and the gateway's own reference, if it gave one."""

    outcome: Outcome
    ref: str | None = None


class Gateway(Protocol):
    """A way by which messages leave."""

    async def hand(self, parcel: Parcel) -> Handed:
        """Try once; trouble on the way is an outcome and never raised."""


class Kept:
    """Lets nothing leave: what would have been sent can be looked at in a demonstration."""

    async def hand(self, parcel: Parcel) -> Handed:
        """Never leaves."""
        return Handed(Outcome.KEPT)


class HttpGateway:
    """A gateway for short messages or calls behind an HTTPS address."""

    def __init__(self, address: GatewayAddress, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._address, self._transport = address, transport

    async def hand(self, parcel: Parcel) -> Handed:
        """2xx is sent, 4xx is refused for good but for "later" and "too many"; all else is tried again."""
        if not parcel.to:
            return Handed(Outcome.REFUSED)
        body = json.dumps({"id": parcel.id, "to": parcel.to, "text": parcel.text}, ensure_ascii=False).encode()
        headers = {"content-type": "application/json", SIGNATURE: signature(self._address.secret, body)}
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT, transport=self._transport, follow_redirects=False) as client:
                answer = await client.post(self._address.url, content=body, headers=headers)
        except (httpx.HTTPError, OSError):
            return Handed(Outcome.AWAY)
        if answer.is_success:
            return Handed(Outcome.SENT, _ref(answer.content))
        final = 400 <= answer.status_code < 500 and answer.status_code not in BUSY
        return Handed(Outcome.REFUSED if final else Outcome.AWAY)


class MailGateway:
    """Letters, by the post that all other letters take."""

    def __init__(self, post: Post) -> None:
        self._post = post

    async def hand(self, parcel: Parcel) -> Handed:
        """Sent once the server has taken it."""
        try:
            left = await self._post.deliver(Letter(parcel.id, parcel.to, parcel.subject, parcel.text))
        except MailRefusedError:
            return Handed(Outcome.REFUSED)
        except OSError:
            return Handed(Outcome.AWAY)
        return Handed(Outcome.SENT if left else Outcome.KEPT)


def signature(secret: str, body: bytes) -> str:
    """What proves that a body comes from whoever knows the secret: hex of HMAC-SHA-256."""
    return hmac.digest(secret.encode(), body, "sha256").hex()


def is_signed(addresses: Mapping[str, GatewayAddress], name: str, told: str, body: bytes) -> bool:
    """Whether the gateway of this name has signed the body; False for a gateway that is not set."""
    known = addresses.get(name)
    return known is not None and hmac.compare_digest(signature(known.secret, body), told.lower())


def _ref(content: bytes) -> str | None:
    try:
        told = json.loads(content)
    except ValueError:
        return None
    ref = told.get("ref") if isinstance(told, dict) else None
    return ref if isinstance(ref, str) and 0 < len(ref) <= LONGEST_REF and "\0" not in ref else None
