/* What a bidder signs to let its bid hold for a later version of the document (docs/formats/addenda.md). */

import { concat, sha256 } from "../seal/bytes.js";
import { canonical } from "../seal/canonical.js";

const LABEL = "openhall confirmation/v1";

/* The 32 bytes to sign; the SHA-256 of manifest and document as base64. */
export async function confirmationMessage(manifest, document) {
  const told = await sha256(canonical({ document, manifest }));
  return sha256(concat(LABEL, Uint8Array.of(0), told));
}
