/* The pages one below the other: all have their place, only those near the eye are painted, what leaves is let go. */

import { AnnotationMode, TextLayer } from "./opening.js";
import { places } from "./text.js";

const DOTS = 16_000_000; // of one canvas, at most
const EDGE = 24; // beside a page
const WIDEST = 1.5; // what fitting to the width makes of a page, at most

export class Leaves {
  /* `view` scrolls; `heard(page)` hears which page is looked at; `title(page)` names a page. */
  constructor(view, pdf, { heard, title }) {
    Object.assign(this, { view, pdf, heard, title, scale: 1, page: 1, fitted: true, marks: () => [] });
    this.near = new Set();
    this.painted = new Map();
    this.watch = new IntersectionObserver((entries) => this.#moved(entries), { root: view, rootMargin: "60% 0px" });
    this.onscroll = () => this.#looked();
    view.addEventListener("scroll", this.onscroll, { passive: true });
    this.resized = new ResizeObserver(() => this.fitted && this.fit());
  }

  async lay() {
    const first = await this.pdf.getPage(1);
    const { width, height } = first.getViewport({ scale: 1 });
    this.first = { width, height };
    this.leaves = Array.from({ length: this.pdf.numPages }, (_, at) => {
      const leaf = document.createElement("div");
      leaf.className = "leaf";
      leaf.dataset.page = at + 1;
      this.#size(leaf, width, height);
      return leaf;
    });
    this.view.replaceChildren(...this.leaves);
    this.fit();
    for (const leaf of this.leaves) this.watch.observe(leaf);
    this.resized.observe(this.view);
    this.heard(1);
  }

  fit() {
    const room = this.view.clientWidth - 2 * EDGE;
    if (room > 0) this.zoom(Math.min(WIDEST, Math.max(0.25, room / this.first.width)), true);
  }

  zoom(scale, fitted = false) {
    this.fitted = fitted;
    if (scale === this.scale && this.view.style.getPropertyValue("--scale-factor")) return;
    const leaf = this.leaves[this.page - 1];
    const share = (this.view.scrollTop - leaf.offsetTop) / Math.max(1, leaf.offsetHeight);
    this.scale = scale;
    this.view.style.setProperty("--scale-factor", scale);
    this.view.scrollTop = leaf.offsetTop + share * leaf.offsetHeight;
    for (const page of [...this.painted.keys()]) this.#drop(page);
    this.#paint();
    this.view.dispatchEvent(new CustomEvent("zoomed", { detail: scale }));
  }

  show(page) {
    const leaf = this.leaves[Math.min(Math.max(1, page), this.leaves.length) - 1];
    this.view.scrollTop = leaf.offsetTop - 8;
    this.#looked();
  }

  /* Put a place of a painted page into the middle. */
  centre(node) {
    const box = node.getBoundingClientRect();
    const view = this.view.getBoundingClientRect();
    if (box.top < view.top + 40 || box.bottom > view.bottom - 40) {
      this.view.scrollTop += box.top - view.top - view.height / 3;
    }
  }

  /* Highlights of what is painted, anew; `marks(page)` says which texts: [{text, kind, label, current}]. */
  mark() {
    for (const page of this.painted.keys()) this.#marked(page);
  }

  end() {
    this.ended = true;
    this.watch.disconnect();
    this.resized.disconnect();
    this.view.removeEventListener("scroll", this.onscroll);
    for (const page of [...this.painted.keys()]) this.#drop(page);
    this.view.replaceChildren();
  }

  #size(leaf, width, height) {
    leaf.style.width = `calc(var(--scale-factor) * ${width}px)`;
    leaf.style.height = `calc(var(--scale-factor) * ${height}px)`;
  }

  #moved(entries) {
    for (const { target, isIntersecting } of entries) {
      const page = Number(target.dataset.page);
      if (isIntersecting) this.near.add(page);
      else if (this.near.delete(page)) this.#drop(page);
    }
    this.#paint();
  }

  #looked() {
    if (this.looking) return;
    this.looking = requestAnimationFrame(() => {
      this.looking = null;
      if (this.ended) return;
      const eye = this.view.scrollTop + this.view.clientHeight / 3;
      let [low, high] = [0, this.leaves.length - 1];
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (this.leaves[middle].offsetTop <= eye) low = middle;
        else high = middle - 1;
      }
      if (low + 1 === this.page) return;
      this.page = low + 1;
      this.heard(this.page);
    });
  }

  async #paint() {
    if (this.painting) return;
    this.painting = true;
    try {
      for (;;) {
        const lacking = [...this.near].filter((page) => !this.painted.has(page));
        if (this.ended || !lacking.length) return;
        lacking.sort((one, other) => Math.abs(one - this.page) - Math.abs(other - this.page));
        await this.#painted(lacking[0]);
      }
    } finally {
      this.painting = false;
    }
  }

  async #painted(number) {
    const leaf = this.leaves[number - 1];
    const done = { canvas: document.createElement("canvas"), layer: document.createElement("div"), over: document.createElement("div") };
    this.painted.set(number, done);
    try {
      const page = await this.pdf.getPage(number);
      if (this.painted.get(number) !== done) return;
      const viewport = page.getViewport({ scale: this.scale });
      this.#size(leaf, viewport.width / this.scale, viewport.height / this.scale);
      const dots = Math.min(devicePixelRatio || 1, Math.sqrt(DOTS / (viewport.width * viewport.height)));
      Object.assign(done, { page });
      done.canvas.width = Math.floor(viewport.width * dots);
      done.canvas.height = Math.floor(viewport.height * dots);
      done.canvas.setAttribute("role", "img");
      done.canvas.setAttribute("aria-label", this.title(number));
      done.layer.className = "leaf__text";
      done.over.className = "leaf__marks";
      leaf.replaceChildren(done.canvas, done.over, done.layer);
      done.task = page.render({
        canvasContext: done.canvas.getContext("2d", { alpha: false }),
        viewport,
        transform: dots === 1 ? null : [dots, 0, 0, dots, 0, 0],
        annotationMode: AnnotationMode.ENABLE,
      });
      await done.task.promise;
      if (this.painted.get(number) !== done) return;
      leaf.dataset.painted = "";
      done.text = new TextLayer({ textContentSource: await page.getTextContent(), container: done.layer, viewport });
      await done.text.render();
      if (this.painted.get(number) === done) this.#marked(number);
    } catch (error) {
      if (this.painted.get(number) === done && error?.name !== "RenderingCancelledException") leaf.dataset.broken = this.title(number);
    }
  }

  #drop(number) {
    const done = this.painted.get(number);
    if (!done) return;
    this.painted.delete(number);
    done.task?.cancel();
    done.text?.cancel();
    done.canvas.width = done.canvas.height = 0;
    const leaf = this.leaves[number - 1];
    leaf.replaceChildren();
    delete leaf.dataset.painted;
    try {
      done.page?.cleanup();
    } catch {
      // still rendering: it is cleaned when that ends
    }
  }

  #marked(number) {
    const done = this.painted.get(number);
    if (!done?.text) return;
    const box = this.leaves[number - 1].getBoundingClientRect();
    done.over.replaceChildren(
      ...this.marks(number).flatMap((mark, at) => {
        const found = mark.text ? places(done.text.textDivs, mark.text) : [];
        const nodes = found.flatMap((ranges, place) =>
          ranges.flatMap((range) => [...range.getClientRects()].map((rect) => spot(rect, box, mark, place))),
        );
        return mark.label ? [...nodes, label(mark, nodes[0], at)] : nodes;
      }),
    );
  }
}

function spot(rect, box, mark, place) {
  const node = document.createElement("div");
  node.className = `leaf__mark leaf__mark--${mark.kind}`;
  if (mark.current === place) node.dataset.current = "";
  node.style.left = `${(100 * (rect.left - box.left)) / box.width}%`;
  node.style.top = `${(100 * (rect.top - box.top)) / box.height}%`;
  node.style.width = `${(100 * rect.width) / box.width}%`;
  node.style.height = `${(100 * rect.height) / box.height}%`;
  return node;
}

function label(mark, first, at) {
  const node = document.createElement("span");
  node.className = "leaf__label";
  node.textContent = mark.label;
  node.style.top = first ? first.style.top : `${2 + 4 * at}%`;
  return node;
}
