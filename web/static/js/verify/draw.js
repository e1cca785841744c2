/** Recomputing a draw of experts `draw/v1` from its evidence alone: leaves, commitments, seed, tickets, walks. */
import { bigEndian, compareBytes, concat, hex, unhex } from "./bytes.js";
import { digest, equal, has, isObject, own } from "./json.js";
import { leafHash, root } from "./merkle.js";
import { Problem, require } from "./problem.js";
import { keyed, sha256 } from "./sha.js";

export const PARTIES = ["agent", "centre", "supervisor"];
const MARKET_PARTIES = ["enterprise", "platform", "trustee"];
const MOST = 8;
const HEX = /^[0-9a-f]{64}$/;
const ASCII = /^[\0-\x7f]{0,65535}$/;
const ROW = ["leaf", "spec", "w", "ia", "ib"];
const FROZEN = ["format", "draw_id", "parties", "lists", "order", "quota", "avoid", "alternates", "secret", "request", "code"];

/** The document's `out` and `reasons` as they follow from the rest; `draw.…` with `path` and `why` for bad input. */
export function recomputeDraw(document) {
  const file = caseOf(document);
  if (has(document, "transcript")) checkTranscript(document.transcript, document.avoid, file);
  const { out, reasons } = select(file);
  return {
    out: out.map(([leaf, spec, alternate]) => (alternate ? [leaf, spec, "alternate"] : [leaf, spec])),
    reasons,
  };
}

/** What a party logs before anybody knows a seed: it binds draw, party and its 32 random bytes. */
export const commitmentOf = (draw, party, r) => sha256(concat("draw/v1 commit\n", lp(draw), lp(party), r));

const lp = (text) => concat(bigEndian(text.length, 2), text);
const salted = (salt, text) => sha256(concat(salt, lp(text)));

function caseOf(document) {
  fields(document, ["seed", "quota", "avoid", "pool"], ["order", "alternates", "out", "reasons", "transcript"], "$");
  const seed = hexAt(document.seed, "$.seed");
  const quota = quotaOf(document.quota);
  const avoid = new Set(names(document.avoid, "$.avoid"));
  const alternates = countOf(has(document, "alternates") ? document.alternates : 0, 0, "$.alternates");
  const lists = listsOf(document.pool, quota);
  const employers = employersOf(lists, avoid);
  const order = orderIn(document, quota, employers);
  if (employers !== null) requireEnough(order, quota, employers);
  return { seed, order, quota, avoid, alternates, lists, employers };
}

function listsOf(pool, quota) {
  bad(Array.isArray(pool), "draw.field", "$.pool", "not a list");
  const lists = new Map([...quota.keys()].map((specialty) => [specialty, []]));
  const seen = new Set();
  pool.forEach((item, place) => {
    const path = `$.pool[${place}]`;
    const row = rowOf(item, quota, path);
    bad(!seen.has(row.leaf), "draw.twin-leaf", `${path}.leaf`, "the leaf stands twice");
    seen.add(row.leaf);
    lists.get(item.spec).push(row);
  });
  return lists;
}

function rowOf(item, quota, path) {
  fields(item, isObject(item) && has(item, "emp") ? [...ROW, "emp", "b"] : ROW, [], path);
  bad(typeof item.spec === "string" && quota.has(item.spec), "draw.specialty", `${path}.spec`, "not of the quota");
  const weighty = Number.isSafeInteger(item.w) && item.w >= 1 && item.w <= MOST;
  bad(weighty, "draw.weight", `${path}.w`, `not a whole number from 1 to ${MOST}`);
  const [ia, ib] = [hexAt(item.ia, `${path}.ia`), hexAt(item.ib, `${path}.ib`)];
  const leaf = sha256(concat("draw/v1 leaf\n", lp(item.spec), Uint8Array.of(item.w), ia, ib));
  hexAt(item.leaf, `${path}.leaf`);
  bad(hex(leaf) === item.leaf, "draw.leaf", `${path}.leaf`, "spec, w, ia and ib do not reproduce the leaf");
  if (has(item, "emp")) {
    const emp = nameOf(item.emp, `${path}.emp`);
    bad(hex(salted(hexAt(item.b, `${path}.b`), emp)) === item.ib, "draw.emp", `${path}.emp`, "emp and b give another ib");
  }
  return { leaf: item.leaf, bytes: leaf, weight: item.w, emp: item.emp ?? null, path };
}

/** Distinct employers not avoided, by specialty; null where some emp is not disclosed. */
function employersOf(lists, avoid) {
  const found = new Map();
  for (const [specialty, rows] of lists) {
    if (rows.some((row) => row.emp === null)) return null;
    found.set(specialty, new Set(rows.map((row) => row.emp).filter((emp) => !avoid.has(emp))).size);
  }
  return found;
}

const scarcest = (employers) =>
  [...employers.keys()].sort((a, b) => employers.get(a) - employers.get(b) || (a < b ? -1 : 1));

function orderIn(document, quota, employers) {
  if (has(document, "order")) {
    const order = names(document.order, "$.order");
    const same = equal([...order].sort(), [...quota.keys()].sort());
    bad(same, "draw.order", "$.order", "not a permutation of the quota's specialties");
    return order;
  }
  bad(employers !== null, "draw.order", "$.order", "required where any emp is missing");
  return scarcest(employers);
}

function requireEnough(order, quota, employers) {
  let needed = 0;
  for (const specialty of order) {
    needed += quota.get(specialty);
    const eligible = employers.get(specialty) ?? 0;
    const facts = { specialty, eligible, needed, path: `$.quota.${specialty}`, why: `eligible ${eligible}, needed ${needed}` };
    require(eligible >= needed, "draw.too-few", facts);
  }
}

function select({ seed, order, quota, alternates, avoid, lists }) {
  const [out, reasons, used] = [[], [], new Set()];
  const walks = new Map(order.map((specialty) => [specialty, ascending(seed, lists.get(specialty)).values()]));
  const take = (specialty, wanted, alternate) => {
    let taken = 0;
    while (taken < wanted) {
      const { value: row, done } = walks.get(specialty).next();
      if (done) break;
      bad(row.emp !== null, "draw.emp-missing", `${row.path}.emp`, `leaf ${row.leaf}`);
      if (avoid.has(row.emp)) reasons.push([row.leaf, "avoid"]);
      else if (used.has(row.emp)) reasons.push([row.leaf, "employer"]);
      else {
        used.add(row.emp);
        out.push([row.leaf, specialty, alternate]);
        taken += 1;
      }
    }
    return taken;
  };
  for (const specialty of order) {
    const enough = take(specialty, quota.get(specialty), false) === quota.get(specialty);
    bad(enough, "draw.dry", `$.quota.${specialty}`, `specialty ${specialty}`);
  }
  for (const specialty of order) take(specialty, alternates, true);
  return { out, reasons };
}

/** The rows by ticket, then leaf; a ticket is the smallest of the first `weight` 8-byte words of HMAC-SHA512. */
function ascending(seed, rows) {
  const mac = keyed(seed);
  const ranked = rows.map((row) => {
    const words = mac(row.bytes);
    let ticket = words.subarray(0, 8);
    for (let word = 1; word < row.weight; word += 1) {
      const other = words.subarray(word * 8, word * 8 + 8);
      if (compareBytes(other, ticket) < 0) ticket = other;
    }
    return { row, ticket };
  });
  ranked.sort((a, b) => compareBytes(a.ticket, b.ticket) || compareBytes(a.row.bytes, b.row.bytes));
  return ranked.map(({ row }) => row);
}

function checkTranscript(transcript, avoid, file) {
  const where = "$.transcript";
  fields(transcript, ["draw_id", "frozen", "commitments", "r"], [], where);
  const { frozen } = transcript;
  const draw = nameOf(transcript.draw_id, `${where}.draw_id`);
  checkFrozen(frozen, draw, avoid, file);
  const values = three(transcript.r, `${where}.r`).map((value, place) => hexAt(value, `${where}.r[${place}]`));
  three(transcript.commitments, `${where}.commitments`).forEach((promise, place) => {
    const path = `${where}.commitments[${place}]`;
    hexAt(promise, path);
    const party = frozen.parties[place];
    bad(hex(commitmentOf(draw, party, values[place])) === promise, "draw.transcript", path, `not ${party}'s commitment`);
  });
  const seed = sha256(concat("draw/v1 seed\n", lp(draw), digest(frozen), ...values));
  bad(compareBytes(seed, file.seed) === 0, "draw.transcript", "$.seed", "not the seed of this transcript");
}

function checkFrozen(frozen, draw, avoid, file) {
  const where = "$.transcript.frozen";
  fields(frozen, FROZEN, [], where);
  for (const name of ["secret", "request"]) hexAt(frozen[name], `${where}.${name}`);
  nameOf(frozen.code, `${where}.code`);
  const parties = [PARTIES, MARKET_PARTIES].find((known) => equal(known, frozen.parties)) ?? PARTIES;
  const expected = {
    format: "draw/v1",
    draw_id: draw,
    order: file.order,
    quota: Object.fromEntries(file.quota),
    avoid: [...new Set(avoid)].sort(),
    alternates: file.alternates,
    parties,
  };
  for (const [name, value] of Object.entries(expected)) {
    bad(equal(frozen[name], value), "draw.transcript", `${where}.${name}`, "contradicts the rest of the file");
  }
  checkLists(frozen.lists, `${where}.lists`, file);
}

function checkLists(lists, where, file) {
  fields(lists, [...file.quota.keys()], [], where);
  const counts = new Map();
  for (const [specialty, rows] of file.lists) {
    const path = `${where}.${specialty}`;
    const stated = lists[specialty];
    fields(stated, ["root", "records", "employers"], [], path);
    counts.set(specialty, countOf(stated.employers, 0, `${path}.employers`));
    const leaves = rows.map((row) => row.bytes).sort(compareBytes);
    const found = hex(root(leaves.map(leafHash)));
    bad(found === stated.root, "draw.transcript", `${path}.root`, "not the root over the pool's leaves");
    const records = countOf(stated.records, 0, `${path}.records`);
    bad(records === rows.length, "draw.transcript", `${path}.records`, "not the number of the pool's leaves");
  }
  const same = file.employers === null || equal([...counts].sort(), [...file.employers].sort());
  bad(same, "draw.transcript", where, "employers are not those of the pool");
  bad(equal(scarcest(counts), file.order), "draw.transcript", "$.order", "not scarcest first");
  requireEnough(file.order, file.quota, counts);
}

function bad(holds, code, path, why) {
  if (!holds) throw new Problem(code, { path, why });
}

function fields(value, must, may, path) {
  bad(isObject(value), "draw.field", path, "not an object");
  const unknown = Object.keys(value).find((name) => !must.includes(name) && !may.includes(name));
  bad(unknown === undefined, "draw.field", path, `unknown field ${unknown}`);
  const missing = must.find((name) => !has(value, name));
  bad(missing === undefined, "draw.field", path, `field ${missing} is missing`);
}

function quotaOf(value) {
  bad(isObject(value), "draw.field", "$.quota", "not an object");
  return new Map(Object.keys(value).map((name) => [nameOf(name, "$.quota"), countOf(own(value, name), 1, `$.quota.${name}`)]));
}

function names(value, path) {
  bad(Array.isArray(value), "draw.field", path, "not a list");
  return value.map((name, place) => nameOf(name, `${path}[${place}]`));
}

function three(value, path) {
  bad(Array.isArray(value) && value.length === 3, "draw.field", path, "not a list of three");
  return value;
}

function nameOf(value, path) {
  bad(typeof value === "string" && ASCII.test(value), "draw.field", path, "not ASCII text");
  return value;
}

function countOf(value, least, path) {
  const whole = Number.isSafeInteger(value) && value >= least;
  bad(whole, "draw.count", path, `not a whole number of at least ${least}`);
  return value;
}

function hexAt(value, path) {
  bad(typeof value === "string" && HEX.test(value), "draw.hex", path, "not 64 lower-case hexadecimal digits");
  return unhex(value);
}
