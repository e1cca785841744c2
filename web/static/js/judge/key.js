/* The judge's key: made in this browser for one seat, never taken out of it; and the messages it signs. */

import { b64, concat, sha256, utf8 } from "../seal/bytes.js";
import { canonical } from "../seal/canonical.js";

const NAME = "openhall-judge";
const CURVE = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

export const STORES = ["keys", "queue"];

/* The one small database of the judge's pages: keys by seat or slip, marks that wait to be sent. */
export function database() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => STORES.forEach((store) => request.result.createObjectStore(store));
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

/* Do one thing with a store, in a transaction of its own; what the request gave. */
export async function within(store, mode, act) {
  const open = await database();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = open.transaction(store, mode, mode === "readwrite" ? { durability: "strict" } : undefined);
      const request = act(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request?.result);
      transaction.onabort = transaction.onerror = () => reject(transaction.error);
    });
  } finally {
    open.close();
  }
}

/* The hash under which the platform knows a slip (docs/formats/signing.md). */
export async function slipHash(slip) {
  const code = slip.replace(/[\s-]/g, "").toUpperCase();
  return sha256(concat("seat slip/v1\0", code));
}

const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bySlip = async (slip) => `slip:${hex(await slipHash(slip))}`;
const bySeat = (seat) => `seat:${seat}`;

/* A fresh key for the holder of a slip, kept under the slip's hash: the public point, 65 bytes. */
export async function makeKey(slip) {
  const pair = await crypto.subtle.generateKey(CURVE, false, ["sign", "verify"]);
  const point = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
  const name = await bySlip(slip);
  await within("keys", "readwrite", (store) => store.put({ key: pair.privateKey, point }, name));
  return point;
}

/* Whether this machine holds the key of a slip. */
export const holdsSlip = async (slip) => Boolean(await kept(await bySlip(slip)));

/* Know the key of a slip by its seat too, so that the pages behind the door find it. */
export async function nameSeat(slip, seat) {
  const found = await kept(await bySlip(slip));
  if (found) await within("keys", "readwrite", (store) => store.put(found, bySeat(seat)));
}

export const holdsSeat = async (seat) => Boolean(await kept(bySeat(seat)));

/* 64 bytes r ‖ s over a 32-byte message, by the key of a slip or of a seat; null where this machine holds none. */
export const signForSlip = async (slip, message) => sign(await kept(await bySlip(slip)), message);
export const signForSeat = async (seat, message) => sign(await kept(bySeat(seat)), message);

/* SHA-256(label ‖ 00 ‖ digest): what is signed, never mistaken for anything else. */
export const labelled = async (label, digest) => sha256(concat(label, "\0", digest));

/* The message over a JSON value under a label. */
export const told = async (label, value) => labelled(label, await sha256(canonical(value)));

/* marks/v2: the commitment to a complete sheet {marks, pins, reasons}. */
export const commitment = async (salt, section, judge, sheet) =>
  sha256(concat("marks/v2\n", salt, canonical({ ...sheet, judge, section })));

/* examination/v1: the commitment to complete answers of the preliminary examination. */
export const examined = async (salt, section, judge, answers) =>
  sha256(concat("examination/v1\n", salt, canonical({ answers, judge, section })));

export { b64, concat, sha256, utf8 };

const kept = (name) => within("keys", "readonly", (store) => store.get(name));

async function sign(found, message) {
  if (!found) return null;
  return new Uint8Array(await crypto.subtle.sign(SIGNING, found.key, message));
}
