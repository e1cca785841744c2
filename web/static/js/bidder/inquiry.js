/* Answering a written inquiry: signed here with the key of this browser, then sent as the form it is (docs/formats/inquiries.md). */

import { concat, sha256 } from "../seal/bytes.js";
import { canonical } from "../seal/canonical.js";
import { openKey } from "./key.js";

const LABEL = "openhall inquiry-reply/v1";

/* The 32 bytes to sign. */
export async function replyMessage(inquiry, bid, question, answer) {
  const told = await sha256(canonical({ answer, bid, inquiry, question }));
  return sha256(concat(LABEL, Uint8Array.of(0), told));
}

async function sign(form) {
  const { inquiry, bid, account, question } = form.dataset;
  const { key } = await openKey(account);
  if (!key.certificate) throw new Error("no key");
  const field = form.elements[`answer-${inquiry}`];
  field.value = field.value.trim();
  form.elements.signature.value = await key.sign(await replyMessage(inquiry, bid, question, field.value));
  form.elements.certificate.value = key.certificate;
}

for (const form of document.querySelectorAll("form[data-inquiry]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const [button, notice] = [form.querySelector("button"), document.getElementById("no-key")];
    button.disabled = true;
    try {
      await sign(form);
      form.submit();
    } catch {
      notice.hidden = false;
      notice.scrollIntoView({ block: "nearest" });
      button.disabled = false;
    }
  });
}
