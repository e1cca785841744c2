/** The preliminary examination in the evidence: signed answers that open as promised, and a result anybody settles alike. */
import { concat, sameBytes, unb64 } from "./bytes.js";
import { afterCosigning, inOrder } from "./dossier.js";
import { arrayAt, at, countAt, isWritten, membersAt, objectAt } from "./fields.js";
import { canonical, equal, has, own } from "./json.js";
import { require } from "./problem.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";

const FORMAT = "examination/v1";
const LABEL = `${FORMAT}\n`;
const PASS = "pass";
const LONGEST_REASON = 500;
const MOST_PAGES = 5;
const LAST_PAGE = 9999;
const LONGEST_PART = 40;
const FIELDS = ["id", "stage", "zh", "en", "clause", "ground"];

/** What the committee has examined after each event; it stays open again once a judge has left (TBR 48). */
export class Examined {
  constructor(dossier, tender) {
    this.dossier = dossier;
    this.items = itemsFor(tender, true);
    this.empty();
  }

  /** Another committee begins anew. */
  empty() {
    this.result = null;
    this.locks = new Map();
    this.open = this.items.length > 0;
  }

  /** Whether marks may be given: at once where the document has no such items. */
  get settled() {
    return !this.open;
  }

  /** Who is out and why, as [bid, reason]. */
  get rejected() {
    return this.result === null ? [] : Object.entries(this.result.rejected);
  }

  /** One judge's signed commitment while all sit and the examination is open; `evidence.judge`, `.examination`. */
  async lock(event, judges, seats) {
    const { judge: name, commitment, signature } = event.facts;
    const right = judges.has(name) && event.subject === `${this.dossier.section}#${name}`;
    require(right, "evidence.judge", { judge: name, serial: event.subject });
    const free = { open: this.open, twice: !this.locks.has(name), seated: judges.size === seats.size };
    holdAll(free, "evidence.examination", { where: event.where });
    inOrder(this.dossier.one("section.opened"), event);
    await this.dossier.signed(judges.get(name).certificate, unb64(signature), unb64(commitment), event.at);
    this.locks.set(name, event);
  }

  /** Answers as promised, complete, and settled by majority; gives whether the locked marks are void by it. */
  settle(event, seats, opened) {
    const { sheets, result: told, sheets_void: emptied } = event.facts;
    const names = Object.keys(sheets);
    const all = [...seats.keys()];
    const hold = (right) => holdAll(right, "evidence.examination", { where: event.where });
    const locked = all.length === this.locks.size && all.every((name) => this.locks.has(name));
    hold({ open: this.open, subject: event.subject === this.dossier.section, judges: locked });
    hold({ sheets: names.length === all.length && all.every((name) => has(sheets, name)) });
    afterCosigning([...this.locks.values()], event);
    for (const name of names) {
      const { answers, salt } = sheets[name];
      const { section } = this.dossier;
      const found = sha256(concat(LABEL, unb64(salt, 32), canonical({ answers, judge: name, section })));
      hold({ answers: sameBytes(found, unb64(this.locks.get(name).facts.commitment)) });
      checkAnswers(answers, this.items, opened);
    }
    const answers = Object.fromEntries(names.map((name) => [name, sheets[name].answers]));
    const result = examine(this.items, answers, all.length);
    const emptiedNow = this.result !== null && !equal(this.result.rejected, result.rejected);
    hold({ result: equal(told, result), sheets_void: emptied === emptiedNow });
    this.result = result;
    this.open = false;
    return emptiedNow;
  }

  /** What a judge answered goes with the seat; a settled result is open again. */
  leave(name) {
    this.locks.delete(name);
    this.open = this.open || this.result !== null;
  }
}

/** What the committee examines, or else the purchaser: who does qualification is the rule set's answer (M87 44). */
export function itemsFor(tender, committee) {
  const whole = tender.regime.qualificationBy.includes("committee");
  const items = tender.states.at(-1).examination.filter(({ stage }) => (whole || stage !== "qualification") === committee);
  return items.map((one) => Object.fromEntries(FIELDS.map((name) => [name, own(one, name) ?? ""])));
}

/** Every item of every bid is answered and nothing else; `examination.missing`, `.unknown`, `.reason`, `.pages`. */
export function checkAnswers(answers, items, bids) {
  const path = "$.answers";
  for (const [bid, row] of Object.entries(objectAt(answers, path))) {
    require(bids.includes(bid), "examination.unknown", { path: at(path, bid), bid, item: "" });
    for (const [item, answer] of Object.entries(objectAt(row, at(path, bid)))) {
      const here = at(at(path, bid), item);
      require(items.some(({ id }) => id === item), "examination.unknown", { path: here, bid, item });
      checkAnswer(answer, here);
    }
  }
  const missing = bids.flatMap((bid) => items.filter(({ id }) => !has(own(answers, bid) ?? {}, id)).map(({ id }) => [bid, id]));
  const [bid, item] = missing[0] ?? [];
  require(!missing.length, "examination.missing", { bid, item, left: missing.length });
}

function checkAnswer(answer, path) {
  if (answer === PASS) return;
  const { reason, pages } = membersAt(answer, path, ["reason", "pages"]);
  require(isWritten(reason, LONGEST_REASON), "examination.reason", { path: at(path, "reason"), most: LONGEST_REASON });
  const listed = at(path, "pages");
  require(arrayAt(pages, listed).length <= MOST_PAGES, "examination.pages", { path: listed, most: MOST_PAGES });
  pages.forEach((one, place) => {
    const here = at(listed, place);
    const { part, page } = membersAt(one, here, ["part", "page"]);
    require(isWritten(part, LONGEST_PART), "examination.pages", { path: at(here, "part"), most: MOST_PAGES });
    countAt(page, at(here, "page"), 1, LAST_PAGE);
  });
}

/** The result: every item that somebody failed, by whom and why, and the bids that more than half of all seats reject. */
export function examine(items, answers, seats) {
  const bids = [...new Set(Object.values(answers).flatMap((sheet) => Object.keys(sheet)))].sort();
  const findings = bids
    .map((bid) => [bid, items.map(({ id }) => [id, finding(bid, id, answers, seats)]).filter(([, one]) => one.any)])
    .filter(([, row]) => row.length);
  const told = findings.map(([bid, row]) => [bid, Object.fromEntries(row.map(([id, { any, ...one }]) => [id, one]))]);
  const rejected = findings.map(([bid, row]) => [bid, why(items, new Map(row))]).filter(([, text]) => text);
  return { format: FORMAT, items, findings: Object.fromEntries(told), rejected: Object.fromEntries(rejected) };
}

function finding(bid, item, answers, seats) {
  const given = Object.keys(answers).sort().map((judge) => [judge, answers[judge][bid][item]]);
  const failed = given.filter(([, answer]) => answer !== PASS);
  const passed = given.filter(([, answer]) => answer === PASS).map(([judge]) => judge);
  return { any: failed.length > 0, failed: Object.fromEntries(failed), passed, rejects: 2 * failed.length > seats };
}

function why(items, row) {
  return items
    .filter(({ id }) => row.get(id)?.rejects)
    .map(({ id, clause, zh, ground }) => {
      const reasons = Object.values(row.get(id).failed).map(({ reason }) => reason).join(" / ");
      return `${ground}: ${clause} ${zh}: ${reasons}`;
    })
    .join("; ");
}
