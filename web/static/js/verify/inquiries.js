/** Inquiries in the evidence: drafted by a judge or low in price, answered once in time under signature, or silent to the end. */
import { unb64 } from "./bytes.js";
import { inOrder, SLACK } from "./dossier.js";
import { isWritten } from "./fields.js";
import { digest } from "./json.js";
import { labelled } from "./keys.js";
import { placed } from "./problem.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";
import { instant, SECOND } from "./time.js";

const LABEL = "openhall inquiry-reply/v1";
const [LONGEST_QUESTION, LONGEST_REASON, LONGEST_ANSWER] = [2000, 500, 4000];
const LOW_PRICE = "low-price";
const GROUNDS = ["unclear", "error", LOW_PRICE];
const [DRAFTED, REFUSED, SENT] = ["inquiry.drafted", "inquiry.refused", "inquiry.sent"];
const [ANSWERED, UNANSWERED] = ["inquiry.answered", "inquiry.unanswered"];
const PENDING = [SENT, `${DRAFTED} ${SENT}`];
/** What may have happened to an inquiry before each of its events. */
const BEFORE = {
  [DRAFTED]: [""], [REFUSED]: [DRAFTED], [SENT]: ["", DRAFTED], [ANSWERED]: PENDING, [UNANSWERED]: PENDING,
};

/** Every inquiry went its whole way before any lock that counts; gives how many were sent, answered and silent. */
export async function checkInquiries(dossier, tender, opened, committee) {
  const ways = new Map();
  for (const event of dossier.all(DRAFTED, REFUSED, SENT, ANSWERED, UNANSWERED)) {
    for (const lock of committee.locks.values()) inOrder(event, lock);
    const { inquiry } = event.facts;
    if (!ways.has(inquiry)) ways.set(inquiry, new Map());
    const way = ways.get(inquiry);
    const form = opened.get(event.subject)?.form ?? null;
    const same = [...way.values()].every((earlier) => earlier.subject === event.subject);
    hold(event, { bid: form !== null && same, order: BEFORE[event.name].includes([...way.keys()].join(" ")) });
    await follow[event.name](event, way, { dossier, tender, opened, committee });
    way.set(event.name, event);
  }
  for (const way of ways.values()) {
    const last = [...way.values()].at(-1);
    hold(last, { ended: [REFUSED, ANSWERED, UNANSWERED].includes(last.name) });
  }
  const [sent, answered, unanswered] = [SENT, ANSWERED, UNANSWERED].map((name) => dossier.all(name).length);
  return { sent, answered, unanswered };
}

const follow = {
  [DRAFTED](event, way, { committee }) {
    hold(event, { judge: committee.judges.has(event.facts.judge) });
    checkWords(event);
  },
  [REFUSED](event) {
    hold(event, { reasons: isWritten(event.facts.reasons, LONGEST_REASON) });
  },
  /** As it was drafted; without a judge's draft only about a price that is abnormally low. */
  [SENT](event, way, { tender }) {
    const { facts, at, where } = event;
    const draft = way.get(DRAFTED);
    checkWords(event);
    if (draft === undefined) hold(event, { ground: facts.ground === LOW_PRICE });
    else hold(event, { ground: facts.ground === draft.facts.ground, question: facts.question === draft.facts.question });
    const window = BigInt(tender.regime.inquiryWindow) * SECOND;
    const until = instant(facts.until, where);
    hold(event, { until: at - SLACK + window <= until && until <= at + window });
  },
  /** Once, in the time, under the signature of the bid's own body over just this answer to this question. */
  async [ANSWERED](event, way, { dossier, opened }) {
    const { facts, at, subject: bid, where } = event;
    const { question, until } = way.get(SENT).facts;
    const { answer, inquiry } = facts;
    hold(event, { answer: isWritten(answer, LONGEST_ANSWER) });
    hold(event, { time: at <= instant(until, where) + SLACK });
    const message = sha256(labelled(LABEL, digest({ answer, bid, inquiry, question })));
    const [certificate, signature] = [unb64(facts.certificate), unb64(facts.signature)];
    const signer = await placed(where, () => dossier.signed(certificate, signature, message, at));
    hold(event, { certificate: signer.serial === opened.get(bid).bid.bidder.serial });
  },
  [UNANSWERED](event, way) {
    hold(event, { time: event.at >= instant(way.get(SENT).facts.until, event.where) });
  },
};

function checkWords(event) {
  const { ground, question } = event.facts;
  hold(event, { ground: GROUNDS.includes(ground), question: isWritten(question, LONGEST_QUESTION) });
}

const hold = (event, right) => holdAll(right, "evidence.inquiry", { where: event.where });
