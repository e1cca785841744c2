"""The documents of a bid in the browser: keysets, manifests, forms, kits, signing keys; written and judged as in Python."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from sealing_stage import CODE, FACTOR, Custody, Stream, an_engine, bidder_salt, engine_served, told

from infra.auth.signing import possession
from infra.crypto.keyset import Keyset
from infra.crypto.seal_kit import BidKit, lock_kit, read_kit
from infra.crypto.sign import verify_p256
from infra.edge import random_bytes
from infra.kernel.canonical import b64, unb64
from infra.kernel.problems import Problem
from trading.bidding.wire import withdrawal_message
from trading.opening.form import make_form

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


async def test_a_signer_that_is_not_the_pinned_one_is_refused(page: Page) -> None:
    custody = Custody()
    pinned = {name: b64(key) for name, key in custody.pinned.items()}
    lines = "".join(f"custodian {name} {key}\n" for name, key in pinned.items())
    cases = [pinned, pinned | {"centre": b64(bytes(32))}, {"agent": pinned["agent"]}, {}]
    script = """async ([text, cases]) => {
      const keyset = await m.keyset.parseKeyset(un(text));
      const found = [];
      for (const pinned of cases) found.push(await code(() => m.keyset.verifyKeyset(keyset, pinned)));
      return found;
    }"""
    found = await page.evaluate(script, [b64(custody.keyset.encode()), cases])
    assert found == ["nothing"] + ["seal.keyset"] * 3
    policy = f"origin x\n{lines}witness agent abc\n"
    assert await page.evaluate("(text) => m.keyset.pinnedSigners(text)", policy) == pinned
    assert (
        await page.evaluate("(text) => code(() => m.keyset.pinnedSigners(text))", "custodian a AA==") == "seal.keyset"
    )


async def test_a_container_of_another_keyset_is_refused_with_pythons_code(page: Page) -> None:
    keyset: Keyset = Custody().keyset
    others = {
        "section": Custody(section="YH-2026-001/S2").keyset,
        "round": Custody(round_="2").keyset,
        "policy": Custody(3, 3).keyset,
    }
    script = """async ([mine, others]) => {
      const keyset = await m.keyset.parseKeyset(un(mine));
      const { header } = await m.key.newHeader(keyset, "technical", new Uint8Array(32), null, m.bytes.randomBytes);
      const found = {};
      for (const [name, text] of Object.entries(others)) {
        const other = await m.keyset.parseKeyset(un(text));
        found[name] = [await code(() => m.key.checkKeyset(header, other)),
          await code(() => m.key.checkKeyset(header, { ...other, digest: keyset.digest }))];
      }
      return found;
    }"""
    found = await page.evaluate(script, told([keyset.encode(), {name: one.encode() for name, one in others.items()}]))
    assert found == {
        "section": ["seal.keyset", "seal.section"],
        "round": ["seal.keyset", "seal.section"],
        "policy": ["seal.keyset", "seal.policy"],
    }


FORMS = [
    ("9310000.00", "300", "合格", "王工"), ("1", "1", "", ""), ("0.01", "99999", "x" * 200, "😀" * 200),
    *[(price, "300", "a", "b") for price in ("0", "0.00", "-1.00", "-0", "1.", ".5", "1.234", "1,000", "１", "", "1 ", "1\n")],
    *[("1", days, "a", "b") for days in ("0", "030", "100000", "3d", "", "３")],
    *[("1", "300", text, "b") for text in ("x" * 201, "a\tb", "a\0b", "\u0085")],
]  # fmt: skip


async def test_opening_forms_are_pythons_and_refused_alike(page: Page) -> None:
    names = ("price", "duration", "quality", "leader")
    script = """(all) => all.map((form) => {
      try { return b64(m.form.makeForm(form)); } catch (error) { return error.code ?? String(error); }
    })"""
    found = await page.evaluate(script, [dict(zip(names, form, strict=True)) for form in FORMS])

    def here(form: tuple[str, str, str, str]) -> str:
        try:
            return b64(make_form(*form))
        except Problem as problem:
            return problem.code

    assert dict(zip(FORMS, found, strict=True)) == {form: here(form) for form in FORMS}


def a_kit(factor: bytes | None) -> BidKit:
    salts = {"technical": Stream("t")(32), "commercial": Stream("c")(32)}
    return BidKit("YH-2026-001/S1", "1", CODE, bidder_salt(), factor, Stream("hash")(32), salts)


@pytest.mark.parametrize("factor", [None, FACTOR], ids=["plain", "with B"])
async def test_an_open_bid_kit_is_read_and_written_as_in_python(page: Page, factor: bytes | None) -> None:
    script = "async (text) => b64(m.kit.encodeKit(await m.kit.readKit(un(text))))"
    document = a_kit(factor).encode()
    assert unb64(await page.evaluate(script, b64(document))) == document
    odd = [
        b"{}",
        document + b"\n",
        document.replace(b'"round":"1"', b'"round":"01"'),
        document.replace(b"salt", b"malt"),
    ]
    found = await page.evaluate("(all) => codes(all, (one) => m.kit.readKit(un(one)))", told(odd))
    assert found == [refusal(lambda one=one: read_kit(one)) for one in odd] == ["kit.bad"] * 4


async def test_a_locked_bid_kit_opens_in_both_directions_and_only_with_its_passphrase(page: Page) -> None:
    kit = a_kit(FACTOR)
    found = await page.evaluate(
        """async (locked) => {
          const read = await m.kit.readKit(un(locked), "密码 pass");
          return {
            read: b64(m.kit.encodeKit(read)), locked: b64(await m.kit.lockKit(read, "密码 pass", m.bytes.randomBytes)),
            wrong: await code(() => m.kit.readKit(un(locked), "another")),
            missing: await code(() => m.kit.readKit(un(locked))),
            empty: await code(() => m.kit.lockKit(read, "", m.bytes.randomBytes)),
          };
        }""",
        b64(lock_kit(kit, "密码 pass".encode(), random_bytes)),
    )
    assert unb64(found["read"]) == kit.encode()
    assert read_kit(unb64(found["locked"]), "密码 pass".encode()) == kit
    assert [found[name] for name in ("wrong", "missing", "empty")] == ["kit.passphrase"] * 3


async def test_a_signing_key_proves_itself_signs_as_the_server_verifies_and_never_leaves(page: Page) -> None:
    digest = Stream("digest")(32)
    found = await page.evaluate(
        """async (digest) => {
          const key = await m.main.SigningKey.open("acc-1");
          const before = [key.publicKey, key.certificate, await code(() => key.sign(un(digest)))];
          const { publicKey, proof } = await key.create();
          const again = await m.main.SigningKey.open("acc-1");
          const { pair } = await m.idb.get("keys", "acc-1");
          const certificate = b64(m.bytes.concat(new Uint8Array(9), Uint8Array.of(3, 66, 0), un(publicKey), new Uint8Array(9)));
          const other = b64(new Uint8Array(100));
          const refused = [await code(() => again.keep(other)), await code(() => again.sign(new Uint8Array(31)))];
          await again.keep(certificate);
          const withdrawn = await m.manifest.withdrawalMessage(un(digest));
          return { before, publicKey, proof,
            same: again.publicKey === publicKey && (await again.create()).publicKey === publicKey,
            signature: await again.sign(un(digest)), withdrawal: await again.sign(withdrawn),
            exported: await code(() => crypto.subtle.exportKey("jwk", pair.privateKey)), refused,
            kept: (await m.main.SigningKey.open("acc-1")).certificate === certificate,
            renewed: (await again.create({ again: true })).publicKey !== publicKey,
            forgotten: await again.forget().then(async () => (await m.main.SigningKey.open("acc-1")).publicKey) };
        }""",
        b64(digest),
    )
    public = unb64(found["publicKey"])
    assert verify_p256(public, possession("acc-1", public), unb64(found["proof"]))
    assert verify_p256(public, digest, unb64(found["signature"]))
    assert verify_p256(public, withdrawal_message(digest), unb64(found["withdrawal"]))
    assert found["before"] == [None, None, "signing.no-key"]
    assert found["refused"] == ["signing.other-key", "signing.not-a-digest"]
    assert (found["same"], found["kept"], found["renewed"], found["forgotten"]) == (True, True, True, None)
    assert found["exported"] not in ("nothing", "0")
