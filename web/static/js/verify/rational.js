/** Exact arithmetic: a rational is {n, d} of BigInt with d > 0, not reduced until it grows. */

const LARGE = 1n << 256n;

/** The rational n/d; d must not be 0. */
export function rational(n, d = 1n) {
  if (d < 0n) return rational(-n, -d);
  if (d < LARGE) return { n, d };
  const common = divisor(n < 0n ? -n : n, d);
  return { n: n / common, d: d / common };
}

function divisor(a, b) {
  let [one, other] = [a, b];
  while (other) [one, other] = [other, one % other];
  return one;
}

export const ZERO = rational(0n);
export const ONE = rational(1n);

/** a + b. */
export const plus = (a, b) => rational(a.n * b.d + b.n * a.d, a.d * b.d);

/** a − b. */
export const minus = (a, b) => rational(a.n * b.d - b.n * a.d, a.d * b.d);

/** a · b. */
export const times = (a, b) => rational(a.n * b.n, a.d * b.d);

/** a / b; b must not be 0. */
export const over = (a, b) => rational(a.n * b.d, a.d * b.n);

/** Less, equal or greater than 0. */
export function compare(a, b) {
  const [one, other] = [a.n * b.d, b.n * a.d];
  return one < other ? -1 : one > other ? 1 : 0;
}

/** Whether a is a whole multiple of b. */
export const isMultiple = (a, b) => (a.n * b.d) % (a.d * b.n) === 0n;

/** The sum of any number of rationals. */
export const sum = (values) => values.reduce(plus, ZERO);

/** In units of the last place (BigInt), half away from zero. */
export function rounded(value, places) {
  const scaled = (value.n < 0n ? -value.n : value.n) * 10n ** BigInt(places);
  const units = (2n * scaled + value.d) / (2n * value.d);
  return value.n < 0n ? -units : units;
}

/** Units of the last place as a decimal string with exactly so many decimals; there is no −0. */
export function shown(units, places) {
  const digits = String(units < 0n ? -units : units).padStart(places + 1, "0");
  const sign = units < 0n ? "-" : "";
  return places ? `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}` : sign + digits;
}
