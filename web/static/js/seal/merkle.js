/* RFC 6962 roots, and the root over the equal blocks of bytes that stream past. */

import { concat, same, sha256 } from "./bytes.js";

export const CONTAINER_BLOCK = 8 << 20;
export const PLAINTEXT_BLOCK = 1 << 20;
/* Bytes of full blocks that may wait for their hash. */
const AHEAD = 8 << 20;
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/* SHA-256(00 ‖ data). */
export const leafHash = (data) => sha256(concat(LEAF, data));

/* SHA-256(01 ‖ left ‖ right). */
export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/* The root over leaf hashes in their order; SHA-256 of nothing where there are none. */
export async function root(leaves) {
  if (!leaves.length) return sha256(new Uint8Array(0));
  let row = leaves;
  while (row.length > 1) {
    const next = [];
    for (let at = 0; at < row.length; at += 2) next.push(at + 1 < row.length ? nodeHash(row[at], row[at + 1]) : row[at]);
    row = await Promise.all(next);
  }
  return row[0];
}

/* Whether the leaf hash stands at `index` of the tree of `size` leaves with this root (RFC 9162 §2.1.3.2). */
export async function includes(index, size, leaf, proof, expected) {
  let [here, last, node] = [index, size - 1, leaf];
  if (here < 0 || here > last) return false;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (here % 2 || here === last) {
      node = await nodeHash(sibling, node);
      while (here && here % 2 === 0) [here, last] = [half(here), half(last)];
    } else {
      node = await nodeHash(node, sibling);
    }
    [here, last] = [half(here), half(last)];
  }
  return last === 0 && same(node, expected);
}

/* SHA-256 of the first `used` bytes: { leaf, buffer }, the buffer free for further use. */
export const hashHere = async (buffer, used) => ({ leaf: await sha256(buffer.subarray(0, used)), buffer });

/* Collects bytes into blocks; each that is full goes to `keep(bytes)`, where there is one, and is hashed by `hash` as
   `hashHere` does it. Holds at most AHEAD bytes and two blocks, whatever streams past. */
export class BlockRoot {
  #block;
  #hash;
  #keep;
  #buffer = null;
  #used = 1;
  #hashing = new Set();
  #spare = [];

  constructor(block, hash = hashHere, keep = null) {
    [this.#block, this.#hash, this.#keep] = [block, hash, keep];
    this.size = 0;
    this.leaves = [];
  }

  /* Take the next bytes, in pieces; wait for the answer before giving more. */
  async feed(...pieces) {
    for (const data of pieces) {
      for (let at = 0; at < data.length; ) {
        this.#buffer ??= await this.#fresh();
        const piece = data.subarray(at, at + this.#buffer.length - this.#used);
        this.#buffer.set(piece, this.#used);
        this.#used += piece.length;
        this.size += piece.length;
        at += piece.length;
        if (this.#used === this.#buffer.length) await this.#close();
      }
    }
  }

  /* The root of all that came; nothing may follow. */
  async root() {
    if (this.#used > 1) await this.#close();
    await Promise.all(this.#hashing);
    return root(this.leaves);
  }

  /* Hashed in the background while other buffers fill: nobody writes to this one until its hash is there. */
  async #close() {
    await this.#keep?.(this.#buffer.subarray(1, this.#used));
    const index = this.leaves.push(null) - 1;
    const hashed = this.#hash(this.#buffer, this.#used).then(({ leaf, buffer }) => {
      this.leaves[index] = leaf;
      this.#spare.push(buffer);
      this.#hashing.delete(hashed);
    });
    // Its refusal is thrown where it is awaited; until then it is nobody's.
    hashed.catch(() => {});
    this.#hashing.add(hashed);
    [this.#buffer, this.#used] = [null, 1];
  }

  async #fresh() {
    while (!this.#spare.length && this.#hashing.size * this.#block > AHEAD) await Promise.race(this.#hashing);
    const found = this.#spare.pop() ?? new Uint8Array(this.#block + 1);
    found[0] = LEAF[0];
    return found;
  }
}

const half = (value) => Math.floor(value / 2);
