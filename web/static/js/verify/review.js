/** The report's versions: answered by every judge, returned by the procuring entity, marks corrected. */
import { b64, unb64 } from "./bytes.js";
import { difference } from "./committee.js";
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { recomputeEvaluation } from "./evaluation.js";
import { isFar } from "./explanations.js";
import { decimalAt, isWritten } from "./fields.js";
import { digest, has, own } from "./json.js";
import { labelled } from "./keys.js";
import { endOf } from "./periods.js";
import { placed, placedNow, require } from "./problem.js";
import { compare, ZERO } from "./rational.js";
import { checkReasons } from "./resolving.js";
import { sha256 } from "./sha.js";
import { instant } from "./time.js";

const [CONFIRMED, RETURNED, CORRECTED] = ["report.confirmed", "report.returned", "mark.corrected"];
const REPORT_LABEL = "openhall report/v1";
const DISSENT_LABEL = "openhall dissent/v1";
const REVIEW_LABEL = "openhall review/v1";
const CORRECTION_LABEL = "openhall correction/v1";
const LONGEST_REASONS = 4000;
const FIELDS = ["judge", "bid", "item", "old", "new", "reason", "reasons"];

/** What every judge signs under a version, as the record writes it. */
export const messageOf = ({ report }) => b64(sha256(labelled(REPORT_LABEL, digest(report))));

/** Every version of report and evaluation in order, each recomputed from the one before; `evidence.correction`. */
export function versions(dossier, tender) {
  const published = dossier.one("marks.published");
  const found = [{ start: published, report: published.facts.report, document: published.facts.evaluation }];
  for (const event of dossier.all(RETURNED, CORRECTED)) {
    inOrder(published, event);
    const now = found.at(-1);
    if (event.name === RETURNED) {
      const { reason, reasons } = event.facts;
      const returned = [...(own(now.report, "returned") ?? []), { reason, reasons }];
      found.push({ start: event, report: { ...now.report, returned }, document: now.document });
    } else found.push(corrected(now, event, tender.regime));
  }
  return found;
}

function corrected({ report, document }, event, regime) {
  const { where } = event;
  const one = correctionOf(event);
  const { judge, bid, item } = one;
  const marks = own(document, "marks") ?? {};
  const row = own(own(marks, judge) ?? {}, bid) ?? {};
  const right = placedNow(where, () => ({
    mark: has(row, item),
    old: own(row, item) === one.old,
    reason: regime.correctionReasons.includes(one.reason),
    extreme: one.reason === "extreme-mark" && has(row, item) && isExtreme(marks, one, regime),
    new: one.new !== one.old,
    reasons: isWritten(one.reasons, LONGEST_REASONS),
  }));
  hold(event, "evidence.correction", right);
  const changed = { ...marks, [judge]: { ...marks[judge], [bid]: { ...row, [item]: one.new } } };
  const renewed = { ...document, marks: changed };
  delete renewed.out;
  return placedNow(where, () => {
    const out = recomputeEvaluation(renewed);
    const corrections = [...(own(report, "corrections") ?? []), one];
    return { start: event, report: { ...report, out, corrections }, document: { ...renewed, out } };
  });
}

function isExtreme(marks, { judge, bid, item }, regime) {
  const share = decimalAt(regime.outlierShare, "$");
  const rows = Object.entries(marks);
  return rows.length > 1 && compare(share, ZERO) > 0 && isFar(rows, judge, bid, item, share);
}

/** Every judge signed the last version, dissented in writing, or was silent for the whole time; gives how. */
export async function checkAnswers(dossier, tender, judges) {
  const found = answered(dossier, tender, judges);
  for (const one of found) await checkVersion(dossier, tender, judges, one);
  const { version, answers, stands } = found.at(-1);
  const given = [...answers.values()];
  const signed = given.filter(({ name }) => name === "report.signed").length;
  return { last: latest([stands, ...given]), stands, report: messageOf(version), signed, dissented: given.length - signed };
}

/** What the procuring entity said to the report and what judges corrected, counted; `evidence.review`, `.correction`. */
export async function checkReview(dossier, tender, opened, judges) {
  const found = answered(dossier, tender, judges);
  const bidders = [...opened.values()].map((one) => one.bid.bidder.serial);
  for (const one of found) {
    if (one.then?.name === RETURNED) await checkVerdict(dossier, tender, bidders, one, one.then);
    else if (one.then) await checkCorrection(dossier, tender, judges, one, one.then);
  }
  const count = (name) => dossier.all(name).length;
  if (count(CONFIRMED)) await checkVerdict(dossier, tender, bidders, found.at(-1), dossier.one(CONFIRMED));
  return { returned: count(RETURNED), corrected: count(CORRECTED), confirmed: count(CONFIRMED) };
}

/** Each version with the answers that were given while it was the last; `evidence.order`, `evidence.judge`. */
function answered(dossier, tender, judges) {
  const all = versions(dossier, tender);
  const events = dossier.all("report.signed", "report.dissented", "report.settled");
  for (const event of events) inOrder(all[0].start, event);
  return all.map((version, place) => {
    const then = all[place + 1]?.start ?? null;
    const within = ({ number }) => version.start.number < number && (then === null || number < then.number);
    const own = events.filter(within);
    const settled = own.filter(({ name }) => name === "report.settled");
    const [, again] = settled;
    require(!again, "evidence.event-twice", { name: "report.settled", where: again?.where });
    const answers = byJudge(own.filter(({ name }) => name !== "report.settled"), judges);
    const stands = settled[0] ?? latest([version.start, ...answers.values()]);
    return { version, answers, settled: settled[0] ?? null, then, stands };
  });
}

async function checkVersion(dossier, tender, judges, { version, answers, settled, then }) {
  const message = messageOf(version);
  for (const [name, event] of answers) {
    await placed(event.where, () => {
      const { report, reasons, signature } = event.facts;
      require(report === message, "evidence.report", { field: "report" });
      let signed = unb64(message);
      if (event.name === "report.dissented") {
        checkReasons(reasons);
        signed = sha256(labelled(DISSENT_LABEL, digest({ report, reasons })));
      }
      return dossier.signed(judges.get(name).certificate, unb64(signature), signed, event.at);
    });
  }
  const silent = settled ? checkSilence(tender, judges, version, answers, settled) : [];
  if (then?.name === CORRECTED) return;
  complete([...answers.keys(), ...silent], judges.keys(), [version.start, ...answers.values()].at(-1));
}

/** Silence was settled once, after the whole signing time, for just those who had not answered by then. */
function checkSilence(tender, judges, version, answers, settled) {
  const earliest = endOf(tender.regime, version.start.at - SLACK, "report-signing");
  notBefore(settled.at >= earliest, settled, earliest);
  for (const event of answers.values()) if (event.name === "report.dissented") inOrder(event, settled);
  const late = (name) => !answers.has(name) || answers.get(name).number > settled.number;
  const silent = [...judges.keys()].filter(late);
  complete(settled.facts.silent, silent, settled);
  return silent;
}

/** A verdict on a report that stood, before a tie was decided and the candidates published, signed by no bidder. */
async function checkVerdict(dossier, tender, bidders, { version, stands }, event) {
  inOrder(stands, event, ...dossier.all("tie.decided"), ...dossier.all("candidates.published", "winner.determined"));
  const { section } = dossier;
  const { facts, where } = event;
  const report = messageOf(version);
  hold(event, "evidence.review", { report: facts.report === report });
  const told = { section, report, verdict: "confirm", reason: "", reasons: "" };
  if (event.name === RETURNED) {
    const { reason, reasons } = facts;
    Object.assign(told, { verdict: "return", reason, reasons });
    hold(event, "evidence.review", {
      reason: tender.regime.correctionReasons.includes(reason),
      reasons: isWritten(reasons, LONGEST_REASONS),
      until: leavesTime(tender, event),
    });
  }
  const signer = await placed(where, () => {
    const message = sha256(labelled(REVIEW_LABEL, digest(told)));
    return dossier.signed(unb64(facts.certificate), unb64(facts.signature), message, event.at);
  });
  hold(event, "evidence.review", { signer: !bidders.includes(signer.serial) });
}

/** Of an own mark, signed by its judge, while the report was not answered by all. */
async function checkCorrection(dossier, tender, judges, { version, answers, settled }, event) {
  const report = messageOf(version);
  const one = correctionOf(event);
  const { facts, where, at } = event;
  hold(event, "evidence.correction", {
    report: facts.report === report,
    subject: judges.has(one.judge) && event.subject === judges.get(one.judge).seated.subject,
    answered: settled === null && answers.size !== judges.size,
    until: leavesTime(tender, event),
  });
  await placed(where, () => {
    const message = sha256(labelled(CORRECTION_LABEL, digest({ section: dossier.section, report, ...one })));
    return dossier.signed(judges.get(one.judge).certificate, unb64(facts.signature), message, at);
  });
}

/** At most one event of each judge; `evidence.judge`. */
function byJudge(events, judges) {
  const found = new Map();
  for (const event of events) {
    const { judge } = event.facts;
    const right = judges.has(judge) && !found.has(judge) && event.subject === judges.get(judge).seated.subject;
    require(right, "evidence.judge", { judge, serial: event.subject, where: event.where });
    found.set(judge, event);
  }
  return found;
}

/** `evidence.judges` unless just those judges are there that are expected. */
export function complete(found, expected, event) {
  const differ = difference(found, expected);
  require(!differ.length, "evidence.judges", { differ: differ.join(", "), where: event.where });
}

const correctionOf = ({ facts }) => Object.fromEntries(FIELDS.map((name) => [name, facts[name]]));
const latest = (events) => events.reduce((one, other) => (other.number > one.number ? other : one));

function leavesTime({ regime }, event) {
  return endOf(regime, event.at - SLACK, "report-signing") <= instant(event.facts.until, event.where);
}

function hold({ where }, code, right) {
  for (const [field, holds] of Object.entries(right)) require(holds, code, { field, where });
}
