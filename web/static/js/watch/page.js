/* The watching page: one wall clock, and every source follows it. The clock waits for no gap: it tells it. */

import { Lanes } from "./lanes.js";
import { Tile } from "./tile.js";

const TICK = 80;
const AGAIN = 4000;
const NEAR_NOW = 12_000; // so far behind the present a live picture is looked at
const at = (id) => document.getElementById(id);
const CLOCK = new Intl.DateTimeFormat("en-GB", { timeZone: "Asia/Shanghai", hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
const clock = (moment) => CLOCK.format(moment);

class Watch {
  constructor(root) {
    const words = root.dataset;
    this.root = root;
    this.words = {
      ...words,
      gapOf: (gap) => words.gap.replace("{since}", clock(gap.since)).replace("{until}", gap.until ? clock(gap.until) : words.lasting).replace("{why}", gap.why),
    };
    this.tiles = [...root.querySelectorAll(".watch__tile")].map((figure) => new Tile(figure, words.recording, this.words));
    this.buttons = [...root.querySelectorAll("#moments button")];
    this.moments = this.buttons.map((one) => Number(one.dataset.at));
    this.lanes = new Lanes(at("lanes"));
    [this.playing, this.rate, this.moment, this.told] = [false, 1, 0, null];
  }

  async begin() {
    at("play").addEventListener("click", () => this.#turn(!this.playing));
    at("rate").addEventListener("change", (event) => (this.rate = Number(event.target.value)));
    at("seek").addEventListener("input", (event) => this.go(Number(event.target.value)));
    at("skip").addEventListener("click", () => this.go(this.#gapEnd() ?? this.moment));
    at("now").addEventListener("click", () => this.go(this.told.until - NEAR_NOW));
    for (const one of this.root.querySelectorAll("[data-step]")) one.addEventListener("click", () => this.go(this.moment + Number(one.dataset.step)));
    for (const one of this.buttons) one.addEventListener("click", () => this.go(Number(one.dataset.at)));
    for (const one of this.root.querySelectorAll("[data-sound]")) one.addEventListener("click", () => this.#sound(one));
    for (const one of this.root.querySelectorAll("input[data-group]")) one.addEventListener("change", () => this.#filter());
    document.addEventListener("keydown", (event) => this.#key(event));
    if (!(await this.#ask())) return;
    this.go(Number(this.root.dataset.at) || (this.told.live ? this.told.until - NEAR_NOW : this.#first()));
    this.last = performance.now();
    setInterval(() => this.#tick(), TICK);
    setInterval(() => this.told.sources.some((one) => one.live) && this.#ask(), AGAIN);
  }

  /* Show this moment, in milliseconds since 1970, within what was recorded. */
  go(moment) {
    this.moment = Math.min(Math.max(moment, this.told.since), this.told.until);
    this.#paint();
    for (const tile of this.tiles) tile.follow(this.moment, this.playing, this.rate);
  }

  async #ask() {
    try {
      const answer = await fetch(`/recordings/${this.root.dataset.recording}/timeline.json`, { headers: { Accept: "application/json" } });
      if (!answer.ok) throw new Error(String(answer.status));
      this.told = await answer.json();
    } catch {
      [at("problem").hidden, at("problem-text").textContent] = [false, this.root.dataset.refused];
      return false;
    }
    at("problem").hidden = true;
    for (const tile of this.tiles) {
      const source = this.told.sources.find((one) => one.stream === tile.id);
      if (source) tile.tell(source);
    }
    Object.assign(at("seek"), { min: this.told.since, max: this.told.until });
    at("now").hidden = !this.told.live;
    this.#filter();
    return true;
  }

  #first() {
    const begun = this.told.sources.flatMap((one) => one.runs.map(([since]) => since));
    return begun.length ? Math.min(...begun) : this.told.since;
  }

  #tick() {
    const now = performance.now();
    const passed = now - this.last;
    this.last = now;
    const ready = this.tiles.map((tile) => tile.follow(this.moment, this.playing, this.rate)).every(Boolean);
    this.root.dataset.ready = ready ? "yes" : "no";
    if (this.playing && ready) this.moment += Math.min(passed, 1000) * this.rate;
    if (this.moment >= this.told.until) {
      this.moment = this.told.until;
      if (!this.told.live) this.#turn(false);
    }
    this.#paint();
  }

  #turn(playing) {
    this.playing = playing;
    at("play").textContent = playing ? this.root.dataset.pause : this.root.dataset.play;
    this.root.dataset.playing = playing ? "yes" : "no";
    if (playing && this.moment >= this.told.until && !this.told.live) this.go(this.#first());
  }

  #sound(button) {
    const tile = this.tiles.find((one) => one.figure.contains(button));
    const on = tile.video.muted;
    for (const one of this.tiles) one.video.muted = one !== tile || !on;
    for (const one of this.root.querySelectorAll("[data-sound]")) one.setAttribute("aria-pressed", String(on && one === button));
  }

  #filter() {
    const shown = new Set([...this.root.querySelectorAll("input[data-group]:checked")].map((one) => one.dataset.group));
    const left = this.buttons.filter((one) => {
      one.parentElement.hidden = !shown.has(one.parentElement.dataset.group);
      return !one.parentElement.hidden;
    });
    this.lanes.draw(this.told, left.map((one) => Number(one.dataset.at)));
  }

  /* When the gap that every source is in ends; null where one of them shows a picture. */
  #gapEnd() {
    if (this.tiles.some((tile) => tile.place(this.moment) !== null)) return null;
    const next = this.told.sources.flatMap((one) => one.runs.map(([since]) => since)).filter((since) => since > this.moment);
    return next.length ? Math.min(...next) : null;
  }

  #key(event) {
    if (event.target.closest("input:not([type=range]), select, textarea") || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = { ArrowLeft: -5000, ArrowRight: 5000 }[event.key];
    if (step) this.go(this.moment + step);
    else if (event.key === " " && !event.target.closest("button, a")) this.#turn(!this.playing);
    else return;
    event.preventDefault();
  }

  #paint() {
    const seek = at("seek");
    seek.value = String(Math.round(this.moment));
    seek.setAttribute("aria-valuetext", clock(this.moment));
    at("clock").value = clock(this.moment);
    this.root.dataset.moment = String(Math.round(this.moment));
    this.lanes.show(this.moment);
    at("skip").hidden = this.#gapEnd() === null;
    let current = -1;
    this.moments.forEach((one, place) => one <= this.moment && (current = place));
    if (current === this.current) return;
    this.buttons[this.current]?.removeAttribute("aria-current");
    this.buttons[(this.current = current)]?.setAttribute("aria-current", "true");
  }
}

const root = at("watch");
if (root) new Watch(root).begin();
