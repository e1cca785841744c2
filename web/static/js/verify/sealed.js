/** What the sealed-bid formats say in the open: keyset, manifest, container header, commitment to a plaintext. */
import { concat, sameBytes, textOf, unb64 } from "./bytes.js";
import { arrayAt, bytesAt, countAt, matchAt, membersAt, textAt, wordAt } from "./fields.js";
import { digest, equal, parse } from "./json.js";
import { isPointOfSm2, isUsableX25519, verifyEd25519 } from "./keys.js";
import { leafHash, root } from "./merkle.js";
import { SECTION } from "./printed.js";
import { Problem, refusingAs, require } from "./problem.js";
import { sha256 } from "./sha.js";
import { moment } from "./time.js";

export const CONTAINER_BLOCK = 8 << 20;

/** By suite: bytes of a public key and of a wrapped share, and whether a key may be sealed to. */
const SUITES = new Map([
  ["X25519-AES256GCM-SHA512", { key: 32, wrapped: 81, usable: isUsableX25519 }],
  ["SM2-SM4GCM-SM3", { key: 65, wrapped: 162, usable: isPointOfSm2 }],
]);
const PLAINTEXT_BLOCK = 1 << 20;
const LARGEST = Number.MAX_SAFE_INTEGER;
const ROUND = /^[1-9][0-9]?$/;
const PART = /^[a-z][a-z0-9-]{0,31}$/;
const DEADLINE = /^([0-9]{4})-([0-9]{2})-([0-9]{2})T([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])Z$/;
// No blank at either end, as Python counts blanks: JavaScript's \s differs in three signs.
const INK = "[^\\t-\\r\\u001c- \\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000]";
const PERSON = new RegExp(`^${INK}(?:[^\\0-\\x1f\\x7f]{0,62}${INK})?$`, "u");
const EVENTS = ["section.closed", "technical.locked", "quotes.closed", "draw.committed", "lottery.committed"];
const KEYSET = "format id section round deadline suite threshold release custodians".split(" ");
const MOST_CUSTODIANS = 56;
const LONGEST_LINE = 8192;

/** A keyset document with its `digest`; `seal.keyset` names the field that is not as the format says. */
export function parseKeyset(text) {
  return refusingAs("seal.keyset", () => {
    const found = membersAt(canonicalOnly(text, "seal.keyset"), "$", KEYSET, ["signatures"]);
    wordAt(found.format, "$.format", ["keyset/v1"]);
    wordAt(found.suite, "$.suite", [...SUITES.keys()]);
    require(isTime(textAt(found.deadline, "$.deadline")), "seal.keyset", { field: "deadline" });
    bytesAt(found.id, "$.id", 32);
    matchAt(found.section, "$.section", SECTION);
    matchAt(found.round, "$.round", ROUND);
    const custodians = arrayAt(found.custodians, "$.custodians").map((row, place) => custodian(row, place, SUITES.get(found.suite)));
    const count = custodians.length;
    const once = (field) => new Set(found.custodians.map((one) => one[field])).size === count;
    const sound = count >= 1 && count <= MOST_CUSTODIANS && ["name", "key", "signer"].every(once);
    require(sound, "seal.keyset", { field: "custodians" });
    countAt(found.threshold, "$.threshold", 1, count);
    membersAt(found.release, "$.release", ["event", "minimum"]);
    wordAt(found.release.event, "$.release.event", EVENTS);
    countAt(found.release.minimum, "$.release.minimum", 0, LARGEST);
    const { signatures, ...unsigned } = found;
    const given = arrayAt(signatures ?? [], "$.signatures").map((one) => bytesAt(one, "$.signatures", 64));
    return { ...found, custodians, signatures: given, digest: digest(unsigned) };
  });
}

/** `seal.keyset` unless every custodian signed and each signer is the one the policy names. */
export async function verifyKeyset(keyset, pinned) {
  require(keyset.signatures.length === keyset.custodians.length, "seal.keyset", { field: "signatures" });
  for (const [place, one] of keyset.custodians.entries()) {
    const known = pinned.get(one.name);
    require(known && sameBytes(known, one.signer), "seal.keyset", { field: `custodians[${place}].signer` });
    const sound = await verifyEd25519(one.signer, keyset.digest, keyset.signatures[place]);
    require(sound, "seal.keyset", { field: `signatures[${place}]` });
  }
}

/** A manifest (bytes or text) with its `digest`; `seal.manifest` names the field that is not as the format says. */
export function parseManifest(data) {
  return refusingAs("seal.manifest", () => {
    const names = ["format", "section", "round", "bidder_salt", "parts", "client"];
    const found = membersAt(canonicalOnly(data, "seal.manifest"), "$", names);
    wordAt(found.format, "$.format", ["manifest/v1"]);
    matchAt(found.section, "$.section", SECTION);
    matchAt(found.round, "$.round", ROUND);
    bytesAt(found.bidder_salt, "$.bidder_salt", 32);
    membersAt(found.client, "$.client", ["version", "bundle"]);
    matchAt(found.client.version, "$.client.version", /^[ -~]{1,64}$/);
    bytesAt(found.client.bundle, "$.client.bundle", 32);
    const parts = arrayAt(found.parts, "$.parts").map(partEntry);
    const order = parts.map((one) => one.part);
    const sorted = order.length > 0 && equal(order, [...new Set(order)].sort());
    require(sorted, "seal.manifest", { field: "parts" });
    return { ...found, parts, digest: digest(found) };
  });
}

/** The commitment to a plaintext in a manifest, from its salt and its bytes. */
export function commitmentTo(salt, data) {
  const leaves = [];
  for (let at = 0; at < data.length; at += PLAINTEXT_BLOCK) leaves.push(leafHash(data.subarray(at, at + PLAINTEXT_BLOCK)));
  return sha256(concat("sealed-bid/v1 commit", salt, root(leaves)));
}

/** A container's header; `seal.…` names the first fault. */
export function parseHeader(data) {
  const lines = new Lines(data);
  lines.version();
  const suite = lines.value("suite");
  require(SUITES.has(suite), "seal.suite", { suite });
  const { wrapped } = SUITES.get(suite);
  const where = /^([^/]+\/[^/]+)\/([^/]+)\/([^/]+)$/.exec(lines.value("section"));
  const placed = where && SECTION.test(where[1]) && PART.test(where[2]) && ROUND.test(where[3]);
  if (!placed) lines.refuse();
  const bidder = lines.decoded("bidder", 32);
  const deadline = lines.value("deadline");
  if (!isTime(deadline)) lines.refuse();
  const keyset = lines.decoded("keyset", 32);
  const policy = lines.value("policy");
  const counts = /^([1-9][0-9]{0,2})-of-([1-9][0-9]{0,2})( bidder)?$/.exec(policy);
  const [threshold, count] = counts ? [Number(counts[1]), Number(counts[2])] : [1, 0];
  require(threshold <= count && count <= 255, "seal.policy", { policy });
  for (let index = 1; index <= count; index += 1) {
    require(lines.decoded(`share ${index}`).length === wrapped, "seal.wrap", { custodian: index });
  }
  if (lines.next() !== "---") lines.refuse();
  const [, section, part, round] = where;
  return { suite, section, part, round, bidder, deadline, keyset, policy, threshold, count };
}

/** `seal.keyset`, `.section`, `.deadline`, `.suite`, `.policy` unless the header was made for this keyset. */
export function checkHeader(header, keyset) {
  require(sameBytes(header.keyset, keyset.digest), "seal.keyset", { field: "hash" });
  const [expected, found] = [`${keyset.section} round ${keyset.round}`, `${header.section} round ${header.round}`];
  require(expected === found, "seal.section", { expected, found });
  require(header.deadline === keyset.deadline, "seal.deadline", { expected: keyset.deadline, found: header.deadline });
  require(header.suite === keyset.suite, "seal.suite", { suite: header.suite });
  const same = header.threshold === keyset.threshold && header.count === keyset.custodians.length;
  require(same, "seal.policy", { policy: header.policy });
}

function canonicalOnly(data, code) {
  try {
    return parse(data);
  } catch {
    throw new Problem(code, { field: "canonical" });
  }
}

function custodian(row, place, suite) {
  const path = `$.custodians[${place}]`;
  const found = membersAt(row, path, ["name", "key", "signer"]);
  const key = bytesAt(found.key, `${path}.key`, suite.key);
  require(suite.usable(key), "seal.keyset", { field: `${path}.key` });
  return { name: matchAt(found.name, `${path}.name`, PERSON), key, signer: bytesAt(found.signer, `${path}.signer`, 32) };
}

function partEntry(row, place) {
  const path = `$.parts[${place}]`;
  const found = membersAt(row, path, ["part", "size", "root", "commit"]);
  return {
    part: matchAt(found.part, `${path}.part`, PART),
    size: countAt(found.size, `${path}.size`, 1, LARGEST),
    root: bytesAt(found.root, `${path}.root`, 32),
    commit: bytesAt(found.commit, `${path}.commit`, 32),
  };
}

function isTime(text) {
  const match = DEADLINE.exec(text);
  return match !== null && Number(match[1]) > 0 && moment(...match.slice(1).map(Number)) !== null;
}

/** The lines of a header, one after the other, with the number of the last for a refusal. */
class Lines {
  constructor(data) {
    this.data = data;
    this.at = 0;
    this.number = 0;
  }

  version() {
    const first = this.raw();
    require(first !== "sealed-bid/v1\r", "seal.crlf", { number: 1 });
    require(first === "sealed-bid/v1", "seal.version");
  }

  next() {
    const line = this.raw();
    require(!line.includes("\r"), "seal.crlf", { number: this.number });
    return line;
  }

  raw() {
    this.number += 1;
    const end = this.data.indexOf(10, this.at);
    require(end >= 0, "seal.truncated");
    if (end - this.at >= LONGEST_LINE || this.number > 64) this.refuse();
    try {
      const line = textOf(this.data.subarray(this.at, end));
      this.at = end + 1;
      return line;
    } catch {
      return this.refuse();
    }
  }

  value(name) {
    const line = this.next();
    if (!line.startsWith(`${name} `)) this.refuse();
    return line.slice(name.length + 1);
  }

  decoded(name, size = null) {
    const text = this.value(name);
    try {
      return unb64(text, size);
    } catch {
      throw new Problem("seal.base64", { field: name });
    }
  }

  refuse() {
    throw new Problem("seal.line", { number: this.number });
  }
}
