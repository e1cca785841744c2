/* A helper of the sealing Worker: told of a work it makes the stretches it is handed, until it is told of another or of none. */

import { Lane } from "./lanes.js";
import { Problem } from "./problem.js";
import { streamed } from "./reading.js";
import { workOf } from "./stretches.js";

let [lane, read, kept] = [null, null, false];

self.onmessage = async ({ data: { begin, number, spare } }) => {
  if (begin !== undefined) {
    read?.end();
    read = begin && streamed(begin.source);
    lane = begin && new Lane(workOf(begin.told), read);
    kept = begin?.kept;
    return;
  }
  if (spare) lane.back(spare);
  try {
    const made = await lane.take(number, (done) => self.postMessage({ number, done }));
    if (kept) self.postMessage({ number, made }, [made.bytes.buffer]);
    else {
      lane.back(made.bytes);
      self.postMessage({ number, made: { ...made, bytes: null } });
    }
  } catch (error) {
    self.postMessage({ number, problem: Problem.from(error).plain() });
  }
};
