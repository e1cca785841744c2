/* The sealing Worker: hears what is asked by name, answers with results, refusals and, now and then, the bytes done. */

import { helpers } from "./helpers.js";
import { Problem } from "./problem.js";
import { CONTROL, helpBy, WORK } from "./work.js";

const EVERY = 100;
helpBy(helpers);

self.onmessage = async ({ data: { id, name, told } }) => {
  if (name in CONTROL) return CONTROL[name]();
  try {
    const result = await WORK[name](told, progress(id));
    self.postMessage({ id, result }, result?.transfer ?? []);
  } catch (error) {
    self.postMessage({ id, problem: Problem.from(error).plain() });
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
