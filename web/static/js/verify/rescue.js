/** Factors, remedies and late keys in the evidence: nothing opened without what the notice promised, every limit kept. */
import { PRICE } from "./bids.js";
import { b64, compareText } from "./bytes.js";
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { equal, has, own } from "./json.js";
import { Problem } from "./problem.js";
import { holdAll, LOCKING, releasesBefore } from "./tender.js";
import { instant, SECOND } from "./time.js";

const [OPENS, CLOSES] = ["factor-window.opened", "factor-window.closed"];
export const LATE = "key-release.overdue";
const [GIVEN, REFUSED, SHOWN, DIFFERS] = ["bid.factor-given", "bid.factor-refused", "bid.remedy-given", "bid.remedy-refused"];
export const ENDED = "bid.remedy-ended";
export const RESCUES = [GIVEN, REFUSED, SHOWN, DIFFERS, ENDED];
export const REMEDIES = [SHOWN, DIFFERS, ENDED];
const [MISSING, OVERDUE] = ["factor.missing", "release.overdue"];
const REMEDIABLE = [
  "seal.share", "seal.wrap", "seal.commitment", "seal.chunk", "seal.truncated", "seal.extended", MISSING, OVERDUE,
];
const MOST_TRIES = 5;

/** What `Rescue` has found to hold: [step, figures] each; nothing of what the opening did not need. */
export function rescueSteps(dossier) {
  const count = (name) => dossier.all(name).length;
  const found = [];
  if (count(OPENS)) {
    const missing = dossier.all(CLOSES).reduce((sum, one) => sum + one.facts.missing.length, 0);
    found.push(["factors", { given: count(GIVEN), refused: count(REFUSED), missing }]);
  }
  for (const { facts } of dossier.all(LATE)) found.push(["late-keys", { released: facts.released, needed: facts.needed }]);
  const asked = new Set(dossier.all("bid.unopened").filter(({ facts }) => has(facts, "remedy")).map(({ subject }) => subject)).size;
  if (asked) found.push(["remedies", { asked, shown: count(SHOWN), differed: count(DIFFERS), ended: count(ENDED) }]);
  return found;
}

/** What bidders gave at an opening, followed event by event; `evidence.factor`, `.remedy`, `.overdue`, `.early` refuse. */
export class Rescue {
  #factors = new Set();
  #tries = new Map();
  #shown = new Set();
  #until = new Map();

  constructor(dossier, tender, listed) {
    const told = tender.notice.facts.facts;
    const [window, over] = [OPENS, CLOSES].map((name) => only(dossier, name));
    const [late, lateSecond] = lateIn(dossier);
    const [asked, permitted] = ["bidder_factor", "remedy"].map((name) => own(told, name) === "yes");
    Object.assign(this, { dossier, tender, listed, window, over, late, lateSecond, asked, permitted });
    this.#checkWindow();
    this.#checkLate(late, dossier.one("section.closed"), tender.keyset);
    if (lateSecond) this.#checkLate(lateSecond, dossier.one(LOCKING), tender.second);
  }

  /** Whether these parts were opened by keys, not shown in plain; refuses what lacked its factor. */
  opens({ id }, parts, event) {
    const shown = parts.every((part) => this.#shown.has(`${id}/${part}`));
    hold({ opened: !this.asked || shown || this.#factors.has(id) }, "evidence.factor", event);
    return !shown;
  }

  /** Whether a bid's failure was found with keys; its reason stands, and the remedy it was given is the due one. */
  fails({ id }, event) {
    const { reason } = event.facts;
    if (reason === MISSING) {
      const over = this.over !== null && this.over.number < event.number;
      hold({ asked: this.asked && over, given: !this.#factors.has(id) }, "evidence.factor", event);
    }
    const late = event.facts.part === PRICE ? this.lateSecond : this.late;
    if (reason === OVERDUE) hold({ limit: late !== null && late.number < event.number }, "evidence.overdue", event);
    this.#offer(id, event);
    return reason !== OVERDUE;
  }

  /** One of `RESCUES`, of a bid that is `sealed` or `waits` for its part by its own bidder's fault or another's. */
  tell(event, bid, { sealed, waits, part, byBidder }) {
    if ([GIVEN, REFUSED].includes(event.name)) this.#factor(event, bid, sealed);
    else if (event.name === ENDED) {
      hold({ waits: waits && byBidder && !this.#shown.has(`${bid.id}/${part}`) }, "evidence.remedy", event);
      this.#notBefore(event, this.#until.get(bid.id) ?? event.at, event.at);
    } else this.#show(event, bid);
  }

  /** t keys stood released before the first thing that needed them; without such a thing their limit had passed. */
  keysBefore(effect) {
    const { keyset } = this.tender;
    if (effect) releasesBefore(this.dossier, keyset, this.dossier.one("section.closed"), effect);
    else if (this.late === null) {
      throw new Problem("evidence.too-few-keys", { have: 0, need: keyset.document.threshold, where: "events.json" });
    }
  }

  /** The window opened when the keys were there, for the length that the rule set gives, and told who was missing. */
  #checkWindow() {
    const { window, over, dossier, tender } = this;
    if (window === null) return hold({ window: over === null }, "evidence.factor", over);
    inOrder(dossier.one("section.closed"), window, ...(over ? [over] : []));
    releasesBefore(dossier, tender.keyset, dossier.one("section.closed"), window);
    const length = this.#length("factorWindow");
    const until = instant(window.facts.until, window.where);
    const right = { asked: this.asked, section: window.subject === dossier.section, until: until >= window.at + length - SLACK };
    hold(right, "evidence.factor", window);
    return over === null ? undefined : this.#checkOver(over, window.at + length, window.at);
  }

  #checkOver(over, limit, since) {
    const { dossier, listed } = this;
    const ended = dossier.all(GIVEN, "bid.opened", "bid.cause-decided").filter((one) => one.number < over.number);
    const done = ended.map((one) => one.subject);
    const missing = listed.filter((bid) => !done.includes(bid)).sort(compareText);
    hold({ section: over.subject === dossier.section, missing: equal(over.facts.missing, missing) }, "evidence.factor", over);
    this.#notBefore(over, limit, since);
  }

  /** Too few keys at the limit after they were asked for: as many as the log holds, and the limit was reached. */
  #checkLate(late, asked, keyset) {
    const { dossier } = this;
    if (late === null) return;
    hold({ round: keyset !== null }, "evidence.overdue", late);
    inOrder(asked, late);
    const before = dossier.all("key.released").filter((one) => one.number < late.number && one.facts.keyset === keyset.hash);
    const { released, needed } = late.facts;
    const { threshold } = keyset.document;
    const right = {
      section: late.subject === dossier.section,
      released: released === before.length && released < threshold,
      needed: needed === threshold,
    };
    hold(right, "evidence.overdue", late);
    this.#notBefore(late, asked.at + this.#length("keyReleaseLimit"), asked.at);
  }

  #factor(event, { id, manifest }, sealed) {
    const { window, over } = this;
    const tries = this.#tries.get(id) ?? 0;
    const left = MOST_TRIES - tries - 1;
    const right = {
      window: window !== null && window.number < event.number,
      closed: over === null || event.number < over.number,
      given: !this.#factors.has(id) && sealed,
      manifest: event.facts.manifest === b64(manifest.digest),
      left: tries < MOST_TRIES && (event.name === GIVEN || event.facts.left === left),
    };
    hold(right, "evidence.factor", event);
    if (event.name === GIVEN) this.#factors.add(id);
    else this.#tries.set(id, tries + 1);
  }

  /** A remedy where the document permits one or the platform is at fault, once, for the time of the rule set. */
  #offer(id, event) {
    const { facts, where } = event;
    const known = this.#until.get(id);
    const may = REMEDIABLE.includes(facts.reason) && (this.permitted || facts.reason === OVERDUE);
    if (!has(facts, "remedy")) return hold({ denied: !may || known !== undefined }, "evidence.remedy", event);
    const told = instant(facts.remedy, where);
    const first = event.at + this.#length("remedyWindow") - SLACK;
    hold({ permitted: may, until: told >= (known ?? first) }, "evidence.remedy", event);
    this.#until.set(id, told);
    return undefined;
  }

  #show(event, { id, manifest, second }) {
    const { part, promised, found, manifest: told } = event.facts;
    const entry = (second && part === PRICE ? second : manifest).parts.find((one) => one.part === part);
    const right = {
      asked: this.#until.has(id),
      manifest: told === b64(manifest.digest),
      part: entry !== undefined && !this.#shown.has(`${id}/${part}`),
      promised: entry !== undefined && promised === b64(entry.commit),
      found: (found === promised) === (event.name === SHOWN),
    };
    hold(right, "evidence.remedy", event);
    if (event.name === SHOWN) this.#shown.add(`${id}/${part}`);
  }

  /** `evidence.early` unless the limit, later by each pause of the hall since then, was reached. */
  #notBefore(event, limit, since) {
    const earliest = limit + paused(this.dossier, since, event) - SLACK;
    notBefore(event.at >= earliest, event, earliest);
  }

  #length(name) {
    return BigInt(this.tender.regime[name]) * SECOND;
  }
}

function paused(dossier, since, until) {
  let [total, begun] = [0n, since];
  for (const { name, number, at } of dossier.all("hall.paused", "hall.resumed")) {
    if (number > until.number) break;
    if (name === "hall.paused") begun = at > since ? at : since;
    else if (at > begun) total += at - begun;
  }
  return total;
}

/* The passed limit for the keys of the first envelopes, and that for those of the second; each at most once. */
function lateIn(dossier) {
  const [locked] = dossier.all(LOCKING);
  const of = (second) => dossier.all(LATE).filter((one) => Boolean(locked && one.number > locked.number) === second);
  const [first, second] = [of(false), of(true)];
  if (Math.max(first.length, second.length) > 1) dossier.one(LATE);
  return [first[0] ?? null, second[0] ?? null];
}

const only = (dossier, name) => (dossier.all(name).length ? dossier.one(name) : null);
const hold = (right, code, event) => holdAll(right, code, { where: event?.where ?? "events.json" });
