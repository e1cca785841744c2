/* One item of one bid on the bench: its field, what is wrong in it, the reason and the pins beside it. */

import { below, fault, pointed, read } from "./decimal.js";

export class Row {
  /* `words` gives a sentence of the page; `open` is called with a pin that was pressed. */
  constructor(node, words, open) {
    this.node = node;
    this.words = words;
    this.open = open;
    this.sheet = node.closest("section");
    this.bid = this.sheet.dataset.bid;
    this.name = this.sheet.dataset.name;
    const { item, number, max, due, step = null } = node.dataset;
    Object.assign(this, { item, number, max, due, step });
    this.input = node.querySelector("input");
    this.error = node.querySelector(".err");
    this.note = node.querySelector(".told");
    this.kept = this.input.value || null; // the last valid mark
    this.before = this.kept; // what stood when the hand came to the field
    this.timer = null; // runs while something is typed
    this.reason = this.input.dataset.reason;
    this.pins = JSON.parse(this.input.dataset.pinned);
    this.version = Number(this.input.dataset.version);
  }

  get visible() { return !this.node.hidden && !this.sheet.hidden; }

  get wrong() { return this.input.hasAttribute("aria-invalid"); }

  /* Whether a reason is due and not written. */
  get unexplained() { return this.kept !== null && below(this.kept, this.due) && !this.reason.trim(); }

  /* What is wrong with the text in the field, in words; null where it may stand. */
  why() {
    const mark = read(this.input.value);
    const point = pointed(this.input.value);
    const wrong = mark !== null ? fault(mark, this.max, this.step) : point === null ? "number" : "comma";
    return wrong && this.words(wrong, { max: this.max, step: this.step, point, kept: this.kept ?? this.words("none") });
  }

  complain(text) {
    this.error.textContent = text ?? "";
    this.error.hidden = !text;
    this.node.classList.toggle("item--wrong", Boolean(text));
    if (text) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  tell(text) {
    this.note.textContent = text ?? "";
    this.note.hidden = !text;
  }

  /* What is told of marks, reasons and pins elsewhere; whether that is another than here. */
  take({ mark, reason, pins }) {
    const before = JSON.stringify([this.kept, this.reason, this.pins]);
    if (mark) this.kept = mark;
    this.reason = reason ?? this.reason;
    this.pins = pins ?? this.pins;
    return JSON.stringify([this.kept, this.reason, this.pins]) !== before;
  }

  paint() {
    this.node.querySelector(".due").hidden = !this.unexplained;
    this.node.querySelector("[data-pins]").replaceChildren(...this.pins.map((pin) => this.chip(pin)));
  }

  chip(pin) {
    const chip = document.createElement("button");
    Object.assign(chip, { type: "button", className: "pin", textContent: `P${pin.page}`, title: pin.text });
    chip.setAttribute("aria-label", this.words("pin", { page: pin.page, part: this.partName(pin.part) }));
    chip.addEventListener("click", () => this.open(this, pin));
    return chip;
  }

  partName(part) { return this.files.find((one) => one.part === part)?.name ?? part; }

  get files() { return JSON.parse(this.sheet.dataset.files); }
}
