/** Reading JSON documents strictly: nothing missing, unknown or vague, and every refusal names its JSON path. */
import { unb64 } from "./bytes.js";
import { has, isObject } from "./json.js";
import { Problem } from "./problem.js";
import { rational } from "./rational.js";

const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;
const DECIMAL = /^-?[0-9]+(\.[0-9]+)?$/;
const LONGEST_DECIMAL = 200;
/** What Python counts as white space, which `\s` of JavaScript does not quite. */
export const SPACE = "\\t-\\r\\x1c- \\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BLANK = new RegExp(`^[${SPACE}]*$`);

/** The JSON path one step further. */
export function at(path, key) {
  if (typeof key === "number") return `${path}[${key}]`;
  return PLAIN.test(key) ? `${path}.${key}` : `${path}[${JSON.stringify(key)}]`;
}

function expected(holds, value, path, kind) {
  if (!holds) throw new Problem("evidence.type", { path, expected: kind });
  return value;
}

/** A JSON object; `evidence.type` otherwise. */
export const objectAt = (value, path) => expected(isObject(value), value, path, "object");

/** A JSON array; `evidence.type` otherwise. */
export const arrayAt = (value, path) => expected(Array.isArray(value), value, path, "array");

/** A string; `evidence.type` otherwise. */
export const textAt = (value, path) => expected(typeof value === "string", value, path, "string");

/** True or false; `evidence.type` otherwise. */
export const flagAt = (value, path) => expected(typeof value === "boolean", value, path, "true or false");

/** The bytes of a base64 string of this size, if one is given. */
export const bytesAt = (value, path, size = null) => unb64(textAt(value, path), size);

/** An object with all required and only the named fields; `evidence.field-missing`, `evidence.field-unknown`. */
export function membersAt(value, path, required, optional = []) {
  objectAt(value, path);
  for (const name of required) {
    if (!has(value, name)) throw new Problem("evidence.field-missing", { path: at(path, name), field: name });
  }
  for (const name of Object.keys(value)) {
    if (!required.includes(name) && !optional.includes(name)) {
      throw new Problem("evidence.field-unknown", { path: at(path, name), field: name });
    }
  }
  return value;
}

/** One of the allowed words; `evidence.word` otherwise. */
export function wordAt(value, path, allowed) {
  if (typeof value !== "string" || !allowed.includes(value)) {
    throw new Problem("evidence.word", { path, value: String(value).slice(0, 40), allowed: allowed.join(", ") });
  }
  return value;
}

/** A whole number between two bounds, both included; `evidence.range` otherwise. */
export function countAt(value, path, low, high) {
  expected(Number.isSafeInteger(value), value, path, "whole number");
  if (value < low || value > high) throw new Problem("evidence.range", { path, value, low, high });
  return value;
}

/** A string that matches the pattern; `evidence.type` otherwise. */
export const matchAt = (value, path, pattern) => expected(pattern.test(textAt(value, path)), value, path, String(pattern));

/** What a decimal string says, exactly, or null where the value is none. */
export function decimalOf(value) {
  if (typeof value !== "string" || value.length > LONGEST_DECIMAL || !DECIMAL.test(value)) return null;
  const [whole, places = ""] = value.split(".");
  return rational(BigInt(whole + places), 10n ** BigInt(places.length));
}

/** A decimal string as an exact number; `evidence.decimal` otherwise. */
export function decimalAt(value, path) {
  const found = decimalOf(value);
  if (found === null) throw new Problem("evidence.decimal", { path, value: String(value).slice(0, 40) });
  return found;
}

/** Whether a text says nothing. */
export const isBlank = (text) => BLANK.test(text);

/** Whether this is text somebody can read later: not blank, of at most so many signs, none of which cannot be stored. */
export function isWritten(value, longest) {
  return typeof value === "string" && !isBlank(value) && [...value].length <= longest && !/\0|\p{Surrogate}/u.test(value);
}
