/** The Verify page: one box for files or text, a policy to judge by, and the verdict; nothing is sent anywhere. */
import { paperOf } from "./printed.js";
import { savedOf, stepLine, verdictOf } from "./verdict.js";
import { words } from "./words.js";

const form = document.querySelector("#verify");
const outcome = document.querySelector("#verify-outcome");
const running = document.querySelector("#verify-running");
const box = document.querySelector("#verify-box");
const sheet = document.querySelector("#verify-paper");

let platform = null;
let shown = null;
let turn = Promise.resolve();
const engine = start();

form.hidden = false;
showPaper();
addEventListener("hashchange", showPaper);
form.addEventListener("submit", (event) => {
  event.preventDefault();
  const { files, text } = form.elements;
  if (files.files.length) begin([...files.files]);
  else if (text.value.trim()) begin([new File([text.value], words("pasted"))]);
  else refuse();
});
form.elements.files.addEventListener("change", ({ target }) => target.files.length && begin([...target.files]));
form.elements.own.addEventListener("change", ({ target }) => {
  if (target.files.length) form.elements.policy.value = "own";
});
for (const name of ["dragenter", "dragover"]) box.addEventListener(name, (event) => over(event, true));
for (const name of ["dragleave", "drop"]) box.addEventListener(name, (event) => over(event, false));
box.addEventListener("drop", (event) => event.dataTransfer.files.length && begin([...event.dataTransfer.files]));
addEventListener("beforeprint", () => outcome.querySelectorAll("details").forEach((one) => (one.open = true)));

/** The function that checks: in a worker, or in the page where a browser has no workers of modules. */
function start() {
  const here = () => import("./checks.js").then(({ check }) => check);
  return new Promise((resolve) => {
    let worker = null;
    try {
      worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch {
      resolve(here());
      return;
    }
    worker.onerror = () => resolve(here());
    worker.onmessage = ({ data }) => data.ready && resolve((...given) => asked(worker, ...given));
  });
}

function asked(worker, files, policy, tell, paper) {
  return new Promise((resolve, reject) => {
    worker.onerror = ({ message }) => reject(new Error(message));
    worker.onmessage = ({ data }) => (data.result ? resolve(data.result) : tell(data.event));
    worker.postMessage({ files, policy, paper });
  });
}

/** Checks what was chosen once the check before it has ended. */
function begin(chosen) {
  turn = turn.then(() => run(chosen));
}

async function run(chosen) {
  const files = chosen.map((blob) => ({ name: blob.name, blob }));
  outcome.replaceChildren();
  running.hidden = false;
  const list = running.querySelector("ol");
  list.replaceChildren();
  const bar = running.querySelector("progress");
  bar.removeAttribute("value");
  const policy = await policyChosen();
  const heard = ({ step, done, all }) => {
    if (step) list.replaceChildren(stepLine(step));
    else Object.assign(bar, { value: done, max: all });
  };
  const result = await engine
    .then((check) => check(files, policy, heard, paperOf(location.hash)))
    .catch((error) => faulty(files[0], error));
  running.hidden = true;
  show(result, form.elements.policy.value === "platform" && policy === null);
}

/** The result where the checks themselves could not be loaded, or broke off. */
function faulty({ name, blob }, error) {
  const problem = { code: "page.fault", where: null, facts: { why: String(error) } };
  return { kind: "unknown", file: { name, size: blob.size, sha256: null }, policy: null, steps: [], verdict: "unusable", problem };
}

async function policyChosen() {
  const { policy, own } = form.elements;
  if (policy.value === "own" && own.files.length) {
    return { data: new Uint8Array(await own.files[0].arrayBuffer()), from: "own" };
  }
  return policy.value === "platform" ? published() : null;
}

/** The platform's policy, asked for once and kept; null where it cannot be had. */
async function published() {
  try {
    if (platform === null) {
      const answer = await fetch(form.dataset.policy, { credentials: "omit" });
      if (answer.ok) platform = { data: new Uint8Array(await answer.arrayBuffer()), from: "platform" };
    }
  } catch {
    platform = null;
  }
  return platform;
}

/** What a printed receipt's picture says, while the address has it: which bid, and which files to choose. */
function showPaper() {
  const paper = paperOf(location.hash);
  sheet.hidden = paper === null;
  for (const [name, text] of Object.entries(paper ?? {})) sheet.querySelector(`[data-slot=${name}]`).textContent = text;
  if (paper) sheet.querySelector("[data-slot=link]").href = `${sheet.dataset.sections}/${paper.section}`;
}

/** Shows a verdict; `missed`: the platform's policy was asked for in vain. */
function show(result, missed) {
  const at = new Date();
  shown = { result, at };
  const card = verdictOf(result, at);
  const lacking = result.verdict === "integrity" || result.problem?.code === "page.policy-needed";
  if (!(missed && lacking)) card.querySelector("[data-slot=offline]").remove();
  card.querySelector("[data-act=print]").addEventListener("click", () => print());
  card.querySelector("[data-act=save]").addEventListener("click", save);
  card.querySelector("[data-act=again]").addEventListener("click", again);
  outcome.replaceChildren(card);
  card.querySelector("[data-slot=title]").focus();
  card.scrollIntoView({ block: "start" });
}

function save() {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([savedOf(shown.result, shown.at)], { type: "application/json" }));
  link.download = "verdict.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

function again() {
  form.elements.files.value = "";
  form.elements.text.value = "";
  outcome.replaceChildren();
  form.elements.files.focus();
}

function refuse() {
  const text = document.createElement("p");
  text.className = "notice notice--warn";
  text.setAttribute("role", "alert");
  text.textContent = words("nothing");
  outcome.replaceChildren(text);
}

function over(event, is) {
  event.preventDefault();
  box.classList.toggle("box--over", is);
}
