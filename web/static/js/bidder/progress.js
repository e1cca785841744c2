/* Percent, bytes, MB/s and time left of sealing or uploading, with pause and continue. */

import { size } from "./words.js";

const MEGA = 1e6;

export class Progress {
  #prefix;
  #words;
  #names;

  constructor(prefix, root, words, { pause, go }) {
    [this.#prefix, this.#words] = [prefix, words];
    this.#names = JSON.parse(root.dataset.partNames);
    this.#at("pause").addEventListener("click", () => {
      pause();
      this.#held(true);
      this.say("paused");
    });
    this.#at("continue").addEventListener("click", () => {
      go();
      this.#held(false);
      this.say();
    });
  }

  show(shown) {
    this.#at("going").hidden = !shown;
    if (shown) this.#held(false);
  }

  /* One "progress" event. */
  paint({ stage, part, done, total, rate, eta }) {
    const locale = document.documentElement.lang;
    const percent = total ? Math.floor((100 * done) / total) : 0;
    this.#stage(this.#words.say(stage, { part: this.#names[part] ?? part ?? "" }));
    this.#at("bar").value = percent;
    const parts = [this.#words.say("progress", { percent, done: size(done, locale), total: size(total, locale) })];
    if (rate) parts.push(this.#words.say("rate", { rate: (rate / MEGA).toFixed(rate < 10 * MEGA ? 1 : 0) }));
    if (eta !== null && eta !== undefined) parts.push(this.#left(eta));
    this.#at("figures").textContent = parts.join(" · ");
  }

  /* A line below the bar, by the word's name; none clears it. */
  say(name, facts) {
    this.#at("line").textContent = name ? this.#words.say(name, facts) : "";
  }

  /* Only Continue is offered: what goes on waits for the person. */
  hold() {
    this.#held(true);
  }

  #left(seconds) {
    if (seconds < 120) return this.#words.say("eta", { seconds: Math.ceil(seconds) });
    return this.#words.say("minutes", { minutes: Math.ceil(seconds / 60) });
  }

  #stage(text) {
    if (this.#at("stage").textContent !== text) this.#at("stage").textContent = text;
  }

  #held(held) {
    const [pause, go] = [this.#at("pause"), this.#at("continue")];
    const focused = document.activeElement === pause || document.activeElement === go;
    [pause.hidden, go.hidden] = [held, !held];
    if (focused) (held ? go : pause).focus();
  }

  #at(name) {
    return document.getElementById(`${this.#prefix}-${name}`);
  }
}
