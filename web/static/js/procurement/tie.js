/* The procuring entity's decision of a tie, signed with the key of its account in this browser (docs/formats/signing.md). */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("tie");

const say = (name) => {
  for (const one of form.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== name;
};

/* Each tied group in the order of the ranks chosen, or null where two bids have the same. */
function chosen() {
  const place = (bid) => Number(form.elements[`place-${bid}`].value);
  const groups = JSON.parse(form.dataset.tied);
  if (groups.some((group) => new Set(group.map(place)).size < group.length)) return null;
  return groups.map((group) => [...group].sort((one, other) => place(one) - place(other)));
}

async function sign() {
  const decided = chosen();
  if (decided === null) return say("order");
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) return say("no-key");
  const { section, report } = form.dataset;
  const reasons = form.elements.reasons.value;
  form.elements.signature.value = await key.sign(await told("openhall tie/v1", { section, report, decided, reasons }));
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(() => say("no-key"));
});
