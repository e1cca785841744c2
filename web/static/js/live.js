/* <live-stream src="/live/section:X" after="12" data-lost="…" data-back="…"><p role="status"></p></live-stream>
   Hears of what is new and tells the page: `live:news` for each event, `live:refresh` now and then, never less than once after
   the last event. It comes back by itself, after a jittered pause, with the cursor of the last event it has heard. While
   nothing is heard, the attribute `offline` stands, the loss is told, and everything marked data-needs-live is locked. */

const SILENCE = 8_500; // the server speaks every 4 s
const LONGEST_PAUSE = 30_000;
const REFRESH = 400;

class LiveStream extends HTMLElement {
  connectedCallback() {
    this.cursor = this.getAttribute("after");
    this.failures = 0;
    this.heard = performance.now();
    this.lock = () => lock(this.hasAttribute("offline"));
    this.hide = () => this.close();
    this.show = (event) => event.persisted && this.connect();
    this.watch = setInterval(() => this.check(), 1_000);
    document.addEventListener("htmx:afterSettle", this.lock);
    addEventListener("pagehide", this.hide);
    addEventListener("pageshow", this.show);
    this.connect();
  }

  disconnectedCallback() {
    clearInterval(this.watch);
    document.removeEventListener("htmx:afterSettle", this.lock);
    removeEventListener("pagehide", this.hide);
    removeEventListener("pageshow", this.show);
    this.close();
  }

  connect() {
    this.close();
    const source = (this.source = new EventSource(this.getAttribute("src") + (this.cursor === null ? "" : `?after=${this.cursor}`)));
    source.addEventListener("hello", (event) => {
      if (this.cursor === null || this.hasAttribute("offline")) this.refresh();
      this.cursor = event.lastEventId;
      this.failures = 0;
      this.alive();
    });
    source.addEventListener("beat", () => this.alive());
    source.addEventListener("reload", () => { this.cursor = null; });
    source.addEventListener("message", (event) => {
      this.cursor = event.lastEventId;
      this.alive();
      this.dispatchEvent(new CustomEvent("live:news", { bubbles: true, detail: JSON.parse(event.data) }));
      this.refresh();
    });
    source.addEventListener("error", () => {
      this.close();
      if (this.failures > 0) this.turn(true);
      const pause = Math.min(LONGEST_PAUSE, 1_000 * 2 ** this.failures) * (0.5 + Math.random());
      this.failures += 1;
      this.retry = setTimeout(() => this.connect(), pause);
    });
  }

  close() {
    clearTimeout(this.retry);
    this.source?.close();
  }

  alive() {
    this.heard = performance.now();
    this.turn(false);
  }

  check() {
    if (performance.now() - this.heard < SILENCE) return;
    this.turn(true);
    if (this.source?.readyState === EventSource.OPEN) this.connect();
  }

  refresh() {
    this.due ??= setTimeout(() => {
      this.due = null;
      this.dispatchEvent(new CustomEvent("live:refresh", { bubbles: true }));
    }, REFRESH);
  }

  turn(offline) {
    if (offline === this.hasAttribute("offline")) return;
    this.toggleAttribute("offline", offline);
    const state = this.querySelector("[role=status]");
    if (state) state.textContent = offline ? this.dataset.lost : this.dataset.back;
    lock(offline);
  }
}

function lock(offline) {
  const wanted = offline ? "[data-needs-live]:not(:disabled)" : "[data-locked]";
  for (const control of document.querySelectorAll(wanted)) {
    control.disabled = offline;
    control.toggleAttribute("data-locked", offline);
  }
}

customElements.define("live-stream", LiveStream);
