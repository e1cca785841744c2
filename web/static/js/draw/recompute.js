/** "Recompute here": a draw's file is fetched, and every leaf, commitment, ticket and skip is computed again in the page. */
import { recomputeDraw } from "../verify/draw.js";
import { equal, read } from "../verify/json.js";
import { isLottery, recomputeLottery } from "../verify/lottery.js";
import { Problem } from "../verify/problem.js";

const offer = () => document.querySelectorAll("form[data-recompute]").forEach((form) => { form.hidden = false; });

offer();
document.addEventListener("htmx:afterSwap", offer);
document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-recompute]")) return;
  event.preventDefault();
  recompute(event.target);
});

async function recompute(form) {
  const { recompute: address, running, agrees, differs, broken, away } = form.dataset;
  const [told, button] = [form.querySelector("output"), form.querySelector("button")];
  const say = (text, tone) => {
    told.textContent = text;
    told.dataset.tone = tone;
  };
  button.disabled = true;
  say(running, "");
  const data = await bytesOf(address).catch(() => null);
  try {
    if (data === null) throw new Problem("draw.away");
    const file = read(data);
    const given = isLottery(file) ? file.evidence : file;
    const computed = isLottery(file) ? recomputeLottery(file) : recomputeDraw(file);
    const same = ["out", "reasons"].every((name) => equal(given[name], computed[name])) && "transcript" in given;
    say(same ? agrees : differs, same ? "ok" : "bad");
  } catch (error) {
    if (error.code === "draw.away") say(away, "warn");
    else say(`${broken} ${error.facts?.path ?? ""}`.trim(), "bad");
  }
  button.disabled = false;
}

async function bytesOf(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(String(answer.status));
  return new Uint8Array(await answer.arrayBuffer());
}
