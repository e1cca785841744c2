/** Evaluation 评标 recomputed in exact arithmetic: price scores, judges' means, totals, ranks; rounded where it is said. */
import { compareText } from "./bytes.js";
import { recomputeDraw } from "./draw.js";
import { membersAt, objectAt, textAt } from "./fields.js";
import { has } from "./json.js";
import { itemsOf, readBids, readMethod, readSheets } from "./method.js";
import { Problem, require } from "./problem.js";
import { compare, minus, ONE, over, plus, rational, rounded, shown, sum, times, ZERO } from "./rational.js";

const MONEY_PLACES = 2;
const HUNDRED = rational(100n);

/** The `out` that follows from the rest of an evaluation's evidence; every refusal names its JSON path. */
export function recomputeEvaluation(document) {
  membersAt(document, "$", ["method", "bids"], ["marks", "rejected", "draw", "out"]);
  const method = readMethod(document.method);
  const marks = objectAt(has(document, "marks") ? document.marks : {}, "$.marks");
  const unmarked = method.price.kind === "lowest_evaluated" && Object.keys(marks).length === 0;
  const bids = readBids(document.bids, method, !unmarked);
  const rejected = rejectedIn(has(document, "rejected") ? document.rejected : {}, bids);
  for (const bid of method.price.deductions?.keys() ?? []) {
    const known = bids.has(bid) || has(rejected, bid);
    require(known, "evaluation.bid-unknown", { path: `$.method.price.deductions.${bid}`, bid });
  }
  const sheets = unmarked ? [] : readSheets(marks, method, [...bids.keys()]);
  if (!has(document, "draw")) return evaluate(method, bids, sheets, null);
  const lots = [];
  const out = evaluate(method, bids, sheets, lotOf(document.draw, lots));
  require(lots.length > 0, "evaluation.draw-unused", { path: "$.draw" });
  return out;
}

/** Score and rank complete marks of at least one bid; `lot` draws the order of tied bids where the method says so. */
export function evaluate(method, bids, sheets, lot) {
  const { price: rule, places } = method;
  if (rule.kind === "lowest_evaluated") return evaluated(method, bids, sheets, lot);
  const out = {};
  let price = null;
  if (rule.kind === "benchmark") {
    const benchmark = benchmarkPrice(rule, [...bids.values()].map((bid) => bid.price));
    out.benchmark = shown(rounded(benchmark, MONEY_PLACES), MONEY_PLACES);
    price = byBenchmark(rule, benchmark, bids);
  } else price = byLowest(rule, bids);
  const subjective = means(method, method.items, bids, sheets);
  const objective = objectiveScores(method.items, bids);
  const parts = [price, subjective, objective];
  const total = each(bids, (_, name) =>
    method.sumRounded
      ? parts.reduce((units, part) => units + rounded(part.get(name), places), 0n)
      : rounded(sum(parts.map((part) => part.get(name))), places),
  );
  const published = (part) => Object.fromEntries(each(part, (score) => shown(rounded(score, places), places)));
  out.price = published(price);
  out.subjective = published(subjective);
  out.objective = published(objective);
  out.total = Object.fromEntries(each(total, (units) => shown(units, places)));
  out.order = orderOf(method, bids, sheets, (bid) => rational(-total.get(bid)), lot);
  return out;
}

function evaluated(method, bids, sheets, lot) {
  const price = each(bids, (bid) => {
    const added = bid.adjustments.map(({ kind, value }) => (kind === "amount" ? value : times(bid.price, value)));
    return rounded(plus(bid.price, sum(added)), MONEY_PLACES);
  });
  return {
    evaluated: Object.fromEntries(each(price, (units) => shown(units, MONEY_PLACES))),
    order: orderOf(method, bids, sheets, (bid) => rational(price.get(bid)), lot),
  };
}

const each = (map, make) => new Map([...map].map(([name, value]) => [name, make(value, name)]));

function byLowest(rule, bids) {
  const adjusted = each(bids, (bid, name) => times(bid.price, minus(ONE, rule.deductions.get(name) ?? ZERO)));
  const base = [...adjusted.values()].reduce((least, one) => (compare(one, least) < 0 ? one : least));
  return each(adjusted, (price) => times(over(base, price), rule.weight));
}

function benchmarkPrice(rule, prices) {
  let ranked = [...prices].sort(compare);
  if (rule.trimFrom !== null && ranked.length >= rule.trimFrom) {
    ranked = ranked.slice(rule.dropLow, ranked.length - rule.dropHigh);
  }
  const mean = over(sum(ranked), rational(BigInt(ranked.length)));
  const benchmark = rational(rounded(times(mean, minus(ONE, rule.k)), MONEY_PLACES), 10n ** BigInt(MONEY_PLACES));
  require(benchmark.n > 0n, "evaluation.benchmark-zero", { path: "$.method.price.k" });
  return benchmark;
}

function byBenchmark(rule, benchmark, bids) {
  return each(bids, (bid) => {
    const percent = times(over(minus(bid.price, benchmark), benchmark), HUNDRED);
    const lost = percent.n > 0n ? times(percent, rule.above) : times(minus(ZERO, percent), rule.below);
    const score = minus(rule.weight, lost);
    return score.n < 0n ? ZERO : score;
  });
}

/** Sums of the items' means over all judges that count; `trim_from` judges or more lose one highest and one lowest. */
function means(method, items, bids, sheets) {
  const marked = items.filter((item) => item.kind === "subjective");
  const trimmed = method.trimFrom !== null && sheets.length >= method.trimFrom;
  const kept = BigInt(trimmed ? sheets.length - 2 : sheets.length);
  if (!marked.length || !sheets.length) return each(bids, () => ZERO);
  return each(bids, (_, bid) => {
    const columns = marked.map((item) => sheets.map((sheet) => sheet.get(bid).get(item.id)).sort(compare));
    const counted = columns.map((column) => (trimmed ? column.slice(1, -1) : column));
    return over(sum(counted.flat()), rational(kept));
  });
}

function objectiveScores(items, bids) {
  const wanted = new Set(itemsOf({ items }, "objective").map((item) => item.id));
  return each(bids, (bid) => sum([...bid.objective].filter(([item]) => wanted.has(item)).map(([, mark]) => mark)));
}

function orderOf(method, bids, sheets, key, lot) {
  const technical = (bid) => {
    const items = method.items.filter((item) => item.group === "technical");
    const one = new Map([[bid, bids.get(bid)]]);
    return minus(ZERO, plus(means(method, items, one, sheets).get(bid), objectiveScores(items, one).get(bid)));
  };
  const settle = (tied, ties) => {
    if (tied.length === 1) return tied;
    if (!ties.length || ["joint", "procuring_entity"].includes(ties[0])) return [tied];
    if (ties[0] === "lot") {
      require(lot !== null, "evaluation.draw-missing", { path: "$.draw", tied: tied.join(", ") });
      return lot(tied);
    }
    const finer = ties[0] === "technical" ? technical : (bid) => bids.get(bid).price;
    return split(tied, finer).flatMap((part) => settle(part, ties.slice(1)));
  };
  return split([...bids.keys()].sort(compareText), key).flatMap((part) => settle(part, method.tie));
}

/** The names in groups of equal keys, groups ascending, each in the order given. */
function split(names, key) {
  const keyed = names.map((name) => ({ name, key: key(name) })).sort((a, b) => compare(a.key, b.key));
  const parts = [];
  keyed.forEach((one, place) => {
    if (place && compare(keyed[place - 1].key, one.key) === 0) parts.at(-1).push(one.name);
    else parts.push([one.name]);
  });
  return parts;
}

function rejectedIn(value, bids) {
  for (const [bid, reason] of Object.entries(objectAt(value, "$.rejected"))) {
    textAt(reason, `$.rejected.${bid}`);
    require(!bids.has(bid), "evaluation.bid-twice", { path: `$.rejected.${bid}`, bid });
  }
  return value;
}

/** The order a draw gives to tied bids; `evaluation.draw-pool` unless each stands in its pool once, equally. */
function lotOf(draw, lots) {
  const drawn = recomputed(draw);
  return (tied) => {
    const bidOf = new Map(draw.pool.map((row) => [row.leaf, row.emp]));
    const order = drawn.out.map(([leaf]) => bidOf.get(leaf));
    const even = new Set(draw.pool.map((row) => row.w)).size === 1;
    const sorted = (names) => [...names].sort().join("\n");
    const whole = sorted(bidOf.values()) === sorted(tied) && sorted(order) === sorted(tied);
    const one = draw.alternates === tied.length - 1;
    require(even && whole && one, "evaluation.draw-pool", { path: "$.draw.pool", tied: tied.join(", ") });
    lots.push(tied);
    return order;
  };
}

function recomputed(draw) {
  try {
    return recomputeDraw(draw);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    throw new Problem(error.code, { ...error.facts, path: `$.draw${String(error.facts.path ?? "$").slice(1)}` });
  }
}
