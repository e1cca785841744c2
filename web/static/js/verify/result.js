/** The result in the evidence: candidates as computed, and the award to the first who is left, or to nobody. */
import { inOrder } from "./dossier.js";
import { equal, own } from "./json.js";
import { require } from "./problem.js";
import { checkDetermined, checkResultNotice, determination } from "./purchase.js";
import { REOPENED } from "./rounds.js";
import { AWARD, checkPublicities, CHOSEN, ENDED, RAISED, SETTLED } from "./ways.js";

/** What a stranger or a slow trustee may still cause when all is decided. */
export const STILL = ["bid.refused", "key.refused", "key.released"];

/** Candidates, publicity and award follow from the computed order; gives the winner's row. */
export async function checkResult(dossier, tender, opened, out, reported, committee) {
  const expected = published(dossier, tender, opened, out, reported);
  const award = dossier.one(AWARD);
  const { reviewed } = tender.regime;
  require(reviewed || dossier.all(ENDED).length > 0, "evidence.event-missing", { name: ENDED, where: "events.json" });
  const first = await checkPublicities(dossier, tender, opened, expected, award, committee.capacity);
  require(first !== null, "evidence.event-missing", { name: CHOSEN, where: "events.json" });
  const { winner } = award.facts;
  require(equal(winner, first), "evidence.award", { winner: winner.bidder, where: award.where });
  checkLetters(dossier, award);
  await checkResultNotice(award, tender, committee.judges.keys());
  const still = reviewed ? [...STILL, RAISED, ...SETTLED] : STILL;
  for (const event of dossier.after(award)) {
    const facts = { first: event.name, then: award.name, where: event.where };
    require(still.includes(event.name), "evidence.order", facts);
  }
  return first;
}

/** Where letters were written, each bid that stood at the deadline got one, and nobody else. */
function checkLetters(dossier, award) {
  const letters = own(award.facts, "letters");
  if (letters === undefined) return;
  const listed = dossier.one("section.closed").facts.bids.map(({ bid }) => bid);
  const written = Object.keys(letters);
  const wrong = [...listed.filter((one) => !written.includes(one)), ...written.filter((one) => !listed.includes(one))].sort();
  require(wrong.length === 0, "evidence.letters", { bid: wrong[0], where: award.where });
}

/** The candidates followed from the computed order, and the procuring entity ended the tender; gives the failure. */
export async function checkNoAward(dossier, tender, opened, out, reported, committee) {
  const expected = published(dossier, tender, opened, out, reported);
  const failed = dossier.one("section.failed");
  await checkPublicities(dossier, tender, opened, expected, failed, committee.capacity);
  return failed;
}

/** The candidates followed from the computed order, and the procuring entity had the committee evaluate again. */
export async function checkSetAside(dossier, tender, opened, out, reported, committee) {
  const expected = published(dossier, tender, opened, out, reported);
  const reopened = dossier.one(REOPENED);
  await checkPublicities(dossier, tender, opened, expected, reopened, committee.capacity);
  return reopened;
}

/** The candidates as they follow from the order, which are those that were published; `evidence.candidates`. */
function published(dossier, tender, opened, out, reported) {
  const event = determination(dossier, tender);
  const { where, facts: { candidates: stated } } = event;
  inOrder(reported.last, event);
  if (tender.regime.reviewed) checkDetermined(dossier, tender, reported);
  const expected = candidates(opened, out, tender.regime.candidatesMaximum);
  for (let rank = 0; rank < Math.max(expected.length, stated.length); rank += 1) {
    require(equal(stated[rank], expected[rank]), "evidence.candidates", { rank: rank + 1, where });
  }
  return expected;
}

function candidates(opened, out, most) {
  return out.order.slice(0, most).map((bid, place) => {
    const one = typeof bid === "string" ? opened.get(bid) : undefined;
    require(one?.form, "evidence.tie", { rank: place + 1, where: "evaluation.json" });
    return {
      rank: place + 1,
      bid,
      bidder: one.name,
      credit_code: one.bid.bidder.serial,
      price_text: one.told.price,
      total: own(out.total ?? {}, bid) ?? null,
    };
  });
}
