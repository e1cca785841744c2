/* The device check: features, a sealing and a signing rehearsal, the clock, the line; each finding in the page's words. */

import { Sealing, SigningKey } from "../seal/main.js";
import { SM2, X25519 } from "../seal/suite.js";
import { pageToken } from "./platform.js";
import { size, Words } from "./words.js";

const PROBES = 5;
const MEGA = 1e6;
const NOISE = 1 << 20;
const SLOW = 0.5 * MEGA;
const LITTLE = 2e9;
const OFF = 2000;

const root = document.getElementById("device");
const words = new Words(root);
const lines = [...document.querySelectorAll("[data-check]")];
let worst = "good";
let done = 0;

const good = (word, facts) => ["good", word, facts];
const fair = (word, facts) => ["fair", word, facts];
const bad = (word, facts) => ["bad", word, facts];

/* Median of five offsets of the server's clock against this machine's, in ms. */
async function clock() {
  const offsets = [];
  for (let i = 0; i < PROBES; i += 1) {
    const sent = Date.now();
    const { now } = await (await fetch("/time", { cache: "no-store", credentials: "omit" })).json();
    offsets.push(Date.parse(now) - (sent + Date.now()) / 2);
  }
  const ms = Math.round(offsets.sort((a, b) => a - b)[PROBES >> 1]);
  return (Math.abs(ms) > OFF ? fair : good)("clock", { ms });
}

async function speed() {
  const noise = new Uint8Array(NOISE);
  for (let at = 0; at < NOISE; at += 65536) crypto.getRandomValues(noise.subarray(at, at + 65536));
  const begun = performance.now();
  const headers = { "X-CSRF-Token": pageToken(), "Content-Type": "application/octet-stream" };
  const told = await fetch("/api/device/speed", { method: "POST", headers, body: noise });
  if (!told.ok) return bad("failed");
  const rate = NOISE / ((performance.now() - begun) / 1000);
  const facts = { rate: (rate / MEGA).toFixed(1), minutes: Math.max(1, Math.ceil(1e9 / rate / 60)) };
  return (rate < SLOW ? fair : good)("speed", facts);
}

/* A key that is thrown away signs and verifies; the account's own key is only asked whether it is certified. */
async function key() {
  const way = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
  const { privateKey, publicKey } = await crypto.subtle.generateKey(way, false, ["sign", "verify"]);
  const message = crypto.getRandomValues(new Uint8Array(32));
  const signature = await crypto.subtle.sign(way, privateKey, message);
  if (!(await crypto.subtle.verify(way, publicKey, signature, message))) return bad("failed");
  return good((await SigningKey.open(root.dataset.account)).certificate ? "certified" : "works");
}

/* What the engine's own check found, line by line. */
function sealing(found) {
  return {
    secure: () => (found.secure ? good("works") : bad("missing")),
    sealing: () => sealed(found.suites[X25519]),
    national: () => sealed(found.suites[SM2]),
    curve: () => (found.x25519 === "webcrypto" ? good("own") : found.x25519 ? fair("fallback") : bad("missing")),
    store: () => (found.store ? good("works") : fair("missing")),
    room: () => (found.room < LITTLE ? fair : good)("room", { size: size(found.room, document.documentElement.lang) }),
  };
}

const sealed = ({ opened, rate }) => (opened ? good("sealed", { rate: (rate / MEGA).toFixed(0) }) : bad("failed"));

async function show(name, look) {
  let finding;
  try {
    finding = await look();
  } catch {
    finding = bad("failed");
  }
  const [grade, word, facts] = finding;
  const line = lines.find((one) => one.dataset.check === name);
  line.dataset.is = grade;
  line.querySelector(".found").textContent = words.say(word, facts);
  line.querySelector(".fix").hidden = grade === "good";
  const use = line.querySelector("use");
  use.setAttribute("href", use.dataset[grade]);
  if (grade === "bad" || (grade === "fair" && worst === "good")) worst = grade;
  done += 1;
  document.getElementById("bar").value = done;
  document.getElementById("done").textContent = words.say("progress", { done, all: lines.length });
}

async function check() {
  [worst, done] = ["good", 0];
  document.getElementById("verdict").textContent = "";
  await show("modules", async () => (self.Worker && self.indexedDB ? good("works") : bad("missing")));
  const none = { opened: false };
  let found = { secure: false, x25519: null, store: false, room: 0, suites: { [X25519]: none, [SM2]: none } };
  try { found = await Sealing.check(); } catch { /* told by the lines that stay red */ }
  for (const [name, look] of Object.entries(sealing(found))) await show(name, async () => look());
  await show("key", key);
  await show("clock", clock);
  await show("speed", speed);
  document.getElementById("verdict").textContent = words.say(worst);
  root.dataset.ready = worst;
  document.getElementById("again").hidden = false;
}

document.getElementById("plain").hidden = true;
root.hidden = false;
document.getElementById("again").addEventListener("click", check);
check();
