/* The browser's signing key: P-256, not extractable, kept in IndexedDB with its certificate, one for each account. */

import { b64, concat, sha256, unb64, utf8 } from "./bytes.js";
import { get, put, remove } from "./idb.js";
import { Problem } from "./problem.js";

const ECDSA = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const POINT = 65;

export class SigningKey {
  #account;
  #kept;

  /* The account's key in this browser, there or not yet; "seal.insecure-context" where the browser keeps its cryptography. */
  static async open(account) {
    if (!self.isSecureContext) throw new Problem("seal.insecure-context");
    return new SigningKey(account, (await get("keys", account)) ?? null);
  }

  constructor(account, kept) {
    [this.#account, this.#kept] = [account, kept];
  }

  /* b64 of 65 bytes `04 ‖ x ‖ y`, null without a key. */
  get publicKey() {
    return this.#kept && b64(this.#kept.publicKey);
  }

  /* b64 DER, null until `keep`. */
  get certificate() {
    return this.#kept?.certificate ?? null;
  }

  /* Make a key, or take the one whose certificate never came: { publicKey, proof }, b64, for the platform to certify.
     `again` makes a new one in any case, for a lost or revoked certificate. */
  async create({ again = false } = {}) {
    if (again || !this.#kept) {
      const pair = await crypto.subtle.generateKey(ECDSA, false, ["sign", "verify"]);
      const publicKey = new Uint8Array(await crypto.subtle.exportKey("raw", pair.publicKey));
      await this.#keep({ pair: { privateKey: pair.privateKey, publicKey: pair.publicKey }, publicKey, certificate: null });
    }
    return { publicKey: this.publicKey, proof: await this.sign(await possession(this.#account, this.#kept.publicKey)) };
  }

  /* Keep the certificate (b64 DER); "signing.other-key" where this is not the key it certifies, "base64.bad". */
  async keep(certificate) {
    if (!this.#kept || !holds(unb64(certificate), this.#kept.publicKey)) throw new Problem("signing.other-key");
    await this.#keep({ ...this.#kept, certificate });
  }

  /* b64 of 64 bytes r ‖ s over a 32-byte message (a digest); "signing.no-key", "signing.not-a-digest". */
  async sign(message) {
    if (!this.#kept) throw new Problem("signing.no-key");
    if (message.length !== 32) throw new Problem("signing.not-a-digest", { length: message.length });
    return b64(new Uint8Array(await crypto.subtle.sign(ECDSA, this.#kept.pair.privateKey, message)));
  }

  /* Destroy the key of this browser. */
  async forget() {
    await remove("keys", this.#account);
    this.#kept = null;
  }

  async #keep(value) {
    await put("keys", this.#account, value);
    this.#kept = value;
  }
}

/* What the owner signs to prove the key: SHA-256 of `signing-key/v1 ‖ 00 ‖ SHA-256(account id ‖ 00 ‖ key)`. */
export async function possession(account, publicKey) {
  const bound = await sha256(concat(account, Uint8Array.of(0), publicKey));
  return sha256(concat(utf8("signing-key/v1"), Uint8Array.of(0), bound));
}

/* Whether a certificate's DER holds this point: after the bit string's head, where no other 65 bytes can stand by chance. */
function holds(der, point) {
  const wanted = latin(concat(Uint8Array.of(3, POINT + 1, 0), point));
  return latin(der).includes(wanted);
}

const latin = (bytes) => Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
