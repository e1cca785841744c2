/* What opens under the current item: bands, quick marks, the reason, the pins, and the own marks of the same item. */

import { below, stepped } from "./decimal.js";

const MOST_QUICK = 24;

export class Panel {
  /* `acts`: give(row, mark), nudge(row, by), write(row, reason), unpin(row, place), pin(row), go(row); `rows`: all of them. */
  constructor(rows, words, acts) {
    Object.assign(this, { rows, words, acts, row: null, node: null });
  }

  open(row) {
    if (this.row === row) return;
    this.close();
    this.row = row;
    this.node = document.querySelector(`template[data-more="${CSS.escape(row.item)}"]`).content.firstElementChild.cloneNode(true);
    row.node.append(this.node);
    row.node.classList.add("last");
    this.reason = this.node.querySelector("textarea");
    this.reason.value = row.reason;
    this.reason.addEventListener("input", () => this.acts.write(row, this.reason.value));
    this.bands = [...this.node.querySelectorAll(".band")];
    for (const band of this.bands) band.addEventListener("click", () => this.choose(band));
    for (const button of this.node.querySelectorAll("[data-by]")) {
      button.addEventListener("click", () => this.acts.nudge(row, Number(button.dataset.by)));
    }
    this.node.querySelector("[data-act=pin]").addEventListener("click", () => this.acts.pin(row));
    this.chosen = this.bands.find((band) => row.kept !== null && within(row.kept, band)) ?? null;
    this.paint();
  }

  close() {
    this.node?.remove();
    this.row?.node.classList.remove("last");
    this.row = this.node = null;
  }

  /* A band chosen shows its marks; the mark is given by one of them. */
  choose(band) {
    this.chosen = band;
    this.paint();
    this.node.querySelector("[data-quick] button")?.focus();
  }

  paint() {
    if (!this.row) return;
    const { row } = this;
    const own = this.bands.find((band) => row.kept !== null && within(row.kept, band));
    for (const band of this.bands) band.setAttribute("aria-pressed", String(band === (this.chosen ?? own)));
    this.keepFocus("[data-quick]", marksOf(this.chosen ?? own, row).map((mark) => this.quick(mark)));
    this.keepFocus("[data-pinned]", row.pins.map((pin, place) => this.pinned(pin, place)));
    const same = this.rows.filter((one) => one.item === row.item && one.kept !== null);
    this.keepFocus("[data-own]", same.map((one) => this.own(one)));
    if (document.activeElement !== this.reason) this.reason.value = row.reason;
  }

  /* Painting anew leaves the focus on what stands where it was. */
  keepFocus(place, nodes) {
    const holder = this.node.querySelector(place);
    const at = [...holder.querySelectorAll("button")].indexOf(document.activeElement);
    holder.replaceChildren(...nodes);
    if (at >= 0) (holder.querySelectorAll("button")[at] ?? this.row.input).focus();
  }

  quick(mark) {
    const given = this.row.kept !== null && !below(mark, this.row.kept) && !below(this.row.kept, mark);
    return button(mark, `btn btn--sm num${given ? " btn--primary" : ""}`, this.words("quick", { mark }), () => this.acts.give(this.row, mark));
  }

  own(row) {
    const one = button(`${row.kept} · ${row.name}`, "chip", "", () => this.acts.go(row));
    one.lang = "zh-CN";
    if (row === this.row) one.setAttribute("aria-current", "true");
    return one;
  }

  pinned(pin, place) {
    const line = document.createElement("span");
    const text = document.createElement("span");
    text.textContent = pin.text;
    text.lang = "zh-CN";
    const away = button("×", "btn btn--sm", this.words("unpin", { page: pin.page }), () => this.acts.unpin(this.row, place));
    line.className = "pinned__one";
    line.append(this.row.chip(pin), text, away);
    return line;
  }
}

function button(text, looks, label, press) {
  const found = document.createElement("button");
  Object.assign(found, { type: "button", className: looks, textContent: text });
  if (label) found.setAttribute("aria-label", label);
  found.addEventListener("click", press);
  return found;
}

const within = (mark, { dataset: { from, to } }) => !below(mark, from) && !below(to, mark);

/* The marks of a band's steps, the lowest first. */
function marksOf(band, { step, max }) {
  if (!band) return [];
  const { from, to } = band.dataset;
  const found = [];
  for (let mark = from; !below(to, mark) && found.length < MOST_QUICK; mark = stepped(mark, max, step, 1)) {
    found.push(mark);
    if (!below(mark, max)) break;
  }
  return found;
}
