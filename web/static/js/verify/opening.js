/** The opening in the evidence: t keys released in time, every form as it was sealed, every bid that is left out told. */
import { b64, sameBytes, unb64, utf8 } from "./bytes.js";
import { FORM, heldVersions, PRICE } from "./bids.js";
import { recordNotes, requireConsortium } from "./consortium.js";
import { inOrder } from "./dossier.js";
import { isBlank, matchAt } from "./fields.js";
import { equal, isObject, parse } from "./json.js";
import { placed, Problem, require } from "./problem.js";
import { ENDED, REMEDIES, RESCUES, Rescue } from "./rescue.js";
import { commitmentTo } from "./sealed.js";
import { LOCKING } from "./tender.js";

export const PRICED = "price.opened";
const TOLD = [PRICED, "bid.opened", "bid.unopened", "bid.block-restored", "bid.files-checked", "bid.cause-decided", ...RESCUES];
const CAUSES = /^(bidder|platform|custodian|unknown)$/;
const UNANNOUNCED = ["sealed", "form-waits"];
const UNPRICED = ["checked", "price-waits"];
const WAITING = ["form-waits", "files-wait", "price-waits"];
export const LEFT_OUT = ["revoked", "withdrawn"];
const FIELDS = ["duration", "format", "leader", "price", "quality"];
const FIRST_FIELDS = FIELDS.filter((name) => name !== "price");
/** X.509 holds at most 64 bytes of a name, which a UTF-8 letter of four bytes may leave at 61. */
const CUT = 61;
/** A bid's way through the opening: verb → stage before → stage after (trading/opening/states.py). */
const LIFE = {
  announce: { sealed: "announced", "form-waits": "announced" },
  pass: { announced: "checked", "files-wait": "checked" },
  price: { checked: "priced", "price-waits": "priced" },
  wait: {
    sealed: "form-waits", "form-waits": "form-waits", announced: "files-wait", "files-wait": "files-wait",
    checked: "price-waits", "price-waits": "price-waits",
  },
  revoke: to("revoked"),
  withdraw: to("withdrawn"),
};

function to(stage) {
  const before = ["sealed", "announced", "form-waits", "files-wait", "checked", "price-waits"];
  return Object.fromEntries(before.map((one) => [one, stage]));
}

/** Every listed bid read out as its manifest committed to, or left out for a cause, before any judge marked. */
export async function checkOpening(dossier, tender, listed) {
  const closed = dossier.one("section.closed");
  const opened = ends(dossier);
  const marked = dossier.all("marks.locked", ...(stopped(dossier) ? ["section.failed"] : [])).slice(0, 1);
  const locked = dossier.all(LOCKING)[0];
  const recorded = opened.name === "section.opened";
  const versions = heldVersions(dossier, tender, listed);
  const found = new Map(listed.map((bid) => [bid.id, new Opened(bid, versions.get(bid.id))]));
  const rescue = new Rescue(dossier, tender, [...found.keys()]);
  const byKeys = [];
  for (const event of dossier.all(...TOLD)) {
    const one = found.get(event.subject);
    require(one, "evidence.opened-twice", { bid: event.subject, where: event.where });
    const second = event.name === PRICED || (locked && event.number > locked.number);
    const order = UNANNOUNCED.includes(one.stage) ? [closed, event, opened] : [opened, event, ...marked];
    const keyed = await placed(event.where, () => tell(event, one, rescue));
    if (second) {
      require(locked, "evidence.order", { first: LOCKING, then: event.name, where: event.where });
      inOrder(locked, event, ...dossier.all("marks.published", "section.failed").slice(0, 1));
      one.dropped = LEFT_OUT.includes(one.stage);
      one.keyed ??= keyed ? event : null;
      continue;
    }
    if (keyed) byKeys.push(event);
    inOrder(...(REMEDIES.includes(event.name) ? [closed, event, ...marked] : order));
  }
  for (const one of found.values()) {
    const settled = one.form !== null || LEFT_OUT.includes(one.stage);
    require(settled, "evidence.not-opened", { bid: one.bid.id, where: opened.where });
    const checked = !recorded || one.sound || LEFT_OUT.includes(one.stage);
    require(checked, "evidence.files-unchecked", { bid: one.bid.id, where: opened.where });
  }
  rescue.keysBefore(byKeys[0]);
  const { minimum } = tender.keyset.document.release;
  const count = (holds) => [...found.values()].filter(holds).length;
  if (recorded) {
    checkRecord(opened, found, tender.joint);
    checkEnough(dossier, opened, count((one) => one.form !== null), minimum);
  }
  for (const first of dossier.all("marks.locked").slice(0, 1)) {
    checkEnough(dossier, first, count((one) => one.sound), minimum);
  }
  return found;
}

/** Whether an officer ended the halted opening. */
export const stopped = (dossier) => dossier.all("section.failed").some((one) => one.facts.reason === "too-few-opened");

/** Whether the section stops for a human decision: fewer than the minimum, and not yet agreed to for so few. */
export const tooFew = (left, minimum, agreed) => left < minimum && (agreed === null || left < agreed);

/** The fewest bids that an officer has let go on before an event, or null. */
export function agreedBefore(dossier, event) {
  const decided = dossier.all("opening.continued").filter((one) => one.number < event.number);
  return decided.length ? Math.min(...decided.map((one) => one.facts.remaining)) : null;
}

/** A listed bid in the opening: where it stands, the bidder's registered name, the form if it was read out. */
class Opened {
  constructor(bid, version) {
    Object.assign(this, { bid, version, stage: "sealed", name: "", form: null, part: "", reason: "", cause: null, price: "", keyed: null, dropped: false });
  }

  /** Whether the bid is marked: form read out and files checked; `dropped` at the second envelopes, it was marked already. */
  get sound() {
    return ["checked", "price-waits", "priced"].includes(this.stage) || this.dropped;
  }

  /** All that was read out, of the second envelope too. */
  get told() {
    return { ...this.form, ...(this.price ? { price: this.price } : {}) };
  }

  row() {
    const [state, cause] = this.form === null ? [this.stage, this.cause] : ["opened", null];
    const { bid, name, form, version } = this;
    const held = version === undefined ? {} : { version };
    return { bid: bid.id, bidder: bid.bidder.serial, name, state, cause, form, ...held };
  }
}

function ends(dossier) {
  const without = stopped(dossier) && dossier.all("section.opened").length === 0;
  return dossier.one(without ? "section.failed" : "section.opened");
}

/** Follow a bid through one event; whether the event could not be without the released keys. */
function tell(event, one, rescue) {
  const { facts, name } = event;
  const bid = one.bid.id;
  const fits = (holds) => require(holds, "evidence.left-out", { bid, verb: name });
  let keyed = false;
  if (name === "bid.opened") {
    keyed = rescue.opens(one.bid, [FORM], event);
    move(one, "announce");
    checkName(event, one);
    one.form = readForm(event, one.bid);
    one.cause = null;
  } else if (name === PRICED) {
    keyed = rescue.opens(one.bid, [PRICE], event);
    move(one, "price");
    one.price = readPrice(event, one);
    one.cause = null;
  } else if (name === "bid.unopened") {
    const due = (facts.part === FORM) === UNANNOUNCED.includes(one.stage) && (facts.part === PRICE) === UNPRICED.includes(one.stage);
    require(due, "evidence.opened-twice", { bid });
    keyed = rescue.fails(one.bid, event);
    checkName(event, one);
    const cause = causeOf(facts);
    move(one, "remedy" in facts || ["platform", "unknown"].includes(cause) ? "wait" : verbDecided(cause));
    Object.assign(one, { part: facts.part, reason: facts.reason, cause });
  } else if (name === "bid.files-checked") {
    const parts = one.bid.manifest.parts.map((entry) => entry.part).filter((part) => part !== FORM);
    keyed = rescue.opens(one.bid, parts, event);
    move(one, "pass");
    one.cause = null;
    checkManifest(event, one);
    require(equal(facts.parts, parts), "evidence.bid", { field: "parts" });
  } else if (name === "bid.cause-decided") {
    const cause = causeOf(facts);
    fits(WAITING.includes(one.stage) && one.cause !== "bidder" && mayDecide(one.reason, cause) && !isBlank(facts.reasons));
    move(one, verbDecided(cause));
    one.cause = cause;
  } else if (name === "bid.block-restored") {
    fits(WAITING.includes(one.stage) && one.reason === "bid.damaged");
  } else {
    fits(![...LEFT_OUT, "checked", "priced"].includes(one.stage));
    rescue.tell(event, one.bid, {
      sealed: UNANNOUNCED.includes(one.stage), waits: WAITING.includes(one.stage), part: one.part, byBidder: one.cause === "bidder",
    });
    if (name === ENDED) move(one, "revoke");
  }
  return keyed;
}

/** Nobody answers for bytes that the store has lost but it, and no bidder for keys that came too late. */
function mayDecide(reason, cause) {
  if (reason === "bid.damaged") return cause === "platform";
  return cause !== "unknown" && !(reason === "release.overdue" && cause === "bidder");
}

const causeOf = (facts) => matchAt(facts.cause, "$.facts.cause", CAUSES);
const verbDecided = (cause) => (cause === "bidder" ? "revoke" : "withdraw");

function move(one, verb) {
  const next = LIFE[verb][one.stage];
  const code = ["announce", "price"].includes(verb) ? "evidence.opened-twice" : "evidence.left-out";
  require(next, code, { bid: one.bid.id, verb });
  one.stage = next;
}

function checkName(event, one) {
  const { bidder, name } = event.facts;
  const { serial, subject } = one.bid.bidder;
  const same = name === subject || (name.startsWith(subject) && utf8(subject).length >= CUT);
  require(bidder === serial && same, "evidence.bidder", { bidder, certified: serial });
  checkManifest(event, one);
  one.name = name;
}

function checkManifest(event, one) {
  require(event.facts.manifest === b64(one.bid.manifest.digest), "evidence.bid", { field: "manifest" });
}

function readForm(event, bid) {
  const data = utf8(event.facts.form);
  const promised = bid.manifest.parts.find((one) => one.part === FORM).commit;
  const found = commitmentTo(unb64(event.facts.form_salt), data);
  require(sameBytes(found, promised), "evidence.form", { bid: bid.id });
  const first = bid.second !== null;
  const form = fieldsOf(data, first ? FIRST_FIELDS : FIELDS, first ? "first-form/v1" : "opening-form/v1", "consortium");
  if ("consortium" in form) requireConsortium(form.consortium);
  if (!first) checkPrice(form.price);
  require(/^[1-9][0-9]{0,4}$/.test(form.duration), "opening-form.duration", { duration: form.duration });
  return form;
}

/** The price that the second manifest committed to, of the bidder whose name was read out. */
function readPrice(event, one) {
  const { facts } = event;
  const { second, bidder } = one.bid;
  require(second && facts.manifest === b64(second.digest), "evidence.bid", { field: "second" });
  const same = facts.bidder === bidder.serial && facts.name === one.name;
  require(same, "evidence.bidder", { bidder: facts.bidder, certified: bidder.serial });
  const data = utf8(facts.form);
  const found = commitmentTo(unb64(facts.form_salt), data);
  require(sameBytes(found, second.parts[0].commit), "evidence.form", { bid: one.bid.id });
  const form = fieldsOf(data, ["format", "price"], "price-form/v1");
  checkPrice(form.price);
  return form.price;
}

function fieldsOf(data, expected, format, besides = null) {
  const form = parse(data);
  const names = isObject(form) ? Object.keys(form).filter((name) => name !== besides).sort() : [];
  require(equal(names, expected) && form.format === format, "opening-form.fields");
  const values = expected.map((name) => form[name]);
  const texts = values.every((value) => typeof value === "string" && [...value].length <= 200);
  require(texts, "opening-form.fields");
  require(!values.some((value) => /\p{Cc}/u.test(value)), "opening-form.text");
  return form;
}

function checkPrice(price) {
  if (!/^-?[0-9]+(\.[0-9]{1,2})?$/.test(price)) throw new Problem("money.not-an-amount", { text: price });
  require(!price.startsWith("-") && /[1-9]/.test(price), "opening-form.price", { price });
}

function checkRecord(opened, found, joint) {
  const rows = new Map(opened.facts.record.map((row) => [row.bid, row]));
  const differ = [...new Set([...rows.keys(), ...found.keys()])].filter((bid) => !rows.has(bid) || !found.has(bid));
  const once = rows.size === opened.facts.record.length && !differ.length;
  require(once, "evidence.record", { bid: differ.sort().join(", "), where: opened.where });
  const partsOf = ({ manifest }) => manifest.parts.map(({ part }) => part);
  const notes = recordNotes(
    [...found].map(([bid, one]) => ({ bid, bidder: one.bid.bidder.serial, form: one.form, parts: partsOf(one.bid) })),
    joint,
  );
  for (const [bid, one] of found) {
    const row = { ...one.row(), ...notes.get(bid) };
    require(equal(rows.get(bid), row), "evidence.record", { bid, where: opened.where });
  }
}

/** Fewer bids than the minimum go on only by an officer's written decision for no more than these. */
function checkEnough(dossier, then, left, minimum) {
  const few = tooFew(left, minimum, agreedBefore(dossier, then));
  require(!few, "evidence.halted", { left, minimum, where: then.where });
}
