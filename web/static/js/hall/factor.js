/* Gives the bidder's factor: the kit is opened on this machine, and only the 32 bytes of the factor go to the platform. */

import { Refusals, Words } from "../bidder/words.js";
import { b64 } from "../seal/bytes.js";
import { Problem } from "../seal/problem.js";
import { chosenKit, fieldOf } from "./kits.js";

const form = document.getElementById("factor-form");
if (form) begin();

function begin() {
  const words = new Words(form);
  const refusals = new Refusals(document.getElementById("refusals"), words, form.dataset.refused);
  const line = document.getElementById("factor-line");
  let reading = false;
  form.addEventListener("submit", async (event) => {
    if (form.elements.factor.value) return;
    event.preventDefault();
    if (reading) return;
    reading = true;
    line.textContent = words.say("reading");
    try {
      const { factor } = await chosenKit(form.dataset);
      if (!factor) throw new Problem("kit.no-factor");
      line.textContent = words.say("read");
      form.elements.factor.value = b64(factor);
      form.requestSubmit();
    } catch (error) {
      line.textContent = "";
      refusals.show([{ error, field: fieldOf(error) }]);
    } finally {
      reading = false;
    }
  });
}
