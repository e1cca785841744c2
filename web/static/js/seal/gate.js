/* A gate that long work passes again and again: closed while paused, broken for good when cancelled. */

import { Problem } from "./problem.js";

export class Gate {
  #open = Promise.resolve();
  #let = null;
  #abort = new AbortController();

  get paused() {
    return this.#let !== null;
  }

  /* Aborted when the gate is paused or cancelled: for what hangs on the network. A fresh one after each pause. */
  get signal() {
    return this.#abort.signal;
  }

  /* Wait while paused; "seal.cancelled" after `cancel`. */
  async pass() {
    await this.#open;
    if (this.cancelled) throw new Problem("seal.cancelled");
  }

  pause() {
    if (this.paused || this.cancelled) return;
    this.#open = new Promise((resolve) => (this.#let = resolve));
    this.#abort.abort();
  }

  go() {
    if (!this.paused) return;
    this.#abort = new AbortController();
    this.#let();
    this.#let = null;
  }

  cancel() {
    this.cancelled = true;
    this.go();
    this.#abort.abort();
  }
}
