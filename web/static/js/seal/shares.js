/* Shamir's secret sharing over GF(2^8), polynomial 0x11b, byte by byte; a share is `y_0 … y_31 ‖ x`. */

import { Problem } from "./problem.js";

const POWER = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let exponent = 0, value = 1; exponent < 255; exponent += 1) {
  POWER[exponent] = POWER[exponent + 255] = value;
  LOG[value] = exponent;
  // 3 generates the field: value · 3 = value · 2 + value.
  value ^= (value << 1) ^ (value & 0x80 ? 0x11b : 0);
}

/* `count` shares (x = 1 … count), any `threshold` of which give the secret; coefficients drawn degree by degree. */
export function split(secret, threshold, count, random) {
  if (!(1 <= threshold && threshold <= count && count <= 255)) {
    throw new Problem("seal.policy", { policy: `${threshold}-of-${count}` });
  }
  const rows = [secret];
  while (rows.length < threshold) rows.push(random(secret.length));
  return range(count).map((x) => withPlace(secret.map((_, at) => evaluate(rows, at, x)), x));
}

/* The secret through all the shares given: exactly as many as the threshold, or it is another secret. */
export const join = (shares) => interpolate(shares, 0);

/* All `count` shares of the one polynomial through the shares given (as many as the threshold). */
export const extend = (shares, count) => range(count).map((x) => withPlace(interpolate(shares, x), x));

function interpolate(shares, x) {
  const places = shares.map((share) => share.at(-1));
  const weights = places.map((here) => weight(here, places, x));
  const value = (at) => shares.reduce((sum, share, index) => sum ^ times(share[at], weights[index]), 0);
  return shares[0].subarray(0, -1).map((_, at) => value(at));
}

/* Lagrange's coefficient of the share at `here` for the value at `x`; subtraction is XOR. */
function weight(here, places, x) {
  const others = places.filter((place) => place !== here);
  // A logarithm is needed only of non-zero values: places are distinct, and x may coincide with another place.
  if (others.includes(x)) return 0;
  const exponent = others.reduce((sum, place) => sum + LOG[x ^ place] - LOG[here ^ place], 0);
  return POWER[((exponent % 255) + 255) % 255];
}

const evaluate = (rows, at, x) => rows.reduceRight((value, row) => times(value, x) ^ row[at], 0);
const times = (a, b) => (a && b ? POWER[LOG[a] + LOG[b]] : 0);
const range = (count) => Array.from({ length: count }, (_, index) => index + 1);
const withPlace = (values, x) => Uint8Array.of(...values, x);
