/* The input key of a sealed bid: made and wrapped share by share when sealing, recovered from released keys. */

import { concat, same, sha256 } from "./bytes.js";
import { checkPlace, Header } from "./header.js";
import { expand, extract } from "./kdf.js";
import { Problem } from "./problem.js";
import { extend, join, split } from "./shares.js";
import { findSuite } from "./suite.js";

/* A fresh { header, inputKey }. `bidder` is the 32-byte bidder line, `factor` the 32 bytes B or null. Randomness is drawn in
   this order: S, the coefficients degree by degree, one ephemeral key for each share. */
export async function newHeader(keyset, part, bidder, factor, random) {
  checkPlace(keyset.section, part, keyset.round);
  const { section, round, deadline, threshold, custodians } = keyset;
  const suite = findSuite(keyset.suite);
  const count = custodians.length;
  const place = { suite: suite.name, section, part, round, bidder, deadline };
  const bare = { ...place, keyset: keyset.digest, threshold, count, factor: factor !== null };
  const header = new Header(bare);
  checkFactor(header, factor);
  const secret = random(32);
  const shares = split(secret, threshold, count, random);
  for (const [at, share] of shares.entries()) {
    header.shares.push(await suite.wrap(custodians[at].key, share, info(header, at + 1), random));
  }
  return { header, inputKey: await makeInputKey(suite, secret, factor) };
}

/* The 32-byte salt of the plaintext commitment, from the input key of a suite (by name). */
export const commitSalt = (suite, inputKey) => expand(findSuite(suite).hash, inputKey, concat("commit salt"), 32);

/* The manifest's `commit`: `root` is the RFC 6962 root over the 1 MiB blocks of the plaintext. */
export const commitment = (salt, root) => sha256(concat("sealed-bid/v1 commit", salt, root));

/* SHA-256(salt ‖ credit code): the bidder under a name that only the manifest's salt reveals. */
export const bidderLine = (salt, creditCode) => sha256(concat(salt, creditCode));

/* The input key from released keys, a Map by custodian number (from 1), all of which are used and must agree. Refused with
   "seal.key", "seal.too-few", "seal.bidder", "seal.wrap", "seal.share"; with `keyset`, each key must be the listed one. */
export async function recover(header, privateKeys, factor = null, keyset = null) {
  if (keyset !== null) checkKeyset(header, keyset);
  for (const [index, own] of privateKeys) await checkReleased(header, index, own, keyset);
  const [have, need] = [privateKeys.size, header.threshold];
  if (have < need) throw new Problem("seal.too-few", { have, need });
  checkFactor(header, factor);
  const shares = [];
  for (const index of [...privateKeys.keys()].sort((a, b) => a - b)) {
    shares.push(await unwrapShare(header, index, privateKeys.get(index)));
  }
  const first = shares.slice(0, header.threshold);
  const every = extend(first, header.count);
  if (!shares.every((share) => same(every[share.at(-1) - 1], share))) throw new Problem("seal.share");
  return makeInputKey(findSuite(header.suite), join(first), factor);
}

/* Refuse a header that was not made for this keyset: "seal.keyset", "seal.section", "seal.deadline", "seal.suite", "seal.policy". */
export function checkKeyset(header, keyset) {
  if (!same(header.keyset, keyset.digest)) throw new Problem("seal.keyset", { field: "hash" });
  const [expected, found] = [keyset, header].map((one) => `${one.section} round ${one.round}`);
  if (expected !== found) throw new Problem("seal.section", { expected, found });
  if (header.deadline !== keyset.deadline) {
    throw new Problem("seal.deadline", { expected: keyset.deadline, found: header.deadline });
  }
  if (header.suite !== keyset.suite) throw new Problem("seal.suite", { suite: header.suite });
  if (header.threshold !== keyset.threshold || header.count !== keyset.custodians.length) {
    throw new Problem("seal.policy", { policy: header.policy });
  }
}

async function checkReleased(header, index, own, keyset) {
  const suite = findSuite(header.suite);
  const listed = index >= 1 && index <= header.count && suite.isPrivate(own);
  if (!listed || (keyset !== null && !same(await suite.publicOf(own), keyset.custodians[index - 1].key))) {
    throw new Problem("seal.key", { custodian: index });
  }
}

async function unwrapShare(header, index, own) {
  let share;
  try {
    share = await findSuite(header.suite).unwrap(own, header.shares[index - 1], info(header, index));
  } catch (problem) {
    if (problem instanceof Problem) throw new Problem("seal.wrap", { custodian: index });
    throw problem;
  }
  if (share.length !== 33 || share[32] !== index) throw new Problem("seal.share");
  return share;
}

function checkFactor(header, factor) {
  if (header.factor && factor === null) throw new Problem("seal.bidder", { field: "factor missing" });
  if (!header.factor && factor !== null) throw new Problem("seal.bidder", { field: "factor unexpected" });
  if (factor !== null && factor.length !== 32) throw new Problem("seal.bidder", { field: "factor length" });
}

async function makeInputKey({ hash, aeadKey }, secret, factor) {
  const material = concat(secret, factor ?? new Uint8Array(0));
  return expand(hash, await extract(hash, concat("sealed-bid/v1"), material), concat("input key"), aeadKey);
}

const info = (header, index) => concat(header.pre(), `share ${index}`);
