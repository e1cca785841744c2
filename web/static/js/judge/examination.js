/* The preliminary examination of one bid: each answer saved by itself, p and f for the item in hand, j and k between items. */

const form = document.getElementById("exam-form");
const line = document.getElementById("exam-saved");
const rows = form ? [...form.querySelectorAll(".exam__item")] : [];
const part = (row, name) => row.querySelector(`[name="one_time_${name}-${CSS.escape(row.dataset.item)}"]`);
const given = (row) => row.querySelector("input[type=radio]:checked")?.value ?? null;
const SOON = 400;
let timer = null;

/* Whether an answer can be saved: a failure needs its reason. */
const whole = (row) => given(row) === "pass" || (given(row) === "fail" && part(row, "reason").value.trim() !== "");

function paint() {
  for (const row of rows) row.querySelector(".exam__why").hidden = given(row) !== "fail";
}

async function save() {
  const fields = new URLSearchParams([...new FormData(form)].filter(([name]) => !name.startsWith("one_time_")));
  for (const row of rows.filter(whole)) {
    for (const [name, value] of new FormData(form)) if (name.endsWith(`-${row.dataset.item}`)) fields.append(name, value);
  }
  const options = { method: "POST", headers: { Accept: "application/json" }, body: fields, keepalive: true };
  const answer = await fetch(form.action, options).catch(() => null);
  const told = await answer?.json().catch(() => null);
  if (!answer?.ok || !told) return say("failed", { why: told?.title ?? "–" });
  document.querySelector("[data-done]").textContent = form.dataset.all - told.here;
  document.querySelector("[data-progress]").value = form.dataset.all - told.here;
  const open = rows.some((row) => given(row) === "fail" && !whole(row));
  return say(open ? "unfinished" : "saved", { left: told.left });
}

function say(state, facts) {
  line.dataset.state = state === "saved" ? "saved" : "offline";
  line.textContent = line.dataset[state].replace(/\{(\w+)\}/g, (_, name) => facts[name]);
}

function soon() {
  clearTimeout(timer);
  timer = setTimeout(save, SOON);
}

function go(row, by) {
  const next = rows[rows.indexOf(row) + by];
  (next?.querySelector("input[type=radio]:checked") ?? next?.querySelector("input[type=radio]"))?.focus();
}

/* The item in hand: where the focus is, else the first without an answer. */
const inHand = () => rows.find((row) => row.contains(document.activeElement)) ?? rows.find((row) => !given(row)) ?? rows[0];

function answer(value) {
  const row = inHand();
  const button = row.querySelector(`input[value=${value}]`);
  button.checked = true;
  paint();
  soon();
  if (value === "fail") part(row, "reason").focus();
  else go(row, 1);
}

const KEYS = { p: () => answer("pass"), f: () => answer("fail"), j: () => go(inHand(), 1), k: () => go(inHand(), -1) };
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !Object.hasOwn(KEYS, event.key)) return;
  if (event.target.closest("textarea, select, input:not([type=radio])")) return;
  KEYS[event.key]();
  event.preventDefault();
});

for (const row of rows) {
  row.addEventListener("input", (event) => {
    if (event.target.type === "radio") paint();
    soon();
  });
}
paint();
