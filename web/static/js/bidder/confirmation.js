/* Confirming a bid for a later version of the document: signed here with the key of this browser, whichever signed the bid. */

import { Problem } from "../seal/problem.js";
import { confirmationMessage } from "./confirming.js";
import { openKey } from "./key.js";
import { post } from "./platform.js";
import { Refusals, Words } from "./words.js";

const form = document.getElementById("confirmation");
const { bid, account, digest, document: version, receipt, title } = form.dataset;
const refusals = new Refusals(document.getElementById("problems"), new Words(form), title);

async function confirm() {
  const { key } = await openKey(account);
  if (!key.certificate) throw new Problem("room.no-key");
  const signature = await key.sign(await confirmationMessage(digest, version));
  await post(`/api/bids/${bid}/confirmation`, { document: version, signature, certificate: key.certificate });
  location.assign(receipt);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await confirm();
  } catch (error) {
    refusals.show([{ error, field: null }]);
    button.disabled = false;
  }
});
