/* Making a bid: every part sealed by the Worker, then manifest and kit put together. */

import { randomBytes, sha256 } from "./bytes.js";
import { encodeManifest } from "./manifest.js";

/* The part that lies in the second envelope 第二信封, where a section asks for two. */
export const PRICE = "price";

/* What a part is sealed to. */
export const keysetOf = ([keyset, later = null], part) => (later && part === PRICE ? later : keyset);

/* Seal all parts under one bidder salt and, where the section asks for it, one factor B: { bidderSalt, factor, measured }.
   `sources` is a Map by part, `keysets` [the section's, that of the second envelope]; `tell(part, done)` hears the bytes, `kept(part, found)` each part's measurements. */
export async function sealParts(sealer, gate, { sources, keysets, creditCode, plan, factored }, { tell, kept }) {
  const [bidderSalt, factor, measured] = [randomBytes(32), factored ? randomBytes(32) : null, new Map()];
  for (const [part, source] of sources) {
    await gate.pass();
    const told = { part, source, keyset: keysetOf(keysets, part).bytes, bidderSalt, creditCode, factor, plan };
    const found = await sealer.ask("seal", told, (done) => tell(part, done));
    tell(part, sizeOf(source));
    measured.set(part, found);
    await kept(part, found);
  }
  return { bidderSalt, factor, measured };
}

/* { manifest, digest, second, kit, trial }: the manifest's bytes and hash, of two envelopes also those of the second (else
   null), the locked kit's bytes, the container of its rehearsal. `client` is what the manifest says of this program. */
export async function complete(sealer, [keyset, later = null], { creditCode, client }, { bidderSalt, factor, measured }, passphrase) {
  const { section, round } = keyset;
  const parts = [...measured].map(([part, { size, root, commit }]) => ({ part, size, root, commit }));
  const signed = async (of, listed) => {
    const manifest = encodeManifest({ section, round: of.round, bidderSalt, parts: listed, client });
    return { manifest, digest: await sha256(manifest) };
  };
  const inSecond = ({ part }) => later !== null && part === PRICE;
  const { manifest, digest } = await signed(keyset, parts.filter((one) => !inSecond(one)));
  const second = later && (await signed(later, parts.filter(inSecond)));
  const commitSalts = Object.fromEntries([...measured].map(([part, found]) => [part, found.commitSalt]));
  const kit = { section, round, bidder: creditCode, bidderSalt, factor, manifest: digest, commitSalts };
  const { bytes, trial } = await sealer.ask("lock", { kit, passphrase });
  return { manifest, digest, second, kit: bytes, trial };
}

export const sizeOf = (source) => source.size ?? source.length;
