/* A run's key, which never leaves the browser, and what it signs (docs/formats/recording.md). */

const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

/* {secret, key}: the secret half cannot be taken out; `key` is the public one, 65 bytes. */
export async function newKey() {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  return { secret: pair.privateKey, key: new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey)) };
}

export const hashed = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));

/* The signature of a run's beginning. The names stand in the order of the canonical form. */
export const signRun = (secret, { client, key, mime, offset, rtt, stream }) =>
  sign(secret, "recording-run/v1", { client, key: hex(key), mime, offset, rtt, stream });

export const signChunk = (secret, { client, number, offset, rtt, sha256, stream }) =>
  sign(secret, "recording-chunk/v1", { client, number, offset, rtt, sha256, stream });

export const base64 = (bytes) => btoa(String.fromCharCode(...bytes));

async function sign(secret, label, told) {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(JSON.stringify(told)));
  const head = new TextEncoder().encode(`${label}\0`);
  const message = new Uint8Array(head.length + 32);
  message.set(head);
  message.set(new Uint8Array(digest), head.length);
  return new Uint8Array(await crypto.subtle.sign(SIGNING, secret, message));
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
