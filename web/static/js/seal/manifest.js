/* The manifest `manifest/v1`: what a bidder submits, part by part, and signs by its SHA-256. */

import { b64, concat, sha256 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { PART, readDocument, ROUND, SECTION } from "./fields.js";
import { Problem } from "./problem.js";

/* The canonical bytes of a manifest; `parts` are { part, size, root, commit } in any order, hashes raw. */
export function encodeManifest({ section, round, bidderSalt, parts, client }) {
  const rows = [...parts].sort((a, b) => (a.part < b.part ? -1 : 1));
  return canonical({
    format: "manifest/v1",
    section,
    round,
    bidder_salt: b64(bidderSalt),
    parts: rows.map(({ part, size, root, commit }) => ({ part, size, root: b64(root), commit: b64(commit) })),
    client: { version: client.version, bundle: b64(client.bundle) },
  });
}

/* Read a manifest; "seal.manifest" names the field that is not as the format says. */
export function parseManifest(bytes) {
  const top = readDocument(bytes, refuse, "format section round bidder_salt parts client");
  top.text("format", "manifest/v1");
  const client = top.object("client", "version bundle");
  const parts = top.objects("parts", "part size root commit").map((row) => ({
    part: row.text("part", PART),
    size: row.number("size", 1),
    root: row.raw("root", 32),
    commit: row.raw("commit", 32),
  }));
  if (!parts.length || parts.some(({ part }, at) => at > 0 && parts[at - 1].part >= part)) top.refuse("parts");
  return {
    section: top.text("section", SECTION),
    round: top.text("round", ROUND),
    bidderSalt: top.raw("bidder_salt", 32),
    parts,
    client: { version: client.text("version", "[ -~]{1,64}"), bundle: client.raw("bundle", 32) },
  };
}

/* The 32 bytes a bidder signs to withdraw the bid of this manifest. */
export const withdrawalMessage = (digest) => sha256(concat("openhall withdrawal/v1", Uint8Array.of(0), digest));

function refuse(field) {
  throw new Problem("seal.manifest", { field });
}
