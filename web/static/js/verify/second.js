/** The second envelopes in the evidence: sealed until all marks were locked and co-signed, then just the listed ones opened. */
import { b64 } from "./bytes.js";
import { difference } from "./committee.js";
import { afterCosigning, inOrder } from "./dossier.js";
import { LEFT_OUT, PRICED } from "./opening.js";
import { require } from "./problem.js";
import { LATE } from "./rescue.js";
import { holdAll, LOCKING, releasedAfter, releasesBefore, SECOND } from "./tender.js";

/** The committee with the bids that count in the end: those whose second envelope was read out, where there is one. */
export function checkSecond(dossier, tender, keysets, opened, committee) {
  if (tender.second === null || !dossier.all(LOCKING).length) {
    refuseSecond(dossier, keysets);
    return committee;
  }
  const locked = dossier.one(LOCKING);
  const locks = [...committee.locks.values()];
  inOrder(dossier.one("section.closed"), ...locks, locked);
  afterCosigning(locks, locked);
  checkLocked(tender.second, opened, committee, locked);
  for (const bid of committee.valid) {
    const done = ["priced", ...LEFT_OUT].includes(opened.get(bid).stage);
    require(done, "evidence.not-opened", { bid, where: locked.where });
  }
  for (const { subject, where } of dossier.all(PRICED)) {
    require(committee.valid.includes(subject), "evidence.second", { field: "bid", where });
  }
  checkKeys(dossier, tender.second, opened, locked);
  const valid = committee.valid.filter((bid) => opened.get(bid).stage === "priced");
  return { ...committee, valid };
}

/** t keys stood released before the first price that needed them; without such a one their limit had passed. */
function checkKeys(dossier, keyset, opened, locked) {
  const needed = [...opened.values()].map((one) => one.keyed).filter(Boolean);
  const late = dossier.all(LATE).some((one) => one.number > locked.number);
  if (late && !needed.length) return releasedAfter(dossier, keyset, locked);
  const before = [...needed, ...dossier.all("marks.published", "section.failed")];
  const effect = before.reduce((first, one) => (one.number < first.number ? one : first));
  return releasesBefore(dossier, keyset, locked, effect);
}

/** All judges had locked; the list is just the bids that the committee left, by what their bidders signed. */
function checkLocked(keyset, opened, committee, { facts, where }) {
  const signed = (bid, manifest) => JSON.stringify([bid, manifest]);
  const expected = committee.valid.map((bid) => signed(bid, b64(opened.get(bid).bid.second.digest))).sort();
  const listed = facts.bids.map((row) => signed(row.bid, row.manifest)).sort();
  const { minimum } = keyset.document.release;
  const right = {
    judges: !difference(committee.locks.keys(), committee.judges.keys()).length,
    outcome: facts.outcome === "open",
    keyset: facts.keyset === keyset.hash,
    minimum: facts.minimum === minimum && minimum <= listed.length,
    bids: listed.join("\n") === expected.join("\n"),
  };
  holdAll(right, "evidence.second", { where });
}

/** Without locked marks nothing of a second envelope may be known, and no key of one released. */
function refuseSecond(dossier, keysets) {
  const keyset = keysets.get(SECOND);
  const released = dossier.all("key.released").filter((one) => keyset && one.facts.keyset === keyset.hash);
  for (const { name, where } of [...dossier.all(LOCKING, PRICED), ...released]) {
    require(false, "evidence.second", { field: name, where });
  }
}
