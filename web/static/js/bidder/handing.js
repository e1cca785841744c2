/* The last step: a signing key, the consequence in words, upload with pause and resume, the receipt. */

import { enrol, openKey } from "./key.js";

const AGAIN = ["signing.revoked", "signing.unknown", "signing.not-certified", "signing.out-of-date"];

const place = (id) => document.getElementById(id);

export class Handing {
  #room;
  #key = null;
  #again = false;

  constructor(room) {
    this.#room = room;
    this.busy = false;
    this.progress = room.progress("submit", { pause: () => room.sealing.pause(), go: () => room.sealing.continue() });
    place("key-button").addEventListener("click", () => this.#enrol());
    place("submit-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#handIn();
    });
    openKey(room.root.dataset.account).then(({ key, again }) => {
      [this.#key, this.#again] = [key, again];
      this.paint();
    }, (error) => room.refuse(error));
  }

  paint() {
    const { plan, locked, root, draft, words } = this.#room;
    const ready = locked && plan.rehearsed;
    if (this.busy && plan.state === "submitted") this.progress.say("receipt");
    const certified = Boolean(this.#key?.certificate) && !this.#again;
    place("submit-later").hidden = ready;
    place("submit-ready").hidden = !ready;
    place("key-missing").hidden = certified || !this.#key;
    place("key-there").hidden = !certified;
    place("key-there").querySelector("span").textContent = words.say("key-ready");
    place("submit-form").hidden = !certified || this.busy;
    place("unstored-line").hidden = plan.slots.every(({ stored, acknowledged, blocks }) => stored || acknowledged === blocks);
    place("resume-line").hidden = plan.state !== "uploading" || this.busy;
    const told = { section: root.dataset.section, ...(draft?.price ? draft.told() : {}) };
    place("submit-consequence").textContent = words.say(plan.adopted || !draft?.price ? "confirm-sealed" : "confirm", told);
  }

  async #enrol() {
    const button = place("key-button");
    button.disabled = true;
    try {
      await enrol(this.#key, { again: this.#again });
      this.#again = false;
      this.#room.refusals.clear();
      this.paint();
      place("submit-title").focus();
    } catch (error) {
      this.#room.refuse(error);
    } finally {
      button.disabled = false;
    }
  }

  async #handIn() {
    const { sealing, refusals, root } = this.#room;
    if (this.busy) return;
    refusals.clear();
    this.#work(true);
    try {
      await sealing.upload(this.#key);
      this.#room.draft?.forget();
      this.#room.consortium?.forget();
      location.assign(`${root.dataset.bids}/${this.#room.plan.bid}/receipt`);
    } catch (error) {
      this.#again = AGAIN.includes(error.code);
      this.#room.refuse(error);
    } finally {
      this.#work(false);
      this.#room.paint();
    }
  }

  #work(busy) {
    this.busy = busy;
    this.progress.show(busy);
    place("submit-form").hidden = busy;
    place("anew-button").hidden = busy || !this.#room.locked;
  }
}
