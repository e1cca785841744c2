/* Sealing in the browser, the one door for pages: choose, seal, keep the kit, upload, receipt; formats in docs/formats/sealed-bid.md.

   import { Sealing, SigningKey, Problem } from "<static>/js/seal/main.js";      // the secure context (https or 127.0.0.1) is required

   const sealing = await Sealing.open({
     section: "YH-2026-001/S1",             // <tender>/<section>
     creditCode: "91420500MA…",             // the bidder's; bound into every container
     account: "acc_…",                      // the signed-in account: names the signing key and the plan on this machine
     parts: ["opening-form", "technical"],  // what the section asks for
     token: "…",                            // the form token (meta[name=form-token]), sent as X-CSRF-Token
     pinned: { "name": "b64 key", … },      // signer keys of the published policy; left out: the keyset's own are taken
   });                                      // refuses "plan.other-tab", "seal.insecure-context", "seal.keyset", server's codes

   sealing.plan                             // what is known, also after a killed tab (JSON, see `summary` in plan.js):
     // { state: "empty" | "choosing" | "sealed" | "uploading" | "submitted" | "receipted",
     //   anew: null | "interrupted" | "copy-gone" | "keyset",           // why everything must be chosen and sealed again
     //   slots: [{ part, name, size, chosen, sealedSize, acknowledged, blocks }], // `chosen`: the File is in hand in this tab
     //   bid, digest, rehearsed, kit: Boolean }

   await sealing.choose("technical", file)  // a File; a slot remembered from before must get the same file again, else
                                            // "plan.other-size" {part, expected, found}, "plan.other-content" {part, expected, found}
   await sealing.choose("technical", file, { replace: true })                    // another file on purpose
   await sealing.choose("opening-form", makeForm({ price, duration, quality, leader }))   // bytes (form.js); not remembered
   await sealing.drop("technical")

   const kit = await sealing.seal(passphrase)        // a Blob `kit.json` for the bidder to save; state becomes "sealed"
   sealing.kit()                                     // the same Blob again, also after a reload
   await sealing.rehearse(fileOrBlob, passphrase)    // reads a saved kit back; "kit.passphrase", "kit.bad", "kit.other"; once per bid

   await key.…                                       // the signing key, below, must have its certificate before:
   const receipt = await sealing.upload(key)         // signs, uploads, hands in, waits for the receipt (JSON receipt/v1)
   sealing.pause(); sealing.continue({ token });     // sealing and uploading alike; `token` where the session is a new one
   await sealing.cancel()                            // stops and forgets plan and sealed copies; the bid on the server stays
   await sealing.withdraw(key, bid, digest)          // `digest`: b64 SHA-256 of the manifest, default the plan's
   sealing.close()                                   // leaves the plan to another tab

   Events (CustomEvent, facts in `detail`):
     "progress" { stage: "checking" | "sealing" | "uploading", part, done, total, rate, eta }   // bytes, bytes/s or null, seconds or null;
                                            // done and total run over all parts
     "state"    the new `plan`
     "offline"  { attempt, seconds }        // a lost connection; tried again after so many seconds, by itself
     "online"   {}                          // blocks pass again
     "signin"   { code }                    // "session.needed" or "form.token": paused; sign in (another tab), then continue({ token })
   Every refusal is a `Problem` with `code` and `facts`; the server's have `told` {title, detail}: already worded in its language.

   const key = await SigningKey.open(account)        // P-256, not extractable, in this browser's IndexedDB
   key.publicKey, key.certificate                    // b64 or null
   const { publicKey, proof } = await key.create()   // b64 both: what `certify_key` wants (possession)
   await key.keep(certificate)                       // b64 DER; "signing.other-key" where it certifies another key
   await key.sign(bytes32)                           // b64 r ‖ s
   await key.forget()

   await Sealing.check()                             // device check: { secure, x25519, ed25519, store, room, rate, opened }: a tiny
                                                     // container is sealed and opened here; x25519: "webcrypto" | "fallback";
                                                     // store: sealed copy survives the tab; room: bytes; rate: bytes/s */
