/** A rule set with its way to count days: the law's in China's time, or the demo's short ones (CC 201, 203). */
import { Problem, require } from "./problem.js";
import { HOLIDAYS, MAKE_UP_DAYS, RULESETS } from "./rulesets.js";
import { DAY, dayOf, told } from "./time.js";

const SHANGHAI = 8n * 3_600_000_000n;
const SATURDAY = 6;
const SUNDAY = 0;

const dayNumber = (text) => Date.parse(`${text}T00:00:00Z`) / 86_400_000;
const holidays = new Set(HOLIDAYS.map(dayNumber));
const makeUp = new Set(MAKE_UP_DAYS.map(dayNumber));
const years = new Set(HOLIDAYS.map((text) => Number(text.slice(0, 4))));

/** The rule set of this id; `regime.unknown`. */
export function regimeOf(id) {
  const found = Object.prototype.hasOwnProperty.call(RULESETS, id) ? RULESETS[id] : null;
  require(found !== null, "regime.unknown", { regime: id });
  return { ...found, id };
}

/** The end of the period `rule` from an instant. */
export function endOf(regime, start, rule) {
  const { n, unit } = regime.periods[rule];
  if (regime.short) return start + BigInt(n) * BigInt(regime.short);
  return midnight(lastDay(start, n, unit) + 1);
}

/** The earliest deadline that leaves the period: its last day has come and n × 24 hours have passed. */
export function earliestDeadline(regime, start, rule) {
  const { n, unit } = regime.periods[rule];
  if (regime.short) return endOf(regime, start, rule);
  const [day, hours] = [midnight(lastDay(start, n, unit)), start + BigInt(n) * DAY];
  return day > hours ? day : hours;
}

/** `notice.…` unless a notice leaves the law's time for the sale of documents and for bids (TBR 16, TBL 24). */
export function checkPeriods(regime, published, saleEnds, deadline) {
  const sale = endOf(regime, published, "document-sale");
  require(saleEnds >= sale, "notice.sale-too-short", facts(regime, "document-sale", sale, saleEnds));
  const earliest = earliestDeadline(regime, published, "submission");
  require(deadline >= earliest, "notice.deadline-too-early", facts(regime, "submission", earliest, deadline));
  require(saleEnds <= deadline, "notice.sale-after-deadline", { sale_ends: told(saleEnds), deadline: told(deadline) });
}

/** `addendum.too-late` for a change that may touch bids and leaves less than the law's period before the deadline (TBR 21). */
export function checkClarified(regime, now, deadline, affects) {
  if (!affects || now <= latestBefore(regime, deadline, "clarification")) return;
  const earliest = earliestDeadline(regime, now, "clarification");
  require(earliest <= deadline, "addendum.too-late", facts(regime, "clarification", earliest, deadline));
}

/** The latest instant for what must happen the period before a deadline: the end of that day, never rolled. */
function latestBefore(regime, deadline, rule) {
  const { n } = regime.periods[rule];
  if (regime.short) return deadline - BigInt(n) * BigInt(regime.short);
  return midnight(dayOf(deadline, SHANGHAI) - n + 1);
}

/** `publicity.too-short` unless the publicity lasts as long as it must (TBR 54). */
export function checkPublicity(regime, start, ends) {
  const earliest = endOf(regime, start, "publicity");
  require(ends >= earliest, "publicity.too-short", facts(regime, "publicity", earliest, ends));
}

function facts(regime, rule, earliest, given) {
  const { n, source, mark } = regime.periods[rule];
  const length = regime.short ? BigInt(regime.short) : DAY;
  return { needed: n, short_by: (earliest - given + length - 1n) / length, earliest: told(earliest), source, mark };
}

function lastDay(start, n, unit) {
  const day = dayOf(start, SHANGHAI);
  if (unit === "d") return roll(day + n);
  let last = day;
  for (let count = 0; count < n; count += 1) last = roll(last + 1);
  return last;
}

function roll(day) {
  let later = day;
  while (!isWorking(later)) later += 1;
  return later;
}

function isWorking(day) {
  const date = new Date(day * 86_400_000);
  const year = date.getUTCFullYear();
  if (!years.has(year)) throw new Problem("calendar.year-missing", { year });
  const weekend = [SATURDAY, SUNDAY].includes(date.getUTCDay());
  return makeUp.has(day) || (!weekend && !holidays.has(day));
}

const midnight = (day) => BigInt(day) * DAY - SHANGHAI;
