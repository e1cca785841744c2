/* Looking for words through all pages, beginning at the one looked at; the texts of pages are kept, the pages are not. */

import { count, folded } from "./text.js";

const AT_ONCE = 50;

export class Search {
  /* `heard()` hears of every step; then `total`, `place` and `done` (share of the pages looked through) are true. */
  constructor(pdf, heard) {
    Object.assign(this, { pdf, heard, texts: [], needle: "", hits: [], total: 0, current: null, done: 1 });
  }

  get place() {
    if (!this.current) return 0;
    let before = 0;
    for (const page of this.hits.keys()) if (page < this.current.page) before += this.hits[page] ?? 0;
    return before + this.current.at + 1;
  }

  async look(text, from) {
    const needle = folded(text);
    Object.assign(this, { needle, hits: [], total: 0, current: null, done: needle ? 0 : 1 });
    this.heard();
    if (!needle) return;
    const all = this.pdf.numPages;
    for (let step = 0; step < all; step += 1) {
      const page = ((from - 1 + step) % all) + 1;
      const text = await this.#text(page);
      if (this.ended || this.needle !== needle) return;
      this.hits[page] = count(text, needle);
      this.total += this.hits[page];
      this.done = (step + 1) / all;
      if (this.hits[page] && !this.current) this.#to(page, 0);
      else if (step % AT_ONCE === AT_ONCE - 1) this.heard();
    }
    this.heard();
  }

  /* The next hit (1) or the one before (-1), round and round. */
  move(by) {
    if (!this.current) return;
    const { page, at } = this.current;
    if (at + by >= 0 && at + by < this.hits[page]) return this.#to(page, at + by);
    const all = this.pdf.numPages;
    for (let step = 1; step <= all; step += 1) {
      const other = ((((page - 1 + by * step) % all) + all) % all) + 1;
      if (this.hits[other]) return this.#to(other, by > 0 ? 0 : this.hits[other] - 1);
    }
  }

  end() {
    this.ended = true;
  }

  #to(page, at) {
    this.current = { page, at };
    this.heard(true);
  }

  async #text(number) {
    if (this.texts[number] === undefined) this.texts[number] = await textOf(this.pdf, number);
    return this.texts[number];
  }
}

/* A page that cannot be read has no text to find. */
async function textOf(pdf, number) {
  try {
    const page = await pdf.getPage(number);
    const { items } = await page.getTextContent();
    page.cleanup();
    return folded(items.map((item) => item.str ?? "").join(""));
  } catch {
    return "";
  }
}
