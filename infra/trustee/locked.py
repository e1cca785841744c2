"""A program that waits for its passphrase: it says that it is there, under a key that opens nothing, and nothing else."""

import asyncio
import logging
from hashlib import sha256
from pathlib import Path

import httpx

from infra.crypto.sign import labelled, sign_ed25519
from infra.edge import context
from infra.kernel.canonical import b64, canonical, unb64
from infra.kernel.context import Actor, Context, Role
from infra.trustee.keeping import open_half
from infra.trustee.program import PATH
from infra.trustee.readiness import Host, locked_readiness

log = logging.getLogger("openhall.trustee")

LOCKED_LABEL = "openhall trustee locked/v1"
EVERY = 10.0


def locked_request(path: Path, host: Host, ctx: Context) -> tuple[bytes, dict[str, str]]:
    """Body and headers of the one thing a locked program says."""
    told = open_half(path)
    body = canonical(
        {
            "format": "trustee-locked/v1",
            "trustee": told["name"],
            "at": ctx.now.isoformat(),
            "readiness": locked_readiness(told, host),
        }
    )
    signature = sign_ed25519(unb64(told["beacon"], 32), labelled(LOCKED_LABEL, sha256(body).digest()))
    return body, {"trustee-signature": b64(signature), "content-type": "application/json"}


async def report_locked(path: Path, platform: str, host: Host, stop: asyncio.Event) -> None:
    """Say so every ten seconds until `stop`; a platform that is away is tried again."""
    actor = Actor(open_half(path)["name"], Role.TRUSTEE)
    async with httpx.AsyncClient(base_url=platform, timeout=10, trust_env=False) as client:
        while not stop.is_set():
            body, headers = locked_request(path, host, context(actor))
            try:
                (await client.post(PATH, content=body, headers=headers)).raise_for_status()
            except httpx.HTTPError as error:
                log.warning("%s: locked, and the platform does not hear it: %s", actor.id, type(error).__name__)
            try:
                await asyncio.wait_for(stop.wait(), EVERY)
            except TimeoutError:
                continue
