/* The rehearsal of a bid kit: a tiny container sealed beside the bid, with its bidder line and its factor, opens with the kit
   that was saved. Custodians are made up on the spot; their keys stay on this machine and open nothing else. */

import { b64, randomBytes, same, unb64 } from "./bytes.js";
import { digest } from "./canonical.js";
import { openBytes, sealBytes } from "./container.js";
import { parseHeader } from "./header.js";
import { bidderLine, commitment } from "./key.js";
import { keysetDocument } from "./keyset.js";
import { Problem } from "./problem.js";
import { findSuite, X25519 } from "./suite.js";

const PART = "rehearsal";

/* A keyset of made-up custodians with these private keys of a suite, any two of which open. */
export async function imagined(keys, suite = X25519) {
  const { publicOf } = findSuite(suite);
  const person = async (key, at) => ({ name: `body ${at}`, key: await publicOf(key), signer: randomBytes(32) });
  const custodians = await Promise.all(keys.map(person));
  const keyset = {
    id: randomBytes(32), section: "REHEARSAL/1", round: "1", deadline: "2099-12-31T00:00:00Z", suite, threshold: 2,
    release: { event: "section.closed", minimum: 0 }, custodians, signatures: [],
  };
  return { ...keyset, digest: await digest(keysetDocument(keyset)) };
}

/* The tiny container of a kit, to be kept until the kit is read back: { container, keys }, b64 all. */
export async function makeTrial({ bidder, bidderSalt, factor, manifest }) {
  const keys = [1, 2, 3].map(() => randomBytes(32));
  const { container } = await sealBytes(manifest, await imagined(keys), PART, await bidderLine(bidderSalt, bidder), factor);
  return { container: b64(container), keys: keys.map(b64) };
}

/* "kit.other" unless the kit opens the tiny container and its salts are those of the sealed parts; `parts` are
   [{ part, root, commit }] in b64, as far as their plaintext's root is known. */
export async function tryKit(kit, trial, parts) {
  if (trial && !(await opens(kit, trial))) throw new Problem("kit.other");
  for (const { part, root, commit } of parts) {
    const salt = kit.commitSalts[part];
    if (!salt || !same(await commitment(salt, unb64(root)), unb64(commit))) throw new Problem("kit.other");
  }
}

async function opens(kit, { container, keys }) {
  const bytes = unb64(container);
  const { header } = parseHeader(bytes);
  if (!same(header.bidder, await bidderLine(kit.bidderSalt, kit.bidder))) return false;
  try {
    const released = new Map([[1, unb64(keys[0])], [3, unb64(keys[2])]]);
    return same(await openBytes(bytes, released, { factor: kit.factor }), kit.manifest);
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}
