/* Handing in what was sealed elsewhere: the files of the offline page or of `openhall seal` are looked through as the platform
   will, before a byte is sent. */

import { b64, same, sha256 } from "./bytes.js";
import { AGREEMENT } from "./consortium.js";
import { LONGEST_HEADER, parseHeader } from "./header.js";
import { checkKeyset } from "./key.js";
import { keysetOf, PRICE } from "./making.js";
import { checkSize, entryOf, parseManifest } from "./manifest.js";
import { sealedSlot } from "./plan.js";
import { Problem } from "./problem.js";

const MANIFEST = "manifest.json";
const SECOND_MANIFEST = "second-manifest.json";
const LONGEST_MANIFEST = 1 << 20;

/* The sealed files by part and what they are sealed as: { manifest, second, files: Map, signed }, `second` what was read of the
   second envelope, where there are two keysets, `signed` what a plan keeps of both. Refuses "plan.no-manifest",
   "plan.other-parts", "plan.missing", "seal.…" for what is another section's, keyset's or bidder's, or of another size. */
export async function readSealed(chosen, keysets, { parts, creditCode, factor }) {
  const first = await readManifest(chosen, MANIFEST);
  const second = keysets.length > 1 ? await readManifest(chosen, SECOND_MANIFEST) : null;
  const manifestOf = (part) => (second && part === PRICE ? second : first).manifest;
  const listed = [first, second].flatMap((one) => one?.manifest.parts.map(({ part }) => part) ?? []);
  const asked = parts.filter((part) => part !== AGREEMENT).sort();
  const found = listed.filter((part) => part !== AGREEMENT).sort();
  if (`${found}` !== `${asked}`) throw new Problem("plan.other-parts", { expected: asked.join(", "), found: found.join(", ") });
  const files = new Map(listed.map((part) => [part, chosen.find(({ name }) => name === `${part}.sealed`)]));
  const missing = listed.filter((part) => !files.get(part));
  if (missing.length) throw new Problem("plan.missing", { parts: missing.map((part) => `${part}.sealed`) });
  for (const [part, file] of files) {
    await checkContainer(part, file, keysetOf(keysets, part), manifestOf(part), { creditCode, factor });
  }
  const told = second ? { manifest: second.text, digest: second.digest } : null;
  return { manifest: first.manifest, second, files, signed: { manifest: first.text, digest: first.digest, second: told } };
}

/* All that was signed of the parts, of both envelopes. */
export const listedParts = ({ manifest, second }) => [...manifest.parts, ...(second?.manifest.parts ?? [])];

async function readManifest(chosen, called) {
  const told = chosen.find(({ name, size }) => name === called && size <= LONGEST_MANIFEST);
  if (!told) throw new Problem("plan.no-manifest");
  const bytes = new Uint8Array(await told.arrayBuffer());
  return { text: new TextDecoder().decode(bytes), digest: b64(await sha256(bytes)), manifest: parseManifest(bytes) };
}

/* The slots of a plan after the Worker has measured every file; `take(part, file)` asks it. "bid.root" for a file that is not
   the manifest's. */
export async function adoptedSlots(sealed, take) {
  const { files } = sealed;
  const slots = {};
  for (const { part, root, commit } of listedParts(sealed)) {
    const found = await take(part, files.get(part));
    if (!same(found.root, root)) throw new Problem("bid.root", { part });
    slots[part] = sealedSlot({ name: files.get(part).name, size: null, root: null }, { ...found, commit, plainRoot: null });
  }
  return slots;
}

async function checkContainer(part, file, keyset, manifest, { creditCode, factor }) {
  const head = await file.slice(0, LONGEST_HEADER).arrayBuffer().catch(() => null);
  if (!head) throw new Problem("plan.file-changed", { name: file.name });
  const { header } = parseHeader(new Uint8Array(head));
  if (header.part !== part) throw new Problem("seal.section", { expected: part, found: header.part });
  const entry = await entryOf(header, manifest, creditCode);
  checkKeyset(header, keyset);
  if (header.factor && !factor) throw new Problem("seal.policy", { policy: header.policy });
  if (factor && !header.factor) throw new Problem("seal.bidder", { field: "factor missing" });
  checkSize(entry, file.size);
}
