/* Canonical JSON (RFC 8785) as our documents use it: no floats, safe integers, well-formed text. */

import { sha256, utf8 } from "./bytes.js";
import { Problem } from "./problem.js";

/* The RFC 8785 bytes of a JSON value; "json.float", "json.not-canonical" for what has no canonical form with us. */
export const canonical = (value) => utf8(written(value));

/* SHA-256 of the canonical form. */
export const digest = (value) => sha256(canonical(value));

/* The value of bytes that are exactly the canonical form; "json.bad", "json.not-canonical". */
export function parse(bytes) {
  let text, value;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    value = JSON.parse(text);
  } catch {
    throw new Problem("json.bad");
  }
  let again = null;
  try {
    again = written(value);
  } catch {
    // A float, a large number, a lone surrogate, or deeper than the stack: not what we would have written.
  }
  if (again !== text) throw new Problem("json.not-canonical");
  return value;
}

function written(value) {
  if (typeof value === "string") return text(value);
  if (typeof value === "number") return number(value);
  if (value === null || typeof value === "boolean") return String(value);
  if (Array.isArray(value)) return `[${value.map(written).join(",")}]`;
  // Array.prototype.sort compares UTF-16 code units, which is the order RFC 8785 asks for.
  if (typeof value === "object") return `{${Object.keys(value).sort().map((key) => member(key, value[key])).join(",")}}`;
  throw new Problem("json.not-canonical");
}

const member = (key, value) => `${text(key)}:${written(value)}`;

function text(value) {
  if (/\p{Surrogate}/u.test(value)) throw new Problem("json.not-canonical");
  return JSON.stringify(value);
}

function number(value) {
  if (!Number.isInteger(value)) throw new Problem("json.float");
  if (!Number.isSafeInteger(value)) throw new Problem("json.not-canonical");
  return String(value);
}
