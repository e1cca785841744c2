/** An invited tender in the evidence: the list was made with the notice, long enough, and nobody else handed in. */
import { inOrder } from "./dossier.js";
import { own } from "./json.js";
import { require } from "./problem.js";
import { holdAll } from "./tender.js";

const INVITED = "bidders.invited";

/** How many were invited, null for an open tender; `evidence.invited` names the field, `.not-invited` the bid. */
export function checkInvited(dossier, tender, bids) {
  const told = tender.notice.facts.facts;
  const ground = own(told, "invited_by") ?? null;
  if (ground === null) {
    for (const { where } of dossier.all(INVITED)) require(false, "evidence.invited", { field: "notice", where });
    return null;
  }
  const invited = dossier.one(INVITED);
  inOrder(tender.notice, invited);
  const { invitationGrounds, invitedMinimum } = tender.regime;
  const codes = invited.facts.invited.map((one) => one.credit_code);
  const right = {
    ground: invitationGrounds.includes(ground),
    article: invited.facts.ground === ground,
    reasons: Boolean((own(told, "invited_why") ?? "").trim()),
    list: codes.join("\n") === [...new Set(codes)].sort().join("\n"),
    number: codes.length >= invitedMinimum,
  };
  holdAll(right, "evidence.invited", { where: invited.where });
  for (const { id, bidder, submitted } of bids.values()) {
    inOrder(invited, submitted);
    require(codes.includes(bidder.serial), "evidence.not-invited", { bid: id, where: submitted.where });
  }
  return codes.length;
}
