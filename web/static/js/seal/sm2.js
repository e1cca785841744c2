/* SM2 public-key encryption (GB/T 32918) on BigInts; not constant time. A point is [x, y]; inside a multiplication it is
   Jacobian, [X, Y, Z] with x = X/Z², y = Y/Z³, and Z = 0 at infinity. */

import { concat, same } from "./bytes.js";
import { Problem } from "./problem.js";
import { sm3 } from "./sm3.js";

const P = 0xfffffffeffffffffffffffffffffffffffffffff00000000ffffffffffffffffn;
const A = P - 3n;
const B = 0x28e9fa9e9d9f5e344d5a9e4bcf6509a7f39789f515ab8f92ddbcbd414d940e93n;
const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const G = [
  0x32c4ae2c1f1981195f9904466a39c9948fe30bbff2660be1715a4589334c74c7n,
  0xbc3736a2f4f6779c59bdcee36b692153d0a9877cc62a474002df32e52139f0a0n,
];
const INFINITY = [1n, 1n, 0n];
export const PUBLIC = 65;
export const DIGEST = 32;
const KEY = 32;
const DRAWN = 40;

/* The private key of 40 drawn or derived bytes: 1 + (big-endian integer mod n − 2), as 32 bytes. */
export const privateOf = (drawn) => bytesOf(1n + (numberOf(drawn) % (N - 2n)));

/* Whether these bytes are a private key: 32 of them, 1 … n − 2. */
export const isPrivate = (bytes) => bytes.length === KEY && numberOf(bytes) >= 1n && numberOf(bytes) <= N - 2n;

/* `04 ‖ x ‖ y` of a private key; "envelope.bad-key" for bytes that are none. */
export function publicKey(own) {
  if (!isPrivate(own)) throw new Problem("envelope.bad-key");
  return written(times(numberOf(own), G));
}

/* Whether these bytes are `04 ‖ x ‖ y` of a point on the curve; its order is prime, so every such point will do. */
export const isPublic = (bytes) => read(bytes) !== null;

/* `04 ‖ x1 ‖ y1 ‖ C3 ‖ C2`, 97 bytes more than the plaintext; "envelope.bad-key" for a point off the curve. */
export function encrypt(peer, plaintext, random) {
  const point = read(peer);
  if (point === null) throw new Problem("envelope.bad-key");
  for (;;) {
    const k = numberOf(privateOf(random(DRAWN)));
    const shared = times(k, point).map(bytesOf);
    const stream = derived(shared, plaintext.length);
    if (stream) return concat(written(times(k, G)), sm3(shared[0], plaintext, shared[1]), mixed(plaintext, stream));
  }
}

/* The plaintext of `encrypt`; "envelope.unreadable" for a point off the curve, a wrong key or a changed byte. */
export function decrypt(own, blob) {
  const point = read(blob.subarray(0, PUBLIC));
  if (point === null || !isPrivate(own) || blob.length < PUBLIC + DIGEST) throw new Problem("envelope.unreadable");
  const [c3, c2] = [blob.subarray(PUBLIC, PUBLIC + DIGEST), blob.subarray(PUBLIC + DIGEST)];
  const shared = times(numberOf(own), point).map(bytesOf);
  const plaintext = mixed(c2, derived(shared, c2.length) ?? new Uint8Array(c2.length));
  if (!same(sm3(shared[0], plaintext, shared[1]), c3)) throw new Problem("envelope.unreadable");
  return plaintext;
}

/* `share ‖ SM3(info)` for the holder of a key: SM2 has no associated data, so the digest travels inside. */
export const sealTo = (peer, share, info, random) => encrypt(peer, concat(share, sm3(info)), random);

/* The share of `sealTo`; "envelope.unreadable" for other info too. */
export function openFrom(own, blob, info) {
  const plaintext = decrypt(own, blob);
  if (!same(sm3(info), plaintext.subarray(-DIGEST))) throw new Problem("envelope.unreadable");
  return plaintext.subarray(0, -DIGEST);
}

/* The key derivation of GB/T 32918.4 §5.4.3; null where it is all zero, so that another k must be drawn. */
function derived(shared, size) {
  const blocks = Array.from({ length: Math.ceil(size / DIGEST) }, (_, at) => sm3(...shared, Uint8Array.of(0, 0, 0, at + 1)));
  const stream = concat(...blocks).subarray(0, size);
  return size === 0 || stream.some(Boolean) ? stream : null;
}

function read(bytes) {
  if (bytes.length !== PUBLIC || bytes[0] !== 4) return null;
  const [x, y] = [numberOf(bytes.subarray(1, 33)), numberOf(bytes.subarray(33))];
  return x < P && y < P && mod(y * y - x * x * x - A * x - B) === 0n ? [x, y] : null;
}

const written = (point) => concat(Uint8Array.of(4), ...point.map(bytesOf));
const mixed = (one, other) => one.map((byte, at) => byte ^ other[at]);
const numberOf = (bytes) => BigInt(`0x${Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")}`);
const bytesOf = (number) => Uint8Array.from(number.toString(16).padStart(64, "0").match(/../g), (pair) => parseInt(pair, 16));

function mod(value) {
  const rest = value % P;
  return rest < 0n ? rest + P : rest;
}

/* `factor` (1 … n − 1) times a point of the curve, four bits at a time: never infinity, the order being prime. */
function times(factor, point) {
  const multiples = [INFINITY, [...point, 1n]];
  while (multiples.length < 16) multiples.push(add(multiples.at(-1), multiples[1]));
  let sum = INFINITY;
  for (const digit of factor.toString(16)) {
    sum = add(double(double(double(double(sum)))), multiples[parseInt(digit, 16)]);
  }
  const [x, y, z] = sum;
  const inverse = power(z, P - 2n);
  const square = mod(inverse * inverse);
  return [mod(x * square), mod(y * mod(square * inverse))];
}

function double([x, y, z]) {
  const [square, zz] = [mod(y * y), mod(z * z)];
  const [s, m] = [mod(4n * x * square), mod(3n * (x - zz) * (x + zz))];
  const across = mod(m * m - 2n * s);
  return [across, mod(m * (s - across) - 8n * square * square), mod(2n * y * z)];
}

function add(one, other) {
  const [[x1, y1, z1], [x2, y2, z2]] = [one, other];
  if (z1 === 0n || z2 === 0n) return z1 === 0n ? other : one;
  const [zz1, zz2] = [mod(z1 * z1), mod(z2 * z2)];
  const [u, s] = [mod(x1 * zz2), mod(y1 * zz2 * z2)];
  const [h, r] = [mod(x2 * zz1 - u), mod(y2 * zz1 * z1 - s)];
  if (h === 0n) return r === 0n ? double(one) : INFINITY;
  const hh = mod(h * h);
  const [hhh, v] = [mod(h * hh), mod(u * hh)];
  const x = mod(r * r - hhh - 2n * v);
  return [x, mod(r * (v - x) - s * hhh), mod(z1 * z2 * h)];
}

function power(base, exponent) {
  let found = 1n;
  for (const digit of exponent.toString(2)) {
    found = mod(found * found);
    if (digit === "1") found = mod(found * base);
  }
  return found;
}
