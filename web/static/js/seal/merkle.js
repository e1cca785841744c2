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

/* A buffer for a block of so many bytes, which stand behind one byte of its own: so hashing a block copies nothing. */
export const room = (block) => new Uint8Array(block + 1);

/* The leaf hash of bytes that stand in a `room`. */
export const leafOf = (bytes) => sha256(new Uint8Array(bytes.buffer, 0, bytes.length + 1));

/* The leaf hashes of the bytes' blocks, the last one shorter; `tell(bytes)` hears of each. */
export async function leavesOf(bytes, block, tell) {
  const [leaves, made] = [[], room(Math.min(block, bytes.length))];
  for (let at = 0; at < bytes.length; at += block) {
    const piece = bytes.subarray(at, at + block);
    made.set(piece, 1);
    leaves.push(await leafOf(made.subarray(1, 1 + piece.length)));
    tell?.(piece.length);
  }
  return leaves;
}

/* Collects bytes that stream past into blocks, each hashed when it is full; holds one block. */
export class BlockRoot {
  #made;
  #used = 0;

  constructor(block) {
    this.#made = room(block).subarray(1);
    this.size = 0;
    this.leaves = [];
  }

  /* Take the next bytes; wait for the answer before giving more. */
  async feed(data) {
    for (let at = 0; at < data.length; ) {
      const piece = data.subarray(at, at + this.#made.length - this.#used);
      this.#made.set(piece, this.#used);
      this.#used += piece.length;
      this.size += piece.length;
      at += piece.length;
      if (this.#used === this.#made.length) await this.#close();
    }
  }

  /* The root of all that came; nothing may follow. */
  async root() {
    if (this.#used) await this.#close();
    return root(this.leaves);
  }

  async #close() {
    this.leaves.push(await leafOf(this.#made.subarray(0, this.#used)));
    this.#used = 0;
  }
}

const half = (value) => Math.floor(value / 2);
