/** What bidders were told: a document frozen before the notice, the trustees' keysets, lawful periods; and the releases. */
import { b64, concat, unb64 } from "./bytes.js";
import { CHANGES, checkChanges, contentOf, examinationOf } from "./changes.js";
import { afterCosigning, inOrder, notBefore, SLACK } from "./dossier.js";
import { digest, own } from "./json.js";
import { labelled, verifyEd25519 } from "./keys.js";
import { checkMethod } from "./method.js";
import { checkPeriods, regimeOf } from "./periods.js";
import { placed, require } from "./problem.js";
import { parseKeyset, verifyKeyset } from "./sealed.js";
import { sha256 } from "./sha.js";
import { instant } from "./time.js";

export const CLOSING = "section.closed 1";
export const LOCKING = "technical.locked";
/** The keyset of second envelopes. */
export const SECOND = `${LOCKING} 2`;
const LEAST_CUSTODIANS = 2;
const MOST_BODIES = 10;
const RELEASE_LABEL = "sealed-bid/v1 release";
const ABOUT_THE_SECTION = [
  "section.created", "section.changed", "document.frozen", ...CHANGES, "bidders.invited", "section.closed", "opening.halted", "opening.continued", "section.opened",
  "reserve-price.sealed", "reserve-price.opened", "reserve-price.unopened", "blind.labelled", LOCKING, "marks.published", "tie.decided", "publicity.ended", "winner.determined", "qualification.examined", "capacity.asked",
  "candidate.passed-over", "evaluation.reopened", "evaluation.timed", "evaluation.paused", "evaluation.resumed", "report.confirmed", "report.returned", "winner.chosen",
];

/**
 * Every keyset of the section by `<releasing event> <round>`; `evidence.keyset` names the field that is wrong.
 * Before the notice the deadline may be chosen anew, with a new keyset; then only the one that the notice names counts.
 */
export async function readKeysets(dossier) {
  const found = new Map();
  const named = dossier.all("notice.published").flatMap((one) => ["keyset", "second_keyset"].map((name) => own(one.facts.facts, name)));
  for (const event of dossier.all("keyset.published")) {
    await placed(event.where, async () => {
      const document = parseKeyset(event.facts.document);
      const { custodians } = dossier.policy;
      await verifyKeyset(document, custodians);
      const [place, hash] = [`${document.release.event} ${document.round}`, b64(document.digest)];
      const right = {
        keyset: hash === event.facts.keyset,
        section: document.section === dossier.section,
        custodians: document.custodians.length === custodians.size,
        threshold: document.threshold >= LEAST_CUSTODIANS,
        round: !found.has(place) || named.includes(hash) || named.includes(found.get(place).hash),
      };
      holdAll(right, "evidence.keyset");
      if (!found.has(place) || named.includes(hash)) found.set(place, { event, document, hash });
    });
  }
  return found;
}

/** Document, keyset and notice agree and stand in this order; `evidence.document`, `.keyset`, `.notice`, `.order`. */
export async function checkTender(dossier, keysets) {
  const [created, frozen] = [dossier.one("section.created"), dossier.one("document.frozen")];
  const notice = dossier.one("notice.published");
  for (const { subject, where } of dossier.all(...ABOUT_THE_SECTION)) {
    require(subject === dossier.section, "evidence.section", { found: subject, expected: dossier.section, where });
  }
  checkDocument(frozen);
  const keyset = keysets.get(CLOSING);
  require(keyset, "evidence.event-missing", { name: "keyset.published", where: "events.json" });
  const named = [created, ...dossier.all("section.changed")];
  inOrder(...named, frozen, notice);
  inOrder(keyset.event, notice);
  const first = dossier.events[0];
  require(created.number === 1, "evidence.order", { first: created.name, then: first.name, where: first.where });
  checkNotice(notice, frozen, keyset);
  const told = notice.facts.facts;
  const [deadline, saleEnds] = [instant(told.deadline, notice.where), instant(own(told, "sale_ends"), notice.where)];
  const regime = await placed(notice.where, () => {
    const found = regimeOf(String(own(told, "regime")));
    checkPeriods(found, notice.at - SLACK, saleEnds, deadline);
    return found;
  });
  await placed(frozen.where, () => checkMethod(frozen.facts.method, regime, frozen.facts.labels, examinationOf(frozen.facts)));
  const choosing = own(told, "by_choice");
  const may = choosing === undefined || (choosing === "yes" && regime.awardBy.includes("choice"));
  require(may, "evidence.notice", { field: "by_choice", where: notice.where });
  const states = await checkChanges(dossier, frozen, notice, regime, told.deadline);
  const { method, deadline: stated } = states.at(-1);
  const title = named.at(-1).facts.title;
  const [joint, blind] = [Number(own(told, "joint") ?? MOST_BODIES), (own(told, "blind") ?? "").split(", ").filter(Boolean)];
  const second = checkSecondKeyset(notice, keyset, keysets);
  const byChoice = choosing !== undefined;
  return { title, method, keyset, deadline: instant(stated, notice.where), stated, regime, notice, states, joint, blind, second, byChoice };
}

/** Every released key belongs to a keyset of the section, is its custodian's only one, and signed by it. */
export async function checkReleases(dossier, keysets) {
  const known = new Map([...keysets.values()].map((one) => [one.hash, one]));
  const seen = new Set();
  for (const event of dossier.all("key.released")) {
    const { custodian, hash, signature } = event.facts;
    const keyset = known.get(event.facts.keyset);
    const name = JSON.stringify([event.subject, custodian]);
    const right = keyset && keyset.event.subject === event.subject && !seen.has(name);
    require(right, "evidence.release", { custodian, where: event.where });
    seen.add(name);
    const key = dossier.policy.custodians.get(custodian) ?? new Uint8Array();
    const info = concat(`${RELEASE_LABEL}\n`, keyset.document.digest, custodian);
    const signed = labelled(RELEASE_LABEL, sha256(concat(info, unb64(hash))));
    const sound = await verifyEd25519(key, signed, unb64(signature));
    require(sound, "evidence.release", { custodian, where: event.where });
  }
}

/** `evidence.…` unless enough keys were released between a co-signed trigger and its effect. */
export function releasesBefore(dossier, keyset, trigger, effect) {
  const have = releasedAfter(dossier, keyset, trigger).filter((one) => one.number < effect.number).length;
  const need = keyset.document.threshold;
  require(have >= need, "evidence.too-few-keys", { have, need, where: effect.where });
}

/** All released keys of a keyset; each after its trigger was co-signed, at the keyset's deadline or later. */
export function releasedAfter(dossier, keyset, trigger) {
  const given = dossier.all("key.released").filter((one) => one.facts.keyset === keyset.hash);
  for (const one of given) {
    inOrder(trigger, one);
    afterCosigning([trigger], one);
  }
  const deadline = instant(keyset.document.deadline, keyset.event.where);
  if (given.length) notBefore(dossier.cosignedSince(trigger, deadline), trigger, deadline);
  return given;
}

/** The first of the named claims that does not hold is refused by its name. */
export function holdAll(right, code, facts = {}) {
  for (const [field, holds] of Object.entries(right)) require(holds, code, { ...facts, field });
}

/** The second envelopes' keyset, published before the notice that names it, under the first's deadline and suite; or null. */
function checkSecondKeyset(notice, first, keysets) {
  const told = own(notice.facts.facts, "second_keyset") ?? null;
  if (told === null) return null;
  const found = keysets.get(SECOND);
  require(found, "evidence.event-missing", { name: "keyset.published", where: "events.json" });
  inOrder(found.event, notice);
  const { deadline, suite, release } = found.document;
  const right = {
    second_keyset: told === found.hash,
    deadline: deadline === first.document.deadline,
    suite: suite === first.document.suite,
    minimum: release.minimum === 1,
  };
  holdAll(right, "evidence.notice", { where: notice.where });
  return found;
}

function checkDocument(frozen) {
  const same = b64(digest(contentOf(frozen.facts))) === frozen.facts.document;
  require(same, "evidence.document", { where: frozen.where });
}

function checkNotice(notice, frozen, keyset) {
  const told = notice.facts.facts;
  const right = {
    kind: notice.facts.kind === "tender-notice",
    document: own(told, "document") === frozen.facts.document,
    ceiling: (own(told, "ceiling") ?? null) === frozen.facts.ceiling,
    keyset: own(told, "keyset") === keyset.hash,
    deadline: own(told, "deadline") === keyset.document.deadline,
    suite: [undefined, keyset.document.suite].includes(own(told, "suite")),
    joint: /^([1-9]|10)$/.test(own(told, "joint") ?? "1"),
    blind: [undefined, "technical"].includes(own(told, "blind")),
  };
  holdAll(right, "evidence.notice", { where: notice.where });
}
