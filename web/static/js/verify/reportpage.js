/** The readable page of an evidence file, made anew from its events, so that it can tell no other story. */
import { compareText, sameBytes, utf8 } from "./bytes.js";
import { canonicalJson } from "./dossier.js";
import { canonicalText, has, isObject, own } from "./json.js";
import { require } from "./problem.js";
import { REPORT } from "./reporttree.js";
import { versions } from "./review.js";
import { REOPENED, rounds } from "./rounds.js";

export const PAGE = "report.html";
const REVIEWED = ["report.returned", "mark.corrected", "report.confirmed"];
const ANSWERS = ["opening-record.", "opening-objection.", "hall."];
const MARKUP = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** `evidence.page` unless the readable page is the one made from these events. */
export function checkPage(dossier, tender) {
  require(dossier.members.has(PAGE), "evidence.member-missing", { where: PAGE });
  let page = null;
  try {
    page = utf8(pageOf(dossier, tender));
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  require(page !== null && sameBytes(page, dossier.members.get(PAGE)), "evidence.page", { where: PAGE });
}

function pageOf(dossier, tender) {
  const facts = (...names) => dossier.all(...names).map((one) => one.facts);
  const last = rounds(dossier).at(-1).own;
  const evaluation = last.all("marks.published").length ? versions(last, tender).at(-1).document : null;
  const { out, bids, marks, method, rejected } = evaluation ?? {
    out: { order: [] }, bids: {}, marks: {}, method: { items: [] }, rejected: {},
  };
  const record = facts("section.opened")[0]?.record ?? [];
  const rows = canonicalJson(dossier.members.get("events.json"), "events.json");
  const told = rows.map((row) => JSON.parse(row.event));
  const since = told.slice(told.map(({ event }) => event).lastIndexOf(REOPENED) + 1);
  const latest = (name) => since.filter(({ event }) => event === name).map((one) => one.facts);
  return render(REPORT, {
    section: { id: dossier.section, title: tender.title },
    record,
    prices: Object.fromEntries(facts("price.opened").map(({ subject, form }) => [subject, JSON.parse(form).price])),
    answers: told.filter(({ event }) => ANSWERS.some((prefix) => event.startsWith(prefix))),
    closed: facts("section.closed")[0] ?? null,
    failed: facts("section.failed")[0] ?? null,
    names: Object.fromEntries(record.map((row) => [row.bid, row.name])),
    order: out.order.flat(),
    out,
    bids,
    marks,
    items: method.items,
    rejected,
    votes: facts("resolution.moved", "resolution.voted"),
    again: facts(REOPENED),
    decided: latest("tie.decided")[0] ?? null,
    reviewed: since.filter(({ event }) => REVIEWED.includes(event)),
    chosen: latest("winner.chosen"),
    passed: latest("candidate.passed-over"),
    dissents: latest("report.dissented"),
    events: rows.map(({ link }, place) => ({ ...told[place], number: link.number })),
  });
}

/** The text of a template's tree with these names; RangeError where a name or a field is missing. */
function render(body, names) {
  return body.map((node) => (typeof node === "string" ? node : part(node, names))).join("");
}

function part([kind, ...parts], names) {
  if (kind === "out") return written(value(parts[0], names));
  if (kind === "if") {
    const [test, then, otherwise] = parts;
    return render(holds(value(test, names)) ? then : otherwise, names);
  }
  const [targets, list, body] = parts;
  return listed(value(list, names))
    .map((item, place) => {
      const items = targets.length > 1 ? item : [item];
      const bound = Object.fromEntries(targets.map((name, at) => [name, items[at]]));
      return render(body, { ...names, ...bound, loop: { index: place + 1 } });
    })
    .join("");
}

function value(node, names) {
  const found = maybe(node, names);
  if (found === undefined) throw new RangeError("a name or a field is missing");
  return found;
}

function maybe([kind, ...parts], names) {
  const [first, second, third] = parts;
  const of = (node) => value(node, names);
  switch (kind) {
    case "const": return first;
    case "name": return own(names, first);
    case "list": return first.map(of);
    case "at": return own(of(first), of(second));
    case "get": return own(of(first), of(second)) ?? of(third);
    case "eq": return of(first) === of(second);
    case "in": return has(of(second), of(first));
    case "and": return holds(of(first)) ? of(second) : of(first);
    case "either": return holds(of(first)) ? of(second) : of(third);
    case "defined": return maybe(first, names) !== undefined;
    case "length": return listed(of(first)).length;
    case "canonical": return canonicalText(of(first));
    case "dictsort": return Object.entries(of(first)).sort(([a], [b]) => compareText(a.toLowerCase(), b.toLowerCase()));
    default: throw new TypeError(kind);
  }
}

const listed = (found) => (isObject(found) ? Object.keys(found) : found);

function holds(found) {
  return isObject(found) || Array.isArray(found) ? listed(found).length > 0 : Boolean(found);
}

function written(found) {
  if (typeof found !== "string" && typeof found !== "number") throw new RangeError("not a text");
  return String(found).replace(/[&<>'"]/g, (sign) => MARKUP[sign]);
}
