/* Amounts as people write them: yuan text read leniently, and the Chinese words of an amount 人民币大写.
   The twin of infra/kernel/amounts.py, held to the same examples. Amounts are BigInt fen. */

const DIGITS = "零壹贰叁肆伍陆柒捌玖";
const UNITS = ["", "拾", "佰", "仟"];
const MOST = 10n ** 18n;

/* Fen of an amount as typed; full-width digits, blanks, commas, ¥ and 元 are let pass. null where it is no amount. */
export function readYuan(text) {
  const plain = text.normalize("NFKC").trim().replace(/^¥/, "").replace(/元$/, "").replace(/[\s,]/g, "");
  const found = /^(-?)([0-9]+)(?:\.([0-9]{1,2}))?$/.exec(plain);
  if (!found || plain.length > 24) return null;
  const fen = BigInt(found[2]) * 100n + BigInt((found[3] ?? "").padEnd(2, "0"));
  if (fen >= MOST) return null;
  return found[1] ? -fen : fen;
}

/* Yuan with two decimals, the form every document uses. */
export function yuan(fen) {
  const [sign, size] = fen < 0n ? ["-", -fen] : ["", fen];
  return `${sign}${size / 100n}.${String(size % 100n).padStart(2, "0")}`;
}

/* Yuan with grouped thousands and two decimals. */
export const grouped = (fen) => yuan(fen).replace(/\B(?=(\d{3})+\.)/g, ",");

/* The amount as cheques and tenders write it: 9310000.05 yuan is 玖佰叁拾壹万元零伍分; 整 unless it ends in fen. */
export function inWords(fen) {
  if (fen < 0n) return `负${inWords(-fen)}`;
  const [whole, cents] = [fen / 100n, fen % 100n];
  let text = whole || !cents ? `${split(whole)}元` : "";
  if (!cents) return `${text}整`;
  const [tenths, hundredths] = [Number(cents / 10n), Number(cents % 10n)];
  if (tenths) text += `${DIGITS[tenths]}角`;
  else if (text) text += DIGITS[0];
  return text + (hundredths ? `${DIGITS[hundredths]}分` : "整");
}

/* A whole number; 亿 and 万 split it, and a part with leading zeros is joined by one 零. */
function split(number) {
  for (const [size, unit] of [[10n ** 8n, "亿"], [10n ** 4n, "万"]]) {
    if (number >= size) return split(number / size) + unit + joined(number % size, size);
  }
  return thousands(Number(number));
}

const joined = (low, size) => (low ? (low < size / 10n ? DIGITS[0] : "") + split(low) : "");

function thousands(number) {
  let [text, gap] = ["", false];
  for (let place = 3; place >= 0; place -= 1) {
    const digit = Math.floor(number / 10 ** place) % 10;
    if (digit) {
      text += (gap && text ? DIGITS[0] : "") + DIGITS[digit] + UNITS[place];
      gap = false;
    } else {
      gap = true;
    }
  }
  return text || DIGITS[0];
}
