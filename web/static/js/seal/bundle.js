/* What the manifest says of its client: a version, and SHA-256 over this engine's code as the browser was given it. */

import { concat, sha256, utf8 } from "./bytes.js";
import { Problem } from "./problem.js";

const VERSION = "openhall-web 0.1.0";
const FILES = [
  "../../vendor/noble-hashes/_blake.js", "../../vendor/noble-hashes/_md.js", "../../vendor/noble-hashes/_u64.js",
  "../../vendor/noble-hashes/argon2.js", "../../vendor/noble-hashes/blake2.js", "../../vendor/noble-hashes/utils.js",
  "../../vendor/tweetnacl/nacl-fast.min.js", "adopting.js", "blocks.js", "bundle.js", "bytes.js", "canonical.js",
  "consortium.js", "container.js", "curve.js", "device.js", "fields.js", "form.js", "gate.js", "header.js",
  "helpers.js", "hpke.js", "idb.js", "kdf.js", "key.js", "keyset.js", "kit.js", "lane_worker.js", "lanes.js", "main.js", "making.js", "manifest.js", "merkle.js",
  "pace.js", "payload.js", "plan.js", "platform.js", "problem.js", "reading.js", "reading_worker.js", "rehearsal.js", "sealer.js", "shares.js", "signing.js",
  "sm2.js", "sm3.js", "sm4.js", "store.js", "stretches.js", "suite.js", "tabs.js", "upload.js", "work.js", "worker.js",
];

/* { version, bundle }: SHA-256 over name ‖ 00 ‖ SHA-256(file), file by file in order of their names. */
export async function client() {
  const hashes = await Promise.all(FILES.map(async (name) => concat(name, Uint8Array.of(0), await sha256(await code(name)))));
  return { version: VERSION, bundle: await sha256(concat(...hashes)) };
}

async function code(name) {
  let answer = null;
  try {
    answer = await fetch(new URL(name, import.meta.url));
  } catch {
    // Refused below.
  }
  if (!answer?.ok) throw new Problem("seal.file", { name });
  return utf8(await answer.text());
}
