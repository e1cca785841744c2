"""The bidder's interface over HTTP: who is let in, what is not told, what a broken connection leaves behind."""

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import pytest_asyncio
import uvicorn
from applications import app_on
from bidding_scene import blocks_of
from envelopes import Envelope, an_envelope, prepared, submitted
from scenes import Hall

from infra.kernel.canonical import b64, canonical
from trading.bidding.uploads import BUCKET, block_key
from trading.opening.form import make_form

FORM = make_form("9000000.00", "300", "合格", "某人")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def section(hall: Hall) -> str:
    return await hall.a_tender(600)


def told(envelope: Envelope) -> dict[str, str]:
    return {
        "manifest": envelope.manifest.encode().decode(),
        "signature": b64(envelope.signature),
        "certificate": b64(envelope.certificate),
    }


async def asked(
    hall: Hall, method: str, path: str, login: str | None = "bidder1", **said: Any
) -> tuple[int, dict[str, Any]]:
    """Status and JSON body of one request."""
    async with await hall.client(login) as client:
        response = await client.request(method, path, **said)
    return response.status_code, response.json()


async def test_a_bid_goes_all_the_way_over_http(hall: Hall, section: str) -> None:
    envelope = await an_envelope(hall, section)
    async with await hall.client("bidder1") as client:
        keyset = await client.get(f"/api/sections/{section}/keyset")
        started = (await client.post(f"/api/sections/{section}/bids", json=told(envelope))).json()
        for part in envelope.containers:
            for number, block in enumerate(envelope.blocks(part)):
                path = f"/api/bids/{started['bid']}/parts/{part}/blocks/{number}"
                assert (await client.put(path, content=block)).status_code == 201
                assert (await client.put(path, content=block)).status_code == 200
        handed_in = await client.post(f"/api/bids/{started['bid']}/submission", json={})
        again = await client.post(f"/api/bids/{started['bid']}/submission", json={})
        receipt = await client.get(f"/api/bids/{started['bid']}/receipt")
    assert keyset.content == (await hall.keyset(section)).encode()
    assert started["missing"] == {"commercial": [0], "opening-form": [0], "technical": [0]}
    assert handed_in.json() == again.json() and handed_in.json()["state"] == "submitted"
    assert (receipt.status_code, receipt.headers["retry-after"]) == (202, "1")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/api/bids/{bid}"),
        ("GET", "/api/bids/{bid}/receipt"),
        ("POST", "/api/bids/{bid}/submission"),
        ("POST", "/api/bids/{bid}/withdrawal"),
        ("PUT", "/api/bids/{bid}/parts/technical/blocks/0"),
    ],
)
@pytest.mark.parametrize("which", ["another's", "nobody's", "with a NUL", "very long"])
async def test_a_bid_that_is_not_ones_own_is_unknown_never_forbidden(
    hall: Hall, section: str, method: str, path: str, which: str
) -> None:
    known = {"nobody's": "bid-00000000000000000000", "with a NUL": "bid%00", "very long": "b" * 3000}
    bid = known.get(which) or (await submitted(hall, section, "bidder2")).id
    body = {"json": {"signature": b64(bytes(64))}} if method == "POST" else {"content": b"x"} if method == "PUT" else {}
    status, answer = await asked(hall, method, path.format(bid=bid), **body)
    assert (status, answer["status"]) == (404, 404)


@pytest.mark.parametrize("path", ["/api/sections/NO/01/keyset", "/api/sections/NO%00/01/keyset"])
async def test_an_unknown_sections_keyset_is_unknown(hall: Hall, path: str) -> None:
    assert (await asked(hall, "GET", path, None))[0] == 404


async def test_a_draft_is_as_unknown_as_no_section_at_all(hall: Hall) -> None:
    draft = await hall.a_draft()
    status, answer = await asked(hall, "GET", f"/api/sections/{draft}/keyset", None)
    assert (status, answer["code"]) == (404, "section.unknown")


async def test_a_bid_for_an_unknown_section_is_unknown(hall: Hall, section: str) -> None:
    envelope = (await an_envelope(hall, section)).resigned(hall.signers["bidder1"], section="NO-SUCH/01")
    status, answer = await asked(hall, "POST", "/api/sections/NO-SUCH/01/bids", json=told(envelope))
    assert (status, answer["code"]) == (404, "section.unknown")


@pytest.mark.parametrize("login", ["agent", "centre", "procurer", "supervisor"])
async def test_a_role_without_the_right_is_forbidden(hall: Hall, section: str, login: str) -> None:
    envelope = await an_envelope(hall, section)
    status, answer = await asked(hall, "POST", f"/api/sections/{section}/bids", login, json=told(envelope))
    assert (status, answer["code"]) == (403, "page.not-yours")


async def test_who_is_not_signed_in_is_asked_to(hall: Hall, section: str) -> None:
    status, answer = await asked(hall, "GET", "/api/bids/bid-x", None)
    assert (status, answer["code"]) == (401, "session.needed")


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{", b"\xff", b"null", b'{"manifest":1,"signature":"","certificate":""}',
        b'{"manifest":"\\ud800","signature":"","certificate":""}', b'{"manifest":"\\u0000","signature":"","certificate":""}',
        b'{"manifest":"{}","signature":"x","certificate":"y","more":"z"}', b"[" * 3000,
    ],
)  # fmt: skip
async def test_a_body_that_makes_no_sense_is_refused_not_a_failure(hall: Hall, section: str, body: bytes) -> None:
    status, answer = await asked(hall, "POST", f"/api/sections/{section}/bids", content=body)
    assert 400 <= status < 500 and answer["code"] != "service.failed"


@pytest.mark.parametrize(
    "body",
    [
        b"", b"[]", b"{}", b'{"trustee":"x"}', b"\xff", b"null",
        canonical({"trustee": "a\0", "at": "x", "size": 0, "cosignature": None, "answers": [], "refused": {}}),
        canonical({"trustee": "agent.trustee.example", "at": "x", "size": -1, "cosignature": 1, "answers": 1, "refused": 1}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("signature", ["", "x", b64(bytes(64))])
async def test_a_stranger_at_the_trustees_door_is_refused_not_a_failure(
    hall: Hall, body: bytes, signature: str
) -> None:
    status, answer = await asked(
        hall, "POST", "/api/trustees/exchange", None, content=body, headers={"trustee-signature": signature}
    )
    assert 400 <= status < 500 and answer["code"] != "service.failed"


async def test_a_block_larger_than_eight_mebibytes_is_refused(hall: Hall, section: str) -> None:
    bid = await prepared(hall, section, "bidder1", await an_envelope(hall, section, marker="large"))
    status, _ = await asked(
        hall, "PUT", f"/api/bids/{bid}/parts/technical/blocks/0", content=bytes(8 * 1024 * 1024 + 2)
    )
    assert status == 413


async def test_a_refusal_comes_as_problem_details_with_sentence_and_remedy(hall: Hall, section: str) -> None:
    bid = (await asked(hall, "POST", f"/api/sections/{section}/bids", json=told(await an_envelope(hall, section))))[1]
    status, answer = await asked(hall, "POST", f"/api/bids/{bid['bid']}/submission", json={})
    assert (status, answer["code"]) == (409, "bid.incomplete") or answer["code"] == "bid.incomplete"
    assert answer["title"] and answer["detail"] and answer["facts"]["missing"] == "0"


@asynccontextmanager
async def served(hall: Hall) -> AsyncIterator[int]:
    """The same application behind a real server; its port on 127.0.0.1."""
    place = socket.socket()
    place.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app_on(hall.stack), log_level="warning", lifespan="off", loop="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([place]))
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield int(place.getsockname()[1])
    finally:
        server.should_exit = True
        await serving


@pytest.mark.parametrize("sent", [0.0, 0.5, 0.99])
async def test_an_upload_cut_in_the_middle_leaves_nothing_and_is_resumed(
    hall: Hall, section: str, sent: float, caplog: pytest.LogCaptureFixture
) -> None:
    envelope = await an_envelope(hall, section, "bidder3", form=FORM, marker="cut " * 100_000)
    block = envelope.blocks("technical")[0]
    async with served(hall) as port, await hall.client("bidder3") as known:
        token = known.headers["authorization"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", headers={"authorization": token}) as client:
            started = (await client.post(f"/api/sections/{section}/bids", json=told(envelope))).json()
            path = f"/api/bids/{started['bid']}/parts/technical/blocks/0"
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"PUT {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-length: {len(block)}\r\n\r\n"
            writer.write(head.encode() + block[: int(len(block) * sent)])
            await writer.drain()
            await asyncio.sleep(0.1)
            writer.transport.abort()
            await asyncio.sleep(0.2)
            assert await blocks_of(hall, started["bid"]) == []
            assert not await hall.objects.exists(BUCKET, block_key(started["bid"], "technical", 0))
            again = (await client.post(f"/api/sections/{section}/bids", json=told(envelope))).json()
            assert again == started
            assert (await client.put(path, content=block)).status_code == 201
        assert reader is not None
    assert [one.part for one in await blocks_of(hall, started["bid"])] == ["technical"]
    assert [line for line in caplog.records if line.levelno >= logging.ERROR] == [], "a lost line is no incident"
