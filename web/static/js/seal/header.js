/* The header of a sealed bid: parsed strictly, so that there is exactly one way to write each header. */

import { b64, concat, unb64, utf8 } from "./bytes.js";
import { isTime, matches, PART, ROUND, SECTION } from "./fields.js";
import { Problem } from "./problem.js";
import { findSuite, X25519 } from "./suite.js";

/* The suite of a keyset that asks for none. */
export const SUITE = X25519;
const VERSION = "sealed-bid/v1\n";
const RULE = "---\n";
const LONGEST_LINE = 8192;
const MOST_LINES = 64;
export const MOST_CUSTODIANS = MOST_LINES - 8;
/* No header is longer: so many bytes of a container are enough to read it. */
export const LONGEST_HEADER = LONGEST_LINE * MOST_LINES;

/* What a sealed bid says of itself: suite, section `<tender>/<section>`, part, round, bidder, deadline, keyset, threshold,
   count, factor (whether the bidder's own is needed), shares; hashes and shares are raw bytes. */
export class Header {
  constructor(fields) {
    Object.assign(this, { suite: SUITE, shares: [], factor: false }, fields);
  }

  get policy() {
    return `${this.threshold}-of-${this.count}${this.factor ? " bidder" : ""}`;
  }

  /* The bytes every share is bound to: all lines but the shares and the rule. */
  pre() {
    return utf8(
      `${VERSION}suite ${this.suite}\nsection ${this.section}/${this.part}/${this.round}\nbidder ${b64(this.bidder)}\n` +
        `deadline ${this.deadline}\nkeyset ${b64(this.keyset)}\npolicy ${this.policy}\n`,
    );
  }

  /* The whole header, from the first byte through the rule. */
  encode() {
    return concat(this.pre(), ...this.shares.map((share, index) => `share ${index + 1} ${b64(share)}\n`), RULE);
  }
}

/* The header at the beginning of a container; the payload begins at `size`. Each fault has the first code that names it. */
export function parseHeader(bytes) {
  const lines = new Lines(bytes);
  lines.version();
  const suite = findSuite(lines.value("suite"));
  const where = lines.value("section").match(new RegExp(`^(${SECTION})/(${PART})/(${ROUND})$`)) ?? lines.refuse();
  const bidder = lines.hash("bidder");
  const deadline = lines.value("deadline");
  if (!isTime(deadline)) lines.refuse();
  const keyset = lines.hash("keyset");
  const policy = parsePolicy(lines.value("policy"));
  const shares = [];
  while (shares.length < policy.count) shares.push(lines.share(shares.length + 1, suite.wrapped));
  if (lines.next() !== RULE) lines.refuse();
  const [, section, part, round] = where;
  const found = { suite: suite.name, section, part, round, bidder, deadline, keyset, ...policy, shares };
  return { header: new Header(found), size: lines.at };
}

/* { threshold, count, factor } of `t-of-n[ bidder]`; "seal.policy" otherwise. */
export function parsePolicy(text) {
  const found = text.match(/^([1-9][0-9]{0,2})-of-([1-9][0-9]{0,2})( bidder)?$/);
  const [threshold, count] = found ? [Number(found[1]), Number(found[2])] : [1, 0];
  if (threshold > count || count > 255) throw new Problem("seal.policy", { policy: text });
  return { threshold, count, factor: found[3] !== undefined };
}

/* The lines of a header, one after the other, with the line number for a refusal. */
class Lines {
  #bytes;
  #number = 0;

  constructor(bytes) {
    this.#bytes = bytes;
    this.at = 0;
  }

  version() {
    this.#number = 1;
    const first = latin(this.#line(LONGEST_LINE));
    if (first === VERSION) return;
    if (first === VERSION.replace("\n", "\r\n")) throw new Problem("seal.crlf", { number: 1 });
    throw new Problem(VERSION.startsWith(first) ? "seal.truncated" : "seal.version");
  }

  /* The next line with its LF, as text. */
  next() {
    this.#number += 1;
    const line = this.#line(LONGEST_LINE + 1);
    if (line.length > LONGEST_LINE || this.#number > MOST_LINES) this.refuse();
    if (line.at(-1) !== 10) throw new Problem("seal.truncated");
    if (line.includes(13)) throw new Problem("seal.crlf", { number: this.#number });
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(line);
    } catch {
      return this.refuse();
    }
  }

  value(name) {
    const line = this.next();
    if (!line.startsWith(`${name} `)) this.refuse();
    return line.slice(name.length + 1, -1);
  }

  hash(name) {
    const value = this.#decoded(name);
    if (value.length !== 32) throw new Problem("seal.base64", { field: name });
    return value;
  }

  share(index, size) {
    const value = this.#decoded(`share ${index}`);
    if (value.length !== size) throw new Problem("seal.wrap", { custodian: index });
    return value;
  }

  refuse() {
    throw new Problem("seal.line", { number: this.#number });
  }

  #decoded(name) {
    const text = this.value(name);
    try {
      return unb64(text);
    } catch {
      throw new Problem("seal.base64", { field: name });
    }
  }

  /* Up to and with the next LF, at most `most` bytes. */
  #line(most) {
    const rest = this.#bytes.subarray(this.at, this.at + most);
    const end = rest.indexOf(10);
    const line = end < 0 ? rest : rest.subarray(0, end + 1);
    this.at += line.length;
    return line;
  }
}

const latin = (bytes) => String.fromCharCode(...bytes);

/* "seal.section" unless a place is one: `<tender>/<section>`, part, round. */
export function checkPlace(section, part, round) {
  if (!matches(section, SECTION) || !matches(part, PART) || !matches(round, ROUND)) {
    throw new Problem("seal.section", { expected: "<tender>/<section>/<part>/<round>", found: `${section}/${part}/${round}` });
  }
}
