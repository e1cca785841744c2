/* The list of tasks beside the room: what is complete, always visible. */

const TONES = { ready: "ok", done: "ok", sealed: "ok", missing: "", waits: "", wrong: "bad", again: "warn", open: "info" };

const TYPED = ["opening-form", "price"];

export class Tasks {
  #room;

  constructor(room) {
    this.#room = room;
  }

  paint() {
    const items = [...document.querySelectorAll("[data-task]:not([hidden])")];
    const states = items.map((item) => this.#state(item.dataset.task));
    for (const [at, item] of items.entries()) this.#show(item.querySelector(".tag"), states[at]);
    const done = states.filter((state) => TONES[state] === "ok").length;
    const text = this.#room.words.say("complete", { done, all: states.length });
    for (const place of document.querySelectorAll("[data-completeness]")) place.textContent = text;
  }

  #state(task) {
    const { plan, locked, draft } = this.#room;
    if (task === "sealed") return locked ? "done" : this.#allChosen() ? "open" : "waits";
    if (task === "rehearsed") return plan.rehearsed ? "done" : locked ? "open" : "waits";
    if (task === "submitted") {
      if (["submitted", "receipted"].includes(plan.state)) return "done";
      return plan.rehearsed && locked ? "open" : "waits";
    }
    if (locked) return "sealed";
    if (TYPED.includes(task)) return this.#formed() ? "ready" : draft.begun ? "wrong" : "missing";
    const slot = plan.slots.find(({ part }) => part === task);
    return slot?.chosen ? "ready" : slot?.name ? "again" : "missing";
  }

  #formed() {
    const { draft, consortium } = this.#room;
    return !draft || (draft.complete && !consortium?.refused().length);
  }

  #allChosen() {
    const { plan } = this.#room;
    const files = plan.slots.filter(({ part }) => !TYPED.includes(part));
    return this.#formed() && files.every(({ chosen }) => chosen);
  }

  #show(tag, state) {
    tag.className = `tag${TONES[state] ? ` tag--${TONES[state]}` : ""}`;
    const text = this.#room.words.say(state);
    if (tag.textContent !== text) tag.textContent = text;
  }
}
