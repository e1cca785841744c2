/** The end of a government purchase in the evidence: determined by word or silence, then told whole (M87 68, 69). */
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { has, own } from "./json.js";
import { checkPublicity, endOf } from "./periods.js";
import { placed, require } from "./problem.js";
import { holdAll } from "./tender.js";
import { instant } from "./time.js";

export const DETERMINED = "winner.determined";
const PUBLISHED = "candidates.published";
/** What the procuring entity says when it determines; a decided tie is such a word. */
const SPOKEN = ["report.confirmed", "tie.decided"];

/** What tells the ranked bids for the first time: candidates made public, or the determination where none are. */
export function determination(dossier, tender) {
  const [told, others] = tender.regime.reviewed
    ? [DETERMINED, [PUBLISHED, "publicity.ended"]]
    : [PUBLISHED, [DETERMINED]];
  const event = dossier.one(told);
  const [strange] = dossier.all(...others);
  require(strange === undefined, "evidence.order", { first: strange?.name, then: event.name, where: strange?.where });
  return event;
}

/** By the procuring entity's word on this report, or its silence for the whole time; `evidence.early`, `.event-missing`. */
export function checkDetermined(dossier, tender, reported) {
  const event = dossier.one(DETERMINED);
  const spoken = dossier.all(...SPOKEN);
  const { where } = event;
  if (event.facts.silent) {
    const ends = endOf(tender.regime, reported.stands.at, "report-review");
    const [word] = spoken;
    require(word === undefined, "evidence.order", { first: word?.name, then: event.name, where: word?.where });
    notBefore(event.at >= ends && dossier.cosignedSince(event, ends), event, ends);
    return;
  }
  require(spoken.length > 0, "evidence.event-missing", { name: SPOKEN[0], where });
  inOrder(reported.stands, spoken.at(-1), event);
}

/** The result notice stands its time, the challenge counts from its end, and every judge is named; `evidence.result`. */
export async function checkResultNotice(award, tender, judges) {
  const { regime } = tender;
  const { where } = award;
  const told = own(award.facts, "result");
  require((told !== undefined) === regime.reviewed, "evidence.result", { field: "result", where });
  if (told === undefined) return;
  const [ends, until] = [instant(told.notice_ends, where), instant(told.challenge_until, where)];
  await placed(where, () => checkPublicity(regime, award.at - SLACK, ends));
  const named = regime.judgesNamed ? [...judges] : [];
  const right = {
    challenge_until: until >= endOf(regime, ends, "challenge"),
    judges: Object.keys(told.judges).length === named.length && named.every((one) => has(told.judges, one) && told.judges[one]),
  };
  holdAll(right, "evidence.result", { where });
}

/** A purchase is challenged after its result notice, in time (GPR 53). */
export function checkChallenge(award, event) {
  inOrder(award, event);
  const until = instant(award.facts.result.challenge_until, award.where);
  require(event.at - SLACK < until, "evidence.result", { field: "challenge", where: event.where });
}
