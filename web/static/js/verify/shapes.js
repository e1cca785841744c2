/** The facts of every event that may stand in a section's evidence, as a table (docs/formats/evidence.md). */
import { unb64 } from "./bytes.js";
import { arrayAt, at, countAt, flagAt, matchAt, membersAt, objectAt, textAt } from "./fields.js";
import { has, own } from "./json.js";
import { placed, Problem, require } from "./problem.js";

/** An event's facts, every field of its kind; `evidence.event-unknown`, `evidence.…` with the JSON path. */
export function readFacts(name, facts, where) {
  require(has(FACTS, name), "evidence.event-unknown", { name, where });
  return placed(where, () => {
    FACTS[name](facts, "$.facts");
    return facts;
  });
}

const text = textAt;
const object = objectAt;
const flag = flagAt;
const count = (value, path) => countAt(value, path, 0, Number.MAX_SAFE_INTEGER);
const hex32 = (value, path) => matchAt(value, path, /^[0-9a-f]{64}$/);

/** An object with exactly these fields. */
function row(fields) {
  return (value, path) => {
    membersAt(value, path, Object.keys(fields));
    for (const [name, read] of Object.entries(fields)) read(value[name], at(path, name));
  };
}

const each = (read) => (value, path) => arrayAt(value, path).forEach((item, place) => read(item, at(path, place)));
const every = (read) => (value, path) =>
  Object.entries(objectAt(value, path)).forEach(([name, item]) => read(item, at(path, name)));
const orNull = (read) => (value, path) => value === null || read(value, path);

/** Standard base64 of so many bytes; `evidence.type` otherwise. */
export const raw = (size = null) => (value, path) => {
  try {
    unb64(textAt(value, path), size);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem("evidence.type", { path, expected: `base64 of ${size ?? "any"} bytes` });
  }
};

export const SIGNATURE = raw(64);
const HASH = raw(32);
const CANDIDATE = row({
  rank: count, bid: text, bidder: text, credit_code: text, price_text: text, total: orNull(text),
});
const BEGUN = perhaps("of", text, { recording: text, stream: text, kind: text, label: text, mandatory: flag, begin: hex32 });
const HEAD = row({ stream: text, entries: count, head: hex32 });
const form = (value, path) =>
  Object.entries(objectAt(value, path)).forEach(([name, item]) => (name === "consortium" ? object : text)(item, at(path, name)));
const BID = { subject: text, manifest: HASH, signature: SIGNATURE, certificate: HASH };
const REMEDY = { subject: text, part: text, manifest: HASH, promised: HASH, found: HASH };
/** What the procuring entity tells and signs when a result cannot stand. */
const DECIDED = {
  cause: text, objections: each(count), reasons: text, report: HASH, certificate: raw(), signature: SIGNATURE,
};
const VOTE = { subject: text, number: count, judge: text, signature: SIGNATURE };

/** A row of the opening record; what it notes of consortia only where there is such. */
function recorded(value, path) {
  const found = objectAt(value, path);
  const notes = Object.entries({ apart: each(text), agreement: text, joint: text, version: count }).filter(([name]) => has(found, name));
  const fields = { bid: text, bidder: text, name: text, state: text, cause: orNull(text), form: orNull(form) };
  row({ ...fields, ...Object.fromEntries(notes) })(value, path);
}

/** Exactly these fields, and this one where there is such. */
function perhaps(name, read, fields) {
  return (value, path) => row(has(objectAt(value, path), name) ? { ...fields, [name]: read } : fields)(value, path);
}

/** An award, perhaps with letters; a purchase's with the periods that begin and the judges' names (M87 69). */
function award(value, path) {
  const told = objectAt(value, path);
  const letters = has(told, "letters") ? { letters: every(HASH) } : {};
  const result = has(told, "result") ? { result: row({ notice_ends: text, challenge_until: text, judges: every(text) }) } : {};
  row({ subject: text, winner: CANDIDATE, ...letters, ...result })(value, path);
}

/** A request for a draw: of a whole committee perhaps with representatives, of a supplement with its vacant seats. */
function asked(value, path) {
  const seats = has(objectAt(value, path), "seats") ? { seats: each(count) } : {};
  perhaps("representatives", count, { subject: text, request: HASH, ...seats })(value, path);
}

/** A bid handed in; of two envelopes also what was signed of the second. */
function submitted(fields) {
  const second = { second: row({ manifest: HASH, signature: SIGNATURE }) };
  return (value, path) => row(has(objectAt(value, path), "second") ? { ...fields, ...second } : fields)(value, path);
}

/** A bid of the frozen list by what its bidder signed: one manifest, or one for each envelope. */
function listed(value, path) {
  row({ bid: text, manifest: HASH, ...(has(objectAt(value, path), "second") ? { second: HASH } : {}) })(value, path);
}

/** A released key; of one that went to the supervising body too, the hash of that record. */
function released(value, path) {
  const record = has(objectAt(value, path), "record") ? { record: HASH } : {};
  row({ subject: text, keyset: HASH, custodian: text, hash: HASH, signature: SIGNATURE, ...record })(value, path);
}

/** One that another key of the bidder signed brings that key's certificate. */
function withdrawn(value, path) {
  row({ subject: text, manifest: HASH, signature: SIGNATURE, ...byAnother(value, path) })(value, path);
}

/** Confirmed for a later version of the document, perhaps with another key. */
function confirmed(value, path) {
  const told = { subject: text, version: count, document: HASH, manifest: HASH, signature: SIGNATURE };
  row({ ...told, ...byAnother(value, path) })(value, path);
}

const byAnother = (value, path) => (has(objectAt(value, path), "certificate") ? { certificate: raw() } : {});

/** A bid that does not open; `remedy` until when its bidder may show it in plain, `shares` as they compare. */
function unopened(value, path) {
  const extra = { remedy: text, shares: each(row({ custodian: count, state: text })) };
  const there = Object.entries(extra).filter(([name]) => has(objectAt(value, path), name));
  const about = { subject: text, bidder: text, name: text, part: text, reason: text, cause: text, manifest: HASH };
  row({ ...about, ...Object.fromEntries(there) })(value, path);
}

/** The marks; where some were explained, with the reasons, where a part was blind, with the labels they were under. */
function published(value, path) {
  const labels = has(objectAt(value, path), "blind") ? { blind: row({ labels: every(text), salt: HASH }) } : {};
  const said = has(value, "explanations") ? { explanations: every(every(every(text))) } : {};
  row({ subject: text, sheets: every(sheet), evaluation: object, report: object, ...said, ...labels })(value, path);
}

/** What a judge answers to an examination item: `pass`, or a failure with its reason and the pages that show it. */
function answered(value, path) {
  const failure = row({ reason: text, pages: each(row({ part: text, page: count })) });
  (typeof value === "string" ? text : failure)(value, path);
}

/** One judge's sheet: marks alone, or with the reasons and the pinned pages of `marks/v2`. */
function sheet(value, path) {
  const words = { reasons: every(every(text)), pins: every(every(each(row({ part: text, page: count, text })))) };
  const reasoned = Object.keys(words).some((name) => has(objectAt(value, path), name)) ? words : {};
  row({ marks: every(every(text)), salt: HASH, ...reasoned })(value, path);
}

function failed(value, path) {
  const reason = own(objectAt(value, path), "reason");
  if (reason === "no-award") return row({ subject: text, reason: text, remaining: count, ...DECIDED })(value, path);
  const reasons = reason === "too-few-opened" ? { reasons: text } : {};
  return row({ subject: text, reason: text, remaining: count, minimum: count, ...reasons })(value, path);
}

/** What facts each event has; an event of another name is refused. */
export const FACTS = {
  "section.created": perhaps("follows", text, { subject: text, title: text }),
  "section.changed": row({ subject: text, title: text }),
  "document.frozen": perhaps("examination", each(object), {
    subject: text, method: object, labels: object, files: each(object), ceiling: orNull(text), document: HASH,
  }),
  "keyset.published": row({ subject: text, keyset: HASH, document: text }),
  "notice.published": row({ subject: text, kind: text, title: text, facts: every(orNull(text)) }),
  "bidders.invited": row({ subject: text, ground: text, invited: each(row({ credit_code: text, name: text })) }),
  "section.extended": row({ subject: text, previous: text, deadline: text, reasons: text }),
  "addendum.published": perhaps("examination", each(object), {
    subject: text, version: count, method: object, labels: object, files: each(object), ceiling: orNull(text),
    document: HASH, previous: HASH, summary: text, affects: flag, reasons: text, deadline: text,
  }),
  "clarification.published": row({
    subject: text, number: count, kind: text, question: text, answer: text, affects: flag, reasons: text,
  }),
  "section.suspended": row({ subject: text, due: text }),
  "section.resumed": row({ subject: text }),
  "bid.confirmed": confirmed,
  "bid.submitted": submitted(BID),
  "bid.replaced": submitted({ ...BID, replaces: text }),
  "bid.withdrawn": withdrawn,
  "bid.refused": row({ subject: text, reason: text, manifest: HASH }),
  "section.closed": row({
    subject: text, outcome: text, deadline: text, keyset: HASH, minimum: count,
    bids: each(listed),
  }),
  "technical.locked": row({
    subject: text, outcome: text, keyset: HASH, minimum: count, bids: each(row({ bid: text, manifest: HASH })),
  }),
  "price.opened": row({ subject: text, bidder: text, name: text, form: text, form_salt: HASH, manifest: HASH }),
  "key.refused": row({ subject: text, keyset: HASH, custodian: text, reason: text }),
  "key.released": released,
  "bid.opened": row({ subject: text, bidder: text, name: text, form: text, form_salt: HASH, manifest: HASH }),
  "bid.unopened": unopened,
  "bid.factor-given": row({ subject: text, manifest: HASH }),
  "bid.factor-refused": row({ subject: text, manifest: HASH, left: count }),
  "bid.remedy-given": row(REMEDY),
  "bid.remedy-refused": row(REMEDY),
  "bid.remedy-ended": row({ subject: text }),
  "factor-window.opened": row({ subject: text, until: text }),
  "factor-window.closed": row({ subject: text, missing: each(text) }),
  "key-release.overdue": row({ subject: text, released: count, needed: count }),
  "bid.block-restored": row({ subject: text, part: text, number: count, leaf: HASH }),
  "bid.files-checked": row({ subject: text, parts: each(text), manifest: HASH }),
  "bid.cause-decided": row({ subject: text, cause: text, reasons: text }),
  "opening.halted": row({ subject: text, remaining: count, minimum: count }),
  "opening.continued": row({ subject: text, remaining: count, reasons: text }),
  "section.opened": row({ subject: text, record: each(recorded) }),
  "opening-record.confirmed": row({
    subject: text, bidder: text, record: HASH, signature: orNull(SIGNATURE), certificate: orNull(raw()),
  }),
  "opening-record.settled": row({ subject: text, record: HASH, confirmed: each(text), silent: each(text) }),
  "opening-objection.raised": row({ subject: text, bid: text, bidder: text, reasons: text }),
  "opening-objection.answered": row({ subject: text, bid: text, answer: text }),
  "hall.noted": row({ subject: text, text }),
  "hall.paused": row({ subject: text, text }),
  "hall.resumed": row({ subject: text, text }),
  "draw.requested": asked,
  "draw.ordered": row({ subject: text }),
  "draw.refused": row({ subject: text, specialty: text, eligible: count, needed: count }),
  "draw.audited": row({ subject: text, signature: SIGNATURE }),
  "draw.disclosed": row({ subject: text, evidence: hex32 }),
  "representative.named": perhaps("why", text, { subject: text, judge: text, mandate: hex32 }),
  "invitation.sent": row({ subject: text, judge: text }),
  "invitation.accepted": row({ subject: text, judge: text }),
  "invitation.declined": row({ subject: text, judge: text, kind: text }),
  "invitation.unanswered": row({ subject: text, judge: text }),
  "recusal.found": row({ subject: text, judge: text, kind: text }),
  "recusal.requested": row({ subject: text, request: hex32 }),
  "judge.checked-in": row({ subject: text, judge: text }),
  "list.unlocked": row({
    subject: text, judges: count, digest: hex32, signatures: each(row({ certificate: raw(), signature: SIGNATURE })),
  }),
  "draw.frozen": row({ subject: text, frozen: object }),
  "draw.commitment-given": row({ subject: text, draw: text, party: text, commitment: hex32, signature: SIGNATURE }),
  "draw.commitment-changed": row({ subject: text, draw: text, party: text, commitment: hex32, signature: SIGNATURE }),
  "draw.escrow-given": row({ subject: text, draw: text, party: text, container: raw() }),
  "draw.committed": row({ subject: text, outcome: text, keyset: HASH, escrows: each(hex32) }),
  "draw.revealed": row({ subject: text, seed: hex32, r: each(hex32), result: hex32, seats: count }),
  "draw.failed": row({ subject: text, reason: text, party: text }),
  "redraw.allowed": perhaps("supplement", flag, { subject: text, reason: text, certificate: raw(), signature: SIGNATURE }),
  "sign-in.appointed": row({ subject: text, by: text }),
  "recusal.declared": row({ subject: text, judge: text }),
  "judge.replaced": row({
    subject: text, judge: text, reason: text, specialty: text, alternate: orNull(hex32), sheets_void: flag,
  }),
  "resolution.moved": row({ ...VOTE, content: object }),
  "resolution.voted": row({ ...VOTE, agrees: flag, reasons: text }),
  "judge.signed-in": row({ subject: text, judge: text, certificate: raw(), no_conflict: flag }),
  "slip.replaced": row({ subject: text, judge: text, reason: text }),
  "examination.locked": row({ subject: text, judge: text, commitment: HASH, signature: SIGNATURE }),
  "examination.settled": row({
    subject: text, sheets: every(row({ answers: every(every(answered)), salt: HASH })), result: object, sheets_void: flag,
  }),
  "inquiry.drafted": row({ subject: text, inquiry: text, judge: text, ground: text, question: text }),
  "inquiry.refused": row({ subject: text, inquiry: text, reasons: text }),
  "inquiry.sent": row({ subject: text, inquiry: text, ground: text, question: text, until: text }),
  "inquiry.answered": row({ subject: text, inquiry: text, answer: text, certificate: raw(), signature: SIGNATURE }),
  "inquiry.unanswered": row({ subject: text, inquiry: text }),
  "marks.locked": perhaps("format", text, { subject: text, judge: text, commitment: HASH, signature: SIGNATURE }),
  "reserve-price.sealed": row({ subject: text, manifest: text, signature: SIGNATURE, certificate: raw() }),
  "reserve-price.opened": row({ subject: text, manifest: HASH, body: text, form: text, form_salt: HASH }),
  "reserve-price.unopened": row({ subject: text, manifest: HASH, reason: text }),
  "blind.labelled": row({ subject: text, commitment: HASH, parts: each(text) }),
  "consolidation.begun": row({ subject: text, until: text }),
  "marks.explained": row({ subject: text, judge: text, texts: every(every(text)), signature: SIGNATURE }),
  "marks.published": published,
  "report.signed": row({ subject: text, judge: text, report: HASH, signature: SIGNATURE }),
  "report.dissented": row({ subject: text, judge: text, report: HASH, reasons: text, signature: SIGNATURE }),
  "report.settled": row({ subject: text, silent: each(text) }),
  "report.confirmed": row({ subject: text, report: HASH, certificate: raw(), signature: SIGNATURE }),
  "report.returned": row({
    subject: text, reason: text, reasons: text, until: text, report: HASH, certificate: raw(), signature: SIGNATURE,
  }),
  "mark.corrected": row({
    subject: text, judge: text, bid: text, item: text, old: text, new: text, reason: text, reasons: text, until: text,
    report: HASH, signature: SIGNATURE,
  }),
  "evaluation.timed": row({ subject: text, until: text, asked: count }),
  "marking-time.asked": row({ subject: text, judge: text }),
  "evaluation.paused": row({ subject: text, reason: text, seal: text, resumes: text }),
  "evaluation.resumed": perhaps("until", text, { subject: text, intact: flag, found: text }),
  "recording.opened": row({ subject: text, kind: text, room: text, key: hex32, streams: each(BEGUN) }),
  "recording.joined": row({ subject: text, stream: BEGUN }),
  "recording.headed": row({ subject: text, streams: each(HEAD) }),
  "recording.gapped": row({ subject: text, stream: text, label: text, why: text }),
  "recording.explained": row({ subject: text, stream: text, seq: count, words: text }),
  "recording.stopped": row({ subject: text }),
  "recording.closed": row({ subject: text, root: hex32, streams: each(HEAD), waived: flag }),
  "recording.kept": row({ subject: text, until: text, words: text }),
  "recording.held": row({ subject: text, words: text }),
  "recording.released": row({ subject: text, words: text }),
  "recording.exported": row({ subject: text, number: count, form: text, file: hex32, size: count, words: text }),
  "section.failed": failed,
  "tie.decided": row({
    subject: text, decided: each(each(text)), reasons: text, report: HASH, certificate: raw(), signature: SIGNATURE,
  }),
  "candidates.published": row({ subject: text, candidates: each(CANDIDATE), publicity_ends: text }),
  "result-objection.raised": row({ subject: text, number: count, due: text, digest: HASH }),
  "result-objection.answered": row({ subject: text, number: count, upheld: flag, digest: HASH }),
  "result-objection.withdrawn": row({ subject: text, number: count }),
  "publicity.ended": row({ subject: text }),
  "candidate.passed-over": row({ subject: text, bid: text, publicity_ends: text, ...DECIDED }),
  "evaluation.reopened": row({ subject: text, ...DECIDED }),
  "winner.chosen": row({ subject: text, bid: text, reasons: text, report: HASH, certificate: raw(), signature: SIGNATURE }),
  "qualification.examined": row({
    subject: text, answers: every(every(answered)), rejected: every(text), certificate: raw(), signature: SIGNATURE,
  }),
  "capacity.asked": row({
    subject: text, number: count, bid: text, reasons: text, report: HASH, certificate: raw(), signature: SIGNATURE,
  }),
  "winner.determined": row({ subject: text, candidates: each(CANDIDATE), silent: flag }),
  "award.published": award,
  "section.archived": row({ subject: text, index: HASH }),
};
