/* The keyset document `keyset/v1`: whose one-time keys a section's bids are sealed to, signed by every custodian. */

import { b64, same, unb64 } from "./bytes.js";
import { digest } from "./canonical.js";
import { verifyEd25519 } from "./curve.js";
import { isTime, readDocument, ROUND, SECTION } from "./fields.js";
import { MOST_CUSTODIANS } from "./header.js";
import { Problem } from "./problem.js";
import { findSuite, isSuite } from "./suite.js";

const EVENTS = "section\\.closed|technical\\.locked|quotes\\.closed|draw\\.committed";
// No blank at either end, as Python counts blanks: JavaScript's \s differs in three signs.
const INK = "[^\\t-\\r\\u001c- \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const NAME = `${INK}(?:[^\\u0000-\\u001f\\u007f]{0,62}${INK})?`;
const NAMES = "format id section round deadline suite threshold release custodians";

/* Read a keyset, signed or not yet, with its `digest`; "seal.keyset" names the field that is not as the format says. */
export async function parseKeyset(bytes) {
  const top = readDocument(bytes, refuse, NAMES, "signatures");
  top.text("format", "keyset/v1");
  const suite = top.text("suite", "[^]+");
  if (!isSuite(suite)) top.refuse("suite");
  const deadline = top.text("deadline", "[^]+");
  if (!isTime(deadline)) top.refuse("deadline");
  const custodians = await readCustodians(top, findSuite(suite));
  const signatures = top.has("signatures") ? top.raws("signatures", 64) : [];
  if (top.has("signatures") && signatures.length !== custodians.length) top.refuse("signatures");
  const release = top.object("release", "event minimum");
  const keyset = {
    id: top.raw("id", 32),
    section: top.text("section", SECTION),
    round: top.text("round", ROUND),
    deadline,
    suite,
    threshold: top.number("threshold", 1, custodians.length),
    release: { event: release.text("event", EVENTS), minimum: release.number("minimum", 0) },
    custodians,
    signatures,
  };
  return { ...keyset, digest: await digest(unsigned(keyset)) };
}

/* The JSON value of a keyset: what is hashed, and with its signatures what is published. */
export function keysetDocument(keyset) {
  const signed = keyset.signatures.length ? { signatures: keyset.signatures.map(b64) } : {};
  return { ...unsigned(keyset), ...signed };
}

/* "seal.keyset" unless every custodian signed and, where `pinned` (name → b64 key) is given, each signer key is the pinned
   one. `pinned` comes from the platform's published policy and never from the document. */
export async function verifyKeyset(keyset, pinned = null) {
  if (keyset.signatures.length !== keyset.custodians.length) refuse("signatures");
  for (const [place, { name, signer }] of keyset.custodians.entries()) {
    if (pinned && !(Object.hasOwn(pinned, name) && same(unb64(pinned[name]), signer))) refuse(`custodians[${place}].signer`);
    if (!(await verifyEd25519(signer, keyset.digest, keyset.signatures[place]))) refuse(`signatures[${place}]`);
  }
}

/* { name: b64 key } of the lines `custodian <name> <base64 Ed25519 key>` of a policy file. */
export function pinnedSigners(policy) {
  const lines = policy.split("\n").map((line) => line.trim().match(/^custodian\s+(.*\S)\s+(\S+)$/u));
  return Object.fromEntries(lines.filter(Boolean).map(([, name, key]) => {
    try {
      return [name, b64(unb64(key, 32))];
    } catch {
      return refuse(`policy: ${name}`);
    }
  }));
}

async function readCustodians(top, suite) {
  const rows = top.objects("custodians", "name key signer");
  const found = rows.map((row) => ({ name: row.text("name", NAME), key: row.raw("key", suite.public), signer: row.raw("signer", 32) }));
  if (found.length < 1 || found.length > MOST_CUSTODIANS) top.refuse("custodians");
  for (const [place, one] of found.entries()) {
    if (!(await suite.usable(one.key))) rows[place].refuse("key");
  }
  // One person under two names, or one key twice, would be t custodians in one hand.
  for (const told of [(one) => one.name, (one) => b64(one.key), (one) => b64(one.signer)]) {
    if (new Set(found.map(told)).size !== found.length) top.refuse("custodians");
  }
  return found;
}

function unsigned({ id, section, round, deadline, suite, threshold, release, custodians }) {
  const people = custodians.map(({ name, key, signer }) => ({ name, key: b64(key), signer: b64(signer) }));
  return { format: "keyset/v1", id: b64(id), section, round, deadline, suite, threshold, release, custodians: people };
}

function refuse(field) {
  throw new Problem("seal.keyset", { field });
}

/* A section's keyset as it came, whose every signature holds, with its `bytes`; "seal.section" for another section's. */
export async function soundKeyset(bytes, section, policy) {
  const keyset = { ...(await parseKeyset(bytes)), bytes };
  await verifyKeyset(keyset, policy);
  if (keyset.section !== section) throw new Problem("seal.section", { expected: section, found: keyset.section });
  return keyset;
}
