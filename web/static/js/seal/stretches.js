/* Work cut into stretches of about 8 MiB that any Worker can do in any order: a container's block with what of the plaintext is
   hashed beside it, or a file's blocks. What a Worker needs to know for it is told in a few plain values. */

import { CONTAINER_BLOCK, leavesOf, leafOf, PLAINTEXT_BLOCK, room } from "./merkle.js";
import { BATCH, CHUNK, encryptBatch, ready, SEALED, TAG } from "./payload.js";

/* The stretches of a container: number k is its block k, and the 1 MiB plaintext blocks whose ciphertext begins there. A chunk
   on a border is encrypted for both its blocks, with the same outcome. */
class Sealing {
  #told;
  #keys = null;
  #spare = [];

  constructor(told) {
    this.#told = told;
    this.chunks = Math.floor(told.plainSize / CHUNK) + 1;
    this.size = told.start.length + told.plainSize + this.chunks * TAG;
    this.count = Math.ceil(this.size / CONTAINER_BLOCK);
  }

  /* The plaintext that a stretch reads, [from, to). */
  span(number) {
    const [chunks, blocks] = [this.#chunks(number), this.#blocks(number)];
    const from = Math.min(chunks.from * CHUNK, blocks.from * PLAINTEXT_BLOCK);
    return [from, Math.min(this.#told.plainSize, Math.max(chunks.to * CHUNK, blocks.to * PLAINTEXT_BLOCK))];
  }

  /* { at, bytes, leaves, plain }: a block of the container, its leaf, those of the plaintext; `tell(bytes)` hears of each. The
     bytes may come back by `back`, to be written over. */
  async make(number, plain, tell) {
    const made = this.#spare.pop() ?? room(CONTAINER_BLOCK);
    const [bytes, leaves] = await Promise.all([this.fill(made, number, plain), this.#hashed(number, plain, tell)]);
    return { at: number * CONTAINER_BLOCK, bytes, leaves: [await leafOf(bytes)], plain: leaves };
  }

  /* A container's block, written behind the first byte of `made`. */
  async fill(made, number, plain) {
    const { start, plainSize } = this.#told;
    const [at, skipped] = [number * CONTAINER_BLOCK, this.span(number)[0]];
    const bytes = made.subarray(1, 1 + Math.min(CONTAINER_BLOCK, this.size - at));
    const { from, to } = this.#chunks(number);
    if (number === 0) bytes.set(start.subarray(0, bytes.length));
    this.#keys ??= await ready(this.#told.secrets);
    for (let chunk = from; chunk < to; chunk += BATCH) {
      const end = Math.min(to, chunk + BATCH);
      const piece = plain.subarray(chunk * CHUNK - skipped, Math.min(end * CHUNK, plainSize) - skipped);
      const sealed = await encryptBatch(this.#keys, chunk, piece, end === this.chunks);
      sealed.forEach((one, index) => put(bytes, one, start.length + (chunk + index) * SEALED - at));
    }
    return bytes;
  }

  back(bytes) {
    this.#spare.push(new Uint8Array(bytes.buffer));
  }

  async #hashed(number, plain, tell) {
    const [{ from, to }, skipped] = [this.#blocks(number), this.span(number)[0]];
    const end = Math.min(this.#told.plainSize, to * PLAINTEXT_BLOCK);
    return leavesOf(plain.subarray(from * PLAINTEXT_BLOCK - skipped, end - skipped), PLAINTEXT_BLOCK, tell);
  }

  #chunks(number) {
    const [from, to] = [number, number + 1].map((block) => (block * CONTAINER_BLOCK - this.#told.start.length) / SEALED);
    return { from: Math.max(0, Math.floor(from)), to: Math.min(this.chunks, Math.ceil(to)) };
  }

  #blocks(number) {
    const all = Math.ceil(this.#told.plainSize / PLAINTEXT_BLOCK);
    const first = (block) => Math.ceil((block * CONTAINER_BLOCK - this.#told.start.length) / (BATCH * SEALED));
    const [from, to] = [number, number + 1].map((block) => Math.min(all, Math.max(0, first(block))));
    return { from, to };
  }
}

/* The stretches of a file of `size` bytes that is hashed in blocks of `block` bytes, and `kept` as it is. */
class Hashing {
  constructor({ size, block, kept }) {
    Object.assign(this, { size, block, kept, count: Math.ceil(size / CONTAINER_BLOCK) });
  }

  span(number) {
    return [number * CONTAINER_BLOCK, Math.min(this.size, (number + 1) * CONTAINER_BLOCK)];
  }

  /* { at, bytes, leaves }; the bytes null where nobody keeps them. */
  async make(number, read, tell) {
    const bytes = this.kept ? read.slice() : null;
    return { at: number * CONTAINER_BLOCK, bytes, leaves: await leavesOf(read, this.block, tell) };
  }

  /* What it makes is given away. */
  back() {}
}

/* The work that is told as { kind: "sealing", start, plainSize, secrets } or { kind: "hashing", size, block, kept }. */
export const workOf = (told) => (told.kind === "sealing" ? new Sealing(told) : new Hashing(told));

/* The part of `piece` that falls into `bytes`, where the piece begins at `at` of it. */
function put(bytes, piece, at) {
  const [from, to] = [Math.max(0, -at), Math.min(piece.length, bytes.length - at)];
  if (from < to) bytes.set(from || to < piece.length ? piece.subarray(from, to) : piece, at + from);
}
