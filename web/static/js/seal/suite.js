/* The cipher suites of `sealed-bid/v1`: what differs between them, as one table. */

import { exchange, publicKey as x25519Public } from "./curve.js";
import * as hpke from "./hpke.js";
import { Problem } from "./problem.js";
import * as sm2 from "./sm2.js";
import { Sm4Gcm } from "./sm4.js";

export const X25519 = "X25519-AES256GCM-SHA512";
export const SM2 = "SM2-SM4GCM-SM3";
const SHARE = 33;

/* By name { name, hash, aead, aeadName, aeadKey, public, wrapped, wrap, unwrap, publicOf, isPrivate, usable }. `aead(key)` gives
   { seal(nonce, plain), open(nonce, sealed) }, the latter null for what does not authenticate, and `endsEarlier(nonce, sealed)`
   where it can tell that faster than by trying; `wrapped` is the size of a wrapped share, `usable` whether a public key may be
   sealed to. All but the sizes may answer with a promise. */
const SUITES = {
  [X25519]: {
    name: X25519,
    hash: "SHA-512",
    aead: aesGcm,
    aeadName: "AEAD_AES_256_GCM",
    aeadKey: 32,
    public: 32,
    wrapped: hpke.ENC + SHARE + hpke.TAG,
    wrap: hpke.sealTo,
    unwrap: hpke.openFrom,
    publicOf: x25519Public,
    isPrivate: (bytes) => bytes.length === 32,
    // Neither malformed nor of small order: any private key shows it.
    usable: async (key) => (await exchange(new Uint8Array(32), key)) !== null,
  },
  [SM2]: {
    name: SM2,
    hash: "SM3",
    aead: (key) => new Sm4Gcm(key),
    aeadName: "AEAD_SM4_GCM",
    aeadKey: 16,
    public: sm2.PUBLIC,
    wrapped: sm2.PUBLIC + sm2.DIGEST + SHARE + sm2.DIGEST,
    wrap: sm2.sealTo,
    unwrap: sm2.openFrom,
    publicOf: sm2.publicKey,
    isPrivate: sm2.isPrivate,
    usable: sm2.isPublic,
  },
};

/* Whether a suite of this name is known here. */
export const isSuite = (name) => Object.hasOwn(SUITES, name);

/* The suite of this name; "seal.suite" for a name that is unknown. */
export function findSuite(name) {
  if (!isSuite(name)) throw new Problem("seal.suite", { suite: name });
  return SUITES[name];
}

async function aesGcm(key) {
  const aes = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt", "decrypt"]);
  const seal = async (iv, plain) => new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv }, aes, plain));
  const open = async (iv, sealed) => {
    try {
      return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv }, aes, sealed));
    } catch {
      return null;
    }
  };
  return { seal, open };
}
