/* The live wall: each source at its newest picture while it is in sight, and what is down. */

import Hls from "../../vendor/hls/hls.light.min.mjs";
import { QUIET } from "./tile.js";

const AGAIN = 4000;
const root = document.getElementById("wall");

class Source {
  #hls = null;

  constructor(item) {
    [this.item, this.id] = [item, item.dataset.stream];
    [this.video, this.beside] = [item.querySelector("video"), item.querySelector(".watch__gap")];
    this.address = `/recordings/${item.dataset.recording}/streams/${this.id}/index.m3u8`;
  }

  /* Load only what is looked at: what is loaded is written down as seen. */
  sight(seen) {
    if (!seen) return this.#end();
    if (this.#hls) return;
    this.#hls = new Hls({ ...QUIET, maxBufferLength: 12, backBufferLength: 8, liveSyncDuration: 8 });
    this.#hls.on(Hls.Events.ERROR, (_, told) => told.fatal && this.#again());
    this.#hls.on(Hls.Events.MANIFEST_PARSED, () => this.video.play().catch(() => {}));
    this.#hls.loadSource(this.address);
    this.#hls.attachMedia(this.video);
  }

  tell({ why, alarm }) {
    this.item.dataset.alarm = alarm ? "yes" : "no";
    this.beside.hidden = !why;
    if (this.beside.textContent !== why) this.beside.textContent = why;
  }

  #again() {
    this.#end();
    setTimeout(() => this.sight(true), AGAIN);
  }

  #end() {
    this.#hls?.destroy();
    this.#hls = null;
  }
}

async function ask(sources) {
  const answer = await fetch("wall.json", { headers: { Accept: "application/json" } }).catch(() => null);
  if (!answer?.ok) return;
  const told = (await answer.json()).sources;
  for (const one of sources) if (told[one.id]) one.tell(told[one.id]);
  const down = Object.values(told).filter((one) => one.alarm).length;
  const shown = document.getElementById("alarms");
  const words = down ? shown.dataset.some.replace("{n}", down) : shown.dataset.none;
  if (shown.textContent !== words) shown.textContent = words;
  shown.className = `tag tag--${down ? "bad" : "ok"}`;
  document.getElementById("changed").hidden = sources.every((one) => told[one.id]);
}

if (root) {
  const sources = [...root.querySelectorAll("li[data-stream]")].map((item) => new Source(item));
  const watcher = new IntersectionObserver((seen) => {
    for (const one of seen) sources.find((source) => source.item === one.target)?.sight(one.isIntersecting);
  });
  for (const one of sources) watcher.observe(one.item);
  setInterval(() => ask(sources), AGAIN);
}
