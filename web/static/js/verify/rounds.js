/** The rounds of a section's evaluation: each judged by what stood when it was set aside, the last by what stands. */
import { Dossier } from "./dossier.js";
import { require } from "./problem.js";

export const REOPENED = "evaluation.reopened";
const RAISED = "result-objection.raised";
const OF_A_ROUND = new Set([
  "marks.locked", "consolidation.begun", "marks.explained", "marks.published", "report.signed", "report.dissented",
  "report.settled", "report.returned", "report.confirmed", "mark.corrected", "tie.decided", "candidates.published", "winner.determined", "capacity.asked",
  "publicity.ended", "candidate.passed-over", "winner.chosen", RAISED, "result-objection.answered",
  "result-objection.withdrawn",
]);

/** Every evaluation in order {own, whole, ended}: what is said of it alone, all before its end, what ended it (or null). */
export function rounds(dossier) {
  const bounds = [null, ...dossier.all(REOPENED), null];
  return bounds.slice(1).map((ended, place) => {
    const begun = bounds[place];
    const whole = dossier.events.filter((one) => ended === null || one.number < ended.number);
    const own = whole.filter((one) => {
      const earlier = begun !== null && one.number < begun.number && OF_A_ROUND.has(one.name);
      return !earlier && one.name !== REOPENED;
    });
    if (ended) own.push(ended);
    const raised = (events) => events.filter((one) => one.name === RAISED).length;
    return { own: part(dossier, own, raised(whole) - raised(own)), whole: part(dossier, whole, 0), ended };
  });
}

/** Nothing that judges must not have known is known when they mark anew; `evidence.way`. */
export function checkReopenable(dossier, tender) {
  for (const { where } of dossier.all(REOPENED)) {
    require(!tender.blind.length && !tender.second, "evidence.way", { field: "known", where });
  }
}

function part({ section, members, policy }, events, before) {
  return Object.assign(new Dossier(section, members, policy, events), { objectionsBefore: before });
}
