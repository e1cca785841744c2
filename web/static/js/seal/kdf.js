/* HMAC and HKDF (RFC 5869) by WebCrypto's HMAC: extract and expand apart, which WebCrypto's own HKDF does not offer; with SM3
   by our own. */

import { concat } from "./bytes.js";
import { hmacSm3 } from "./sm3.js";

const SIZE = { "SHA-256": 32, "SHA-512": 64, SM3: 32 };

export async function hmac(hash, key, message) {
  if (hash === "SM3") return hmacSm3(key, message);
  // WebCrypto refuses an empty key; a zero byte pads to the same HMAC key block.
  const raw = key.length ? key : new Uint8Array(1);
  const made = await crypto.subtle.importKey("raw", raw, { name: "HMAC", hash }, false, ["sign"]);
  return new Uint8Array(await crypto.subtle.sign("HMAC", made, message));
}

/* HKDF-Extract. */
export const extract = (hash, salt, material) => hmac(hash, salt, material);

/* HKDF-Expand to `size` bytes. */
export async function expand(hash, key, info, size) {
  let [block, all] = [new Uint8Array(0), new Uint8Array(0)];
  for (let number = 1; all.length < size; number += 1) {
    block = await hmac(hash, key, concat(block, info, Uint8Array.of(number)));
    all = concat(all, block);
  }
  if (Math.ceil(size / SIZE[hash]) > 255) throw new RangeError("HKDF-Expand gives at most 255 blocks");
  return all.subarray(0, size);
}
