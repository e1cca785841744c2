/* Marks on their way: kept on this machine until the platform has them, sent again and again, in order of giving. */

import { within } from "./key.js";

const RETRY = 3000;
const SOON = 250;

export class Queue {
  /* `told` is called with what happens: {saved}, {refused}, {state: "saving" | "saved" | "offline" | "out" | "held", waiting};
     `known` gives the version of an entry's mark that this page has seen. */
  constructor(seat, addresses, told, known) {
    this.seat = seat;
    this.addresses = addresses;
    this.told = told;
    this.known = known;
    this.token = document.querySelector('meta[name="form-token"]').content;
    this.timer = null;
    addEventListener("online", () => this.soon(0));
    addEventListener("offline", () => this.tell("offline"));
  }

  name(bid, item) { return `${this.seat}|${bid}|${item}`; }

  /* Keep what is given of {mark, reason, pins}, then send it; what is given later of the same item takes its place. */
  async put(bid, item, given, version) {
    const entry = { bid, item, ...given, version, at: `${Date.now()}.${Math.random()}` };
    const name = this.name(bid, item);
    await within("queue", "readwrite", (store) => {
      const before = store.get(name);
      before.onsuccess = () => store.put({ ...before.result, ...entry }, name);
      store.delete(`typing|${name}`);
      return before;
    });
    this.tell("saving");
    this.soon(SOON);
  }

  /* What is being typed and could stand (null: could not): kept on this machine alone, for a tab that dies amid typing. */
  typing(bid, item, mark, version) {
    const name = `typing|${this.name(bid, item)}`;
    const kept = mark === null ? (store) => store.delete(name) : (store) => store.put({ bid, item, mark, version }, name);
    return within("queue", "readwrite", kept);
  }

  /* What was typed in a tab that died counts as given. */
  async recover() {
    const whose = IDBKeyRange.bound(`typing|${this.seat}|`, `typing|${this.seat}|\uffff`);
    for (const { bid, item, mark, version } of await within("queue", "readonly", (store) => store.getAll(whose))) {
      await this.put(bid, item, { mark }, version);
    }
  }

  /* What still waits, from this tab or from an earlier one. */
  async waiting() {
    const all = await within("queue", "readonly", (store) => store.getAll(IDBKeyRange.bound(`${this.seat}|`, `${this.seat}|\uffff`)));
    return all.sort((one, other) => parseFloat(one.at) - parseFloat(other.at));
  }

  async forget() {
    for (const of of ["", "typing|"]) {
      const whose = IDBKeyRange.bound(`${of}${this.seat}|`, `${of}${this.seat}|\uffff`);
      await within("queue", "readwrite", (store) => store.delete(whose));
    }
  }

  soon(after) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.drain(), after);
  }

  /* Send what waits; one tab at a time does. */
  async drain() {
    const done = await navigator.locks.request(`openhall-queue-${this.seat}`, { ifAvailable: true }, async (lock) => {
      if (!lock) return null;
      for (const entry of await this.waiting()) if (!(await this.send(entry))) return false;
      return true;
    });
    const left = (await this.waiting()).length;
    if (done === true && !left) return this.tell("saved");
    if (left) this.soon(done === false ? RETRY : SOON);
    return null;
  }

  async send(entry, again = true) {
    let answer;
    try {
      answer = await this.post(entry);
    } catch {
      await this.tell("offline");
      return false;
    }
    if (answer.ok) {
      const saved = await answer.json();
      await this.drop(entry);
      this.told({ saved: { ...entry, ...saved } });
      return true;
    }
    const problem = await answer.json().catch(() => ({}));
    if (problem.code === "form.token" && again && (await this.renew())) return this.send(entry, false);
    if (answer.status === 401 || ["form.token", "page.not-yours", "session.choose-role"].includes(problem.code)) {
      await this.tell("out");
      return false;
    }
    if (["evaluation.paused", "marks.time-over"].includes(problem.code)) {
      await this.tell("held");
      return false;
    }
    if (answer.status >= 500 || answer.status === 429 || !problem.code) {
      await this.tell("offline");
      return false;
    }
    await this.drop(entry);
    this.told({ refused: { ...entry, why: problem.title, code: problem.code } });
    return true;
  }

  post(entry) {
    const { at, version: since, ...given } = entry;
    const version = Math.max(since, this.known(entry));
    return fetch(this.addresses.save, {
      method: "POST",
      keepalive: true,
      headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRF-Token": this.token },
      body: JSON.stringify({ ...given, version }),
    });
  }

  /* The own marks as the platform has them, and a token of the session that lasts now; null where there is none. */
  async renew() {
    try {
      const answer = await fetch(this.addresses.state, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (!answer.ok) return null;
      const found = await answer.json();
      this.token = found.token;
      return found;
    } catch {
      return null;
    }
  }

  /* Take an entry away unless a later mark has taken its place meanwhile. */
  async drop(entry) {
    const name = this.name(entry.bid, entry.item);
    const now = await within("queue", "readonly", (store) => store.get(name));
    if (now?.at === entry.at) await within("queue", "readwrite", (store) => store.delete(name));
  }

  async tell(state) { this.told({ state, waiting: (await this.waiting()).length }); }
}
