/** Marks in the evidence: bound by signed commitments before any was readable, true to them, recomputed, reported. */
import { b64, concat, sameBytes, unb64 } from "./bytes.js";
import { byBid } from "./blind.js";
import { difference } from "./committee.js";
import { afterCosigning, inOrder, notBefore, SLACK } from "./dossier.js";
import { recomputeEvaluation } from "./evaluation.js";
import { canonical, digest, equal, has, own } from "./json.js";
import { labelled } from "./keys.js";
import { endOf } from "./periods.js";
import { placed, require } from "./problem.js";
import { checkReasons } from "./resolving.js";
import { sha256 } from "./sha.js";
import { instant } from "./time.js";

export const EVALUATION = "evaluation.json";
export const REPORT_LABEL = "openhall report/v1";
const DISSENT_LABEL = "openhall dissent/v1";

/** Every judge's one signed commitment was co-signed before the marks were published, and opens to that sheet. */
export async function checkCommitments(dossier, committee) {
  const published = dossier.one("marks.published");
  const { judges, locks } = committee;
  complete(locks.keys(), judges.keys(), published);
  const seats = [...[...judges.values()].map((one) => one.seated), dossier.one("section.opened")];
  for (const [name, event] of locks) {
    for (const seat of seats) inOrder(seat, event, published);
    afterCosigning([event], published);
    await placed(event.where, () => {
      const { commitment, signature } = event.facts;
      return dossier.signed(judges.get(name).certificate, unb64(signature), unb64(commitment), event.at);
    });
  }
  const { sheets } = published.facts;
  complete(Object.keys(sheets), judges.keys(), published);
  for (const [judge, sheet] of Object.entries(sheets)) {
    const event = locks.get(judge);
    const opens = sheetOpens(sheet, judge, dossier.section, event);
    require(opens, "evidence.marks", { judge, where: `${published.where}, ${event.where}` });
  }
}

/** Whether a sheet is what its judge committed to, in the format told then; reasons and pins stand beside marks only. */
function sheetOpens({ salt, ...told }, judge, section, { facts }) {
  const format = own(facts, "format") ?? "marks/v1";
  if (format !== (has(told, "reasons") ? "marks/v2" : "marks/v1")) return false;
  const beside = ([key, row]) => Object.keys(row).every((item) => has(told.marks, key) && has(told.marks[key], item));
  if (![own(told, "reasons") ?? {}, own(told, "pins") ?? {}].every((rows) => Object.entries(rows).every(beside))) return false;
  const found = sha256(concat(`${format}\n`, unb64(salt, 32), canonical({ ...told, judge, section })));
  return sameBytes(found, unb64(facts.commitment));
}

/** The evaluation recomputed from frozen method, opened prices, resolutions and published marks; gives its `out`. */
export async function checkEvaluation(dossier, tender, opened, committee, labels) {
  const published = dossier.one("marks.published");
  const { evaluation: document, sheets } = published.facts;
  const member = dossier.members.get(EVALUATION);
  const same = member !== undefined && sameBytes(member, canonical(document));
  require(same, "evidence.evaluation", { field: "file", where: EVALUATION });
  const expected = {
    method: tender.method,
    bids: bidsInEvidence(opened, committee),
    marks: counted(sheets, committee.valid, labels),
    rejected: Object.fromEntries(committee.standing.rejected),
  };
  const where = `${EVALUATION}, ${published.where}`;
  for (const [field, value] of Object.entries(expected)) {
    require(equal(own(document, field), value), "evidence.evaluation", { field, where });
  }
  const out = await placed(EVALUATION, () => recomputeEvaluation(expected));
  const names = Object.keys(document).sort().join() === [...Object.keys(expected), "out"].sort().join();
  require(names && equal(document.out, out), "evidence.evaluation", { field: "out", where });
  return out;
}

/** The report says what was computed; every judge signed it, dissented in writing, or was silent for the whole time. */
export async function checkReport(dossier, tender, committee, out, explanations) {
  const [published, opened] = [dossier.one("marks.published"), dossier.one("section.opened")];
  const { report } = published.facts;
  const { where } = published;
  const expected = {
    format: "report/v1",
    section: dossier.section,
    title: tender.title,
    opened_at: own(report, "opened_at") ?? null,
    judges: [...committee.judges.keys()].sort(),
    method: tender.method,
    objective: committee.standing.objective(committee.valid),
    rejected: Object.fromEntries(committee.standing.rejected),
    out,
    ...(committee.examined === null ? {} : { examination: committee.examined }),
    ...(Object.keys(explanations).length ? { explanations } : {}),
  };
  for (const field of [...new Set([...Object.keys(expected), ...Object.keys(report)])].sort()) {
    const same = has(expected, field) && has(report, field) && equal(report[field], expected[field]);
    require(same, "evidence.report", { field, where });
  }
  const at = instant(report.opened_at, where);
  require(opened.at - SLACK <= at && at <= opened.at, "evidence.report", { field: "opened_at", where });
  return checkAnswers(dossier, tender, committee.judges, sha256(labelled(REPORT_LABEL, digest(report))));
}

async function checkAnswers(dossier, tender, judges, message) {
  const published = dossier.one("marks.published");
  const answers = byJudge(dossier.all("report.signed", "report.dissented"), judges);
  for (const [name, event] of answers) {
    inOrder(published, event);
    await placed(event.where, () => {
      const { report, reasons, signature } = event.facts;
      require(report === b64(message), "evidence.report", { field: "report" });
      let signed = message;
      if (event.name === "report.dissented") {
        checkReasons(reasons);
        signed = sha256(labelled(DISSENT_LABEL, digest({ report, reasons })));
      }
      return dossier.signed(judges.get(name).certificate, unb64(signature), signed, event.at);
    });
  }
  const settled = dossier.all("report.settled");
  const silent = settled.length ? checkSilence(dossier, tender, judges, answers) : [];
  const last = [published, ...answers.values()].at(-1);
  complete([...answers.keys(), ...silent], judges.keys(), last);
  return [...answers.values(), ...settled].reduce((one, other) => (other.number > one.number ? other : one));
}

/** Silence was settled once, after the whole signing time, for just those who had not answered by then. */
function checkSilence(dossier, tender, judges, answers) {
  const [published, settled] = [dossier.one("marks.published"), dossier.one("report.settled")];
  inOrder(published, settled);
  const earliest = endOf(tender.regime, published.at - SLACK, "report-signing");
  notBefore(settled.at >= earliest, settled, earliest);
  for (const event of answers.values()) if (event.name === "report.dissented") inOrder(event, settled);
  const late = (name) => !answers.has(name) || answers.get(name).number > settled.number;
  const silent = [...judges.keys()].filter(late);
  complete(settled.facts.silent, silent, settled);
  return silent;
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

/** The marks that count, by judge: a bid whose second envelope did not open drops out after it was marked. */
function counted(sheets, valid, labels) {
  const kept = ({ marks }) => Object.fromEntries(Object.entries(byBid(marks, labels)).filter(([bid]) => valid.includes(bid)));
  return Object.fromEntries(Object.entries(sheets).map(([judge, sheet]) => [judge, kept(sheet)]));
}

function bidsInEvidence(opened, { valid, standing }) {
  const found = standing.objective(valid);
  const rows = [...opened].filter(([bid, one]) => one.form && valid.includes(bid));
  return Object.fromEntries(
    rows.map(([bid, { told }]) => {
      if (!has(found, bid)) return [bid, { price: told.price }];
      const marks = Object.entries(found[bid]).map(([item, one]) => [item, one.mark]);
      return [bid, { price: told.price, objective: Object.fromEntries(marks) }];
    }),
  );
}

function complete(found, expected, event) {
  const differ = difference(found, expected);
  require(!differ.length, "evidence.judges", { differ: differ.join(", "), where: event.where });
}
