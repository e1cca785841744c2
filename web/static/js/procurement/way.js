/* The procuring entity's decision about a result that cannot stand, signed in this browser (docs/formats/signing.md). */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("way");

const say = (name) => {
  for (const one of form.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== name;
};

async function sign() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) return say("no-key");
  const { section, report } = form.dataset;
  const objections = JSON.parse(form.dataset.objections);
  const way = form.elements.way.value;
  const [cause, reasons] = [form.elements.cause.value, form.elements.reasons.value];
  const bid = way === "next" ? form.elements.bid.value : null;
  const decided = { section, report, way, bid, cause, objections, reasons };
  form.elements.signature.value = await key.sign(await told("openhall way/v1", decided));
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(() => say("no-key"));
});
