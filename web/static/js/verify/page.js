/** The Verify page: one box for files or text, a policy to judge by, and the verdict; nothing is sent anywhere. */
import { savedOf, stepLine, verdictOf } from "./verdict.js";
import { words } from "./words.js";

const form = document.querySelector("#verify");
const outcome = document.querySelector("#verify-outcome");
const running = document.querySelector("#verify-running");
const box = document.querySelector("#verify-box");

let platform = null;
let shown = null;
let turn = Promise.resolve();
const engine = start();

form.hidden = false;
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
  const here = () => import("./checks.js").then(({ check }) => (files, policy, tell) => check(files, policy, tell));
  return new Promise((resolve) => {
    let worker = null;
    try {
      worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    } catch {
      resolve(here());
      return;
    }
    worker.onerror = () => resolve(here());
    worker.onmessage = ({ data }) => data.ready && resolve((files, policy, tell) => asked(worker, files, policy, tell));
  });
}

function asked(worker, files, policy, tell) {
  return new Promise((resolve) => {
    worker.onmessage = ({ data }) => (data.result ? resolve(data.result) : tell(data.event));
    worker.postMessage({ files, policy });
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
  const check = await engine;
  const result = await check(files, policy, ({ step, done, all }) => {
    if (step) list.replaceChildren(stepLine(step));
    else Object.assign(bar, { value: done, max: all });
  });
  running.hidden = true;
  show(result);
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

function show(result) {
  const at = new Date();
  shown = { result, at };
  const card = verdictOf(result, at);
  const unasked = form.elements.policy.value === "platform" && result.policy === null;
  if (!(unasked && ["integrity", "unusable"].includes(result.verdict))) card.querySelector("[data-slot=offline]").remove();
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
