/** The purchaser's examination of qualification in the evidence: complete, signed, before anybody judges (M87 44). */
import { unb64 } from "./bytes.js";
import { inOrder } from "./dossier.js";
import { checkAnswers, examine, itemsFor } from "./examination.js";
import { digest, equal } from "./json.js";
import { labelled } from "./keys.js";
import { placed, require } from "./problem.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";

const EXAMINED = "qualification.examined";
const LABEL = "openhall qualification/v1";

/** Who is out and why, bid → reasons; nobody where the purchaser examines nothing. `evidence.qualification`, … */
export async function checkQualification(dossier, tender, opened) {
  const items = itemsFor(tender, false);
  const told = dossier.all(EXAMINED);
  if (!items.length) {
    require(!told.length, "evidence.qualification", { field: "items", where: told[0]?.where });
    return {};
  }
  const event = dossier.one(EXAMINED);
  inOrder(dossier.one("section.opened"), event, ...dossier.all("judge.signed-in").slice(0, 1));
  const sound = [...opened].filter(([, one]) => one.sound).map(([bid]) => bid);
  const { answers, certificate, signature } = event.facts;
  const signer = await placed(event.where, () => {
    checkAnswers(answers, items, sound);
    const message = sha256(labelled(LABEL, digest({ section: dossier.section, answers })));
    return dossier.signed(unb64(certificate), unb64(signature), message, event.at);
  });
  const { rejected } = examine(items, { purchaser: answers }, 1);
  const bidders = [...opened.values()].map((one) => one.bid.bidder.serial);
  const left = sound.length - Object.keys(rejected).length;
  const few = left < tender.regime.validBidsMinimum;
  const right = {
    signer: !bidders.includes(signer.serial),
    rejected: equal(event.facts.rejected, rejected),
    failed: few === failedUnqualified(dossier),
  };
  holdAll(right, "evidence.qualification", { where: event.where });
  const remaining = !few || dossier.one("section.failed").facts.remaining === left;
  holdAll({ remaining }, "evidence.qualification", { where: event.where });
  return rejected;
}

/** Whether the section ended because too few qualified. */
export const failedUnqualified = (dossier) =>
  dossier.all("section.failed").some((one) => one.facts.reason === "too-few-qualified");
