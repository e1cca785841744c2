/* The reason for a gap, signed with the key of the account in this browser (docs/formats/recording.md). */

import { told } from "../judge/key.js";
import { SigningKey } from "../seal/signing.js";

const LABEL = "recording-reason/v1";
const notice = document.getElementById("no-key");

async function sign(form) {
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) throw new Error("no key");
  const { stream, seq, words, signature, certificate } = form.elements;
  words.value = words.value.trim();
  const message = { recording: form.dataset.reason, stream: stream.value, seq: Number(seq.value), words: words.value };
  signature.value = await key.sign(await told(LABEL, message));
  certificate.value = key.certificate;
  form.submit();
}

/* The page renews itself while it records: what is typed into is found by its form, whenever it was made. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.reason) return;
  event.preventDefault();
  sign(form).catch(() => {
    notice.hidden = false;
    notice.scrollIntoView({ block: "nearest" });
  });
});
