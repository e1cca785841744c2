/* How far and how fast: bytes of several parts against their total, a smoothed rate, the time that is left. */

const MEMORY = 5000;

export class Pace {
  #parts = new Map();
  #begun = null;
  #rate = null;

  /* `total` bytes in all. */
  constructor(total) {
    this.total = total;
  }

  /* So many bytes of this part were done before the work began: they do not count for the rate. */
  had(part, done) {
    this.#parts.set(part, done);
  }

  get done() {
    return [...this.#parts.values()].reduce((sum, done) => sum + done, 0);
  }

  /* So many bytes of this part are done: { done, total, rate, eta } in bytes, bytes a second, seconds; null while unknown. */
  at(part, done, now = performance.now()) {
    this.#parts.set(part, done);
    const all = this.done;
    if (this.#begun === null) this.#begun = { now, all };
    const passed = now - this.#begun.now;
    if (passed >= 250) {
      const rate = ((all - this.#begun.all) / passed) * 1000;
      const weight = Math.min(1, passed / MEMORY);
      this.#rate = this.#rate === null ? rate : this.#rate * (1 - weight) + rate * weight;
      this.#begun = { now, all };
    }
    const eta = this.#rate > 0 ? Math.max(0, this.total - all) / this.#rate : null;
    return { done: all, total: this.total, rate: this.#rate, eta };
  }

  /* After a pause: the time that passed tells nothing of the rate. */
  rest() {
    this.#begun = null;
  }
}
