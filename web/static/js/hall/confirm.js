/* Signs the confirmation of an opening record with this browser's key, where it has one; without one the session speaks. */

import { SigningKey } from "../seal/main.js";
import { b64 } from "../seal/bytes.js";

const form = document.getElementById("confirm");

async function ready() {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) return;
  document.getElementById("by-key").hidden = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.signature.value) return;
    event.preventDefault();
    const message = Uint8Array.from(form.dataset.message.match(/../g), (pair) => parseInt(pair, 16));
    form.elements.signature.value = typedB64(await key.sign(message));
    form.elements.certificate.value = typedB64(key.certificate);
    form.requestSubmit();
  });
}

const typedB64 = (value) => (typeof value === "string" ? value : b64(value));

if (form) ready().catch(() => { /* no key that can be used: the session confirms */ });
