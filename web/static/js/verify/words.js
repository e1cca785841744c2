/** The page's words, all from its own templates in the reader's language: `{fact}` is filled in. */

const HOLE = /\{(\w+)(?::([^|{}]*)\|([^{}]*))?\}/g;
const found = new Map();

/** The words kept under a name, with its holes filled by the facts; null where there are none. */
export function words(name, facts = {}) {
  if (!found.size) {
    const kept = document.querySelector("#verify-words").content;
    for (const one of kept.querySelectorAll("[data-word]")) found.set(one.dataset.word, one.textContent.trim());
  }
  const text = found.get(name);
  return text === undefined ? null : text.replace(HOLE, (_, fact, one, many) => filled(facts[fact], one, many));
}

/** A fact in words; `{n:day|days}` is filled with the number and the word that agrees with it. */
function filled(value, one, many) {
  if (one === undefined) return inWords(value);
  return `${inWords(value)} ${String(value) === "1" ? one : many}`;
}

/** Moments in platform time (UTC+8), names of events in words, everything else as it is. */
function inWords(value) {
  if (value === undefined || value === null) return "\u2013";
  const text = String(value);
  if (/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/.test(text)) return platformTime(new Date(text));
  if (/^[0-9]+\.[0-9]{2}$/.test(text)) return text.replace(/\B(?=(?:[0-9]{3})+\.)/g, ",");
  return found.get(`event ${text}`) ?? text;
}

/** A moment as `2026-11-02 09:10:00 UTC+8`. */
export function platformTime(date) {
  return `${new Date(date.getTime() + 8 * 3_600_000).toISOString().slice(0, 19).replace("T", " ")} UTC+8`;
}
