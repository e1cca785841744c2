/* A page's end of the kit worker, and the kit that a person chose: refused where it is another bid's. */

import { b64 } from "../seal/bytes.js";
import { Problem } from "../seal/problem.js";

const worker = new Worker(new URL("./kit_worker.js", import.meta.url), { type: "module" });
const waiting = new Map();
let count = 0;

worker.onmessage = ({ data: { id, result, problem } }) => {
  const { resolve, reject } = waiting.get(id);
  waiting.delete(id);
  if (problem) reject(Problem.of(problem));
  else resolve(result);
};
worker.onerror = () => {
  for (const { reject } of waiting.values()) reject(new Problem("room.failed", { why: "worker" }));
  waiting.clear();
};

/* One of the worker's works by name. */
export function ask(name, told) {
  count += 1;
  const id = count;
  return new Promise((resolve, reject) => {
    waiting.set(id, { resolve, reject });
    worker.postMessage({ id, name, told });
  });
}

/* The kit of this very bid: "room.kit-missing", "kit.passphrase", "kit.bad", "kit.other". */
export async function chosenKit({ section, manifest }) {
  const [file] = document.getElementById("kit-file").files;
  if (!file) throw new Problem("room.kit-missing");
  const passphrase = document.getElementById("kit-passphrase").value;
  const kit = await ask("kit", { bytes: new Uint8Array(await file.arrayBuffer()), passphrase });
  if (kit.section !== section || b64(kit.manifest) !== manifest) throw new Problem("kit.other");
  return kit;
}

/* The field at which a refusal of a kit belongs. */
export const fieldOf = ({ code }) => (code === "kit.passphrase" ? "kit-passphrase" : "kit-file");
