/* The bid kit `bid-kit/v1`: what the bidder keeps for the remedy (salts, commit salts, B), under a passphrase; the same file
   as the command line's. The passphrase is taken in its NFC form as UTF-8. */

import { argon2id } from "../../vendor/noble-hashes/argon2.js";
import { b64, concat, utf8 } from "./bytes.js";
import { canonical } from "./canonical.js";
import { PART, readDocument, ROUND, SECTION } from "./fields.js";
import { Problem } from "./problem.js";

const LOCKED = "bid-kit/v1 locked";
// RFC 9106 §4, second recommended option: 64 MiB, three passes, four lanes.
const COST = { t: 3, m: 1 << 16, p: 4, dkLen: 32 };

/* The canonical document, readable by anyone; `commitSalts` by part, `factor` B or null, `manifest` its hash. */
export function encodeKit({ section, round, bidder, bidderSalt, factor = null, manifest, commitSalts }) {
  const parts = Object.keys(commitSalts).sort();
  return canonical({
    format: "bid-kit/v1",
    section,
    round,
    bidder,
    bidder_salt: b64(bidderSalt),
    manifest: b64(manifest),
    parts: parts.map((part) => ({ part, commit_salt: b64(commitSalts[part]) })),
    ...(factor === null ? {} : { bidder_factor: b64(factor) }),
  });
}

/* The kit under a passphrase: argon2id, AES-256-GCM; slow on purpose, so called in a Worker. "kit.passphrase" for none. */
export async function lockKit(kit, passphrase, random) {
  if (!passphrase) throw new Problem("kit.passphrase");
  const [salt, iv] = [random(16), random(12)];
  const key = await stretched(passphrase, salt, "encrypt");
  const box = await crypto.subtle.encrypt({ name: "AES-GCM", iv, additionalData: utf8(LOCKED) }, key, encodeKit(kit));
  return canonical({ format: LOCKED, salt: b64(salt), box: b64(concat(iv, new Uint8Array(box))) });
}

/* A kit file, locked or not; "kit.passphrase" for a wrong or missing passphrase, "kit.bad" for another file. */
export async function readKit(bytes, passphrase = null) {
  const locked = new TextDecoder().decode(bytes).includes(`"${LOCKED}"`);
  const top = readDocument(
    locked ? await unlock(bytes, passphrase) : bytes, refuse, "format section round bidder bidder_salt manifest parts",
    "bidder_factor",
  );
  top.text("format", "bid-kit/v1");
  const salts = top.objects("parts", "part commit_salt").map((row) => [row.text("part", PART), row.raw("commit_salt", 32)]);
  return {
    section: top.text("section", SECTION),
    round: top.text("round", ROUND),
    bidder: top.text("bidder", "[0-9A-Za-z-]{1,64}"),
    bidderSalt: top.raw("bidder_salt", 32),
    factor: top.has("bidder_factor") ? top.raw("bidder_factor", 32) : null,
    manifest: top.raw("manifest", 32),
    commitSalts: Object.fromEntries(salts),
  };
}

async function unlock(bytes, passphrase) {
  const top = readDocument(bytes, refuse, "format salt box");
  top.text("format", LOCKED);
  const [salt, box] = [top.raw("salt", 16), top.raw("box")];
  if (!passphrase || box.length < 28) throw new Problem("kit.passphrase");
  const key = await stretched(passphrase, salt, "decrypt");
  const how = { name: "AES-GCM", iv: box.subarray(0, 12), additionalData: utf8(LOCKED) };
  try {
    return new Uint8Array(await crypto.subtle.decrypt(how, key, box.subarray(12)));
  } catch {
    throw new Problem("kit.passphrase");
  }
}

async function stretched(passphrase, salt, use) {
  const key = argon2id(utf8(passphrase.normalize("NFC")), salt, COST);
  return crypto.subtle.importKey("raw", key, "AES-GCM", false, [use]);
}

function refuse(field) {
  throw new Problem("kit.bad", { field });
}
