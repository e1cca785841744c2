"""A bidder's program: signs in, uploads sealed parts block by block, hands in, fetches the receipt; resumes by itself."""

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

from infra.auth.signing import Signer
from infra.crypto.manifest import parse_manifest
from infra.kernel.canonical import b64
from infra.kernel.problems import Problem
from trading.bidding.actions import withdrawal_message
from trading.bidding.uploads import BLOCK


class Bidder:
    """One bidder's connection to a platform; every refusal is a Problem with the platform's own code."""

    def __init__(self, platform: str, signer: Signer) -> None:
        self._http = httpx.AsyncClient(base_url=platform, timeout=30, trust_env=False)
        self._signer = signer

    async def sign_in(self, login: str, password: str) -> None:
        """Open a session."""
        told = await self._post("/api/session", {"login": login, "password": password})
        self._http.headers["authorization"] = f"Bearer {told['token']}"

    async def keyset(self, section: str) -> bytes:
        """The keyset document to seal to."""
        response = await self._http.get(f"/api/sections/{section}/keyset")
        return (await _checked(response)).content

    async def start(self, section: str, folder: Path) -> dict[str, Any]:
        """Open the upload of a folder that `openhall seal` made; tells the bid's id and the missing blocks."""
        manifest = (folder / "manifest.json").read_bytes()
        certificate = self._signer.certificate
        if certificate is None:
            raise Problem("signing.not-certified", why="the key has no certificate yet")
        signature = self._signer.sign(parse_manifest(manifest).digest)
        told = {"manifest": manifest.decode(), "signature": b64(signature), "certificate": b64(certificate)}
        return await self._post(f"/api/sections/{section}/bids", told)

    async def upload(self, bid: str, folder: Path, missing: Mapping[str, list[int]]) -> None:
        """Send every missing block; a broken connection is tried again a few times."""
        for part, numbers in missing.items():
            with (folder / f"{part}.sealed").open("rb") as file:
                for number in numbers:
                    file.seek(number * BLOCK)
                    await self._put(f"/api/bids/{bid}/parts/{part}/blocks/{number}", file.read(BLOCK))

    async def hand_in(self, bid: str) -> dict[str, Any]:
        """Submit the bid."""
        return await self._post(f"/api/bids/{bid}/submission", {})

    async def bid(self, section: str, folder: Path) -> str:
        """Start, upload and hand in; the bid's id."""
        started = await self.start(section, folder)
        await self.upload(started["bid"], folder, started["missing"])
        await self.hand_in(started["bid"])
        return str(started["bid"])

    async def withdraw(self, bid: str, folder: Path) -> dict[str, Any]:
        """Withdraw a submitted bid."""
        digest = parse_manifest((folder / "manifest.json").read_bytes()).digest
        return await self._post(
            f"/api/bids/{bid}/withdrawal", {"signature": b64(self._signer.sign(withdrawal_message(digest)))}
        )

    async def receipt(self, bid: str, seconds: float = 20) -> dict[str, Any]:
        """The receipt, waiting for the co-signed checkpoint; `receipt.late` after `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            response = await _checked(await self._http.get(f"/api/bids/{bid}/receipt"))
            if response.status_code == 200:
                return dict(response.json())
            await asyncio.sleep(0.2)
        raise Problem("receipt.late", bid=bid)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _post(self, path: str, told: Mapping[str, Any]) -> dict[str, Any]:
        return dict((await _checked(await self._http.post(path, json=told))).json())

    async def _put(self, path: str, data: bytes) -> None:
        for pause in (0.2, 1, 3, 0):
            try:
                await _checked(await self._http.put(path, content=data))
                return
            except httpx.TransportError:
                if not pause:
                    raise
                await asyncio.sleep(pause)


async def _checked(response: httpx.Response) -> httpx.Response:
    """Turn problem details back into a Problem."""
    if response.status_code < 400:
        return response
    try:
        told = response.json()
        code = str(told["code"])
    except (ValueError, KeyError) as error:
        raise Problem("platform.answer", status=response.status_code) from error
    raise Problem(code, told=f"{told.get('title', '')} {told.get('detail', '')}".strip())
