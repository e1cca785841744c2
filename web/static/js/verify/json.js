/** Canonical JSON (RFC 8785), the only form that is hashed or signed; floats and halves of surrogate pairs are refused. */
import { sameBytes, textOf, utf8 } from "./bytes.js";
import { Problem } from "./problem.js";
import { sha256 } from "./sha.js";

const LONE = /\p{Surrogate}/u;
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/** Whether an object has a field of its own of this name. */
export const has = (object, name) => Object.prototype.hasOwnProperty.call(object, name);

/** A field of its own, or undefined: never one that every object inherits. */
export const own = (object, name) => (has(object, name) ? object[name] : undefined);

/** Whether this is a JSON object. */
export const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** The canonical text of a JSON value. */
export function canonicalText(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return quoted(value);
  if (typeof value === "number") {
    if (!Number.isSafeInteger(value)) throw new Problem("json.float", { value });
    return String(value === 0 ? 0 : value);
  }
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(",")}]`;
  const fields = Object.keys(value).sort();
  return `{${fields.map((name) => `${quoted(name)}:${canonicalText(value[name])}`).join(",")}}`;
}

/** The canonical bytes. */
export const canonical = (value) => utf8(canonicalText(value));

/** SHA-256 of the canonical form, 32 bytes. */
export const digest = (value) => sha256(canonical(value));

/** Whether two JSON values are the same. */
export const equal = (one, other) => canonicalText(one ?? null) === canonicalText(other ?? null);

/** Reads JSON strictly: UTF-8, no key twice; `json.bad` otherwise. */
export function read(bytes) {
  try {
    const text = textOf(bytes);
    const value = JSON.parse(text);
    if (hasTwins(text)) throw new SyntaxError("a key stands twice");
    return value;
  } catch (error) {
    throw new Problem("json.bad", { why: error.message });
  }
}

/** Reads canonical JSON (bytes or text) and nothing else; `json.not-canonical`, `json.bad`. */
export function parse(data) {
  const bytes = typeof data === "string" ? utf8(data) : data;
  const value = read(bytes);
  let written = null;
  try {
    written = canonical(value);
  } catch {
    written = null;
  }
  if (written === null || !sameBytes(written, bytes)) throw new Problem("json.not-canonical");
  return value;
}

function quoted(text) {
  if (LONE.test(text)) throw new Problem("json.bad", { why: "half of a surrogate pair" });
  return JSON.stringify(text);
}

/** Whether some object of a well-formed JSON text has a key twice: `JSON.parse` would keep the last and say nothing. */
function hasTwins(text) {
  const open = [];
  let last = null;
  for (const [token] of text.matchAll(TOKENS)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(null);
    else if (token === "}" || token === "]") open.pop();
    else if (token === ":") {
      const name = JSON.parse(last);
      if (open.at(-1).has(name)) return true;
      open.at(-1).add(name);
    } else if (token !== ",") last = token;
  }
  return false;
}
