/** What a committee resolves together 评标委员会决议: what may be moved, how votes decide, what follows from it. */
import { at, flagAt, isWritten, membersAt, objectAt, textAt } from "./fields.js";
import { digest, equal, has, own } from "./json.js";
import { labelled } from "./keys.js";
import { itemsOf, readSheet } from "./method.js";
import { Problem, require } from "./problem.js";
import { sha256 } from "./sha.js";

const LABEL = "openhall resolution/v1";
const LONGEST_REASONS = 4000;
const KINDS = ["objective", "rejection", "competition", "replacement", "capacity"];
/** What holds up nobody's marks: that a judge shall leave, and what is asked after the report (TBR 56). */
export const LATER = ["replacement", "capacity"];

/** The 32 bytes a judge signs under a motion or a vote. */
export function resolutionMessage(section, number, content, agrees, reasons) {
  return sha256(labelled(LABEL, digest({ section, number, content, agrees, reasons })));
}

/** What follows from the motions in the order of their numbers, by the votes of those who hold the seats now. */
export function outcomesOf(motions, seats) {
  const found = { rejected: new Map(), finding: null, competition: new Map(), leaving: [], pending: [], capacity: new Map() };
  for (const motion of motions) {
    const { kind, content } = motion;
    const decided = outcome(kind, [...motion.votes.values()], seats);
    if (decided === "pending") found.pending.push(motion);
    else if (decided === "defeated") continue;
    else if (kind === "rejection") found.rejected.set(content.bid, `${content.article}: ${content.reasons}`);
    else if (kind === "objective") found.finding = motion;
    else if (kind === "competition") found.competition.set(JSON.stringify(content.bids), content.lacking);
    else if (kind === "capacity") found.capacity.set(content.request, content.capable);
    else found.leaving.push(content.judge);
  }
  const marks = found.finding?.content.marks ?? {};
  return {
    ...found,
    /** What must be settled before marks are locked. */
    undecided: found.pending.filter((motion) => !LATER.includes(motion.kind)),
    /** Whether the common finding gives objective marks for each of these bids. */
    finds: (valid) => found.finding !== null && valid.every((bid) => has(marks, bid)),
    /** The found marks with their grounds, bid → item → {mark, ground}. */
    objective: (valid) => Object.fromEntries(found.finding === null ? [] : valid.map((bid) => [bid, marks[bid]])),
    /** Whether competition was found lacking with just these bids; null where it is not decided. */
    lacking: (valid) => found.competition.get(JSON.stringify([...valid].sort())) ?? null,
  };
}

/** More than half of all seats decide; under objective marks every judge's answer stands before they count. */
function outcome(kind, votes, seats) {
  const agreed = votes.filter(Boolean).length;
  if (kind === "objective" && votes.length < seats) return "pending";
  if (2 * agreed > seats) return "passed";
  return 2 * (votes.length - agreed) >= seats ? "defeated" : "pending";
}

/** The kind of a motion that may be moved now; its shape is docs/formats/resolutions.md. */
export function checkContent(content, ground) {
  const kind = own(objectAt(content, "$"), "kind");
  if (kind === "objective") checkFinding(membersAt(content, "$", ["kind", "marks"]).marks, ground);
  else if (kind === "rejection") checkRejection(membersAt(content, "$", ["kind", "bid", "article", "reasons"]), ground);
  else if (kind === "competition") checkCompetition(membersAt(content, "$", ["kind", "bids", "lacking", "reasons"]), ground);
  else if (kind === "replacement") {
    const { judge, reasons } = membersAt(content, "$", ["kind", "judge", "reasons"]);
    checkReasons(reasons);
    require(ground.judges.includes(judge), "replacement.judge", { judge: String(judge).slice(0, 40) });
  } else if (kind === "capacity") {
    const { request, bid, capable, reasons } = membersAt(content, "$", ["kind", "request", "bid", "capable", "reasons"]);
    checkReasons(reasons);
    flagAt(capable, "$.capable");
    const asked = ground.asked !== null && request === ground.asked[0] && bid === ground.asked[1];
    require(asked, "capacity.not-asked", { request: String(request).slice(0, 10) });
  } else throw new Problem("evidence.word", { path: "$.kind", value: String(kind).slice(0, 40), allowed: KINDS.join(", ") });
  return kind;
}

/** `resolution.reasons` unless reasons are written out. */
export const checkReasons = (reasons) => require(isWritten(reasons, LONGEST_REASONS), "resolution.reasons", { most: LONGEST_REASONS });

function checkFinding(value, ground) {
  const items = itemsOf(ground.method, "objective");
  require(items.length, "finding.no-items");
  const rows = Object.entries(objectAt(value, "$.marks")).map(([bid, row]) => {
    const path = at("$.marks", bid);
    const marks = Object.entries(objectAt(row, path)).map(([item, one]) => {
      const found = membersAt(one, at(path, item), ["mark", "ground"]);
      const written = isWritten(textAt(found.ground, at(at(path, item), "ground")), LONGEST_REASONS);
      require(written, "finding.ground", { bid, item });
      return [item, found.mark];
    });
    return [bid, Object.fromEntries(marks)];
  });
  readSheet(Object.fromEntries(rows), items, ground.valid, "$.marks");
}

function checkRejection(found, ground) {
  checkReasons(found.reasons);
  require(ground.valid.includes(found.bid), "rejection.bid", { bid: String(found.bid).slice(0, 64) });
  const allowed = ground.regime.rejectionGrounds;
  const given = String(found.article).slice(0, 40);
  require(allowed.includes(found.article), "rejection.ground", { given, allowed: allowed.join(", "), source: "TBR 51" });
}

function checkCompetition(found, ground) {
  checkReasons(found.reasons);
  const lacking = flagAt(found.lacking, "$.lacking");
  const { valid } = ground;
  const minimum = ground.regime.validBidsMinimum;
  require(valid.length < minimum, "competition.enough", { valid: valid.length, minimum });
  const right = equal(found.bids, [...valid].sort()) && (valid.length > 0 || lacking);
  require(right, "competition.bids", { valid: valid.join(", ") });
}
