/** What changed between notice and closing: addenda chained to the document, later deadlines, answers, suspensions. */
import { b64 } from "./bytes.js";
import { inOrder, SLACK } from "./dossier.js";
import { isBlank } from "./fields.js";
import { digest, has } from "./json.js";
import { checkMethod } from "./method.js";
import { checkClarified } from "./periods.js";
import { placed, require } from "./problem.js";
import { instant } from "./time.js";

const [ADDENDUM, EXTENSION, ANSWER] = ["addendum.published", "section.extended", "clarification.published"];
const [SUSPENDED, RESUMED] = ["section.suspended", "section.resumed"];
export const CHANGES = [ADDENDUM, EXTENSION, ANSWER, SUSPENDED, RESUMED];

/**
 * Every state that document and deadline went through, the notice's first; `evidence.addendum`, `.extension`, `.order`.
 * Each addendum leaves the law's period or came with a later deadline (TBR 21); no section closes while an objection waits.
 */
export async function checkChanges(dossier, frozen, notice, regime, deadline) {
  const closed = dossier.one("section.closed");
  const { method, document, ceiling } = frozen.facts;
  const examination = examinationOf(frozen.facts);
  const found = [{ method, document, version: 1, deadline, since: notice, examination, ceiling }];
  let [suspended, answers] = [false, 0];
  for (const event of dossier.all(...CHANGES)) {
    inOrder(notice, event, closed);
    const now = found.at(-1);
    if (event.name === EXTENSION) {
      found.push({ ...now, deadline: extended(event, now, suspended), since: event });
    } else if (event.name === ADDENDUM) {
      found.push(await renewed(event, now, regime));
    } else if (event.name === ANSWER) {
      answers += 1;
      await checkAnswer(event, now, regime, answers);
    } else {
      hold(event, { suspended: suspended === (event.name === RESUMED) }, "evidence.suspension");
      suspended = event.name === SUSPENDED;
    }
  }
  hold(closed, { suspended: !suspended }, "evidence.suspension");
  return found;
}

/** The items of the preliminary examination, none in older documents. */
export const examinationOf = (facts) => (has(facts, "examination") ? facts.examination : []);

/** What a version of the document consists of, as its digest covers it. */
export function contentOf(facts) {
  const { method, labels, files, ceiling, examination } = facts;
  return { method, labels, files, ceiling, ...(has(facts, "examination") ? { examination } : {}) };
}

/** The later deadline; it was set before the old one had passed, unless the tender stood still. */
function extended(event, now, suspended) {
  const { previous, deadline, reasons } = event.facts;
  const [before, then] = [instant(now.deadline, event.where), instant(deadline, event.where)];
  const right = {
    previous: previous === now.deadline,
    deadline: then > before && then > event.at,
    at: suspended || event.at < before + SLACK,
    reasons: !isBlank(reasons),
  };
  hold(event, right, "evidence.extension");
  return deadline;
}

async function renewed(event, now, regime) {
  const { version, method, labels, document, previous, summary, reasons, deadline } = event.facts;
  const examination = examinationOf(event.facts);
  const right = {
    version: version === now.version + 1,
    previous: previous === now.document,
    document: b64(digest(contentOf(event.facts))) === document,
    changed: document !== now.document,
    deadline: deadline === now.deadline,
    reasons: !isBlank(reasons) && !isBlank(summary),
  };
  hold(event, right, "evidence.addendum");
  await checkPeriod(event, now.deadline, regime);
  await placed(event.where, () => checkMethod(method, regime, labels, examination));
  const { ceiling } = event.facts;
  return { method, document, version, deadline: now.deadline, since: event, examination, ceiling };
}

async function checkAnswer(event, now, regime, expected) {
  const { number, kind } = event.facts;
  hold(event, { number: number === expected, kind: ["question", "objection"].includes(kind) }, "evidence.addendum");
  await checkPeriod(event, now.deadline, regime);
}

const checkPeriod = (event, deadline, regime) =>
  placed(event.where, () => {
    const ends = instant(deadline, event.where);
    checkClarified(regime, event.at - SLACK, ends, event.facts.affects);
  });

function hold(event, right, code) {
  for (const [field, holds] of Object.entries(right)) require(holds, code, { field, where: event.where });
}
