/* What the sealing Worker does, as functions: files become containers, block by block in flat memory; input keys live here and
   nowhere else. The offline page calls them without a Worker. */

import { b64, randomBytes } from "./bytes.js";
import { Container, openContainer } from "./container.js";
import { Gate } from "./gate.js";
import { bidderLine } from "./key.js";
import { parseKeyset } from "./keyset.js";
import { lockKit, readKit } from "./kit.js";
import { Lane, through } from "./lanes.js";
import { CONTAINER_BLOCK, PLAINTEXT_BLOCK, root as rootOf } from "./merkle.js";
import { Problem } from "./problem.js";
import { inWindows, reader, sizeOf, streamed } from "./reading.js";
import { makeTrial, tryKit } from "./rehearsal.js";
import { hasRoom, writer } from "./store.js";
import { workOf } from "./stretches.js";

const made = new Map();
let gate = new Gate();
let helpers = () => ({ lanes: [], end() {} });

/* From now on these lanes help with files, see helpers.js. */
export const helpBy = (own) => {
  helpers = own;
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
  const [size, leaves] = [sizeOf(source), await hashed(source, PLAINTEXT_BLOCK, null, tell)];
  return { size, root: await rootOf(leaves) };
}

/* Seal one part; keeps its key here, so that `block` can make any of its bytes again. With a `plan` a sealed copy is written
   where there is room, with a `write` of the caller's the container goes there:
   { size, root, commit, commitSalt, leaves, plainRoot, stored }. */
async function seal({ part, source, keyset, bidderSalt, creditCode, factor = null, plan, write = null }, tell) {
  const bidder = await bidderLine(bidderSalt, creditCode);
  const container = await Container.make(sizeOf(source), await parseKeyset(keyset), part, bidder, factor);
  made.set(part, container);
  try {
    const told = await container.told();
    return await copied(plan, part, workOf(told).size, write, (keep) =>
      helped(told, source, keep, (read, beside) => container.seal(read, keep, { ...watched(tell), beside })),
    );
  } catch (error) {
    made.delete(part);
    throw error;
  }
}

/* Take over a container that was sealed elsewhere: { size, root, leaves, stored }. */
async function adopt({ part, source, plan }, tell) {
  const { size } = source;
  return copied(plan, part, size, null, async (keep) => {
    const leaves = await hashed(source, CONTAINER_BLOCK, keep, tell);
    return { size, root: await rootOf(leaves), leaves };
  });
}

async function hashed(source, block, keep, tell) {
  const told = { kind: "hashing", size: sizeOf(source), block, kept: keep !== null };
  const work = workOf(told);
  const all = (read, beside) => through(work, [new Lane(work, read), ...beside], { keep, ...watched(tell) });
  return (await helped(told, source, keep, all)).leaves;
}

/* What `work(read, lanes)` answers, with a reader and helpers as long as it takes. */
async function helped(told, source, keep, work) {
  const { lanes, end } = helpers(told, workOf(told).count, source, keep !== null);
  const read = streamed(source);
  let well = false;
  try {
    const found = await work(read, lanes);
    well = true;
    return found;
  } finally {
    read.end();
    end(well);
  }
}

/* Bytes are added up for `tell`; whoever passes waits while this work is paused. */
function watched(tell) {
  const own = gate;
  let done = 0;
  return { tell: (count) => tell((done += count)), pass: () => own.pass() };
}

/* What `work(keep)` measures, and whether all that it kept is `stored`: with a `plan`, and while there is room for it. Without
   either a plan or a `write` of the caller's, `keep` is null. */
async function copied(plan, part, size, write, work) {
  let copy = plan && !write && (await hasRoom(size)) ? await writer(plan, part) : null;
  const keep = async (bytes, at) => {
    try {
      copy?.write(bytes, at);
    } catch (error) {
      if (error.name !== "QuotaExceededError") throw error;
      await copy.drop();
      copy = null;
    }
  };
  try {
    const measured = await work(write ?? (copy && keep));
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
  const bytes = await container.block(reader(source), number);
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
  const measured = await openContainer(inWindows(source), sizeOf(source), write, new Map(keys), given);
  return { ...measured, header: null, part: measured.header.part, plain: new Blob(pieces) };
}

async function forget() {
  made.clear();
}
