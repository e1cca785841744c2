/* The manifest `manifest/v1`: what a bidder submits, part by part, and signs by its SHA-256. */

import { b64, concat, same, sha256 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { PART, readDocument, ROUND, SECTION } from "./fields.js";
import { bidderLine } from "./key.js";
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

/* The manifest's entry for a container's part: "seal.section" unless both are for one section and round, "seal.bidder" unless
   the manifest's salt and the credit code (where one is given) make the header's bidder line, "seal.manifest" for a part that
   is not listed. */
export async function entryOf(header, manifest, bidder = null) {
  const [expected, found] = [manifest, header].map((one) => `${one.section} round ${one.round}`);
  if (expected !== found) throw new Problem("seal.section", { expected, found });
  const entry = manifest.parts.find(({ part }) => part === header.part);
  if (!entry) refuse(`parts: ${header.part}`);
  if (bidder !== null && !same(await bidderLine(manifest.bidderSalt, bidder), header.bidder)) {
    throw new Problem("seal.bidder", { field: "line" });
  }
  return entry;
}

/* "seal.truncated" or "seal.extended" unless the container has the listed size. */
export function checkSize(entry, size) {
  if (size < entry.size) throw new Problem("seal.truncated");
  if (size > entry.size) throw new Problem("seal.extended");
}

/* "seal.commitment" unless container and plaintext are the listed ones. */
export function checkMeasured(entry, { root, commit }) {
  if (!same(entry.root, root) || !same(entry.commit, commit)) throw new Problem("seal.commitment");
}

/* The 32 bytes a bidder signs to withdraw the bid of this manifest. */
export const withdrawalMessage = (digest) => sha256(concat("openhall withdrawal/v1", Uint8Array.of(0), digest));

function refuse(field) {
  throw new Problem("seal.manifest", { field });
}
