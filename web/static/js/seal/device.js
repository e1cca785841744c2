/* The device check: can this browser seal, how fast, how much can it keep, and does what it seals open again? */

import { randomBytes, same, sha256 } from "./bytes.js";
import { openBytes, sealBytes } from "./container.js";
import { way } from "./curve.js";
import { imagined } from "./rehearsal.js";
import { room } from "./store.js";
import { SM2, X25519 } from "./suite.js";

const SAMPLE = 4 << 20;

/* { secure, x25519, ed25519, store, room, suites }; see main.js. */
export async function checkDevice() {
  const none = { rate: null, opened: false };
  const nothing = { x25519: null, ed25519: null, store: false, room: 0, suites: { [X25519]: none, [SM2]: none } };
  if (!self.isSecureContext) return { secure: false, ...nothing };
  const suites = { [X25519]: await rehearsal(X25519), [SM2]: await rehearsal(SM2) };
  const known = crypto.subtle.importKey("raw", new Uint8Array(32), "Ed25519", false, ["verify"]);
  return {
    secure: true,
    x25519: await way(),
    ed25519: await known.then(() => "webcrypto", () => "fallback"),
    store: Boolean(navigator.storage?.getDirectory),
    room: await room(),
    suites,
  };
}

/* Seal a few MB for three custodians made up on the spot, and open them with two of their keys: { rate, opened }. */
async function rehearsal(suite) {
  const keys = [1, 2, 3].map(() => randomBytes(32));
  const plain = new Uint8Array(SAMPLE);
  for (let at = 0; at < SAMPLE; at += 65536) crypto.getRandomValues(plain.subarray(at, at + 65536));
  const keyset = await imagined(keys, suite);
  const begun = performance.now();
  const { container } = await sealBytes(plain, keyset, "rehearsal", await sha256(randomBytes(32)));
  const seconds = (performance.now() - begun) / 1000;
  const again = await openBytes(container, new Map([[1, keys[0]], [3, keys[2]]]), { keyset });
  return { rate: SAMPLE / seconds, opened: same(again, plain) };
}
