/* Reading a JSON object strictly: nothing missing, unknown or vague; `refuse(path)` throws the document's own problem. */

import { unb64 } from "./bytes.js";
import { parse } from "./canonical.js";

export const SECTION = "[A-Z0-9][A-Z0-9.-]{0,63}/[A-Z0-9][A-Z0-9.-]{0,63}";
export const PART = "[a-z][a-z0-9-]{0,31}";
export const ROUND = "[1-9][0-9]?";

/* Whether the whole text matches; `pattern` is a source without anchors. */
export const matches = (text, pattern) => new RegExp(`^(?:${pattern})$`, "u").test(text);

/* Whether this is a real moment written YYYY-MM-DDThh:mm:ssZ, from year 1 on. */
export function isTime(text) {
  if (!matches(text, "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z") || text.startsWith("0000")) return false;
  const moment = new Date(text);
  return !Number.isNaN(moment.getTime()) && moment.toISOString() === text.replace("Z", ".000Z");
}

/* The fields of canonical JSON bytes; what is not canonical JSON is refused as `canonical`. */
export function readDocument(bytes, refuse, names, optional = "") {
  let value;
  try {
    value = parse(bytes);
  } catch {
    refuse("canonical");
  }
  return new Fields(value, refuse, names, optional);
}

export class Fields {
  #value;
  #path;
  #refuse;

  constructor(value, refuse, names, optional = "", path = "") {
    [this.#value, this.#path, this.#refuse] = [value, path, refuse];
    if (!isObject(value)) refuse(path || "document");
    const required = names.split(" ");
    const known = new Set([...required, ...optional.split(" ")]);
    for (const name of required) if (!Object.hasOwn(value, name)) this.refuse(name);
    for (const name of Object.keys(value)) if (!known.has(name)) this.refuse(name);
  }

  /* Throw the document's problem for this field. */
  refuse(name) {
    this.#refuse(this.#at(name));
  }

  has(name) {
    return Object.hasOwn(this.#value, name);
  }

  /* A string that matches the whole pattern. */
  text(name, pattern) {
    const found = this.#value[name];
    if (typeof found !== "string" || !matches(found, pattern)) this.refuse(name);
    return found;
  }

  /* A whole number within the bounds. */
  number(name, least, most = Number.MAX_SAFE_INTEGER) {
    const found = this.#value[name];
    if (!Number.isSafeInteger(found) || found < least || found > most) this.refuse(name);
    return found;
  }

  /* The bytes of a base64 string, of exactly this size where one is given. */
  raw(name, size = null) {
    return this.#bytes(this.#value[name], this.#at(name), size);
  }

  /* A list of base64 strings of one size. */
  raws(name, size) {
    return this.#list(name).map((item, place) => this.#bytes(item, `${this.#at(name)}[${place}]`, size));
  }

  /* A nested object with exactly these fields. */
  object(name, names) {
    return new Fields(this.#value[name], this.#refuse, names, "", this.#at(name));
  }

  /* A list of objects with exactly these fields. */
  objects(name, names) {
    return this.#list(name).map((item, place) => new Fields(item, this.#refuse, names, "", `${this.#at(name)}[${place}]`));
  }

  #at(name) {
    return this.#path ? `${this.#path}.${name}` : name;
  }

  #list(name) {
    if (!Array.isArray(this.#value[name])) this.refuse(name);
    return this.#value[name];
  }

  #bytes(value, path, size) {
    try {
      if (typeof value === "string") return unb64(value, size);
    } catch {
      // Refused below, with its path.
    }
    return this.#refuse(path);
  }
}

const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);
