/** Marks in the evidence: bound by signed commitments before any was readable, true to them, recomputed, reported. */
import { concat, sameBytes, unb64 } from "./bytes.js";
import { byBid } from "./blind.js";
import { afterCosigning, inOrder, SLACK } from "./dossier.js";
import { recomputeEvaluation } from "./evaluation.js";
import { canonical, equal, has, own } from "./json.js";
import { placed, require } from "./problem.js";
import { complete, versions } from "./review.js";
import { sha256 } from "./sha.js";
import { instant } from "./time.js";

export const EVALUATION = "evaluation.json";

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

/**
 * The evaluation recomputed from frozen method, opened prices, resolutions and published marks; gives its last `out`.
 * One that was set aside is not `filed`: the file's own evaluation is the one in force.
 */
export async function checkEvaluation(dossier, tender, opened, committee, labels, filed = true) {
  const published = dossier.one("marks.published");
  const { evaluation: document, sheets } = published.facts;
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
  const member = dossier.members.get(EVALUATION);
  const final = versions(dossier, tender).at(-1).document;
  const same = !filed || (member !== undefined && sameBytes(member, canonical(final)));
  require(same, "evidence.evaluation", { field: "file", where: EVALUATION });
  return final.out;
}

/** The first version of the report says what was computed from the marks as they were locked. */
export function checkReport(dossier, tender, committee, explanations) {
  const [published, opened] = [dossier.one("marks.published"), dossier.one("section.opened")];
  const { report, evaluation: { out } } = published.facts;
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
