/** The committee in the evidence, followed event by event: who sat, who made room for whom, what they resolved. */
import { unb64 } from "./bytes.js";
import { inOrder, jsonMember, lastOf } from "./dossier.js";
import { recomputeDraw } from "./draw.js";
import { Examined } from "./examination.js";
import { has } from "./json.js";
import { itemsOf, readMethod } from "./method.js";
import { placed, require } from "./problem.js";
import { checkQualification } from "./qualification.js";
import { checkContent, checkReasons, LATER, outcomesOf, resolutionMessage } from "./resolving.js";
import { holdAll } from "./tender.js";
import { instant } from "./time.js";

export const CAPACITY_ASKED = "capacity.asked";
const FOLLOWED = [
  "draw.requested", "draw.revealed", "sign-in.appointed", "judge.signed-in", "slip.replaced", "recusal.declared",
  "judge.replaced", "resolution.moved", "resolution.voted", "marks.locked", "recusal.found", "invitation.declined",
  "invitation.unanswered", "representative.named", "evaluation.reopened", CAPACITY_ASKED, "examination.locked", "examination.settled",
];
/** What must stand before a judge is replaced for this reason. */
const GROUNDS = new Map([
  ["recusal.found", "recusal"], ["invitation.declined", "declined"], ["invitation.unanswered", "unanswered"],
]);
/** A representative's seat stands under this name where an expert's has its profession. */
const REPRESENTATIVE = "representative";
const LONGEST_AMOUNT = 24;
/** Why another representative is named for a seat that one holds. */
const WHY = ["unable", "left", "recusal", "mistake"];

/** Every seat of the last draw filled as drawn, every resolution lawful and signed by those who held the seats. */
export async function checkCommittee(dossier, tender, opened) {
  const room = new Room(dossier, tender, opened, await checkQualification(dossier, tender, opened));
  for (const event of dossier.all(...FOLLOWED)) await placed(event.where, () => room.follow(event));
  const revealed = dossier.all("draw.revealed").at(-1);
  const differ = difference(room.judges.keys(), room.seats.keys());
  require(!differ.length, "evidence.judges", { differ: differ.join(", "), where: revealed.where });
  const { judges, locks, standing, valid } = room;
  return { judges, locks, standing, valid, examined: room.examined.result, capacity: room.capacity };
}

/** An amount in yuan as fen; `money.not-an-amount`. */
function amount(text) {
  const known = text.length <= LONGEST_AMOUNT && /^-?[0-9]+(\.[0-9]{1,2})?$/.test(text);
  require(known, "money.not-an-amount", { text: text.slice(0, LONGEST_AMOUNT) });
  const [whole, cents = ""] = text.split(".");
  return BigInt(whole + cents.padEnd(2, "0"));
}

/** What stands in just one of two collections, sorted. */
export function difference(one, other) {
  const [a, b] = [new Set(one), new Set(other)];
  return [...a].filter((name) => !b.has(name)).concat([...b].filter((name) => !a.has(name))).sort();
}

/** The committee's state after each event. */
class Room {
  constructor(dossier, tender, opened, unqualified) {
    const { ceiling } = tender.states.at(-1);
    Object.assign(this, { dossier, regime: tender.regime, method: readMethod(tender.method), number: 0, ceiling });
    this.opened = [...opened].filter(([, one]) => one.sound).map(([bid]) => bid);
    this.unqualified = unqualified;
    Object.assign(this, { asked: new Map(), past: 0, capacity: new Map() });
    this.qualified = this.opened.filter((bid) => !has(unqualified, bid));
    this.examined = new Examined(dossier, tender);
    this.empty();
  }

  empty() {
    this.seats = new Map();
    this.alternates = new Map();
    this.judges = new Map();
    this.locks = new Map();
    this.recused = new Set();
    this.grounds = new Set();
    this.due = null;
    this.filled = null;
    this.vacant = new Set();
    this.representatives = 0;
    this.named = new Set();
    this.motions = new Map();
    this.examined.empty();
  }

  /** What was resolved, and who is out by the examination. */
  get standing() {
    const found = outcomesOf([...this.motions.values()], this.seats.size);
    return { ...found, rejected: new Map([...Object.entries(this.unqualified), ...this.examined.rejected, ...found.rejected]) };
  }

  get valid() {
    const { rejected } = this.standing;
    return this.opened.filter((bid) => !rejected.has(bid)).sort();
  }

  /** What the event does to the committee, or why it may not stand here. */
  async follow(event) {
    if (event.name === "draw.requested") this.ask(event);
    else if (event.name === "draw.revealed") this.draw(event);
    else if (event.name === "sign-in.appointed") this.due = event;
    else if (event.name === "representative.named") this.name(event);
    else if (event.name === "judge.signed-in") await this.sit(event);
    else if (event.name === "slip.replaced") this.rise(event);
    else if (event.name === "recusal.declared") this.recused.add(event.facts.judge);
    else if (GROUNDS.has(event.name)) this.ground(event);
    else if (event.name === "judge.replaced") this.replace(event);
    else if (event.name === "evaluation.reopened") this.reopen();
    else if (event.name === CAPACITY_ASKED) this.question(event);
    else if (event.name === "resolution.moved") await this.move(event);
    else if (event.name === "resolution.voted") await this.vote(event);
    else if (event.name === "examination.locked") await this.examined.lock(event, this.judges, this.seats);
    else if (event.name === "examination.settled") this.settle(event);
    else this.lock(event);
  }

  settle(event) {
    if (this.examined.settle(event, this.seats, this.qualified)) this.locks.clear();
  }

  ask(event) {
    this.filled = event.facts.seats ?? null;
    if (this.filled) {
      const vacant = [...this.vacant].sort((one, other) => one.slice(1) - other.slice(1));
      const right = vacant.length && vacant.join() === this.filled.map((number) => `J${number}`).join();
      return require(right, "evidence.draw", { field: "seats", where: event.where });
    }
    this.empty();
    this.representatives = event.facts.representatives ?? 0;
  }

  draw(event) {
    const { out } = recomputeDraw(jsonMember(this.dossier.members, `draw-${lastOf(event.subject)}.json`));
    const members = out.filter((row) => row.length === 2).map(([, specialty]) => specialty);
    for (const [leaf, specialty] of out.filter((row) => row.length === 3)) {
      this.alternates.set(specialty, [...(this.alternates.get(specialty) ?? []), leaf]);
    }
    if (this.filled) this.#fill(this.filled.map((number) => `J${number}`), members, event);
    else this.#seatAll(members, event);
  }

  #seatAll(members, event) {
    this.#checkSize(members.length, event);
    const places = [...members, ...Array(this.representatives).fill(REPRESENTATIVE)];
    this.seats = new Map(places.map((specialty, place) => [`J${place + 1}`, specialty]));
  }

  /** A supplement fills the vacant seats it was asked for, each with its own specialty; the others stay (TBR 46). */
  #fill(names, members, event) {
    const wanted = names.map((name) => this.seats.get(name)).sort();
    require(wanted.join() === [...members].sort().join(), "evidence.draw", { field: "seats", where: event.where });
    for (const name of names) this.vacant.delete(name);
  }

  /** By the rule set of the notice: members enough and odd, the experts' share, few enough representatives (TBL 37). */
  #checkSize(experts, event) {
    const { representatives, regime, ceiling } = this;
    const size = experts + representatives;
    const large = ceiling !== null && amount(ceiling) >= amount(regime.panelLargeBudget);
    const told = { experts, representatives, where: event.where };
    const enough = size >= (large ? regime.panelLargeMinimum : regime.panelMinimum);
    require(enough && (!regime.panelOdd || size % 2), "evidence.committee-size", told);
    const [part, whole] = regime.panelExperts;
    const right = experts * whole >= part * size && representatives <= regime.representativesMost;
    require(right, "evidence.representatives", told);
  }

  /** Only for a representative's seat, before its sign-in; another than before for a reason. */
  name(event) {
    const { judge: name, why } = event.facts;
    const voted = [...this.motions.values()].some((motion) => motion.votes.has(name));
    const right = {
      judge: this.seats.get(name) === REPRESENTATIVE && event.subject === `${this.dossier.section}#${name}`,
      seated: !this.judges.has(name) && !voted,
      why: this.named.has(name) ? WHY.includes(why) : why === undefined,
    };
    holdAll(right, "evidence.representative", { judge: name });
    this.named.add(name);
  }

  async sit(event) {
    const { judge: name, certificate: text, no_conflict: unbound } = event.facts;
    const certificate = unb64(text);
    const awaited = this.seats.get(name) === REPRESENTATIVE && !this.named.has(name);
    require(!awaited, "evidence.order", { first: "representative.named", then: event.name });
    require(this.seats.size, "evidence.order", { first: "draw.revealed", then: event.name });
    const { serial } = await this.dossier.certified(certificate, event.at);
    const { section } = this.dossier;
    const right = serial === `${section}/${name}` && unbound && event.subject === `${section}#${name}`;
    const free = !this.judges.has(name) && !this.vacant.has(name);
    require(right && free, "evidence.judge", { judge: name, serial });
    this.judges.set(name, { name, certificate, seated: event });
  }

  /** A judge whose machine is lost gets a new slip and signs in again with a new key: never after the lock. */
  rise(event) {
    const { judge: name } = event.facts;
    const right = this.seats.has(name) && !this.locks.has(name) && event.subject === `${this.dossier.section}#${name}`;
    require(right, "evidence.judge", { judge: name, serial: event.subject });
    this.judges.delete(name);
  }

  ground(event) {
    const { judge: name } = event.facts;
    const right = this.seats.has(name) && event.subject === `${this.dossier.section}#${name}`;
    require(right, "evidence.judge", { judge: name, serial: event.subject });
    this.grounds.add(`${name} ${GROUNDS.get(event.name)}`);
  }

  replace(event) {
    const { judge: name, reason, specialty, alternate, sheets_void: emptied } = event.facts;
    const seat = this.seats.get(name);
    const waiting = this.alternates.get(seat) ?? [];
    const right = {
      judge: seat !== undefined && event.subject === `${this.dossier.section}#${name}`,
      specialty: specialty === seat,
      alternate: alternate === (waiting[0] ?? null),
      reason: this.#mayLeave(name, reason, event),
    };
    const before = this.standing.rejected;
    this.leave(name);
    const after = this.standing.rejected;
    const changed = JSON.stringify([...before].sort()) !== JSON.stringify([...after].sort());
    holdAll({ ...right, sheets_void: emptied === changed }, "evidence.replacement", { judge: name });
    waiting.shift();
    if (alternate === null && specialty !== REPRESENTATIVE) this.vacant.add(name);
    else this.vacant.delete(name);
    if (emptied) this.locks.clear();
  }

  #mayLeave(name, reason, event) {
    if (reason === "absent") {
      return !this.judges.has(name) && this.due !== null && event.at >= instant(this.due.facts.by, event.where);
    }
    if (reason === "conflict") return this.recused.has(name);
    if (["recusal", "declined", "unanswered"].includes(reason)) {
      return this.grounds.has(`${name} ${reason}`) && (reason === "recusal" || !this.judges.has(name));
    }
    return reason === "resolved" && this.standing.leaving.includes(name);
  }

  /** What the judge did goes: seat, votes, marks; and nobody is asked any more whether the judge shall go. */
  leave(name) {
    this.recused.delete(name);
    for (const reason of GROUNDS.values()) this.grounds.delete(`${name} ${reason}`);
    require(!this.locks.has(name), "evidence.replacement", { judge: name, field: "marks" });
    this.judges.delete(name);
    this.examined.leave(name);
    this.named.delete(name);
    for (const [number, motion] of [...this.motions]) {
      motion.votes.delete(name);
      if (motion.kind === "replacement" && motion.content.judge === name) this.motions.delete(number);
    }
  }

  async move(event) {
    const { content, judge } = event.facts;
    this.number += 1;
    const { number } = this;
    const { method, regime, valid } = this;
    const kind = checkContent(content, { method, regime, valid, judges: [...this.judges.keys()], asked: this.openQuestion });
    inOrder(this.dossier.one("section.opened"), event);
    const free = LATER.includes(kind);
    const seated = !difference(this.judges.keys(), this.seats.keys()).length;
    const right = {
      number: event.facts.number === number,
      subject: event.subject === `${this.dossier.section}#R${number}`,
      late: free || (!this.locks.size && seated),
      pending: free || !this.standing.undecided.length,
      examined: free || this.examined.settled,
      alone: kind !== "capacity" || !this.standing.pending.some((one) => one.kind === kind),
    };
    holdAll(right, "evidence.resolution", { number: event.facts.number });
    await this.#signed(event, content, true, "");
    this.motions.set(number, { number, kind, content, votes: new Map([[judge, true]]) });
    this.resolve(event);
  }

  async vote(event) {
    const { number, judge, agrees, reasons } = event.facts;
    const motion = this.motions.get(number);
    const right = {
      number: motion !== undefined && this.standing.pending.includes(motion),
      subject: event.subject === `${this.dossier.section}#R${number}#${judge}`,
      twice: motion !== undefined && !motion.votes.has(judge),
    };
    holdAll(right, "evidence.resolution", { number });
    if (!agrees) checkReasons(reasons);
    await this.#signed(event, motion.content, agrees, reasons);
    motion.votes.set(judge, agrees);
    this.resolve(event);
  }

  /** The question about a candidate's capacity that waits for the committee, as [number, bid]. */
  get openQuestion() {
    return [...this.asked].find(([number]) => !this.capacity.has(number)) ?? null;
  }

  question(event) {
    const { number, bid } = event.facts;
    const right = number === this.asked.size + this.past + 1 && this.openQuestion === null;
    require(right, "evidence.capacity", { field: "number" });
    this.asked.set(number, bid);
  }

  /** A motion may have been decided by this event; of capacity it then answers the question. */
  resolve(event) {
    for (const [number, capable] of this.standing.capacity) {
      const bid = this.asked.get(number);
      if (bid !== undefined && !this.capacity.has(number)) this.capacity.set(number, { bid, capable, number: event.number });
    }
  }

  /** The committee evaluates again: new marks, and what was asked about the candidates of before is past. */
  reopen() {
    this.locks.clear();
    this.past += this.asked.size;
    this.asked.clear();
  }

  lock(event) {
    const { judge: name } = event.facts;
    const own = this.seats.has(name) && !this.locks.has(name) && event.subject === `${this.dossier.section}#${name}`;
    require(own, "evidence.judge", { judge: name, serial: event.subject });
    require(this.judges.has(name), "evidence.order", { first: "judge.signed-in", then: event.name });
    const { valid, standing } = this;
    const objective = itemsOf(this.method, "objective").length > 0;
    const right = {
      pending: !standing.undecided.length,
      competition: valid.length >= this.regime.validBidsMinimum || standing.lacking(valid) !== null,
      objective: !objective || standing.finds(valid),
      examined: this.examined.settled,
    };
    holdAll(right, "evidence.resolution", { number: this.number });
    this.locks.set(name, event);
  }

  async #signed(event, content, agrees, reasons) {
    const { judge: name, number, signature } = event.facts;
    const judge = this.judges.get(name);
    require(judge, "evidence.judge", { judge: name, serial: event.subject });
    const message = resolutionMessage(this.dossier.section, number, content, agrees, reasons);
    await this.dossier.signed(judge.certificate, unb64(signature), message, event.at);
  }
}
