/** Time tokens (RFC 3161): a CMS answer read, and held against the root certificate that the policy names for its authority. */
import { concat, hex, sameBytes } from "./bytes.js";
import { hold, rawSignature, Reader, timeOf } from "./der.js";
import { Problem } from "./problem.js";

const SIGNED_DATA = "06092a864886f70d010702";
const TST_INFO = "060b2a864886f70d0109100104";
const CONTENT_TYPE = "06092a864886f70d010903";
const MESSAGE_DIGEST = "06092a864886f70d010904";
const BASIC_CONSTRAINTS = "0603551d13";
const KEY_USAGE = "0603551d0f";
const EXTENDED_KEY_USAGE = "0603551d25";
const TIME_STAMPING = "06082b06010505070308";
const KNOWN = [BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE];
const HASHES = new Map([
  ["0609608648016503040201", "SHA-256"], ["0609608648016503040202", "SHA-384"], ["0609608648016503040203", "SHA-512"],
]);
const RSA_ENCRYPTION = "06092a864886f70d010101";
const SIGNATURES = new Map([
  ["06082a8648ce3d040302", ["ECDSA", "SHA-256"]], ["06082a8648ce3d040303", ["ECDSA", "SHA-384"]],
  ["06082a8648ce3d040304", ["ECDSA", "SHA-512"]], ["06092a864886f70d01010b", ["RSASSA-PKCS1-v1_5", "SHA-256"]],
  ["06092a864886f70d01010c", ["RSASSA-PKCS1-v1_5", "SHA-384"]], ["06092a864886f70d01010d", ["RSASSA-PKCS1-v1_5", "SHA-512"]],
]);
const CURVES = new Map([
  ["06082a8648ce3d030107", ["P-256", 32]], ["06052b81040022", ["P-384", 48]], ["06052b81040023", ["P-521", 66]],
]);
const LONGEST_CHAIN = 6;

/** A way to sign that no browser reads: nothing is said about the token. */
class Unread extends Error {}

/** What a token states, unverified: {hash (hex of the imprint's algorithm), digest, at, …}; `log.time-token` where it is none. */
export function readToken(der) {
  return judged(() => answerOf(new Reader(der).only(0x30)), "not an RFC 3161 answer with a token");
}

/** Whether the read token is signed by the authority with this root certificate, null where no browser can tell; `log.time-token`. */
export async function holdsBy(token, anchor) {
  try {
    await checkSigned(token, certificateOf(new Reader(anchor).only(0x30)));
    return true;
  } catch (error) {
    if (error instanceof Unread) return null;
    return judged(() => { throw error; }, error.message);
  }
}

function judged(act, why) {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    throw new Problem("log.time-token", { why });
  }
}

function answerOf(answer) {
  hold(answer.next(0x30).next(0x02).content.join() === "0", "not granted");
  const info = answer.next(0x30);
  answer.end();
  hold(hex(info.next(0x06).whole) === SIGNED_DATA, "not signed data");
  const data = info.next(0xa0).only(0x30);
  data.next(0x02);
  const hashes = every(data.next(0x31), 0x30).map((one) => HASHES.get(hex(one.next(0x06).whole)));
  const inner = data.next(0x30);
  hold(hex(inner.next(0x06).whole) === TST_INFO, "not a time token");
  const { content } = inner.next(0xa0).only(0x04);
  const certificates = data.peek() === 0xa0 ? every(data.next(0xa0), 0x30).map(certificateOf) : [];
  if (data.peek() === 0xa1) data.any();
  const signer = signerOf(data.next(0x31).only(0x30));
  data.end();
  hold(hashes.includes(signer.hash), "signed by another hash than it says");
  return { ...stated(new Reader(content).only(0x30)), content, certificates, signer };
}

function stated(info) {
  hold(info.next(0x02).content.join() === "1", "not version 1");
  info.next(0x06);
  const imprint = info.next(0x30);
  const hash = HASHES.get(hex(imprint.next(0x30).next(0x06).whole));
  const digest = imprint.next(0x04).content;
  imprint.end();
  info.next(0x02);
  return { hash, digest, at: timeOf(info.next(0x18), true) };
}

function signerOf(info) {
  info.next(0x02);
  const who = info.next(0x30);
  const [issuer, serial] = [hex(who.next(0x30).whole), hex(who.next(0x02).whole)];
  const hash = HASHES.get(hex(info.next(0x30).next(0x06).whole));
  const signed = info.next(0xa0);
  const told = every(signed, 0x30).map((one) => [hex(one.next(0x06).whole), one.next(0x31).content]);
  const attributes = new Map(told);
  hold(attributes.size === told.length, "an attribute twice");
  const name = hex(info.next(0x30).next(0x06).whole);
  const way = name === RSA_ENCRYPTION ? ["RSASSA-PKCS1-v1_5", hash] : SIGNATURES.get(name);
  // What is signed is the set itself, not its place in the message (RFC 5652 §5.4).
  const message = concat(Uint8Array.of(0x31), signed.whole.subarray(1));
  return { issuer, serial, hash, attributes, message, way, signature: info.next(0x04).content };
}

function certificateOf(outer) {
  const tbs = outer.next(0x30);
  const way = SIGNATURES.get(hex(outer.next(0x30).next(0x06).whole));
  const bits = outer.next(0x03).content;
  hold(bits[0] === 0, "a signature of odd bits");
  const { whole } = tbs;
  hold(hex(tbs.next(0xa0).content) === "020102", "not version 3");
  const serial = hex(tbs.next(0x02).whole);
  tbs.next(0x30);
  const issuer = hex(tbs.next(0x30).whole);
  const validity = tbs.next(0x30);
  const [begins, ends] = [timeOf(validity.any()), timeOf(validity.any())];
  const [subject, key] = [hex(tbs.next(0x30).whole), tbs.next(0x30)];
  while (tbs.more() && tbs.peek() !== 0xa3) tbs.any();
  const extensions = tbs.more() ? extensionsOf(tbs.next(0xa3).only(0x30)) : new Map();
  const signature = bits.subarray(1);
  return { serial, issuer, subject, begins, ends, key, extensions, message: whole, way, signature };
}

function extensionsOf(list) {
  return new Map(every(list, 0x30).map((one) => {
    const name = hex(one.next(0x06).whole);
    const critical = one.peek() === 0x01 && one.next(0x01).content[0] !== 0;
    return [name, { critical, value: one.next(0x04).content }];
  }));
}

async function checkSigned({ content, certificates, signer, at }, anchor) {
  const { attributes } = signer;
  hold(hex(attributes.get(CONTENT_TYPE) ?? []) === TST_INFO, "signed as something else");
  if (!signer.hash) throw new Unread();
  const digest = new Uint8Array(await crypto.subtle.digest(signer.hash, content));
  hold(sameBytes(only(attributes.get(MESSAGE_DIGEST), 0x04).content, digest), "what is signed is not what it says");
  const leaf = certificates.find((one) => one.issuer === signer.issuer && one.serial === signer.serial);
  hold(leaf !== undefined, "its signer's certificate is not with it");
  const usage = leaf.extensions.get(EXTENDED_KEY_USAGE);
  hold(usage?.critical && every(only(usage.value, 0x30), 0x06).some((one) => hex(one.whole) === TIME_STAMPING), "its signer may not stamp times");
  hold(await isSigned(signer, leaf.key), "a signature that does not hold");
  await checkChain(leaf, certificates, anchor, at);
}

/** From the signer's certificate up to the anchor, each valid at the token's time. */
async function checkChain(leaf, certificates, anchor, at) {
  let one = leaf;
  checkValid(anchor, at);
  for (let below = 0; below < LONGEST_CHAIN; below += 1) {
    checkValid(one, at);
    const ends = one.issuer === anchor.subject && (await isSigned(one, anchor.key));
    const next = ends ? anchor : certificates.find((other) => other !== one && other.subject === one.issuer);
    hold(next !== undefined, "its certificates do not lead to the authority of the policy");
    checkIssues(next, below);
    if (ends) return;
    hold(await isSigned(one, next.key), "a certificate's signature does not hold");
    one = next;
  }
  throw new RangeError("too long a chain of certificates");
}

function checkValid({ begins, ends, extensions }, at) {
  hold(at >= begins && at <= ends, "a certificate was not valid at the token's time");
  hold([...extensions].every(([name, { critical }]) => !critical || KNOWN.includes(name)), "a critical extension that is not known here");
}

/** That a certificate may certify others, with so many between it and the signer's. */
function checkIssues({ extensions }, below) {
  const basic = only(extensions.get(BASIC_CONSTRAINTS)?.value, 0x30);
  hold(basic.more() && basic.peek() === 0x01 && basic.next(0x01).content[0] !== 0, "a certificate that may certify nobody");
  hold(!basic.more() || Number(`0x${hex(basic.next(0x02).content)}`) >= below, "too long a chain of certificates");
  const usage = extensions.get(KEY_USAGE);
  hold(!usage || (only(usage.value, 0x03).content[1] & 0x04) !== 0, "a certificate that may certify nobody");
}

async function isSigned({ message, way, signature }, key) {
  const kind = new Reader(key.content).next(0x30);
  const named = hex(kind.next(0x06).whole);
  if (!way?.[1]) throw new Unread();
  const [name, hash] = way;
  const curve = name === "ECDSA" ? CURVES.get(hex(kind.any().whole)) : null;
  if (curve === undefined || (name !== "ECDSA" && named !== RSA_ENCRYPTION)) throw new Unread();
  const algorithm = { name, hash, namedCurve: curve?.[0] };
  const told = curve ? rawSignature(signature, curve[1]) : signature;
  try {
    const imported = await crypto.subtle.importKey("spki", key.whole, algorithm, false, ["verify"]);
    return await crypto.subtle.verify(algorithm, imported, told, message);
  } catch {
    return false;
  }
}

const only = (data, tag) => new Reader(data ?? new Uint8Array(0)).only(tag);

function every(list, tag) {
  const found = [];
  while (list.more()) found.push(list.next(tag));
  return found;
}
