/* The payload of a sealed bid: C2SP chunked-encryption v1, batch by batch, all chunks of a batch in flight at once. */

import { concat, same } from "./bytes.js";
import { expand } from "./kdf.js";
import { Problem } from "./problem.js";
import { findSuite } from "./suite.js";

export const CHUNK = 16384;
export const TAG = 16;
export const SEALED = CHUNK + TAG;
export const SALT = 24;
export const PROLOGUE = SALT + 32;
/* Chunks of a batch: 1 MiB of plaintext. */
export const BATCH = 64;

/* What one payload is encrypted with: { aead, base, commitment }; `suite` is a name, `salt` 24 bytes, `context` SHA-256 of
   the whole header. */
export async function payloadKeys(suite, inputKey, salt, context) {
  return ready(await payloadSecrets(suite, inputKey, salt, context));
}

/* The same in plain bytes that can be handed to another Worker: { suite, key, base, commitment }. */
export async function payloadSecrets(suite, inputKey, salt, context) {
  const { hash, aeadName, aeadKey } = findSuite(suite);
  const info = concat(`c2sp.org/chunked-encryption@v1+${aeadName}`, Uint8Array.of(0), salt, context);
  const derived = await expand(hash, inputKey, info, aeadKey + 44);
  const [key, base] = [derived.slice(0, aeadKey), derived.slice(aeadKey, aeadKey + 12)];
  return { suite, key, base, commitment: derived.slice(aeadKey + 12) };
}

/* The keys that such secrets make. */
export async function ready({ suite, key, base, commitment }) {
  return { aead: await findSuite(suite).aead(key), base, commitment };
}

/* Chunk `number` and all that follow of `plain`, encrypted one by one; with `last` the end is a chunk shorter than the others. */
export function encryptBatch(keys, number, plain, last) {
  const whole = Math.floor(plain.length / CHUNK);
  const one = (_, index) => keys.aead.seal(nonce(keys, number + index), plain.subarray(index * CHUNK, (index + 1) * CHUNK));
  return Promise.all(Array.from({ length: last ? whole + 1 : whole }, one));
}

/* The plaintext of whole chunks from chunk `number` on, and with `last` of the short chunk that ends the payload;
   "seal.chunk", "seal.truncated" or "seal.extended" name the first chunk that does not open. */
export async function decryptBatch(keys, number, sealed, last) {
  const whole = Math.floor(sealed.length / SEALED);
  const count = last ? whole + 1 : whole;
  const rest = sealed.length - whole * SEALED;
  const short = last && rest < TAG;
  const plain = new Uint8Array(short ? whole * CHUNK : sealed.length - count * TAG);
  const one = async (index) => {
    const chunk = sealed.subarray(index * SEALED, (index + 1) * SEALED);
    const opened = await keys.aead.open(nonce(keys, number + index), chunk);
    if (opened) plain.set(opened, index * CHUNK);
    return opened !== null;
  };
  const good = await Promise.all(Array.from({ length: short ? whole : count }, (_, index) => one(index)));
  const bad = good.indexOf(false);
  if (bad >= 0) await refuse(keys, number + bad, sealed.subarray(bad * SEALED, (bad + 1) * SEALED), bad === whole);
  if (short) throw new Problem("seal.truncated");
  return plain;
}

/* Say why a chunk does not open, as precisely as can be known; runs once, on the way out. */
async function refuse(keys, number, sealed, last) {
  if (await endsEarlier(keys, number, sealed)) throw new Problem("seal.extended");
  if (last && (await lostItsEnd(keys, number, sealed))) throw new Problem("seal.truncated");
  throw new Problem("seal.chunk", { number });
}

/* Whether a shorter prefix authenticates as a chunk: then something follows the payload's end. */
async function endsEarlier(keys, number, sealed) {
  const [{ aead }, iv] = [keys, nonce(keys, number)];
  if (aead.endsEarlier) return aead.endsEarlier(iv, sealed);
  for (let from = TAG; from < sealed.length; from += 256) {
    const sizes = Array.from({ length: Math.min(256, sealed.length - from) }, (_, index) => from + index);
    const found = await Promise.all(sizes.map((size) => aead.open(iv, sealed.subarray(0, size))));
    if (found.some(Boolean)) return true;
  }
  return false;
}

/* Whether only the tag's end (up to 12 of 16 bytes) is missing: what is left of it still fits the ciphertext. */
async function lostItsEnd(keys, number, sealed) {
  const [{ aead }, iv] = [keys, nonce(keys, number)];
  for (let left = 4; left < TAG; left += 1) {
    const body = sealed.subarray(0, -left);
    const stream = await aead.seal(iv, new Uint8Array(body.length));
    const again = await aead.seal(iv, body.map((byte, at) => byte ^ stream[at]));
    if (same(again.subarray(body.length, body.length + left), sealed.subarray(-left))) return true;
  }
  return false;
}

/* The base XOR the chunk's number as 12 bytes big-endian; numbers stay below 2^48. */
function nonce(keys, number) {
  const made = keys.base.slice();
  const view = new DataView(made.buffer);
  view.setUint32(8, view.getUint32(8) ^ (number >>> 0));
  view.setUint32(4, view.getUint32(4) ^ Math.floor(number / 2 ** 32));
  return made;
}
