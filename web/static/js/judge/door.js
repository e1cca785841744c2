/* Taking a seat and coming back to it: the key is made or found here, and only its signature leaves. */

import { b64, concat, holdsSlip, labelled, makeKey, nameSeat, sha256, signForSlip, slipHash, utf8 } from "./key.js";

const form = document.querySelector("form[data-door]");
const say = (name) => { for (const one of document.querySelectorAll("[data-say]")) one.hidden = one.dataset.say !== name; };

const acts = {
  async take(slip) {
    const point = await makeKey(slip);
    const message = await labelled("openhall seat/v1", await sha256(concat(await slipHash(slip), point)));
    form.elements.public_key.value = b64(point);
    form.elements.signature.value = b64(await signForSlip(slip, message));
  },
  async back(slip) {
    const challenge = Uint8Array.from(atob(form.elements.challenge.value), (sign) => sign.charCodeAt(0));
    const inner = await sha256(concat(utf8(form.dataset.seat), "\0", challenge));
    const signature = await signForSlip(slip, await labelled("openhall seat-return/v1", inner));
    form.elements.signature.value = b64(signature);
  },
};

if (form) {
  const slip = form.elements.slip.value;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    form.querySelector("button").disabled = true;
    try {
      await acts[form.dataset.door](slip);
      await nameSeat(slip, form.dataset.seat);
      form.submit();
    } catch {
      say("failed");
      form.querySelector("button").disabled = false;
    }
  });
  if (form.dataset.door === "back" && !(await holdsSlip(slip))) {
    say("elsewhere");
    form.hidden = true;
  }
}
