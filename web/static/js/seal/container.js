/* Sealing and opening whole containers `sealed-bid/v1` in one pass with flat memory (docs/formats/sealed-bid.md). */

import { concat, randomBytes, same, sha256 } from "./bytes.js";
import { LONGEST_HEADER, parseHeader } from "./header.js";
import { checkKeyset, commitment, commitSalt, newHeader, recover } from "./key.js";
import { Lane, through } from "./lanes.js";
import { checkMeasured, checkSize, entryOf } from "./manifest.js";
import { BlockRoot, CONTAINER_BLOCK, PLAINTEXT_BLOCK, room, root } from "./merkle.js";
import { BATCH, decryptBatch, payloadKeys, payloadSecrets, PROLOGUE, SALT, SEALED } from "./payload.js";
import { Problem } from "./problem.js";
import { workOf } from "./stretches.js";

/* Batches read and decrypted at a time. */
const DEPTH = 2;

/* The container of `size` plaintext bytes under one header, key and salt: the same bytes as often as they are asked for. */
export class Container {
  /* A new one for a keyset's part; `bidder` is the 32-byte bidder line, `factor` B or null. */
  static async make(size, keyset, part, bidder, factor = null, random = randomBytes) {
    const { header, inputKey } = await newHeader(keyset, part, bidder, factor, random);
    return new Container(size, header, inputKey, random(SALT));
  }

  constructor(plainSize, header, inputKey, salt) {
    Object.assign(this, { plainSize, header, inputKey, salt });
  }

  /* What a Worker must know to make any stretch of it. */
  async told() {
    this.secrets ??= await this.#secrets();
    const start = concat(this.header.encode(), this.salt, this.secrets.commitment);
    return { kind: "sealing", start, plainSize: this.plainSize, secrets: this.secrets };
  }

  /* Write the whole container and measure it: { size, root, commit, commitSalt, leaves, plainRoot }. `read(from, to)` gives
     plaintext, `keep(bytes, at)` takes the container's blocks, good until it answers; `tell(bytes)` hears what plaintext is done,
     `pass()` is waited for now and then. With `beside` lanes the blocks come in any order. */
  async seal(read, keep, { tell = null, pass = async () => {}, beside = [] } = {}) {
    const work = workOf(await this.told());
    const found = await through(work, [new Lane(work, read), ...beside], { keep, tell, pass });
    const [whole, plainRoot] = [await root(found.leaves), await root(found.plain)];
    const salt = await commitSalt(this.header.suite, this.inputKey);
    const commit = await commitment(salt, plainRoot);
    return { size: work.size, root: whole, commit, commitSalt: salt, leaves: found.leaves, plainRoot };
  }

  /* The container's block of this number, encrypted anew from the plaintext. */
  async block(read, number) {
    const work = workOf(await this.told());
    return work.fill(room(CONTAINER_BLOCK), number, await read(...work.span(number)));
  }

  async #secrets() {
    return payloadSecrets(this.header.suite, this.inputKey, this.salt, await sha256(this.header.encode()));
  }
}

/* Open a container of `size` bytes by released keys (a Map by custodian number from 1): `read(from, to)` gives its bytes,
   `write(bytes)` takes plaintext, nothing before the commitment holds; what was written counts only when this returns
   { header, size, root, commit, plainRoot }. It is checked against what is given: `keyset` (parsed and verified), `manifest` (parsed),
   `section` (`<tender>/<section>`), `bidder` (credit code, with `manifest`). */
export async function openContainer(read, size, write, privateKeys, given = {}) {
  const { factor = null, keyset = null } = given;
  const { header, size: head } = parseHeader(await read(0, Math.min(size, LONGEST_HEADER)));
  const entry = await checkGiven(header, size, given);
  const inputKey = await recover(header, privateKeys, factor, keyset);
  const start = await read(0, Math.min(size, head + PROLOGUE));
  if (start.length < head + PROLOGUE) throw new Problem("seal.truncated");
  const keys = await payloadKeys(header.suite, inputKey, start.slice(head, head + SALT), await sha256(start.subarray(0, head)));
  if (!same(keys.commitment, start.subarray(head + SALT))) throw new Problem("seal.commitment");
  const measured = await readPayload(keys, read, start, size, write);
  const commit = await commitment(await commitSalt(header.suite, inputKey), measured.plainRoot);
  if (entry) checkMeasured(entry, { ...measured, commit });
  return { header, ...measured, commit };
}

/* The manifest's entry where there is a manifest. */
async function checkGiven(header, size, { section = null, keyset = null, manifest = null, bidder = null }) {
  if (section !== null && section !== header.section) {
    throw new Problem("seal.section", { expected: section, found: header.section });
  }
  if (keyset !== null) checkKeyset(header, keyset);
  if (manifest === null) return null;
  const entry = await entryOf(header, manifest, bidder);
  checkSize(entry, size);
  return entry;
}

/* Container and measurements of a plaintext in memory. */
export async function sealBytes(plaintext, keyset, part, bidder, factor = null, random = randomBytes) {
  const made = await Container.make(plaintext.length, keyset, part, bidder, factor, random);
  const pieces = [];
  const measured = await made.seal(async (from, to) => plaintext.subarray(from, to), async (bytes) => pieces.push(bytes.slice()));
  return { container: concat(...pieces), ...measured };
}

/* The plaintext of a container in memory. */
export async function openBytes(container, privateKeys, given = {}) {
  const pieces = [];
  const read = async (from, to) => container.subarray(from, to);
  await openContainer(read, container.length, async (bytes) => pieces.push(bytes), privateKeys, given);
  return concat(...pieces);
}

async function readPayload(keys, read, start, size, write) {
  const [sealed, plain] = [new BlockRoot(CONTAINER_BLOCK), new BlockRoot(PLAINTEXT_BLOCK)];
  await sealed.feed(start);
  const batch = BATCH * SEALED;
  const last = Math.floor((size - start.length) / batch);
  const opened = async (number) => {
    const from = start.length + number * batch;
    const bytes = await read(from, Math.min(size, from + batch));
    return { sealed: bytes, plain: await decryptBatch(keys, number * BATCH, bytes, number === last) };
  };
  for await (const found of ahead(opened, last + 1)) {
    await Promise.all([sealed.feed(found.sealed), plain.feed(found.plain), write(found.plain)]);
  }
  return { size: sealed.size, root: await sealed.root(), plainRoot: await plain.root() };
}

/* make(0), make(1), … in order, the next ones begun while one is used: DEPTH are held at a time, never more. */
async function* ahead(make, count) {
  const begun = [];
  for (let number = 0; number < count; number += 1) {
    for (let next = number + begun.length; begun.length < DEPTH && next < count; next += 1) {
      begun.push(make(next));
      // Its refusal is thrown where it is awaited; until then it is nobody's.
      begun.at(-1).catch(() => {});
    }
    yield await begun.shift();
  }
}
