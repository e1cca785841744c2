/* Text as it is looked for: letters of any width and case alike, without the blanks that lines put between Chinese words. */

const BLANK = /\s/u;

export const folded = (text) => text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "");

/* How often a folded needle stands in a folded text. */
export function count(text, needle) {
  let found = 0;
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) found += 1;
  return found;
}

/* The places of a text in the layer of a page: a list of matches, each a list of ranges, one for each piece of the page. */
export function places(divs, needle) {
  const wanted = folded(needle);
  if (!wanted) return [];
  const where = [];
  let text = "";
  divs.forEach((div, piece) => {
    let at = 0;
    for (const letter of div.firstChild?.data ?? "") {
      const plain = BLANK.test(letter) ? "" : folded(letter);
      for (const _ of plain) where.push([piece, at, at + letter.length]);
      text += plain;
      at += letter.length;
    }
  });
  const letters = [...text];
  const units = letters.flatMap((letter, index) => Array(letter.length).fill(index));
  const found = [];
  for (let at = text.indexOf(wanted); at >= 0; at = text.indexOf(wanted, at + wanted.length)) {
    found.push(ranges(divs, where.slice(units[at], units[at + wanted.length - 1] + 1)));
  }
  return found;
}

function ranges(divs, spots) {
  const pieces = new Map();
  for (const [piece, from, to] of spots) {
    const known = pieces.get(piece);
    if (known) known[1] = to;
    else pieces.set(piece, [from, to]);
  }
  return [...pieces].map(([piece, [from, to]]) => {
    const range = document.createRange();
    range.setStart(divs[piece].firstChild, from);
    range.setEnd(divs[piece].firstChild, to);
    return range;
  });
}
