/* The timeline: a lane a source with its pictures and gaps, events above them, and the moment that is shown. */

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 1000;
const HIGH = 12;

const shape = (name, told) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(told)) made.setAttribute(key, value);
  return made;
};

export class Lanes {
  #cursors = [];
  #drawn = "";

  constructor(root) {
    this.root = root;
  }

  draw(told, moments) {
    const key = JSON.stringify([told.since, told.until, told.sources.map((one) => [one.runs, one.gaps]), moments]);
    [this.since, this.until] = [told.since, told.until];
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#cursors = [];
    const events = moments.map((at) => shape("rect", { class: "watch__moment", x: this.#x(at) - 0.6, y: 0, width: 1.2, height: HIGH }));
    const lanes = told.sources.map((source) => this.#lane(source.label, [
      shape("rect", { class: "watch__empty", x: 0, y: 0, width: WIDE, height: HIGH }),
      ...source.runs.map(([since, until]) => this.#span("watch__run", since, until)),
      ...source.gaps.map((gap) => this.#span("watch__break", gap.since, gap.until ?? told.until)),
    ]));
    this.root.replaceChildren(this.#lane("", events), ...lanes);
  }

  show(moment) {
    for (const cursor of this.#cursors) for (const end of ["x1", "x2"]) cursor.setAttribute(end, this.#x(moment));
  }

  #lane(label, shapes) {
    const lane = document.createElement("div");
    const drawing = shape("svg", { viewBox: `0 0 ${WIDE} ${HIGH}`, preserveAspectRatio: "none", height: HIGH, "aria-hidden": "true" });
    const cursor = shape("line", { class: "watch__cursor", y1: 0, y2: HIGH });
    this.#cursors.push(cursor);
    drawing.append(...shapes, cursor);
    if (label) lane.append(Object.assign(document.createElement("small"), { textContent: label, lang: "zh-CN" }));
    lane.append(drawing);
    return lane;
  }

  #span(name, since, until) {
    const [from, to] = [this.#x(since), this.#x(until)];
    return shape("rect", { class: name, x: from, y: 0, width: Math.max(1.5, to - from), height: HIGH });
  }

  #x(moment) {
    return Math.min(WIDE, Math.max(0, ((moment - this.since) / Math.max(1, this.until - this.since)) * WIDE));
  }
}
