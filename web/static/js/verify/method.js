/** Reading a scoring method, bids and judges' sheets strictly, with every number exact. */
import { checkExamination, checkLabels } from "./criteria.js";
import { arrayAt, at, countAt, decimalAt, decimalOf, flagAt, membersAt, objectAt, textAt, wordAt } from "./fields.js";
import { has, own } from "./json.js";
import { Problem, require } from "./problem.js";
import { compare, isMultiple, minus, ONE, plus, rational, ZERO } from "./rational.js";

const MOST = 10 ** 6;
const LEAST_TO_TRIM = 3;
const FULL_MARKS = rational(100n);
const KINDS = ["lowest_price_first", "benchmark", "lowest_evaluated"];
const TIES = ["price", "technical", "joint", "procuring_entity", "lot"];
const LAST_TIES = ["joint", "procuring_entity", "lot"];

/** A method as {price, items, trimFrom, tie, places, sumRounded}; every refusal names its JSON path. */
export function readMethod(value, path = "$.method") {
  const found = membersAt(value, path, ["price"], ["items", "judges", "tie", "places", "sum_rounded"]);
  const judges = membersAt(given(found, "judges", {}), at(path, "judges"), [], ["trim_from"]);
  return {
    price: readPrice(found.price, at(path, "price")),
    items: readItems(given(found, "items", []), at(path, "items")),
    trimFrom: trimFrom(own(judges, "trim_from"), at(at(path, "judges"), "trim_from"), LEAST_TO_TRIM),
    tie: arrayAt(given(found, "tie", []), at(path, "tie")).map((one, place) => wordAt(one, at(at(path, "tie"), place), TIES)),
    places: countAt(given(found, "places", 2), at(path, "places"), 0, 9),
    sumRounded: flagAt(given(found, "sum_rounded", false), at(path, "sum_rounded")),
  };
}

/** The items of one kind, in the method's order. */
export const itemsOf = (method, kind) => method.items.filter((item) => item.kind === kind);

/** Opened bids by id as {price, objective, adjustments}; `complete`: all objective marks must be there. */
export function readBids(value, method, complete, path = "$.bids") {
  const rows = Object.entries(objectAt(value, path));
  require(rows.length > 0, "evaluation.no-bids", { path });
  return new Map(rows.map(([name, bid]) => [name, readBid(bid, method, complete, named(name, path))]));
}

/** Every judge's complete sheet, as maps bid → item → mark. */
export function readSheets(value, method, bids, path = "$.marks") {
  const items = itemsOf(method, "subjective");
  const sheets = Object.entries(objectAt(value, path));
  const enough = !items.length || sheets.length;
  require(enough, "evaluation.mark-missing", { path, missing: items[0]?.id });
  return sheets.map(([judge, sheet]) => readSheet(sheet, items, bids, named(judge, path)));
}

/** One judge's marks for exactly these bids and items. */
export function readSheet(value, items, bids, path) {
  const rows = objectAt(value, path);
  for (const bid of Object.keys(rows)) {
    require(bids.includes(bid), "evaluation.bid-unknown", { path: at(path, bid), bid });
  }
  for (const bid of items.length ? bids : []) {
    require(has(rows, bid), "evaluation.mark-missing", { path: at(path, bid), missing: bid });
  }
  return new Map(Object.entries(rows).map(([bid, row]) => [bid, readRow(row, items, at(path, bid))]));
}

/** `method.…`, `evidence.…` unless the method may be issued under the rule set: all that decides is written out (TBR 49). */
export function checkMethod(document, regime, labels, examination = []) {
  membersAt(document, "$.method", ["price", "items", "judges", "tie", "places"], ["sum_rounded"]);
  const method = readMethod(document);
  const { kind } = document.price;
  const allowed = regime.methods.join(", ");
  require(regime.methods.includes(kind), "method.kind-not-allowed", { path: "$.method.price.kind", kind, allowed });
  method.tie.forEach((tie, place) => checkTie(method.tie, tie, place, regime));
  checkArithmetic(method);
  checkPoints(method);
  checkLabels(labels, method);
  checkExamination(examination, regime);
}

function checkTie(ties, tie, place, regime) {
  const path = at("$.method.tie", place);
  require(tie !== "lot" || regime.lots, "method.lot-forbidden", { path });
  require(tie !== "lot", "method.lot-not-run", { path });
  require(!ties.slice(0, place).includes(tie), "method.tie-twice", { path, tie });
  require(!LAST_TIES.includes(tie) || place + 1 === ties.length, "method.tie-after-end", { path });
}

function checkArithmetic(method) {
  const { price } = method;
  require(method.places <= 4, "evidence.range", { path: "$.method.places", value: method.places, low: 0, high: 4 });
  const early = price.kind === "lowest_price_first" && price.deductions.size > 0;
  require(!early, "method.deductions-early", { path: "$.method.price.deductions" });
  const odd = price.kind === "benchmark" && (price.trimFrom === null) !== (price.dropHigh + price.dropLow === 0);
  require(!odd, "method.trim-conflict", { path: "$.method.price.trim_from" });
  method.items.forEach((item, place) => {
    const path = at(at("$.method.items", place), "max");
    require(compare(item.max, ZERO) > 0, "evidence.range", { path, low: ">0", high: 100 });
    require(item.step === null || isMultiple(item.max, item.step), "method.step-misses-max", { path, item: item.id });
  });
}

function checkPoints(method) {
  if (method.price.kind === "lowest_evaluated") {
    require(!method.items.length, "method.items-unused", { path: "$.method.items" });
    return;
  }
  const { weight } = method.price;
  require(compare(weight, ZERO) > 0, "evidence.range", { path: "$.method.price.weight", low: ">0", high: 100 });
  const total = method.items.reduce((points, item) => plus(points, item.max), weight);
  require(compare(total, FULL_MARKS) === 0, "method.points", { path: "$.method", needed: 100 });
}

const given = (object, name, otherwise) => (has(object, name) ? object[name] : otherwise);

function readPrice(value, path) {
  const kind = wordAt(own(objectAt(value, path), "kind"), at(path, "kind"), KINDS);
  if (kind === "lowest_evaluated") {
    membersAt(value, path, ["kind"]);
    return { kind };
  }
  if (kind === "benchmark") return readBenchmark(value, path);
  const found = membersAt(value, path, ["kind", "weight"], ["deductions"]);
  const rates = objectAt(given(found, "deductions", {}), at(path, "deductions"));
  const rows = Object.entries(rates).map(([bid, rate]) => [bid, belowOne(rate, at(at(path, "deductions"), bid))]);
  return { kind, weight: notNegative(found.weight, at(path, "weight")), deductions: new Map(rows) };
}

function readBenchmark(value, path) {
  const optional = ["trim_from", "drop_high", "drop_low"];
  const found = membersAt(value, path, ["kind", "weight", "k", "above", "below"], optional);
  const dropHigh = countAt(given(found, "drop_high", 0), at(path, "drop_high"), 0, MOST);
  const dropLow = countAt(given(found, "drop_low", 0), at(path, "drop_low"), 0, MOST);
  return {
    kind: "benchmark",
    weight: notNegative(found.weight, at(path, "weight")),
    k: belowOne(found.k, at(path, "k")),
    above: notNegative(found.above, at(path, "above")),
    below: notNegative(found.below, at(path, "below")),
    trimFrom: trimFrom(own(found, "trim_from"), at(path, "trim_from"), dropHigh + dropLow + 1),
    dropHigh,
    dropLow,
  };
}

function readItems(value, path) {
  const items = arrayAt(value, path).map((entry, place) => readItem(entry, at(path, place)));
  items.forEach((item, place) => {
    const first = items.findIndex((one) => one.id === item.id);
    require(first === place, "evaluation.item-twice", { path: at(path, place), item: item.id });
  });
  return items;
}

function readItem(value, path) {
  const found = membersAt(value, path, ["id", "group", "kind", "max"], ["step"]);
  named(textAt(found.id, at(path, "id")), path);
  const step = own(found, "step") ?? null;
  return {
    id: found.id,
    group: textAt(found.group, at(path, "group")),
    kind: wordAt(found.kind, at(path, "kind"), ["subjective", "objective"]),
    max: notNegative(found.max, at(path, "max")),
    step: step === null ? null : aboveZero(step, at(path, "step")),
  };
}

function readBid(value, method, complete, path) {
  const optional = method.price.kind === "lowest_evaluated" ? ["objective", "adjustments"] : ["objective"];
  const found = membersAt(value, path, ["price"], optional);
  const price = decimalAt(found.price, at(path, "price"));
  require(price.n > 0n, "evaluation.price-not-positive", { path: at(path, "price"), value: found.price });
  const marks = objectAt(given(found, "objective", {}), at(path, "objective"));
  const items = itemsOf(method, "objective").filter((item) => complete || has(marks, item.id));
  const adjustments = arrayAt(given(found, "adjustments", []), at(path, "adjustments"));
  return {
    price,
    objective: readRow(marks, items, at(path, "objective")),
    adjustments: adjustments.map((entry, place) => readAdjustment(entry, at(at(path, "adjustments"), place))),
  };
}

function readAdjustment(entry, path) {
  const found = membersAt(entry, path, ["kind", "value"]);
  const kind = wordAt(found.kind, at(path, "kind"), ["amount", "percent"]);
  return { kind, value: decimalAt(found.value, at(path, "value")) };
}

function readRow(value, items, path) {
  const row = objectAt(value, path);
  for (const id of Object.keys(row)) {
    require(items.some((item) => item.id === id), "evaluation.item-unknown", { path: at(path, id), item: id });
  }
  const missing = items.find((item) => !has(row, item.id));
  require(missing === undefined, "evaluation.mark-missing", { path, missing: missing?.id });
  return new Map(items.map((item) => [item.id, readMark(row[item.id], item, at(path, item.id))]));
}

function readMark(value, item, path) {
  const mark = decimalOf(value) ?? decimalAt(value, path);
  const inside = mark.n >= 0n && compare(mark, item.max) <= 0;
  require(inside, "evaluation.mark-range", { path, value, item: item.id });
  require(item.step === null || isMultiple(mark, item.step), "evaluation.mark-step", { path, value, item: item.id });
  return mark;
}

const trimFrom = (value, path, least) => ((value ?? null) === null ? null : countAt(value, path, least, MOST));

function notNegative(value, path) {
  const found = decimalAt(value, path);
  require(found.n >= 0n, "evidence.range", { path, value, low: "0", high: "∞" });
  return found;
}

function aboveZero(value, path) {
  const found = decimalAt(value, path);
  require(found.n > 0n, "evidence.range", { path, value, low: ">0", high: "∞" });
  return found;
}

function belowOne(value, path) {
  const found = notNegative(value, path);
  require(minus(found, ONE).n < 0n, "evidence.range", { path, value, low: "0", high: "<1" });
  return found;
}

function named(name, path) {
  const here = at(path, name);
  if (!name) throw new Problem("evaluation.name-empty", { path: here });
  return here;
}
