/** Blind parts in the evidence: labels committed to before anybody marked, disclosed with the marks, each sheet under them. */
import { b64, concat, unb64 } from "./bytes.js";
import { afterCosigning, inOrder } from "./dossier.js";
import { canonical, equal, has, own } from "./json.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";

const LABEL = "blind/v1\n";
const LABELLED = "blind.labelled";

/** The labels under which judges marked (label → bid, a Map), empty where no part was blind. */
export function checkLabels(dossier, tender, committee) {
  const published = dossier.one("marks.published");
  const disclosed = own(published.facts, "blind");
  if (!tender.blind.length) {
    hold({ asked: disclosed === undefined && !dossier.all(LABELLED).length }, published);
    return new Map();
  }
  const labelled = dossier.one(LABELLED);
  for (const lock of committee.locks.values()) {
    inOrder(dossier.one("section.opened"), labelled, lock);
    afterCosigning([labelled], lock);
  }
  hold({ parts: equal(labelled.facts.parts, tender.blind) }, labelled);
  hold({ labels: disclosed !== undefined }, published);
  const labels = new Map(Object.entries(disclosed.labels));
  const { section } = dossier;
  const promised = sha256(concat(LABEL, unb64(disclosed.salt, 32), canonical({ labels: disclosed.labels, section })));
  const bids = new Set(labels.values());
  const once = bids.size === labels.size && ![...labels.keys()].some((label) => bids.has(label));
  hold({ commitment: b64(promised) === labelled.facts.commitment }, published);
  hold({ bids: once && committee.valid.every((bid) => bids.has(bid)) }, published);
  const items = tender.method.items.filter((one) => one.kind === "subjective" && tender.blind.includes(one.group));
  const blind = new Set(items.map(({ id }) => id));
  for (const { marks } of Object.values(published.facts.sheets)) {
    const rows = Object.entries(marks);
    hold({ sheet: rows.every(([key, row]) => Object.keys(row).every((item) => labels.has(key) === blind.has(item))) }, published);
  }
  return labels;
}

/** A sheet as it was signed, by bid. */
export function byBid(marks, labels) {
  const found = {};
  for (const [key, row] of Object.entries(marks)) {
    const bid = labels.get(key) ?? key;
    found[bid] = { ...(has(found, bid) ? found[bid] : {}), ...row };
  }
  return found;
}

const hold = (right, { where }) => holdAll(right, "evidence.blind", { where });
