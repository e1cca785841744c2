"""The sealing Worker: large files in flat memory, sealed copies, blocks made again, pause and cancel, the device check."""

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Page
from sealing_stage import CODE, Custody, Stream, an_engine, bidder_salt, engine_served, told

from infra.crypto.manifest import bidder_line
from infra.crypto.seal import seal_bytes
from infra.crypto.seal_blocks import PLAINTEXT_BLOCK, block_root
from infra.crypto.seal_suite import SUITES
from infra.kernel.canonical import b64, unb64

pytestmark = [pytest.mark.browser, pytest.mark.soak]

LARGE = 200 << 20
START = """
async (told) => {
  window.w = new m.sealer.Sealer();
  window.large = (size) => new Blob(Array.from({ length: Math.ceil(size / (1 << 20)) },
    (_, at) => new Uint8Array(Math.min(1 << 20, size - at * (1 << 20))).fill(at)));
  window.asked = (source, more = {}) => ({ part: "technical", source, keyset: un(told.keyset), bidderSalt: un(told.salt),
    creditCode: told.code, plan: "tests", ...more });
}
"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def page(browser: Browser) -> AsyncIterator[Page]:
    with engine_served() as origin:
        async with an_engine(browser, origin) as found:
            given = {"keyset": Custody().keyset.encode(), "salt": bidder_salt(), "code": CODE}
            await found.evaluate(START, told(given))
            yield found


async def test_a_pass_never_reads_more_than_three_blocks_ahead_however_large_the_file(page: Page) -> None:
    found: dict[str, Any] = await page.evaluate(
        """async (size) => {
          const keyset = await m.keyset.parseKeyset(asked(null).keyset);
          const made = await m.container.Container.make(size, keyset, "technical", new Uint8Array(32));
          const window = new Uint8Array(10 << 20);
          let [read, written, most] = [0, 0, 0];
          const measured = await made.seal(
            async (from, to) => {
              read = to;
              most = Math.max(most, read - written);
              return window.subarray(0, to - from);
            },
            async (bytes) => {
              await new Promise((resolve) => setTimeout(resolve));
              written += bytes.length;
            });
          return { most, written, size: measured.size, blocks: measured.leaves.length };
        }""",
        LARGE,
    )
    assert found["written"] == found["size"] > LARGE
    assert found["most"] <= 24 << 20
    assert found["blocks"] == -(-found["size"] // (8 << 20))


async def test_any_worker_makes_any_stretch_of_a_container_in_any_order(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const keyset = await m.keyset.parseKeyset(asked(null).keyset);
          const sizes = [8, 16].flatMap((mib) => [-40000, -1, 0, 1].map((more) => (mib << 20) + more));
          const found = [];
          for (const size of sizes) {
            const plain = pattern(size);
            const read = async (from, to) => plain.slice(from, to);
            const made = await m.container.Container.make(size, keyset, "technical", new Uint8Array(32));
            const measured = async (beside) => {
              const pieces = [];
              const keep = async (bytes, at) => pieces.push([at, bytes.slice()]);
              const { root, plainRoot, size } = await made.seal(read, keep, { tell() {}, beside });
              const bytes = pieces.sort(([one], [other]) => one - other).map(([, piece]) => piece);
              return [size, b64(root), b64(plainRoot), b64(await m.bytes.sha256(m.bytes.concat(...bytes)))];
            };
            const other = new m.lanes.Lane(m.stretches.workOf(await made.told()), read);
            const tree = new m.merkle.BlockRoot(1 << 20);
            await tree.feed(plain);
            const [alone, shared] = [await measured([]), await measured([other])];
            found.push(`${alone}` === `${shared}` && alone[2] === b64(await tree.root()));
          }
          return found;
        }"""
    )
    assert found == [True] * 8


async def test_what_a_helping_worker_cannot_read_is_refused(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const work = m.stretches.workOf({ kind: "hashing", size: 64 << 20, block: 1 << 20, kept: false });
          const good = new m.lanes.Lane(work, async (from, to) => new Uint8Array(to - from));
          const bad = new m.lanes.Lane(work, async () => { throw new m.problem.Problem("plan.file-changed"); });
          let kept = 0;
          const told = { keep: async () => { kept += 1; }, tell() {}, pass: async () => {} };
          return [await code(() => m.lanes.through(work, [good, bad], told)), kept < 8];
        }"""
    )
    assert found == ["plan.file-changed", True]


async def test_a_large_file_is_read_as_one_stream_also_from_a_little_before(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const all = pattern(24 << 20);
          const read = m.reading.streamed(new Blob([all]));
          const spans = [[0, 9 << 20], [(8 << 20) - 7, 17 << 20], [16 << 20, 16 << 20], [3, 5 << 20], [20 << 20, 24 << 20]];
          const right = [];
          for (const [from, to] of spans) right.push(m.bytes.same(await read(from, to), all.subarray(from, to)));
          return [right, await code(() => read(23 << 20, 25 << 20)), m.bytes.same(await read(1, 9), all.subarray(1, 9))];
        }"""
    )
    assert found == [[True] * 5, "plan.file-changed", True]


@pytest.mark.parametrize("late", [0, 500], ids=["asked at once", "asked afterwards"])
async def test_a_file_is_not_called_changed_where_only_its_reading_worker_cannot_start(page: Page, late: int) -> None:
    await page.route("**/reading_worker.js", lambda route: route.abort())
    found = await page.evaluate(
        """async (late) => {
          const read = m.reading.streamed(new Blob([pattern(24 << 20)]));
          await new Promise((resolve) => setTimeout(resolve, late));
          return [await code(() => read(0, 9 << 20)), await code(() => read(0, 9 << 20))];
        }""",
        late,
    )
    await page.unroute("**/reading_worker.js")
    assert found == ["seal.failed", "seal.failed"]


@pytest.mark.soak
async def test_the_worker_seals_200_mb_into_a_sealed_copy(page: Page) -> None:
    found: dict[str, Any] = await page.evaluate(
        """async (size) => {
          const [heard, source] = [[], large(size)];
          const sealed = await w.ask("seal", asked(source), (done) => heard.push(done));
          const file = await m.store.copy("tests", "technical", sealed.size);
          const last = sealed.leaves.length - 1;
          const leaf = async (bytes) => b64(await m.merkle.leafHash(new Uint8Array(bytes)));
          const pieces = [0, last].map((number) => file.slice(number << 23, (number + 1) << 23));
          const leaves = await Promise.all(pieces.map(async (piece) => leaf(await piece.arrayBuffer())));
          const again = await Promise.all([0, 1, last].map(async (number) =>
            leaf((await w.ask("block", { part: "technical", number, source })).bytes)));
          return { stored: sealed.stored, leaves, again, expected: [0, 1, last].map((number) => b64(sealed.leaves[number])),
            root: b64(sealed.root), tree: b64(await m.merkle.root(sealed.leaves)), plain: b64(sealed.plainRoot),
            rising: heard.every((done, at) => at === 0 || done > heard[at - 1]),
            missing: await m.store.copy("tests", "technical", 1) };
        }""",
        LARGE,
    )
    assert found["stored"] is True
    assert found["leaves"] == [found["expected"][0], found["expected"][2]]
    assert found["again"] == found["expected"]
    assert found["root"] == found["tree"]
    assert unb64(found["plain"]) == block_root((bytes([at % 256]) * (1 << 20) for at in range(200)), PLAINTEXT_BLOCK)
    assert found["rising"] and found["missing"] is None


async def test_a_file_that_changed_on_the_way_is_refused(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          const sealed = await w.ask("seal", asked(large(9 << 20)));
          const shorter = await code(() => w.ask("block", { part: "technical", number: 0, source: large(3) }));
          return [sealed.stored, shorter, await code(() => w.ask("block", { part: "price", number: 0, source: large(3) }))];
        }"""
    )
    assert found == [True, "plan.file-changed", "plan.copy-gone"]


async def test_pausing_stops_the_work_and_cancelling_leaves_no_copy(page: Page) -> None:
    found = await page.evaluate(
        """async () => {
          let begin;
          const begun = new Promise((resolve) => (begin = resolve));
          const work = w.ask("seal", asked(large(64 << 20), { plan: "paused" }), () => begin());
          await begun;
          w.pause();
          const wait = new Promise((resolve) => setTimeout(() => resolve("waiting"), 300));
          const paused = await Promise.race([code(() => work), wait]);
          w.cancel();
          const told = await code(() => work);
          const left = await m.store.copy("paused", "technical", 0);
          return [paused, told, left, await code(() => w.ask("seal", asked(large(100))))];
        }"""
    )
    assert found == ["waiting", "seal.cancelled", None, "nothing"]


async def test_the_worker_opens_a_container_by_released_keys(page: Page) -> None:
    custody = Custody()
    container, sealed = seal_bytes(
        b"x" * 3_000_000, custody.keyset, "technical", bidder_line(bidder_salt(), CODE), None, Stream("w")
    )
    found = await page.evaluate(
        """async (told) => {
          const [source, keyset] = [new Blob([un(told.container)]), un(told.keyset)];
          const asks = (own) => ({ source, keyset, keys: [...keys(own)] });
          const opened = await w.ask("open", asks(told.keys));
          const plain = new Uint8Array(await opened.plain.arrayBuffer());
          return [plain.length, plain.every((byte) => byte === 120), b64(opened.commit), b64(opened.root), opened.part,
            await code(() => w.ask("open", asks(told.swapped)))];
        }""",
        told({
            "container": container, "keyset": custody.keyset.encode(), "keys": custody.keys(1, 2),
            "swapped": {1: custody.private[2], 2: custody.private[1]},
        }),
    )  # fmt: skip
    assert found == [3_000_000, True, b64(sealed.commit), b64(sealed.root), "technical", "seal.key"]


async def test_the_device_check_seals_and_opens_in_every_suite_for_a_trial(page: Page) -> None:
    found = await page.evaluate("m.main.Sealing.check()")
    assert (found["secure"], found["x25519"], found["ed25519"], found["store"]) == (
        True, "webcrypto", "webcrypto", True,
    )  # fmt: skip
    assert set(found["suites"]) == set(SUITES) and found["room"] > 0
    assert all(one["opened"] and one["rate"] > 0 for one in found["suites"].values())


async def test_pace_tells_rate_and_time_left_and_forgets_a_pause(page: Page) -> None:
    found = await page.evaluate(
        """() => {
          const pace = new m.pace.Pace(1000);
          pace.had("a", 200);
          const first = pace.at("a", 200, 0);
          const second = pace.at("a", 300, 1000);
          pace.rest();
          pace.at("a", 300, 900000);
          return [first, second, pace.at("b", 100, 901000)];
        }"""
    )
    assert found == [
        {"done": 200, "total": 1000, "rate": None, "eta": None},
        {"done": 300, "total": 1000, "rate": 100, "eta": 7},
        {"done": 400, "total": 1000, "rate": 100, "eta": 6},
    ]
