/** Explanations in the evidence: asked for just the marks that lie far off, signed in time or silent for the whole time. */
import { byBid } from "./blind.js";
import { unb64 } from "./bytes.js";
import { afterCosigning, inOrder, SLACK } from "./dossier.js";
import { decimalAt, isWritten } from "./fields.js";
import { digest, equal, has, own } from "./json.js";
import { labelled } from "./keys.js";
import { placed, require } from "./problem.js";
import { compare, minus, plus, rational, times, ZERO } from "./rational.js";
import { sha256 } from "./sha.js";
import { holdAll } from "./tender.js";
import { instant, SECOND } from "./time.js";

const LABEL = "openhall explanation/v1";
const LONGEST = 1000;

/** What judges said of their marks, by bid as the report has it; empty where none was asked (V4; O1117). */
export async function checkExplanations(dossier, tender, committee, labels) {
  const published = dossier.one("marks.published");
  const given = dossier.all("marks.explained");
  const { sheets } = published.facts;
  const told = own(published.facts, "explanations");
  const asked = await placed(published.where, () => askedMarks(sheets, labels, decimalAt(tender.regime.outlierShare, "$")));
  const judges = Object.keys(asked);
  if (!dossier.all("consolidation.begun").length) {
    const older = Object.values(sheets).some((sheet) => !has(sheet, "reasons"));
    hold(published, { asked: !judges.length || older, told: told === undefined, given: !given.length });
    return {};
  }
  const begun = dossier.one("consolidation.begun");
  hold(begun, { asked: judges.length > 0, subject: begun.subject === dossier.section });
  for (const lock of committee.locks.values()) inOrder(lock, begun, published);
  const until = checkWindow(begun, tender);
  const whole = told !== undefined && Object.keys(told).length === judges.length && judges.every((one) => has(told, one));
  hold(published, { told: whole });
  for (const judge of judges) await checkJudge(dossier, committee, begun, until, judge, asked[judge], told[judge]);
  const said = judges.filter((judge) => !equal(told[judge], unanswered(asked[judge])));
  hold(published, { given: given.length === said.length });
  return Object.fromEntries(judges.map((judge) => [judge, byBid(told[judge], labels)]));
}

function checkWindow(begun, tender) {
  const seconds = BigInt(tender.regime.explanationWindow) * SECOND;
  const until = instant(begun.facts.until, begun.where);
  hold(begun, { until: begun.at - SLACK + seconds <= until && until <= begun.at + seconds });
  return until;
}

/** Signed once, in the window, under just these texts; or nothing at all, until it had ended. */
async function checkJudge(dossier, committee, begun, until, judge, asked, texts) {
  const published = dossier.one("marks.published");
  const events = dossier.all("marks.explained").filter((event) => event.facts.judge === judge);
  if (equal(texts, unanswered(asked))) return hold(published, { silence: !events.length && published.at >= until });
  await placed(published.where, () => checkTexts(asked, texts));
  hold(published, { given: events.length === 1 });
  const [event] = events;
  hold(event, { subject: event.subject === dossier.section, texts: equal(event.facts.texts, texts) });
  hold(event, { time: event.at <= until + SLACK });
  inOrder(begun, event, published);
  afterCosigning([event], published);
  const message = sha256(labelled(LABEL, digest({ judge, section: dossier.section, texts })));
  const { certificate } = committee.judges.get(judge);
  return placed(event.where, () => dossier.signed(certificate, unb64(event.facts.signature), message, event.at));
}

/** Judge → key → items further than the share from the mean of the others' marks, as they were signed. */
function askedMarks(sheets, labels, share) {
  const marks = Object.entries(sheets).map(([judge, sheet]) => [judge, byBid(sheet.marks, labels)]);
  const found = {};
  if (marks.length < 2 || compare(share, ZERO) <= 0) return found;
  for (const [judge, sheet] of Object.entries(sheets)) {
    const rows = Object.entries(sheet.marks).map(([key, row]) => {
      const bid = labels.get(key) ?? key;
      return [key, Object.keys(row).filter((item) => isFar(marks, judge, bid, item, share)).sort()];
    });
    const far = rows.filter(([, items]) => items.length);
    if (far.length) found[judge] = Object.fromEntries(far);
  }
  return found;
}

/** Whether a mark lies further than the share from the mean of the others' marks. */
export function isFar(marks, judge, bid, item, share) {
  const given = marks.filter(([, rows]) => has(rows, bid) && has(rows[bid], item));
  const others = given.filter(([name]) => name !== judge).map(([, rows]) => decimalAt(rows[bid][item], item));
  if (!others.length) return false;
  const total = others.reduce(plus, ZERO);
  const own = decimalAt(given.find(([name]) => name === judge)[1][bid][item], item);
  const apart = minus(times(own, rational(BigInt(others.length))), total);
  return compare(apart.n < 0n ? minus(ZERO, apart) : apart, times(share, total)) > 0;
}

function checkTexts(asked, texts) {
  const same = (one, other) => Object.keys(one).length === other.length && other.every((name) => has(one, name));
  const keys = Object.keys(asked);
  const right = same(texts, keys) && keys.every((key) => same(texts[key], asked[key]));
  const written = right && keys.every((key) => Object.values(texts[key]).every((text) => isWritten(text, LONGEST)));
  require(written, "explanation.texts", { most: LONGEST });
}

const unanswered = (asked) =>
  Object.fromEntries(Object.entries(asked).map(([key, items]) => [key, Object.fromEntries(items.map((item) => [item, ""]))]));

const hold = (event, right) => holdAll(right, "evidence.explanation", { where: event.where });
