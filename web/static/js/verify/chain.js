/** The evidence file as a whole: complete index, right policy, every event proven, one chain without a gap, sealed. */
import { hex, sameBytes, unb64 } from "./bytes.js";
import { canonicalJson, Dossier, jsonMember, SLACK } from "./dossier.js";
import { entryOf, linkOf, NO_ENTRY, parseProof, verifyProof } from "./entry.js";
import { arrayAt, countAt, membersAt, textAt } from "./fields.js";
import { canonical, equal, has, isObject } from "./json.js";
import { NONE, parsePolicy } from "./policy.js";
import { SECTION } from "./printed.js";
import { placed, require } from "./problem.js";
import { sha256 } from "./sha.js";
import { readFacts } from "./shapes.js";
import { instant, MINUTE, SECOND, told } from "./time.js";

export const EVENTS = "events.json";
export const POLICY = "policy.txt";
export const INDEX = "index.json";
export const SEAL = "seal.json";

const SKEW = 2n * MINUTE;
const MOST_EVENTS = 2 ** 31;

/** Index and members agree both ways, byte for byte; `evidence.member-…` names the first that does not. */
export async function checkIndex(members, hashes) {
  const stated = jsonMember(members, INDEX);
  const rows = await placed(INDEX, () => {
    const found = membersAt(stated, "$", ["format", "members"]).members;
    require(isObject(found), "evidence.type", { path: "$.members", expected: "object" });
    return found;
  });
  const expected = {};
  for (const [name, data] of members) {
    if (name !== INDEX && name !== SEAL) expected[name] = { sha256: hex(await hashes(data)), size: data.length };
  }
  for (const name of [...new Set([...Object.keys(rows), ...Object.keys(expected)])].sort()) {
    require(members.has(name), "evidence.member-missing", { where: name });
    require(has(rows, name), "evidence.member-unlisted", { where: name });
    require(equal(rows[name], expected[name]), "evidence.member-changed", { where: name });
  }
  const whole = canonical({ format: "evidence/v1", members: expected });
  require(sameBytes(members.get(INDEX), whole), "evidence.member-changed", { where: INDEX });
}

/** The policy to judge by: the given one, which the file's own must equal key for key, else the file's own. */
export async function checkPolicy(members, given) {
  require(members.has(POLICY), "evidence.member-missing", { where: POLICY });
  return placed(POLICY, () => {
    const own = parsePolicy(members.get(POLICY));
    const theirs = given === null ? {} : given.parts();
    for (const [part, value] of given === null ? [] : Object.entries(own.parts())) {
      require(value === theirs[part], "evidence.policy-differs", { part });
    }
    require(own.quorum !== NONE, "evidence.policy-weak", { part: "quorum" });
    require(own.custodians.size > 1, "evidence.policy-weak", { part: "custodian" });
    require(own.authorities.size > 0, "evidence.policy-weak", { part: "authority" });
    require(own.opening !== null, "evidence.policy-weak", { part: "opening" });
    return given ?? own;
  });
}

/** Every event proven under the policy and linked to the one before, the seal last; `evidence.…`, `log.…`. */
export async function readDossier(members, policy, progress) {
  const rows = arrayAt(jsonMember(members, EVENTS), "$");
  const events = [];
  policy.foresee(rows.map((row) => String(row?.proof)).map((proof) => proof.slice(proof.indexOf("\n\n") + 2)));
  for (const [place, row] of rows.entries()) {
    events.push(await logged(row, policy, events, EVENTS, `${EVENTS}, event ${place + 1}`));
    progress(place + 1, rows.length);
  }
  require(events.length > 0, "evidence.event-missing", { name: "section.created", where: EVENTS });
  const seal = await logged(jsonMember(members, SEAL), policy, events, SEAL, SEAL);
  const last = seal.name === "section.archived" && !events.some((one) => one.name === "section.archived");
  require(last, "evidence.seal", { why: "the last event does not seal the file", where: seal.where });
  const same = sameBytes(unb64(seal.facts.index), sha256(members.get(INDEX)));
  require(same, "evidence.seal", { why: "it seals another index", where: seal.where });
  const all = [...events, seal];
  checkHidden(all);
  checkTimes(all);
  checkOneTree(all);
  return new Dossier(events[0].section, members, policy, events);
}

async function logged(row, policy, before, member, where) {
  const { event, leaf } = await placed(where, () => {
    const found = membersAt(row, "$", ["event", "salt", "proof", "link"]);
    const event = canonicalJson(textAt(found.event, "$.event"), where);
    require(isObject(event), "evidence.type", { path: "$.event", expected: "object" });
    return { event, leaf: entryOf(unb64(textAt(found.salt, "$.salt"), 32), event) };
  });
  const here = member === EVENTS ? `${where} (${event.event})` : where;
  return placed(here, async () => {
    const number = checkLink(row.link, event, before);
    checkSection(event, before);
    const proof = parseProof(textAt(row.proof, "$.proof"));
    require(proof.extra === null, "evidence.extra");
    const { size, root, times } = await verifyProof(proof, leaf, policy);
    const facts = await readFacts(event.event, event.facts, here);
    const { section, event: name } = event;
    const told = `${member}, event ${number} (${name})`;
    const at = instant(event.at, here);
    return { number, name, section, at, facts, entry: leaf, leaf: proof.index, size, root, times, where: told, subject: facts.subject };
  });
}

/** The event's number: the next one, pointing to the entry before, or a later one where bids may be hidden. */
function checkLink(value, event, before) {
  const link = membersAt(value, "$.link", ["salt", "number", "previous"]);
  const expected = before.length ? before.at(-1).number + 1 : 1;
  const number = countAt(link.number, "$.link.number", 1, MOST_EVENTS);
  const previous = unb64(textAt(link.previous, "$.link.previous"), 32);
  const next = number === expected;
  require(next || (number > expected && mayHide(before)), "evidence.chain", { number, expected });
  const due = before.length ? before.at(-1).entry : NO_ENTRY;
  require(!next || sameBytes(previous, due), "evidence.chain", { number, expected });
  const salt = unb64(textAt(link.salt, "$.link.salt"), 32);
  require(sameBytes(linkOf(salt, number, previous), unb64(event.link, 32)), "evidence.link", { number });
  return number;
}

function mayHide(before) {
  const names = before.map((one) => one.name);
  return names.includes("notice.published") && !names.includes("section.closed");
}

/** `evidence.chain` for a gap unless the section failed at its closing: elsewhere every bid is told. */
function checkHidden(events) {
  const closed = events.find((one) => one.name === "section.closed");
  if (closed && closed.facts.outcome === "failed") return;
  events.slice(1).forEach(({ number, where }, place) => {
    const expected = events[place].number + 1;
    require(number === expected, "evidence.chain", { number, expected, where });
  });
}

function checkSection(event, before) {
  const section = event.section ?? "";
  const expected = before.length ? before[0].section : section;
  require(section === expected && SECTION.test(section), "evidence.section", { found: section, expected });
}

/** Places in the log rise with the numbers; no event is stamped later than its co-signing or far before another. */
function checkTimes(events) {
  let leaf = -1n;
  let latest = events[0].at;
  for (const one of events) {
    const { where } = one;
    require(one.leaf > leaf, "evidence.leaf-order", { leaf: one.leaf, before: leaf, where });
    require(one.at >= latest - SLACK, "evidence.time-order", { at: told(one.at), before: told(latest), where });
    leaf = one.leaf;
    latest = one.at > latest ? one.at : latest;
    const cosigned = [...one.times.values()].reduce((most, time) => (time > most ? time : most), 0n);
    require(one.at <= cosigned * SECOND + SKEW, "evidence.time", { at: told(one.at), where });
  }
}

function checkOneTree(events) {
  const roots = new Map();
  for (const one of events) {
    if (!roots.has(one.size)) roots.set(one.size, one.root);
    require(sameBytes(roots.get(one.size), one.root), "evidence.fork", { size: one.size, where: one.where });
  }
}
