"""What containers are made of, in the browser: JSON, base64, roots, shares, envelopes, curves; equal to Python's."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.hashes import SM3
from cryptography.hazmat.primitives.hmac import HMAC
from playwright.async_api import Browser, Page
from sealing_stage import Custody, Stream, an_engine, engine_served, told

from infra.crypto import hpke, sm2
from infra.crypto.merkle import inclusion_proof, leaf_hash, root
from infra.crypto.shares import extend, split
from infra.crypto.sm4 import SM4GCM
from infra.edge import random_bytes
from infra.kernel.canonical import b64, canonical, parse, unb64
from infra.kernel.problems import Problem

pytestmark = pytest.mark.browser


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    with engine_served() as origin:
        async with an_engine(browser, origin) as found:
            yield found


def refusal(work: Any) -> str:
    """The code with which Python refuses."""
    try:
        work()
    except Problem as problem:
        return problem.code
    return "nothing"


JSON: list[Any] = [
    {}, [], None, True, 0, -1, 2**53 - 1, "", "合格 ✓ 😀", {"b": 1, "a": [1, {"d": None, "c": "x"}]}, "\u2028\u2029",
    "\u0000\b\t\n\f\r\u001f\u007f\"\\/", {"__proto__": 1, "constructor": 2},
    {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "😀": 5, "\u0080": 6, "ö": 7},
]  # fmt: skip


async def test_canonical_json_is_pythons(page: Page) -> None:
    texts = [json.dumps(value) for value in JSON]
    made = await page.evaluate("(all) => all.map((text) => b64(m.canonical.canonical(JSON.parse(text))))", texts)
    assert [unb64(one) for one in made] == [canonical(value) for value in JSON]


NOT_CANONICAL = [
    b"", b"{", b"\xff", b"\xef\xbb\xbf{}", b" {}", b"{} ", b'{"a":1,"a":1}', b'{"b":1,"a":1}', b"1.0", b"1e2", b"-0", b"1.5",
    b"NaN", b"9007199254740992", b'"\\u0041"', b'"\\ud800"', b'"\\/"', b"[1, 2]", b"[" * 100_000, b'"\n"', b"{}\n",
]  # fmt: skip


async def test_what_is_not_canonical_json_is_refused_here_and_in_python(page: Page) -> None:
    script = "(all) => codes(all, (one) => m.canonical.parse(un(one)))"
    found = await page.evaluate(script, told(NOT_CANONICAL))
    assert all(one.startswith("json.") for one in found)
    assert all(refusal(lambda one=one: parse(one)).startswith("json.") for one in NOT_CANONICAL)


BASE64 = [
    "",
    "AA==",
    "AAA=",
    "AAAA",
    "AB==",
    "AAB=",
    "A",
    "AA",
    "AA=",
    "AAAA=",
    "AA==\n",
    " AA==",
    "A_-=",
    "Ａ===",
    "AA==AA==",
    "=",
    "/+8=",
]


async def test_base64_is_read_as_strictly_as_in_python(page: Page) -> None:
    script = "(all) => codes(all, (one) => un(one))"
    assert await page.evaluate(script, BASE64) == [refusal(lambda one=one: unb64(one)) for one in BASE64]
    large = random_bytes(100_001)
    assert await page.evaluate("(text) => b64(un(text)) === text", b64(large))


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 13])
async def test_merkle_roots_and_proofs_are_pythons(page: Page, count: int) -> None:
    data = [bytes([number]) * number for number in range(count)]
    leaves = [leaf_hash(one) for one in data]
    proofs = [inclusion_proof(at, leaves) for at in range(count)]
    found = await page.evaluate(
        """async (told) => {
          const leaves = await Promise.all(told.data.map((one) => m.merkle.leafHash(un(one))));
          const root = await m.merkle.root(leaves);
          const proven = await Promise.all(told.proofs.map((proof, at) =>
            m.merkle.includes(at, leaves.length, leaves[at], proof.map(un), root)));
          const crossed = await Promise.all(told.proofs.map((proof, at) =>
            m.merkle.includes(at, leaves.length, leaves[(at + 1) % leaves.length], proof.map(un), root)));
          return { root: b64(root), proven, crossed };
        }""",
        told({"data": data, "proofs": proofs}),
    )
    assert unb64(found["root"]) == root(leaves)
    assert found["proven"] == [True] * count
    assert found["crossed"] == [count == 1] * count


async def test_shares_are_pythons(page: Page) -> None:
    drawn = Stream("shares")(320)
    random = Stream("shares")
    expected = split(random(32), 3, 5, random)
    found = await page.evaluate(
        """(told) => {
          const random = drawn(told);
          const shares = m.shares.split(random(32), 3, 5, random);
          const all = m.shares.extend([shares[4], shares[0], shares[2]], 5);
          return [shares.map(b64), all.map(b64), b64(m.shares.join(shares.slice(1, 4)))];
        }""",
        b64(drawn),
    )
    assert found == [[b64(one) for one in expected]] * 2 + [b64(Stream("shares")(32))]
    assert extend(expected[:3], 5) == expected


async def test_hpke_is_that_of_rfc_9180_a_1(page: Page) -> None:
    given = {
        "skE": "52c4a758a802cd8b936eceea314432798d5baf2d7e9235dc084ab1b9cfa2f736",
        "pkE": "37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431",
        "skR": "4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8",
        "pkR": "3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d",
        "info": "4f6465206f6e2061204772656369616e2055726e",
        "suite": (b"HPKE\x00\x20\x00\x01\x00\x01").hex(),
    }
    found = await page.evaluate(
        """async (told) => {
          const [skE, pkE, skR, pkR, info, suite] = ["skE", "pkE", "skR", "pkR", "info", "suite"].map((name) => un(told[name]));
          const shared = await m.hpke.sharedSecret(skE, pkR, m.bytes.concat(pkE, pkR));
          const again = await m.hpke.sharedSecret(skR, pkE, m.bytes.concat(pkE, pkR));
          const { key, nonce } = await m.hpke.keySchedule(shared, info, suite, 16);
          return [shared, again, key, nonce, await m.curve.publicKey(skE)].map(b64);
        }""",
        {name: b64(bytes.fromhex(value)) for name, value in given.items()},
    )
    shared = "fe0e18c9f024ce43799ae393c7e8fe8fce9d218875e8227b0187c04e7d2ea1fc"
    expected = [shared, shared, "4531685d41d65f03dc48f6b8302c05b0", "56d890e5accaaf011cff4b7d", given["pkE"]]
    assert [unb64(one).hex() for one in found] == expected


async def test_envelopes_open_in_both_directions_and_a_changed_byte_does_not(page: Page) -> None:
    own = Stream("envelope")(32)
    given = {
        "own": own,
        "public": hpke.public_key(own),
        "blob": hpke.seal_to(hpke.public_key(own), b"text", b"info", random_bytes),
    }
    found = await page.evaluate(
        """async (told) => {
          const [own, blob, info] = [un(told.own), un(told.blob), m.bytes.utf8("info")];
          const codes = [];
          for (let at = 0; at < blob.length; at += 1) {
            const changed = blob.map((byte, place) => (place === at ? byte ^ 1 : byte));
            codes.push(await code(() => m.hpke.openFrom(own, changed, info)));
          }
          return {
            opened: b64(await m.hpke.openFrom(own, blob, info)),
            sealed: b64(await m.hpke.sealTo(un(told.public), m.bytes.utf8("back"), info, m.bytes.randomBytes)),
            codes: [...new Set(codes)],
            small: await code(() => m.hpke.sealTo(new Uint8Array(32), info, info, m.bytes.randomBytes)),
          };
        }""",
        told(given),
    )
    assert unb64(found["opened"]) == b"text"
    assert hpke.open_from(own, unb64(found["sealed"]), b"info") == b"back"
    assert (found["codes"], found["small"]) == (["envelope.unreadable"], "envelope.bad-key")


SMALL_ORDER = [
    bytes(32),
    (1).to_bytes(32, "little"),
    bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
    (2**255 - 19).to_bytes(32, "little"),
]


async def test_x25519_of_tweetnacl_equals_that_of_the_browser(page: Page) -> None:
    pairs = [(Stream(f"own {at}")(32), hpke.public_key(Stream(f"peer {at}")(32))) for at in range(8)]
    # A public key's highest bit is not looked at (RFC 7748 §5).
    pairs += [(own, peer[:31] + bytes([peer[31] | 0x80])) for own, peer in pairs[:2]]
    pairs += [(pairs[0][0], peer) for peer in SMALL_ORDER]
    found = await page.evaluate(
        """async (pairs) => {
          const answers = { webcrypto: [], fallback: [] };
          for (const [own, peer] of pairs) for (const name of Object.keys(answers)) {
            const shared = await m.curve.WAYS[name](un(own), un(peer));
            answers[name].push(shared && b64(shared));
          }
          return [answers, await m.curve.way()];
        }""",
        told(pairs),
    )
    answers, way = found
    assert answers["webcrypto"] == answers["fallback"]
    assert answers["fallback"][-4:] == [None] * 4 and None not in answers["fallback"][:-4]
    assert way == "webcrypto"


async def test_ed25519_of_tweetnacl_equals_that_of_the_browser(page: Page) -> None:
    keyset = Custody().keyset
    message, good = keyset.digest, keyset.signatures[0]
    cases = [(message, good), (message[::-1], good), (message, good[::-1]), (message, bytes(64)), (message, good[:63])]
    found = await page.evaluate(
        """async ([key, cases]) => Promise.all(cases.map(async ([message, signature]) => [
          await m.curve.verifyEd25519(un(key), un(message), un(signature)),
          signature.length === 88 && await m.curve.verifyByTweetnacl(un(key), un(message), un(signature)),
        ]))""",
        told([keyset.custodians[0].signer, cases]),
    )
    assert found == [[True, True]] + [[False, False]] * 4


async def test_sm3_and_its_hmac_are_pythons(page: Page) -> None:
    messages = [Stream("sm3")(size) for size in (0, 1, 3, 55, 56, 63, 64, 65, 119, 120, 1000)]
    keys = [b"", b"k", bytes(64), bytes(65), Stream("key")(200)]
    found = await page.evaluate(
        """([messages, keys]) => [
          messages.map((one) => b64(m.sm3.sm3(un(one)))),
          keys.map((key) => b64(m.sm3.hmacSm3(un(key), un(messages.at(-1))))),
        ]""",
        told([messages, keys]),
    )
    made = []
    for key in keys:
        mac = HMAC(key, SM3())
        mac.update(messages[-1])
        made.append(b64(mac.finalize()))
    assert found == [[b64(sm2.sm3(one)) for one in messages], made]


async def test_sm4_gcm_is_pythons_in_every_size_and_refuses_what_python_refuses(page: Page) -> None:
    key, nonce = Stream("key")(16), Stream("nonce")(12)
    plain = [Stream("sm4")(size) for size in (0, 1, 15, 16, 17, 31, 32, 33, 1000, 16383, 16384)]
    aead = SM4GCM(key)
    sealed = []
    for one in plain:
        room = bytearray(len(one) + 16)
        aead.encrypt_into(nonce, memoryview(one), None, memoryview(room))
        sealed.append(bytes(room))
    spoilt = [sealed[8][:-1], sealed[8] + b"x", sealed[0][:15], b"", *(flipped(sealed[4], at) for at in range(33))]
    found = await page.evaluate(
        """([key, nonce, plain, sealed, spoilt]) => {
          const aead = new m.sm4.Sm4Gcm(un(key));
          return {
            block: b64(new m.sm4.Sm4Gcm(un("ASNFZ4mrze/+3LqYdlQyEA==")).block(un("ASNFZ4mrze/+3LqYdlQyEA=="))),
            sealed: plain.map((one) => b64(aead.seal(un(nonce), un(one)))),
            opened: sealed.map((one) => b64(aead.open(un(nonce), un(one)))),
            refused: spoilt.map((one) => aead.open(un(nonce), un(one))),
            earlier: spoilt.map((one) => aead.endsEarlier(un(nonce), un(one))),
          };
        }""",
        told([key, nonce, plain, sealed, spoilt]),
    )
    assert unb64(found["block"]).hex() == "681edf34d206965e86b3e94f536e4246"
    assert [unb64(one) for one in found["sealed"]] == sealed
    assert [unb64(one) for one in found["opened"]] == plain
    assert found["refused"] == [None] * len(spoilt)
    assert found["earlier"] == [aead.ends_earlier(nonce, one) for one in spoilt]


def flipped(data: bytes, at: int) -> bytes:
    """One bit of one byte changed."""
    return data[:at] + bytes([data[at] ^ 0x40]) + data[at + 1 :]


async def test_sm2_is_that_of_gb_t_32918_5_and_refuses_what_python_refuses(page: Page) -> None:
    own = bytes.fromhex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8")
    drawn = int("59276e27d506861a16680f3ad9c02dccef3cc1fa3cdbe4ce6d54b80deac1bc21", 16) - 1
    public = sm2.public_key(own)
    blob = sm2.encrypt(public, b"encryption standard", lambda size: drawn.to_bytes(size))
    keys = [own, bytes(32), (sm2.N - 2).to_bytes(32), (sm2.N - 1).to_bytes(32), sm2.N.to_bytes(32), own[:31]]
    points = [
        public,
        flipped(public, 64),
        b"\2" + public[1:33],
        b"\4" + bytes(64),
        b"\4" + sm2.P.to_bytes(32) + public[33:],
    ]
    numbers = [bytes(40), (sm2.N - 3).to_bytes(40), (sm2.N - 2).to_bytes(40), b"\xff" * 40]
    spoilt = [*(flipped(blob, at) for at in range(0, len(blob), 9)), blob[:96], b""]
    found = await page.evaluate(
        """async ([own, drawnK, blob, keys, points, numbers, spoilt]) => {
          const text = m.bytes.utf8("encryption standard");
          const wrapped = m.sm2.sealTo(m.sm2.publicKey(un(own)), text, text, m.bytes.randomBytes);
          return {
            public: b64(m.sm2.publicKey(un(own))),
            blob: b64(m.sm2.encrypt(m.sm2.publicKey(un(own)), text, drawn(drawnK))),
            opened: b64(m.sm2.decrypt(un(own), un(blob))),
            keys: keys.map((one) => m.sm2.isPrivate(un(one))),
            points: points.map((one) => m.sm2.isPublic(un(one))),
            private: numbers.map((one) => b64(m.sm2.privateOf(un(one)))),
            codes: await codes(spoilt, (one) => m.sm2.decrypt(un(own), un(one))),
            bad: [await code(() => m.sm2.encrypt(un(points[1]), text, m.bytes.randomBytes)),
              await code(() => m.sm2.publicKey(un(keys[1])))],
            wrapped: b64(wrapped), other: await code(() => m.sm2.openFrom(un(own), wrapped, un(own))),
          };
        }""",
        told([own, drawn.to_bytes(40), blob, keys, points, numbers, spoilt]),
    )
    assert (unb64(found["public"]), unb64(found["blob"])) == (public, blob)
    assert unb64(found["opened"]) == b"encryption standard"
    assert found["keys"] == [sm2.is_private(one) for one in keys] == [True, False, True, False, False, False]
    assert found["points"] == [sm2.is_public(one) for one in points] == [True] + [False] * 4
    assert [unb64(one) for one in found["private"]] == [sm2.private_of(one) for one in numbers]
    assert set(found["codes"]) == {"envelope.unreadable"} and found["bad"] == ["envelope.bad-key"] * 2
    assert sm2.unwrap(own, unb64(found["wrapped"]), b"encryption standard") == b"encryption standard"
    assert found["other"] == "envelope.unreadable"
