/* The sealing Worker: hears what is asked by name, answers with results, refusals and, now and then, the bytes done. */

import { hashBeside } from "./hashing.js";
import { Problem } from "./problem.js";
import { CONTROL, hashBy, WORK } from "./work.js";

const EVERY = 100;
hashBy(hashBeside);

self.onmessage = async ({ data: { id, name, told } }) => {
  if (name in CONTROL) return CONTROL[name]();
  try {
    const result = await WORK[name](told, progress(id));
    self.postMessage({ id, result }, result?.transfer ?? []);
  } catch (error) {
    const problem = error instanceof Problem ? error : new Problem("seal.failed", { why: `${error.name}: ${error.message}` });
    self.postMessage({ id, problem: problem.plain() });
  }
  return undefined;
};

function progress(id) {
  let told = 0;
  return (done) => {
    if (performance.now() - told < EVERY) return;
    told = performance.now();
    self.postMessage({ id, done });
  };
}
