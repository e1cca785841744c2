/* A question about a candidate's capacity to perform, signed in this browser (docs/formats/signing.md). */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("capacity");

async function sign() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) throw new Error("no key");
  const { section, report } = form.dataset;
  const number = Number(form.dataset.number);
  const bid = form.elements.bid.value;
  const reasons = form.elements.reasons.value;
  form.elements.signature.value = await key.sign(await told("openhall capacity/v1", { section, report, number, bid, reasons }));
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(() => {
    form.querySelector("[data-say=no-key]").hidden = false;
  });
});
