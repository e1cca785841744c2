"""How a trustee fetches the sealed pieces of a pool that it is to audit: by signed requests, one piece at a time."""

from collections.abc import Callable
from hashlib import sha256

import httpx

from infra.crypto.sign import labelled, sign_ed25519
from infra.edge import utc_now
from infra.kernel.canonical import b64, canonical
from infra.kernel.problems import Problem
from infra.trustee.state import State

FETCH_LABEL = "openhall trustee fetch/v1"
PATIENCE = httpx.Timeout(10, read=60)
GONE = 404

Fetch = Callable[[str, int], bytes]
"""The sealed piece of this number of a draw's pool; `draw.chunk-missing`, `trustee.pool-away` where one may ask again."""


def fetch_path(draw_id: str, number: int) -> str:
    """Where the platform keeps a piece for its auditor."""
    return f"/api/trustees/pools/{draw_id}/{number}"


def fetch_message(trustee: str, at: str, path: str) -> bytes:
    """What a trustee signs to be given what lies at a path."""
    return labelled(FETCH_LABEL, sha256(canonical({"trustee": trustee, "at": at, "path": path})).digest())


def no_pools(draw_id: str, number: int) -> bytes:
    """For a program that has no platform to ask: every piece is away."""
    raise Problem("trustee.pool-away", draw=draw_id, number=number)


def pools_of(client: httpx.Client, state: Callable[[], State]) -> Fetch:
    """Fetch from the platform that the client dials, signed by the state as it is then; blocks, so call it in a thread."""

    def fetch(draw_id: str, number: int) -> bytes:
        try:
            response = client.get(fetch_path(draw_id, number), headers=signed_headers(state(), draw_id, number))
        except httpx.HTTPError as error:
            raise Problem("trustee.pool-away", draw=draw_id, number=number) from error
        if response.status_code == GONE:
            raise Problem("draw.chunk-missing", draw=draw_id, number=number)
        if not response.is_success:
            raise Problem("trustee.pool-away", draw=draw_id, number=number)
        return response.content

    return fetch


def signed_headers(state: State, draw_id: str, number: int) -> dict[str, str]:
    """The headers with which a trustee asks for one piece now."""
    at = utc_now().isoformat()
    message = fetch_message(state.name, at, fetch_path(draw_id, number))
    return {
        "trustee-name": state.name,
        "trustee-at": at,
        "trustee-signature": b64(sign_ed25519(state.signer, message)),
    }
