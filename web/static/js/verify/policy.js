/** The policy file (C2SP tlog-policy): whose signatures make a checkpoint valid, and the other keys to be trusted. */
import { b64, hex, sameBytes, textOf, unb64 } from "./bytes.js";
import { checkPoint } from "./keys.js";
import { COSIGNATURE, ED25519, isOf, keyLine, parseCheckpoint, parseKey, parseNote, signatureOf } from "./note.js";
import { verifyCosignature, verifyNote } from "./note.js";
import { Problem, require } from "./problem.js";

export const NONE = "none";

/** One log, its witnesses and their quorum; Ed25519 custodians, P-256 authorities, the X25519 opening key. */
export class Policy {
  constructor() {
    this.log = null;
    this.witnesses = new Map();
    this.groups = new Map();
    this.quorum = null;
    this.custodians = new Map();
    this.authorities = new Map();
    this.opening = null;
    this.timestamps = new Map();
    this.checked = new Map();
  }

  /** The checkpoint of a note with the times of its co-signatures, once log and quorum have signed it; strictly. */
  check(note) {
    if (!this.checked.has(note)) this.checked.set(note, this.#check(note));
    return this.checked.get(note);
  }

  /** Begins to check notes side by side, so that no signature waits for the one before; `check` gives the answers. */
  foresee(notes) {
    for (const note of notes) this.check(note).catch(() => {});
  }

  async #check(note) {
    const parsed = parseNote(note);
    const checkpoint = parseCheckpoint(parsed.text);
    const { log } = this;
    require(checkpoint.origin === log.name, "log.origin", { origin: checkpoint.origin, expected: log.name });
    const known = [log, ...this.witnesses.values()];
    for (const line of parsed.signatures) {
      require(known.some((key) => isOf(line, key)), "log.unknown-key", { name: line.name });
    }
    await verifyNote(parsed, log);
    const lines = [...this.witnesses].map(([name, key]) => [name, key, signatureOf(parsed, key)]);
    const found = lines.filter(([, , line]) => line !== null).map(async ([name, key, line]) => [
      name,
      await verifyCosignature(parsed.text, line, key),
    ]);
    const times = new Map(await Promise.all(found));
    require(this.reached([...times.keys()]), "log.quorum", { cosigned: times.size, quorum: this.quorum });
    return { ...checkpoint, times };
  }

  /** Whether these witnesses together are the quorum (or the named witness or group). */
  reached(cosigned, name = this.quorum) {
    if (name === NONE) return true;
    const group = this.groups.get(name);
    if (group === undefined) return cosigned.includes(name);
    return group.members.filter((member) => this.reached(cosigned, member)).length >= group.needed;
  }

  /** What a policy says, part by part, as texts that are equal just where the policies are. */
  parts() {
    const keys = (found, told) => JSON.stringify([...found].map(([name, key]) => [name, told(key)]).sort());
    return {
      log: keyLine(this.log),
      witnesses: keys(this.witnesses, keyLine),
      groups: keys(this.groups, (group) => JSON.stringify([group.needed, group.members])),
      quorum: this.quorum,
      custodians: keys(this.custodians, hex),
      authorities: keys(this.authorities, hex),
      opening: this.opening === null ? "" : b64(this.opening),
    };
  }
}

/** Reads a policy file; `policy.line` names the first line that is wrong (0: something is missing altogether). */
export function parsePolicy(data) {
  const policy = new Policy();
  const members = new Set();
  policyLines(data).forEach((line, place) => {
    const words = line.replace(/^[ \t]+|[ \t]+$/g, "").split(/[ \t]+/);
    if (words[0] === "" || words[0].startsWith("#")) return;
    try {
      take(policy, members, words);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      throw new Problem("policy.line", { line: place + 1, why: error.facts.why ?? error.code });
    }
  });
  const witnessed = [...policy.witnesses.values()].some((key) => policy.log && sameBytes(key.key, policy.log.key));
  hold(policy.log !== null, "no log line", 0);
  hold(policy.quorum !== null, "no quorum line", 0);
  hold(!witnessed, "the log witnesses itself", 0);
  return policy;
}

function policyLines(data) {
  let text = data;
  if (typeof data !== "string") {
    try {
      text = textOf(data);
    } catch {
      throw new Problem("policy.line", { line: 0, why: "not UTF-8" });
    }
  }
  hold(text.endsWith("\n"), "the last line does not end", text.split("\n").length);
  const lines = text.slice(0, -1).split("\n");
  // eslint-disable-next-line no-control-regex
  lines.forEach((line, place) => hold(!/[\0-\x08\x0a-\x1f\x7f]/.test(line), "a control character", place + 1));
  return lines;
}

function take(policy, members, [kind, ...words]) {
  const [name, key] = words;
  if (kind === "log" && [1, 2].includes(words.length)) takeLog(policy, parseKey(name));
  else if (kind === "witness" && [2, 3].includes(words.length)) takeWitness(policy, name, parseKey(key));
  else if (kind === "group" && words.length >= 2) takeGroup(policy, members, words);
  else if (kind === "quorum" && words.length === 1) takeQuorum(policy, name);
  else if (kind === "custodian" && words.length === 2) add(policy.custodians, name, unb64(key, 32));
  else if (kind === "authority" && words.length === 2) {
    checkPoint(unb64(key, 65));
    add(policy.authorities, name, unb64(key, 65));
  } else if (kind === "opening" && words.length === 1) {
    hold(policy.opening === null, "a second opening key");
    policy.opening = unb64(name, 32);
  } else if (kind === "timestamp" && words.length === 2) {
    const anchor = unb64(key);
    hold(anchor[0] === 0x30, "not a certificate in DER");
    add(policy.timestamps, name, anchor);
  } else hold(false, "not a line of a policy");
}

function takeLog(policy, key) {
  hold(policy.log === null, "a second log");
  hold(key.algorithm === ED25519, "not a log's key");
  policy.log = key;
}

function takeWitness(policy, name, key) {
  checkNew(policy, name);
  hold(key.algorithm === COSIGNATURE, "not a cosigner's key");
  hold(![...policy.witnesses.values()].some((known) => sameBytes(known.key, key.key)), "a witness key twice");
  policy.witnesses.set(name, key);
}

function takeGroup(policy, used, [name, needed, ...members]) {
  checkNew(policy, name);
  hold(members.length > 0, "a group without members");
  for (const member of members) {
    hold(policy.witnesses.has(member) || policy.groups.has(member), `${member} is not defined above`);
    hold(!used.has(member), `${member} is a member twice`);
    used.add(member);
  }
  hold(needed === "any" || needed === "all" || /^[1-9][0-9]{0,3}$/.test(needed), "neither any, all nor a number");
  const count = needed === "any" ? 1 : needed === "all" ? members.length : Number(needed);
  hold(count <= members.length, "more are needed than there are members");
  policy.groups.set(name, { needed: count, members });
}

function takeQuorum(policy, name) {
  hold(policy.quorum === null, "a second quorum");
  hold(name === NONE || policy.witnesses.has(name) || policy.groups.has(name), `${name} is not defined above`);
  policy.quorum = name;
}

function checkNew(policy, name) {
  hold(name !== NONE && !policy.witnesses.has(name) && !policy.groups.has(name), `${name} is taken`);
}

function add(keys, name, key) {
  hold(!keys.has(name), `${name} is taken`);
  hold(![...keys.values()].some((known) => sameBytes(known, key)), "a key twice");
  keys.set(name, key);
}

function hold(holds, why, line) {
  require(holds, "policy.line", { why, line });
}
