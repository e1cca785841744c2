"""A trustee's own time-stamp authority (RFC 3161): asked for a fresh token over each checkpoint that a release rests on.

Its clock then stands beside the trustee's and the quorum's: none of them can be misset into an early opening.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_pem_x509_certificate

from infra.edge import random_bytes
from infra.kernel.problems import Problem
from infra.tlog.policy import Policy
from infra.tlog.proof import parse_proof
from infra.tlog.time_tokens import MOST_BYTES, QUERY, ask, check_token, stamped

NAME = "own"
TIMEOUT = 15.0
REST = 5.0
"""Seconds after which an authority that failed is asked again."""
TRIAL_EVERY = 900.0
"""Seconds between two trials without need, so that one that is away is seen hours before a deadline."""
PROBE = b"openhall trustee time trial\n"
UNASKED, READY, SILENT = "unasked", "ready", "silent"


@dataclass
class Stamps:
    """The authority at `url` under the DER certificate `anchor`, and the tokens it has given; kept in memory only."""

    url: str
    anchor: bytes
    standing: str = UNASKED
    _wanted: dict[bytes, bytes] = field(default_factory=dict)
    _times: dict[bytes, datetime] = field(default_factory=dict)

    @property
    def pinned(self) -> dict[str, str]:
        """Address and SHA-256 (hex) of the root certificate: what `status` shows."""
        return {"url": self.url, "root_sha256": sha256(self.anchor).hexdigest()}

    def require_fresh(self, shown: Mapping[str, Any], policy: Policy, earliest: int, section: str) -> None:
        """`release.unstamped` unless a token at or after `earliest` (POSIX seconds) is there; it is asked for next.

        `shown` is the releasing event's evidence, already verified.
        """
        content = stamped(parse_proof(shown["proof"]).checkpoint, policy.log.name)
        place = sha256(content).digest()
        at = self._times.get(place)
        if at is not None and at.timestamp() >= earliest:
            return
        self._wanted[place] = content
        why = "no token yet" if at is None else f"the authority says {at:%Y-%m-%dT%H:%M:%SZ}, before the deadline"
        raise Problem(
            "release.unstamped", section=section, why=why if self.standing != SILENT else "it does not answer"
        )

    async def run(self, stop: asyncio.Event) -> bool:
        """Ask for what is wanted, and now and then for nothing; True as soon as a token came, False at `stop`."""
        async with httpx.AsyncClient(timeout=TIMEOUT, trust_env=False) as http:
            while not stop.is_set():
                found = await self.ask_wanted(http) if self._wanted else await self._try(http)
                if found:
                    return True
                await _until(stop, self._has_news, REST if self.standing == SILENT else TRIAL_EVERY)
        return False

    async def ask_wanted(self, http: httpx.AsyncClient) -> bool:
        """Whether the authority has given a token over a checkpoint that a release waits for."""
        found = False
        for place, content in list(self._wanted.items()):
            at = await self._token(http, content)
            if at is not None:
                self._times[place], found = at, True
                del self._wanted[place]
        return found

    def _has_news(self) -> bool:
        return bool(self._wanted) and self.standing != SILENT

    async def _try(self, http: httpx.AsyncClient) -> bool:
        await self._token(http, PROBE + random_bytes(32))
        return False

    async def _token(self, http: httpx.AsyncClient, content: bytes) -> datetime | None:
        """The time of a token over the content; None, and `silent`, where none that holds was given."""
        try:
            answer = await http.post(self.url, content=ask(content), headers={"content-type": QUERY})
            answer.raise_for_status()
            _, at = check_token(answer.content[: MOST_BYTES + 1], content, {NAME: self.anchor})
        except (httpx.HTTPError, httpx.InvalidURL, Problem, ValueError):
            self.standing = SILENT
            return None
        self.standing = READY
        return at


def stamps_of(url: str, root: Path) -> Stamps:
    """The authority at an address with its root certificate from a PEM file; `settings.bad-time-stamp-file`."""
    try:
        anchor = load_pem_x509_certificate(root.read_bytes()).public_bytes(Encoding.DER)
    except (OSError, ValueError) as error:
        raise Problem("settings.bad-time-stamp-file", name=root.stem, path=root, why=str(error)) from error
    return Stamps(url, anchor)


async def _until(stop: asyncio.Event, due: Any, seconds: float) -> None:
    """Wait so long, or until something is due, or stop."""
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end and not stop.is_set() and not due():
        await asyncio.sleep(0.2)
