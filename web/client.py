"""A bidder's program: signs in, uploads sealed parts block by block, hands in, fetches the receipt; resumes by itself."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import httpx

from infra.auth.signing import Signer, possession
from infra.crypto.manifest import Manifest, parse_manifest
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.bidding.wire import BLOCK, SECOND_MANIFEST, withdrawal_message

PASSING = ("platform.unreachable", "service.unavailable", "objects.unreachable")
"""What may have gone a moment later."""
PIECE = 1 << 20

Progress = Callable[[str, int], AbstractContextManager[Callable[[int], None]]]
"""Makes, for a part's name and the bytes to send, what is told of every block's bytes."""


@contextmanager
def uncounted(name: str, size: int) -> Iterator[Callable[[int], None]]:
    """No progress shown."""
    yield lambda count: None


class Bidder:
    """One bidder's connection to a platform.

    Every refusal is a Problem with the platform's own code and facts; `platform.unreachable`, `platform.answer`.
    """

    def __init__(self, platform: str, signer: Signer) -> None:
        self._platform = platform
        self._signer = signer
        try:
            self._http = httpx.AsyncClient(base_url=platform, timeout=30, trust_env=False)
        except httpx.InvalidURL as error:
            raise Problem("platform.unreachable", origin=platform, why=error) from error

    async def sign_in(self, login: str, password: str, code: str | None = None) -> None:
        """Open a session; `code` is the second factor's, where the account has one."""
        told = {"login": login, "password": password, **({} if code is None else {"code": code})}
        opened = await self._post("/api/session", told, "token")
        self._http.headers["authorization"] = f"Bearer {opened['token']}"

    async def certify(self) -> bytes:
        """The certificate of the signer's key, which is registered now unless it was before; `signing.revoked`."""
        told = await self._get("/api/signing-keys", "account", "keys")
        public = self._signer.public_key
        for key in told["keys"]:
            if key["public_key"] == b64(public):
                if key["revoked_at"]:
                    raise Problem("signing.revoked", at=key["revoked_at"])
                return unb64(key["certificate"])
        proof = self._signer.sign(possession(told["account"], public))
        asked = {"public_key": b64(public), "proof": b64(proof), "place": "file"}
        return unb64((await self._post("/api/signing-keys", asked, "certificate"))["certificate"])

    async def keyset(self, section: str) -> bytes:
        """The keyset document to seal to."""
        return (await self._asked("GET", f"/api/sections/{section}/keyset")).content

    async def second_keyset(self, section: str) -> bytes:
        """The keyset document that the price is sealed to; `section.one-envelope` where there is no second envelope."""
        return (await self._asked("GET", f"/api/sections/{section}/second-keyset")).content

    async def start(self, section: str, folder: Path) -> dict[str, Any]:
        """Open the upload of a folder that `openhall seal` made; tells the bid's id and the missing blocks."""
        manifest = (folder / "manifest.json").read_bytes()
        certificate = self._signer.certificate
        if certificate is None:
            raise Problem("signing.not-certified", why="the key has no certificate yet")
        read = parse_manifest(manifest)
        signature = self._signer.sign(read.digest)
        told = {"manifest": manifest.decode(), "signature": b64(signature), "certificate": b64(certificate)}
        if (folder / SECOND_MANIFEST).is_file():
            second = (folder / SECOND_MANIFEST).read_bytes()
            told["second_manifest"] = second.decode()
            told["second_signature"] = b64(self._signer.sign(parse_manifest(second).digest))
        started = await self._post(f"/api/sections/{section}/bids", told, "bid", "missing")
        if not set(started["missing"]) <= {one.part for manifest in manifests_of(folder) for one in manifest.parts}:
            raise Problem("platform.answer", status="parts that are not the manifest's")
        return started

    async def upload(
        self, bid: str, folder: Path, missing: Mapping[str, list[int]], progress: Progress = uncounted
    ) -> None:
        """Send every missing block; a broken connection is tried again a few times."""
        for part in (part for part, numbers in missing.items() if numbers):
            path, numbers = folder / f"{part}.sealed", missing[part]
            size = path.stat().st_size
            ahead = sum(min(BLOCK, size - number * BLOCK) for number in numbers)
            with path.open("rb") as file, progress(part, ahead) as count:
                for number in numbers:
                    file.seek(number * BLOCK)
                    data = file.read(BLOCK)
                    await self._put(f"/api/bids/{bid}/parts/{part}/blocks/{number}", data)
                    count(len(data))

    async def rehearse(self, section: str, manifest: bytes) -> None:
        """Note that the kit of the bid with this manifest (its SHA-256) was read back; nothing of the kit is sent."""
        await self._post(f"/api/sections/{section}/rehearsals", {"manifest": b64(manifest)})

    async def hand_in(self, bid: str) -> dict[str, Any]:
        """Submit the bid."""
        return await self._post(f"/api/bids/{bid}/submission", {})

    async def state(self, bid: str) -> str:
        """Where one's own bid stands; `bid.unknown`."""
        return str((await self._get(f"/api/bids/{bid}", "state"))["state"])

    async def bid(self, section: str, folder: Path) -> str:
        """Start, upload and hand in; the bid's id."""
        started = await self.start(section, folder)
        await self.upload(started["bid"], folder, started["missing"])
        await self.hand_in(started["bid"])
        return str(started["bid"])

    async def withdraw(self, bid: str, folder: Path) -> dict[str, Any]:
        """Withdraw a submitted bid, with the key at hand: the bid's own or another certified one of the same body."""
        digest = parse_manifest((folder / "manifest.json").read_bytes()).digest
        told = {"signature": b64(self._signer.sign(withdrawal_message(digest)))}
        if self._signer.certificate is not None:
            told["certificate"] = b64(self._signer.certificate)
        return await self._post(f"/api/bids/{bid}/withdrawal", told)

    async def held(self, bid: str) -> dict[str, Any]:
        """For which version of the document one's own bid holds, `version` and `document` (SHA-256) of the one in force."""
        return await self._get(f"/api/bids/{bid}/confirmation", "section", "holds_for", "version", "document")

    async def confirm(self, bid: str, folder: Path, document: bytes) -> dict[str, Any]:
        """Let a submitted bid hold for the version of the document with this SHA-256; `confirmation.outdated`, `bid.…`."""
        from trading.clarifications.rules import (
            confirmation_message,  # it knows the law's calendar, which takes a while
        )

        if self._signer.certificate is None:
            raise Problem("signing.not-certified", why="the key has no certificate yet")
        digest = parse_manifest((folder / "manifest.json").read_bytes()).digest
        signature = self._signer.sign(confirmation_message(digest, document))
        told = {"document": b64(document), "signature": b64(signature), "certificate": b64(self._signer.certificate)}
        return await self._post(f"/api/bids/{bid}/confirmation", told, "version")

    async def receipt(self, bid: str, seconds: float = 20) -> dict[str, Any]:
        """The receipt, waiting for the co-signed checkpoint; `receipt.late` after `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while loop.time() < until:
            response = await self._asked("GET", f"/api/bids/{bid}/receipt")
            if response.status_code == 200:
                return _object(response, "bid", "event")
            await asyncio.sleep(0.2)
        raise Problem("receipt.late", bid=bid)

    async def opening(self, bid: str) -> dict[str, Any]:
        """What one's own bid still needs to be opened: `factor`, `remedy`; None where nothing is asked for."""
        return await self._get(f"/api/bids/{bid}/opening", "factor", "remedy")

    async def give_factor(self, bid: str, factor: bytes) -> dict[str, Any]:
        """Give the bid's own factor at its opening; `factor.…`."""
        return await self._post(f"/api/bids/{bid}/factor", {"factor": b64(factor)})

    async def show(self, bid: str, part: str, path: Path, salt: bytes) -> None:
        """Show a part in plain, streamed from its file; `remedy.…`."""
        headers = {"commit-salt": b64(salt), "content-length": str(path.stat().st_size)}
        await self._asked("PUT", f"/api/bids/{bid}/remedies/{part}", content=_pieces(path), headers=headers)

    async def close(self) -> None:
        """Let go of the connections."""
        await self._http.aclose()

    async def _get(self, path: str, *needed: str) -> dict[str, Any]:
        return _object(await self._asked("GET", path), *needed)

    async def _post(self, path: str, told: Mapping[str, Any], *needed: str) -> dict[str, Any]:
        return _object(await self._asked("POST", path, json=told), *needed)

    async def _put(self, path: str, data: bytes) -> None:
        for pause in (0.2, 1, 3, 0):
            try:
                await self._asked("PUT", path, content=data)
                return
            except Problem as problem:
                if not pause or problem.code not in PASSING:
                    raise
                await asyncio.sleep(pause)

    async def _asked(self, method: str, path: str, **sent: Any) -> httpx.Response:
        """The answer to a request; `platform.unreachable` where there is none."""
        try:
            response = await self._http.request(method, path, **sent)
        except httpx.RequestError as error:
            why = str(error) or type(error).__name__
            raise Problem("platform.unreachable", origin=self._platform, why=why) from error
        return _checked(response)


def manifests_of(folder: Path) -> list[Manifest]:
    """The manifest of a sealed folder, and that of its second envelope where there is one."""
    paths = (folder / name for name in ("manifest.json", SECOND_MANIFEST))
    return [parse_manifest(path.read_bytes()) for path in paths if path.name == "manifest.json" or path.is_file()]


async def _pieces(path: Path) -> AsyncIterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def _checked(response: httpx.Response) -> httpx.Response:
    """Turn problem details back into a Problem."""
    if response.status_code < 300:
        return response
    told = _object(response)
    if not isinstance(told.get("code"), str):
        raise Problem("platform.answer", status=response.status_code)
    facts = told["facts"] if isinstance(told.get("facts"), dict) else {}
    raise Problem(told["code"], **facts | {"told": f"{told.get('title', '')} {told.get('detail', '')}".strip()})


def _object(response: httpx.Response, *needed: str) -> dict[str, Any]:
    """The JSON object of an answer; `platform.answer` where it is none or lacks a needed field."""
    try:
        told = response.json()
    except ValueError:
        told = None
    if not isinstance(told, dict) or not set(needed) <= set(told):
        raise Problem("platform.answer", status=response.status_code)
    return told
