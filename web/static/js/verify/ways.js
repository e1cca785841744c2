/** From the candidates to the award: publicities that ran, objections settled, candidates who dropped out, or no award. */
import { unb64 } from "./bytes.js";
import { CAPACITY_ASKED } from "./committee.js";
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { isWritten } from "./fields.js";
import { digest, equal } from "./json.js";
import { labelled } from "./keys.js";
import { checkPublicity } from "./periods.js";
import { placed, require } from "./problem.js";
import { checkChallenge, determination } from "./purchase.js";
import { messageOf, versions } from "./review.js";
import { REOPENED } from "./rounds.js";
import { sha256 } from "./sha.js";
import { instant } from "./time.js";

export const ENDED = "publicity.ended";
export const AWARD = "award.published";
export const PASSED = "candidate.passed-over";
const FAILED = "section.failed";
export const CHOSEN = "winner.chosen";
const CHOICE_LABEL = "openhall choice/v1";
export const RAISED = "result-objection.raised";
export const SETTLED = ["result-objection.answered", "result-objection.withdrawn"];
const LABEL = "openhall way/v1";
const CAPACITY_LABEL = "openhall capacity/v1";
const LONGEST_REASONS = 4000;

/** Whether the section failed after its candidates were published. */
export const endedWithoutAward = (dossier) => dossier.all(FAILED).some((one) => one.facts.reason === "no-award");

/** Everything from the candidates to `end` (award or failure) in its order; gives who wins, null where nobody is chosen yet. */
export async function checkPublicities(dossier, tender, opened, candidates, end, capacity) {
  const published = determination(dossier, tender);
  const { reviewed } = tender.regime;
  const settled = reviewed ? new Map() : settledOf(dossier, published);
  const path = new Path(dossier, tender, opened, candidates, settled, capacity);
  if (!reviewed) await path.begin(published);
  for (const event of dossier.all(PASSED, ENDED, AWARD, FAILED, RAISED, CHOSEN, REOPENED, CAPACITY_ASKED)) {
    const facts = { first: event.name, then: published.name, where: event.where };
    require(event.number >= published.number, "evidence.order", facts);
    await path.follow(event);
  }
  for (const event of dossier.all(AWARD)) {
    require(event === end, "evidence.order", { first: event.name, then: end.name, where: end.where });
  }
  return tender.byChoice ? path.chosen : path.left[0];
}

/** Where the candidates stand at each event: who is left, whether a publicity runs, what was decided on what. */
class Path {
  constructor(dossier, tender, opened, left, settled, capacity) {
    Object.assign(this, { dossier, tender, left, settled, capacity, asked: [], followed: [], ends: null, runs: false, chosen: null });
    this.bidders = [...opened.values()].map((one) => one.bid.bidder.serial);
    this.report = messageOf(versions(dossier, tender).at(-1));
  }

  async begin({ at, facts, where }) {
    [this.ends, this.runs] = [instant(facts.publicity_ends, where), true];
    await placed(where, () => checkPublicity(this.tender.regime, at - SLACK, this.ends));
  }

  async follow(event) {
    const { name, where } = event;
    const { reviewed } = this.tender.regime;
    if (name === CAPACITY_ASKED) return this.ask(event);
    if (name !== ENDED && name !== RAISED) this.noneWaits(event);
    if (name === RAISED && reviewed) return checkChallenge(this.dossier.one(AWARD), event);
    if (name === RAISED) return require(this.runs, "evidence.order", { first: ENDED, then: name, where });
    if (name === FAILED) return this.decide(event, null, "retender");
    if (name === REOPENED) return this.decide(event, null, "re-evaluate");
    if (name === CHOSEN) return this.choose(event);
    if (name === PASSED) {
      await this.decide(event, event.facts.bid, "next");
      return this.begin(event);
    }
    if (!reviewed) notBefore(event.at >= this.ends && this.dossier.cosignedSince(event, this.ends), event, this.ends);
    this.noneOpen(event);
    const [number] = this.unanswered(event);
    require(number === undefined, "evidence.objection", { number, where });
    if (name === ENDED) require(this.runs, "evidence.event-twice", { name, where });
    else require(!this.runs, "evidence.order", { first: AWARD, then: ENDED, where });
    const lacking = name === AWARD && this.unable.has(event.facts.winner.bid);
    require(!lacking, "evidence.capacity", { field: "lacking", where });
    this.runs = false;
    return undefined;
  }

  /** The bids whose last answer, of what was asked of these candidates, says that they cannot perform (TBR 56). */
  get unable() {
    const last = new Map(this.asked.map((number) => [this.capacity.get(number).bid, this.capacity.get(number).capable]));
    return new Set([...last].filter(([, capable]) => !capable).map(([bid]) => bid));
  }

  /** A signed question about a candidate that is left, on the report as it stands. */
  async ask({ where, facts, at }) {
    const { number, bid, reasons, report, certificate, signature } = facts;
    const right = {
      bid: this.left.some((one) => one.bid === bid),
      report: report === this.report,
      reasons: isWritten(reasons, LONGEST_REASONS),
    };
    for (const [field, holds] of Object.entries(right)) require(holds, "evidence.capacity", { field, where });
    const { section } = this.dossier;
    const signer = await placed(where, () => {
      const message = sha256(labelled(CAPACITY_LABEL, digest({ section, report: this.report, number, bid, reasons })));
      return this.dossier.signed(unb64(certificate), unb64(signature), message, at);
    });
    require(!this.bidders.includes(signer.serial), "evidence.capacity", { field: "signer", where });
    this.asked.push(number);
  }

  /** Nothing is decided while the committee has not answered. */
  noneWaits({ number: now, where }) {
    const waits = this.asked.some((number) => !this.capacity.has(number) || this.capacity.get(number).number > now);
    require(!waits, "evidence.capacity", { field: "open", where });
  }

  /** The causes that are open: an upheld objection comes first, then that the committee found a candidate unable. */
  causes(numbers, way, bid) {
    const { regime } = this.tender;
    if (numbers.length) return regime.upheldCauses;
    if (way === "next" && regime.reviewed) return [];
    const unable = bid === null ? this.unable.size > 0 : this.unable.has(bid);
    if (unable && way !== "re-evaluate") return ["incapable"];
    return way === "re-evaluate" ? regime.reevaluationCauses : regime.dropOutCauses;
  }

  async decide(event, bid, way) {
    this.noneOpen(event);
    const { where, facts, at } = event;
    const { cause, objections, reasons, certificate, signature } = facts;
    const numbers = this.unanswered(event);
    const bids = this.left.map((one) => one.bid);
    const right = {
      bid: bid === null || (bids.includes(bid) && bids.length > 1),
      cause: this.causes(numbers, way, bid).includes(cause),
      objections: equal(objections, numbers),
      reasons: isWritten(reasons, LONGEST_REASONS),
      report: facts.report === this.report,
      remaining: way !== "retender" || facts.remaining === bids.length,
    };
    for (const [field, holds] of Object.entries(right)) require(holds, "evidence.way", { field, where });
    const { section } = this.dossier;
    const told = { section, report: this.report, way, bid, cause, objections, reasons };
    const signer = await placed(where, () => {
      const message = sha256(labelled(LABEL, digest(told)));
      return this.dossier.signed(unb64(certificate), unb64(signature), message, at);
    });
    require(!this.bidders.includes(signer.serial), "evidence.way", { field: "signer", where });
    this.followed.push(...numbers);
    this.left = this.left.filter((one) => one.bid !== bid);
    this.chosen = null;
  }

  /** A winner is chosen where the notice leaves it, once the publicity has ended, of those who are left, once. */
  async choose({ name, where, facts, at }) {
    require(!this.runs, "evidence.order", { first: name, then: ENDED, where });
    const { bid, reasons, certificate, signature } = facts;
    const row = this.left.find((one) => one.bid === bid);
    const right = {
      left: this.tender.byChoice,
      once: this.chosen === null,
      bid: row !== undefined,
      report: facts.report === this.report,
      reasons: isWritten(reasons, LONGEST_REASONS),
      capacity: !this.unable.has(bid),
    };
    for (const [field, holds] of Object.entries(right)) require(holds, "evidence.choice", { field, where });
    const { section } = this.dossier;
    const signer = await placed(where, () => {
      const message = sha256(labelled(CHOICE_LABEL, digest({ section, report: this.report, bid, reasons })));
      return this.dossier.signed(unb64(certificate), unb64(signature), message, at);
    });
    require(!this.bidders.includes(signer.serial), "evidence.choice", { field: "signer", where });
    this.chosen = row;
  }

  noneOpen(event) {
    for (const [raised, settled] of this.settled.values()) {
      const open = raised.number < event.number && event.number < settled.number;
      require(!open, "evidence.order", { first: event.name, then: settled.name, where: settled.where });
    }
  }

  /** The upheld objections settled by then on which no decision rests yet, in order. */
  unanswered(event) {
    const upheld = [...this.settled].filter(([, [, one]]) => one.number < event.number && one.facts.upheld);
    return upheld.map(([number]) => number).filter((one) => !this.followed.includes(one)).sort((a, b) => a - b);
  }
}

/** Each objection to the result with what settled it, once, after it was raised; `evidence.objection`, `.order`. */
function settledOf(dossier, published) {
  const raised = dossier.all(RAISED);
  const settled = dossier.all(...SETTLED);
  const numbers = settled.map(({ facts }) => facts.number);
  for (const [place, { facts: { number }, where }] of raised.entries()) {
    const right = number === dossier.objectionsBefore + place + 1 && numbers.includes(number);
    require(right, "evidence.objection", { number, where });
  }
  const byNumber = new Map(raised.map((one) => [one.facts.number, one]));
  const found = new Map();
  for (const one of settled) {
    const { number } = one.facts;
    const once = numbers.filter((other) => other === number).length === 1;
    require(byNumber.has(number) && once, "evidence.objection", { number, where: one.where });
    inOrder(published, byNumber.get(number), one);
    found.set(number, [byNumber.get(number), one]);
  }
  return found;
}
