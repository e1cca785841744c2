/** X.509 as far as a signature here needs it (RFC 5280): who is named, by which key, certified by the pinned authority. */
import { hex, sameBytes, textOf, unhex } from "./bytes.js";
import { hold, rawSignature, Reader, timeOf } from "./der.js";
import { verifyP256 } from "./keys.js";
import { Problem } from "./problem.js";

const ECDSA_SHA256 = unhex("300a06082a8648ce3d040302");
const P256_KEY = unhex("301306072a8648ce3d020106082a8648ce3d030107034200");
const COMMON_NAME = "0603550403";
const SERIAL_NUMBER = "0603550405";
const BASIC_CONSTRAINTS = "0603551d13";
const KEY_USAGE = "0603551d0f";
const TEXTS = new Set([0x0c, 0x13, 0x16]);

const known = new Map();

/** Whom the authority's certificate names at that time, as {subject, serial, key}; `signing.not-certified`, `.out-of-date`. */
export async function readCertificate(authority, der, at) {
  const name = `${hex(authority)}:${hex(der)}`;
  if (!known.has(name)) known.set(name, await checked(authority, der));
  const found = known.get(name);
  if (typeof found === "string") throw new Problem("signing.not-certified", { why: found });
  if (at < found.begins || at > found.ends) throw new Problem("signing.out-of-date", { until: found.until });
  return found;
}

/** Who signed the 32-byte message; `signing.bad-signature` too where nobody did. */
export async function verifySignature(authority, der, signature, message, at) {
  const found = await readCertificate(authority, der, at);
  const sound = message.length === 32 && (await verifyP256(found.key, message, signature));
  if (!sound) throw new Problem("signing.bad-signature", { serial: found.serial });
  return found;
}

async function checked(authority, der) {
  try {
    const { body, whole, signature } = take(der);
    if (!(await verifyP256(authority, whole, signature))) return "not signed by the authority";
    return body;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    return error.message;
  }
}

function take(der) {
  const outer = new Reader(der).only(0x30);
  const tbs = outer.next(0x30);
  hold(sameBytes(outer.next(0x30).whole, ECDSA_SHA256), "not signed with ECDSA and SHA-256");
  const bits = outer.next(0x03).content;
  outer.end();
  hold(bits[0] === 0, "a signature of odd bits");
  return { body: tbsOf(tbs), whole: tbs.whole, signature: rawSignature(bits.subarray(1)) };
}

function tbsOf(tbs) {
  hold(hex(tbs.next(0xa0).content) === "020102", "not version 3");
  tbs.next(0x02);
  hold(sameBytes(tbs.next(0x30).whole, ECDSA_SHA256), "not signed with ECDSA and SHA-256");
  tbs.next(0x30);
  const validity = tbs.next(0x30);
  const [begins, ends] = [validity.any(), validity.any()];
  validity.end();
  const subject = tbs.next(0x30);
  const spki = tbs.next(0x30).whole;
  hold(spki.length === 91 && sameBytes(spki.subarray(2, 26), P256_KEY), "not a P-256 key");
  while (tbs.more() && tbs.peek() !== 0xa3) tbs.any();
  checkExtensions(tbs.next(0xa3).next(0x30));
  tbs.end();
  const names = attributes(subject);
  const until = text(ends);
  const times = { begins: timeOf(begins), ends: timeOf(ends), until };
  return { ...times, subject: only(names, COMMON_NAME), serial: only(names, SERIAL_NUMBER), key: spki.subarray(26) };
}

function checkExtensions(list) {
  const found = new Map();
  while (list.more()) {
    const one = list.next(0x30);
    const name = hex(one.next(0x06).whole);
    if (one.peek() === 0x01) one.next(0x01);
    hold(!found.has(name), "an extension twice");
    found.set(name, one.next(0x04).content);
    one.end();
  }
  const basic = new Reader(found.get(BASIC_CONSTRAINTS) ?? new Uint8Array()).only(0x30);
  hold(!(basic.more() && basic.peek() === 0x01 && basic.next(0x01).content[0]), "an authority's, not a person's");
  const usage = new Reader(found.get(KEY_USAGE) ?? new Uint8Array()).only(0x03).content;
  hold(usage.length > 1 && (usage[1] & 0x80) !== 0, "not meant for signatures");
}

function attributes(subject) {
  const found = [];
  while (subject.more()) {
    const set = subject.next(0x31);
    while (set.more()) {
      const pair = set.next(0x30);
      found.push([hex(pair.next(0x06).whole), pair.any()]);
    }
  }
  return found;
}

function only(names, oid) {
  const values = names.filter(([name]) => name === oid);
  hold(values.length === 1 && TEXTS.has(values[0][1].tag), "the subject is not one name and one serial");
  return text(values[0][1]);
}

const text = (value) => textOf(value.content);
