/** Bids in the evidence: each manifest signed by a certified bidder in time, and the frozen list complete. */
import { b64, unb64 } from "./bytes.js";
import { inOrder, jsonMember, notBefore } from "./dossier.js";
import { membersAt, textAt } from "./fields.js";
import { digest, equal, own } from "./json.js";
import { labelled } from "./keys.js";
import { placed, require } from "./problem.js";
import { parseManifest } from "./sealed.js";
import { sha256 } from "./sha.js";
import { raw, SIGNATURE } from "./shapes.js";
import { holdAll } from "./tender.js";
import { told } from "./time.js";

export const FORM = "opening-form";
export const PRICE = "price";
const SUBMISSIONS = ["bid.submitted", "bid.replaced"];
const CONFIRMED = "bid.confirmed";
const CHANGES = [...SUBMISSIONS, "bid.withdrawn", CONFIRMED];
const WITHDRAWAL_LABEL = "openhall withdrawal/v1";
const CONFIRMATION_LABEL = "openhall confirmation/v1";

/** The member that holds a bid's manifest, signature and certificate. */
export const memberName = (bid) => `bids/${bid}.json`;

/** Every bid ever accepted, by id, each signed, certified and stamped before the deadline; `evidence.bid-…`. */
export async function checkBids(dossier, tender) {
  const closed = dossier.one("section.closed");
  const found = new Map();
  for (const event of dossier.all(...CHANGES)) {
    inOrder(tender.notice, event, closed);
    const { where, subject } = event;
    const late = { at: told(event.at), deadline: told(tender.deadline), where };
    require(event.at < tender.deadline, "evidence.late", late);
    if (!SUBMISSIONS.includes(event.name)) continue;
    require(!found.has(subject), "evidence.bid-twice", { bid: subject, where });
    found.set(subject, await readBid(dossier, event, tender.second !== null));
  }
  return found;
}

/** The frozen list: exactly the bids that stood at the deadline, closed after it, with the right outcome. */
export async function checkClosing(dossier, tender, bids) {
  const closed = checkClosed(dossier, tender);
  const standing = await standingAtTheEnd(dossier, tender, bids);
  const listed = closed.facts.bids.map((row) => JSON.stringify([row.bid, row.manifest, own(row, "second") ?? ""])).sort();
  const signed = (one) => [one.id, b64(one.manifest.digest), one.second ? b64(one.second.digest) : ""];
  const expected = standing.map((one) => JSON.stringify(signed(one))).sort();
  const missing = expected.filter((row) => !listed.includes(row)).map((row) => JSON.parse(row)[0]).join(", ") || "none";
  const facts = { listed: listed.length, standing: standing.length, missing, where: closed.where };
  require(listed.join("\n") === expected.join("\n"), "evidence.list", facts);
  return standing;
}

/** The closing: after the deadline, under the rule set's minimum, its outcome following from the listed bids. */
export function checkClosed(dossier, tender) {
  const closed = dossier.one("section.closed");
  const { facts, where } = closed;
  notBefore(closed.at >= tender.deadline && dossier.cosignedSince(closed, tender.deadline), closed, tender.deadline);
  const { document, hash } = tender.keyset;
  holdAll({ deadline: facts.deadline === tender.stated, keyset: facts.keyset === hash }, "evidence.closing", { where });
  const minimum = tender.regime.bidsMinimum;
  const same = facts.minimum === minimum && document.release.minimum === minimum;
  require(same, "evidence.minimum", { stated: facts.minimum, minimum, where });
  const expected = facts.bids.length >= minimum ? "open" : "failed";
  require(facts.outcome === expected, "evidence.outcome", { stated: facts.outcome, expected, where });
  return closed;
}

/**
 * For which version of the document each bid holds, by id: that in force when it came, or the last that its bidder confirmed.
 * Empty while there was but one.
 */
export function heldVersions(dossier, tender, bids) {
  if (tender.states.at(-1).version === 1) return new Map();
  const confirmed = new Map(dossier.all(CONFIRMED).map((event) => [event.subject, event.facts.version]));
  return new Map(bids.map((bid) => [bid.id, confirmed.get(bid.id) ?? inForce(tender, bid.submitted).version]));
}

const inForce = (tender, event) => tender.states.filter((one) => one.since.number < event.number).at(-1);

async function readBid(dossier, event, two) {
  const member = memberName(event.subject);
  const value = jsonMember(dossier.members, member);
  return placed(`${member}; ${event.where}`, async () => {
    const found = membersAt(value, "$", ["manifest", "signature", "certificate", ...(two ? ["second"] : [])]);
    const manifest = parseManifest(textAt(found.manifest, "$.manifest"));
    SIGNATURE(found.signature, "$.signature");
    raw()(found.certificate, "$.certificate");
    const { facts, subject } = event;
    const right = {
      manifest: b64(manifest.digest) === facts.manifest,
      signature: found.signature === facts.signature,
      certificate: b64(digest(found.certificate)) === facts.certificate,
      section: manifest.section === dossier.section && manifest.round === "1",
      parts: manifest.parts.some((one) => one.part === FORM),
      second: "second" in facts === two,
    };
    holdAll(right, "evidence.bid");
    const certificate = unb64(found.certificate);
    const bidder = await dossier.signed(certificate, unb64(found.signature), manifest.digest, event.at);
    const second = two ? await readSecond(dossier, event, found.second, certificate) : null;
    return { id: subject, manifest, bidder, certificate, submitted: event, second };
  });
}

/** The second envelope's manifest: of the second round, the price alone, signed with the same key. */
async function readSecond(dossier, event, value, certificate) {
  const found = membersAt(value, "$.second", ["manifest", "signature"]);
  const manifest = parseManifest(textAt(found.manifest, "$.second.manifest"));
  SIGNATURE(found.signature, "$.second.signature");
  const right = {
    second: equal(event.facts.second, { manifest: b64(manifest.digest), signature: found.signature }),
    section: manifest.section === dossier.section && manifest.round === "2",
    parts: equal(manifest.parts.map((one) => one.part), [PRICE]),
  };
  holdAll(right, "evidence.bid");
  await dossier.signed(certificate, unb64(found.signature), manifest.digest, event.at);
  return manifest;
}

/** What stands after every submission, replacement and withdrawal, one bid for each bidder. */
async function standingAtTheEnd(dossier, tender, bids) {
  const standing = new Map();
  for (const event of dossier.all(...CHANGES)) {
    if (event.name === "bid.withdrawn") {
      await withdraw(dossier, event, standing);
      continue;
    }
    if (event.name === CONFIRMED) {
      await checkConfirmed(dossier, tender, event, standing);
      continue;
    }
    const bid = bids.get(event.subject);
    const before = [...standing.values()].find((one) => one.bidder.serial === bid.bidder.serial);
    const right = before?.id === own(event.facts, "replaces");
    require(right, "evidence.bid-standing", { bid: bid.id, where: event.where });
    if (before) standing.delete(before.id);
    standing.set(bid.id, bid);
  }
  return [...standing.values()];
}

async function withdraw(dossier, event, standing) {
  const bid = standing.get(event.subject);
  const stood = bid && event.facts.manifest === b64(bid.manifest.digest);
  require(stood, "evidence.bid-standing", { bid: event.subject, where: event.where });
  standing.delete(event.subject);
  await placed(event.where, async () => {
    const signer = await signerOf(dossier, event, bid, sha256(labelled(WITHDRAWAL_LABEL, bid.manifest.digest)));
    require(signer === bid.bidder.serial, "evidence.bid-standing", { bid: bid.id });
  });
}

/** A bid that stood was confirmed by its own bidder for the document in force just then. */
async function checkConfirmed(dossier, tender, event, standing) {
  const bid = standing.get(event.subject);
  const { manifest, document, version } = event.facts;
  const state = inForce(tender, event);
  const right = {
    bid: bid !== undefined && manifest === b64(bid.manifest.digest),
    document: document === state.document && version === state.version,
  };
  holdAll(right, "evidence.confirmation", { where: event.where });
  await placed(event.where, async () => {
    const signer = await signerOf(dossier, event, bid, sha256(labelled(CONFIRMATION_LABEL, digest({ manifest, document }))));
    require(signer === bid.bidder.serial, "evidence.confirmation", { field: "signature" });
  });
}

/** Who signed, with the key of the bid or with the one whose certificate the event brings. */
async function signerOf(dossier, event, bid, message) {
  const other = own(event.facts, "certificate");
  const certificate = other === undefined ? bid.certificate : unb64(other);
  return (await dossier.signed(certificate, unb64(event.facts.signature), message, event.at)).serial;
}
