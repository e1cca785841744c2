/** Signed lists of names: whole when they were signed, by two who neither bid for the section nor judge it. */
import { sameBytes, unb64 } from "./bytes.js";
import { digest } from "./json.js";
import { labelled } from "./keys.js";
import { placed, require } from "./problem.js";
import { sha256 } from "./sha.js";

const UNLOCKED = "list.unlocked";
const LABEL = "openhall list/v1";
const OF_SEATS = ["judge.signed-in", "slip.replaced", "judge.replaced", "representative.named", UNLOCKED];

/** Each list in its order as {judges, first, second}; `evidence.list` names the field that is wrong, `signing.…` the signature. */
export async function checkLists(dossier, bids) {
  const [seated, vacant, found] = [new Set(), new Set(), []];
  for (const event of dossier.all(...OF_SEATS)) {
    if (event.name === UNLOCKED) {
      const accounted = new Set([...seated, ...vacant]);
      found.push(await placed(event.where, () => check(dossier, bids, event, accounted)));
      continue;
    }
    const { judge, alternate } = event.facts;
    seated.delete(judge);
    vacant.delete(judge);
    if (event.name === "judge.signed-in") seated.add(judge);
    if (event.name === "judge.replaced" && alternate === null) vacant.add(judge);
  }
  return found;
}

async function check(dossier, bids, event, accounted) {
  const { facts, subject } = event;
  const drawn = dossier.all("draw.revealed").filter((one) => one.number < event.number);
  const judges = Array.from({ length: Math.min(facts.judges, accounted.size) }, (_, place) => `J${place + 1}`);
  hold("subject", drawn.some((one) => one.subject === subject));
  hold("judges", judges.length > 0 && judges.length === facts.judges && judges.every((one) => accounted.has(one)));
  hold("signatures", facts.signatures.length === 2);
  const message = sha256(labelled(LABEL, digest({ digest: facts.digest, section: dossier.section })));
  const signers = [];
  for (const { certificate, signature } of facts.signatures) {
    signers.push(await dossier.signed(unb64(certificate), unb64(signature), message, event.at));
  }
  const [first, second] = signers;
  const parties = new Set([...bids.values()].map((one) => one.bidder.serial));
  for (const one of judges) parties.add(`${dossier.section}/${one}`);
  const apart = first.serial !== second.serial && !sameBytes(first.key, second.key);
  hold("signers", apart && !signers.some((one) => parties.has(one.serial)));
  return { judges: facts.judges, first: first.subject, second: second.subject };
}

const hold = (field, holds) => require(holds, "evidence.list", { field });
