/* The supervising body's reason for another draw, signed with the key of its account in this browser. */

import { SigningKey } from "../seal/signing.js";
import { told } from "./key.js";

const form = document.getElementById("redraw");
const missing = () => { form.querySelector("[data-say=no-key]").hidden = false; };

async function sign() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) return missing();
  const kind = form.elements.kind?.value === "supplement" ? { supplement: true } : {};
  const message = await told("openhall redraw/v1", { draw: form.dataset.draw, reason: form.elements.reason.value, ...kind });
  form.elements.signature.value = await key.sign(message);
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(missing);
});
