/** One check from files to verdict: says what the file is, each step as it is found to hold, and how it ended. */
import { hex } from "./bytes.js";
import { compareContainer } from "./containers.js";
import { recomputeDraw } from "./draw.js";
import { recomputeEvaluation } from "./evaluation.js";
import { verifyEvidence } from "./evidence.js";
import { canonicalText, equal, has, isObject, read } from "./json.js";
import { isAble } from "./keys.js";
import { recomputeLottery } from "./lottery.js";
import { comparePaper, findPaper, findReceipt } from "./paper.js";
import { parsePolicy } from "./policy.js";
import { Problem, require } from "./problem.js";
import { partsOf, verifyReceipt } from "./receipt.js";
import { MAIN, recognise } from "./recognise.js";
import { told } from "./time.js";

/** Refusals that say nothing against the file: it was not checked, or what it was held against proves nothing itself. */
const UNFIT = new Set([
  "page.policy-needed", "page.evaluation-bare", "page.fault", "page.paper-other", "page.paper-elsewhere",
  "page.paper-missing", "receipt.elsewhere", "receipt.unlisted", "lottery.undrawn",
]);

/**
 * Checks files [{name, blob}] under a policy {data, from: "own" | "platform"} or null, and gives the result:
 * {kind, file, policy, steps, verdict, problem}. Verdicts: holds, integrity, recomputed, policy, failed, unusable.
 * `tell(event)` hears {step} and {done, all} on the way. `paper` is what a printed receipt says, or null.
 */
export async function check(files, policy, tell, paper = null) {
  const result = { kind: "unknown", file: null, policy: null, ready: false, steps: [], verdict: "unusable", problem: null };
  try {
    result.verdict = await run(files, policy, result, tell, paper);
  } catch (error) {
    result.problem = plain(error);
    result.verdict = result.ready && !UNFIT.has(result.problem.code) ? "failed" : "unusable";
  }
  return result;
}

async function run(files, policy, result, tell, paper) {
  require(isAble(), "page.crypto");
  const known = [];
  for (const file of files) known.push(await recognise(file));
  const own = known.find((one) => one.kind === "policy");
  const main = MAIN.map((kind) => known.find((one) => one.kind === kind)).find(Boolean) ?? own;
  const first = main ?? known[0];
  Object.assign(result, { kind: first.kind, file: await described(first) });
  require(first.kind !== "large", "page.too-large", { bytes: first.blob.size });
  require(!["container", "manifest"].includes(first.kind), "page.alone");
  require(main, "page.unknown");
  const judged = await policyOf(own ? { data: own.data, from: "own" } : policy, result);
  result.ready = true;
  const others = known.filter((one) => one !== main && one !== own);
  const steps = STEPS[main.kind](main, judged, others, (done, all) => tell({ done, all }), paper);
  for await (const step of steps) {
    const found = { name: step.name, facts: printable(step.facts) };
    result.steps.push(found);
    tell({ step: found });
  }
  if (main.kind === "policy") return "policy";
  if (["draw", "lottery", "evaluation"].includes(main.kind)) return "recomputed";
  return judged ? "holds" : "integrity";
}

const STEPS = {
  evidence: ofEvidence,
  receipt: ofReceipt,
  draw: ofDraw,
  lottery: ofLottery,
  evaluation: ofEvaluation,
  checkpoint: ofCheckpoint,
  policy: ofPolicy,
};

async function* ofEvidence(file, policy, others, progress, paper) {
  yield* verifyEvidence(file.data, policy, progress);
  for (const one of others.filter(({ kind }) => kind === "receipt")) {
    const receipt = read(one.data);
    require(policy, "page.policy-needed");
    yield* verifyReceipt(receipt, policy);
    yield findReceipt(file.data, receipt);
  }
  if (paper) yield findPaper(file.data, paper);
}

async function* ofReceipt(file, policy, others, progress, paper) {
  require(policy, "page.policy-needed");
  const receipt = read(file.data);
  if (paper) yield comparePaper(paper, receipt);
  const manifest = others.find((one) => one.kind === "manifest");
  yield* verifyReceipt(receipt, policy, false, manifest?.data ?? null);
  for (const one of others.filter(({ kind }) => kind === "container")) {
    yield await compareContainer(one, partsOf(receipt), manifest !== undefined, progress);
  }
}

async function* ofDraw(file) {
  const given = read(file.data);
  yield* drawn(given, () => recomputeDraw(given), "$");
}

/** A lottery is a draw whose every name is public: the names, then the draw that its file holds. */
async function* ofLottery(file) {
  const given = read(file.data);
  const computed = recomputeLottery(given);
  yield { name: "lottery-entries", facts: { subject: given.request.subject, entries: given.entries.length } };
  yield* drawn(given.evidence, () => computed, "$.evidence");
}

function* drawn(given, recomputed, at) {
  for (const field of ["transcript", "out", "reasons"]) require(has(given, field), "verify.draw", { field });
  const computed = recomputed();
  const { frozen } = given.transcript;
  yield { name: "draw-seed", facts: { draw: frozen.draw_id } };
  yield { name: "draw-lists", facts: { leaves: given.pool.length, lists: Object.keys(frozen.lists).length } };
  const differ = ["out", "reasons"].find((name) => !equal(given[name], computed[name]));
  require(differ === undefined, "verify.draw-differs", { path: `${at}.${differ}` });
  yield { name: "draw-result", facts: { taken: given.out.length, skipped: given.reasons.length } };
}

async function* ofEvaluation(file) {
  const given = read(file.data);
  const out = recomputeEvaluation(given);
  require(has(given, "out"), "page.evaluation-bare", { order: canonicalText(out.order) });
  const names = isObject(given.out) ? [...new Set([...Object.keys(out), ...Object.keys(given.out)])] : ["order"];
  const differ = names.find((name) => !isObject(given.out) || !equal(given.out[name], out[name]));
  require(differ === undefined, "page.evaluation-differs", { path: `$.out.${differ}` });
  const judges = Object.keys(given.marks ?? {}).length;
  yield { name: "evaluation-file", facts: { bids: Object.keys(given.bids).length, judges, order: canonicalText(out.order) } };
}

async function* ofCheckpoint(file, policy) {
  require(policy, "page.policy-needed");
  const { origin, size, times } = await policy.check(file.data);
  const cosigned = [...times].map(([name, time]) => `${name} ${told(time * 1_000_000n)}`).sort().join(", ");
  yield { name: "checkpoint", facts: { log: origin, size, cosigned } };
}

async function* ofPolicy(_, policy) {
  const { log, witnesses, quorum } = policy;
  yield { name: "policy-file", facts: { log: log.name, witnesses: [...witnesses.keys()].join(", "), quorum } };
}

async function policyOf(policy, result) {
  if (policy === null) return null;
  result.policy = { from: policy.from, sha256: await sha256(policy.data) };
  return parsePolicy(policy.data);
}

async function described({ name, blob, data }) {
  return { name, size: blob.size, sha256: data ? await sha256(data) : null };
}

const sha256 = async (data) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", data)));

function plain(error) {
  if (error instanceof Problem) {
    const { where, ...facts } = error.facts;
    return { code: error.code, where: where ?? null, facts: printable(facts) };
  }
  return { code: "page.fault", where: null, facts: { why: String(error) } };
}

/** Facts as values that travel between a worker and its page, and into a saved file. */
function printable(facts) {
  return Object.fromEntries(
    Object.entries(facts).filter(([, value]) => value !== undefined).map(([name, value]) => [
      name,
      typeof value === "boolean" || typeof value === "number" ? value : String(value),
    ]),
  );
}
