/* The procuring entity's verdict on a report, signed in this browser (docs/formats/signing.md). */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("review");

async function sign() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) throw new Error("no key");
  const { section, report } = form.dataset;
  const verdict = form.elements.verdict.value;
  const back = verdict === "return";
  const reason = back ? form.elements.reason.value : "";
  const reasons = back ? form.elements.reasons.value : "";
  form.elements.signature.value = await key.sign(await told("openhall review/v1", { section, report, verdict, reason, reasons }));
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(() => {
    form.querySelector("[data-say=no-key]").hidden = false;
  });
});
