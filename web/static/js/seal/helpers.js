/* Lanes in Workers of their own, for browsers encrypt and hash on the thread that asks: the file and the payload's keys go over,
   leaves and blocks come back. */

import { Problem } from "./problem.js";

/* Workers that seal at a time, this one among them: each holds some 30 MB. */
const MOST = 4;
const idle = [];

/* As many lanes as the machine has further cores and the work has stretches for, for work told like this; { lanes, end }. `end(well)`
   keeps the Workers for other work, or ends them where something went wrong or was given up. */
export function helpers(told, count, source, kept) {
  const cores = Math.min(MOST, navigator.hardwareConcurrency ?? 1, count);
  if (!self.Worker || !(source instanceof Blob)) return { lanes: [], end() {} };
  const lanes = Array.from({ length: Math.max(0, cores - 1) }, () => new Helper({ told, source, kept }));
  return { lanes, end: (well) => lanes.forEach((lane) => lane.end(well)) };
}

class Helper {
  #worker = idle.pop() ?? new Worker(new URL("./lane_worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #spare = null;

  constructor(begin) {
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.values()) reject(new Problem("seal.failed", { why: event.message ?? "worker" }));
      this.#waiting.clear();
    };
    this.#worker.postMessage({ begin });
  }

  take(number, tell) {
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject, tell });
      this.#worker.postMessage({ number, spare: this.#spare }, this.#spare ? [this.#spare.buffer] : []);
      this.#spare = null;
    });
  }

  back(bytes) {
    this.#spare = bytes;
  }

  end(well) {
    if (!well) return this.#worker.terminate();
    this.#worker.postMessage({ begin: null });
    return idle.push(this.#worker);
  }

  #heard({ number, done, made, problem }) {
    const { resolve, reject, tell } = this.#waiting.get(number);
    if (done !== undefined) return tell(done);
    this.#waiting.delete(number);
    return problem ? reject(Problem.of(problem)) : resolve(made);
  }
}
