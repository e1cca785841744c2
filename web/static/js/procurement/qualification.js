/* The purchaser's answers on qualification, item by item, signed in this browser (docs/formats/signing.md). */

import { told } from "../judge/key.js";
import { canonical } from "../seal/canonical.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("qualification");
const say = (what, shown = true) => {
  form.querySelector(`[data-say=${what}]`).hidden = !shown;
};

/* One item's answer as it is signed; null while it is not whole. */
function answer(bid, item) {
  const value = (name) => form.elements[`${name}-${bid}-${item}`].value.trim();
  if (value("finding") === "pass") return "pass";
  if (value("finding") !== "fail" || !value("reason")) return null;
  const page = value("page");
  return { reason: value("reason"), pages: page ? [{ part: value("part"), page: Number(page) }] : [] };
}

function answers() {
  const found = {};
  for (const sheet of form.querySelectorAll("[data-bid]")) {
    const { bid } = sheet.dataset;
    const items = [...sheet.querySelectorAll("[data-item]")].map((one) => one.dataset.item);
    found[bid] = Object.fromEntries(items.map((item) => [item, answer(bid, item)]));
  }
  return found;
}

async function sign(given) {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) throw new Error("no key");
  const { section } = form.dataset;
  form.elements.answers.value = new TextDecoder().decode(canonical(given));
  form.elements.signature.value = await key.sign(await told("openhall qualification/v1", { section, answers: given }));
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("change", (event) => {
  const why = event.target.closest("[data-item]")?.querySelector(".exam__why");
  if (why && event.target.type === "radio") why.toggleAttribute("data-open", event.target.value === "fail");
});

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  const given = answers();
  const missing = Object.values(given).some((row) => Object.values(row).includes(null));
  say("missing", missing);
  if (missing) return;
  sign(given).catch(() => say("no-key"));
});
