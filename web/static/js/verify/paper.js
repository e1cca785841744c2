/** What somebody holds of one bid (a printed receipt's picture, a receipt's file), held against the other files. */
import { b64, unhex } from "./bytes.js";
import { EVENTS } from "./chain.js";
import { parse } from "./json.js";
import { require } from "./problem.js";
import { unpack } from "./zip.js";

const OF_A_BID = ["bid.submitted", "bid.replaced", "bid.withdrawn"];

/** The step of a receipt that is the printed one's; `page.paper-other` where it is about another bid or manifest. */
export function comparePaper({ bid, manifest }, receipt) {
  const same = receipt.bid === bid && receipt.manifest === b64(unhex(manifest));
  require(same, "page.paper-other", { bid: receipt.bid, expected: bid });
  return { name: "paper-receipt", facts: { bid } };
}

/** The step of evidence, already checked, that holds the printed receipt's bid; `page.paper-missing` otherwise. */
export function findPaper(data, { bid, section, manifest }) {
  const { told, listed } = eventsOf(data);
  require(section === told[0].section, "page.paper-elsewhere", { section, expected: told[0].section });
  const hash = b64(unhex(manifest));
  const found = told.find((one) => OF_A_BID.includes(one.event) && one.facts.subject === bid && one.facts.manifest === hash);
  const inList = listed.some((row) => row.bid === bid && row.manifest === hash);
  require(found || inList, "page.paper-missing", { bid });
  return { name: inList ? "paper-listed" : "paper-told", facts: { bid } };
}

/** The step of evidence, already checked, that holds a receipt's own event; `receipt.…` otherwise. */
export function findReceipt(data, receipt) {
  const { rows, told, listed, hidden } = eventsOf(data);
  const { bid, manifest } = receipt;
  const [{ section }] = told;
  require(receipt.section === section, "receipt.elsewhere", { section: receipt.section, expected: section });
  const inList = listed.some((row) => row.bid === bid && row.manifest === manifest);
  if (hidden) require(inList, "receipt.unlisted", { bid });
  else {
    const there = rows.some((row) => row.event === receipt.event && row.salt === receipt.salt);
    require(there, "receipt.missing", { bid });
  }
  return { name: inList ? "receipt-listed" : "receipt-told", facts: { bid } };
}

/** The file's events, what each says, the frozen list, and whether the bids' own events are kept out. */
function eventsOf(data) {
  const rows = parse(unpack(data).get(EVENTS));
  const told = rows.map((row) => parse(row.event));
  const { bids, outcome } = told.find((one) => one.event === "section.closed").facts;
  return { rows, told, listed: bids, hidden: outcome === "failed" };
}
