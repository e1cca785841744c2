/* Marks as exact decimals: text in, text out, whole numbers of the smallest place in between. */

const SHAPE = /^[0-9]+(\.[0-9]+)?$/;

/* A mark as typed, in the one form the platform takes: ASCII digits, a point, no zeros in front; null for no number. */
export function read(text) {
  const plain = text.normalize("NFKC").trim().replace(/。/g, ".");
  if (!SHAPE.test(plain) || plain.length > 32) return null;
  const [whole, rest = ""] = plain.split(".");
  const digits = whole.replace(/^0+(?=[0-9])/, "");
  return rest ? `${digits}.${rest}` : digits;
}

/* A decimal written with a comma, which might be meant for thousands: with a point instead; null for anything else. */
export function pointed(text) {
  const plain = text.normalize("NFKC").trim().replace(/[,、]/, ".");
  return plain !== text.normalize("NFKC").trim() && SHAPE.test(plain) ? plain : null;
}

/* Whether a mark is below another. */
export function below(mark, limit) {
  const to = Math.max(places(mark), places(limit));
  return scaled(mark, to) < scaled(limit, to);
}

const places = (text) => (text.split(".")[1] ?? "").length;
const scaled = (text, to) => {
  const [whole, rest = ""] = text.split(".");
  return BigInt(whole + rest.padEnd(to, "0"));
};

/* Why a mark is impossible, "range" or "step", or null where it may stand. */
export function fault(mark, max, step) {
  const to = Math.max(places(mark), places(max), places(step ?? "0"));
  if (scaled(mark, to) > scaled(max, to)) return "range";
  if (step && scaled(mark, to) % scaled(step, to) !== 0n) return "step";
  return null;
}

/* The mark one step up or down, kept between 0 and the most; off the step it goes to the next mark that may stand. */
export function stepped(mark, max, step, by) {
  const size = step ?? "1";
  const to = Math.max(places(mark ?? "0"), places(max), places(size));
  const [most, unit] = [scaled(max, to), scaled(size, to)];
  if (mark === null) return shown(by > 0 ? 0n : most - (most % unit), to, size);
  const now = scaled(mark, to);
  const base = now - (now % unit);
  let next = by > 0 ? base + unit : now % unit ? base : base - unit;
  if (next < 0n) next = 0n;
  if (next > most) next = most - (most % unit);
  return shown(next, to, size);
}

/* The exact sum of marks. */
export function sum(marks) {
  const to = Math.max(0, ...marks.map(places));
  return shown(marks.reduce((all, mark) => all + scaled(mark, to), 0n), to, "0");
}

function shown(value, to, size) {
  const text = value.toString().padStart(to + 1, "0");
  const [whole, rest] = [text.slice(0, text.length - to), to ? text.slice(-to) : ""];
  const kept = rest.replace(/0+$/, "").padEnd(Math.min(places(size), rest.length), "0");
  return kept ? `${whole}.${kept}` : whole;
}
