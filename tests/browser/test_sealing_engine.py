"""The sealing engine in a browser is held to the vectors and to Python, byte for byte and refusal for refusal."""

import json
import re
from collections.abc import AsyncIterator
from hashlib import sha256
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from sealing_stage import (
    CODE,
    FACTOR,
    FILE,
    LARGE,
    PLAIN,
    Custody,
    Stream,
    an_engine,
    bidder_salt,
    engine_served,
    told,
)

from infra.crypto.manifest import bidder_line
from infra.crypto.seal import open_bytes, seal_bytes
from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_suite import SM2, SUITES, X25519
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from web.problems import sentences
from web.static import ROOT

pytestmark = pytest.mark.browser

VECTORS = json.loads(FILE.read_text("utf-8"))
OPENS = {one["name"]: one for one in VECTORS["opens"]}
EIGHT = 8 << 20
SIZES = (0, 1, 16383, 16384, 16385, (1 << 20) - 1, 1 << 20, 3_000_001, EIGHT - 1, EIGHT, EIGHT + 1)
WITHOUT_AND_WITH = [
    pytest.param(size, factor, suite, id=f"{size}{words}{'' if factor is None else ' with factor'}", marks=marks)
    for size in SIZES
    for factor in (None, FACTOR)
    for suite, words in ((X25519, ""), (SM2, " SM2"))
    for marks in ([pytest.mark.soak] if size > EIGHT or (size > 1 << 22 and (factor or suite == SM2)) else [],)
]
"""Every size, factor and suite; what takes seconds and says little more is left to `make soak`."""
LINE = bidder_line(bidder_salt(), CODE)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    with engine_served() as origin:
        async with an_engine(browser, origin) as found:
            yield found


async def test_the_whole_engine_keeps_to_the_content_policy(page: Page) -> None:
    assert await page.evaluate("window.violations") == []


def test_the_bundle_names_every_file_of_the_engine_and_of_others_that_it_loads() -> None:
    named = re.findall(
        r'"([^"]+\.js)"', (ROOT / "js/seal/bundle.js").read_text("utf-8").partition("FILES = [")[2].partition("]")[0]
    )
    own = {path.name for path in (ROOT / "js/seal").glob("*.js")}
    lent = {f"../../vendor/noble-hashes/{path.name}" for path in (ROOT / "vendor/noble-hashes").glob("*.js")}
    assert named == sorted(own | lent | {"../../vendor/tweetnacl/nacl-fast.min.js"})


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
async def test_the_page_makes_the_very_bytes_of_a_vector(page: Page, bid: dict[str, Any]) -> None:
    given = {
        "plain": Stream(PLAIN)(bid["plaintext"]["size"]),
        "keyset": bid["keyset"].encode(),
        "part": json.loads(bid["manifest"])["parts"][0]["part"],
        "line": bidder_line(bidder_salt(bid["bidder"]), bid["bidder"]),
        "factor": bid["factor"],
        "drawn": Stream(bid["name"])(2000),
        "salt": bidder_salt(bid["bidder"]),
    }
    made = await page.evaluate(
        """async (told) => {
          const keyset = await m.keyset.parseKeyset(un(told.keyset));
          await m.keyset.verifyKeyset(keyset);
          const sealed = await m.container.sealBytes(
            un(told.plain), keyset, told.part, un(told.line), un(told.factor), drawn(told.drawn));
          const client = { version: "vectors 1", bundle: new Uint8Array(32) };
          const { section, round } = keyset;
          const manifest = m.manifest.encodeManifest(
            { section, round, bidderSalt: un(told.salt), parts: [{ part: told.part, ...sealed }], client });
          return {
            container: b64(sealed.container), commit_salt: b64(sealed.commitSalt), manifest: b64(manifest),
            manifest_hash: b64(await m.bytes.sha256(manifest)), keyset_hash: b64(keyset.digest),
            keyset: b64(m.canonical.canonical(m.keyset.keysetDocument(keyset))),
            again: b64(m.manifest.encodeManifest({ ...m.manifest.parseManifest(manifest) })),
          };
        }""",
        told(given),
    )
    assert made["container"] == bid["container"]
    assert unb64(made["commit_salt"]).hex() == bid["commit_salt"]
    assert unb64(made["manifest"]).decode() == unb64(made["again"]).decode() == bid["manifest"]
    assert (made["manifest_hash"], made["keyset_hash"]) == (bid["manifest_hash"], bid["keyset_hash"])
    assert unb64(made["keyset"]).decode() == bid["keyset"]


OPEN = """
async (told) => {
  const { keyset = null, manifest = null, section = null, bidder = null } = told.given;
  const given = { factor: un(told.factor), section, bidder };
  if (keyset !== null) await m.keyset.verifyKeyset((given.keyset = await m.keyset.parseKeyset(un(keyset))));
  if (manifest !== null) given.manifest = m.manifest.parseManifest(un(manifest));
  return m.container.openBytes(un(told.container), keys(told.keys), given);
}
"""


@pytest.mark.parametrize("bid", OPENS.values(), ids=OPENS.keys())
async def test_the_page_opens_a_vector(page: Page, bid: dict[str, Any]) -> None:
    given = {
        "container": bid["container"],
        "keys": {number: bid["keys"][str(number)] for number in bid["released"]},
        "factor": bid["factor"],
        "given": {
            "keyset": b64(bid["keyset"].encode()), "manifest": b64(bid["manifest"].encode()), "bidder": bid["bidder"],
            "section": json.loads(bid["keyset"])["section"],
        },
    }  # fmt: skip
    plain = unb64(await page.evaluate(f"async (told) => b64(await ({OPEN})(told))", given))
    assert {"size": len(plain), "sha256": sha256(plain).hexdigest()} == bid["plaintext"]


def a_refusal(change: dict[str, Any]) -> dict[str, Any]:
    """What a refused vector gives to open."""
    bid = OPENS[change["of"]] | change
    every = OPENS[change["of"]]["keys"] | change.get("keys", {})
    container = unb64(bid["container"])
    if "at" in change:
        at = change["at"]
        container = container[:at] + bytes.fromhex(change["put"]) + container[at + change["cut"] :]
    return {
        "container": b64(container),
        "keys": {number: every[str(number)] for number in bid["released"]},
        "factor": bid["factor"],
        "given": {
            name: b64(text.encode()) if name in ("keyset", "manifest") else text
            for name, text in change.get("given", {}).items()
        },
    }


async def codes(page: Page, cases: list[dict[str, Any]]) -> list[str]:
    """The code each case is refused with in the page, `nothing` where it opens."""
    return list(await page.evaluate(f"(all) => codes(all, {OPEN})", cases))


async def test_the_page_refuses_every_refused_vector_with_its_code(page: Page) -> None:
    found = await codes(page, [a_refusal(one) for one in VECTORS["refused"]])
    expected = {one["name"]: f"seal.{one['code']}" for one in VECTORS["refused"]}
    assert dict(zip(expected, found, strict=True)) == expected


DOCUMENTS = """
async (all) => {
  const found = [];
  for (const { kind, text } of all) found.push(await code(async () => kind === "keyset"
    ? m.keyset.verifyKeyset(await m.keyset.parseKeyset(un(text))) : m.manifest.parseManifest(un(text))));
  return found;
}
"""


async def test_the_page_judges_every_keyset_and_manifest_of_the_vectors_as_they_say(page: Page) -> None:
    documents = VECTORS["documents"]
    names = [(one["kind"], one["name"]) for one in documents]
    expected = [f"seal.{one['code']}" if one["code"] else "nothing" for one in documents]
    found = await page.evaluate(DOCUMENTS, documents)
    assert dict(zip(names, found, strict=True)) == dict(zip(names, expected, strict=True))


def opened_here(case: dict[str, Any]) -> str:
    """The code Python refuses a case with."""
    keys = {number: unb64(key) for number, key in case["keys"].items()}
    try:
        open_bytes(unb64(case["container"]), keys, None if case["factor"] is None else unb64(case["factor"]))
    except Problem as problem:
        return problem.code
    return "nothing"


@pytest.mark.parametrize("suite", SUITES)
@pytest.mark.parametrize(
    ("flip", "first", "step"),
    [
        # Together the three see every byte of header, prologue and chunk.
        pytest.param(0x01, 0, 3, marks=pytest.mark.soak),
        pytest.param(0x20, 1, 3, marks=pytest.mark.soak),
        pytest.param(0x80, 2, 3, marks=pytest.mark.soak),
        (0x04, 5, 37),
    ],
)
async def test_every_changed_byte_is_refused_in_the_page_as_in_python(
    page: Page, suite: str, flip: int, first: int, step: int
) -> None:
    known = a_refusal({"of": "short" if suite == X25519 else "short, SM2"})
    whole = unb64(known["container"])
    cases = []
    for at in range(first, len(whole), step):
        changed = bytearray(whole)
        changed[at] ^= flip
        cases.append(known | {"container": b64(bytes(changed))})
    found = await codes(page, cases)
    assert found == [opened_here(one) for one in cases]
    assert "nothing" not in found


@pytest.mark.parametrize("name", ["short", "short, SM2"])
async def test_every_cut_is_refused_in_the_page_as_in_python(page: Page, name: str) -> None:
    known = a_refusal({"of": name})
    whole = unb64(known["container"])
    cases = [
        known | {"container": b64(whole[:size])}
        for size in (*range(0, len(whole), 7), *range(len(whole) - 80, len(whole)))
    ]
    found = await codes(page, cases)
    assert found == [opened_here(one) for one in cases]


HEADS = {
    "nothing": b"",
    "a line of 8193 bytes": b"sealed-bid/v1\nsuite " + b"x" * 8187 + b"\n",
    "a first line without end": b"s" * 9000,
    "bytes that are no text": b"sealed-bid/v1\nsuite \xff\n",
    "a mark of byte order": "\ufeffsealed-bid/v1\n".encode(),
    "sixty custodians": b"60",
    "year 0": b"0000",
    "24 o'clock": b"24:00",
    "a leap second": b":60Z",
}


async def test_odd_headers_are_refused_in_the_page_as_in_python(page: Page) -> None:
    known = a_refusal({"of": "short"})
    text = unb64(known["container"])
    share = next(line for line in text.split(b"\n") if line.startswith(b"share 3"))
    many = b"".join(share.replace(b"share 3", b"share %d" % number) + b"\n" for number in range(4, 61))
    odd = HEADS | {
        "sixty custodians": text.replace(b"2-of-3", b"2-of-60").replace(share + b"\n", share + b"\n" + many),
        "year 0": text.replace(b"2026-12-01", b"0000-12-01"),
        "24 o'clock": text.replace(b"T01:30", b"T24:00"),
        "a leap second": text.replace(b":00Z", b":60Z"),
    }
    cases = [known | {"container": b64(data)} for data in odd.values()]
    found = dict(zip(odd, await codes(page, cases), strict=True))
    assert found == dict(zip(odd, map(opened_here, cases), strict=True))


def plaintext(size: int) -> bytes:
    """Bytes that both sides make for themselves."""
    return (bytes(range(251)) * (size // 251 + 1))[:size]


@pytest.mark.parametrize(("size", "factor", "suite"), WITHOUT_AND_WITH)
async def test_python_opens_what_the_page_seals(page: Page, size: int, factor: bytes | None, suite: str) -> None:
    custody = Custody(suite=suite)
    given = {"size": size, "keyset": custody.keyset.encode(), "line": LINE, "factor": factor}
    made = await page.evaluate(
        """async (told) => {
          const keyset = await m.keyset.parseKeyset(un(told.keyset));
          const sealed = await m.container.sealBytes(pattern(told.size), keyset, "technical", un(told.line), un(told.factor));
          await give("/large/page", sealed.container);
          return { root: b64(sealed.root), plain: b64(sealed.plainRoot) };
        }""",
        told(given),
    )
    container = LARGE.pop("/large/page")
    assert open_bytes(container, custody.keys(1, 3), factor, custody.keyset) == plaintext(size)
    assert unb64(made["root"]) == block_root([container])
    assert unb64(made["plain"]) == block_root([plaintext(size)], PLAINTEXT_BLOCK)


@pytest.mark.parametrize(("size", "factor", "suite"), WITHOUT_AND_WITH)
async def test_the_page_opens_what_python_seals(page: Page, size: int, factor: bytes | None, suite: str) -> None:
    custody = Custody(suite=suite)
    LARGE["/large/python"], sealed = seal_bytes(
        plaintext(size), custody.keyset, "technical", LINE, factor, Stream("browser")
    )
    given = {
        "keyset": custody.keyset.encode(), "keys": custody.keys(2, 3), "factor": factor, "commit": sealed.commit,
        "root": sealed.root, "size": size,
    }  # fmt: skip
    found = await page.evaluate(
        """async (told) => {
          const container = await take("/large/python");
          const keyset = await m.keyset.parseKeyset(un(told.keyset));
          const pieces = [];
          const found = await m.container.openContainer(
            async (from, to) => container.subarray(from, to), container.length, async (bytes) => pieces.push(bytes),
            keys(told.keys), { factor: un(told.factor), keyset });
          const same = m.bytes.same(m.bytes.concat(...pieces), pattern(told.size));
          return same && b64(found.commit) === told.commit && b64(found.root) === told.root;
        }""",
        told(given),
    )
    assert found


def test_every_refusal_of_the_engine_has_its_sentence() -> None:
    told_codes = {
        code
        for path in (ROOT / "js/seal").glob("*.js")
        for code in re.findall(r'new Problem\("([^"]+)"', path.read_text("utf-8"))
    }
    assert told_codes - set(sentences()) == set()
