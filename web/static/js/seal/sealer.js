/* The page's end of the sealing Worker: one call, one promise; refusals arrive as `Problem`s. */

import { Problem } from "./problem.js";

export class Sealer {
  #worker = new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
  #waiting = new Map();
  #next = 0;

  constructor() {
    this.#worker.onmessage = ({ data }) => this.#heard(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      for (const { reject } of this.#waiting.values()) reject(new Problem("seal.failed", { why: event.message ?? "worker" }));
      this.#waiting.clear();
    };
  }

  /* Ask for one of the Worker's works by name; `progress(done)` is told bytes of its source. */
  ask(name, told, progress = null) {
    const id = (this.#next += 1);
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject, progress });
      this.#worker.postMessage({ id, name, told });
    });
  }

  pause() {
    this.#worker.postMessage({ name: "pause" });
  }

  continue() {
    this.#worker.postMessage({ name: "continue" });
  }

  /* What is under way is refused with "seal.cancelled". */
  cancel() {
    this.#worker.postMessage({ name: "cancel" });
  }

  /* End the Worker and with it every key it holds. */
  close() {
    this.#worker.terminate();
    for (const { reject } of this.#waiting.values()) reject(new Problem("seal.cancelled"));
    this.#waiting.clear();
  }

  #heard({ id, done, result, problem }) {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (done !== undefined) {
      waiting.progress?.(done);
      return;
    }
    this.#waiting.delete(id);
    if (problem) waiting.reject(Problem.of(problem));
    else waiting.resolve(result);
  }
}
