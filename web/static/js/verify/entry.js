/** What stands in a leaf of the public log, and the proof of its place (C2SP tlog-proof). */
import { bigEndian, concat, sameBytes, unb64 } from "./bytes.js";
import { canonical, has, isObject } from "./json.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { LATEST } from "./note.js";
import { Problem, require } from "./problem.js";
import { sha256 } from "./sha.js";

export const NO_ENTRY = new Uint8Array(32);

const HEADER = "c2sp.org/tlog-proof@v1";
const AT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?Z$/;
const MUST = ["at", "event", "facts", "link"];
const MAY = ["section", "actor"];

/** SHA-256(salt ‖ canonical event), the 32 bytes that stand in the log; `log.event` if misshapen. */
export function entryOf(salt, event) {
  checkEvent(event);
  return sha256(concat(salt, canonical(event)));
}

function checkEvent(event) {
  const names = Object.keys(event);
  const sound =
    MUST.every((name) => has(event, name)) &&
    names.every((name) => MUST.includes(name) || MAY.includes(name)) &&
    names.every((name) => name === "facts" || typeof event[name] === "string") &&
    isObject(event.facts) &&
    AT.test(event.at);
  require(sound, "log.event", { event: String(event.event ?? "") });
  unb64(event.link, 32);
}

/** SHA-256 that hides an event's number in its section and the entry before it; `log.link`. */
export function linkOf(salt, number, previous) {
  require((number === 1) === sameBytes(previous, NO_ENTRY), "log.link", { number });
  return sha256(concat("log/v1 link\n", salt, bigEndian(number, 8), previous));
}

/** A proof taken apart as {index, hashes, checkpoint, extra}, its checkpoint still unverified; `proof.malformed`. */
export function parseProof(text) {
  const cut = text.indexOf("\n\n");
  const lines = cut < 0 ? [] : text.slice(0, cut).split("\n");
  require(lines.shift() === HEADER, "proof.malformed", { why: "not a proof of this version" });
  const extra = lines[0]?.startsWith("extra ") ? base64(lines.shift().slice(6)) : null;
  const index = /^index (0|[1-9][0-9]{0,18})$/.exec(lines.shift() ?? "");
  const sound = index !== null && BigInt(index[1]) <= LATEST && lines.length <= 63;
  require(sound, "proof.malformed", { why: "no index, or more hashes than a tree is high" });
  const hashes = lines.map((line) => base64(line, 32));
  return { index: BigInt(index[1]), hashes, checkpoint: text.slice(cut + 2), extra };
}

/** The checkpoint under which the entry is proven to stand at the proof's place; `log.…`. */
export async function verifyProof(proof, entry, policy) {
  const checkpoint = await policy.check(proof.checkpoint);
  verifyInclusion(proof.index, checkpoint.size, leafHash(entry), proof.hashes, checkpoint.root);
  return checkpoint;
}

function base64(text, size = null) {
  try {
    return unb64(text, size);
  } catch {
    throw new Problem("proof.malformed", { why: "a line is not the base64 it should be" });
  }
}
