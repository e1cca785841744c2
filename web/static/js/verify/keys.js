/** Signatures on raw keys: Ed25519 for log and trustees, P-256 for bidders, judges and authorities. */
import { bigEndian, concat, hex, number, utf8 } from "./bytes.js";
import { Problem } from "./problem.js";

const ORDER = (1n << 252n) + 27742317777372353535851937790883648493n;
const PRIME = 0xffffffff00000001000000000000000000000000ffffffffffffffffffffffffn;
const B = 0x5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604bn;
const SM2_PRIME = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const SM2_B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** `label ‖ 00 ‖ 32 bytes`: a message that no other purpose can produce. */
export const labelled = (label, digest) => concat(utf8(label), Uint8Array.of(0), digest);

/** Whether this browser can check the signatures of bidders and judges at all: only on https or the own machine. */
export const isAble = () => Boolean(globalThis.crypto?.subtle);

let native;

/** Whether the 64 bytes are an Ed25519 signature (RFC 8032) of the message by this 32-byte key. */
export async function verifyEd25519(key, message, signature) {
  if (key.length !== 32 || signature.length !== 64) return false;
  if (number(signature.slice(32).reverse()) >= ORDER) return false;
  native ??= hasNative();
  if (await native) return subtle({ name: "Ed25519" }, key, message, signature);
  return self.nacl.sign.detached.verify(message, signature, key);
}

/** Whether r ‖ s (64 bytes) is an ECDSA signature over SHA-256 of the message by this 65-byte P-256 key. */
export async function verifyP256(key, message, signature) {
  return key.length === 65 && signature.length === 64 && subtle(ECDSA, key, message, signature);
}

/** `note.key` unless 65 bytes `04 ‖ x ‖ y` are a point of P-256. */
export function checkPoint(key) {
  const [x, y] = [number(key.slice(1, 33)), number(key.slice(33))];
  const on = (y * y - (x * x * x - 3n * x + B)) % PRIME === 0n;
  if (key.length !== 65 || key[0] !== 4 || x >= PRIME || y >= PRIME || !on) {
    throw new Problem("note.key", { why: "not a point of P-256" });
  }
}

/** Whether an X25519 key is neither malformed nor of small order. */
export function isUsableX25519(key) {
  return key.length === 32 && self.nacl.scalarMult(new Uint8Array(32).fill(1), key).some((byte) => byte !== 0);
}

/** Whether 65 bytes `04 ‖ x ‖ y` are a point of the SM2 curve (GB/T 32918.5), whose order is prime. */
export function isPointOfSm2(key) {
  const [x, y] = [number(key.slice(1, 33)), number(key.slice(33))];
  const on = (y * y - (x * x * x - 3n * x + SM2_B)) % SM2_PRIME === 0n;
  return key.length === 65 && key[0] === 4 && x < SM2_PRIME && y < SM2_PRIME && on;
}

const imported = new Map();

async function subtle(algorithm, key, message, signature) {
  const name = `${algorithm.name} ${hex(key)}`;
  try {
    if (!imported.has(name)) imported.set(name, await crypto.subtle.importKey("raw", key, algorithm, false, ["verify"]));
    return await crypto.subtle.verify(algorithm, imported.get(name), signature, message);
  } catch {
    return false;
  }
}

/** Whether the browser's own Ed25519 works, tried on a signature made by the vendored code. */
async function hasNative() {
  const pair = self.nacl.sign.keyPair.fromSeed(bigEndian(1, 32));
  const message = utf8("verify/v1 trial");
  return subtle({ name: "Ed25519" }, pair.publicKey, message, self.nacl.sign.detached(message, pair.secretKey));
}
