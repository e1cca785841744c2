/* The words a page has given its script: texts by name, refusals by code, and where they are shown. */

import { Problem } from "../seal/problem.js";

/* Fill {holes}; what is not known stays a dash. */
export const filled = (pattern, facts = {}) => pattern.replace(/\{(\w+)\}/g, (_, name) => `${facts[name] ?? "–"}`);

export class Words {
  #texts;
  #refusals;

  constructor(root) {
    this.#texts = JSON.parse(root.dataset.words);
    this.#refusals = JSON.parse(root.dataset.refusals ?? "{}");
  }

  /* The text of a name with its holes filled. */
  say(name, facts) {
    return filled(this.#texts[name], facts);
  }

  /* [what happened, what to do] for any error at all, in the page's language; what the page has no words for, in the server's. */
  explain(error) {
    const problem = error instanceof Problem ? error : new Problem("room.failed", { why: error?.message ?? `${error}` });
    const sentence = this.#refusals[problem.code];
    if (sentence) return sentence.map((part) => filled(part, readable(problem.facts)));
    if (problem.told) return [problem.told.title, problem.told.detail];
    return this.#refusals["room.failed"].map((part) => filled(part, { why: problem.code }));
  }
}

/* Refusals on top of a page and at their fields: the same words twice, the focus on the summary. */
export class Refusals {
  constructor(place, words, title) {
    [this.place, this.words, this.title] = [place, words, title];
  }

  /* Show a list of { error, field }; `field` is the id of an element, or null for the whole page. */
  show(found) {
    this.clear();
    if (!found.length) return;
    const [box, head, list] = ["div", "h2", "ul"].map((name) => document.createElement(name));
    box.className = "errsum";
    box.tabIndex = -1;
    box.setAttribute("role", "alert");
    box.setAttribute("aria-labelledby", "errors");
    [head.className, head.id, head.textContent, list.className] = ["h2", "errors", this.title, "stack"];
    for (const { error, field } of found) list.append(this.#line(error, field));
    box.append(head, list);
    this.place.append(box);
    box.focus();
  }

  /* Take away everything that was refused. */
  clear() {
    this.place.replaceChildren();
    for (const error of document.querySelectorAll(".err[data-shown]")) error.remove();
    for (const input of document.querySelectorAll("[data-refused]")) {
      input.removeAttribute("aria-invalid");
      input.setAttribute("aria-describedby", input.dataset.refused);
      input.removeAttribute("data-refused");
    }
  }

  #line(error, field) {
    const [happened, remedy] = this.words.explain(error);
    const item = document.createElement("li");
    const what = document.createElement(field ? "a" : "b");
    what.textContent = happened;
    if (field) {
      what.href = `#${field}`;
      this.#mark(document.getElementById(field), happened);
    }
    item.append(what, ` ${remedy}`);
    return item;
  }

  /* The words at the field itself: before an input, inside the line of a file. */
  #mark(place, text) {
    if (!place) return;
    const said = document.createElement("p");
    [said.className, said.id, said.textContent] = ["err", `${place.id}-refused`, text];
    said.dataset.shown = "";
    const what = place.querySelector(".slot__what");
    if (what) what.append(said);
    else place.before(said);
    const input = what ? place.querySelector("input") : place;
    input.setAttribute("aria-invalid", "true");
    input.dataset.refused = input.getAttribute("aria-describedby") ?? "";
    input.setAttribute("aria-describedby", `${input.dataset.refused} ${said.id}`.trim());
  }
}

/* Facts of a refusal with moments in platform time: 2026-11-22 11:43:18 UTC+8. */
function readable(facts) {
  const moment = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/;
  const hours = Number(document.querySelector("server-clock")?.dataset.offset ?? 8);
  const shown = (text) => `${new Date(Date.parse(text) + hours * 3_600_000).toISOString().slice(0, 19).replace("T", " ")} UTC+${hours}`;
  const told = (value) => (typeof value === "string" && moment.test(value) ? shown(value.replace(" ", "T")) : value);
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, told(value)]));
}

/* Bytes for people: 5.2 MB; below one kilobyte the bytes. */
export function size(bytes, locale) {
  const units = ["B", "kB", "MB", "GB"];
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1000, at + 1];
  return `${new Intl.NumberFormat(locale, { maximumFractionDigits: at ? 1 : 0 }).format(value)} ${units[at]}`;
}
