/* Hashing beside the sealing Worker, in a Worker of its own: some browsers encrypt and hash on the thread that asks. */

import { hashHere } from "./merkle.js";
import { Problem } from "./problem.js";

/* Bytes below which the way there and back costs more than hashing. */
const WORTH = 1 << 20;

let worker = null;
let waiting = new Map();
let count = 0;

/* As `hashHere` does it. The buffer goes over and comes back: meanwhile it is empty here. */
export function hashBeside(buffer, used) {
  if (used <= WORTH || !self.Worker) return hashHere(buffer, used);
  worker ??= begun();
  const id = (count += 1);
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, buffer, used }, [buffer.buffer]);
  });
}

function begun() {
  const made = new Worker(new URL("./hashing_worker.js", import.meta.url), { type: "module" });
  made.onmessage = ({ data: { id, leaf, buffer } }) => {
    waiting.get(id).resolve({ leaf, buffer });
    waiting.delete(id);
  };
  made.onerror = (event) => {
    event.preventDefault();
    made.terminate();
    for (const { reject } of waiting.values()) reject(new Problem("seal.failed", { why: event.message ?? "worker" }));
    [worker, waiting] = [null, new Map()];
  };
  return made;
}
