/** Items' names with their bands of marks, and the items of the preliminary examination, as a document may freeze them. */
import { arrayAt, at, decimalAt, isWritten, membersAt, objectAt, textAt, wordAt } from "./fields.js";
import { has } from "./json.js";
import { require } from "./problem.js";
import { compare, isMultiple, ONE, ZERO } from "./rational.js";

const TEXTS = ["zh", "en", "anchors"];
const STAGES = ["form", "qualification", "responsiveness"];
const [MOST_BANDS, LONGEST_WORD, LONGEST_MEANING] = [10, 20, 500];
const [MOST_ITEMS, LONGEST_ID, LONGEST_NAME, LONGEST_CLAUSE] = [60, 20, 200, 60];

/** `evaluation.item-unknown`, `band.…` unless every label belongs to an item and its bands lie within its marks. */
export function checkLabels(value, method) {
  for (const [id, names] of Object.entries(objectAt(value, "$.labels"))) {
    const path = at("$.labels", id);
    const item = method.items.find((one) => one.id === id);
    require(item, "evaluation.item-unknown", { path, item: id });
    const found = membersAt(names, path, [], [...TEXTS, "bands", "reasons_below"]);
    for (const name of TEXTS.filter((one) => has(found, one))) textAt(found[name], at(path, name));
    if (has(found, "bands")) checkBands(found.bands, item, at(path, "bands"));
    if (has(found, "reasons_below")) checkShare(found.reasons_below, at(path, "reasons_below"));
  }
}

/** `examination.…` unless every item says where the document sets it, and its ground is one of the rule set's. */
export function checkExamination(value, regime, path = "$.examination") {
  const entries = arrayAt(value, path);
  require(entries.length <= MOST_ITEMS, "examination.many", { path, most: MOST_ITEMS });
  const met = new Set();
  entries.forEach((entry, place) => {
    const here = at(path, place);
    const { id, ground } = checkItem(entry, here);
    require(!met.has(id), "examination.item-twice", { path: at(here, "id"), item: id });
    require(regime.rejectionGrounds.includes(ground), "examination.ground-unknown", { path: at(here, "ground"), item: id });
    met.add(id);
  });
}

function checkBands(value, item, path) {
  const entries = arrayAt(value, path);
  require(entries.length <= MOST_BANDS, "band.many", { path, item: item.id, most: MOST_BANDS });
  const words = new Set();
  let lowest = null;
  entries.forEach((entry, place) => {
    const here = at(path, place);
    const { word, low, high } = readBand(entry, item, here);
    require(!words.has(word), "band.word-twice", { path: at(here, "word"), word });
    require(lowest === null || compare(high, lowest) <= 0, "band.overlap", { path: at(here, "to"), word });
    words.add(word);
    lowest = low;
  });
}

function readBand(entry, item, path) {
  const found = membersAt(entry, path, ["word", "from", "to", "means"]);
  const [word, means] = [textAt(found.word, at(path, "word")), textAt(found.means, at(path, "means"))];
  const written = isWritten(word, LONGEST_WORD) && (means === "" || isWritten(means, LONGEST_MEANING));
  require(written, "band.word", { path: at(path, "word"), item: item.id });
  const [low, high] = ["from", "to"].map((name) => readEnd(found[name], item, at(path, name)));
  require(compare(low, high) <= 0, "band.order", { path: at(path, "from"), word });
  return { word, low, high };
}

function readEnd(value, item, path) {
  const found = decimalAt(value, path);
  require(found.n >= 0n && compare(found, item.max) <= 0, "band.range", { path, value, item: item.id });
  require(item.step === null || isMultiple(found, item.step), "band.step", { path, value, item: item.id });
  return found;
}

function checkShare(value, path) {
  const found = decimalAt(value, path);
  require(compare(found, ZERO) >= 0 && compare(found, ONE) <= 0, "evidence.range", { path, value, low: 0, high: 1 });
}

function checkItem(entry, path) {
  const found = membersAt(entry, path, ["id", "stage", "zh", "clause", "ground"], ["en"]);
  for (const name of ["id", "zh", "en", "clause", "ground"]) textAt(found[name] ?? "", at(path, name));
  wordAt(found.stage, at(path, "stage"), STAGES);
  const item = found.id;
  require(isWritten(item, LONGEST_ID), "examination.id", { path: at(path, "id") });
  const named = isWritten(found.zh, LONGEST_NAME) && [...(found.en ?? "")].length <= LONGEST_NAME;
  require(named, "examination.name", { path: at(path, "zh"), item });
  require(isWritten(found.clause, LONGEST_CLAUSE), "examination.clause-empty", { path: at(path, "clause"), item });
  return found;
}
