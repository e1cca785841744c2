/* The bench: each mark checked as it is given, kept, saved within a second with its reason and pins, by keyboard alone. */

import { serverNow } from "../clock.js";
import { read, stepped, sum } from "./decimal.js";
import { Panel } from "./panel.js";
import { Queue } from "./queue.js";
import { Row } from "./row.js";
import { Views } from "./views.js";

const MOST_PINS = 8;
/* Milliseconds without a key after which what is typed is meant: the 9 of a 99 is not. With the queue's own, below a second. */
const MEANT = 450;
const LONGEST_QUOTE = 200;
const bench = document.getElementById("bench");
const { seat } = document.querySelector("[data-seat]").dataset;
const spoken = document.getElementById("words").dataset;
const words = (name, facts = {}) => spoken[`t${name[0].toUpperCase()}${name.slice(1)}`].replace(/\{(\w+)\}/g, (_, key) => facts[key] ?? "");
const rows = [...bench.querySelectorAll(".item[data-item]")].map((node) => new Row(node, words, openPin));
const views = new Views(bench, rows, () => { panel.close(); paint(); });
const panel = new Panel(rows, words, { give: put, nudge, write, unpin, pin: (row) => pin(row), go: focus });
const others = new BroadcastChannel(`openhall-marks-${seat}`);
const addresses = { save: bench.dataset.save, state: bench.dataset.state };
const rowOf = ({ bid, item }) => rows.find((row) => row.bid === bid && row.item === item);
const queue = new Queue(seat, addresses, heard, (entry) => rowOf(entry)?.version ?? 0);
const el = (id) => document.getElementById(id);

/* ---- giving marks, reasons and pins ---- */

/* Give what stands in the field, if it may stand; whether anything was given. */
function give(row) {
  const text = row.input.value.trim() ? row.why() : null;
  if (text || !row.input.value.trim()) return false;
  row.complain(null);
  guard();
  row.tell(null);
  const mark = read(row.input.value);
  if (mark === row.kept) return false;
  row.kept = mark;
  queue.put(row.bid, row.item, { mark }, row.version);
  paint();
  return true;
}

/* A key in a field: nothing counts before the hand rests, but it is kept should this tab die first. */
function typing(row) {
  clearTimeout(row.timer);
  queue.typing(row.bid, row.item, row.input.value.trim() && row.why() ? null : read(row.input.value), row.version);
  row.timer = setTimeout(() => rest(row), MEANT);
  status("saving", 0);
}

/* The hand rests: a possible mark counts; after an impossible one the mark stays that stood before this typing began. */
function rest(row) {
  if (row.timer === null) return;
  clearTimeout(row.timer);
  row.timer = null;
  const wrong = row.input.value.trim() && row.why();
  if (wrong && row.before !== null && row.kept !== row.before) {
    row.kept = row.before;
    queue.put(row.bid, row.item, { mark: row.before }, row.version);
    paint();
  } else {
    if (!give(row)) queue.typing(row.bid, row.item, null);
    queue.soon(0);
  }
}

/* Leaving a field: what is impossible is told and not kept; an emptied field shows the mark that stays. */
function leave(row) {
  rest(row);
  row.before = row.kept;
  const text = row.input.value.trim() ? row.why() : null;
  row.complain(text);
  if (!text) row.input.value = row.kept ?? "";
  guard();
}

function put(row, mark) {
  row.input.value = mark;
  give(row);
  row.before = row.kept;
}

function nudge(row, by) {
  put(row, stepped(read(row.input.value) ?? row.kept, row.max, row.step, by));
}

function write(row, reason) {
  row.reason = reason.trim();
  queue.put(row.bid, row.item, { reason: row.reason }, row.version);
  paint();
}

function keepPins(row, pins) {
  row.pins = pins;
  queue.put(row.bid, row.item, { pins }, row.version);
  paint();
}

/* Pin the page that is looked at, with what is selected on it. */
function pin(row, detail = views.papersOf(row).shown) {
  const { part, page } = detail ?? {};
  const text = (detail?.text ?? "").replace(/\s+/g, " ").trim().slice(0, LONGEST_QUOTE);
  if (!part || row.pins.some((one) => one.part === part && one.page === page && one.text === text)) return;
  if (row.pins.length >= MOST_PINS) row.tell(words("full", { most: MOST_PINS }));
  else keepPins(row, [...row.pins, { part, page, text }]);
}

function unpin(row, place) {
  keepPins(row, row.pins.filter((_, at) => at !== place));
}

function openPin(row, { part, page }) {
  views.papersOf(row).show?.(part, page);
}

/* ---- hearing from the platform and from other tabs ---- */

function heard({ saved, refused, state, waiting }) {
  if (saved) {
    const row = rowOf(saved);
    if (row && saved.overtaken !== null) row.tell(words("overtaken", { other: saved.overtaken, mark: saved.mark }));
    take(saved); // what waited may have been given in another tab
    const { bid, item, mark, reason, pins, version } = saved;
    others.postMessage({ bid, item, mark, reason, pins, version });
  }
  if (refused) {
    rowOf(refused)?.complain(words("refused", { why: refused.why }));
    guard();
    if (refused.code === "marks.locked") queue.forget().then(() => location.reload());
  }
  const typed = rows.some((row) => row.timer !== null); // not yet on its way
  if (state) status(state === "saved" && typed ? "saving" : state, waiting);
}

function status(state, waiting) {
  el("saved").dataset.state = state;
  el("saved").textContent = words(state, { n: waiting, at: new Date(serverNow() + 8 * 3600_000).toISOString().slice(11, 19) });
  guard();
}

/* What was given elsewhere: shown and told, unless something of ours is on its way. */
async function take({ bid, item, mark, reason, pins, version }) {
  const row = rowOf({ bid, item });
  if (!row || version <= row.version) return;
  row.version = version;
  if ((await queue.waiting()).some((one) => one.bid === bid && one.item === item) || row.version !== version) return;
  const before = row.kept;
  if (!row.take({ mark, reason, pins })) return;
  if (row.kept !== before) {
    row.input.value = row.kept;
    row.complain(null);
    row.tell(words("changed", { mark }));
  }
  paint();
}

others.onmessage = (event) => take(event.data);
addEventListener("pagehide", () => rows.forEach(rest));
document.addEventListener("visibilitychange", async () => {
  if (document.hidden) {
    rows.forEach(rest);
    return;
  }
  const found = await queue.renew();
  if (found?.locked) return location.reload();
  for (const [bid, row] of Object.entries(found?.marks ?? {})) {
    for (const [item, [mark, version, reason, pins]] of Object.entries(row)) await take({ bid, item, mark, version, reason, pins });
  }
  return queue.soon(0);
});

/* ---- what is seen ---- */

const given = (some) => some.filter((row) => row.kept !== null);
const total = (some) => sum(given(some).map((row) => row.kept));

function paint() {
  views.sheets.forEach((sheet, place) => {
    const here = rows.filter((row) => row.sheet === sheet);
    const link = views.links[place];
    link.querySelector("[data-progress]").value = given(here).length;
    link.querySelector("[data-done]").textContent = given(here).length;
    link.querySelector("[data-total]").textContent = given(here).length ? total(here) : "";
    for (const block of sheet.querySelectorAll(".block")) {
      block.querySelector("[data-sum]").textContent = total(here.filter((row) => row.node.dataset.group === block.dataset.group));
    }
  });
  for (const row of rows) row.paint();
  const here = rows.filter((row) => row.sheet === views.sheets[views.bid]);
  el("total").textContent = total(here);
  el("left").textContent = words("left", { max: sum(here.map((row) => row.max)), n: here.length - given(here).length });
  el("next-number").textContent = nextOpen()?.number ?? "";
  views.papers.forEach((papers) => papers.highlight?.(rows.filter((row) => row.bid === papers.dataset.bid).flatMap((row) => row.pins.map((one) => ({ ...one, label: row.number })))));
  panel.paint();
  guard();
}

/* The lock's door is shut while a mark is wrong or on its way. */
function guard() {
  const { state } = el("saved").dataset;
  if (rows.some((row) => row.wrong) || (state && state !== "saved")) el("to-lock").setAttribute("aria-disabled", "true");
  else el("to-lock").removeAttribute("aria-disabled");
}

/* ---- where the hands are ---- */

const current = () => panel.row ?? rows.find((row) => row.visible);

function focus(row) {
  views.reveal(row);
  row.input.focus();
  row.input.select();
}

function go(by) {
  const here = rows.filter((row) => row.visible);
  if (!here.length) return;
  const at = here.indexOf(panel.row);
  const next = here[at < 0 ? (by > 0 ? 0 : here.length - 1) : Math.min(Math.max(at + by, 0), here.length - 1)];
  next.input.focus();
  next.input.select();
}

/* The next row without a mark: in the bid that is worked on, after the current item, else the first anywhere. */
function nextOpen() {
  const sheet = views.sheets[views.bid];
  const from = panel.row ? rows.indexOf(panel.row) : -1;
  const open = rows.filter((row) => row.kept === null);
  return open.find((row) => row.sheet === sheet && rows.indexOf(row) > from) ?? open.find((row) => row.sheet === sheet) ?? open[0];
}

for (const row of rows) {
  row.input.addEventListener("input", () => typing(row));
  row.input.addEventListener("change", () => leave(row));
  row.input.addEventListener("blur", () => leave(row));
  row.input.addEventListener("focus", () => {
    row.before = row.kept;
    panel.open(row);
    views.at(row);
  });
  row.input.addEventListener("keydown", (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowUp" || event.key === "ArrowDown") nudge(row, event.key === "ArrowUp" ? 1 : -1);
    else if (event.key === "Enter") {
      rest(row);
      go(event.shiftKey ? -1 : 1);
    }
    else if (event.key === "Escape") row.input.blur();
    else return;
    event.preventDefault();
  });
}
bench.addEventListener("keydown", (event) => event.key === "Escape" && event.target.closest("textarea")?.blur());
bench.addEventListener("quote", ({ target, detail }) => {
  const row = panel.row?.bid === target.closest("bid-papers").dataset.bid ? panel.row : null;
  if (row) pin(row, detail);
});

const KEYS = {
  j: () => go(1), k: () => go(-1), "[": () => views.turn(-1), "]": () => views.turn(1),
  e: () => current() && pin(current()),
};
document.addEventListener("keydown", (event) => {
  const key = KEYS[event.key] ? event.key : event.key.toLowerCase();
  if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || !KEYS[key]) return;
  if (event.target.closest("input, textarea, select, [contenteditable]")) return;
  KEYS[key]();
  event.preventDefault();
});

views.links.forEach((link, place) => link.addEventListener("click", (event) => {
  event.preventDefault();
  if (views.name === "item") views.choose("bid");
  views.toBid(place, true);
}));
el("item-before").addEventListener("click", () => go(-1));
el("next-open").addEventListener("click", () => {
  const open = nextOpen();
  if (open) focus(open);
  else el("to-lock").focus();
});
el("to-lock").addEventListener("click", (event) => {
  if (!event.currentTarget.hasAttribute("aria-disabled")) return;
  event.preventDefault();
  const wrong = rows.find((row) => row.wrong);
  if (wrong) focus(wrong);
});

await queue.recover();
for (const entry of await queue.waiting()) {
  const row = rowOf(entry);
  if (row?.take(entry) && entry.mark) row.input.value = entry.mark;
}
views.paint();
queue.soon(0);
