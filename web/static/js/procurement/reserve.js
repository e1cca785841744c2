/* The reserve price, sealed here as bids are: the amount stays in this browser, what is sent is the container and who signed. */

import { readYuan, yuan } from "../bidder/amounts.js";
import { Words } from "../bidder/words.js";
import { client } from "../seal/bundle.js";
import { b64, randomBytes, sha256, utf8 } from "../seal/bytes.js";
import { canonical } from "../seal/canonical.js";
import { sealBytes } from "../seal/container.js";
import { bidderLine } from "../seal/key.js";
import { parseKeyset, verifyKeyset } from "../seal/keyset.js";
import { encodeManifest } from "../seal/manifest.js";
import { Problem } from "../seal/problem.js";
import { SigningKey } from "../seal/signing.js";

const PART = "reserve-price";
const MOST = 10n ** 17n;
const form = document.getElementById("reserve");

/* { container, manifest, signature, certificate }, b64 all; `price` in fen. */
export async function sealReserve(price, { section, creditCode, keyset: document, pinned }, key) {
  const keyset = await parseKeyset(utf8(document));
  await verifyKeyset(keyset, JSON.parse(pinned));
  const bidderSalt = randomBytes(32);
  const plain = canonical({ format: "reserve-price/v1", price: yuan(price) });
  const { container, size, root, commit } = await sealBytes(plain, keyset, PART, await bidderLine(bidderSalt, creditCode));
  const parts = [{ part: PART, size, root, commit }];
  const manifest = encodeManifest({ section, round: keyset.round, bidderSalt, parts, client: await client() });
  const signature = await key.sign(await sha256(manifest));
  return { container: b64(container), manifest: b64(manifest), signature, certificate: key.certificate };
}

const complain = (error) => {
  const line = document.getElementById("price-error");
  line.textContent = error ? new Words(form).explain(error).join(" ") : "";
  line.hidden = !error;
  const input = document.getElementById("price");
  if (error) input.setAttribute("aria-invalid", "true");
  else input.removeAttribute("aria-invalid");
};

async function hand() {
  const input = document.getElementById("price");
  const price = readYuan(input.value);
  if (price === null || price <= 0n || price >= MOST) throw new Problem("reserve.price", { price: input.value || "–" });
  const key = await SigningKey.open(form.dataset.account);
  if (!key.certificate) {
    form.querySelector("[data-say=no-key]").hidden = false;
    return;
  }
  for (const [name, value] of Object.entries(await sealReserve(price, form.dataset, key))) form.elements[name].value = value;
  form.submit();
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = form.querySelector("button");
  complain(null);
  button.disabled = true;
  try {
    await hand();
  } catch (error) {
    complain(error);
    document.getElementById("price").focus();
  } finally {
    button.disabled = false;
  }
});
