/** Recomputing a lottery with a public pool: the draw under it, and that every name in it is the frozen one. */
import { concat, hex, unhex, utf8 } from "./bytes.js";
import { recomputeDraw } from "./draw.js";
import { digest, equal, has, isObject } from "./json.js";
import { Problem } from "./problem.js";
import { sha256 } from "./sha.js";

const FORMAT = "lottery/v1";
const DOCUMENT = ["entries", "evidence", "format", "frozen", "request"];
const REQUEST = ["basis", "entries", "places", "subject", "waiting"];
const ENTRY = ["a", "code", "leaf", "name"];
const HEX = /^[0-9a-f]{64}$/;
const CODE = /^[\0-\x7f]{0,60000}$/;
const WEIGHT = 8;

/** Whether an evidence file is a lottery's, with names, rather than a draw's. */
export const isLottery = (document) => isObject(document) && document.format === FORMAT;

/** The evidence's `out` and `reasons` as they follow from the rest; `lottery.…` or `draw.…` with `path` otherwise. */
export function recomputeLottery(document) {
  const early = hasExactly(document, DOCUMENT.filter((name) => name !== "evidence"));
  if (early) throw new Problem("lottery.undrawn", { path: "$.evidence" });
  holds(hasExactly(document, DOCUMENT) && isObject(document.evidence), "$", "fields");
  const { evidence, frozen, request, entries } = document;
  const found = recomputeDraw(evidence);
  holds(has(evidence, "transcript") && equal(evidence.transcript.frozen, frozen), "$.frozen", "transcript");
  checkEven(evidence);
  checkRequest(request, frozen);
  checkEntries(entries, request, evidence.pool);
  return found;
}

function checkEven({ pool, avoid }) {
  const emps = new Set(pool.map((row) => row.emp));
  const even = pool.every((row) => row.w === WEIGHT) && emps.size === pool.length && avoid.length === 0;
  if (!even) throw new Problem("lottery.uneven", { path: "$.evidence.pool" });
}

function checkRequest(request, frozen) {
  const sound = hasExactly(request, REQUEST) && hex(digest(request)) === frozen.request;
  holds(sound, "$.request", "digest");
  holds(equal(frozen.quota, { "*": request.places }) && frozen.alternates === request.waiting, "$.request", "places");
}

/** Each entry stands once, by name in the request and by its salted code in the frozen list. */
function checkEntries(entries, request, pool) {
  holds(Array.isArray(entries), "$.entries", "fields");
  const salted = new Map(pool.map((row) => [row.leaf, row.ia]));
  entries.forEach((one, place) => {
    const whole = hasExactly(one, ENTRY) && Object.values(one).every((value) => typeof value === "string");
    const own = whole && HEX.test(one.a) && CODE.test(one.code) && saltedCode(one) === salted.get(one.leaf);
    holds(own, `$.entries[${place}]`, "leaf");
  });
  const named = entries.map((one) => [one.code, one.name]).sort(([a], [b]) => (a < b ? -1 : 1));
  const differing = (name) => new Set(entries.map((one) => one[name])).size;
  const once = entries.length === pool.length && ["leaf", "code"].every((name) => differing(name) === pool.length);
  holds(once && equal(named, request.entries), "$.entries", "request");
}

function saltedCode({ a, code }) {
  const identity = utf8(`uscc:${code}`);
  return hex(sha256(concat(unhex(a), Uint8Array.of(identity.length >> 8, identity.length & 255), identity)));
}

const hasExactly = (value, names) => isObject(value) && equal(Object.keys(value).sort(), names);

function holds(condition, path, why) {
  if (!condition) throw new Problem("lottery.entries", { path, why });
}
