/* The opening form as it is typed: kept in this browser alone, checked, put into words. The server never sees it. */

import { serverNow } from "../clock.js";
import { makeFirstForm, makeForm, makePriceForm } from "../seal/form.js";
import { Problem } from "../seal/problem.js";
import { grouped, inWords, readYuan, yuan } from "./amounts.js";

const FORM = "opening-form";
const PRICE = "price";
const FIELDS = ["price", "duration", "quality", "leader"];
const LONGEST = 200;

export class Draft {
  #key;
  #words;
  #ceiling;
  #inputs;
  #two;

  /* `changed` is called after every change of a field. */
  constructor(root, words, changed) {
    this.#key = `openhall bid draft/v1 ${root.dataset.account} ${root.dataset.section}`;
    this.#words = words;
    this.#two = JSON.parse(root.dataset.parts).includes(PRICE);
    this.#ceiling = root.dataset.ceiling ? BigInt(root.dataset.ceiling) : null;
    this.#inputs = Object.fromEntries(FIELDS.map((name) => [name, document.getElementById(name)]));
    this.#restore();
    for (const input of Object.values(this.#inputs)) {
      input.addEventListener("input", () => {
        this.#keep();
        this.speak();
        changed();
      });
    }
    document.getElementById("forget").addEventListener("click", () => {
      this.forget();
      changed();
    });
    document.getElementById("price-form").addEventListener("submit", (event) => event.preventDefault());
    this.speak();
  }

  /* The price in fen, or null while it is no amount. */
  get price() {
    return readYuan(this.#inputs.price.value);
  }

  /* Whether nothing would be refused. */
  get complete() {
    return this.refused().length === 0;
  }

  get begun() {
    return FIELDS.some((name) => this.#inputs[name].value.trim());
  }

  /* What would be refused, as [{ error, field }]. */
  refused() {
    const found = [];
    const check = (field, look) => {
      const error = look(this.#inputs[field].value.trim());
      if (error) found.push({ error, field });
    };
    check("price", (text) => this.#priceRefused(text));
    check("duration", (text) => (/^[1-9][0-9]{0,4}$/.test(text) ? null : new Problem("room.duration")));
    for (const name of ["quality", "leader"]) check(name, (text) => textRefused(text, name));
    return found;
  }

  /* What was typed, as the bytes of each part [part, bytes]: the opening form, with the consortium of a bidder who leads one,
     or of two envelopes what the first says and the price by itself. */
  forms(consortium = null) {
    const typed = Object.fromEntries(["duration", "quality", "leader"].map((name) => [name, this.#inputs[name].value.trim()]));
    const price = yuan(this.price);
    if (!this.#two) return [[FORM, makeForm({ ...typed, price, consortium })]];
    return [[FORM, makeFirstForm({ ...typed, consortium })], [PRICE, makePriceForm(price)]];
  }

  /* { price, words } for the consequence sentence. */
  told() {
    return { price: grouped(this.price), words: inWords(this.price) };
  }

  /* Delete what this browser keeps and what the fields show. */
  forget() {
    try { localStorage.removeItem(this.#key); } catch { /* a browser that keeps nothing has nothing to delete */ }
    for (const input of Object.values(this.#inputs)) input.value = "";
    document.getElementById("saved").textContent = "";
    this.speak();
  }

  lock(locked) {
    document.getElementById("form-fields").disabled = locked;
    document.getElementById("forget").hidden = locked;
  }

  /* The amount in words, and how far it is from the ceiling; above it unless the field itself says just that already. */
  speak() {
    const [words, room] = ["price-words", "price-room"].map((id) => document.getElementById(id));
    const fen = this.price;
    words.textContent = fen === null || fen <= 0n ? "" : inWords(fen);
    room.classList.remove("bad");
    room.textContent = "";
    if (fen === null || fen <= 0n || this.#ceiling === null) return;
    const above = this.#priceRefused(this.#inputs.price.value.trim());
    const [told] = above ? this.#words.explain(above) : [];
    if (above) room.textContent = document.getElementById("price-refused")?.textContent === told ? "" : told;
    else room.textContent = this.#words.say("under", { left: grouped(this.#ceiling - fen) });
    room.classList.toggle("bad", Boolean(above));
  }

  #priceRefused(text) {
    if (!text) return new Problem("room.price-missing");
    const fen = readYuan(text);
    if (fen === null) return new Problem("room.price-unreadable", { text });
    if (fen <= 0n) return new Problem("room.price-zero");
    if (this.#ceiling !== null && fen > this.#ceiling) {
      return new Problem("room.above-ceiling", { price: grouped(fen), ceiling: grouped(this.#ceiling) });
    }
    return null;
  }

  #keep() {
    const typed = Object.fromEntries(FIELDS.map((name) => [name, this.#inputs[name].value]));
    const saved = document.getElementById("saved");
    try {
      localStorage.setItem(this.#key, JSON.stringify(typed));
      saved.textContent = this.#words.say("saved", { at: platformTime() });
    } catch {
      saved.textContent = this.#words.say("unsaved");
    }
  }

  #restore() {
    let typed = null;
    try { typed = JSON.parse(localStorage.getItem(this.#key)); } catch { /* nothing was kept */ }
    if (typed) for (const name of FIELDS) this.#inputs[name].value ||= typed[name] ?? "";
  }
}

/* Hour, minute and second of the platform's time, as the clock on top shows it. */
function platformTime() {
  const offset = Number(document.querySelector("server-clock").dataset.offset);
  return new Date(serverNow() + offset * 3_600_000).toISOString().slice(11, 19);
}

function textRefused(text, name) {
  if (!text) return new Problem(`room.${name}`);
  return [...text].length > LONGEST || /[\p{Cc}\p{Surrogate}]/u.test(text) ? new Problem("room.too-long") : null;
}
