/* Making a bid: every part sealed by the Worker, then manifest and kit put together. */

import { randomBytes, sha256 } from "./bytes.js";
import { encodeManifest } from "./manifest.js";

/* Seal all parts under one bidder salt and, where the section asks for it, one factor B: { bidderSalt, factor, measured }.
   `sources` is a Map by part; `tell(part, done)` hears the bytes, `kept(part, found)` each part's measurements. */
export async function sealParts(sealer, gate, { sources, keyset, creditCode, plan, factored }, { tell, kept }) {
  const [bidderSalt, factor, measured] = [randomBytes(32), factored ? randomBytes(32) : null, new Map()];
  for (const [part, source] of sources) {
    await gate.pass();
    const told = { part, source, keyset: keyset.bytes, bidderSalt, creditCode, factor, plan };
    const found = await sealer.ask("seal", told, (done) => tell(part, done));
    tell(part, sizeOf(source));
    measured.set(part, found);
    await kept(part, found);
  }
  return { bidderSalt, factor, measured };
}

/* { manifest, digest, kit, trial }: the manifest's bytes and hash, the locked kit's bytes, the container of its rehearsal.
   `client` is what the manifest says of this program. */
export async function complete(sealer, { section, round }, { creditCode, client }, { bidderSalt, factor, measured }, passphrase) {
  const parts = [...measured].map(([part, { size, root, commit }]) => ({ part, size, root, commit }));
  const manifest = encodeManifest({ section, round, bidderSalt, parts, client });
  const digest = await sha256(manifest);
  const commitSalts = Object.fromEntries([...measured].map(([part, found]) => [part, found.commitSalt]));
  const kit = { section, round, bidder: creditCode, bidderSalt, factor, manifest: digest, commitSalts };
  const { bytes, trial } = await sealer.ask("lock", { kit, passphrase });
  return { manifest, digest, kit: bytes, trial };
}

export const sizeOf = (source) => source.size ?? source.length;
