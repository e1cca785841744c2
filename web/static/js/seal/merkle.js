/* RFC 6962 roots, and the root over the equal blocks of bytes that stream past. */

import { concat, same, sha256 } from "./bytes.js";

export const CONTAINER_BLOCK = 8 << 20;
export const PLAINTEXT_BLOCK = 1 << 20;
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

/* Collects bytes into blocks and hashes each when it is full; holds at most two blocks, whatever streams past. */
export class BlockRoot {
  #block;
  #buffer;
  #used = 1;
  #hashing = Promise.resolve();
  #spare = null;

  constructor(block) {
    this.#block = block;
    this.size = 0;
    this.leaves = [];
  }

  /* Take the next bytes; wait for the answer before giving more. */
  async feed(data) {
    for (let at = 0; at < data.length; ) {
      this.#buffer ??= this.#fresh();
      const piece = data.subarray(at, at + this.#buffer.length - this.#used);
      this.#buffer.set(piece, this.#used);
      this.#used += piece.length;
      this.size += piece.length;
      at += piece.length;
      if (this.#used === this.#buffer.length) await this.#close();
    }
  }

  /* The root of all that came; nothing may follow. */
  async root() {
    if (this.#used > 1) await this.#close();
    await this.#hashing;
    return root(this.leaves);
  }

  /* Hashes in the background while the other buffer fills: the digest is taken of a copy that nobody writes to. */
  async #close() {
    await this.#hashing;
    const full = this.#buffer;
    const index = this.leaves.push(null) - 1;
    this.#hashing = sha256(full.subarray(0, this.#used)).then((leaf) => {
      this.leaves[index] = leaf;
      this.#spare = full;
    });
    this.#buffer = null;
    this.#used = 1;
  }

  #fresh() {
    const found = this.#spare ?? new Uint8Array(this.#block + 1);
    this.#spare = null;
    return found;
  }
}

const half = (value) => Math.floor(value / 2);
