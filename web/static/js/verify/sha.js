/** SHA-256 (FIPS 180-4) for many short inputs, without a promise for each; HMAC-SHA512 over the vendored SHA-512. */
import "../../vendor/tweetnacl/nacl-fast.min.js";
import { concat } from "./bytes.js";

const SHA512_BLOCK = 128;

/** The first 32 bits of the fractional parts of roots of primes: square roots for the start, cube roots for rounds. */
function constants() {
  const start = [];
  const rounds = [];
  for (let candidate = 2; rounds.length < 64; candidate += 1) {
    if (rounds.some((_, at) => candidate % PRIMES[at] === 0)) continue;
    PRIMES.push(candidate);
    if (start.length < 8) start.push(fraction(candidate, 2));
    rounds.push(fraction(candidate, 3));
  }
  return [Uint32Array.from(start), Uint32Array.from(rounds)];
}

const PRIMES = [];

/** floor(root(n) · 2^32) mod 2^32 exactly, by integers: the largest r with r^k ≤ n · 2^(32k). */
function fraction(prime, power) {
  const target = BigInt(prime) << BigInt(32 * power);
  let low = 0n;
  let high = 1n << 37n;
  while (high - low > 1n) {
    const middle = (low + high) >> 1n;
    if (middle ** BigInt(power) <= target) low = middle;
    else high = middle;
  }
  return Number(low & 0xffffffffn);
}

const [START, ROUNDS] = constants();

/** The 32-byte SHA-256 of the bytes. */
export function sha256(data) {
  const state = START.slice();
  const words = new Uint32Array(64);
  const whole = data.length - (data.length % 64);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  for (let at = 0; at < whole; at += 64) compress(state, words, view, at);
  const tail = padded(data.subarray(whole), data.length);
  const last = new DataView(tail.buffer);
  for (let at = 0; at < tail.length; at += 64) compress(state, words, last, at);
  const found = new DataView(new ArrayBuffer(32));
  state.forEach((word, at) => found.setUint32(at * 4, word));
  return new Uint8Array(found.buffer);
}

function padded(rest, size) {
  const tail = new Uint8Array(rest.length < 56 ? 64 : 128);
  tail.set(rest);
  tail[rest.length] = 0x80;
  const view = new DataView(tail.buffer);
  view.setUint32(tail.length - 8, Math.floor(size / 0x20000000));
  view.setUint32(tail.length - 4, (size << 3) >>> 0);
  return tail;
}

const turn = (word, by) => (word >>> by) | (word << (32 - by));

function compress(state, w, view, from) {
  for (let t = 0; t < 16; t += 1) w[t] = view.getUint32(from + t * 4);
  for (let t = 16; t < 64; t += 1) {
    const one = turn(w[t - 15], 7) ^ turn(w[t - 15], 18) ^ (w[t - 15] >>> 3);
    const two = turn(w[t - 2], 17) ^ turn(w[t - 2], 19) ^ (w[t - 2] >>> 10);
    w[t] = (w[t - 16] + one + w[t - 7] + two) | 0;
  }
  let [a, b, c, d, e, f, g, h] = state;
  for (let t = 0; t < 64; t += 1) {
    const up = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + ROUNDS[t] + w[t]) | 0;
    const over = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + up) | 0, c, b, a, (up + over) | 0];
  }
  [a, b, c, d, e, f, g, h].forEach((word, at) => {
    state[at] += word;
  });
}

/** A function that gives HMAC-SHA512 (RFC 2104) of a message under this key of at most 128 bytes. */
export function keyed(key) {
  const { hash } = self.nacl;
  const block = new Uint8Array(SHA512_BLOCK);
  block.set(key);
  const [inner, outer] = [0x36, 0x5c].map((mask) => block.map((byte) => byte ^ mask));
  return (message) => hash(concat(outer, hash(concat(inner, message))));
}
