/* Handing in a sealed bid: opens the upload, sends the missing blocks, submits, waits for the receipt; every step may be
   repeated, so that it goes on from wherever it broke off. */

import { same, unb64 } from "./bytes.js";
import { CONTAINER_BLOCK, leafHash } from "./merkle.js";
import { Problem } from "./problem.js";

const LANES = 2;
const RECEIPT_PAUSE = 1;

/* What a plan's bidder signs with a key: { manifest, signature, certificate }, of two envelopes also { second_manifest,
   second_signature }. */
export async function signed({ manifest, digest, second }, key) {
  const told = { manifest, signature: await key.sign(unb64(digest)), certificate: key.certificate };
  if (!second) return told;
  return { ...told, second_manifest: second.manifest, second_signature: await key.sign(unb64(second.digest)) };
}

/* Opens or finds the upload of a signed manifest: { bid, state, missing: { part: [numbers] } }. */
export async function start(platform, section, told) {
  return (await platform.ask("POST", `/api/sections/${section}/bids`, told)).value;
}

/* Where a bid stands: the same of one that was opened before. */
export async function status(platform, bid) {
  return (await platform.ask("GET", `/api/bids/${bid}`)).value;
}

/* Sends every missing block. `parts` by name are { size, leaves }; `fetchBlock(part, number)` gives a Blob or bytes, which are
   compared with what was sealed; `tell(part, done)` hears the bytes of a part that the server has, `kept(part, number)` each
   block it acknowledged. "plan.copy-gone" for a sealed copy that is not what it was. */
export async function sendBlocks(platform, gate, bid, { missing, parts, fetchBlock, tell, kept }) {
  const waiting = Object.entries(missing).flatMap(([part, numbers]) => numbers.map((number) => ({ part, number })));
  const counts = new Map(Object.entries(parts).map(([part, { size }]) => [part, new Counts(size, missing[part] ?? [])]));
  for (const [part, count] of counts) tell(part, count.done);
  const lane = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const { part, number } = next;
      await gate.pass();
      const body = await fetchBlock(part, number);
      await checkLeaf(body, parts[part].leaves[number], part);
      const count = counts.get(part);
      const path = `/api/bids/${bid}/parts/${part}/blocks/${number}`;
      await platform.put(path, body, (sent) => tell(part, count.sending(number, sent)));
      tell(part, count.sent(number));
      await kept(part, number);
    }
  };
  await together(Array.from({ length: LANES }, lane), () => waiting.splice(0));
}

/* Hands the bid in; asking twice gives the same answer. */
export async function handIn(platform, bid) {
  return (await platform.ask("POST", `/api/bids/${bid}/submission`, {})).value;
}

/* The receipt, as soon as a co-signed checkpoint holds the bid. */
export async function fetchReceipt(platform, gate, bid) {
  for (;;) {
    const { status, value, after } = await platform.ask("GET", `/api/bids/${bid}/receipt`);
    if (status === 200) return value;
    await gate.pass();
    await new Promise((resolve) => setTimeout(resolve, (Number(after) || RECEIPT_PAUSE) * 1000 * (0.75 + Math.random() / 2)));
  }
}

/* Bytes of one part that the server has, and those on their way. */
class Counts {
  #size;
  #sending = new Map();

  constructor(size, missing) {
    this.#size = size;
    this.done = size - missing.reduce((sum, number) => sum + this.#length(number), 0);
  }

  sending(number, sent) {
    this.#sending.set(number, Math.min(sent, this.#length(number)));
    return this.#all();
  }

  sent(number) {
    this.#sending.delete(number);
    this.done += this.#length(number);
    return this.#all();
  }

  #length(number) {
    return Math.min(CONTAINER_BLOCK, this.#size - number * CONTAINER_BLOCK);
  }

  #all() {
    return [...this.#sending.values()].reduce((sum, sent) => sum + sent, this.done);
  }
}

async function checkLeaf(body, leaf, part) {
  const bytes = body instanceof Uint8Array ? body : new Uint8Array(await body.arrayBuffer().catch(() => new ArrayBuffer(0)));
  if (!same(await leafHash(bytes), leaf)) throw new Problem("plan.copy-gone", { part });
}

/* Wait for all; the first refusal ends the others before it is thrown. */
async function together(lanes, stop) {
  const guarded = lanes.map((lane) => lane.catch((error) => {
    stop();
    throw error;
  }));
  const results = await Promise.allSettled(guarded);
  const refused = results.find(({ status }) => status === "rejected");
  if (refused) throw refused.reason;
}
