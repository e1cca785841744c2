"""The Verify page reads keysets, manifests and headers of both suites as the sealing engine and Python do."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from sealing_stage import FILE, an_engine, engine_served

from infra.crypto.seal_header import parse_header
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem

pytestmark = pytest.mark.browser

VECTORS = json.loads(FILE.read_text("utf-8"))
OPENS = {one["name"]: one for one in VECTORS["opens"]}
LOAD = "async () => { window.v = await import('/static/t/js/verify/sealed.js'); }"
DOCUMENTS = """
(all) => codes(all, ({ kind, text }) => {
  if (kind === "manifest") return v.parseManifest(un(text));
  const keyset = v.parseKeyset(un(text));
  return v.verifyKeyset(keyset, new Map(keyset.custodians.map(({ name, signer }) => [name, signer])));
})
"""
HEADERS = "(all) => codes(all, (one) => v.parseHeader(un(one)))"
BOUND = """
(all) => codes(all, ([keyset, container]) => v.checkHeader(v.parseHeader(un(container)), v.parseKeyset(un(keyset))))
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    with engine_served() as origin:
        async with an_engine(browser, origin) as found:
            await found.evaluate(LOAD)
            yield found


async def test_keysets_and_manifests_of_the_vectors_are_judged_as_they_say(page: Page) -> None:
    documents = VECTORS["documents"]
    expected = {(one["kind"], one["name"]): f"seal.{one['code']}" if one["code"] else "nothing" for one in documents}
    found = await page.evaluate(DOCUMENTS, documents)
    assert dict(zip(expected, found, strict=True)) == expected


def changed(change: dict[str, Any]) -> bytes:
    """The container of a refused vector."""
    container = unb64(OPENS[change["of"]]["container"] if "container" not in change else change["container"])
    at = change.get("at")
    return container if at is None else container[:at] + bytes.fromhex(change["put"]) + container[at + change["cut"] :]


def refusal(container: bytes) -> str:
    """The code with which Python refuses a header."""
    try:
        parse_header(container)
    except Problem as problem:
        return problem.code
    return "nothing"


async def test_headers_of_the_vectors_are_read_and_refused_as_in_python(page: Page) -> None:
    containers = [unb64(one["container"]) for one in OPENS.values()] + [changed(one) for one in VECTORS["refused"]]
    found = await page.evaluate(HEADERS, [b64(one[:65536]) for one in containers])
    assert found == [refusal(one) for one in containers]
    assert {"nothing", "seal.version", "seal.suite", "seal.line", "seal.crlf", "seal.wrap"} <= set(found)


async def test_a_header_made_for_something_else_than_its_keyset_is_refused_with_the_vectors_code(page: Page) -> None:
    cases = {
        one["name"]: one
        for one in VECTORS["refused"]
        if one["code"] in ("section", "deadline", "policy", "keyset") and "keyset" in one.get("given", {})
        if one["given"]["keyset"].startswith('{"custodians"') and "signatures" in one["given"]["keyset"]
    }
    told = [[b64(one["given"]["keyset"].encode()), b64(changed(one))] for one in cases.values()]
    found = await page.evaluate(BOUND, told)
    assert dict(zip(cases, found, strict=True)) == {name: f"seal.{one['code']}" for name, one in cases.items()}
    assert len(cases) == 12
