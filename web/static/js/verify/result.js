/** The result in the evidence: candidates as computed, a publicity that ran its time, the award to the first. */
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { equal, own } from "./json.js";
import { checkPublicity } from "./periods.js";
import { placed, require } from "./problem.js";
import { instant } from "./time.js";

/** What a stranger or a slow trustee may still cause when all is decided. */
export const STILL = ["bid.refused", "key.refused", "key.released"];

/** Candidates, publicity and award follow from the computed order; gives the winner's row. */
export async function checkResult(dossier, tender, opened, out, reported) {
  const [published, ended] = [dossier.one("candidates.published"), dossier.one("publicity.ended")];
  const award = dossier.one("award.published");
  inOrder(reported, published, ended, award);
  const expected = candidates(opened, out, tender.regime.candidatesMaximum);
  const stated = published.facts.candidates;
  for (let rank = 0; rank < Math.max(expected.length, stated.length); rank += 1) {
    require(equal(stated[rank], expected[rank]), "evidence.candidates", { rank: rank + 1, where: published.where });
  }
  const ends = instant(published.facts.publicity_ends, published.where);
  await placed(published.where, () => checkPublicity(tender.regime, published.at - SLACK, ends));
  checkObjections(dossier, published, ended);
  for (const event of [ended, award]) notBefore(event.at >= ends && dossier.cosignedSince(event, ends), event, ends);
  const { winner } = award.facts;
  require(equal(winner, expected[0]), "evidence.award", { winner: winner.bidder, where: award.where });
  for (const event of dossier.after(award)) {
    const facts = { first: event.name, then: award.name, where: event.where };
    require(STILL.includes(event.name), "evidence.order", facts);
  }
  return expected[0];
}

/** Every objection to the result came in the publicity and was settled before its end, none upheld (TBR 54). */
function checkObjections(dossier, published, ended) {
  const raised = dossier.all("result-objection.raised");
  const settled = [...dossier.all("result-objection.answered"), ...dossier.all("result-objection.withdrawn")];
  const numbers = settled.map(({ facts }) => facts.number);
  for (const [place, { facts: { number }, where }] of raised.entries()) {
    require(number === place + 1 && numbers.includes(number), "evidence.objection", { number, where });
  }
  for (const one of settled) {
    const { number } = one.facts;
    const known = number >= 1 && number <= raised.length && numbers.filter((other) => other === number).length === 1;
    require(known && !one.facts.upheld, "evidence.objection", { number, where: one.where });
    inOrder(published, raised[number - 1], one, ended);
  }
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
