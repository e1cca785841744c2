/** The draw of experts in the evidence: frozen, committed to, sealed, opened in one act, and recomputed from its file. */
import { concat, hex, sameBytes, unb64, unhex } from "./bytes.js";
import { afterCosigning, Dossier, inOrder, jsonMember, lastOf } from "./dossier.js";
import { PARTIES, recomputeDraw } from "./draw.js";
import { digest, equal, has, isObject, own } from "./json.js";
import { labelled, verifyEd25519 } from "./keys.js";
import { placed, require } from "./problem.js";
import { checkHeader, parseHeader } from "./sealed.js";
import { sha256 } from "./sha.js";
import { CLOSING, releasesBefore, SECOND } from "./tender.js";

const COMMITTED = "draw.committed";
const AUDITOR = "supervisor";
const AUDIT_LABEL = "draw/v1 audit";
const COMMIT_LABEL = "draw/v1 commit";
const REDRAW_LABEL = "openhall redraw/v1";

/** The draw members that must be there: one for each draw that was revealed. */
export const drawMembers = (dossier) => dossier.all("draw.revealed").map((one) => `draw-${lastOf(one.subject)}.json`);

/** Every attempt in turn, each further one allowed by a signed reason, the last one revealed; gives its reveal. */
export async function checkDraws(dossier, keysets, cutShort = false) {
  const requested = dossier.all("draw.requested");
  const missing = { name: "draw.requested", where: "events.json" };
  require(requested.length || cutShort, "evidence.event-missing", missing);
  const names = [...new Set(requested.map((one) => one.subject))];
  let rest = dossier.events.filter((one) => one.name.startsWith("draw."));
  const allowed = new Map(dossier.all("redraw.allowed").map((one) => [one.subject, one]));
  let ended = null;
  for (const [place, name] of names.entries()) {
    const number = place + 1;
    const about = rest.filter((one) => drawOf(one) === name);
    rest = rest.filter((one) => drawOf(one) !== name);
    const attempt = new Dossier(dossier.section, dossier.members, dossier.policy, about);
    require(name === `${dossier.section}/${number}`, "evidence.draw", { field: "number", where: about[0].where });
    if (number > 1) {
      require(ended, "evidence.draw", { field: "redraw", where: about[0].where });
      await checkAllowed(dossier, allowed.get(name), ended, attempt.all("draw.requested"));
      allowed.delete(name);
    } else {
      const whole = attempt.all("draw.requested").every((one) => !has(one.facts, "seats"));
      require(whole, "evidence.draw", { field: "seats", where: about[0].where });
    }
    const open = cutShort && number === names.length && !attempt.all("draw.failed", "draw.revealed").length;
    ended = open ? null : await ending(dossier, attempt, keysets.get(`${COMMITTED} ${number}`), number);
  }
  const strays = [...rest, ...(cutShort ? [] : allowed.values())];
  const whole = !strays.length && (cutShort || ended?.name === "draw.revealed");
  require(whole, "evidence.draw", { field: "draw_id", where: (strays[0] ?? requested[0])?.where });
  const wanted = [CLOSING, SECOND, ...names.map((_, place) => `${COMMITTED} ${place + 1}`)];
  for (const [place, { event }] of keysets) {
    require(wanted.includes(place), "evidence.keyset", { field: "release", where: event.where });
  }
  return ended;
}

/** How an attempt ended: failed, or revealed and then whole. */
async function ending(dossier, attempt, keyset, number) {
  if (attempt.all("draw.failed").length) {
    const failed = attempt.one("draw.failed");
    const facts = { first: "draw.revealed", then: "draw.failed", where: failed.where };
    require(!attempt.all("draw.revealed").length, "evidence.order", facts);
    return failed;
  }
  require(keyset, "evidence.event-missing", { name: "keyset.published", where: "events.json" });
  await checkAttempt(dossier, attempt, keyset, number);
  return attempt.one("draw.revealed");
}

/** A further attempt stands on a signed reason, given after the one before had ended (draw/v1); also for its kind. */
async function checkAllowed(dossier, allowed, ended, requests) {
  require(allowed, "evidence.draw", { field: "redraw", where: requests[0].where });
  inOrder(ended, allowed, requests[0]);
  const supplement = own(allowed.facts, "supplement") ?? false;
  for (const { facts, where } of requests) {
    require(has(facts, "seats") === supplement, "evidence.draw", { field: "seats", where });
  }
  await placed(allowed.where, () => {
    const { reason, certificate, signature } = allowed.facts;
    const told = { draw: allowed.subject, reason, ...(supplement ? { supplement } : {}) };
    const message = sha256(labelled(REDRAW_LABEL, digest(told)));
    return dossier.signed(unb64(certificate), unb64(signature), message, allowed.at);
  });
}

const drawOf = (event) => own(event.facts, "draw") ?? event.subject;

async function checkAttempt(dossier, attempt, keyset, number) {
  const frozen = attempt.one("draw.frozen");
  const requests = attempt.all("draw.requested");
  const request = requests.at(-1);
  // Asked again before anything was frozen, the last request counts.
  require(request && request.number < frozen.number, "evidence.draw", { field: "request", where: frozen.where });
  const [committed, revealed] = [attempt.one(COMMITTED), attempt.one("draw.revealed")];
  const member = `draw-${number}.json`;
  const document = jsonMember(dossier.members, member);
  await placed(member, () => {
    const whole = isObject(document) && ["transcript", "out", "reasons"].every((name) => has(document, name));
    require(whole, "evidence.draw", { field: "transcript" });
    const computed = recomputeDraw(document);
    for (const name of ["out", "reasons"]) {
      require(equal(document[name], computed[name]), "evidence.draw-result", { field: name });
    }
  });
  checkFrozen(request, frozen, document.transcript);
  inOrder(frozen, committed, revealed);
  const given = await checkCommitments(attempt, frozen, document.transcript);
  await checkChanged(attempt, given);
  await checkAudited(attempt, frozen, given);
  await checkEscrows(attempt, given, keyset);
  releasesBefore(dossier, keyset, committed, revealed);
  checkRevealed(revealed, document);
  checkDisclosed(dossier, attempt, document);
}

function checkFrozen(request, frozen, transcript) {
  const facts = frozen.facts.frozen;
  require(equal(facts, transcript.frozen), "evidence.draw", { field: "frozen", where: frozen.where });
  const right = facts.draw_id === frozen.subject && equal(facts.parties, PARTIES);
  require(right, "evidence.draw", { field: "draw_id", where: frozen.where });
  const same = hex(unb64(request.facts.request)) === facts.request;
  require(same, "evidence.draw", { field: "request", where: request.where });
}

/** Three bodies, three custodians: each commitment is signed by one, after the frozen pool was co-signed. */
async function checkCommitments(attempt, frozen, transcript) {
  const given = attempt.all("draw.commitment-given");
  checkParties(given, frozen);
  const signers = new Set();
  for (const event of given) {
    const { party, commitment, signature } = event.facts;
    const { where } = event;
    const promised = transcript.commitments[PARTIES.indexOf(party)];
    require(commitment === promised, "evidence.draw", { field: "commitments", where });
    const signer = await signerOf(attempt.policy, promiseOf(event), unb64(signature));
    require(signer !== null && !signers.has(signer), "evidence.draw-signature", { party, where });
    signers.add(signer);
    afterCosigning([frozen], event);
  }
  return given;
}

/** Where a body is said to have signed a second commitment, it did: another than counts, later, with the same key. */
async function checkChanged(attempt, given) {
  for (const event of attempt.all("draw.commitment-changed")) {
    const { party, commitment, signature } = event.facts;
    const { where } = event;
    const mine = given.find((one) => one.facts.party === party);
    const other = mine !== undefined && mine.facts.commitment !== commitment;
    require(other, "evidence.draw", { field: "commitments", where });
    inOrder(mine, event);
    const signer = await signerOf(attempt.policy, promiseOf(event), unb64(signature));
    const own = await signerOf(attempt.policy, promiseOf(mine), unb64(mine.facts.signature));
    require(signer === own, "evidence.draw-signature", { party, where });
  }
}

/** Where the supervisor's audit is logged: one, between freeze and commitments, signed by who commits for that body. */
async function checkAudited(attempt, frozen, commitments) {
  if (!attempt.all("draw.audited").length) return;
  const audited = attempt.one("draw.audited");
  inOrder(frozen, audited, ...[...commitments].sort((one, other) => one.number - other.number));
  const mine = commitments.find((one) => one.facts.party === AUDITOR);
  const message = labelled(AUDIT_LABEL, digest(frozen.facts.frozen));
  const signer = await signerOf(attempt.policy, message, unb64(audited.facts.signature));
  const own = await signerOf(attempt.policy, promiseOf(mine), unb64(mine.facts.signature));
  const right = audited.subject === frozen.subject && signer !== null && signer === own;
  require(right, "evidence.draw-signature", { party: AUDITOR, where: audited.where });
}

/** Where the disclosure is logged: once, after the marks, naming the very file. */
function checkDisclosed(dossier, attempt, document) {
  if (!attempt.all("draw.disclosed").length) return;
  const disclosed = attempt.one("draw.disclosed");
  const [published = dossier.one("marks.published")] = dossier.all("marks.published");
  inOrder(published, disclosed);
  const right = disclosed.facts.evidence === hex(digest(document));
  require(right, "evidence.draw", { field: "evidence", where: disclosed.where });
}

/** What a body signed with its commitment. */
const promiseOf = ({ facts }) => labelled(COMMIT_LABEL, sha256(concat(facts.draw, unhex(facts.commitment))));

async function signerOf(policy, message, signature) {
  for (const [name, key] of policy.custodians) if (await verifyEd25519(key, message, signature)) return name;
  return null;
}

/** Each r was sealed to the trustees after all commitments were co-signed; `draw.committed` lists the three. */
async function checkEscrows(attempt, commitments, keyset) {
  const [committed, escrows] = [attempt.one(COMMITTED), attempt.all("draw.escrow-given")];
  checkParties(escrows, committed);
  const hashes = [];
  for (const event of escrows) {
    afterCosigning(commitments, event);
    inOrder(keyset.event, event, committed);
    const container = unb64(event.facts.container);
    await placed(event.where, () => {
      const header = parseHeader(container);
      checkHeader(header, keyset.document);
      const { party } = event.facts;
      const owner = sha256(concat(`draw/v1 escrow\n${committed.subject}\n${party}`));
      const right = header.part === `draw-${party}` && sameBytes(header.bidder, owner);
      require(right, "evidence.draw", { field: "container" });
    });
    hashes.push(hex(sha256(container)));
  }
  const { outcome, keyset: hash, escrows: listed } = committed.facts;
  const right = outcome === "open" && hash === keyset.hash && equal(listed, hashes.sort());
  require(right, "evidence.draw", { field: "escrows", where: committed.where });
}

/** `evidence.draw` unless there is exactly one event of each party. */
function checkParties(events, then) {
  const parties = events.map((one) => one.facts.party).sort();
  const named = events.every((one) => one.subject === `${one.facts.draw}/${one.facts.party}`);
  const where = (events.at(-1) ?? then).where;
  require(equal(parties, PARTIES) && named, "evidence.draw", { field: "party", where });
}

function checkRevealed(revealed, document) {
  const taken = document.out.filter((row) => row.length === 2).length;
  const seats = Object.values(document.quota).reduce((sum, count) => sum + count, 0);
  const right = {
    seed: document.seed,
    r: document.transcript.r,
    result: hex(digest(document.out)),
    seats,
  };
  for (const [name, expected] of Object.entries(right)) {
    require(equal(revealed.facts[name], expected), "evidence.draw", { field: name, where: revealed.where });
  }
  require(taken === seats, "evidence.draw", { field: "seats", where: revealed.where });
}
