/** The procuring entity's decision of a tie: left to it, of just the tied bids, signed, before publicity. */
import { unb64 } from "./bytes.js";
import { inOrder } from "./dossier.js";
import { isWritten } from "./fields.js";
import { digest, equal } from "./json.js";
import { labelled } from "./keys.js";
import { placed, require } from "./problem.js";
import { determination } from "./purchase.js";
import { sha256 } from "./sha.js";

const DECIDED = "tie.decided";
const TIE_LABEL = "openhall tie/v1";
const LONGEST_REASONS = 4000;

/** Who signed the decision of a tie, null where there is none; `evidence.tie-decided`, `evidence.order`, `signing.…`. */
export async function checkTie(dossier, tender, opened, out, reported) {
  if (!dossier.all(DECIDED).length) return null;
  const [decision, published] = [dossier.one(DECIDED), determination(dossier, tender)];
  // A judge who had been silent may still sign after the report was settled, and so after the decision.
  inOrder(reported.stands, decision, published);
  const { where, facts } = decision;
  const { decided, reasons, certificate, signature } = facts;
  const { report } = reported;
  const tied = tiedCandidates(out.order, tender.regime.candidatesMaximum);
  const right = {
    method: tender.method.tie.includes("procuring_entity"),
    decided: tied.length > 0 && putsInOrder(decided, tied),
    report: facts.report === report,
    reasons: isWritten(reasons, LONGEST_REASONS),
  };
  for (const [field, holds] of Object.entries(right)) require(holds, "evidence.tie-decided", { field, where });
  const signer = await placed(where, () => {
    const message = sha256(labelled(TIE_LABEL, digest({ section: dossier.section, report, decided, reasons })));
    return dossier.signed(unb64(certificate), unb64(signature), message, decision.at);
  });
  const bidders = [...opened.values()].map((one) => one.bid.bidder.serial);
  require(!bidders.includes(signer.serial), "evidence.tie-decided", { field: "signer", where });
  return signer;
}

/** The computed order with tied bids as the procuring entity put them. */
export function decidedOrder(dossier, out) {
  const groups = dossier.all(DECIDED)[0]?.facts.decided ?? [];
  return out.order.flatMap((place) => {
    if (!Array.isArray(place)) return [place];
    return groups.find((group) => putsInOrder([group], [place])) ?? [place];
  });
}

function tiedCandidates(order, most) {
  const found = [];
  let rank = 1;
  for (const place of order) {
    if (rank > most) break;
    if (Array.isArray(place)) found.push(place);
    rank += Array.isArray(place) ? place.length : 1;
  }
  return found;
}

const putsInOrder = (decided, tied) => equal(decided.map((one) => [...one].sort()), tied.map((one) => [...one].sort()));
