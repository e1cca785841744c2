/** DER (X.690), as far as certificates and time tokens need it: definite and shortest lengths only; RangeError says why not. */
import { concat, textOf } from "./bytes.js";
import { moment } from "./time.js";

export function hold(holds, why) {
  if (!holds) throw new RangeError(why);
}

/** Reads DER values one after the other: definite and shortest lengths only. */
export class Reader {
  constructor(data, whole = data, tag = 0) {
    this.content = data;
    this.whole = whole;
    this.tag = tag;
    this.at = 0;
  }

  more() {
    return this.at < this.content.length;
  }

  peek() {
    return this.content[this.at];
  }

  any() {
    const start = this.at;
    const tag = this.content[this.at];
    let size = this.content[this.at + 1];
    hold(tag !== undefined && size !== undefined && (tag & 0x1f) !== 0x1f, "cut off");
    this.at += 2;
    if (size >= 0x80) {
      const bytes = this.content.subarray(this.at, this.at + (size & 0x7f));
      hold(size > 0x80 && size < 0x84 && bytes.length === (size & 0x7f) && bytes[0] !== 0, "a length in another form");
      this.at += bytes.length;
      size = bytes.reduce((found, byte) => found * 256 + byte, 0);
      hold(size >= 0x80, "a length in another form");
    }
    hold(this.at + size <= this.content.length, "cut off");
    this.at += size;
    return new Reader(this.content.subarray(this.at - size, this.at), this.content.subarray(start, this.at), tag);
  }

  next(tag) {
    hold(this.peek() === tag, "another value was due");
    return this.any();
  }

  only(tag) {
    const found = this.next(tag);
    this.end();
    return found;
  }

  end() {
    hold(!this.more(), "something follows");
  }
}

/** The instant of a UTCTime or GeneralizedTime in seconds, the latter also with a fraction of a second (RFC 3161 §2.4.2). */
export function timeOf(value, fraction = false) {
  const told = textOf(value.content);
  const match = /^([0-9]{2,4}?)([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{2})(?:\.([0-9]{0,8}[1-9]))?Z$/.exec(told);
  hold(match && [0x17, 0x18].includes(value.tag) && match[1].length === (value.tag === 0x17 ? 2 : 4), "no time");
  hold(match[7] === undefined || (fraction && value.tag === 0x18), "no time");
  const [year, ...rest] = match.slice(1, 7).map(Number);
  const full = value.tag === 0x18 ? year : year + (year < 50 ? 2000 : 1900);
  const found = moment(full, ...rest);
  hold(found !== null, "no time");
  return found + BigInt((match[7] ?? "").padEnd(6, "0").slice(0, 6));
}

/** r ‖ s of a DER signature, of which there is one spelling; each number in `size` bytes. */
export function rawSignature(der, size = 32) {
  const pair = new Reader(der).only(0x30);
  const numbers = [pair.next(0x02).content, pair.next(0x02).content];
  pair.end();
  const raw = numbers.map((number) => {
    const lean = number.length === 1 || number[0] !== 0 || (number[1] & 0x80) !== 0;
    hold(number.length > 0 && !(number[0] & 0x80) && lean, "a second spelling of the signature");
    const trimmed = number[0] === 0 ? number.subarray(1) : number;
    hold(trimmed.length <= size, "too long a signature");
    return concat(new Uint8Array(size - trimmed.length), trimmed);
  });
  return concat(...raw);
}
