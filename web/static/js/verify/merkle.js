/** The Merkle tree of RFC 6962 / RFC 9162: roots and the strict verification of inclusion. */
import { concat, sameBytes } from "./bytes.js";
import { Problem } from "./problem.js";
import { sha256 } from "./sha.js";

const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256(00 ‖ data). */
export const leafHash = (data) => sha256(concat(LEAF, data));

/** SHA-256(01 ‖ left ‖ right). */
export const nodeHash = (left, right) => sha256(concat(NODE, left, right));

/** The root over leaf hashes in their order. */
export function root(leaves) {
  if (!leaves.length) return sha256(new Uint8Array());
  let row = leaves;
  while (row.length > 1) {
    const above = [];
    for (let place = 0; place + 1 < row.length; place += 2) above.push(nodeHash(row[place], row[place + 1]));
    if (row.length % 2) above.push(row.at(-1));
    row = above;
  }
  return row[0];
}

/** `log.inclusion` unless the leaf hash stands at `index` of the tree of `size` (BigInt both) with this root. */
export function verifyInclusion(index, size, leaf, proof, expected) {
  const sized = [leaf, expected, ...proof].every((part) => part.length === 32);
  const found = sized && index >= 0n && index < size ? climb(index, size, leaf, proof) : null;
  if (found === null || !sameBytes(found, expected)) throw new Problem("log.inclusion", { index, size });
}

function climb(index, size, leaf, proof) {
  let [here, last, node] = [index, size - 1n, leaf];
  for (const sibling of proof) {
    if (last === 0n) return null;
    if (here & 1n || here === last) {
      node = nodeHash(sibling, node);
      while (here && !(here & 1n)) [here, last] = [here >> 1n, last >> 1n];
    } else node = nodeHash(node, sibling);
    [here, last] = [here >> 1n, last >> 1n];
  }
  return last === 0n ? node : null;
}
