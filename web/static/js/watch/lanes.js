/* The timeline: a lane a source with its pictures and gaps, events above them, and the moment that is shown. */

const SVG = "http://www.w3.org/2000/svg";
const WIDE = 1000;
const LANE = 14;

const shape = (name, told) => {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(told)) made.setAttribute(key, value);
  return made;
};

export class Lanes {
  #cursor = null;
  #drawn = "";

  constructor(root) {
    this.root = root;
  }

  draw(told, moments) {
    const key = JSON.stringify([told.since, told.until, told.sources.map((one) => [one.runs, one.gaps]), moments]);
    [this.since, this.until] = [told.since, told.until];
    if (key === this.#drawn) return;
    this.#drawn = key;
    const high = LANE * (told.sources.length + 1);
    const drawing = shape("svg", { viewBox: `0 0 ${WIDE} ${high}`, preserveAspectRatio: "none", height: high, "aria-hidden": "true" });
    for (const at of moments) drawing.append(shape("rect", { class: "watch__moment", x: this.#x(at) - 0.6, y: 1, width: 1.2, height: LANE - 3 }));
    told.sources.forEach((source, at) => {
      const y = LANE * (at + 1);
      drawing.append(shape("rect", { class: "watch__empty", x: 0, y: y + 1, width: WIDE, height: LANE - 3 }));
      for (const [since, until] of source.runs) drawing.append(this.#span("watch__run", since, until, y));
      for (const gap of source.gaps) drawing.append(this.#span("watch__break", gap.since, gap.until ?? told.until, y));
    });
    this.#cursor = shape("line", { class: "watch__cursor", y1: 0, y2: high });
    drawing.append(this.#cursor);
    this.root.replaceChildren(drawing);
  }

  show(moment) {
    for (const end of ["x1", "x2"]) this.#cursor?.setAttribute(end, this.#x(moment));
  }

  #span(name, since, until, y) {
    const [from, to] = [this.#x(since), this.#x(until)];
    return shape("rect", { class: name, x: from, y: y + 1, width: Math.max(1.5, to - from), height: LANE - 3 });
  }

  #x(moment) {
    return Math.min(WIDE, Math.max(0, ((moment - this.since) / Math.max(1, this.until - this.since)) * WIDE));
  }
}
