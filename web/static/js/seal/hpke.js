/* HPKE base mode (RFC 9180), one message without associated data: X25519, HKDF-SHA256, AES-256-GCM. */

import { concat, utf8 } from "./bytes.js";
import { exchange, publicKey } from "./curve.js";
import { hmac } from "./kdf.js";
import { Problem } from "./problem.js";

const KEM = Uint8Array.of(...utf8("KEM"), 0, 0x20);
const SUITE = Uint8Array.of(...utf8("HPKE"), 0, 0x20, 0, 1, 0, 2);
const EMPTY = new Uint8Array(0);
export const ENC = 32;
export const TAG = 16;

/* `enc ‖ ciphertext ‖ tag` for the holder of an X25519 key; "envelope.bad-key" for a public key of no use. */
export async function sealTo(peer, plaintext, info, random) {
  const own = random(32);
  const enc = await publicKey(own);
  const shared = await sharedSecret(own, peer, concat(enc, peer));
  if (shared === null) throw new Problem("envelope.bad-key");
  const { key, nonce } = await keySchedule(shared, info);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
  return concat(enc, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce }, aes, plaintext)));
}

/* The plaintext of `sealTo`; "envelope.unreadable" for a wrong key, other info or a changed byte alike. */
export async function openFrom(own, blob, info) {
  if (blob.length < ENC + TAG) throw new Problem("envelope.unreadable");
  const enc = blob.subarray(0, ENC);
  const shared = await sharedSecret(own, enc, concat(enc, await publicKey(own)));
  if (shared === null) throw new Problem("envelope.unreadable");
  const { key, nonce } = await keySchedule(shared, info);
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
  try {
    return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, aes, blob.subarray(ENC)));
  } catch {
    throw new Problem("envelope.unreadable");
  }
}

/* DHKEM's 32-byte secret (RFC 9180 §4.1), null where the public key is of no use. */
export async function sharedSecret(own, peer, context) {
  const dh = await exchange(own, peer);
  if (dh === null) return null;
  return labelledExpand(KEM, await labelledExtract(KEM, EMPTY, "eae_prk", dh), "shared_secret", context, 32);
}

/* Key and nonce of message 0 in base mode (RFC 9180 §5.1). */
export async function keySchedule(shared, info, suite = SUITE, keySize = 32) {
  const context = concat(
    Uint8Array.of(0),
    await labelledExtract(suite, EMPTY, "psk_id_hash", EMPTY),
    await labelledExtract(suite, EMPTY, "info_hash", info),
  );
  const secret = await labelledExtract(suite, shared, "secret", EMPTY);
  return {
    key: await labelledExpand(suite, secret, "key", context, keySize),
    nonce: await labelledExpand(suite, secret, "base_nonce", context, 12),
  };
}

const labelledExtract = (suite, salt, label, material) => hmac("SHA-256", salt, concat("HPKE-v1", suite, label, material));

/* One block of HKDF-Expand suffices: no size asked for exceeds the 32 bytes of SHA-256. */
async function labelledExpand(suite, key, label, info, size) {
  const labelled = concat(Uint8Array.of(size >> 8, size & 255), "HPKE-v1", suite, label, info, Uint8Array.of(1));
  return (await hmac("SHA-256", key, labelled)).subarray(0, size);
}
