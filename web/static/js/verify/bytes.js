/** Bytes and their spellings: UTF-8, base64, hex; all readers strict, so that there is one spelling of each value. */
import { Problem } from "./problem.js";

const ENCODER = new TextEncoder();

/** The UTF-8 bytes of a text. */
export const utf8 = (text) => ENCODER.encode(text);

/** The text of UTF-8 bytes; TypeError where they are none. A byte order mark stays. */
export const textOf = (bytes) => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);

/** The given byte arrays (or texts) one after the other. */
export function concat(...parts) {
  const pieces = parts.map((part) => (typeof part === "string" ? utf8(part) : part));
  const found = new Uint8Array(pieces.reduce((size, piece) => size + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    found.set(piece, at);
    at += piece.length;
  }
  return found;
}

/** Whether two byte arrays are equal. */
export const sameBytes = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

/** Less, equal or greater than 0 as bytes compare. */
export function compareBytes(one, other) {
  for (let at = 0; at < Math.min(one.length, other.length); at += 1) {
    if (one[at] !== other[at]) return one[at] - other[at];
  }
  return one.length - other.length;
}

/** Less, equal or greater than 0 by code points, as UTF-8 sorts (JavaScript's own order is by UTF-16). */
export const compareText = (one, other) => (one === other ? 0 : compareBytes(utf8(one), utf8(other)));

/** Standard padded base64. */
export function b64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 8192) text += String.fromCharCode(...bytes.subarray(at, at + 8192));
  return btoa(text);
}

/** The bytes of the one standard base64 form, optionally of an exact size; `base64.bad` otherwise. */
export function unb64(text, size = null) {
  let found = null;
  try {
    if (typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text)) {
      found = Uint8Array.from(atob(text), (sign) => sign.charCodeAt(0));
    }
  } catch {
    found = null;
  }
  if (found === null || b64(found) !== text) throw new Problem("base64.bad", { why: "not the one standard form" });
  if (size !== null && found.length !== size) throw new Problem("base64.bad", { why: `not ${size} bytes` });
  return found;
}

/** Lower-case hexadecimal. */
export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");

/** The bytes of lower-case hexadecimal digits, whose form the caller has checked. */
export const unhex = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));

/** A whole number (BigInt or Number) as so many big-endian bytes. */
export function bigEndian(value, size) {
  const found = new Uint8Array(size);
  let rest = BigInt(value);
  for (let at = size - 1; at >= 0; at -= 1) {
    found[at] = Number(rest & 255n);
    rest >>= 8n;
  }
  return found;
}

/** Big-endian bytes as BigInt. */
export const number = (bytes) => (bytes.length ? BigInt(`0x${hex(bytes)}`) : 0n);
