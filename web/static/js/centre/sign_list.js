/* The list of names, signed with the key of the account in this browser: by the centre, and by the supervising body. */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const form = document.getElementById("list");
const missing = () => { form.querySelector("[data-say=no-key]").hidden = false; };

async function sign() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) return missing();
  const message = await told("openhall list/v1", { digest: form.elements.digest.value, section: form.dataset.section });
  form.elements.signature.value = await key.sign(message);
  form.elements.certificate.value = key.certificate;
  return form.submit();
}

form?.addEventListener("submit", (event) => {
  event.preventDefault();
  sign().catch(missing);
});
