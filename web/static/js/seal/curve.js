/* X25519 and Ed25519: WebCrypto where the browser has them, else the vendored tweetnacl, with the same answers. */

import { Problem } from "./problem.js";

const BASE = Uint8Array.of(9, ...new Uint8Array(31));
const PKCS8 = Uint8Array.of(0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20);

/* Both ways to X25519: (private, public) gives 32 bytes, or null for a public key of small order (RFC 9180 §7.1.4). */
export const WAYS = { webcrypto: byWebCrypto, fallback: byTweetnacl };

let chosen = null;

/* Which way this browser goes: "webcrypto" or "fallback"; looked up once. */
export function way() {
  chosen ??= crypto.subtle.importKey("raw", BASE, "X25519", false, []).then(() => "webcrypto", () => "fallback");
  return chosen;
}

/* The shared 32 bytes of a private and a public key, null where the public key is of no use. */
export async function exchange(privateKey, publicKey) {
  if (privateKey.length !== 32 || publicKey.length !== 32) return null;
  return WAYS[await way()](privateKey, publicKey);
}

/* The public key of 32 private bytes. */
export const publicKey = (privateKey) => exchange(privateKey, BASE);

/* Whether the signature is this 32-byte Ed25519 key's; a malformed key or signature is not. */
export async function verifyEd25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  try {
    const made = await crypto.subtle.importKey("raw", key, "Ed25519", false, ["verify"]);
    return await crypto.subtle.verify("Ed25519", made, signature, message);
  } catch (error) {
    // Any other error is about this key: no signature is its.
    return error.name === "NotSupportedError" && verifyByTweetnacl(key, message, signature);
  }
}

/* The same by tweetnacl. */
export async function verifyByTweetnacl(key, message, signature) {
  return (await nacl()).sign.detached.verify(message, signature, key);
}

async function byWebCrypto(privateKey, peer) {
  const own = new Uint8Array([...PKCS8, ...privateKey]);
  const secret = await crypto.subtle.importKey("pkcs8", own, "X25519", false, ["deriveBits"]);
  const other = await crypto.subtle.importKey("raw", peer, "X25519", false, []);
  let bits;
  try {
    bits = new Uint8Array(await crypto.subtle.deriveBits({ name: "X25519", public: other }, secret, 256));
  } catch (error) {
    if (error.name === "OperationError") return null;
    throw error;
  }
  return useful(bits);
}

async function byTweetnacl(privateKey, peer) {
  return useful((await nacl()).scalarMult(privateKey, peer));
}

const useful = (shared) => (shared.some(Boolean) ? shared : null);

async function nacl() {
  await import("../../vendor/tweetnacl/nacl-fast.min.js");
  if (!self.nacl) throw new Problem("seal.no-cryptography");
  return self.nacl;
}
