/* A consortium 联合体 as its lead states it inside the opening form: shares, work, members; strict, as it is read at the
   opening (docs/formats/sealed-bid.md). */

/* The part that holds the signed agreement. */
export const AGREEMENT = "consortium-agreement";
export const MOST_MEMBERS = 9;
const LONGEST = 200;
const SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/* The first field that is not as the format says, null where all are; `share` where the shares do not make 100. */
export function consortiumFault({ share, work, members }) {
  if (members.length < 1 || members.length > MOST_MEMBERS) return "members";
  for (const [at, member] of members.entries()) {
    if (!isText(member.name)) return `members[${at}].name`;
    if (!isCreditCode(member.code)) return `members[${at}].code`;
  }
  for (const [place, one] of [["", { share, work }], ...members.map((member, at) => [`members[${at}].`, member])]) {
    if (!isText(one.work)) return `${place}work`;
    if (!hundredths(one.share)) return `${place}share`;
  }
  if (new Set(members.map(({ code }) => code)).size !== members.length) return "members.code";
  return sumOf([{ share }, ...members]) === 10000 ? null : "share";
}

/* Eighteen signs of GB 32100 whose last is their check digit. */
export function isCreditCode(code) {
  if (!/^[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}$/.test(code)) return false;
  const sum = WEIGHTS.reduce((all, weight, at) => all + weight * SIGNS.indexOf(code[at]), 0);
  return SIGNS[(31 - (sum % 31)) % 31] === code[17];
}

/* Hundredths of a per cent, for exact sums; 0 for what is no share between 0 and 100. */
export function hundredths(text) {
  const found = /^(0|[1-9][0-9]?)(?:\.([0-9]{1,2}))?$/.exec(text);
  return found ? Number(found[1]) * 100 + Number((found[2] ?? "").padEnd(2, "0")) : 0;
}

/* The hundredths of all shares together. */
export const sumOf = (bodies) => bodies.reduce((sum, { share }) => sum + hundredths(share), 0);

/* Whether a text can be read out. */
export const isText = (text) => Boolean(text.trim()) && [...text].length <= LONGEST && !/[\p{Cc}\p{Surrogate}]/u.test(text);
