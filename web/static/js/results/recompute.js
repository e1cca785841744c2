/** "Recompute here": the evaluation's file is fetched, and every score, total and rank is computed again in the page. */
import { recomputeEvaluation } from "../verify/evaluation.js";
import { equal, read } from "../verify/json.js";

/** Rows [value, bid or "", stated, computed] of two results, in the order of the stated one; an absent side is "". */
export function compared(stated, computed) {
  const rows = [];
  for (const value of new Set([...Object.keys(stated), ...Object.keys(computed)])) {
    const [one, two] = [ranks(value, stated[value]), ranks(value, computed[value])];
    for (const bid of new Set([...Object.keys(one), ...Object.keys(two)])) {
      rows.push([value, bid, one[bid] ?? "", two[bid] ?? ""]);
    }
  }
  return rows;
}

/** What one member says by bid: the benchmark is nobody's, and the order gives each bid its rank. */
function ranks(value, told) {
  if (told === undefined) return {};
  if (value !== "order") return typeof told === "string" ? { "": told } : told;
  const found = {};
  let rank = 1;
  for (const place of told) {
    const tied = Array.isArray(place) ? place : [place];
    for (const bid of tied) found[bid] = String(rank);
    rank += tied.length;
  }
  return found;
}

async function again(form) {
  const { recompute: address, running, agrees, differs, broken, away } = form.dataset;
  const [told, button] = [form.querySelector("output"), form.querySelector("button")];
  const say = (text, tone) => {
    told.textContent = text;
    told.dataset.tone = tone;
  };
  button.disabled = true;
  say(running, "");
  const data = await bytesOf(address).catch(() => null);
  if (data === null) say(away, "warn");
  else {
    try {
      const file = read(data);
      const computed = recomputeEvaluation(file);
      show(form, compared(file.out, computed));
      const same = equal(file.out, computed);
      say(same ? agrees : differs, same ? "ok" : "bad");
    } catch (error) {
      say(`${broken} ${error.facts?.path ?? ""}`.trim(), "bad");
    }
  }
  button.disabled = false;
}

function show(form, rows) {
  const names = (kind, key) => form.querySelector(`[data-names] [data-${kind}="${CSS.escape(key)}"]`)?.textContent ?? key;
  const table = form.querySelector("table");
  table.tBodies[0].replaceChildren(
    ...rows.map(([value, bid, stated, computed]) => {
      const row = document.createElement("tr");
      row.classList.toggle("differs", stated !== computed);
      const who = bid ? `${names("bid", bid)} · ${names("value", value)}` : names("value", value);
      [who, stated, computed].forEach((text, place) => {
        const cell = row.insertCell();
        cell.textContent = text;
        if (place) cell.className = "r num";
      });
      return row;
    }),
  );
  table.hidden = false;
}

async function bytesOf(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}

for (const form of document.querySelectorAll("form[data-recompute]")) {
  form.hidden = false;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    again(form);
  });
}
