/* Reading a bid kit and comparing files with what was sealed, beside the page: the passphrase and the salts stay here. */

import { concat, sha256, utf8 } from "../seal/bytes.js";
import { readKit } from "../seal/kit.js";
import { BlockRoot, PLAINTEXT_BLOCK } from "../seal/merkle.js";
import { Problem } from "../seal/problem.js";

const WINDOW = 8 << 20;
const WORK = { kit, commit };

self.onmessage = async ({ data: { id, name, told } }) => {
  try {
    self.postMessage({ id, result: await WORK[name](told) });
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("kit.bad", { field: error.message });
    self.postMessage({ id, problem: problem.plain() });
  }
};

/* What a kit holds that the opening asks for: { section, manifest, factor, commitSalts }. */
async function kit({ bytes, passphrase }) {
  const { section, manifest, factor, commitSalts } = await readKit(bytes, passphrase);
  return { section, manifest, factor, commitSalts };
}

/* The commitment to a plaintext under a salt of the kit. */
async function commit({ source, salt }) {
  const tree = new BlockRoot(PLAINTEXT_BLOCK);
  for (let at = 0; at < source.size; at += WINDOW) {
    await tree.feed(new Uint8Array(await source.slice(at, at + WINDOW).arrayBuffer()));
  }
  return sha256(concat(utf8("sealed-bid/v1 commit"), salt, await tree.root()));
}
