/** The receipt `receipt/v1`: that the public log took in one bid's submission, replacement or withdrawal, and when. */
import { b64, unb64 } from "./bytes.js";
import { entryOf, parseProof, verifyProof } from "./entry.js";
import { equal, isObject, own, parse } from "./json.js";
import { require } from "./problem.js";
import { parseManifest } from "./sealed.js";

const FIELDS = ["bid", "event", "format", "manifest", "parts", "proof", "salt", "section"];
const EVENTS = ["bid.submitted", "bid.replaced", "bid.withdrawn"];

/** Each step as it is found to hold; the first that does not throws. `manifest`: the bidder's own, as bytes, or null. */
export async function* verifyReceipt(receipt, policy, own_ = false, manifest = null) {
  yield step("receipt-policy", { log: policy.log.name, witnesses: policy.witnesses.size, own: own_ });
  require(isObject(receipt) && receipt.format === "receipt/v1", "receipt.malformed");
  require(equal(Object.keys(receipt).sort(), FIELDS), "receipt.malformed");
  const event = parse(String(receipt.event));
  require(isObject(event), "receipt.malformed");
  const leaf = entryOf(unb64(String(receipt.salt), 32), event);
  yield step("receipt-entry", { at: event.at });
  const proof = parseProof(String(receipt.proof));
  const checkpoint = await verifyProof(proof, leaf, policy);
  const cosigned = [...checkpoint.times.keys()].sort().join(", ");
  yield step("receipt-log", { leaf: proof.index, size: checkpoint.size, cosigned, count: checkpoint.times.size });
  const told = [own(event.facts, "subject"), event.section, own(event.facts, "manifest")];
  const right = EVENTS.includes(event.event) && equal(told, [receipt.bid, receipt.section, receipt.manifest]);
  require(right, "receipt.event", { event: event.event });
  const { bid, section } = receipt;
  yield step("receipt-event", { name: event.event, bid, section, at: event.at, manifest: receipt.manifest });
  if (manifest !== null) yield checkManifest(receipt, own(event.facts, "second") ?? null, parseManifest(manifest));
}

/** The parts a receipt tells of, as {part, size, root}; empty where they are not of that form. */
export function partsOf(receipt) {
  const rows = Array.isArray(receipt.parts) ? receipt.parts : [];
  return rows.filter((row) => isObject(row) && typeof row.root === "string" && Number.isSafeInteger(row.size));
}

/** Of two envelopes either one's manifest is asked about. */
function checkManifest(receipt, second, manifest) {
  const parts = manifest.parts.map(({ part, size, root }) => ({ part, size, root: b64(root) }));
  const listed = second === null ? receipt.parts : partsOf(receipt).filter((row) => parts.some(({ part }) => part === row.part));
  const same = [receipt.manifest, second?.manifest].includes(b64(manifest.digest)) && equal(listed, parts);
  require(same, "receipt.malformed");
  return step("receipt-manifest", { parts: parts.map((one) => one.part).join(", ") });
}

const step = (name, facts) => ({ name, facts });
