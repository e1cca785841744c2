/* Shows a bid in plain: each file is compared with the commitment that was signed, and only what is the same is sent. */

import { Refusals, Words } from "../bidder/words.js";
import { b64 } from "../seal/bytes.js";
import { makeFirstForm, makeForm, makePriceForm } from "../seal/form.js";
import { Problem } from "../seal/problem.js";
import { ask, chosenKit, fieldOf } from "./kits.js";

const TYPED = ["price", "duration", "quality", "leader"];
const form = document.getElementById("remedy-form");
if (form) begin();

function begin() {
  const words = new Words(form);
  const refusals = new Refusals(document.getElementById("refusals"), words, form.dataset.refused);
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    refusals.clear();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await send(words, refusals);
    } catch (error) {
      refusals.show([{ error, field: fieldOf(error) }]);
    } finally {
      button.disabled = false;
    }
  });
}

async function send(words, refusals) {
  const kit = await chosenKit(form.dataset);
  const chosen = parts();
  if (!chosen.length) throw new Problem("remedy.nothing");
  const refused = [];
  for (const one of chosen) {
    try {
      await show(one, kit, words);
    } catch (error) {
      one.line.textContent = "";
      refused.push({ error, field: one.field });
    }
  }
  refusals.show(refused);
  if (!refused.length && chosen.length === form.querySelectorAll("[data-part]").length) location.assign(location.href.replace(/\/remedy$/, ""));
}

/* The parts for which something was chosen or typed, and is not received yet. */
function parts() {
  return [...form.querySelectorAll("[data-part]:not([disabled])")].flatMap((box) => {
    const { part } = box.dataset;
    const input = box.querySelector('input[type="file"]');
    const source = input.files[0] ?? typedForm(box);
    return source ? [{ part, box, source, line: box.querySelector("[data-line]"), field: input.id }] : [];
  });
}

function typedForm(box) {
  const inputs = TYPED.map((name) => box.querySelector(`#${name}`)).filter(Boolean);
  if (!inputs.some((input) => input.value.trim())) return null;
  const values = Object.fromEntries(inputs.map((input) => [input.id, input.value.trim()]));
  if (!("price" in values)) return new Blob([makeFirstForm(values)]);
  return new Blob([inputs.length === 1 ? makePriceForm(values.price) : makeForm(values)]);
}

async function show({ part, box, source, line }, kit, words) {
  const names = JSON.parse(form.dataset.partNames);
  const salt = kit.commitSalts[part];
  line.textContent = words.say("comparing", { part: names[part] ?? part });
  const found = b64(await ask("commit", { source, salt }));
  if (found !== JSON.parse(form.dataset.commits)[part]) throw new Problem("remedy.other-file");
  await put(part, source, b64(salt), (percent) => {
    line.textContent = words.say("sending", { part: names[part] ?? part, percent });
  });
  line.textContent = words.say("kept", { part: names[part] ?? part });
  box.disabled = true;
}

function put(part, source, salt, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `/api/bids/${form.dataset.bid}/remedies/${part}`);
    request.setRequestHeader("Content-Type", "application/octet-stream");
    request.setRequestHeader("Commit-Salt", salt);
    request.setRequestHeader("X-CSRF-Token", document.querySelector("meta[name=form-token]").content);
    request.upload.onprogress = ({ loaded, total }) => progress(Math.floor((100 * loaded) / Math.max(1, total)));
    request.onloadend = () => {
      if (request.status === 200) resolve();
      else reject(refused(request));
    };
    request.send(source);
  });
}

function refused({ status, responseText }) {
  if (!status) return new Problem("remedy.interrupted");
  try {
    const { code, facts = {}, title = "", detail = "" } = JSON.parse(responseText);
    return new Problem(code, facts, title ? { title, detail } : null);
  } catch {
    return new Problem("remedy.interrupted");
  }
}
