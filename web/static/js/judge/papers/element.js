/* <bid-papers>: a bid's files, part by part, on this site's own pages. Its seam:
   data-parts='[{"part","name","address"}]' (set it anew for another bid) · show(part, page) · highlight([{part, page, text, label}])
   fires page-shown {part, page, text: what is selected there} and, with data-quotes, quote {part, page, text}. */

import { Leaves } from "./leaves.js";
import { opened } from "./opening.js";
import { outlined } from "./outline.js";
import { Search } from "./search.js";
import { Source } from "./source.js";
import { Tabs } from "./tabs.js";

const STEPS = [0.25, 0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];
const PAUSE = 250; // after the last key of a search

class BidPapers extends HTMLElement {
  static observedAttributes = ["data-parts"];

  connectedCallback() {
    if (this.parts) return;
    this.at = Object.fromEntries([...this.querySelectorAll("[data-at]")].map((node) => [node.dataset.at, node]));
    this.marks = [];
    this.tabs = new Tabs(this.at.tabs, this.at.tab, this.at.view, (part) => this.show(part, 1));
    this.#wire();
    this.dataset.ready = "";
    this.#take();
  }

  disconnectedCallback() {
    this.#close();
  }

  attributeChangedCallback(_, before, now) {
    if (this.tabs && before !== now) this.#take();
  }

  /* The page of a part; resolves when its place is reached, which may be before it is painted. */
  async show(part, page = 1) {
    const one = this.parts.find((known) => known.part === part);
    if (!one) return;
    if (this.open?.part !== part) this.loading = this.#load(one);
    await this.loading;
    if (this.open?.part === part) this.leaves?.show(page);
  }

  highlight(marks) {
    this.marks = marks;
    this.leaves?.mark();
  }

  /* {part, page, text} of what is looked at. */
  get shown() {
    return { part: this.open?.part ?? "", page: this.leaves?.page ?? 1, text: this.#selected().text };
  }

  #take() {
    this.#close();
    this.parts = JSON.parse(this.dataset.parts || "[]");
    this.tabs.fill(this.parts);
    const first = this.parts.find(({ part }) => part === this.dataset.part) ?? this.parts[0];
    if (first) this.show(first.part, Number(this.dataset.page) || 1);
    else this.#say("none");
  }

  async #load(one) {
    this.#close();
    this.tabs.choose(one.part);
    const source = new Source(one.address, (waiting) => this.#missing(waiting));
    this.open = { part: one.part, name: one.name, source };
    const { open } = this;
    this.#say("reading");
    try {
      const found = await opened(source);
      if (this.open !== open) return found.end?.();
      open.end = found.end;
      if (found.kind === "pdf") await this.#paged(found, open);
      else this.#unpaged(found.kind, source);
    } catch (error) {
      if (this.open === open) this.#say(error?.reason ?? "failed");
    }
  }

  async #paged({ pdf, lost }, open) {
    lost.catch((error) => this.open === open && this.#say(error?.reason ?? "failed"));
    this.leaves = new Leaves(this.at.view, pdf, {
      heard: (page) => this.#turned(page),
      title: (page) => this.#words("page", { n: page, all: pdf.numPages }),
    });
    this.leaves.marks = (page) => this.#marksOf(page);
    this.search = new Search(pdf, (moved) => this.#found(moved));
    this.at.all.textContent = pdf.numPages;
    this.at.page.max = pdf.numPages;
    await this.leaves.lay();
    if (this.open !== open) return;
    this.dataset.state = "pages";
    this.#tools(true);
    this.#say("", false);
    const go = (page) => this.leaves?.show(page);
    const some = await outlined(this.at.outline, pdf, go, (title) => this.#words("inside", { title }));
    if (this.open === open) this.#outline(some, some && this.clientWidth >= 760);
  }

  #unpaged(kind, source) {
    if (kind !== "image") return this.#say(kind);
    const image = new Image();
    image.src = source.link;
    image.alt = this.open.name;
    image.className = "papers__image";
    image.addEventListener("error", () => this.#say("broken"));
    this.at.view.replaceChildren(image);
    this.dataset.state = "image";
    this.#say("", false);
    this.#turned(1);
  }

  #close() {
    this.leaves?.end();
    this.search?.end();
    this.open?.source.end();
    this.open?.end?.();
    this.leaves = this.search = this.open = null;
    this.at.view.replaceChildren();
    this.at.outline.replaceChildren();
    this.#outline(false, false);
    this.at.hits.textContent = this.at.find.value = "";
    this.at.all.textContent = "–";
    this.at.page.value = 1;
    this.#tools(false);
    this.#missing(false);
  }

  /* ---- what is told ---- */

  #words(name, facts = {}) {
    const text = this.dataset[`t${name[0].toUpperCase()}${name.slice(1)}`] ?? "";
    return text.replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "");
  }

  #say(state, closed = true) {
    if (closed) this.dataset.state = state;
    this.at.say.textContent = state ? this.#words(state) : "";
    this.at.told.hidden = !state;
    this.at.again.hidden = !["failed", "broken"].includes(state);
    this.at.fetch.hidden = !["other", "broken", "locked"].includes(state);
    if (!this.at.fetch.hidden) this.at.fetch.href = this.open.source.link;
  }

  #missing(waiting) {
    this.at.missing.hidden = !waiting;
  }

  #turned(page) {
    if (document.activeElement !== this.at.page) this.at.page.value = page;
    this.dispatchEvent(new CustomEvent("page-shown", { detail: this.shown, bubbles: true }));
  }

  #outline(some, shown) {
    this.at.contents.hidden = !some;
    this.at.contents.setAttribute("aria-expanded", String(shown));
    this.at.side.hidden = !shown;
  }

  #tools(on) {
    for (const name of ["find", "less", "more", "fit", "page"]) this.at[name].disabled = !on;
    for (const name of ["before", "after"]) this.at[name].disabled = true;
  }

  #found(moved) {
    const { needle, total, place, done } = this.search;
    const facts = { place, total, share: Math.floor(100 * done) };
    this.at.hits.textContent = needle ? this.#words(done < 1 ? "looking" : total ? "hits" : "nothing", facts) : "";
    for (const name of ["before", "after"]) this.at[name].disabled = !total;
    if (moved) this.leaves.show(this.search.current.page);
    this.leaves.mark();
    if (moved) this.#centre();
  }

  async #centre() {
    for (let tries = 0; tries < 40; tries += 1) {
      const node = this.at.view.querySelector(".leaf__mark[data-current]");
      if (node) return this.leaves?.centre(node);
      await new Promise((done) => setTimeout(done, 50));
    }
  }

  #marksOf(page) {
    const here = this.marks.filter((mark) => mark.part === this.open.part && mark.page === page);
    const { needle, current } = this.search;
    const found = needle ? [{ text: needle, kind: "found", current: current?.page === page ? current.at : null }] : [];
    return [...here.map((mark) => ({ ...mark, kind: "pin" })), ...found];
  }

  #selected() {
    const chosen = document.getSelection();
    const leaf = chosen?.anchorNode && this.at?.view.contains(chosen.anchorNode) && chosen.anchorNode.parentElement.closest(".leaf");
    const text = leaf ? chosen.toString().replace(/\s+/gu, " ").trim() : "";
    return { text, page: leaf ? Number(leaf.dataset.page) : this.leaves?.page ?? 1 };
  }

  /* ---- what is pressed ---- */

  #wire() {
    const { at } = this;
    at.page.addEventListener("change", () => this.leaves?.show(Number(at.page.value) || 1));
    at.less.addEventListener("click", () => this.#zoom(-1));
    at.more.addEventListener("click", () => this.#zoom(1));
    at.fit.addEventListener("click", () => this.leaves?.fit());
    at.view.addEventListener("zoomed", ({ detail }) => (at.scale.textContent = `${Math.round(100 * detail)}%`));
    at.contents.addEventListener("click", () => this.#outline(true, at.side.hidden));
    at.before.addEventListener("click", () => this.search?.move(-1));
    at.after.addEventListener("click", () => this.search?.move(1));
    at.again.addEventListener("click", () => this.#again());
    at.quote.hidden = !("quotes" in this.dataset);
    at.quote.addEventListener("pointerdown", (event) => event.preventDefault()); // keeps the selection
    at.quote.addEventListener("click", () => this.#quote());
    document.addEventListener("selectionchange", () => (at.quote.disabled = !this.#selected().text));
    at.find.addEventListener("input", () => {
      clearTimeout(this.pause);
      this.pause = setTimeout(() => this.search?.look(at.find.value, this.leaves.page), PAUSE);
    });
    at.find.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault();
      this.search?.move(event.shiftKey ? -1 : 1);
    });
    at.view.addEventListener("keydown", (event) => this.#key(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.leaves) return;
    const wide = this.at.view.scrollWidth > this.at.view.clientWidth + 1;
    const turn = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (turn && !wide) this.leaves.show(this.leaves.page + turn);
    else if (event.key === "+" || event.key === "-") this.#zoom(event.key === "+" ? 1 : -1);
    else return;
    event.preventDefault();
  }

  #zoom(by) {
    if (!this.leaves) return;
    const { scale } = this.leaves;
    const next = by > 0 ? STEPS.find((step) => step > scale + 0.01) : STEPS.findLast((step) => step < scale - 0.01);
    if (next) this.leaves.zoom(next);
  }

  #quote() {
    const { text, page } = this.#selected();
    if (text) this.dispatchEvent(new CustomEvent("quote", { detail: { part: this.open.part, page, text }, bubbles: true }));
  }

  #again() {
    const { part } = this.open;
    this.#close();
    this.show(part, 1);
  }
}

customElements.define("bid-papers", BidPapers);
