/* Where an upload's blocks come from. */

import { CONTAINER_BLOCK } from "./merkle.js";
import { Problem } from "./problem.js";
import { copy } from "./store.js";

/* A block of the sealed copy; without one, of the sealed file in hand, or made again by the Worker from its source.
   "plan.copy-gone" where there is none of them. */
export async function fetchBlock({ id, slots, adopted }, sources, sealer, part, number) {
  const { sealed } = slots[part];
  const kept = (sealed.stored && (await copy(id, part, sealed.size))) || (adopted && sources.get(part));
  if (kept) return kept.slice(number * CONTAINER_BLOCK, (number + 1) * CONTAINER_BLOCK);
  if (!sources.has(part)) throw new Problem("plan.copy-gone", { part });
  return (await sealer.ask("block", { part, number, source: sources.get(part) })).bytes;
}
