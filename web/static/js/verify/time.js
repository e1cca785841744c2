/** Instants as BigInt microseconds since 1970 (UTC): JavaScript's own dates count milliseconds only. */
import { Problem } from "./problem.js";

export const SECOND = 1_000_000n;
export const MINUTE = 60n * SECOND;
export const DAY = 86_400n * SECOND;

const UTC = /^(2[0-9]{3})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,6}))?Z$/;

/** An instant `YYYY-MM-DDThh:mm:ss[.ffffff]Z` of this millennium; `evidence.time-format`. */
export function instant(text, where) {
  const match = typeof text === "string" ? UTC.exec(text) : null;
  const found = match && moment(...match.slice(1, 7).map(Number));
  if (found === null) throw new Problem("evidence.time-format", { text: String(text).slice(0, 40), where });
  return found + BigInt((match[7] ?? "").padEnd(6, "0"));
}

/** The instant of a real date and time, or null where there is none such. */
export function moment(year, month, day, hour, minute, second) {
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return real && hour < 24 && minute < 60 && second < 60 ? BigInt(date.getTime()) * 1000n : null;
}

/** The day (Number since 1970-01-01) on which an instant falls at an offset. */
export const dayOf = (at, offset) => Number(floor(at + offset, DAY));

/** An instant to the second, as `YYYY-MM-DDThh:mm:ssZ`, for people. */
export const told = (at) => new Date(Number(floor(at, 1000n))).toISOString().replace(/\.000Z$/, "Z");

/** The largest whole number not above a / b, b > 0. */
export const floor = (a, b) => (a >= 0n ? a / b : -((-a + b - 1n) / b));
