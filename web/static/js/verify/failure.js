/** A failed section in the evidence: that it had to fail, that it ended there, and the notice that tells everybody. */
import { checkClosed } from "./bids.js";
import { CHANGES } from "./changes.js";
import { jsonMember } from "./dossier.js";
import { isBlank, membersAt } from "./fields.js";
import { equal, has } from "./json.js";
import { agreedBefore, stopped, tooFew } from "./opening.js";
import { placed, require } from "./problem.js";
import { checkHall, NOTED } from "./record.js";
import { STILL } from "./result.js";
import { CLOSING, SECOND } from "./tender.js";

export const FAILURE = "failure.json";
const TITLE = "\u6d41\u6807\u516c\u544a";
/** All that may stand in the file of a section whose bids nobody opens: none of their own events, and no key. */
const BEFORE = ["section.created", "section.changed", "document.frozen", "keyset.published", "notice.published", ...CHANGES];
const AFTER = ["bid.refused", NOTED];
/** What a draw that runs while its section fails may still cause; it seats nobody any more. */
const OF_THE_DRAW = [
  "draw.", "redraw.", "keyset.published", "judge.replaced", "invitation.", "recusal.", "representative.",
];
const RESULTS = ["marks.", "report.", "tie.", "candidates.", "publicity.", "winner.", "award."];

/** Whether the closing says that too few bids stood, so that nothing was opened. */
export const failedEarly = (dossier) => dossier.all("section.closed").some((one) => one.facts.outcome === "failed");

/** Whether the section failed at all, so that the notice of it must be there. */
export const hasFailed = (dossier) => failedEarly(dossier) || dossier.all("section.failed").length > 0;

/** The listed bids are fewer than the minimum, and no key, no opening and no bid's own event stands in the record. */
export async function checkFewBids(dossier, tender, keysets) {
  const closed = checkClosed(dossier, tender);
  const rows = closed.facts.bids;
  for (const event of dossier.events) {
    const may = event === closed || (event.number < closed.number ? BEFORE : AFTER).includes(event.name);
    require(may, "evidence.failed-section", { name: event.name, bids: rows.length, where: event.where });
  }
  checkHall(dossier);
  for (const [place, { event }] of keysets) {
    require([CLOSING, SECOND].includes(place), "evidence.keyset", { field: "release", where: event.where });
  }
  const once = ["bid", "manifest"].every((field) => new Set(rows.map((row) => row[field])).size === rows.length);
  const facts = { listed: rows.length, standing: dossier.hidden, missing: "none", where: closed.where };
  require(once && rows.length <= dossier.hidden, "evidence.list", facts);
  await checkNotice(dossier, tender, { reason: "too-few-bids", bids: rows.length });
  return rows.length;
}

/** The opening had halted with just the bids that were left, and an officer ended it with reasons; gives the failure. */
export function checkHalted(dossier, tender, opened, priced = null) {
  const failed = dossier.one("section.failed");
  const { facts, where } = failed;
  const { minimum } = (priced && tender.second ? tender.second : tender.keyset).document.release;
  const before = (name) => dossier.all(name).filter((one) => one.number < failed.number);
  const last = before("opening.halted").at(-1);
  const recorded = dossier.all("section.opened").length > 0;
  const kept = [...opened.values()].filter((one) => (recorded ? one.sound : one.form !== null));
  const left = (priced ?? kept).length;
  const right =
    last !== undefined &&
    !before("opening.continued").some((one) => one.number > last.number) &&
    last.facts.remaining === left && facts.remaining === left &&
    last.facts.minimum === minimum && facts.minimum === minimum &&
    tooFew(left, minimum, agreedBefore(dossier, failed)) &&
    !isBlank(facts.reasons);
  require(right, "evidence.failure", { reason: facts.reason, where });
  for (const event of dossier.events) {
    const late = RESULTS.some((prefix) => event.name.startsWith(prefix)) && !(priced && event.name === "marks.locked");
    require(!late, "evidence.failed-section", { name: event.name, bids: left, where: event.where });
  }
  return failed;
}

/** Whether fewer valid bids are left than are evaluated: nobody is, or the committee has no say in it (M87 44). */
const notEvaluated = (regime, left) => left < regime.validBidsMinimum && (left === 0 || !regime.tooFewValid.includes("competition"));

/** The committee's own finding ended the section; gives the failure. `evidence.failure`. */
export function checkFound(dossier, tender, committee) {
  const failed = dossier.one("section.failed");
  const { standing, valid } = committee;
  const { reason, remaining } = failed.facts;
  const found = {
    "competition-lacking": standing.lacking(valid) === true,
    "all-rejected": standing.rejected.size > 0 && valid.length === 0,
    "too-few-valid": notEvaluated(tender.regime, valid.length) && committee.examined !== null,
  };
  const right = has(found, reason) && found[reason] && remaining === valid.length;
  require(right, "evidence.failure", { reason, where: failed.where });
  return failed;
}

/** Nothing was done after the failure, and its notice tells it as it was; `evidence.order`, `evidence.failure-notice`. */
export async function checkEnded(dossier, tender, failed, drawing = false) {
  const still = drawing || stopped(dossier) ? [...STILL, ...OF_THE_DRAW] : STILL;
  for (const event of dossier.after(failed)) {
    const may = still.some((prefix) => event.name.startsWith(prefix));
    require(may, "evidence.order", { first: event.name, then: failed.name, where: event.where });
  }
  const { reason, remaining, reasons } = failed.facts;
  await checkNotice(dossier, tender, { reason, bids: remaining, ...(reasons === undefined ? {} : { text: reasons }) });
}

/** The notice says just what the record does; which article it names is its author's word. */
async function checkNotice(dossier, tender, told) {
  const notice = jsonMember(dossier.members, FAILURE);
  await placed(FAILURE, () => {
    membersAt(notice, "$", ["kind", "title", "project", "section", "facts"]);
    membersAt(notice.facts, "$.facts", [...Object.keys(told), "source"]);
  });
  const expected = {
    kind: "failed",
    title: `${tender.title}${TITLE}`,
    project: tender.title,
    section: dossier.section,
    facts: { ...told, source: notice.facts.source },
  };
  for (const [field, value] of Object.entries(expected)) {
    require(equal(notice[field], value), "evidence.failure-notice", { field, where: FAILURE });
  }
}
