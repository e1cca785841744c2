/* The offline sealing page: one file, opened from disk on a machine without a network; what it makes is handed in elsewhere. */

import { readYuan, yuan, inWords } from "../bidder/amounts.js";
import { Progress } from "../bidder/progress.js";
import { Refusals, size, Words } from "../bidder/words.js";
import { b64, concat, sha256, utf8 } from "../seal/bytes.js";
import { isCreditCode, isText } from "../seal/consortium.js";
import { makeFirstForm, makeForm, makePriceForm } from "../seal/form.js";
import { Gate } from "../seal/gate.js";
import { parseKeyset, pinnedSigners, verifyKeyset } from "../seal/keyset.js";
import { complete, PRICE, sealParts, sizeOf } from "../seal/making.js";
import { Pace } from "../seal/pace.js";
import { measured, sealedSlot } from "../seal/plan.js";
import { Problem } from "../seal/problem.js";
import { CONTROL, WORK } from "../seal/work.js";

const FORM = "opening-form";
/* The round and the releasing event of a second envelope 第二信封. */
const [SECOND, LOCKING] = ["2", "technical.locked"];
const SHORTEST = 8;
const KEYSETS = ["keyset", "second-keyset"];
const place = (id) => document.getElementById(id);
const text = (id) => place(id).value.trim();
const bytesOf = async (file) => new Uint8Array(await file.arrayBuffer());

class Page {
  #root = place("offline");
  #words = new Words(this.#root);
  #refusals = new Refusals(place("problems"), this.#words, this.#root.dataset.title);
  #gate = new Gate();
  #progress;
  #made = null;

  constructor() {
    const held = (pause) => () => {
      if (pause) [this.#gate.pause(), CONTROL.pause()];
      else [this.#gate.go(), CONTROL.continue()];
    };
    this.#progress = new Progress("seal", this.#root, this.#words, { pause: held(true), go: held(false) });
    this.#on("offline-form", () => this.#seal());
    this.#on("kit-form", () => this.#readBack());
    for (const id of KEYSETS) place(id).addEventListener("change", () => this.#showKeyset(id));
    place("price").addEventListener("input", () => this.#speak());
    this.#root.hidden = false;
  }

  #on(id, act) {
    place(id).addEventListener("submit", async (event) => {
      event.preventDefault();
      this.#refusals.clear();
      const button = event.target.querySelector("button:not([type])");
      button.disabled = true;
      await act().catch((error) => this.#refusals.show([{ error, field: null }]));
      button.disabled = false;
    });
  }

  #speak() {
    const fen = readYuan(place("price").value);
    place("price-words").textContent = fen === null || fen <= 0n ? "" : inWords(fen);
  }

  /* A chosen keyset, checked against the pinned signers where their policy was chosen. */
  async #keyset(id) {
    const [file, policy] = [place(id).files[0], place("policy").files[0]];
    if (!file) throw new Problem("room.keyset-missing");
    const bytes = await bytesOf(file);
    const keyset = { ...(await parseKeyset(bytes)), bytes };
    await verifyKeyset(keyset, policy ? pinnedSigners(await policy.text()) : null);
    return keyset;
  }

  /* The section's keyset, and that of its second envelope where one was chosen. */
  async #keysets() {
    const first = await this.#keyset("keyset");
    if (!this.#two()) return [first];
    const second = await this.#keyset("second-keyset");
    requireTogether(first, second);
    return [first, second];
  }

  #two() {
    return place("second-keyset").files.length > 0;
  }

  async #showKeyset(id) {
    this.#refusals.clear();
    place(`${id}-told`).hidden = true;
    if (!place(id).files.length) return;
    try {
      const { section, deadline, custodians, digest } = await this.#keyset(id);
      const people = custodians.map(({ name }) => name).join(", ");
      place(`${id}-told`).textContent = this.#words.say("keyset", { section, deadline, people, hash: b64(digest) });
      place(`${id}-told`).hidden = false;
    } catch (error) {
      this.#refusals.show([{ error, field: id }]);
    }
  }

  /* What would be refused, as [{ error, field }], in the order of the page. */
  #refused() {
    const found = [];
    const check = (field, sound, code, facts) => sound || found.push({ error: new Problem(code, facts), field });
    check("keyset", place("keyset").files.length, "room.keyset-missing");
    check("code", isCreditCode(text("code")), text("code") ? "room.member-code" : "room.own-code-missing", { code: text("code") });
    const made = place("form-file").files.length > 0;
    if (!made || this.#two()) {
      const fen = readYuan(text("price"));
      check("price", fen !== null && fen > 0n, !text("price") ? "room.price-missing" : fen === null ? "room.price-unreadable" : "room.price-zero", { text: text("price") });
    }
    if (!made) {
      check("duration", /^[1-9][0-9]{0,4}$/.test(text("duration")), "room.duration");
      for (const name of ["quality", "leader"]) check(name, isText(text(name)), `room.${name}`);
    }
    check("passphrase", [...place("passphrase").value].length >= SHORTEST, "room.passphrase-short");
    check("passphrase-again", place("passphrase").value === place("passphrase-again").value, "room.passphrase-differs");
    return found;
  }

  /* What is sealed, by part; of two envelopes the price is a part of its own and stands in no other that is typed here. */
  async #sources() {
    const [form] = place("form-file").files;
    const price = () => yuan(readYuan(text("price")));
    const told = () => ({ duration: text("duration"), quality: text("quality"), leader: text("leader") });
    const typed = () => (this.#two() ? makeFirstForm(told()) : makeForm({ price: price(), ...told() }));
    const first = form ? await bytesOf(form) : typed();
    if (this.#two()) requireFirst(first);
    const sources = new Map([[FORM, first]]);
    for (const input of document.querySelectorAll("[data-part]")) {
      if (input.files.length) sources.set(input.dataset.part, input.files[0]);
    }
    if (this.#two()) sources.set(PRICE, makePriceForm(price()));
    return sources;
  }

  async #seal() {
    const refused = this.#refused();
    this.#refusals.show(refused);
    if (refused.length) return;
    const [keysets, sources] = [await this.#keysets(), await this.#sources()];
    const pace = new Pace([...sources.values()].reduce((sum, source) => sum + sizeOf(source), 0));
    const tell = (part, done) => this.#progress.paint({ stage: "sealing", part, ...pace.at(part, done) });
    const [pieces, slots] = [new Map(), {}];
    const sealer = { ask: (name, told, heard) => WORK[name]({ ...told, write: into(pieces, told.part) }, steady(heard)) };
    const kept = async (part, found) => (slots[part] = sealedSlot({ size: sizeOf(sources.get(part)) }, found));
    this.#progress.show(true);
    try {
      const creditCode = text("code");
      const given = { sources, keysets, creditCode, plan: null, factored: place("factor").checked };
      const sealed = await sealParts(sealer, this.#gate, given, { tell, kept });
      const made = await complete(sealer, keysets, { creditCode, client: await client() }, sealed, place("passphrase").value);
      this.#made = { ...made, parts: measured({ slots }), factored: given.factored };
      this.#offer(pieces, made);
      place("passphrase").value = place("passphrase-again").value = "";
    } finally {
      this.#progress.show(false);
      await WORK.forget();
    }
  }

  /* Links to everything that was made, in the order in which it is wanted. */
  #offer(pieces, { manifest, second, kit }) {
    const json = (data) => new Blob([data], { type: "application/json" });
    const files = [["kit.json", json(kit)], ["manifest.json", json(manifest)]];
    if (second) files.push(["second-manifest.json", json(second.manifest)]);
    for (const [part, found] of pieces) files.push([`${part}.sealed`, new Blob(found)]);
    place("made-list").replaceChildren(...files.map(([name, blob]) => {
      const [item, link] = ["li", "a"].map((tag) => document.createElement(tag));
      [link.download, link.href, link.textContent] = [name, URL.createObjectURL(blob), name];
      item.append(link, ` ${size(blob.size, document.documentElement.lang)}`);
      return item;
    }));
    place("made").hidden = false;
    place("made-title").focus();
  }

  async #readBack() {
    const [file] = place("kit-file").files;
    if (!file) throw new Problem("room.kit-missing");
    const { trial, parts, digest, factored } = this.#made;
    const told = { bytes: await bytesOf(file), passphrase: place("kit-passphrase").value, trial, parts };
    const found = await WORK.unlock(told);
    if (found.manifest !== b64(digest) || found.factor !== factored) throw new Problem("kit.other");
    place("kit-line").textContent = this.#words.say("done");
  }
}

/* "seal.section" or "seal.deadline" unless the second keyset is that of the first one's second envelope. */
function requireTogether(first, second) {
  const [expected, found] = [`${first.section} round ${SECOND}`, `${second.section} round ${second.round}`];
  if (found !== expected || second.release.event !== LOCKING) throw new Problem("seal.section", { expected, found });
  if (second.deadline !== first.deadline) throw new Problem("seal.deadline", { expected: first.deadline, found: second.deadline });
}

/* "opening-form.fields" for a form made elsewhere that is none of a first envelope: its price would open with it. */
function requireFirst(bytes) {
  const told = (() => {
    try { return JSON.parse(new TextDecoder().decode(bytes)); } catch { return null; }
  })();
  if (told?.format !== "first-form/v1" || Object.hasOwn(told, "price")) throw new Problem("opening-form.fields");
}

/* A writer that keeps a part's bytes as Blobs, which the browser may put on disk. */
function into(pieces, part) {
  if (!part) return null;
  pieces.set(part, []);
  return async (bytes) => pieces.get(part).push(new Blob([bytes]));
}

/* Told now and then, with a breath for the page: there is no Worker here. */
function steady(heard) {
  let told = 0;
  return (done) => {
    if (!heard || performance.now() - told < 100) return;
    told = performance.now();
    heard(done);
  };
}

/* What the manifest says of this program: its version, and SHA-256 over name ‖ 00 ‖ SHA-256(code) of every module in order. */
async function client() {
  const { version, code } = JSON.parse(place("modules").textContent);
  const hashes = Object.keys(code).sort().map(async (name) => concat(name, Uint8Array.of(0), await sha256(utf8(code[name]))));
  return { version, bundle: await sha256(concat(...(await Promise.all(hashes)))) };
}

new Page();
