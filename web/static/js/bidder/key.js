/* A signing key for this browser: made on one click, certified by the platform's authority, kept here. */

import { SigningKey } from "../seal/main.js";
import { get, post } from "./platform.js";

/* The account's key in this browser: { key, again }; `again` says that it was revoked or is out of date, so that another is
   needed. A certificate that got lost on its way is taken up. */
export async function openKey(account) {
  const key = await SigningKey.open(account);
  const told = key.publicKey && (await get("/api/signing-keys").catch(() => null));
  const own = told && told.keys.find((one) => one.public_key === key.publicKey);
  if (!own) return { key, again: Boolean(told && key.certificate) };
  if (!key.certificate) await key.keep(own.certificate);
  return { key, again: Boolean(own.revoked_at) };
}

/* Make the key and have it certified in the name of the body acted for; `signing.…` refuses. */
export async function enrol(key, { again = false } = {}) {
  const { publicKey, proof } = await key.create({ again });
  const { certificate } = await post("/api/signing-keys", { public_key: publicKey, proof, place: "browser" });
  await key.keep(certificate);
}
