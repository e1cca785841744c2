/* The plan of an unfinished bid in IndexedDB: slots, sealed sizes and roots, manifest, bid, acknowledged blocks; never a key,
   never a commit salt, never anything of the opening form's content. Pure decisions here, kept by `Book`. */

import { b64, randomBytes, same, unb64 } from "./bytes.js";
import { get, put, remove } from "./idb.js";
import { CONTAINER_BLOCK } from "./merkle.js";
import { Problem } from "./problem.js";

/* What the server calls a bid that is handed in. */
const STANDING = new Set(["submitted", "opened", "unopened"]);

/* A new plan's name. */
export const newId = () => Array.from(randomBytes(16), (byte) => byte.toString(16).padStart(2, "0")).join("");

/* A plan without anything. Its states are empty, choosing, sealed, uploading, submitted, receipted, in this order; `id` names
   its folder of sealed copies, `broken` says that sealing had begun. */
export const blank = (id) => ({ id, state: "empty", slots: {}, broken: false, ...UNSEALED });

const UNSEALED = {
  keyset: null,
  manifest: null,
  digest: null,
  second: null,
  factor: false,
  adopted: false,
  kit: null,
  trial: null,
  rehearsed: false,
  bid: null,
  acknowledged: {},
  receipt: null,
};

/* What a bid is sealed to, by the hashes of its keysets. */
export const sealedTo = (...keysets) => keysets.map(({ digest }) => b64(digest)).join(" ");

/* The plan with nothing sealed: the files are still known by name, size and root, and must be chosen again. */
export function unsealed(plan, id) {
  const slots = Object.fromEntries(Object.entries(plan.slots).map(([part, slot]) => [part, { ...slot, sealed: null }]));
  return { ...plan, ...UNSEALED, id, slots, state: Object.keys(slots).length ? "choosing" : "empty", broken: false };
}

/* Whether a plan holds sealed containers that have not been handed in. */
export const isSealed = ({ state }) => state === "sealed" || state === "uploading";

/* A slot for a file; of bytes made by the page nothing is remembered but their place. */
export function slotOf(source) {
  const { name, size } = source instanceof Uint8Array ? { name: null, size: null } : source;
  return { name, size, root: null, sealed: null };
}

/* "plan.other-size" where a file cannot be the one the slot remembers; whether its root must be compared too. */
export function checkSize(part, slot, source) {
  if (slot.size !== null && source.size !== slot.size) {
    throw new Problem("plan.other-size", { part, name: slot.name, expected: slot.size, found: source.size });
  }
  return slot.root !== null;
}

/* "plan.other-content" unless the root is the one the slot remembers. */
export function checkRoot(part, slot, found) {
  if (!same(unb64(slot.root), found)) {
    throw new Problem("plan.other-content", { part, name: slot.name, expected: slot.root, found: b64(found) });
  }
}

/* A slot after sealing, from the Worker's measurements. The root of a form's plaintext is left out: a price could be guessed
   from it. */
export function sealedSlot(slot, { size, root, commit, leaves, plainRoot, stored }) {
  const sealed = { size, root: b64(root), commit: b64(commit), leaves: leaves.map(b64), stored };
  return { ...slot, root: slot.size === null ? null : b64(plainRoot), sealed };
}

/* What the kit's salts are held against: [{ part, root, commit }] of the parts whose plaintext's root is known. */
export function measured({ slots }) {
  const known = Object.entries(slots).filter(([, { root, sealed }]) => root && sealed?.commit);
  return known.map(([part, { root, sealed }]) => ({ part, root, commit: sealed.commit }));
}

/* Why everything must be chosen and sealed again, null where it need not be: sealing broke off, the section's keyset or its
   asking for a factor is another now, or blocks that the server lacks have no copy; `copied(part, size)` finds one. */
export async function whyAnew(plan, { keyset, factor }, copied) {
  if (plan.broken) return "interrupted";
  if (!isSealed(plan)) return null;
  if (plan.keyset !== keyset || plan.factor !== factor) return "keyset";
  for (const [part, { sealed }] of Object.entries(plan.slots)) {
    if (missingBlocks(plan, part).length && !(await copied(part, sealed.size))) return "copy-gone";
  }
  return null;
}

/* Numbers of the blocks of a part that the server has not acknowledged, as far as this plan knows. */
export function missingBlocks(plan, part) {
  const there = new Set(plan.acknowledged[part] ?? []);
  return numbers(plan.slots[part].sealed.size).filter((number) => !there.has(number));
}

/* What an upload sends: { size, leaves } by part. */
export function sendable({ slots }) {
  const measured = ({ sealed: { size, leaves } }) => ({ size, leaves: leaves.map((leaf) => unb64(leaf)) });
  return Object.fromEntries(Object.entries(slots).map(([part, slot]) => [part, measured(slot)]));
}

/* Bytes of a part that the server has acknowledged. */
export function acknowledgedBytes(plan, part) {
  const { size } = plan.slots[part].sealed;
  const lengths = missingBlocks(plan, part).map((number) => Math.min(CONTAINER_BLOCK, size - number * CONTAINER_BLOCK));
  return lengths.reduce((rest, length) => rest - length, size);
}

/* The plan after the server told where the bid stands; `missing` { part: [numbers] } is empty once it is handed in.
   "bid.not-open" for one that was withdrawn or replaced. */
export function heard(plan, { bid, state, missing }) {
  if (state !== "started" && !STANDING.has(state)) throw new Problem("bid.not-open", { state });
  const entries = Object.entries(plan.slots).map(([part, { sealed }]) => {
    const lacking = new Set(missing[part] ?? []);
    return [part, numbers(sealed.size).filter((number) => !lacking.has(number))];
  });
  return { ...plan, bid, acknowledged: Object.fromEntries(entries), state: state === "started" ? "uploading" : "submitted" };
}

/* What a page is told; `chosen` has the parts whose source is in hand, `anew` says why everything must be sealed again. */
export function summary(plan, parts, chosen, anew) {
  const slots = parts.map((part) => {
    const slot = plan.slots[part] ?? { name: null, size: null, sealed: null };
    const [size, there] = [slot.sealed?.size ?? null, plan.acknowledged[part] ?? []];
    const [blocks, acknowledged] = [size === null ? 0 : numbers(size).length, there.length];
    const stored = slot.sealed?.stored ?? false;
    return { part, name: slot.name, size: slot.size, chosen: chosen.has(part), sealedSize: size, stored, acknowledged, blocks };
  });
  const { state, bid, digest, rehearsed, adopted, kit } = plan;
  return { state, anew, slots, bid, digest, rehearsed, adopted, kit: kit !== null };
}

/* The plan of one account and section as it is kept. */
export class Book {
  #key;
  #saved = Promise.resolve();

  constructor(account, section) {
    this.#key = `${account} ${section}`;
  }

  load() {
    return get("plans", this.#key);
  }

  /* Kept when this returns; what is saved first is written first. */
  save(plan) {
    return this.#after(() => put("plans", this.#key, plan));
  }

  forget() {
    return this.#after(() => remove("plans", this.#key));
  }

  #after(write) {
    this.#saved = this.#saved.catch(() => {}).then(write);
    return this.#saved;
  }
}

const numbers = (size) => Array.from({ length: Math.ceil(size / CONTAINER_BLOCK) }, (_, number) => number);
