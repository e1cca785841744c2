/* The plan of an unfinished bid in IndexedDB: slots, sealed sizes and roots, manifest, bid, acknowledged blocks; never a key,
   never a commit salt, never anything of the opening form's content. Pure decisions here, kept by `Book`. */

import { b64, same, unb64 } from "./bytes.js";
import { get, put, remove } from "./idb.js";
import { CONTAINER_BLOCK } from "./merkle.js";
import { Problem } from "./problem.js";

/* What the server calls a bid that is handed in. */
const STANDING = new Set(["submitted", "opened", "unopened"]);

/* A plan without anything. Its states are empty, choosing, sealed, uploading, submitted, receipted, in this order; `id` names
   its folder of sealed copies, `broken` says that sealing had begun. */
export const blank = (id) => ({ id, state: "empty", slots: {}, broken: false, ...UNSEALED });

const UNSEALED = {
  keyset: null,
  manifest: null,
  digest: null,
  kit: null,
  rehearsed: false,
  bid: null,
  acknowledged: {},
  receipt: null,
};

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

/* Numbers of the blocks of a part that the server has not acknowledged, as far as this plan knows. */
export function missingBlocks(plan, part) {
  const there = new Set(plan.acknowledged[part] ?? []);
  return numbers(plan.slots[part].sealed.size).filter((number) => !there.has(number));
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
    return { part, name: slot.name, size: slot.size, chosen: chosen.has(part), sealedSize: size, acknowledged, blocks };
  });
  const { state, bid, digest, rehearsed, kit } = plan;
  return { state, anew, slots, bid, digest, rehearsed, kit: kit !== null };
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
