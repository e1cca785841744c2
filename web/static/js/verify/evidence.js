/** Recomputing a whole section from its evidence file alone: bytes in, one step after the other or the first refusal. */
import { checkBids, checkClosing, memberName } from "./bids.js";
import { checkLabels } from "./blind.js";
import { checkIndex, checkPolicy, EVENTS, INDEX, POLICY, readDossier, SEAL } from "./chain.js";
import { checkCommittee, difference } from "./committee.js";
import { checkDraws, drawMembers } from "./draws.js";
import { checkExplanations } from "./explanations.js";
import { checkInquiries } from "./inquiries.js";
import { checkInvited } from "./invited.js";
import { checkEnded, checkFewBids, checkFound, checkHalted, FAILURE, failedEarly, hasFailed } from "./failure.js";
import { checkCommitments, checkEvaluation, checkReport, EVALUATION } from "./marks.js";
import { checkLists } from "./lists.js";
import { checkOpening, PRICED, stopped } from "./opening.js";
import { placed, require } from "./problem.js";
import { checkQualification, failedUnqualified } from "./qualification.js";
import { checkRecord } from "./record.js";
import { checkPage, PAGE } from "./reportpage.js";
import { rescueSteps } from "./rescue.js";
import { checkReserves } from "./reserve.js";
import { checkNoAward, checkResult, checkSetAside } from "./result.js";
import { checkAnswers, checkReview } from "./review.js";
import { checkReopenable, rounds } from "./rounds.js";
import { checkSitting } from "./sitting.js";
import { checkSecond } from "./second.js";
import { checkReleases, checkTender, LOCKING, readKeysets } from "./tender.js";
import { checkTie, decidedOrder } from "./tie.js";
import { checkTokens, TOKENS } from "./times.js";
import { endedWithoutAward, PASSED } from "./ways.js";
import { unpack } from "./zip.js";

const NOTHING = () => {};

/**
 * Each step {name, facts} as it is found to hold; the first that does not throws its Problem, with `where`.
 * `policy` must come from elsewhere than the file; null judges the file by its own: integrity only.
 * `progress(done, all)` is told of the events as they are proven.
 */
export async function* verifyEvidence(data, policy, progress = NOTHING) {
  const members = await placed("the file", () => unpack(data));
  yield step("zip", { members: members.size, bytes: data.length });
  await checkIndex(members, hashed);
  yield step("index", { listed: members.size - 2 });
  const judged = await checkPolicy(members, policy);
  yield step("policy", { log: judged.log.name, witnesses: judged.witnesses.size, own: policy === null });
  const dossier = await readDossier(members, judged, progress);
  const { events, section, hidden } = dossier;
  yield step("log", { section, events: events.length + 1, size: events.at(-1).size, hidden });
  checkMembers(dossier);
  yield step("members", { listed: members.size });
  if (members.has(TOKENS)) yield step("times", await checkTokens(dossier));
  yield* ofSection(dossier);
}

async function* ofSection(dossier) {
  const keysets = await readKeysets(dossier);
  const tender = await checkTender(dossier, keysets);
  yield step("tender", { title: tender.title, regime: tender.regime.id, demo: tender.regime.demo });
  if (failedEarly(dossier)) {
    const listed = await checkFewBids(dossier, tender, keysets);
    yield step("unopened", { listed, minimum: tender.keyset.document.release.minimum });
  } else yield* ofOpening(dossier, tender, keysets);
  checkPage(dossier, tender);
  yield step("page", {});
}

async function* ofOpening(dossier, tender, keysets) {
  const bids = await checkBids(dossier, tender);
  yield step("bids", { submitted: bids.size, deadline: tender.stated });
  const invited = checkInvited(dossier, tender, bids);
  if (invited !== null) yield step("invited", { invited });
  const standing = await checkClosing(dossier, tender, bids);
  yield step("closing", { listed: standing.length });
  await checkReleases(dossier, keysets);
  const opened = await checkOpening(dossier, tender, standing);
  const left = [...opened.values()];
  const unopened = left.filter((one) => one.form === null).length;
  const out = left.filter((one) => !one.sound).length;
  yield step("opening", { opened: left.length - unopened, unopened, left_out: out });
  for (const [name, told] of rescueSteps(dossier)) yield step(name, told);
  const answers = await checkRecord(dossier, tender, opened);
  if (answers) yield step("record", answers);
  const reserve = await checkReserves(dossier, tender, opened);
  if (reserve) yield reserve.reason === null
    ? step("reserve", { name: reserve.name, price: reserve.price })
    : step("reserve-unopened", { name: reserve.name, reason: reserve.reason });
  for (const one of await checkLists(dossier, bids)) yield step("list", one);
  if (stopped(dossier) && !dossier.all(LOCKING).length) {
    await checkDraws(dossier, keysets, true);
    const failed = checkHalted(dossier, tender, opened);
    await checkEnded(dossier, tender, failed);
    yield step("halted", { remaining: failed.facts.remaining, minimum: failed.facts.minimum });
    return;
  }
  if (failedUnqualified(dossier)) {
    await checkDraws(dossier, keysets, true);
    const rejected = await checkQualification(dossier, tender, opened);
    await checkEnded(dossier, tender, dossier.one("section.failed"), true);
    yield step("unqualified", { rejected: Object.keys(rejected).length });
    return;
  }
  const revealed = await checkDraws(dossier, keysets);
  yield step("draw", { draw: revealed.subject, seats: revealed.facts.seats });
  checkReopenable(dossier, tender);
  const found = rounds(dossier);
  for (const [place, one] of found.slice(0, -1).entries()) yield* setAside(one, tender, opened, place + 1);
  const seated = await checkCommittee(dossier, tender, opened);
  const pauses = checkSitting(dossier, seated.judges);
  dossier = found.at(-1).own;
  yield step("committee", { judges: seated.judges.size, rejected: seated.standing.rejected.size });
  if (pauses) yield step("pauses", { pauses });
  const committee = checkSecond(dossier, tender, keysets, opened, seated);
  const prices = dossier.all(PRICED).length;
  if (tender.second && prices) yield step("second", { opened: prices, counted: committee.valid.length });
  if (stopped(dossier)) {
    const failed = checkHalted(dossier, tender, opened, committee.valid);
    await checkEnded(dossier, tender, failed);
    yield step("halted", { remaining: failed.facts.remaining, minimum: failed.facts.minimum });
    return;
  }
  if (dossier.all("section.failed").length && !endedWithoutAward(dossier)) {
    const failed = checkFound(dossier, tender, committee);
    await checkEnded(dossier, tender, failed);
    yield step("failed", { reason: failed.facts.reason });
    return;
  }
  yield* ofEvaluation(dossier, tender, opened, committee);
}

/** An evaluation that the procuring entity had done again held as much as any until then. */
async function* setAside({ own, whole }, tender, opened, round) {
  const committee = await checkCommittee(whole, tender, opened);
  const [ordered, reported] = yield* ofMarks(own, tender, opened, committee, false);
  const reopened = await checkSetAside(own, tender, opened, ordered, reported, committee);
  yield step("set-aside", { round, cause: reopened.facts.cause });
}

/** From the locks to the report; gives the evaluation's `out` in its decided order, and by what it was reported. */
async function* ofMarks(dossier, tender, opened, committee, filed = true) {
  await checkCommitments(dossier, committee);
  const judges = committee.judges.size;
  yield step("marks", { judges });
  const labels = checkLabels(dossier, tender, committee);
  if (labels.size) yield step("blind", { labels: labels.size });
  const out = await checkEvaluation(dossier, tender, opened, committee, labels, filed);
  const named = (bid) => opened.get(bid)?.name ?? bid;
  const order = out.order.map((rank) => (Array.isArray(rank) ? rank.map(named).join(" = ") : named(rank))).join(" > ");
  yield step("evaluation", { order });
  const explanations = await checkExplanations(dossier, tender, committee, labels);
  checkReport(dossier, tender, committee, explanations);
  const reported = await checkAnswers(dossier, tender, committee.judges);
  const { signed, dissented } = reported;
  yield step("report", { signed, dissented, silent: judges - signed - dissented });
  const reviewed = await checkReview(dossier, tender, opened, committee.judges);
  if (Object.values(reviewed).some(Boolean)) yield step("review", reviewed);
  const signer = await checkTie(dossier, tender, opened, out, reported);
  if (signer) yield step("tie", { signer: signer.subject, serial: signer.serial });
  return [{ ...out, order: decidedOrder(dossier, out) }, reported];
}

async function* ofEvaluation(dossier, tender, opened, committee) {
  if (dossier.events.some((one) => one.name.startsWith("inquiry."))) {
    yield step("inquiries", await checkInquiries(dossier, tender, opened, committee));
  }
  const [ordered, reported] = yield* ofMarks(dossier, tender, opened, committee);
  const passed = dossier.all(PASSED).length;
  if (endedWithoutAward(dossier)) {
    const failed = await checkNoAward(dossier, tender, opened, ordered, reported, committee);
    await checkEnded(dossier, tender, failed);
    yield step("no-award", { cause: failed.facts.cause, passed });
    return;
  }
  const winner = await checkResult(dossier, tender, opened, ordered, reported, committee);
  if (committee.capacity.size) yield step("capacity", { asked: committee.capacity.size });
  if (passed) yield step("ways", { passed });
  if (tender.byChoice) yield step("choice", { winner: winner.bidder, rank: winner.rank });
  yield step("result", { winner: winner.bidder, price: winner.price_text });
}

/** The file holds what its events call for and nothing else; `evidence.member-missing`, `evidence.member-unknown`. */
function checkMembers(dossier) {
  const expected = new Set([POLICY, EVENTS, PAGE, INDEX, SEAL, ...drawMembers(dossier)]);
  for (const one of dossier.all("bid.submitted", "bid.replaced")) expected.add(memberName(one.subject));
  if (rounds(dossier).at(-1).own.all("marks.published").length) expected.add(EVALUATION);
  if (hasFailed(dossier)) expected.add(FAILURE);
  if (dossier.members.has(TOKENS)) expected.add(TOKENS);
  for (const where of difference(expected, dossier.members.keys())) {
    require(!expected.has(where), "evidence.member-missing", { where });
    require(false, "evidence.member-unknown", { where });
  }
}

const hashed = async (data) => new Uint8Array(await crypto.subtle.digest("SHA-256", data));
const step = (name, facts) => ({ name, facts });
