/** A bidder's own sealed files, hashed here and compared with what a receipt tells of them. */
import { b64, concat } from "./bytes.js";
import { root } from "./merkle.js";
import { placed, require } from "./problem.js";
import { CONTAINER_BLOCK, parseHeader } from "./sealed.js";

const HEADER = 64 * 1024;
const LEAF = Uint8Array.of(0);

/** `seal.…` unless the container is the part that the receipt lists; gives its step. */
export function compareContainer(file, parts, bound, progress) {
  return placed(file.name, async () => {
    const header = parseHeader(new Uint8Array(await file.blob.slice(0, HEADER).arrayBuffer()));
    const listed = parts.find((one) => one.part === header.part);
    require(listed, "page.no-part", { part: header.part });
    const { size } = file.blob;
    require(size >= listed.size, "seal.truncated");
    require(size <= listed.size, "seal.extended");
    require(b64(await rootOf(file.blob, progress)) === listed.root, "seal.commitment");
    return { name: bound ? "receipt-part-bound" : "receipt-part", facts: { part: header.part, bytes: size } };
  });
}

/** The RFC 6962 root over the 8 MiB blocks of a file, read block by block. */
async function rootOf(blob, progress) {
  const leaves = [];
  for (let at = 0; at < blob.size; at += CONTAINER_BLOCK) {
    const block = new Uint8Array(await blob.slice(at, at + CONTAINER_BLOCK).arrayBuffer());
    leaves.push(new Uint8Array(await crypto.subtle.digest("SHA-256", concat(LEAF, block))));
    progress(Math.min(at + CONTAINER_BLOCK, blob.size), blob.size);
  }
  return root(leaves);
}
