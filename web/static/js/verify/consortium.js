/** A consortium 联合体 in an opening form, and who stands in two bids of one section (trading/bidding/consortium.py). */
import { equal, isObject } from "./json.js";
import { isBlank } from "./fields.js";
import { Problem } from "./problem.js";

export const AGREEMENT = "consortium-agreement";
const MOST_MEMBERS = 9;
const LONGEST = 200;
const SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];
const OF_LEAD = ["members", "share", "work"];
const OF_MEMBER = ["code", "name", "share", "work"];

/** "opening-form.consortium" unless the value is one, with shares that make 100 and codes whose check digits are right. */
export function requireConsortium(found) {
  if (!has(found, OF_LEAD) || !Array.isArray(found.members)) refuse("consortium");
  const { members } = found;
  if (members.length < 1 || members.length > MOST_MEMBERS) refuse("members");
  for (const [place, member] of members.entries()) {
    if (!has(member, OF_MEMBER)) refuse(`members[${place}]`);
    requireText(member.name, `members[${place}].name`);
    if (typeof member.code !== "string" || !isCode(member.code)) refuse(`members[${place}].code`);
  }
  for (const [place, one] of [["", found], ...members.map((member, at) => [`members[${at}].`, member])]) {
    requireText(one.work, `${place}work`);
    if (!hundredths(one.share)) refuse(`${place}share`);
  }
  if (new Set(members.map(({ code }) => code)).size !== members.length) refuse("members.code");
  if ([found, ...members].reduce((sum, { share }) => sum + hundredths(share), 0) !== 10000) refuse("share");
}

/** By bid (a Map), what its row of the opening record says besides; `bids` are { bid, bidder, form, parts }. */
export function recordNotes(bids, joint = MOST_MEMBERS + 1) {
  const counted = new Map();
  for (const one of bids) for (const code of bodies(one)) counted.set(code, (counted.get(code) ?? 0) + 1);
  return new Map(bids.map((one) => {
    const apart = [...bodies(one)].filter((code) => counted.get(code) > 1).sort();
    const [agreement, admitted] = [agreementOf(one), jointOf(one, joint)];
    return [one.bid, {
      ...(apart.length ? { apart } : {}), ...(agreement ? { agreement } : {}), ...(admitted ? { joint: admitted } : {}),
    }];
  }));
}

function agreementOf({ form, parts }) {
  const [joined, there] = [Boolean(form && "consortium" in form), parts.includes(AGREEMENT)];
  if (form === null || joined === there) return "";
  return joined ? "missing" : "unexpected";
}

function jointOf(one, most) {
  if (!one.form || !("consortium" in one.form) || bodies(one).size <= most) return "";
  return most > 1 ? "too-many" : "not-admitted";
}

const bodies = ({ bidder, form }) => new Set([bidder, ...(form?.consortium?.members ?? []).map(({ code }) => code)]);
const has = (value, names) => isObject(value) && equal(Object.keys(value).sort(), names);

function requireText(value, field) {
  const sound = typeof value === "string" && !isBlank(value) && [...value].length <= LONGEST && !/\p{Cc}/u.test(value);
  if (!sound) refuse(field);
}

/** Eighteen signs of GB 32100 whose last is their check digit. */
function isCode(code) {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * SIGNS.indexOf(code[at]), 0);
  return SIGNS[(31 - (sum % 31)) % 31] === code[17];
}

/** Hundredths of a per cent; 0 for what is no share. */
function hundredths(text) {
  const found = typeof text === "string" && /^(0|[1-9][0-9]?)(?:\.([0-9]{1,2}))?$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
}

function refuse(field) {
  throw new Problem("opening-form.consortium", { field });
}
