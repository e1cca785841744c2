/* Running platform time and countdowns. The server decides what is late; this only displays, corrected by its clock. */

const PROBES = 5;
const EVERY = 60_000;
let offset = null; // server minus this machine, ms
let spread = null; // half the round trip of the median probe, ms
const watchers = new Set();

async function probe() {
  const sent = performance.timeOrigin + performance.now();
  const answer = await fetch("/time", { cache: "no-store", credentials: "omit" });
  const { now } = await answer.json();
  const received = performance.timeOrigin + performance.now();
  return { offset: Date.parse(now) - (sent + received) / 2, half: (received - sent) / 2 };
}

async function synchronise() {
  const found = [];
  for (let i = 0; i < PROBES; i += 1) {
    try { found.push(await probe()); } catch { /* the next minute tries again */ }
  }
  if (found.length) {
    found.sort((a, b) => a.offset - b.offset);
    const middle = found[found.length >> 1];
    offset = middle.offset;
    spread = Math.max(1, Math.ceil(middle.half));
  }
}

export function serverNow() {
  return performance.timeOrigin + performance.now() + (offset ?? 0);
}

function tick() {
  if (offset !== null) for (const watcher of watchers) watcher.show(serverNow());
  setTimeout(tick, 1000 - (serverNow() % 1000));
}

class Watcher extends HTMLElement {
  connectedCallback() { watchers.add(this); }
  disconnectedCallback() { watchers.delete(this); }
}

const two = (number) => String(number).padStart(2, "0");

/* <server-clock data-offset="8" data-weekdays="周日,…" data-months="…" data-pattern="{y}-{m}-{d} {w} {t}"
   data-days="{a} d {b} h" data-hours="{a} h {b} min" data-minutes="{a} min {b} s" data-over="…">: the words of all countdowns */
class ServerClock extends Watcher {
  show(now) {
    const local = new Date(now + Number(this.dataset.offset) * 3_600_000);
    const value = {
      y: local.getUTCFullYear(),
      m: this.dataset.months ? this.dataset.months.split(",")[local.getUTCMonth()] : two(local.getUTCMonth() + 1),
      d: this.dataset.months ? local.getUTCDate() : two(local.getUTCDate()),
      w: this.dataset.weekdays.split(",")[local.getUTCDay()],
      t: `${two(local.getUTCHours())}:${two(local.getUTCMinutes())}:${two(local.getUTCSeconds())}`,
    };
    this.textContent = this.dataset.pattern.replace(/\{(\w)\}/g, (_, key) => value[key]);
  }
}

/* <clock-state data-text="Synchronised, within {n} ms"> */
class ClockState extends Watcher {
  show() { if (spread !== null) this.textContent = this.dataset.text.replace("{n}", spread); }
}

/* <count-down data-until="ISO"> */
class CountDown extends Watcher {
  show(now) {
    const words = document.querySelector("server-clock").dataset;
    const s = Math.floor((Date.parse(this.dataset.until) - now) / 1000);
    const fill = (pattern, a, b) => pattern.replace("{a}", a).replace("{b}", b);
    let text;
    if (s <= 0) text = words.over;
    else if (s >= 86400) text = fill(words.days, Math.floor(s / 86400), Math.floor(s / 3600) % 24);
    else if (s >= 3600) text = fill(words.hours, Math.floor(s / 3600), Math.floor(s / 60) % 60);
    else text = fill(words.minutes, Math.floor(s / 60), s % 60);
    if (this.textContent !== text) this.textContent = text;
  }
}

customElements.define("server-clock", ServerClock);
customElements.define("clock-state", ClockState);
customElements.define("count-down", CountDown);

(async () => {
  await synchronise();
  tick();
  setInterval(synchronise, EVERY);
})();
