/* Sends what waits, one after another, for as long as it takes: offline, signed out or refused for a while, it stays. */

import { Refused, ask, stream } from "./platform.js";
import { base64 } from "./signing.js";
import * as store from "./store.js";

const PAUSES = [500, 1000, 2000, 5000];

/* Tells `change`: {waiting, since} of what waits and since when nothing goes out, `refused` for what was given up and why. */
export class Sender extends EventTarget {
  #failed = 0;
  #woken = () => {};

  constructor() {
    super();
    [this.since, this.why, this.sent] = [null, "", 0];
    addEventListener("online", () => this.wake());
  }

  wake() {
    this.#woken();
  }

  async run() {
    for (;;) {
      const item = await store.first();
      if (!item) await this.#rest(60_000);
      else await this.#attempt(item);
      this.dispatchEvent(new Event("change"));
    }
  }

  async #attempt(item) {
    try {
      await this.#send(item);
      await this.#done(item);
      [this.since, this.why] = [null, ""];
      this.#failed = 0;
    } catch (error) {
      if (error instanceof Refused && !error.passing) return this.#giveUp(item, error);
      this.since ??= Date.now();
      this.why = error instanceof Refused ? error.words : "";
      this.dispatchEvent(new Event("change"));
      await this.#rest(PAUSES[Math.min(this.#failed++, PAUSES.length - 1)]);
    }
  }

  async #send(item) {
    const run = await store.get("runs", item.run);
    if (!run) return;
    if (!run.number) {
      const { mime, client, offset, rtt } = run;
      const told = { key: base64(run.key), mime, client, offset, rtt, signature: base64(run.signature) };
      run.number = (await ask(`${stream(run)}/runs`, told)).run;
      await store.put("runs", run);
    }
    const place = `${stream(run)}/runs/${run.number}`;
    if (item.kind === "chunk") await this.#sendChunk(place, item);
    else if (item.kind === "event") await ask(`${place}/events`, { track: item.track, client: item.client });
    else await ask(`${place}/end`, { why: item.why });
  }

  async #sendChunk(place, item) {
    const headers = {
      "Chunk-SHA256": item.sha256,
      "Chunk-Signature": base64(item.signature),
      "Chunk-Clock": `${item.client},${item.offset},${item.rtt}`,
    };
    await ask(`${place}/chunks/${item.number}`, item.bytes, headers);
    this.sent += item.bytes.byteLength;
  }

  async #done(item) {
    await store.remove("items", item.id);
    if (item.kind !== "end") return;
    const run = await store.get("runs", item.run);
    if (run) await store.put("runs", { ...run, over: true, secret: null });
  }

  /* What the platform will never take is not kept for ever: the run is given up whole, and the page says so. */
  async #giveUp(item, error) {
    const given = (await store.waiting()).filter((one) => one.run === item.run);
    for (const one of given) await store.remove("items", one.id);
    const run = await store.get("runs", item.run);
    if (run) await store.put("runs", { ...run, over: true, secret: null });
    const chunks = given.filter((one) => one.kind === "chunk").length;
    if (chunks || item.kind === "chunk") this.#tellRefused(item.run, chunks, error);
  }

  #tellRefused(run, chunks, error) {
    this.dispatchEvent(new CustomEvent("refused", { detail: { run, chunks, words: error.words } }));
  }

  #rest(most) {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, most);
      this.#woken = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
