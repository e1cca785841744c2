/** A section's evidence taken apart: its members, its proven events in order, and the policy they are judged by. */
import { readCertificate, verifySignature } from "./certificate.js";
import { parse } from "./json.js";
import { Problem, require } from "./problem.js";
import { MINUTE, SECOND, floor, told } from "./time.js";

/** A line is stamped when it is written; the use-case's own time was read when its transaction began. */
export const SLACK = MINUTE;

/** The evidence of one section; `events` are Logged, numbered from 1, with hidden bids in a gap. */
export class Dossier {
  constructor(section, members, policy, events) {
    Object.assign(this, { section, members, policy, events, objectionsBefore: 0 });
  }

  /** The events of these names, in their order. */
  all(...names) {
    return this.events.filter((one) => names.includes(one.name));
  }

  /** The only event of this name; `evidence.event-missing`, `evidence.event-twice`. */
  one(name) {
    const found = this.all(name);
    require(found.length > 0, "evidence.event-missing", { name, where: "events.json" });
    require(found.length === 1, "evidence.event-twice", { name, where: found[1]?.where });
    return found[0];
  }

  /** The events recorded later than one of them. */
  after(event) {
    return this.events.filter((one) => one.number > event.number);
  }

  /** How many events of the section the file keeps to itself. */
  get hidden() {
    return this.events.at(-1).number - this.events.length;
  }

  /** Whether the quorum co-signed the event's checkpoint at or after a time (their clocks count whole seconds). */
  cosignedSince(event, earliest) {
    const since = floor(earliest, SECOND);
    return this.policy.reached([...event.times].filter(([, time]) => time >= since).map(([name]) => name));
  }

  /** Whom a certificate of the policy's authorities names, once its key has signed the 32 bytes; `signing.…`. */
  signed(certificate, signature, message, at) {
    return this.#underAny((key) => verifySignature(key, certificate, signature, message, at));
  }

  /** Whom a certificate of the policy's authorities names at that time; `signing.…`. */
  certified(certificate, at) {
    return this.#underAny((key) => readCertificate(key, certificate, at));
  }

  async #underAny(check) {
    let refusal = null;
    for (const key of this.policy.authorities.values()) {
      try {
        return await check(key);
      } catch (error) {
        if (!(error instanceof Problem)) throw error;
        refusal = error;
      }
    }
    throw refusal;
  }
}

/** A member that is canonical JSON; `evidence.member-missing`, `evidence.json`. */
export function jsonMember(members, name) {
  require(members.has(name), "evidence.member-missing", { where: name });
  return canonicalJson(members.get(name), name);
}

/** The value of canonical JSON and of nothing else; `evidence.json`. */
export function canonicalJson(data, where) {
  try {
    return parse(data);
  } catch (error) {
    throw new Problem("evidence.json", { why: error.facts?.why ?? error.message, where });
  }
}

/** `evidence.order` unless the events stand in the section's record in this order. */
export function inOrder(...events) {
  events.slice(1).forEach((then, place) => {
    const first = events[place];
    require(first.number < then.number, "evidence.order", { first: first.name, then: then.name, where: then.where });
  });
}

/** `evidence.not-cosigned` unless each first event stood in a co-signed checkpoint when the other was logged. */
export function afterCosigning(firsts, then) {
  for (const first of firsts) {
    const facts = { first: first.where, then: then.name, where: then.where };
    require(first.size <= then.leaf, "evidence.not-cosigned", facts);
  }
}

/** `evidence.early` unless an event happened at or after a time. */
export function notBefore(holds, event, earliest) {
  require(holds, "evidence.early", { name: event.name, earliest: told(earliest), where: event.where });
}

/** The last part of an identifier, `3` of `…/3`. */
export const lastOf = (subject) => subject.slice(subject.lastIndexOf("/") + 1);
