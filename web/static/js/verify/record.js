/** The opening record answered, in the evidence: who confirmed or objected, what the host said, when it became final. */
import { compareText, hex, sameBytes, unb64 } from "./bytes.js";
import { inOrder, notBefore, SLACK } from "./dossier.js";
import { isWritten } from "./fields.js";
import { digest, equal } from "./json.js";
import { labelled } from "./keys.js";
import { placed } from "./problem.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";
import { MINUTE } from "./time.js";

export const NOTED = "hall.noted";
const [CONFIRMED, SETTLED] = ["opening-record.confirmed", "opening-record.settled"];
const [RAISED, ANSWERED] = ["opening-objection.raised", "opening-objection.answered"];
const [PAUSED, RESUMED] = ["hall.paused", "hall.resumed"];
const SAID = [RAISED, ANSWERED, NOTED, PAUSED, RESUMED];
/** What ends the answering of a record that was not final before. */
const ENDS = ["marks.published", "section.failed"];
const LABEL = "openhall opening record/v1";
const LONGEST = 2000;
const MOST_OBJECTIONS = 5;

/** Every answer to the opening record is its bidder's and in time, and it became final when it might; null without one. */
export async function checkRecord(dossier, tender, opened) {
  checkOrder(dossier);
  const [raised, answered] = [dossier.all(RAISED).length, checkObjections(dossier, opened)];
  const paused = checkHall(dossier);
  const [recorded] = dossier.all("section.opened");
  if (!recorded) {
    for (const event of dossier.all(CONFIRMED, SETTLED)) inOrder({ name: "section.opened", number: Infinity }, event);
    return null;
  }
  const record = recordDigest(dossier, recorded);
  const confirmed = await checkConfirmations(dossier, opened, record);
  const final = settled(dossier);
  if (final) {
    checkSettled(final, record, [...opened.keys()], confirmed);
    holdAll({ objection: answered === raised, pause: !paused }, "evidence.settled", { where: final.where });
    const earliest = limit(dossier, tender, recorded);
    notBefore(!final.facts.silent.length || final.at >= earliest, final, earliest);
  }
  return {
    record: hex(record),
    confirmed: confirmed.size,
    signed: dossier.all(CONFIRMED).filter((one) => one.facts.signature !== null).length,
    silent: opened.size - confirmed.size,
    objections: raised,
    answered,
    final: final !== null,
  };
}

/** What the host said is about this section and in words, and pauses alternate; gives whether one has no end. */
export function checkHall(dossier) {
  let paused = false;
  for (const { name, subject, facts, where } of dossier.all(NOTED, PAUSED, RESUMED)) {
    const right = {
      section: subject === dossier.section,
      text: isWritten(facts.text, LONGEST),
      pause: name === NOTED || paused === (name === RESUMED),
    };
    holdAll(right, "evidence.hall", { name, where });
    if (name !== NOTED) paused = name === PAUSED;
  }
  return paused;
}

/** All is said after the closing (a record is answered once it is made) and nothing when it is final or marks are out. */
function checkOrder(dossier) {
  const closed = dossier.one("section.closed");
  const recorded = dossier.all("section.opened").slice(0, 1);
  const begun = recorded.length ? recorded : [closed];
  const final = settled(dossier);
  let ends = dossier.all(...ENDS).slice(0, 1);
  if (final) {
    inOrder(...begun, final, ...ends);
    ends = [final];
  }
  for (const event of dossier.all(...SAID)) inOrder(closed, event, ...ends);
  for (const event of dossier.all(CONFIRMED)) inOrder(...begun, event, ...ends);
}

const settled = (dossier) => (dossier.all(SETTLED).length ? dossier.one(SETTLED) : null);

function recordDigest(dossier, recorded) {
  const { deadline, keyset, minimum, bids } = dossier.one("section.closed").facts;
  const { section } = dossier;
  const document = { format: "opening-record/v1", section, deadline, keyset, minimum, listed: bids };
  return digest({ ...document, record: recorded.facts.record });
}

async function checkConfirmations(dossier, opened, record) {
  const found = new Set();
  for (const event of dossier.all(CONFIRMED)) {
    const { subject: bid, facts, where } = event;
    const one = opened.get(bid);
    const right = {
      bid: one !== undefined && !found.has(bid),
      bidder: facts.bidder === one?.bid.bidder.serial,
      record: sameBytes(unb64(facts.record), record),
      signature: (facts.signature === null) === (facts.certificate === null),
    };
    holdAll(right, "evidence.confirmation", { bid, where });
    if (facts.signature !== null) await checkSignature(dossier, event, record);
    found.add(bid);
  }
  return found;
}

/** The key that signed is certified, then in force, and of the body that confirms. */
async function checkSignature(dossier, { subject: bid, facts, at, where }, record) {
  const [certificate, signature] = [unb64(facts.certificate), unb64(facts.signature)];
  const message = sha256(labelled(LABEL, record));
  const signer = await placed(where, () => dossier.signed(certificate, signature, message, at));
  holdAll({ certificate: signer.serial === facts.bidder }, "evidence.confirmation", { bid, where });
}

/** Each objection is a listed bidder's own and in words, each answer belongs to one; gives how many are answered. */
function checkObjections(dossier, opened) {
  const [raised, answered] = [new Map(), new Set()];
  for (const { name, subject, facts, where } of dossier.all(RAISED, ANSWERED)) {
    const { bid, bidder, reasons, answer } = facts;
    const right = name === RAISED
      ? {
          bid: opened.has(bid) && !raised.has(subject),
          bidder: bidder === opened.get(bid)?.bid.bidder.serial,
          reasons: isWritten(reasons, LONGEST),
          number: [...raised.values()].filter((one) => one === bid).length < MOST_OBJECTIONS,
        }
      : { bid: raised.get(subject) === bid && !answered.has(subject), answer: isWritten(answer, LONGEST) };
    holdAll(right, "evidence.objection", { objection: subject, where });
    if (name === RAISED) raised.set(subject, bid);
    else answered.add(subject);
  }
  return answered.size;
}

function checkSettled({ subject, section, facts, where }, record, listed, confirmed) {
  const right = {
    subject: subject === section,
    record: sameBytes(unb64(facts.record), record),
    confirmed: equal(facts.confirmed, [...confirmed].sort(compareText)),
    silent: equal(facts.silent, listed.filter((bid) => !confirmed.has(bid)).sort(compareText)),
  };
  holdAll(right, "evidence.settled", { where });
}

/** The earliest time at which silence may count as assent: the rule set's minutes, and each pause's own length. */
function limit(dossier, tender, recorded) {
  let found = recorded.at - SLACK + BigInt(tender.regime.openingConfirmation) * MINUTE;
  let since = recorded.at;
  for (const event of dossier.all(PAUSED, RESUMED)) {
    if (event.name === PAUSED) since = event.at > recorded.at ? event.at : recorded.at;
    else if (event.number > recorded.number && event.at > since) found += event.at - since;
  }
  return found;
}
