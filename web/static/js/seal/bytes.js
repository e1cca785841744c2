/* Bytes: joining, comparing, UTF-8, strict base64, SHA-256, randomness. */

import { Problem } from "./problem.js";

const encoder = new TextEncoder();

export const utf8 = (text) => encoder.encode(text);

/* One Uint8Array of all the parts, each bytes or text. */
export function concat(...parts) {
  const all = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const whole = new Uint8Array(all.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of all) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/* Whether both hold the same bytes; looks at all of them. */
export function same(a, b) {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let at = 0; at < a.length; at += 1) difference |= a[at] ^ b[at];
  return difference === 0;
}

/* Standard padded base64. */
export function b64(bytes) {
  const pieces = [];
  for (let at = 0; at < bytes.length; at += 32766) {
    pieces.push(btoa(String.fromCharCode(...bytes.subarray(at, at + 32766))));
  }
  return pieces.join("");
}

/* Standard padded base64 with zero trailing bits, optionally of an exact size; "base64.bad" otherwise. */
export function unb64(text, size = null) {
  let found;
  try {
    found = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
  } catch {
    throw new Problem("base64.bad");
  }
  if (b64(found) !== text || (size !== null && found.length !== size)) throw new Problem("base64.bad");
  return found;
}

export async function sha256(bytes) {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}

export function randomBytes(size) {
  return crypto.getRandomValues(new Uint8Array(size));
}
