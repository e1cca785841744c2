/* The bench: one bid's sheet at a time, each mark checked as it is given, kept, saved within a second, by keyboard alone. */

import { serverNow } from "../clock.js";
import { fault, read, stepped, sum } from "./decimal.js";
import { Queue } from "./queue.js";

const bench = document.getElementById("bench");
const { seat } = document.querySelector("[data-seat]").dataset;
const spoken = document.getElementById("words").dataset;
const words = (name, facts = {}) => spoken[`t${name[0].toUpperCase()}${name.slice(1)}`].replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "");
const sheets = [...bench.querySelectorAll("section[data-bid]")];
const links = [...bench.querySelectorAll("a[data-show]")];
const rows = [...bench.querySelectorAll(".item[data-item]")].map((node) => new Row(node));
const others = new BroadcastChannel(`openhall-marks-${seat}`);
const addresses = { save: bench.dataset.save, state: bench.dataset.state };
const queue = new Queue(seat, addresses, heard, (entry) => rowOf(entry)?.version ?? 0);
let shown = 0;

function Row(node) {
  this.node = node;
  this.bid = node.closest("section").dataset.bid;
  this.item = node.dataset.item;
  this.max = node.dataset.max;
  this.step = node.dataset.step ?? null;
  this.input = node.querySelector("input");
  this.error = node.querySelector(".err");
  this.note = node.querySelector(".told");
  this.kept = this.input.value || null; // the last valid mark
  this.version = Number(this.input.dataset.version);
}

const rowOf = ({ bid, item }) => rows.find((row) => row.bid === bid && row.item === item);
const inSheet = (place) => rows.filter((row) => row.bid === sheets[place].dataset.bid);

/* ---- giving a mark ---- */

function why(row) {
  const mark = read(row.input.value);
  const wrong = mark === null ? "number" : fault(mark, row.max, row.step);
  return wrong && words(wrong, { max: row.max, step: row.step, kept: row.kept ?? words("none") });
}

function complain(row, text) {
  row.error.textContent = text ?? "";
  row.error.hidden = !text;
  row.input.setAttribute("aria-invalid", String(Boolean(text)));
  if (!text) row.input.removeAttribute("aria-invalid");
  guard();
}

function give(row) {
  const text = row.input.value.trim() ? why(row) : null;
  if (text || !row.input.value.trim()) return;
  complain(row, null);
  row.note.hidden = true;
  const mark = read(row.input.value);
  if (mark === row.kept) return;
  row.kept = mark;
  queue.put(row.bid, row.item, mark, row.version);
  paint();
}

/* Leaving a field: what is impossible is told and not kept; an emptied field shows the mark that stays. */
function leave(row) {
  if (!row.input.value.trim()) {
    row.input.value = row.kept ?? "";
    return complain(row, null);
  }
  const text = why(row);
  complain(row, text);
  if (!text) row.input.value = row.kept;
  return null;
}

function nudge(row, by) {
  row.input.value = stepped(read(row.input.value) ?? row.kept, row.max, row.step, by);
  give(row);
}

/* ---- hearing from the platform and from other tabs ---- */

function heard({ saved, refused, state, waiting }) {
  if (saved) {
    const row = rowOf(saved);
    if (row && saved.overtaken !== null) note(row, words("overtaken", { other: saved.overtaken, mark: saved.mark }));
    take(saved); // a mark that waited may have been given in another tab
    others.postMessage({ bid: saved.bid, item: saved.item, mark: saved.mark, version: saved.version });
  }
  if (refused) {
    const row = rowOf(refused);
    if (row) complain(row, words("refused", { why: refused.why }));
    if (refused.code === "marks.locked") queue.forget().then(() => location.reload());
  }
  if (state) status(state, waiting);
}

function status(state, waiting) {
  const line = document.getElementById("saved");
  line.dataset.state = state;
  line.textContent = words(state, { n: waiting, at: new Date(serverNow() + 8 * 3600_000).toISOString().slice(11, 19) });
  guard();
}

function note(row, text) {
  row.note.textContent = text;
  row.note.hidden = false;
}

/* A mark that was given elsewhere: shown and told, unless one of ours is on its way. */
async function take({ bid, item, mark, version }) {
  const row = rowOf({ bid, item });
  if (!row || version <= row.version) return;
  row.version = version;
  if (mark === row.kept) return;
  if ((await queue.waiting()).some((one) => one.bid === bid && one.item === item) || row.version !== version) return;
  row.kept = mark;
  row.input.value = mark;
  complain(row, null);
  note(row, words("changed", { mark }));
  paint();
}

others.onmessage = (event) => take(event.data);
document.addEventListener("visibilitychange", async () => {
  if (document.hidden) return;
  const found = await queue.renew();
  if (found?.locked) return location.reload();
  for (const [bid, row] of Object.entries(found?.marks ?? {})) {
    for (const [item, [mark, version]] of Object.entries(row)) await take({ bid, item, mark, version });
  }
  return queue.soon(0);
});

/* ---- what is seen ---- */

function paint() {
  sheets.forEach((sheet, place) => {
    const given = inSheet(place).filter((row) => row.kept !== null);
    links[place].querySelector("[data-progress]").value = given.length;
    links[place].querySelector("[data-done]").textContent = given.length;
    sheet.querySelector("[data-sum]").textContent = sum(given.map((row) => row.kept));
  });
  for (const row of rows) {
    const same = rows.filter((one) => one.item === row.item && one.kept !== null);
    row.node.querySelector("[data-own]").textContent = same
      .map((one) => `${sheets.findIndex((sheet) => sheet.dataset.bid === one.bid) + 1}: ${one.kept}`).join("  ");
  }
  guard();
}

/* The lock's door is shut while a mark is wrong or on its way. */
function guard() {
  const door = document.getElementById("to-lock");
  const state = document.getElementById("saved").dataset.state;
  const shut = rows.some((row) => row.input.hasAttribute("aria-invalid")) || (state && state !== "saved");
  if (shut) door.setAttribute("aria-disabled", "true");
  else door.removeAttribute("aria-disabled");
}

function show(place, focus = false) {
  shown = (place + sheets.length) % sheets.length;
  sheets.forEach((sheet, at) => { sheet.hidden = at !== shown; });
  links.forEach((link, at) => (at === shown ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  if (focus) sheets[shown].querySelector("h2").focus();
}

function go(by) {
  const here = inSheet(shown);
  if (!here.length) return;
  const at = here.findIndex((row) => row.node.contains(document.activeElement) || row.node.classList.contains("last"));
  const next = here[at < 0 ? (by > 0 ? 0 : here.length - 1) : Math.min(Math.max(at + by, 0), here.length - 1)];
  next.input.focus();
  next.input.select();
}

/* ---- hands ---- */

for (const row of rows) {
  row.input.addEventListener("input", () => give(row));
  row.input.addEventListener("change", () => leave(row));
  row.input.addEventListener("blur", () => leave(row));
  row.input.addEventListener("focus", () => {
    rows.forEach((one) => one.node.classList.toggle("last", one === row));
  });
  row.input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") nudge(row, event.key === "ArrowUp" ? 1 : -1);
    else if (event.key === "Enter") go(event.shiftKey ? -1 : 1);
    else if (event.key === "Escape") row.input.blur();
    else return;
    event.preventDefault();
  });
  for (const button of row.node.querySelectorAll("[data-by]")) {
    button.addEventListener("click", () => nudge(row, Number(button.dataset.by)));
  }
}

const KEYS = { j: () => go(1), k: () => go(-1), "[": () => show(shown - 1, true), "]": () => show(shown + 1, true) };
document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[event.key]) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  KEYS[event.key]();
  event.preventDefault();
});

links.forEach((link, place) => link.addEventListener("click", (event) => {
  event.preventDefault();
  show(place, true);
}));
document.getElementById("next-open").addEventListener("click", () => {
  const open = rows.find((row) => row.kept === null);
  if (!open) return document.getElementById("to-lock").focus();
  show(sheets.findIndex((sheet) => sheet.dataset.bid === open.bid));
  return open.input.focus();
});
document.getElementById("to-lock").addEventListener("click", (event) => {
  if (event.currentTarget.hasAttribute("aria-disabled")) {
    event.preventDefault();
    (rows.find((row) => row.input.hasAttribute("aria-invalid"))?.input ?? document.getElementById("saved")).focus?.();
  }
});

for (const entry of await queue.waiting()) {
  const row = rowOf(entry);
  if (row) {
    row.kept = entry.mark;
    row.input.value = entry.mark;
  }
}
paint();
show(0);
queue.soon(0);
