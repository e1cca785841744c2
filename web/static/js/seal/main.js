/* Sealing in the browser, the one door for pages: choose, seal, keep the kit, upload, receipt (docs/formats/sealed-bid.md).

   import { Sealing, SigningKey, Problem } from "<static>/js/seal/main.js";      // only in a secure context (https, 127.0.0.1)

   const sealing = await Sealing.open({
     section: "YH-2026-001/S1",             // <tender>/<section>
     creditCode: "91420500MA…",             // the bidder's; bound into every container
     account: "acc_…",                      // the signed-in account: names the signing key and the plan on this machine
     parts: ["opening-form", "technical"],  // what the section asks for
     token: "…",                            // the form token (meta[name=form-token]), sent as X-CSRF-Token
     pinned: { "name": "b64 key", … },      // custodians' signer keys; left out: those of /log/policy.txt
     factor: true,                          // the section asks for the bidder's own factor B; the kit alone keeps it
     second: true,                          // two envelopes: the part "price" is sealed to the second keyset
   });                                      // refuses "plan.other-tab", "seal.insecure-context", "seal.keyset", server's codes

   sealing.plan                             // what is known, also after a killed tab (JSON, see `summary` in plan.js):
     // { state: "empty" | "choosing" | "sealed" | "uploading" | "submitted" | "receipted",
     //   anew: null | "interrupted" | "copy-gone" | "keyset",           // why everything must be chosen and sealed again
     //   slots: [{ part, name, size, chosen, sealedSize, stored, acknowledged, blocks }],   // `chosen`: source in hand
     //                                                      // here; `stored`: a sealed copy outlives the tab
     //   bid, digest, rehearsed, adopted, kit: Boolean }

   await sealing.choose("technical", file)  // a File; a slot remembered from before must get the same file again, else
                                            // "plan.other-size", "plan.other-content" { part, name, expected, found }
   await sealing.choose("technical", file, { replace: true })                    // another file on purpose
   await sealing.choose("opening-form", makeForm({ price, duration, quality, leader }))   // bytes (form.js); not remembered
                                            // what is sealed already is only unsealed with `replace`: "plan.sealed"
   await sealing.drop("technical")
   await sealing.require([…parts])          // what the bid consists of from now on; what is not asked for any more is dropped

   const kit = await sealing.seal(passphrase)        // a Blob `kit.json` for the bidder to save; state becomes "sealed"
   await sealing.adopt(files)                        // or Files sealed elsewhere, manifest.json and PART.sealed; state becomes
                                                     // "sealed" without a kit here; "plan.no-manifest", "plan.other-parts", "seal.…"
   sealing.kit()                                     // the same Blob again, also after a reload
   await sealing.rehearse(fileOrBlob, passphrase)    // reads a saved kit back and opens a tiny container with it; refuses
                                                     // "kit.passphrase", "kit.bad", "kit.other"; once per bid; the platform
                                                     // is told, for it takes no bid of ours without

   await key.…                                       // the signing key, below, must have its certificate before:
   const receipt = await sealing.upload(key)         // signs, uploads, hands in, waits for the receipt (receipt/v1); refuses
                                                     // "plan.rehearse" before `rehearse`, "plan.not-sealed", "plan.copy-gone",
                                                     // "signing.not-certified", "bid.not-open", and what the server refuses
   sealing.pause(); sealing.continue({ token });     // sealing and uploading alike; `token` where the session is a new one
   await sealing.cancel()                            // stops and forgets plan and sealed copies; the bid on the server stays
   await sealing.withdraw(key, bid, digest)          // `digest`: b64 SHA-256 of the manifest, default the plan's
                                                     // `seal` and `upload` one at a time: "plan.busy"
   sealing.close()                                   // leaves the plan to another tab

   Events (CustomEvent, facts in `detail`):
     "progress" { stage: "checking" | "sealing" | "uploading", part, done, total, rate, eta }
                                            // bytes over all parts, bytes/s and seconds or null while unknown
     "state"    the new `plan`
     "offline"  { attempt, seconds }        // a lost connection; tried again after so many seconds, by itself
     "online"   {}                          // blocks pass again
     "signin"   { code }                    // "session.needed", "form.token": paused; sign in, then continue({ token })
   A problem not answered by the server at all is "platform.away" (only `open` tells so; the rest waits and tries again).
   Every refusal is a `Problem` with `code` and `facts`; the server's have `told` { title, detail }, worded by the server.

   const key = await SigningKey.open(account)        // P-256, not extractable, in this browser's IndexedDB
   key.publicKey, key.certificate                    // b64 or null
   const { publicKey, proof } = await key.create()   // b64 both: what `certify_key` wants (possession)
   await key.keep(certificate)                       // b64 DER; "signing.other-key" where it certifies another key
   await key.sign(bytes32)                           // b64 r ‖ s
   await key.forget()

   await Sealing.check()                             // device check: { secure, x25519, ed25519, store, room, suites }: by suite
                                                     // { rate, opened }, a container sealed and opened here, bytes/s; x25519,
                                                     // ed25519: "webcrypto" | "fallback"; store: sealed copies survive the tab */

import { adoptedSlots, listedParts, readSealed } from "./adopting.js";
import { fetchBlock } from "./blocks.js";
import { b64, unb64, utf8 } from "./bytes.js";
import { client } from "./bundle.js";
import { checkDevice } from "./device.js";
import { Gate } from "./gate.js";
import { pinnedSigners, soundKeyset } from "./keyset.js";
import { complete, sealParts, sizeOf } from "./making.js";
import { withdrawalMessage } from "./manifest.js";
import { Pace } from "./pace.js";
import * as plans from "./plan.js";
import { Platform } from "./platform.js";
import { Problem } from "./problem.js";
import { Sealer } from "./sealer.js";
import { SigningKey } from "./signing.js";
import { clear, copy } from "./store.js";
import { alone } from "./tabs.js";
import * as uploads from "./upload.js";

export { Problem, SigningKey };

export class Sealing extends EventTarget {
  #given;
  #keysets;
  #book;
  #plan;
  #anew = null;
  #sources = new Map();
  #sealer = new Sealer();
  #gate = new Gate();
  #platform;
  #pace = null;
  #running = null;
  #client;
  #release;

  /* See the head of this file. */
  static async open(given) {
    if (!self.isSecureContext) throw new Problem("seal.insecure-context");
    const release = await alone(`openhall-sealing ${given.account} ${given.section}`);
    const sealing = new Sealing(given, release);
    try {
      await sealing.#begin();
    } catch (error) {
      sealing.close();
      throw error;
    }
    return sealing;
  }

  static check = checkDevice;

  constructor(given, release) {
    super();
    [this.#given, this.#release] = [given, release];
    this.#book = new plans.Book(given.account, given.section);
    this.#renewPlatform(given.token);
  }

  get #factored() {
    return Boolean(this.#given.factor);
  }

  get plan() {
    return plans.summary(this.#plan, this.#given.parts, this.#sources, this.#anew);
  }

  async choose(part, source, { replace = false } = {}) {
    if (!this.#given.parts.includes(part)) throw new Problem("plan.part", { part });
    const known = replace ? null : this.#plan.slots[part];
    const bytes = source instanceof Uint8Array;
    if (!replace && plans.isSealed(this.#plan) && (bytes || known?.size == null)) throw new Problem("plan.sealed", { part });
    if (known && !bytes && plans.checkSize(part, known, source)) plans.checkRoot(part, known, await this.#rootOf(part, source));
    if (!plans.isSealed(this.#plan) || replace) {
      await this.#unseal();
      const slot = known && !bytes ? { ...known, name: source.name } : plans.slotOf(source);
      await this.#keep({ ...this.#plan, state: "choosing", slots: { ...this.#plan.slots, [part]: slot } });
    }
    this.#sources.set(part, source);
    this.#told();
  }

  async drop(part) {
    await this.#unseal();
    const { [part]: _, ...slots } = this.#plan.slots;
    this.#sources.delete(part);
    await this.#keep({ ...this.#plan, slots, state: Object.keys(slots).length ? "choosing" : "empty" });
    this.#told();
  }

  async require(parts) {
    for (const part of Object.keys(this.#plan.slots)) if (!parts.includes(part)) await this.drop(part);
    this.#given = { ...this.#given, parts };
    this.#told();
  }

  async seal(passphrase) {
    if (!passphrase) throw new Problem("kit.passphrase");
    const missing = this.#given.parts.filter((part) => !this.#sources.has(part));
    if (missing.length) throw new Problem("plan.missing", { parts: missing });
    return this.#alone(() => this.#sealAll(passphrase));
  }

  async adopt(files) {
    return this.#alone(() => this.#adoptAll(files));
  }

  kit() {
    return this.#plan.kit && new Blob([this.#plan.kit], { type: "application/json" });
  }

  async rehearse(file, passphrase) {
    this.#needSealed();
    const bytes = new Uint8Array(await file.arrayBuffer());
    const told = { bytes, passphrase, trial: this.#plan.trial, parts: plans.measured(this.#plan) };
    const kit = await this.#sealer.ask("unlock", told);
    const own = kit.section === this.#given.section && kit.manifest === this.#plan.digest && kit.factor === this.#plan.factor;
    if (!own) throw new Problem("kit.other");
    await this.#platform.ask("POST", `/api/sections/${kit.section}/rehearsals`, { manifest: kit.manifest });
    await this.#keep({ ...this.#plan, rehearsed: true });
    this.#told();
  }

  async upload(key) {
    this.#needSealed();
    if (!this.#plan.rehearsed) throw new Problem("plan.rehearse");
    return this.#plan.receipt ?? this.#alone(() => this.#handIn(key));
  }

  pause() {
    this.#gate.pause();
    this.#sealer.pause();
  }

  continue({ token = null } = {}) {
    if (token) this.#platform.token = token;
    this.#pace?.rest();
    this.#gate.go();
    this.#sealer.continue();
  }

  async cancel() {
    this.#gate.cancel();
    this.#sealer.cancel();
    await this.#running?.catch(() => {});
    this.#gate = new Gate();
    this.#renewPlatform(this.#platform.token);
    await this.#sealer.ask("forget");
    await clear(this.#plan.id);
    await this.#book.forget();
    this.#sources.clear();
    [this.#plan, this.#anew] = [plans.blank(plans.newId()), null];
    this.#told();
  }

  async withdraw(key, bid = this.#plan.bid, digest = this.#plan.digest) {
    const signature = await key.sign(await withdrawalMessage(unb64(digest)));
    const told = key.certificate ? { signature, certificate: key.certificate } : { signature };
    return (await this.#platform.ask("POST", `/api/bids/${bid}/withdrawal`, told)).value;
  }

  close() {
    this.#gate.cancel();
    this.#sealer.close();
    this.#release();
  }

  /* Keyset and plan; what a killed tab left is looked at: is the sealed copy there, is the keyset the same? */
  async #begin() {
    const { section } = this.#given;
    const policy = this.#given.pinned ?? pinnedSigners(await this.#text("/log/policy.txt"));
    const names = this.#given.second ? ["keyset", "second-keyset"] : ["keyset"];
    this.#keysets = await Promise.all(names.map((name) => this.#fetchKeyset(name, policy)));
    this.#client = await client();
    this.#plan = (await this.#book.load()) ?? plans.blank(plans.newId());
    const copied = (part, size) => copy(this.#plan.id, part, size);
    this.#anew = await plans.whyAnew(this.#plan, { keyset: plans.sealedTo(...this.#keysets), factor: this.#factored }, copied);
    if (this.#anew) await this.#unseal(true);
  }

  async #fetchKeyset(name, policy) {
    const { section } = this.#given;
    return soundKeyset(utf8(await this.#text(`/api/sections/${section}/${name}`)), section, policy);
  }

  /* One long work at a time: "plan.busy" for a second one. A pause asked for while nothing ran holds nothing up. */
  async #alone(work) {
    if (this.#running) throw new Problem("plan.busy");
    this.continue();
    this.#running = work();
    try {
      return await this.#running;
    } finally {
      this.#running = null;
    }
  }

  async #sealAll(passphrase) {
    const { parts, creditCode } = this.#given;
    await this.#unseal();
    await this.#keep({ ...this.#plan, broken: true });
    await navigator.storage?.persist?.();
    const sources = new Map(parts.map((part) => [part, this.#sources.get(part)]));
    const pace = this.#paced([...sources.values()].map(sizeOf));
    const tell = (part, done) => this.#progress("sealing", part, pace.at(part, done));
    const kept = (part, found) => {
      const slot = plans.sealedSlot(this.#plan.slots[part], found);
      return this.#keep({ ...this.#plan, slots: { ...this.#plan.slots, [part]: slot } });
    };
    const given = { sources, keysets: this.#keysets, creditCode, plan: this.#plan.id, factored: this.#factored };
    const sealed = await sealParts(this.#sealer, this.#gate, given, { tell, kept });
    return this.#finish(await complete(this.#sealer, this.#keysets, { creditCode, client: this.#client }, sealed, passphrase));
  }

  async #adoptAll(chosen) {
    const factor = this.#factored;
    const found = await readSealed(chosen, this.#keysets, { ...this.#given, factor });
    await this.#unseal();
    const pace = this.#paced(listedParts(found).map(({ size }) => size));
    const slots = await adoptedSlots(found, (part, source) => {
      const told = { part, source, plan: this.#plan.id };
      return this.#sealer.ask("adopt", told, (done) => this.#progress("checking", part, pace.at(part, done)));
    });
    const sealed = { state: "sealed", adopted: true, keyset: plans.sealedTo(...this.#keysets), factor };
    await this.#keep({ ...this.#plan, ...sealed, ...found.signed, slots });
    [this.#sources, this.#anew] = [found.files, null];
    this.#told();
  }

  /* Manifest and kit, kept together: a container without its kit would be of no use. */
  async #finish({ manifest, digest, second, kit, trial }) {
    await this.#gate.pass();
    const text = (data) => new TextDecoder().decode(data);
    const later = second && { manifest: text(second.manifest), digest: b64(second.digest) };
    const sealed = { state: "sealed", broken: false, keyset: plans.sealedTo(...this.#keysets), factor: this.#factored, trial };
    await this.#keep({ ...this.#plan, ...sealed, digest: b64(digest), manifest: text(manifest), second: later, kit: text(kit) });
    this.#anew = null;
    this.#told();
    return this.kit();
  }

  async #handIn(key) {
    const told = await this.#started(key);
    await this.#keep(plans.heard(this.#plan, told));
    this.#told();
    if (this.#plan.state === "uploading") await this.#send(told);
    const receipt = await uploads.fetchReceipt(this.#platform, this.#gate, told.bid);
    await this.#keep({ ...this.#plan, state: "receipted", receipt });
    await this.#sealer.ask("forget");
    this.#told();
    return receipt;
  }

  /* Where the bid stands: one that is known is asked for, which works after the deadline too; else it is signed and opened. */
  async #started(key) {
    if (this.#plan.bid) {
      try {
        return await uploads.status(this.#platform, this.#plan.bid);
      } catch (error) {
        if (error.code !== "bid.unknown") throw error;
      }
    }
    if (!key.certificate) throw new Problem("signing.not-certified");
    return uploads.start(this.#platform, this.#given.section, await uploads.signed(this.#plan, key));
  }

  async #send({ bid, missing }) {
    const parts = plans.sendable(this.#plan);
    const pace = this.#paced(Object.values(parts).map(({ size }) => size));
    for (const part of Object.keys(parts)) pace.had(part, plans.acknowledgedBytes(this.#plan, part));
    const tell = (part, done) => this.#progress("uploading", part, pace.at(part, done));
    const kept = (part, number) => {
      const there = this.#plan.acknowledged[part] ?? [];
      return this.#keep({ ...this.#plan, acknowledged: { ...this.#plan.acknowledged, [part]: [...there, number] } });
    };
    const block = (part, number) => fetchBlock(this.#plan, this.#sources, this.#sealer, part, number);
    await uploads.sendBlocks(this.#platform, this.#gate, bid, { missing, parts, fetchBlock: block, tell, kept });
    await uploads.handIn(this.#platform, bid);
    await this.#keep({ ...this.#plan, state: "submitted" });
    this.#told();
  }

  async #rootOf(part, source) {
    const pace = this.#paced([source.size]);
    const tell = (done) => this.#progress("checking", part, pace.at(part, done));
    return (await this.#sealer.ask("root", { source }, tell)).root;
  }

  /* Forget what is sealed; sources in hand stay unless the plan came from another tab. */
  async #unseal(always = false) {
    if (!always && (this.#plan.state === "choosing" || this.#plan.state === "empty") && !this.#plan.broken) return;
    await clear(this.#plan.id);
    await this.#keep(plans.unsealed(this.#plan, plans.newId()));
  }

  #needSealed() {
    if (!this.#plan.manifest) throw new Problem("plan.not-sealed");
  }

  async #keep(plan) {
    this.#plan = plan;
    await this.#book.save(plan);
  }

  async #text(path) {
    return (await this.#platform.once("GET", path)).text;
  }

  #renewPlatform(token) {
    this.#platform = new Platform(token, this.#gate, (name, facts) => this.#tell(name, facts));
  }

  #paced(sizes) {
    this.#pace = new Pace(sizes.reduce((sum, size) => sum + size, 0));
    return this.#pace;
  }

  #progress(stage, part, pace) {
    this.#tell("progress", { stage, part, ...pace });
  }

  #told() {
    this.#tell("state", this.plan);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}
