/* What the sealing Worker does, as functions: files become containers, block by block in flat memory; input keys live here and
   nowhere else. The offline page calls them without a Worker. */

import { b64, randomBytes } from "./bytes.js";
import { Container, openContainer } from "./container.js";
import { Gate } from "./gate.js";
import { bidderLine } from "./key.js";
import { parseKeyset } from "./keyset.js";
import { lockKit, readKit } from "./kit.js";
import { BlockRoot, CONTAINER_BLOCK, hashHere, PLAINTEXT_BLOCK } from "./merkle.js";
import { Problem } from "./problem.js";
import { makeTrial, tryKit } from "./rehearsal.js";
import { hasRoom, writer } from "./store.js";

const WINDOW = 8 << 20;
const made = new Map();
let gate = new Gate();
let hash = hashHere;

/* From now on blocks are hashed by this, as `hashHere` does it. */
export const hashBy = (own) => {
  hash = own;
};

/* By name: what is asked with { name, told } and answered with its result; each hears `tell(bytes done)`. */
export const WORK = { root, seal, adopt, block, lock, unlock, open, forget };

/* Pause, continue, cancel whatever is under way. */
export const CONTROL = {
  pause: () => gate.pause(),
  continue: () => gate.go(),
  cancel() {
    gate.cancel();
    gate = new Gate();
  },
};

/* { size, root } of a plaintext: the root over its 1 MiB blocks. */
async function root({ source }, tell) {
  const [read, tree, size, own] = [reader(source), new BlockRoot(PLAINTEXT_BLOCK, hash), sizeOf(source), gate];
  for (let at = 0; at < size; at += PLAINTEXT_BLOCK) {
    await own.pass();
    await tree.feed(await read(at, Math.min(size, at + PLAINTEXT_BLOCK)));
    tell(Math.min(size, at + PLAINTEXT_BLOCK));
  }
  return { size, root: await tree.root() };
}

/* Seal one part; keeps its key here, so that `block` can make any of its bytes again. With a `plan` a sealed copy is written
   where there is room, with a `write` of the caller's the container goes there:
   { size, root, commit, commitSalt, leaves, plainRoot, stored }. */
async function seal({ part, source, keyset, bidderSalt, creditCode, factor = null, plan, write = null }, tell) {
  const bidder = await bidderLine(bidderSalt, creditCode);
  const container = await Container.make(sizeOf(source), await parseKeyset(keyset), part, bidder, factor);
  made.set(part, container);
  try {
    return await copied(plan, part, container.size, (keep) => {
      const own = gate;
      let done = 0;
      const progress = async (count) => {
        tell((done += count));
        await own.pass();
      };
      return container.seal(reader(source), write ?? keep, progress, hash);
    });
  } catch (error) {
    made.delete(part);
    throw error;
  }
}

/* Take over a container that was sealed elsewhere: { size, root, leaves, stored }. */
async function adopt({ part, source, plan }, tell) {
  const [read, own, { size }] = [reader(source), gate, source];
  return copied(plan, part, size, async (keep) => {
    const tree = new BlockRoot(CONTAINER_BLOCK, hash);
    for (let at = 0; at < size; at += PLAINTEXT_BLOCK) {
      const bytes = await read(at, Math.min(size, at + PLAINTEXT_BLOCK));
      await keep(bytes);
      await tree.feed(bytes);
      tell(at + bytes.length);
      await own.pass();
    }
    return { size, root: await tree.root(), leaves: tree.leaves };
  });
}

/* What `work(keep)` measures, and whether all that it kept is `stored`: with a `plan`, and while there is room for it. */
async function copied(plan, part, size, work) {
  let copy = plan && (await hasRoom(size)) ? await writer(plan, part) : null;
  const keep = async (bytes) => {
    try {
      copy?.write(bytes);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      await copy.drop();
      copy = null;
    }
  };
  try {
    const measured = await work(keep);
    copy?.finish();
    return { ...measured, stored: copy !== null };
  } catch (error) {
    await copy?.drop();
    throw error;
  }
}

/* One 8 MiB block of a part sealed here, encrypted anew from its file; "plan.copy-gone" where the key is gone. */
async function block({ part, number, source }) {
  const container = made.get(part);
  if (!container) throw new Problem("plan.copy-gone", { part });
  const from = number * CONTAINER_BLOCK;
  const bytes = await container.range(reader(source), from, Math.min(container.size, from + CONTAINER_BLOCK));
  return { bytes, transfer: [bytes.buffer] };
}

/* The kit file's bytes, and the tiny container for its rehearsal. */
async function lock({ kit, passphrase }) {
  return { bytes: await lockKit(kit, passphrase, randomBytes), trial: await makeTrial(kit) };
}

/* What a kit file says after it was tried ("kit.other"): its manifest's hash and place, whether it holds the bidder's factor;
   the salts stay here. */
async function unlock({ bytes, passphrase, trial = null, parts = [] }) {
  const kit = await readKit(bytes, passphrase);
  await tryKit(kit, trial, parts);
  const { section, round, bidder, manifest } = kit;
  return { section, round, bidder, manifest: b64(manifest), factor: kit.factor !== null };
}

/* Open a container by released keys, [[number, 32 bytes], …]: its plaintext as a Blob, and what was measured. */
async function open({ source, keys, factor = null, keyset = null }) {
  const pieces = [];
  const given = { factor, keyset: keyset && (await parseKeyset(keyset)) };
  const write = async (bytes) => pieces.push(new Blob([bytes]));
  const measured = await openContainer(reader(source), sizeOf(source), write, new Map(keys), given);
  return { ...measured, header: null, part: measured.header.part, plain: new Blob(pieces) };
}

async function forget() {
  made.clear();
}

/* read(from, to) of a File, Blob or bytes; "plan.file-changed" where the file on disk is no longer the one chosen.
   Asking the browser costs as much as reading: a file comes in windows, the next one while one is used. */
function reader(source) {
  if (source instanceof Uint8Array) return async (from, to) => source.subarray(from, to);
  const load = async (from, to) => {
    const bytes = await source.slice(from, to).arrayBuffer().catch(() => null);
    if (bytes?.byteLength === Math.min(to, source.size) - from) return new Uint8Array(bytes);
    throw new Problem("plan.file-changed", { name: source.name ?? "" });
  };
  let [at, now, next] = [-1, null, null];
  const begin = (number) => {
    if (number * WINDOW >= source.size) return null;
    const bytes = load(number * WINDOW, (number + 1) * WINDOW);
    bytes.catch(() => {}); // refused where it is read
    return bytes;
  };
  return async (from, to) => {
    const number = Math.floor(from / WINDOW);
    if (from >= to || Math.floor((to - 1) / WINDOW) !== number) return load(from, to);
    if (number !== at) [at, now, next] = [number, (number === at + 1 && next) || begin(number), begin(number + 1)];
    const start = number * WINDOW;
    return (await now).subarray(from - start, to - start);
  };
}

const sizeOf = (source) => source.size ?? source.length;
