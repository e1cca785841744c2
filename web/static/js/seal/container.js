/* Sealing and opening whole containers `sealed-bid/v1` in one pass with flat memory (docs/formats/sealed-bid.md). */

import { concat, randomBytes, same, sha256 } from "./bytes.js";
import { LONGEST_HEADER, parseHeader } from "./header.js";
import { checkKeyset, commitment, commitSalt, newHeader, recover } from "./key.js";
import { checkMeasured, checkSize, entryOf } from "./manifest.js";
import { BlockRoot, CONTAINER_BLOCK, hashHere, PLAINTEXT_BLOCK } from "./merkle.js";
import { BATCH, CHUNK, decryptBatch, encryptBatch, payloadKeys, PROLOGUE, SALT, SEALED, TAG } from "./payload.js";
import { Problem } from "./problem.js";

const PLAIN = BATCH * CHUNK;
/* Batches read and encrypted at a time. */
const DEPTH = 2;

/* The container of `size` plaintext bytes under one header, key and salt: the same bytes as often as they are asked for. */
export class Container {
  /* A new one for a keyset's part; `bidder` is the 32-byte bidder line, `factor` B or null. */
  static async make(size, keyset, part, bidder, factor = null, random = randomBytes) {
    const { header, inputKey } = await newHeader(keyset, part, bidder, factor, random);
    return new Container(size, header, inputKey, random(SALT));
  }

  constructor(size, header, inputKey, salt) {
    Object.assign(this, { plainSize: size, header, inputKey, salt });
    this.head = header.encode();
    this.chunks = Math.floor(size / CHUNK) + 1;
    this.body = this.head.length + PROLOGUE;
    this.size = this.body + size + this.chunks * TAG;
  }

  /* Header and prologue. */
  async start() {
    return concat(this.head, this.salt, (await this.#keys()).commitment);
  }

  /* Write the whole container and measure it: { size, root, commit, commitSalt, leaves, plainRoot }. `read(from, to)` gives
     plaintext, `write(bytes)` takes the container's next 8 MiB at most, which are good until it answers; the next batches are
     read and encrypted, and blocks hashed (by `hash` as `hashHere` does it), while one is written. */
  async seal(read, write, progress = null, hash = hashHere) {
    const [sealed, plain] = [new BlockRoot(CONTAINER_BLOCK, hash, write), new BlockRoot(PLAINTEXT_BLOCK, hash)];
    await sealed.feed(await this.start());
    const next = (number) => this.#encrypted(number * BATCH, read);
    for await (const batch of ahead(next, Math.ceil(this.chunks / BATCH))) {
      await Promise.all([sealed.feed(...batch.sealed), plain.feed(batch.plain)]);
      await progress?.(batch.plain.length);
    }
    const [root, plainRoot] = [await sealed.root(), await plain.root()];
    const salt = await commitSalt(this.header.suite, this.inputKey);
    const commit = await commitment(salt, plainRoot);
    return { size: sealed.size, root, commit, commitSalt: salt, leaves: sealed.leaves, plainRoot };
  }

  /* The container's bytes from `from` to before `to`, encrypted anew from the plaintext. */
  async range(read, from, to) {
    const pieces = [(await this.start()).subarray(from, to)];
    const [first, end] = [Math.max(0, from - this.body), Math.min(to, this.size) - this.body];
    for (let chunk = Math.floor(first / SEALED); chunk * SEALED < end; chunk += BATCH) {
      const bytes = concat(...(await this.#encrypted(chunk, read)).sealed);
      const at = chunk * SEALED;
      pieces.push(bytes.subarray(Math.max(0, first - at), Math.max(0, end - at)));
    }
    return concat(...pieces);
  }

  /* Up to BATCH chunks from `chunk` on: { plain, sealed }, the latter one by one. */
  async #encrypted(chunk, read) {
    const from = chunk * CHUNK;
    const to = Math.min(from + PLAIN, this.plainSize);
    const plain = await read(from, to);
    if (plain.length !== to - from) throw new Problem("plan.file-changed", { name: this.header.part });
    return { plain, sealed: await encryptBatch(await this.#keys(), chunk, plain, this.chunks <= chunk + BATCH) };
  }

  async #keys() {
    this.keys ??= await payloadKeys(this.header.suite, this.inputKey, this.salt, await sha256(this.head));
    return this.keys;
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
