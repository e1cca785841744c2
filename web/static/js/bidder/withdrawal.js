/* Withdrawing a bid: signed here with the key of this browser, which need not be the one that signed the bid. */

import { unb64 } from "../seal/bytes.js";
import { withdrawalMessage } from "../seal/manifest.js";
import { Problem } from "../seal/problem.js";
import { openKey } from "./key.js";
import { post } from "./platform.js";
import { Refusals, Words } from "./words.js";

const form = document.getElementById("withdrawal");
const { bid, account, digest, receipt, title } = form.dataset;
const refusals = new Refusals(document.getElementById("problems"), new Words(form), title);

async function withdraw() {
  const { key } = await openKey(account);
  if (!key.certificate) throw new Problem("room.no-key");
  const signature = await key.sign(await withdrawalMessage(unb64(digest)));
  await post(`/api/bids/${bid}/withdrawal`, { signature, certificate: key.certificate });
  location.assign(receipt);
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  button.disabled = true;
  try {
    await withdraw();
  } catch (error) {
    refusals.show([{ error, field: null }]);
    button.disabled = false;
  }
});
