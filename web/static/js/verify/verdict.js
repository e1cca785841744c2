/** Painting a verdict: yes or no and why on top, every single check folded below. */
import { platformTime, words } from "./words.js";

const BESIDE = ["receipt-told", "receipt-listed", "paper-told", "paper-listed", "paper-receipt"];

/** The verdict of a result as an element, made from the page's template; `at` is when it was checked. */
export function verdictOf(result, at) {
  const card = document.querySelector("#verify-verdict").content.firstElementChild.cloneNode(true);
  const facts = Object.assign({}, ...result.steps.map((step) => step.facts));
  const { problem } = result;
  const tell = (slot, text) => fill(card, slot, text);
  card.dataset.tone = result.verdict;
  tell("title", words(`title ${result.verdict}`));
  tell("sentence", problem ? words(`happened ${problem.code}`, { ...problem.facts, where: problem.where }) : first(result, facts));
  tell("also", also(result));
  tell("place", problem?.where);
  tell("remedy", problem && words(`remedy ${problem.code}`, problem.facts));
  tell("code", problem && technical(problem));
  tell("trust", result.verdict === "integrity" ? sentence(result, facts) : trust(result));
  tell("demo", facts.demo ? words("demo") : null);
  tell("name", result.file?.name);
  tell("size", result.file && words("bytes", { bytes: result.file.size.toLocaleString(document.documentElement.lang) }));
  tell("hash", result.file?.sha256);
  tell("at", platformTime(at));
  tell("policy", result.policy && `${words(`policy ${result.policy.from}`)} ${result.policy.sha256}`);
  tell("command", words(`command ${result.kind}`));
  checklist(card, result);
  return card;
}

/** The result as the text of a JSON file to keep. */
export function savedOf({ kind, file, policy, verdict, steps, problem }, at) {
  const kept = { format: "verdict/v1", checked_at: at.toISOString(), verdict, kind, file, policy, steps, problem };
  return `${JSON.stringify(kept, null, 1)}\n`;
}

/** One line of the checklist. */
export function stepLine({ name, facts }, state = "ok", detail = null) {
  const line = document.querySelector(`#verify-step-${state}`).content.firstElementChild.cloneNode(true);
  const variant = facts.own ? "-own" : facts.hidden ? "-hidden" : facts.final === false ? "-open" : "";
  fill(line, "title", words(`step ${name}`));
  fill(line, "detail", detail ?? words(`detail ${name}${variant}`, facts) ?? words(`detail ${name}`, facts));
  return line;
}

function checklist(card, result) {
  const list = card.querySelector("[data-slot=steps]");
  for (const step of result.steps) list.append(stepLine(step));
  if (result.verdict === "failed") list.append(stepLine({ name: "stopped", facts: {} }, "bad", technical(result.problem)));
  fill(card, "count", words(result.verdict === "failed" ? "count failed" : "count", { n: result.steps.length }));
  if (!list.children.length) card.querySelector(".verdict__steps").remove();
}

/** What comes first: of a file that only fits together in itself, that this proves nothing against a forger. */
const first = (result, facts) => (result.verdict === "integrity" ? words("trust none") : sentence(result, facts));

function sentence(result, facts) {
  const ended = ["unopened", "halted", "failed"].find((name) => result.steps.some((step) => step.name === name));
  return words(`sentence ${ended ?? result.kind}`, facts);
}

/** What was found of a receipt, or a printed one, beside the file itself. */
function also({ steps, verdict }) {
  const found = verdict === "holds" ? steps.filter(({ name }) => BESIDE.includes(name)) : [];
  return found.map(({ name, facts }) => words(`detail ${name}`, facts)).join(" ");
}

const trust = ({ verdict, policy }) => (verdict === "holds" ? words(`trust ${policy.from}`) : null);

const technical = ({ code, where, facts }) =>
  [code, where, ...Object.entries(facts).map(([name, value]) => `${name}: ${value}`)].filter(Boolean).join(" \u00b7 ");

/** Puts a text into a slot; a slot without text goes, with the row it stands in. */
function fill(root, name, text) {
  const slot = root.querySelector(`[data-slot=${name}]`);
  if (text === null || text === undefined || text === "") (slot.closest("[data-row]") ?? slot).remove();
  else slot.textContent = text;
}
